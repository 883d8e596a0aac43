/* A world: time, timers and TCP. Two kinds exist: the real one (uv.c) and a
 * simulated one (sim.c), on which a whole run is deterministic.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/bytes.h"
#include "base/err.h"

struct kt_net;      /* the world */
struct kt_listener; /* a listening port */
struct kt_tcp;      /* one TCP connection, either end */
struct kt_timer;

enum kt_net_kind {
    KT_NET_ACCEPTED,  /* on the listener's sink: tcp is new; give it a sink */
    KT_NET_CONNECTED, /* tcp of kt_net_connect is open */
    KT_NET_DATA,      /* data is valid until the sink returns */
    KT_NET_EOF,       /* the peer has shut down its sending side */
    KT_NET_DRAINED,   /* what was written has been handed to the system */
    KT_NET_CLOSED,    /* the end: by the peer, by an error, or by kt_tcp_close.
                         The handle is gone when the sink returns. */
    KT_NET_TIMER,     /* timer is due; it is unset now */
};

struct kt_net_event {
    enum kt_net_kind kind;
    struct kt_listener *listener; /* ACCEPTED */
    struct kt_tcp *tcp;           /* all but TIMER */
    struct kt_timer *timer;       /* TIMER */
    struct kt_cur data;           /* DATA */
    bool reset;                   /* CLOSED: by a TCP reset */
    const char *why;              /* CLOSED: text of the system, "" if asked */
};

/* Who is told. Embed it in an object, find that with kt_container_of. A sink is
 * called from kt_net_step only, never inside the call that started something.
 */
struct kt_sink {
    void (*on)(struct kt_sink *self, const struct kt_net_event *ev);
};

#define kt_container_of(ptr, type, member)                                     \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* The process ignores SIGPIPE from now on. */
struct kt_net *kt_net_uv_new(void);
struct kt_net *kt_net_sim_new(void);
/* Closes all that is open, telling nobody. */
void kt_net_free(struct kt_net *net);

/* Monotonic, in nanoseconds. Does not move while sinks run. */
uint64_t kt_net_now(const struct kt_net *net);
bool kt_net_is_simulated(const struct kt_net *net);

/* Deliver what has happened, waiting for it until until_ns at most
 * (UINT64_MAX: as long as it takes). Returns the number of events delivered; 0
 * means that until_ns was reached, that kt_net_wake was called, or that nothing
 * can happen any more. The simulated world moves its clock to the next event.
 */
size_t kt_net_step(struct kt_net *net, uint64_t until_ns);
/* Make a step return soon. The only call allowed in a signal handler or another
 * thread. */
void kt_net_wake(struct kt_net *net);
/* Simulated: true when nothing but timers is outstanding. Real: always false.
 */
bool kt_net_quiet(const struct kt_net *net);

/* addr is HOST:PORT or [HOST]:PORT, port 0 for any; numeric hosts and
 * "localhost". ret_addr gets the bound address in the same form. */
struct kt_listener *kt_net_listen(struct kt_net *net, const char *addr,
                                  struct kt_sink *sink, char ret_addr[64],
                                  struct kt_err *reterr);
void kt_listener_close(struct kt_listener *l);
/* CONNECTED or CLOSED follows. NULL only for an address that cannot be read. */
struct kt_tcp *kt_net_connect(struct kt_net *net, const char *addr,
                              struct kt_sink *sink, struct kt_err *reterr);

void kt_tcp_set_sink(struct kt_tcp *tcp, struct kt_sink *sink);
/* Copies; each call is a segment of its own as far as the system allows
 * (TCP_NODELAY). Silently dropped once the connection is closing or closed.
 * False only when memory is short. */
bool kt_tcp_write(struct kt_tcp *tcp, const void *p, size_t n);
/* Bytes written and not yet handed to the system. */
size_t kt_tcp_queued(const struct kt_tcp *tcp);
void kt_tcp_pause(struct kt_tcp *tcp, bool paused); /* stop or resume reading */
void kt_tcp_shutdown(struct kt_tcp *tcp); /* FIN behind what is queued */
void kt_tcp_close(
    struct kt_tcp *tcp); /* behind what is queued; CLOSED follows */
void kt_tcp_abort(struct kt_tcp *tcp); /* reset, at once; CLOSED follows */
const char *kt_tcp_peer(const struct kt_tcp *tcp); /* address text */

struct kt_timer *kt_timer_new(struct kt_net *net, struct kt_sink *sink);
void kt_timer_set(struct kt_timer *t, uint64_t due_ns); /* replaces; absolute */
void kt_timer_unset(struct kt_timer *t);
void kt_timer_free(struct kt_timer *t);

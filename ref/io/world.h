/* What both worlds share: the queue of events, timers, and the table of what
 * each world does in its own way. Internal to ref/io.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"

/* One thing that has happened. It is queued by a callback and fired from
 * kt_net_step. Embedded in its owner where it can happen once at a time, so
 * that queueing cannot fail. */
struct kt_ev {
    struct kt_ev *next;
    uint64_t due; /* simulated world: not before */
    uint64_t seq;
    void (*fire)(struct kt_ev *ev);
    struct kt_tcp *tcp;
    bool queued;
};

/* A DATA or EOF on its way to a connection's sink; n is 0 for EOF. */
struct kt_seg {
    struct kt_ev ev;
    size_t n;
    bool fin;
    uint8_t data[];
};

struct kt_segs { /* a queue of them, linked by ev.next */
    struct kt_ev *head, *tail;
};

struct kt_net_ops {
    void (*free)(struct kt_net *net);
    /* Let things happen and queue them, at most until the given time; 0: only
     * what has happened already. False when nothing can happen any more. */
    bool (*poll)(struct kt_net *net, uint64_t until_ns);
    void (*wake)(struct kt_net *net);
    struct kt_listener *(*listen)(struct kt_net *net, const char *addr,
                                  char ret_addr[64], struct kt_err *reterr);
    void (*listener_close)(struct kt_listener *l);
    struct kt_tcp *(*connect)(struct kt_net *net, const char *addr,
                              struct kt_err *reterr);
    bool (*write)(struct kt_tcp *tcp, const void *p, size_t n);
    size_t (*queued)(const struct kt_tcp *tcp);
    void (*pause)(struct kt_tcp *tcp);              /* paused has changed */
    void (*consumed)(struct kt_tcp *tcp, size_t n); /* a sink has read n */
    void (*shutdown)(struct kt_tcp *tcp);
    void (*close)(struct kt_tcp *tcp);
    void (*abort)(struct kt_tcp *tcp);
    void (*tcp_free)(struct kt_tcp *tcp); /* after CLOSED: the memory */
};

struct kt_net {
    const struct kt_net_ops *ops;
    uint64_t now;
    bool woken;
    bool simulated;
    uint64_t seq;       /* of the next event */
    struct kt_segs due; /* FIFO; the due times ascend */
    struct kt_tcp *tcps;
    struct kt_listener *listeners;
    struct kt_timer **heap; /* set timers, the earliest first */
    size_t heap_n, heap_cap;
    struct kt_timer *timers; /* all of them */
    size_t ntimers;
};

struct kt_listener {
    struct kt_net *net;
    struct kt_sink *sink;
    struct kt_listener *next;
};

struct kt_tcp {
    struct kt_net *net;
    struct kt_sink *sink;
    struct kt_listener *listener; /* until ACCEPTED is told */
    struct kt_tcp *next, **link;
    struct kt_ev open, drained, closed, resume;
    struct kt_segs held; /* arrived while paused */
    size_t nqueued;      /* events in net->due */
    bool paused;
    bool closing; /* by kt_tcp_close or kt_tcp_abort: only CLOSED follows */
    bool ended;   /* CLOSED has been queued */
    bool reset;
    char why[96];
    char peer[64];
};

void kt_segs_put(struct kt_segs *q, struct kt_ev *ev);
struct kt_ev *kt_segs_take(struct kt_segs *q);

/* Queue at a time (0: at once). Nothing is done if it is queued already. */
void kt_world_queue(struct kt_net *net, struct kt_ev *ev, uint64_t due);
/* Queue a copy of bytes, or EOF; false when memory is short. */
struct kt_seg *kt_seg_new(struct kt_tcp *tcp, const void *p, size_t n);
void kt_world_forget(struct kt_net *net, const struct kt_tcp *tcp);
void kt_tcp_init(struct kt_tcp *tcp, struct kt_net *net);
void kt_tcp_ended(struct kt_tcp *tcp, uint64_t due); /* queue CLOSED */
void kt_world_free(struct kt_net *net);              /* what is common */

/* Earliest set timer, UINT64_MAX without. */
uint64_t kt_world_next_timer(const struct kt_net *net);
size_t kt_world_fire_timers(struct kt_net *net);
void kt_world_free_timers(struct kt_net *net);

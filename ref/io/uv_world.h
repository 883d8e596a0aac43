/* The real world on libuv: shared by the uv_*.c files only.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/signal.h"
#include "io/world.h"
#include <uv.h>

enum { UVW_READ = 64 * 1024, UVW_SIGNALS = 2 };

struct uvw_signal {
    uv_signal_t uv;
    struct kt_ev ev;
    struct uvw *w;
};

struct uvw {
    struct kt_net net;
    uv_loop_t loop;
    uv_async_t async;
    uv_timer_t timer; /* ends a wait; the timers of callers are in net.heap */
    struct uvw_signal signals[UVW_SIGNALS];
    struct kt_signal_sink *signal_sink;
    struct kt_proc *procs;
    char read[UVW_READ]; /* what is read is copied into an event at once */
};

struct uvw *uvw_of(const struct kt_net *net);
/* Fill *reterr with "WHAT: text of the system". */
enum kt_step uvw_bad(struct kt_err *reterr, const char *what, int status);
void uvw_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret);
void uvw_procs_free(struct uvw *w);

struct kt_listener *uvw_listen(struct kt_net *net, const char *addr,
                               char ret_addr[64], struct kt_err *reterr);
void uvw_listener_close(struct kt_listener *l);
struct kt_tcp *uvw_connect(struct kt_net *net, const char *addr,
                           struct kt_err *reterr);

/* The table's part about connections. */
bool uvw_write(struct kt_tcp *tcp, const void *p, size_t n);
size_t uvw_queued(const struct kt_tcp *tcp);
void uvw_pause(struct kt_tcp *tcp);
void uvw_consumed(struct kt_tcp *tcp, size_t n);
void uvw_shutdown(struct kt_tcp *tcp);
void uvw_close(struct kt_tcp *tcp);
void uvw_abort(struct kt_tcp *tcp);
void uvw_tcp_free(struct kt_tcp *tcp);

struct uvw_tcp;
struct uvw_tcp *uvw_tcp_new(struct uvw *w);
uv_tcp_t *uvw_tcp_handle(struct uvw_tcp *t);
uv_connect_t *uvw_tcp_connect_req(struct uvw_tcp *t);
struct kt_tcp *uvw_tcp_base(struct uvw_tcp *t);
void uvw_tcp_start(struct uvw_tcp *t); /* connected: read */
/* End it: status is a libuv error, 0 when asked for. */
void uvw_tcp_end(struct uvw_tcp *t, int status);
void uvw_tcp_peer(struct uvw_tcp *t);

/* The real world on libuv: the loop, the clock and signals.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/uv_world.h"
#include "base/alloc.h"
#include "base/must.h"
#include <signal.h>

enum { MS = 1000 * 1000 };

struct uvw *uvw_of(const struct kt_net *net)
{
    return kt_container_of(net, struct uvw, net);
}

enum kt_step uvw_bad(struct kt_err *reterr, const char *what, int status)
{
    return kt_badf(reterr, KT_E_IO, 0, "%s: %s", what, uv_strerror(status));
}

void uvw_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
    struct uvw *w = h->loop->data;

    (void)hint;
    *ret = uv_buf_init(w->read, UVW_READ);
}

/* ---- waiting ---- */

static void nothing(uv_timer_t *t)
{
    (void)t;
}

static void on_wake(uv_async_t *a)
{
    struct uvw *w = a->data;

    w->net.woken = true;
}

static void uvw_wake(struct kt_net *net)
{
    uv_async_send(&uvw_of(net)->async);
}

/* Callbacks run in here and queue events. The timer is the only bound on the
 * wait; libuv counts it in whole milliseconds. */
static bool uvw_poll(struct kt_net *net, uint64_t until_ns)
{
    struct uvw *w = uvw_of(net);
    const uint64_t now = uv_hrtime();
    uint64_t until = kt_world_next_timer(net);
    bool alive = true;

    if (until_ns < until)
        until = until_ns;
    if (net->due.head || until <= now) {
        uv_run(&w->loop, UV_RUN_NOWAIT);
    } else if (until == UINT64_MAX) {
        alive = uv_run(&w->loop, UV_RUN_ONCE) != 0;
    } else {
        uv_update_time(&w->loop);
        uv_timer_start(&w->timer, nothing, (until - now + MS - 1) / MS, 0);
        uv_run(&w->loop, UV_RUN_ONCE);
        uv_timer_stop(&w->timer);
    }
    net->now = uv_hrtime();
    return alive || net->due.head || net->heap_n;
}

/* ---- signals ---- */

static void signal_fire(struct kt_ev *ev)
{
    struct uvw_signal *s = kt_container_of(ev, struct uvw_signal, ev);

    if (s->w->signal_sink)
        s->w->signal_sink->on(s->w->signal_sink, s->uv.signum);
}

static void on_signal(uv_signal_t *uv, int signo)
{
    struct uvw_signal *s = uv->data;

    (void)signo;
    kt_world_queue(&s->w->net, &s->ev, 0);
}

static bool signals_init(struct uvw *w)
{
    for (int i = 0; i < UVW_SIGNALS; i++) {
        struct uvw_signal *s = &w->signals[i];

        if (uv_signal_init(&w->loop, &s->uv) != 0)
            return false;
        s->uv.data = s;
        s->w = w;
        s->ev.fire = signal_fire;
    }
    return true;
}

bool kt_net_on_signal(struct kt_net *net, struct kt_signal_sink *sink)
{
    static const int numbers[UVW_SIGNALS] = {SIGINT, SIGTERM};

    if (net->simulated)
        return false;

    struct uvw *w = uvw_of(net);

    w->signal_sink = sink;
    for (int i = 0; i < UVW_SIGNALS; i++) {
        if (!sink)
            uv_signal_stop(&w->signals[i].uv);
        else if (uv_signal_start(&w->signals[i].uv, on_signal, numbers[i]) != 0)
            return false;
    }
    return true;
}

/* ---- birth and end ---- */

static void close_handle(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

/* Connections, listeners and processes are closed by their own callbacks, which
 * release them; CLOSED events that those queue are dropped. */
static void uvw_free(struct kt_net *net)
{
    struct uvw *w = uvw_of(net);

    uvw_procs_free(w);
    for (struct kt_tcp *t = net->tcps; t; t = t->next)
        kt_tcp_abort(t);
    while (net->listeners)
        kt_listener_close(net->listeners);
    uv_walk(&w->loop, close_handle, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&w->loop) == 0);
    kt_world_free(net);
    while (net->tcps) {
        struct kt_tcp *t = net->tcps;

        net->tcps = t->next;
        net->ops->tcp_free(t);
    }
    kt_free(w);
}

static const struct kt_net_ops ops = {
    .free = uvw_free,
    .poll = uvw_poll,
    .wake = uvw_wake,
    .listen = uvw_listen,
    .listener_close = uvw_listener_close,
    .connect = uvw_connect,
    .write = uvw_write,
    .queued = uvw_queued,
    .pause = uvw_pause,
    .consumed = uvw_consumed,
    .shutdown = uvw_shutdown,
    .close = uvw_close,
    .abort = uvw_abort,
    .tcp_free = uvw_tcp_free,
};

struct kt_net *kt_net_uv_new(void)
{
    struct uvw *w = kt_alloc(sizeof *w);

    if (!w)
        return NULL;
    w->net.ops = &ops;
    if (uv_loop_init(&w->loop) != 0) {
        kt_free(w);
        return NULL;
    }
    /* A write to one who has gone is an error to us, not our death. */
    signal(SIGPIPE, SIG_IGN);
    w->loop.data = w;
    w->async.data = w;
    if (uv_async_init(&w->loop, &w->async, on_wake) != 0 ||
        uv_timer_init(&w->loop, &w->timer) != 0 || !signals_init(w)) {
        uvw_free(&w->net);
        return NULL;
    }
    uv_unref((uv_handle_t *)&w->async);
    w->net.now = uv_hrtime();
    return &w->net;
}

/* The simulated world: time that jumps, and a network of fixed latency. The
 * same calls give the same events in the same order, always.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/addr.h"
#include "io/world.h"
#include "base/alloc.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    LATENCY_NS = 10 * 1000, /* one way, whatever the size */
    WINDOW = 4 << 20,       /* sent and not read by the other end's sink */
    FIRST_PORT = 40000,     /* of listeners with port 0 */
    FIRST_CLIENT_PORT = 50000,
};

struct sim {
    struct kt_net net;
    atomic_bool wake;
    uint16_t next_port, next_client;
};

struct sim_listener {
    struct kt_listener l;
    struct kt_addr addr;
};

/* One end. What it writes goes to the other end's sink, or waits in out while
 * that end has WINDOW bytes unread. */
struct sim_tcp {
    struct kt_tcp tcp;
    struct sim_tcp *peer; /* NULL once that end is gone */
    struct kt_segs out;
    size_t out_bytes;
    size_t unread; /* sent to this end, and not read by its sink yet */
    bool fin;      /* no writes after this */
    bool lingers;  /* closed, and out is not empty yet */
};

static struct sim *sim_of(struct kt_net *net)
{
    return kt_container_of(net, struct sim, net);
}

static struct sim_tcp *end_of(const struct kt_tcp *tcp)
{
    return kt_container_of(tcp, struct sim_tcp, tcp);
}

static uint64_t arrival(const struct kt_net *net)
{
    return net->now + LATENCY_NS;
}

/* ---- sending ---- */

/* The other end is no more, or refuses: this end will hear of a reset. */
static void reset_by_peer(struct sim_tcp *t)
{
    if (t->tcp.ended)
        return;
    if (!t->tcp.closing) {
        t->tcp.reset = true;
        snprintf(t->tcp.why, sizeof t->tcp.why, "connection reset by peer");
    }
    kt_tcp_ended(&t->tcp, arrival(t->tcp.net));
}

/* This end has gone. Bytes that it has not read reset the other, as Linux does,
 * behind what was sent before. */
static void finish(struct sim_tcp *t)
{
    t->lingers = false;
    kt_tcp_ended(&t->tcp, arrival(t->tcp.net));
    if (t->peer && (t->unread > 0 || t->peer->out.head))
        reset_by_peer(t->peer);
    if (t->peer)
        t->peer->peer = NULL;
    t->peer = NULL;
}

static bool fits(const struct sim_tcp *to, size_t n)
{
    return to->unread == 0 || to->unread + n <= WINDOW;
}

/* Send what waits, as far as the other end's window goes. */
static void pump(struct sim_tcp *t)
{
    struct kt_net *net = t->tcp.net;

    while (t->out.head) {
        struct kt_seg *s = kt_container_of(t->out.head, struct kt_seg, ev);

        if (!t->peer || !fits(t->peer, s->n))
            return;
        kt_segs_take(&t->out);
        t->out_bytes -= s->n;
        t->peer->unread += s->n;
        s->ev.tcp = &t->peer->tcp;
        kt_world_queue(net, &s->ev, arrival(net));
    }
    kt_world_queue(net, &t->tcp.drained, arrival(net));
    if (t->lingers)
        finish(t);
}

static bool put(struct sim_tcp *t, const void *p, size_t n, bool fin)
{
    struct kt_seg *s = kt_seg_new(&t->tcp, p, n);

    if (!s)
        return false;
    s->fin = fin;
    t->fin |= fin;
    t->out_bytes += n;
    kt_segs_put(&t->out, &s->ev);
    pump(t);
    return true;
}

static bool sim_write(struct kt_tcp *tcp, const void *p, size_t n)
{
    struct sim_tcp *t = end_of(tcp);

    if (t->fin)
        return true;
    if (t->peer)
        return put(t, p, n, false);
    reset_by_peer(t);
    return true;
}

static size_t sim_queued(const struct kt_tcp *tcp)
{
    return end_of(tcp)->out_bytes;
}

static void sim_pause(struct kt_tcp *tcp)
{
    if (!tcp->paused && tcp->held.head)
        kt_world_queue(tcp->net, &tcp->resume, arrival(tcp->net));
}

static void sim_consumed(struct kt_tcp *tcp, size_t n)
{
    struct sim_tcp *t = end_of(tcp);

    t->unread -= n;
    if (t->peer && t->peer->out.head)
        pump(t->peer);
}

static void sim_shutdown(struct kt_tcp *tcp)
{
    struct sim_tcp *t = end_of(tcp);

    if (!t->fin && t->peer && !put(t, NULL, 0, true))
        kt_tcp_abort(tcp); /* no memory for a FIN: say it the hard way */
}

static void sim_close(struct kt_tcp *tcp)
{
    struct sim_tcp *t = end_of(tcp);

    sim_shutdown(tcp);
    if (tcp->ended)
        return;
    t->lingers = t->out.head && t->peer;
    if (!t->lingers)
        finish(t);
}

static void sim_abort(struct kt_tcp *tcp)
{
    struct sim_tcp *t = end_of(tcp);

    if (t->peer)
        reset_by_peer(t->peer);
    finish(t);
}

static void sim_tcp_free(struct kt_tcp *tcp)
{
    struct sim_tcp *t = end_of(tcp);
    struct kt_ev *ev;

    if (t->peer)
        t->peer->peer = NULL;
    while ((ev = kt_segs_take(&t->out)))
        kt_free(kt_container_of(ev, struct kt_seg, ev));
    kt_free(t);
}

/* ---- listening and connecting ---- */

static struct sim_listener *find(struct kt_net *net, const struct kt_addr *a)
{
    for (struct kt_listener *l = net->listeners; l; l = l->next) {
        struct sim_listener *s = kt_container_of(l, struct sim_listener, l);
        const bool any = strcmp(s->addr.host, "0.0.0.0") == 0 ||
                         strcmp(s->addr.host, "::") == 0;

        if (s->addr.port == a->port &&
            (any || strcmp(s->addr.host, a->host) == 0))
            return s;
    }
    return NULL;
}

static struct kt_listener *sim_listen(struct kt_net *net, const char *addr,
                                      char ret_addr[64], struct kt_err *reterr)
{
    struct kt_addr a;

    if (kt_addr_read(addr, &a, reterr) != KT_DONE)
        return NULL;

    const bool any = a.port == 0;

    while (any && (a.port == 0 || find(net, &a)))
        a.port = sim_of(net)->next_port++;
    if (find(net, &a)) {
        kt_badf(reterr, KT_E_IO, 0,
                "cannot listen on %s: address already in use", addr);
        return NULL;
    }

    struct sim_listener *l = kt_alloc(sizeof *l);

    if (!l) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }
    l->addr = a;
    kt_addr_print(ret_addr, &a);
    return &l->l;
}

static void sim_listener_close(struct kt_listener *l)
{
    kt_free(kt_container_of(l, struct sim_listener, l));
}

static struct sim_tcp *end_new(struct kt_net *net, const struct kt_addr *peer)
{
    struct sim_tcp *t = kt_alloc(sizeof *t);

    if (!t)
        return NULL;
    kt_tcp_init(&t->tcp, net);
    kt_addr_print(t->tcp.peer, peer);
    return t;
}

/* Both ends come into being at once, and each hears of it one latency later. */
static void join(struct sim_tcp *a, struct sim_listener *l)
{
    struct kt_net *net = a->tcp.net;
    struct kt_addr client = {.v6 = l->addr.v6,
                             .port = sim_of(net)->next_client++};

    snprintf(client.host, sizeof client.host, client.v6 ? "::1" : "127.0.0.1");

    struct sim_tcp *b = end_new(net, &client);

    if (!b) {
        reset_by_peer(a);
        return;
    }
    a->peer = b;
    b->peer = a;
    b->tcp.listener = &l->l;
    kt_world_queue(net, &b->tcp.open, arrival(net));
    kt_world_queue(net, &a->tcp.open, arrival(net));
}

static struct kt_tcp *sim_connect(struct kt_net *net, const char *addr,
                                  struct kt_err *reterr)
{
    struct kt_addr a;

    if (kt_addr_read(addr, &a, reterr) != KT_DONE)
        return NULL;

    struct sim_listener *l = find(net, &a);
    struct sim_tcp *t = end_new(net, &a);

    if (!t) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }
    if (l) {
        join(t, l);
        return &t->tcp;
    }
    snprintf(t->tcp.why, sizeof t->tcp.why, "connection refused");
    kt_tcp_ended(&t->tcp, arrival(net));
    return &t->tcp;
}

/* ---- time ---- */

static bool sim_poll(struct kt_net *net, uint64_t until_ns)
{
    uint64_t next = kt_world_next_timer(net);

    if (atomic_exchange(&sim_of(net)->wake, false)) {
        net->woken = true;
        return true;
    }
    if (net->due.head && net->due.head->due < next)
        next = net->due.head->due;
    if (next > until_ns)
        next = until_ns;
    if (next == UINT64_MAX)
        return false;
    if (next > net->now)
        net->now = next;
    return true;
}

static void sim_wake(struct kt_net *net)
{
    atomic_store(&sim_of(net)->wake, true);
}

static void sim_free(struct kt_net *net)
{
    kt_world_free(net);
    while (net->tcps) {
        struct kt_tcp *t = net->tcps;

        net->tcps = t->next;
        sim_tcp_free(t);
    }
    while (net->listeners) {
        struct kt_listener *l = net->listeners;

        net->listeners = l->next;
        sim_listener_close(l);
    }
    kt_free(sim_of(net));
}

static const struct kt_net_ops ops = {
    .free = sim_free,
    .poll = sim_poll,
    .wake = sim_wake,
    .listen = sim_listen,
    .listener_close = sim_listener_close,
    .connect = sim_connect,
    .write = sim_write,
    .queued = sim_queued,
    .pause = sim_pause,
    .consumed = sim_consumed,
    .shutdown = sim_shutdown,
    .close = sim_close,
    .abort = sim_abort,
    .tcp_free = sim_tcp_free,
};

struct kt_net *kt_net_sim_new(void)
{
    struct sim *s = kt_alloc(sizeof *s);

    if (!s)
        return NULL;
    s->net.ops = &ops;
    s->net.simulated = true;
    /* Not 0, so that a time that nobody has set stands out. */
    s->net.now = 1000 * 1000 * 1000;
    s->next_port = FIRST_PORT;
    s->next_client = FIRST_CLIENT_PORT;
    return &s->net;
}

/* The queue of events and what both worlds do alike.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/world.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

void kt_segs_put(struct kt_segs *q, struct kt_ev *ev)
{
    ev->next = NULL;
    if (q->tail)
        q->tail->next = ev;
    else
        q->head = ev;
    q->tail = ev;
}

struct kt_ev *kt_segs_take(struct kt_segs *q)
{
    struct kt_ev *ev = q->head;

    if (!ev)
        return NULL;
    q->head = ev->next;
    if (!q->head)
        q->tail = NULL;
    ev->next = NULL;
    return ev;
}

void kt_world_queue(struct kt_net *net, struct kt_ev *ev, uint64_t due)
{
    if (ev->queued)
        return;
    ev->queued = true;
    ev->due = due;
    ev->seq = net->seq++;
    if (ev->tcp)
        ev->tcp->nqueued++;
    kt_segs_put(&net->due, ev);
}

/* ---- events of a connection ---- */

static void tell(struct kt_tcp *tcp, struct kt_net_event ev)
{
    ev.tcp = tcp;
    if (tcp->sink)
        tcp->sink->on(tcp->sink, &ev);
}

static void deliver(struct kt_seg *s)
{
    struct kt_tcp *tcp = s->ev.tcp;

    /* First, so that a sink that closes has read what it is given. */
    if (!s->fin)
        tcp->net->ops->consumed(tcp, s->n);
    if (!tcp->closing && s->fin)
        tell(tcp, (struct kt_net_event){.kind = KT_NET_EOF});
    else if (!tcp->closing)
        tell(tcp, (struct kt_net_event){.kind = KT_NET_DATA,
                                        .data = kt_cur_of(s->data, s->n)});
    kt_free(s);
}

static void seg_fire(struct kt_ev *ev)
{
    struct kt_tcp *tcp = ev->tcp;

    /* Behind others that wait, too: the order is kept. */
    if (!tcp->closing && (tcp->paused || tcp->held.head)) {
        kt_segs_put(&tcp->held, ev);
        return;
    }
    deliver(kt_container_of(ev, struct kt_seg, ev));
}

static void resume_fire(struct kt_ev *ev)
{
    struct kt_tcp *tcp = ev->tcp;

    while (tcp->held.head && (!tcp->paused || tcp->closing))
        deliver(kt_container_of(kt_segs_take(&tcp->held), struct kt_seg, ev));
}

static void open_fire(struct kt_ev *ev)
{
    struct kt_tcp *tcp = ev->tcp;
    struct kt_listener *l = tcp->listener;

    tcp->listener = NULL;
    if (tcp->closing)
        return;
    if (!l) {
        tell(tcp, (struct kt_net_event){.kind = KT_NET_CONNECTED});
        return;
    }
    l->sink->on(l->sink, &(struct kt_net_event){.kind = KT_NET_ACCEPTED,
                                                .listener = l,
                                                .tcp = tcp});
}

static void drained_fire(struct kt_ev *ev)
{
    if (!ev->tcp->closing)
        tell(ev->tcp, (struct kt_net_event){.kind = KT_NET_DRAINED});
}

static void closed_fire(struct kt_ev *ev)
{
    struct kt_tcp *tcp = ev->tcp;

    tell(tcp, (struct kt_net_event){
                  .kind = KT_NET_CLOSED, .reset = tcp->reset, .why = tcp->why});
    kt_world_forget(tcp->net, tcp);
    *tcp->link = tcp->next;
    if (tcp->next)
        tcp->next->link = tcp->link;
    tcp->net->ops->tcp_free(tcp);
}

void kt_tcp_init(struct kt_tcp *tcp, struct kt_net *net)
{
    tcp->net = net;
    tcp->open = (struct kt_ev){.fire = open_fire, .tcp = tcp};
    tcp->drained = (struct kt_ev){.fire = drained_fire, .tcp = tcp};
    tcp->closed = (struct kt_ev){.fire = closed_fire, .tcp = tcp};
    tcp->resume = (struct kt_ev){.fire = resume_fire, .tcp = tcp};
    tcp->next = net->tcps;
    tcp->link = &net->tcps;
    if (tcp->next)
        tcp->next->link = &tcp->next;
    net->tcps = tcp;
}

void kt_tcp_ended(struct kt_tcp *tcp, uint64_t due)
{
    tcp->ended = true;
    kt_world_queue(tcp->net, &tcp->closed, due);
}

struct kt_seg *kt_seg_new(struct kt_tcp *tcp, const void *p, size_t n)
{
    struct kt_seg *s = kt_alloc(sizeof *s + n);

    if (!s)
        return NULL;
    s->ev = (struct kt_ev){.fire = seg_fire, .tcp = tcp};
    s->n = n;
    if (n)
        memcpy(s->data, p, n);
    return s;
}

static void free_seg(struct kt_ev *ev)
{
    if (ev->fire == seg_fire)
        kt_free(kt_container_of(ev, struct kt_seg, ev));
}

/* Drop all that is queued for a connection that is about to go. */
void kt_world_forget(struct kt_net *net, const struct kt_tcp *tcp)
{
    struct kt_segs keep = {0}, held = tcp->held;
    struct kt_ev *ev;

    while ((ev = kt_segs_take(&held)))
        free_seg(ev);
    if (tcp->nqueued == 0)
        return;
    while ((ev = kt_segs_take(&net->due))) {
        if (ev->tcp == tcp)
            free_seg(ev);
        else
            kt_segs_put(&keep, ev);
    }
    net->due = keep;
}

void kt_world_free(struct kt_net *net)
{
    struct kt_ev *ev;

    while ((ev = kt_segs_take(&net->due)))
        free_seg(ev);
    for (struct kt_tcp *t = net->tcps; t; t = t->next)
        while ((ev = kt_segs_take(&t->held)))
            free_seg(ev);
    kt_world_free_timers(net);
}

/* ---- the loop ---- */

/* Fire what is queued and due now; what the sinks start waits for the next
 * step, even if it is due. */
static size_t fire_due(struct kt_net *net)
{
    const uint64_t end = net->seq;
    size_t n = 0;

    while (net->due.head && net->due.head->seq < end &&
           net->due.head->due <= net->now) {
        struct kt_ev *ev = kt_segs_take(&net->due);

        ev->queued = false;
        if (ev->tcp)
            ev->tcp->nqueued--;
        ev->fire(ev);
        n++;
    }
    return n;
}

size_t kt_net_step(struct kt_net *net, uint64_t until_ns)
{
    for (;;) {
        const bool alive = net->ops->poll(net, until_ns);
        size_t n = fire_due(net);

        n += kt_world_fire_timers(net);
        if (n > 0 || net->woken || net->now >= until_ns || !alive) {
            net->woken = false;
            return n;
        }
    }
}

uint64_t kt_net_now(const struct kt_net *net)
{
    return net->now;
}

bool kt_net_is_simulated(const struct kt_net *net)
{
    return net->simulated;
}

bool kt_net_quiet(const struct kt_net *net)
{
    return net->simulated && !net->due.head;
}

void kt_net_wake(struct kt_net *net)
{
    net->ops->wake(net);
}

void kt_net_free(struct kt_net *net)
{
    if (net)
        net->ops->free(net);
}

/* ---- the calls that a world implements ---- */

struct kt_listener *kt_net_listen(struct kt_net *net, const char *addr,
                                  struct kt_sink *sink, char ret_addr[64],
                                  struct kt_err *reterr)
{
    struct kt_listener *l = net->ops->listen(net, addr, ret_addr, reterr);

    if (!l)
        return NULL;
    l->net = net;
    l->sink = sink;
    l->next = net->listeners;
    net->listeners = l;
    return l;
}

void kt_listener_close(struct kt_listener *l)
{
    if (!l)
        return;

    struct kt_net *net = l->net;
    struct kt_listener **at = &net->listeners;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    /* Whoever has connected and has not been told about is refused. */
    for (struct kt_tcp *t = net->tcps; t; t = t->next)
        if (t->listener == l)
            kt_tcp_abort(t);
    net->ops->listener_close(l);
}

struct kt_tcp *kt_net_connect(struct kt_net *net, const char *addr,
                              struct kt_sink *sink, struct kt_err *reterr)
{
    struct kt_tcp *tcp = net->ops->connect(net, addr, reterr);

    if (tcp)
        tcp->sink = sink;
    return tcp;
}

void kt_tcp_set_sink(struct kt_tcp *tcp, struct kt_sink *sink)
{
    tcp->sink = sink;
}

bool kt_tcp_write(struct kt_tcp *tcp, const void *p, size_t n)
{
    if (tcp->closing || tcp->ended || n == 0)
        return true;
    return tcp->net->ops->write(tcp, p, n);
}

size_t kt_tcp_queued(const struct kt_tcp *tcp)
{
    return tcp->net->ops->queued(tcp);
}

void kt_tcp_pause(struct kt_tcp *tcp, bool paused)
{
    if (tcp->paused == paused || tcp->closing || tcp->ended)
        return;
    tcp->paused = paused;
    tcp->net->ops->pause(tcp);
}

void kt_tcp_shutdown(struct kt_tcp *tcp)
{
    if (!tcp->closing && !tcp->ended)
        tcp->net->ops->shutdown(tcp);
}

void kt_tcp_close(struct kt_tcp *tcp)
{
    if (tcp->closing)
        return;
    tcp->closing = true;
    if (!tcp->ended)
        tcp->net->ops->close(tcp);
}

void kt_tcp_abort(struct kt_tcp *tcp)
{
    tcp->closing = true;
    tcp->listener = NULL;
    if (!tcp->ended)
        tcp->net->ops->abort(tcp);
}

const char *kt_tcp_peer(const struct kt_tcp *tcp)
{
    return tcp->peer;
}

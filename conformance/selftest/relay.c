/* Relays: one TCP connection to two, with the mutant between.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/relay.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

struct door { /* a listener in front of a target */
    struct door *next;
    struct kt_relays *r;
    struct kt_listener *listener;
    struct kt_sink on_accept;
    char *target;
    char address[64];
};

struct relay;

struct end { /* of a relay: [KT_OUT] the SUT's, whose bytes go out; [KT_IN] the
                judge's */
    struct kt_sink sink;
    struct relay *relay;
    struct kt_tcp *tcp;
    bool eof;
};

struct relay {
    struct relay *next;
    struct kt_relays *r;
    const struct door *door;
    struct end end[2];
    struct kt_mitm *mitm;
    struct kt_timer *timer;
    struct kt_sink on_timer;
};

struct kt_relays {
    struct kt_net *net;
    const struct kt_mutant *mutant;
    bool sut_is_client;
    struct door *doors;
    struct relay *relays;
};

/* Bytes of one way to the other end: whole, or one by one for a mutant of
 * writes. */
static void write_way(struct relay *y, enum kt_way way)
{
    struct kt_buf *out = &y->mitm->way[way].out;
    const struct kt_cur c = kt_buf_view(out);
    const struct kt_mutant *m = y->r->mutant;
    struct kt_tcp *to = y->end[kt_way_back(way)].tcp;
    const size_t n = kt_cur_left(&c);
    const size_t cut =
        m && (m->seams & KT_SEAM_WRITE) && (m->ways & 1u << way) && n < 4096
            ? 1
            : n;

    for (size_t at = 0; to != NULL && at < n; at += cut)
        kt_tcp_write(to, c.p + at, cut);
    kt_buf_clear(out);
}

static void cut(struct relay *y)
{
    for (int i = 0; i < 2; i++)
        if (y->end[i].tcp != NULL)
            kt_tcp_abort(y->end[i].tcp);
}

static void pump(struct relay *y)
{
    write_way(y, KT_OUT);
    write_way(y, KT_IN);
    if (kt_mitm_due(y->mitm) == UINT64_MAX)
        kt_timer_unset(y->timer);
    else
        kt_timer_set(y->timer, kt_mitm_due(y->mitm));
    if (y->mitm->abort)
        cut(y);
    for (struct relay *other = y->r->relays; other; other = other->next)
        if (y->mitm->crash && other->door == y->door)
            cut(other);
    for (int i = 0; i < 2; i++)
        if (y->end[i].eof && kt_mitm_due(y->mitm) == UINT64_MAX &&
            y->end[!i].tcp != NULL) {
            kt_tcp_shutdown(y->end[!i].tcp);
            y->end[i].eof = false;
        }
}

static void on_closed(struct relay *y, struct end *e,
                      const struct kt_net_event *ev)
{
    struct end *other = &y->end[e == &y->end[0]];

    e->tcp = NULL;
    if (other->tcp == NULL || y->mitm->way[e - y->end].unnoticed)
        return;
    if (ev->reset)
        kt_tcp_abort(other->tcp);
    else
        kt_tcp_close(other->tcp);
}

static void on_end(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct end *e = kt_container_of(self, struct end, sink);
    struct relay *y = e->relay;
    const enum kt_way way = e == &y->end[KT_OUT] ? KT_OUT : KT_IN;

    if (ev->kind == KT_NET_DATA) {
        kt_mitm_feed(y->mitm, way, ev->data, kt_net_now(y->r->net));
    } else if (ev->kind == KT_NET_EOF || ev->kind == KT_NET_CLOSED) {
        kt_mitm_end(y->mitm, way);
        e->eof = ev->kind == KT_NET_EOF && !y->mitm->way[way].unnoticed;
    }
    pump(y);
    if (ev->kind == KT_NET_CLOSED)
        on_closed(y, e, ev);
}

static void on_timer(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct relay *y = kt_container_of(self, struct relay, on_timer);

    (void)ev;
    kt_mitm_tick(y->mitm, kt_net_now(y->r->net));
    pump(y);
}

static void on_accept(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct door *d = kt_container_of(self, struct door, on_accept);
    struct relay *y;
    struct kt_err e;

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    y = kt_xalloc(sizeof *y);
    y->r = d->r;
    y->door = d;
    y->mitm = kt_mitm_new(d->r->mutant, d->r->sut_is_client);
    y->on_timer.on = on_timer;
    y->timer = kt_timer_new(d->r->net, &y->on_timer);
    for (int i = 0; i < 2; i++) {
        y->end[i].relay = y;
        y->end[i].sink.on = on_end;
    }
    /* Who dials is the SUT's client, or the judge. */
    const enum kt_way dialler = d->r->sut_is_client ? KT_OUT : KT_IN;
    y->end[dialler].tcp = ev->tcp;
    kt_tcp_set_sink(ev->tcp, &y->end[dialler].sink);
    y->end[!dialler].tcp =
        kt_net_connect(d->r->net, d->target, &y->end[!dialler].sink, &e);
    must(y->end[!dialler].tcp != NULL);
    y->next = d->r->relays;
    d->r->relays = y;
}

struct kt_relays *kt_relays_new(struct kt_net *net,
                                const struct kt_mutant *mutant,
                                bool sut_is_client)
{
    struct kt_relays *r = kt_xalloc(sizeof *r);

    *r = (struct kt_relays){net, mutant, sut_is_client, NULL, NULL};
    return r;
}

const char *kt_relays_address(struct kt_relays *r, const char *target)
{
    struct kt_err e;
    struct door *d;

    for (d = r->doors; d != NULL; d = d->next)
        if (strcmp(d->target, target) == 0)
            return d->address;
    d = kt_xalloc(sizeof *d);
    d->r = r;
    d->target = kt_xstrdup(target);
    d->on_accept.on = on_accept;
    d->listener =
        kt_net_listen(r->net, "127.0.0.1:0", &d->on_accept, d->address, &e);
    must(d->listener != NULL);
    d->next = r->doors;
    r->doors = d;
    return d->address;
}

void kt_relays_free(struct kt_relays *r)
{
    while (r->relays != NULL) {
        struct relay *y = r->relays;

        r->relays = y->next;
        for (int i = 0; i < 2; i++)
            if (y->end[i].tcp != NULL) {
                kt_tcp_set_sink(y->end[i].tcp, NULL);
                kt_tcp_abort(y->end[i].tcp);
            }
        kt_timer_free(y->timer);
        kt_mitm_free(y->mitm);
        kt_free(y);
    }
    while (r->doors != NULL) {
        struct door *d = r->doors;

        r->doors = d->next;
        kt_listener_close(d->listener);
        kt_free(d->target);
        kt_free(d);
    }
    kt_free(r);
}

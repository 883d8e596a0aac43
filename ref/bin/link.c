/* Links.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/link.h"
#include "base/alloc.h"
#include <string.h>

enum {
    MAX_UNSENT = 1 << 20
}; /* bytes handed to the system and not yet taken */

#define LINGER_NS 1000000000ull

struct kt_link {
    struct kt_net *net;
    struct kt_peer *peer;
    struct kt_tcp *tcp; /* NULL: closed */
    struct kt_sink on_tcp;
    struct kt_timer *timer;
    struct kt_sink on_timer;
    struct kt_link_sink *sink;
    void *user;
    bool connected;
    bool pumping, again;
    bool lingers; /* is over, and waits for the other end */
    bool gone, gone_told;
};

static bool take_events(struct kt_link *l)
{
    struct kt_call_event ev;
    bool any = false;

    while (kt_peer_next_event(l->peer, &ev)) {
        l->sink->on(l->sink, l, &ev);
        any = true;
    }
    return any;
}

static bool put_output(struct kt_link *l)
{
    bool any = false;

    while (l->tcp != NULL && kt_tcp_queued(l->tcp) < MAX_UNSENT) {
        const struct kt_cur out = kt_peer_output(l->peer);
        const size_t n = kt_cur_left(&out);

        if (n == 0)
            break;
        kt_tcp_write(l->tcp, out.p, n);
        kt_peer_wrote(l->peer, n);
        any = true;
    }
    return any;
}

static bool output_left(struct kt_link *l)
{
    const struct kt_cur out = kt_peer_output(l->peer);

    return kt_cur_left(&out) > 0;
}

static void set_timer(struct kt_link *l)
{
    if (l->lingers)
        return;

    const uint64_t due = kt_peer_deadline(l->peer);

    if (due == UINT64_MAX)
        kt_timer_unset(l->timer);
    else
        kt_timer_set(l->timer, due);
}

/* What the other end has under way when a socket is closed is answered by a
 * reset, which throws away what it has not read: the GOAWAY that says why, the
 * last trailers. So a connection that is over sends its FIN and reads on, for a
 * while. */
static void leave(struct kt_link *l)
{
    if (l->lingers)
        return;
    l->lingers = true;
    kt_tcp_shutdown(l->tcp);
    kt_timer_set(l->timer, kt_net_now(l->net) + LINGER_NS);
}

void kt_link_touch(struct kt_link *l)
{
    l->again = true;
    if (l->pumping)
        return;
    l->pumping = true;
    while (l->again) {
        l->again = false;
        const bool told = take_events(l), wrote = put_output(l);

        l->again = l->again || told || wrote;
    }
    l->pumping = false;
    set_timer(l);
    if (l->tcp != NULL && kt_peer_is_over(l->peer) && !output_left(l))
        leave(l);
    if (l->gone && !l->gone_told) {
        l->gone_told = true;
        l->sink->on(l->sink, l, NULL); /* may free l */
    }
}

static void on_closed(struct kt_link *l, const struct kt_net_event *ev)
{
    l->tcp = NULL;
    l->gone = true;
    kt_peer_lost(l->peer,
                 l->connected
                     ? (ev->why && ev->why[0] ? ev->why : "closed by the peer")
                     : (ev->why && ev->why[0] ? ev->why : "connection refused"),
                 kt_net_now(l->net));
}

static void on_tcp(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_link *l = kt_container_of(self, struct kt_link, on_tcp);
    const struct kt_call_event stands = {KT_CALL_OPENED, NULL};
    struct kt_err e;

    switch (ev->kind) {
    case KT_NET_CONNECTED:
        l->connected = true;
        l->sink->on(l->sink, l, &stands);
        break;
    case KT_NET_DATA:
        if (!l->lingers)
            kt_peer_input(l->peer, ev->data, kt_net_now(l->net), &e);
        break;
    case KT_NET_EOF:
        kt_peer_lost(l->peer, "closed by the peer", kt_net_now(l->net));
        kt_tcp_close(ev->tcp);
        break;
    case KT_NET_CLOSED:
        on_closed(l, ev);
        break;
    case KT_NET_ACCEPTED:
    case KT_NET_DRAINED:
    case KT_NET_TIMER:
        break;
    }
    kt_link_touch(l);
}

static void on_timer(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_link *l = kt_container_of(self, struct kt_link, on_timer);

    (void)ev;
    if (l->lingers && l->tcp != NULL)
        kt_tcp_close(l->tcp);
    kt_peer_tick(l->peer, kt_net_now(l->net));
    kt_link_touch(l);
}

static struct kt_link *link_new(struct kt_net *net, enum kt_peer_role role,
                                const struct kt_peer_opts *o,
                                struct kt_link_sink *sink,
                                struct kt_err *reterr)
{
    struct kt_link *l = kt_alloc(sizeof *l);

    if (l == NULL) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }
    l->net = net;
    l->sink = sink;
    l->on_tcp.on = on_tcp;
    l->on_timer.on = on_timer;
    l->peer = kt_peer_new(role, o, reterr);
    l->timer = l->peer ? kt_timer_new(net, &l->on_timer) : NULL;
    if (l->timer != NULL)
        return l;
    if (l->peer != NULL)
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
    kt_peer_free(l->peer);
    kt_free(l);
    return NULL;
}

struct kt_link *kt_link_dial(struct kt_net *net, const char *addr,
                             const struct kt_peer_opts *o,
                             struct kt_link_sink *sink, struct kt_err *reterr)
{
    struct kt_link *l = link_new(net, KT_PEER_CLIENT, o, sink, reterr);

    if (l == NULL)
        return NULL;
    l->tcp = kt_net_connect(net, addr, &l->on_tcp, reterr);
    if (l->tcp == NULL) {
        kt_link_free(l);
        return NULL;
    }
    return l;
}

struct kt_link *kt_link_accept(struct kt_net *net, struct kt_tcp *tcp,
                               const struct kt_peer_opts *o,
                               struct kt_link_sink *sink, struct kt_err *reterr)
{
    struct kt_link *l = link_new(net, KT_PEER_SERVER, o, sink, reterr);

    if (l == NULL)
        return NULL;
    l->tcp = tcp;
    l->connected = true;
    kt_tcp_set_sink(tcp, &l->on_tcp);
    kt_link_touch(l);
    return l;
}

void kt_link_free(struct kt_link *l)
{
    if (l == NULL)
        return;
    if (l->tcp != NULL) {
        put_output(l);
        kt_tcp_set_sink(l->tcp, NULL);
        kt_tcp_close(l->tcp);
    }
    kt_timer_free(l->timer);
    kt_peer_free(l->peer);
    kt_free(l);
}

struct kt_peer *kt_link_peer(const struct kt_link *l)
{
    return l->peer;
}

bool kt_link_is_gone(const struct kt_link *l)
{
    return l->gone;
}

void kt_link_close(struct kt_link *l)
{
    if (l->tcp != NULL)
        kt_tcp_close(l->tcp);
}

bool kt_link_is_connected(const struct kt_link *l)
{
    return l->connected;
}

bool kt_link_never_connected(const struct kt_link *l)
{
    return l->gone && !l->connected;
}

void *kt_link_user(const struct kt_link *l)
{
    return l->user;
}

void kt_link_set_user(struct kt_link *l, void *user)
{
    l->user = user;
}

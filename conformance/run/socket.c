/* Bytes between a connection of a case and the world.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/socket.h"
#include "run/inner.h"

static uint64_t now(const struct kt_chan *ch)
{
    return kt_clock_now(&ch->c->run->clock);
}

static void after(struct kt_chan *ch)
{
    kt_chan_flush(ch);
    kt_chan_absorb(ch);
    kt_case_touch(ch->c);
}

/* --- the judge's end --- */

static void judge_ended(struct kt_socket *s, bool reset)
{
    struct kt_chan *ch = s->ch;

    if (s->ended)
        return;
    s->ended = true;
    if (s->up)
        kt_endpoint_closed(ch->ep, reset, now(ch));
    else /* it never came up: nobody can write */
        ch->ended[0] = ch->ended[1] = true;
}

static void on_judge(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_socket *s = kt_container_of(self, struct kt_socket, sink);
    struct kt_chan *ch = s->ch;

    switch (ev->kind) {
    case KT_NET_CONNECTED:
        s->up = true;
        kt_endpoint_connected(ch->ep, now(ch));
        break;
    case KT_NET_DATA:
        kt_endpoint_feed(ch->ep, ev->data, now(ch));
        break;
    case KT_NET_EOF:
        judge_ended(s, false);
        break;
    case KT_NET_CLOSED:
        s->tcp = NULL;
        judge_ended(s, ev->reset);
        break;
    case KT_NET_DRAINED:
    case KT_NET_ACCEPTED:
    case KT_NET_TIMER:
        break;
    }
    after(ch);
}

void kt_socket_judge(struct kt_socket *s, struct kt_chan *ch)
{
    s->ch = ch;
    s->sink.on = on_judge;
}

/* --- the proxy --- */

static struct kt_socket *other(struct kt_socket *s)
{
    return &s->ch->sock[s == &s->ch->sock[0]];
}

static bool is_client(const struct kt_socket *s)
{
    return s == &s->ch->sock[1];
}

static void forward(struct kt_socket *s, struct kt_cur data)
{
    struct kt_socket *to = other(s);

    kt_observer_feed(s->ch->watch[is_client(s)], data, now(s->ch));
    if (to->tcp && to->up)
        kt_tcp_write(to->tcp, data.p, kt_cur_left(&data));
    else if (!to->up)
        kt_buf_put(&s->ch->early, data.p, kt_cur_left(&data));
}

static void proxy_ended(struct kt_socket *s, bool reset)
{
    if (s->ended)
        return;
    s->ended = true;
    kt_observer_close(s->ch->watch[is_client(s)], reset, now(s->ch));
}

static void proxy_eof(struct kt_socket *s)
{
    struct kt_socket *to = other(s);

    proxy_ended(s, false);
    if (to->tcp && to->up)
        kt_tcp_shutdown(to->tcp);
}

static void proxy_closed(struct kt_socket *s, bool reset)
{
    struct kt_socket *to = other(s);

    s->tcp = NULL;
    proxy_ended(s, reset);
    if (!to->tcp)
        return;
    if (reset)
        kt_tcp_abort(to->tcp);
    else
        kt_tcp_close(to->tcp);
}

static void proxy_up(struct kt_socket *s)
{
    const struct kt_cur early = kt_buf_view(&s->ch->early);

    s->up = true;
    if (kt_cur_left(&early) > 0)
        kt_tcp_write(s->tcp, early.p, kt_cur_left(&early));
    kt_buf_fini(&s->ch->early);
    if (other(s)->ended)
        kt_tcp_shutdown(s->tcp);
}

static void on_proxy(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_socket *s = kt_container_of(self, struct kt_socket, sink);

    switch (ev->kind) {
    case KT_NET_CONNECTED:
        proxy_up(s);
        break;
    case KT_NET_DATA:
        forward(s, ev->data);
        break;
    case KT_NET_EOF:
        proxy_eof(s);
        break;
    case KT_NET_CLOSED:
        proxy_closed(s, ev->reset);
        break;
    case KT_NET_DRAINED:
    case KT_NET_ACCEPTED:
    case KT_NET_TIMER:
        break;
    }
    kt_chan_absorb(s->ch);
    kt_case_touch(s->ch->c);
}

void kt_socket_proxy(struct kt_socket *s, struct kt_chan *ch)
{
    s->ch = ch;
    s->sink.on = on_proxy;
}

void kt_socket_close(struct kt_socket *s)
{
    if (s->tcp)
        kt_tcp_close(s->tcp);
}

/* --- both --- */

static void hear_nothing(struct kt_sink *self, const struct kt_net_event *ev)
{
    (void)self;
    (void)ev;
}

static struct kt_sink nobody = {hear_nothing};

void kt_socket_drop(struct kt_socket *s)
{
    if (!s->tcp)
        return;
    kt_tcp_set_sink(s->tcp, &nobody);
    kt_tcp_close(s->tcp);
    s->tcp = NULL;
}

/* A link whose peer breaks HTTP/2 says so, and is patient but not for good.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/link.h"
#include "base/buf.h"
#include <criterion/criterion.h>
#include <string.h>

#define MS 1000000ull

struct world {
    struct kt_net *net;
    struct kt_listener *listener;
    struct kt_sink on_accept;
    struct kt_link_sink on_link;
    struct kt_link *link;
    bool gone;
    struct kt_sink on_raw; /* the peer: plain bytes */
    struct kt_tcp *raw;
    struct kt_buf got;
    bool eof, reset;
};

static const struct kt_peer_opts opts = {.limits = &kt_limits_default};

static void on_link(struct kt_link_sink *self, struct kt_link *l,
                    const struct kt_call_event *ev)
{
    struct world *w = kt_container_of(self, struct world, on_link);

    (void)l;
    w->gone |= ev == NULL;
}

static void on_accept(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct world *w = kt_container_of(self, struct world, on_accept);
    struct kt_err e;

    w->link = kt_link_accept(w->net, ev->tcp, &opts, &w->on_link, &e);
    cr_assert_not_null(w->link);
}

static void on_raw(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct world *w = kt_container_of(self, struct world, on_raw);

    if (ev->kind == KT_NET_DATA)
        cr_assert(kt_buf_put(&w->got, ev->data.p, kt_cur_left(&ev->data)));
    w->eof |= ev->kind == KT_NET_EOF;
    w->reset |= ev->kind == KT_NET_CLOSED && ev->reset;
    if (ev->kind == KT_NET_CLOSED)
        w->raw = NULL;
}

static void setup(struct world *w, struct kt_net *net)
{
    char addr[64];
    struct kt_err e;

    *w = (struct world){.net = net,
                        .on_accept.on = on_accept,
                        .on_link.on = on_link,
                        .on_raw.on = on_raw};
    kt_buf_init(&w->got, 1 << 16);
    w->listener = kt_net_listen(net, "127.0.0.1:0", &w->on_accept, addr, &e);
    cr_assert_not_null(w->listener);
    w->raw = kt_net_connect(net, addr, &w->on_raw, &e);
}

static void finish(struct world *w)
{
    kt_link_free(w->link);
    kt_listener_close(w->listener);
    kt_buf_fini(&w->got);
    kt_net_free(w->net);
}

static void step_until(struct world *w, const bool *flag)
{
    const uint64_t limit = kt_net_now(w->net) + 5000 * MS;

    while (!*flag && kt_net_now(w->net) < limit)
        kt_net_step(w->net, limit);
    cr_assert(*flag);
}

/* The preface, SETTINGS, and a DATA frame on no stream: RFC 9113 6.1. */
static const char broken[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                             "\0\0\0\4\0\0\0\0\0"
                             "\0\0\1\0\0\0\0\0\0x";

static void break_it(struct world *w)
{
    static char more[20000];

    kt_tcp_write(w->raw, broken, sizeof broken - 1);
    kt_tcp_write(w->raw, more, sizeof more);
}

static bool has_goaway(const struct world *w)
{
    const struct kt_cur got = kt_buf_view(&w->got);
    const uint8_t *p = got.p;
    size_t left = kt_cur_left(&got);

    while (left >= 9) {
        const size_t n = 9u + ((size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2]);

        if (p[3] == 7 && n >= 17 && n <= left)
            return p[16] == 1; /* PROTOCOL_ERROR */
        if (n > left)
            break;
        p += n;
        left -= n;
    }
    return false;
}

Test(link, an_error_is_said_also_to_who_is_still_writing)
{
    struct world w;

    setup(&w, kt_net_uv_new());
    break_it(&w);
    while (!w.eof && !w.reset) {
        kt_net_step(w.net, kt_net_now(w.net) + 5000 * MS);
        if (w.raw != NULL && kt_tcp_queued(w.raw) == 0)
            kt_tcp_write(w.raw, "still writing", 13);
    }
    cr_expect(has_goaway(&w));
    cr_expect_not(w.reset);
    kt_tcp_close(w.raw);
    step_until(&w, &w.gone);
    finish(&w);
}

Test(link, a_peer_that_stays_is_left_after_a_second)
{
    struct world w;

    setup(&w, kt_net_sim_new());
    const uint64_t start = kt_net_now(w.net);
    break_it(&w);
    step_until(&w, &w.eof);
    cr_expect_not(w.gone);
    cr_expect_lt(kt_net_now(w.net), start + 100 * MS);
    step_until(&w, &w.gone);
    cr_expect_geq(kt_net_now(w.net), start + 1000 * MS);
    cr_expect_lt(kt_net_now(w.net), start + 1100 * MS);
    finish(&w);
}

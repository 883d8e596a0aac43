/* The same claims about conversations on both worlds, the real and the
 * simulated one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/buf.h"
#include "io/net.h"
#include "io/signal.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SECOND = 1000 * 1000 * 1000, MS = 1000 * 1000 };

/* One end of a connection and what it was told. */
struct end {
    struct kt_sink sink;
    struct kt_tcp *tcp; /* NULL once CLOSED was told */
    struct kt_buf in;
    unsigned connected, eof, drained, closed, datas;
    bool reset;
    char why[96];
};

/* One listener, the ends it has accepted, one client end, one timer. */
struct world {
    struct kt_net *net;
    struct kt_listener *listener;
    struct kt_sink on_accept;
    char addr[64];
    struct end server, client;
    unsigned accepted;
    struct kt_sink on_timer;
    struct kt_timer *fired[16];
    unsigned timers;
};

static void end_on(struct kt_sink *s, const struct kt_net_event *ev)
{
    struct end *e = kt_container_of(s, struct end, sink);

    cr_assert_eq(ev->tcp, e->tcp);
    e->connected += ev->kind == KT_NET_CONNECTED;
    e->eof += ev->kind == KT_NET_EOF;
    e->drained += ev->kind == KT_NET_DRAINED;
    if (ev->kind == KT_NET_DATA) {
        e->datas++;
        cr_assert(kt_buf_put(&e->in, ev->data.p, kt_cur_left(&ev->data)));
    }
    if (ev->kind == KT_NET_CLOSED) {
        e->closed++;
        e->reset = ev->reset;
        snprintf(e->why, sizeof e->why, "%s", ev->why);
        e->tcp = NULL;
    }
}

static void on_accept(struct kt_sink *s, const struct kt_net_event *ev)
{
    struct world *w = kt_container_of(s, struct world, on_accept);

    cr_assert_eq(ev->kind, KT_NET_ACCEPTED);
    cr_assert_eq(ev->listener, w->listener);
    w->accepted++;
    w->server.tcp = ev->tcp;
    kt_tcp_set_sink(ev->tcp, &w->server.sink);
}

static void on_timer(struct kt_sink *s, const struct kt_net_event *ev)
{
    struct world *w = kt_container_of(s, struct world, on_timer);

    cr_assert_eq(ev->kind, KT_NET_TIMER);
    cr_assert_lt(w->timers, 16);
    w->fired[w->timers++] = ev->timer;
}

static void init(struct world *w, bool simulated)
{
    struct kt_err err = {0};

    *w = (struct world){.net = simulated ? kt_net_sim_new() : kt_net_uv_new()};
    cr_assert(w->net);
    cr_assert_eq(kt_net_is_simulated(w->net), simulated);
    w->on_accept.on = on_accept;
    w->on_timer.on = on_timer;
    w->server.sink.on = w->client.sink.on = end_on;
    kt_buf_init(&w->server.in, 64 << 20);
    kt_buf_init(&w->client.in, 64 << 20);
    w->listener =
        kt_net_listen(w->net, "127.0.0.1:0", &w->on_accept, w->addr, &err);
    cr_assert(w->listener, "%s", err.detail);
}

static void fini(struct world *w)
{
    kt_net_free(w->net);
    kt_buf_fini(&w->server.in);
    kt_buf_fini(&w->client.in);
}

/* Step until cond holds, for five seconds at most. */
#define until(w, cond)                                                         \
    do {                                                                       \
        const uint64_t end_ = kt_net_now((w)->net) + 5ull * SECOND;            \
        while (!(cond) && kt_net_now((w)->net) < end_)                         \
            if (kt_net_step((w)->net, end_) == 0 &&                            \
                kt_net_is_simulated((w)->net))                                 \
                break;                                                         \
        cr_expect(cond, "%s", #cond);                                          \
    } while (0)

static void join(struct world *w)
{
    struct kt_err err;

    w->client.tcp = kt_net_connect(w->net, w->addr, &w->client.sink, &err);
    cr_assert(w->client.tcp);
    until(w, w->client.connected == 1 && w->accepted == 1);
    cr_assert(w->server.tcp);
}

static bool holds(const struct end *e, const char *text)
{
    return kt_cur_is(kt_buf_view(&e->in), text);
}

static bool said(struct world *w, struct end *from, const struct end *to,
                 const char *text)
{
    cr_assert(kt_tcp_write(from->tcp, text, strlen(text)));
    until(w, holds(to, text));
    return holds(to, text);
}

/* ---- claims, each on both worlds ---- */

static void bytes_pass_both_ways(struct world *w)
{
    join(w);
    cr_expect_str_eq(kt_tcp_peer(w->client.tcp), w->addr);
    cr_expect_eq(strncmp(kt_tcp_peer(w->server.tcp), "127.0.0.1:", 10), 0);
    cr_expect(said(w, &w->client, &w->server, "to the server"));
    cr_expect(said(w, &w->server, &w->client, "to the client"));
    until(w, w->client.drained == 1 && w->server.drained == 1);
    cr_expect_eq(kt_tcp_queued(w->client.tcp), 0);
}

static void nothing_happens_inside_a_call(struct world *w)
{
    struct kt_err err;

    w->client.tcp = kt_net_connect(w->net, w->addr, &w->client.sink, &err);
    cr_assert(kt_tcp_write(w->client.tcp, "early", 5));
    kt_tcp_close(w->client.tcp);
    cr_expect_eq(w->client.closed + w->client.connected + w->accepted, 0);
    until(w, w->client.closed == 1 && w->server.eof == 1);
    cr_expect(holds(&w->server, "early"));
    cr_expect_eq(w->client.connected, 0, "told after kt_tcp_close");
}

static void half_close_leaves_the_other_way_open(struct world *w)
{
    join(w);
    kt_tcp_write(w->client.tcp, "last", 4);
    kt_tcp_shutdown(w->client.tcp);
    until(w, w->server.eof == 1);
    cr_expect(holds(&w->server, "last"));
    cr_expect(said(w, &w->server, &w->client, "answer"));
    cr_expect_eq(w->client.closed + w->server.closed, 0);
    kt_tcp_close(w->server.tcp);
    until(w, w->server.closed == 1 && w->client.eof == 1);
    cr_expect_str_empty(w->server.why);
    kt_tcp_close(w->client.tcp);
    until(w, w->client.closed == 1);
    cr_expect_not(w->client.reset);
}

static void abort_resets_the_other_end(struct world *w)
{
    join(w);
    kt_tcp_abort(w->client.tcp);
    until(w, w->client.closed == 1 && w->server.closed == 1);
    cr_expect(w->server.reset);
    cr_expect_str_eq(w->server.why, "connection reset by peer");
    cr_expect_not(w->client.reset);
    cr_expect_str_empty(w->client.why);
    cr_expect_eq(w->server.eof, 0);
}

static void writing_to_one_who_has_gone_is_a_reset(struct world *w)
{
    join(w);
    kt_tcp_close(w->server.tcp);
    until(w, w->client.eof == 1);
    for (int i = 0; i < 50 && w->client.tcp; i++) {
        kt_tcp_write(w->client.tcp, "x", 1);
        kt_net_step(w->net, kt_net_now(w->net) + 20 * MS);
    }
    cr_expect_eq(w->client.closed, 1);
    cr_expect(w->client.reset);
}

static void nobody_there_is_refused(struct world *w)
{
    struct kt_err err;

    kt_listener_close(w->listener);
    w->client.tcp = kt_net_connect(w->net, w->addr, &w->client.sink, &err);
    until(w, w->client.closed == 1);
    cr_expect_eq(w->client.connected, 0);
    cr_expect_str_eq(w->client.why, "connection refused");
}

static void a_reader_that_pauses_holds_the_writer(struct world *w)
{
    static char block[1 << 20];
    const size_t total = 64;

    join(w);
    kt_tcp_pause(w->server.tcp, true);
    for (size_t i = 0; i < total; i++)
        cr_assert(kt_tcp_write(w->client.tcp, block, sizeof block));
    kt_tcp_shutdown(w->client.tcp);
    kt_net_step(w->net, kt_net_now(w->net) + 50 * MS);
    cr_expect_eq(w->server.datas + w->server.eof, 0, "told while paused");
    cr_expect(kt_tcp_queued(w->client.tcp) > (32 << 20));
    kt_tcp_pause(w->server.tcp, false);
    until(w, w->server.eof == 1);
    cr_expect_eq(kt_buf_size(&w->server.in), total * sizeof block);
    cr_expect_eq(kt_tcp_queued(w->client.tcp), 0);
}

static void close_waits_for_what_is_queued(struct world *w)
{
    static char block[1 << 20];

    join(w);
    kt_tcp_pause(w->server.tcp, true);
    for (int i = 0; i < 32; i++)
        cr_assert(kt_tcp_write(w->client.tcp, block, sizeof block));
    kt_tcp_close(w->client.tcp);
    kt_net_step(w->net, kt_net_now(w->net) + 20 * MS);
    cr_expect_eq(w->client.closed, 0);
    kt_tcp_pause(w->server.tcp, false);
    until(w, w->server.eof == 1 && w->client.closed == 1);
    cr_expect_eq(kt_buf_size(&w->server.in), 32 * sizeof block);
}

static void an_abort_ends_a_close_that_waits(struct world *w)
{
    static char block[1 << 20];

    join(w);
    kt_tcp_pause(w->server.tcp, true);
    for (int i = 0; i < 32; i++)
        cr_assert(kt_tcp_write(w->client.tcp, block, sizeof block));
    kt_tcp_close(w->client.tcp);
    kt_tcp_abort(w->client.tcp);
    until(w, w->client.closed == 1);
    if (w->server.tcp) /* only the real one must read to hear of it */
        kt_tcp_pause(w->server.tcp, false);
    until(w, w->server.closed == 1);
    cr_expect(w->server.reset);
}

static void timers_fire_once_in_order(struct world *w)
{
    const uint64_t t0 = kt_net_now(w->net);
    struct kt_timer *t[8];

    for (unsigned i = 0; i < 8; i++) {
        t[i] = kt_timer_new(w->net, &w->on_timer);
        kt_timer_set(t[i], t0 + (8 - i) * 5 * MS);
    }
    kt_timer_unset(t[0]);
    kt_timer_set(t[1], t0 + 1 * MS); /* replaces 35 ms */
    until(w, w->timers >= 1);
    cr_expect_eq(w->fired[0], t[1]);
    cr_expect(kt_net_now(w->net) >= t0 + 1 * MS);
    cr_expect(kt_net_now(w->net) < t0 + 5 * MS || !kt_net_is_simulated(w->net));
    until(w, w->timers == 7);
    for (unsigned i = 1; i < 7; i++)
        cr_expect_eq(w->fired[i], t[8 - i]);
    cr_expect(kt_net_now(w->net) >= t0 + 30 * MS);
    kt_timer_set(t[2], 0); /* in the past: the next step */
    cr_expect_eq(kt_net_step(w->net, UINT64_MAX), 1);
    cr_expect_eq(w->timers, 8);
    cr_expect_eq(kt_net_step(w->net, kt_net_now(w->net) + 2 * MS), 0);
    for (int i = 0; i < 8; i++)
        kt_timer_free(t[i]);
}

static void a_step_ends_at_its_time_or_when_woken(struct world *w)
{
    const uint64_t t0 = kt_net_now(w->net);

    cr_expect_eq(kt_net_step(w->net, t0 + 10 * MS), 0);
    cr_expect(kt_net_now(w->net) >= t0 + 10 * MS);
    kt_net_wake(w->net);
    cr_expect_eq(kt_net_step(w->net, kt_net_now(w->net) + 60ull * SECOND), 0);
    cr_expect(kt_net_now(w->net) < t0 + 10ull * SECOND);
}

static void addresses_are_checked(struct world *w)
{
    static const char *const bad[] = {"",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:65536",
                                      "a.b:1",
                                      "127.0.0.1:-1",
                                      "127.0.0.1:1x",
                                      ":1",
                                      "[127.0.0.1]:1",
                                      "::1:80",
                                      "127.0.0.1:99999999999"};
    char got[64];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kt_err err = {0};

        cr_expect_null(kt_net_connect(w->net, bad[i], &w->client.sink, &err),
                       "%s", bad[i]);
        cr_expect_eq(err.code, KT_E_SYNTAX, "%s", bad[i]);
        cr_expect_null(kt_net_listen(w->net, bad[i], &w->on_accept, got, &err));
    }

    struct kt_err err = {0};

    cr_expect_null(kt_net_listen(w->net, w->addr, &w->on_accept, got, &err));
    cr_expect_eq(err.code, KT_E_IO);
    cr_expect(strstr(err.detail, "address already in use"), "%s", err.detail);

    struct kt_listener *v6 =
        kt_net_listen(w->net, "[::1]:0", &w->on_accept, got, &err);

    cr_expect(!v6 || strncmp(got, "[::1]:", 6) == 0, "%s", got);
    kt_listener_close(v6);
}

static void freeing_a_busy_world_tells_nobody(struct world *w)
{
    join(w);
    kt_tcp_pause(w->server.tcp, true);
    cr_assert(kt_tcp_write(w->client.tcp, "pending", 7));
    kt_net_step(w->net, kt_net_now(w->net) + 5 * MS);
    cr_assert(kt_tcp_write(w->server.tcp, "unread", 6));
    kt_timer_set(kt_timer_new(w->net, &w->on_timer), 0);
    /* fini is the rest of the test; the memory checkers are its judge. */
    w->client.sink.on = w->server.sink.on = NULL;
    w->on_timer.on = NULL;
}

static void a_closed_listener_refuses_whom_nobody_knows_of(struct world *w)
{
    struct kt_err err;

    w->client.tcp = kt_net_connect(w->net, w->addr, &w->client.sink, &err);
    kt_listener_close(w->listener);
    until(w, w->client.closed == 1);
    cr_expect_eq(w->accepted, 0);
}

static void no_memory_is_said_and_survived(struct world *w)
{
    struct kt_err err = {0};

    kt_alloc_fail_after(1);
    cr_expect_null(kt_net_connect(w->net, w->addr, &w->client.sink, &err));
    cr_expect_eq(err.code, KT_E_NOMEM);
    cr_expect_null(kt_timer_new(w->net, &w->on_timer));
    kt_alloc_fail_after(0);
    join(w);
    kt_alloc_fail_after(1);
    cr_assert(kt_tcp_write(w->client.tcp, "x", 1) || true);
    kt_net_step(w->net, kt_net_now(w->net) + 5 * MS);
    kt_net_step(w->net, kt_net_now(w->net) + 5 * MS);
    kt_alloc_fail_after(0);
}

#define CLAIM(f)                                                               \
    {                                                                          \
#f, f                                                                  \
    }
static const struct {
    const char *name;
    void (*run)(struct world *w);
} claims[] = {
    CLAIM(bytes_pass_both_ways),
    CLAIM(nothing_happens_inside_a_call),
    CLAIM(half_close_leaves_the_other_way_open),
    CLAIM(abort_resets_the_other_end),
    CLAIM(writing_to_one_who_has_gone_is_a_reset),
    CLAIM(nobody_there_is_refused),
    CLAIM(a_reader_that_pauses_holds_the_writer),
    CLAIM(close_waits_for_what_is_queued),
    CLAIM(an_abort_ends_a_close_that_waits),
    CLAIM(timers_fire_once_in_order),
    CLAIM(a_step_ends_at_its_time_or_when_woken),
    CLAIM(addresses_are_checked),
    CLAIM(freeing_a_busy_world_tells_nobody),
    CLAIM(a_closed_listener_refuses_whom_nobody_knows_of),
    CLAIM(no_memory_is_said_and_survived),
};

static void run_all(bool simulated)
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct world w;

        cr_log_info("%s", claims[i].name);
        init(&w, simulated);
        claims[i].run(&w);
        fini(&w);
    }
}

Test(net, real_world)
{
    run_all(false);
}

Test(net, simulated_world)
{
    run_all(true);
}

/* ---- claims about one world ---- */

Test(net, simulated_writes_are_one_data_each_and_time_jumps)
{
    struct world w;

    init(&w, true);
    join(&w);

    const uint64_t t0 = kt_net_now(w.net);

    for (int i = 0; i < 10; i++)
        kt_tcp_write(w.client.tcp, "abc", 3);
    cr_expect_not(kt_net_quiet(w.net));
    while (!kt_net_quiet(w.net))
        kt_net_step(w.net, UINT64_MAX);
    cr_expect_eq(w.server.datas, 10);
    cr_expect_eq(w.client.drained, 1);
    cr_expect_eq(kt_net_now(w.net), t0 + 10 * 1000);

    struct kt_timer *t = kt_timer_new(w.net, &w.on_timer);

    kt_timer_set(t, t0 + 3600ull * SECOND);
    cr_expect(kt_net_quiet(w.net));
    cr_expect_eq(kt_net_step(w.net, UINT64_MAX), 1);
    cr_expect_eq(kt_net_now(w.net), t0 + 3600ull * SECOND);
    cr_expect_eq(kt_net_step(w.net, UINT64_MAX), 0, "nothing can happen");
    kt_timer_free(t);
    fini(&w);
}

struct quit {
    struct kt_signal_sink sink;
    int signo;
};

static void on_quit(struct kt_signal_sink *s, int signo)
{
    kt_container_of(s, struct quit, sink)->signo = signo;
}

Test(net, signals_are_events)
{
    struct kt_net *net = kt_net_uv_new();
    struct quit q = {{on_quit}, 0};

    cr_assert(kt_net_on_signal(net, &q.sink));
    raise(SIGTERM);
    cr_expect_eq(q.signo, 0);
    cr_expect_eq(kt_net_step(net, kt_net_now(net) + 5ull * SECOND), 1);
    cr_expect_eq(q.signo, SIGTERM);
    cr_assert(kt_net_on_signal(net, NULL));
    kt_net_free(net);
}

/* Back-pressure, large messages, graceful stop, limits, memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

static char *filled(size_t n)
{
    char *b = malloc(n + 1);

    must(b);
    for (size_t i = 0; i < n; i++)
        b[i] = (char)('a' + (i * 7 + i / 251) % 26);
    b[n] = 0;
    return b;
}

/* One large message in a direction; the reader waits first or comes late. */
static void large(size_t n, bool up, bool waits, size_t piece)
{
    struct pair p = pair_new(NULL, NULL);
    char *const b = filled(n);
    struct kt_cur got;

    p.piece = piece;
    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const from = up ? p.c : p.s, *const to = up ? p.s : p.c;
    if (waits)
        recv_gives(to, KT_RECV_MORE);
    cr_assert_eq(kt_call_send(from, kt_cur_of(b, n)), KT_DONE);
    pair_run(&p);
    enum kt_recv r = kt_call_recv(to, &got);
    cr_expect_eq(r, waits || n < 65530 ? KT_RECV_MESSAGE : KT_RECV_MORE);
    pair_run(&p);
    if (r == KT_RECV_MORE)
        r = kt_call_recv(to, &got);
    cr_assert_eq(r, KT_RECV_MESSAGE);
    cr_expect(kt_cur_left(&got) == n && memcmp(got.p, b, n) == 0);
    free(b);
    pair_free(&p);
}

Test(flow, large_messages_arrive_either_way)
{
    for (int i = 0; i < 4; i++) {
        large(70000, i & 1, i & 2, 1000);
        large(5 << 20, i & 1, i & 2, SIZE_MAX);
    }
}

/* Nobody reads: how much a sender gets rid of, and that reading frees it. */
static void pressure(bool up)
{
    struct pair p = pair_new(NULL, NULL);
    char *const b = filled(4096);
    struct kt_cur got;
    size_t sent = 0, read = 0;
    enum kt_step s = KT_DONE;

    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const from = up ? p.c : p.s, *const to = up ? p.s : p.c;
    while (s == KT_DONE && sent < 1000) {
        s = kt_call_send(from, kt_cur_of(b, 4096));
        sent += s == KT_DONE;
        pair_run(&p);
    }
    cr_assert_eq(s, KT_MORE); /* window and quota, 64 KiB each: FLOW-18 */
    cr_expect(sent >= 30 && sent <= 34, "%zu", sent);
    p.events = 0;
    while (kt_call_recv(to, &got) == KT_RECV_MESSAGE) {
        read++;
        pair_run(&p);
    }
    cr_expect_eq(read, sent);
    cr_expect(p.events & 1U << KT_CALL_WRITABLE);
    cr_expect_eq(kt_call_send(from, kt_cur_of(b, 4096)), KT_DONE);

    /* a neighbour is not held up by a stream that nobody reads: FLOW-5 */
    for (s = KT_DONE; s == KT_DONE;) {
        s = kt_call_send(from, kt_cur_of(b, 4096));
        pair_run(&p);
    }
    pair_open(&p, "Echo", KT_BIDI);
    send_ok(up ? p.c : p.s, "past it");
    pair_run(&p);
    recv_is(up ? p.s : p.c, "past it");
    free(b);
    pair_free(&p);
}

Test(flow, who_does_not_read_holds_the_sender_up)
{
    pressure(true);
    pressure(false);
}

Test(flow, a_blocked_send_is_woken_by_the_end)
{
    struct pair p = pair_new(NULL, NULL);
    char *const b = filled(100000);

    pair_open(&p, "Echo", KT_BIDI);
    for (int i = 0; i < 2; i++) { /* the window, then the quota */
        cr_expect_eq(kt_call_send(p.c, kt_cur_of(b, 100000)), KT_DONE);
        pair_run(&p);
    }
    cr_expect_eq(kt_call_send(p.c, kt_cur_of(b, 100000)), KT_MORE);
    p.events = 0;
    ret(p.s, KT_RET_STATUS, 5, "enough");
    pair_run(&p);
    cr_expect(p.events & 1U << KT_CALL_WRITABLE);
    send_fails(p.c, 5, "enough [biz error]");
    free(b);
    pair_free(&p);
}

Test(flow, trailers_wait_for_what_is_queued)
{
    struct pair p = pair_new(NULL, NULL);
    char *const b = filled(200000);
    struct kt_cur got;

    pair_open(&p, "Echo", KT_BIDI);
    cr_expect_eq(kt_call_send(p.s, kt_cur_of(b, 200000)), KT_DONE);
    ret(p.s, KT_RET_STATUS, 5, "after");
    kt_call_free(p.s); /* the handler is gone; its answer is not */
    pair_run(&p);
    recv_gives(p.c, KT_RECV_MORE);
    pair_run(&p);
    cr_assert_eq(kt_call_recv(p.c, &got), KT_RECV_MESSAGE);
    cr_expect_eq(kt_cur_left(&got), 200000);
    recv_fails(p.c, 5, "after [biz error]");
    free(b);
    pair_free(&p);
}

Test(flow, a_message_above_the_limit_fails_that_stream)
{
    struct kt_limits lim = kt_limits_default;
    struct kt_peer_opts o = pair_opts();

    lim.max_message = 1000;
    o.limits = &lim;
    struct pair p = pair_new(&o, &o);
    char *const b = filled(1001);
    struct kt_cur got;

    for (int up = 0; up < 2; up++) {
        pair_open(&p, "Echo", KT_BIDI);
        struct kt_call *const from = up ? p.c : p.s, *const to = up ? p.s : p.c;

        cr_expect_eq(kt_call_send(from, kt_cur_of(b, 1000)), KT_DONE);
        cr_expect_eq(kt_call_send(from, kt_cur_of(b, 1001)), KT_DONE);
        pair_run(&p);
        cr_expect_eq(kt_call_recv(to, &got), KT_RECV_MESSAGE);
        recv_fails(to, 8, NULL);
        pair_run(&p);
        cr_expect_eq(kt_call_cancelled(p.s) != NULL, !up); /* RST CANCEL */
        cr_expect_eq(kt_call_send(to, text("x")), up ? KT_DONE : KT_BAD);
    }
    free(b);
    pair_free(&p);
}

Test(flow, calls_wait_for_a_stream_and_may_give_up_waiting)
{
    struct kt_peer_opts so = pair_opts();

    so.max_concurrent = 1;
    struct pair p = pair_new(NULL, &so);

    pair_run(&p);
    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const first = p.c, *const served = p.s;
    const struct kt_call_open o = {.service = "TestService", .method = "Echo"};
    const struct kt_call_open late = {
        .service = "TestService", .method = "Echo", .deadline_ns = p.now + 10};

    pair_open_with(&p, &late);
    struct kt_call *const gone = p.c;
    pair_open_with(&p, &o);
    cr_expect_eq(p.s, NULL);
    send_ok(p.c, "waited");
    cr_expect_eq(kt_call_stream(p.c), 0);
    pair_at(&p, p.now + 10);
    recv_fails(gone, 4, "context deadline exceeded"); /* CONN-16 */
    cr_expect_eq(p.s, NULL);
    ret(served, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_gives(first, KT_RECV_EOF);
    must(p.s);
    cr_expect_eq(kt_call_stream(p.c), 3);
    recv_is(p.s, "waited");
    pair_free(&p);
}

Test(flow, a_graceful_stop_lets_calls_end_then_resets_them)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const c1 = p.c, *const s1 = p.s;
    pair_open(&p, "Echo", KT_BIDI);
    p.events = 0;
    kt_peer_stop(p.sv, 5000, p.now);
    pair_run(&p);
    cr_expect(p.events & 1U << KT_PEER_DRAINING);
    cr_expect_not(kt_peer_can_open(p.cl));
    send_ok(s1, "b");
    ret(s1, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_is(c1, "b");
    recv_gives(c1, KT_RECV_EOF);
    cr_expect_not(kt_peer_is_over(p.sv));
    cr_expect_eq(kt_peer_deadline(p.sv), p.now + 5000);
    pair_at(&p, p.now + 5000);
    recv_fails(p.s, 14, "graceful shutdown"); /* GOAWAY-6 */
    recv_fails(p.c, 14, "graceful shutdown"); /* GOAWAY-7 */
    cr_expect(kt_peer_is_over(p.sv) && kt_peer_is_over(p.cl));
    pair_free(&p);

    p = pair_new(NULL, NULL); /* an idle client goes at once: GOAWAY-10 */
    pair_run(&p);
    kt_peer_stop(p.sv, 5000000000, p.now);
    cr_expect_not(kt_peer_is_over(p.sv));
    pair_run(&p);
    cr_expect(kt_peer_is_over(p.cl));
    pair_at(&p, p.now + 1000000000); /* and one that says nothing is left */
    cr_expect(kt_peer_is_over(p.sv));
    pair_free(&p);
}

/* ---- memory ----------------------------------------------------------- */

/* A whole conversation; false as soon as anything is refused for want of
 * memory. Whatever happens, nothing may crash or leak. */
static bool converse(void)
{
    const struct kt_peer_opts o = pair_opts();
    struct kt_err e;
    struct pair p = {.now = 1000, .piece = 50};
    struct kt_hlist md;
    const struct kt_call_open open = {.service = "echo.TestService",
                                      .method = "Echo",
                                      .deadline_ns = 1 << 20,
                                      .metadata = &md,
                                      .transient = &md};
    const struct kt_return biz = {KT_RET_BIZ, 7, "no", "{\"a\":\"b\"}"};
    struct kt_cur got;
    bool ok = false;

    kt_hlist_init(&md, 4096, 10);
    p.cl = kt_peer_new(KT_PEER_CLIENT, &o, &e);
    p.sv = kt_peer_new(KT_PEER_SERVER, &o, &e);
    if (!p.cl || !p.sv || !kt_hlist_puts(&md, "key-bin", "value"))
        goto out;
    p.c = kt_call_open(p.cl, &open, p.now, &e);
    pair_run(&p);
    if (!p.c || !p.s || kt_call_send(p.c, text("hello")) != KT_DONE)
        goto out;
    kt_call_half_close(p.c);
    pair_run(&p);
    if (kt_call_recv(p.s, &got) != KT_RECV_MESSAGE ||
        kt_call_set_header(p.s, &md) != KT_DONE ||
        kt_call_set_trailer(p.s, &md) != KT_DONE ||
        kt_call_send(p.s, got) != KT_DONE ||
        kt_call_recv(p.s, &got) != KT_RECV_EOF ||
        kt_call_return(p.s, &biz) != KT_DONE)
        goto out;
    pair_run(&p);
    ok = kt_call_recv(p.c, &got) == KT_RECV_MESSAGE &&
         kt_call_recv(p.c, &got) == KT_RECV_BIZ && kt_call_fault(p.c)->has_biz;
    kt_peer_stop(p.sv, 10, p.now);
    pair_run(&p);
    ok = ok && kt_peer_is_over(p.cl);
out:
    kt_hlist_fini(&md);
    pair_free(&p);
    return ok;
}

Test(flow, any_allocation_may_fail)
{
    kt_alloc_fail_after(0);
    cr_assert(converse());
    const size_t n = kt_alloc_count();
    size_t survived = 0;

    cr_assert_gt(n, 50);
    for (size_t i = 1; i <= n; i++) {
        kt_alloc_fail_after(i);
        survived += converse();
    }
    kt_alloc_fail_after(0);
    cr_expect_lt(survived, n / 10, "%zu of %zu", survived, n);
    cr_assert(converse());
}

/* The hot path asks for nothing once its buffers have grown: what nghttp2
 * needs for a frame excepted. */
Test(flow, a_message_costs_few_allocations)
{
    struct pair p = pair_new(NULL, NULL);
    struct kt_cur got;

    pair_open(&p, "Echo", KT_BIDI);
    for (int i = 0; i < 2000; i++) {
        if (i == 1000)
            kt_alloc_fail_after(0);
        send_ok(p.c, "hello");
        pair_run(&p);
        must(kt_call_recv(p.s, &got) == KT_RECV_MESSAGE);
        must(kt_call_send(p.s, got) == KT_DONE);
        pair_run(&p);
        recv_is(p.c, "hello");
    }
    cr_expect_lt(kt_alloc_count(), 2000, "%zu", kt_alloc_count());
    pair_free(&p);
}

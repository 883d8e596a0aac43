/* The four modes, half-closes and ends, whole and byte by byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

static const size_t pieces[] = {SIZE_MAX, 1, 7};
enum { PIECES = sizeof pieces / sizeof *pieces };

/* n messages to the server, m back, half-close before or after. */
static void exchange(size_t piece, int n, int m, bool early)
{
    struct pair p = pair_new(NULL, NULL);

    p.piece = piece;
    pair_open(&p, "Echo", KT_BIDI);
    cr_expect_eq(kt_call_stream(p.c), 1);
    cr_expect_str_eq(kt_call_service(p.s), "TestService");
    cr_expect_str_eq(kt_call_method(p.s), "Echo");
    for (int i = 0; i < n; i++)
        send_ok(p.c, "ping");
    if (early)
        kt_call_half_close(p.c);
    pair_run(&p);
    for (int i = 0; i < n; i++)
        recv_is(p.s, "ping");
    recv_gives(p.s, early ? KT_RECV_EOF : KT_RECV_MORE);
    for (int i = 0; i < m; i++)
        send_ok(p.s, "pong-pong");
    kt_call_half_close(p.c);
    kt_call_half_close(p.c);
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    for (int i = 0; i < m; i++)
        recv_is(p.c, "pong-pong");
    recv_gives(p.c, KT_RECV_EOF);
    recv_gives(p.c, KT_RECV_EOF);
    send_fails(p.c, 13, "the stream is done");
    cr_expect_eq(kt_peer_open_calls(p.cl) + kt_peer_open_calls(p.sv), 0);
    cr_expect(kt_peer_can_open(p.cl));
    pair_free(&p);
}

Test(call, any_number_of_messages_each_way)
{
    for (size_t i = 0; i < PIECES; i++)
        for (int n = 0; n < 12; n++)
            exchange(pieces[i], n % 3 * 5, n / 3 % 2 * 7, n >= 6);
}

Test(call, full_duplex_and_messages_before_the_end_come_first)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    recv_gives(p.c, KT_RECV_MORE);
    for (int i = 0; i < 10; i++) {
        p.events = 0;
        send_ok(p.c, "a");
        pair_run(&p);
        cr_expect(p.events & 1U << KT_CALL_READABLE);
        recv_is(p.s, "a");
        send_ok(p.s, "b");
        pair_run(&p);
        recv_is(p.c, "b");
        recv_gives(p.c, KT_RECV_MORE);
    }
    send_ok(p.c, "unread");
    send_ok(p.s, "last");
    ret(p.s, KT_RET_ERROR, 0, "boom"); /* before the half-close: EOF-10 */
    pair_run(&p);
    recv_is(p.c, "last");
    recv_fails(p.c, 13, "boom [biz error]");
    send_fails(p.c, 13, "boom [biz error]"); /* EOF-14 */
    send_fails(p.s, 1, "transport: canceled by business handler returning");
    kt_call_half_close(p.c);
    pair_run(&p);
    pair_free(&p);
}

Test(call, server_drains_after_half_close)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    kt_call_half_close(p.c);
    send_fails(p.c, 13, "the stream is done"); /* EOF-3 */
    pair_run(&p);
    recv_gives(p.s, KT_RECV_EOF);
    recv_gives(p.s, KT_RECV_EOF);
    send_ok(p.s, "b");
    pair_run(&p);
    recv_is(p.c, "b");
    recv_gives(p.c, KT_RECV_MORE);
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_gives(p.c, KT_RECV_EOF);
    pair_free(&p);
}

/* The client's call of a mode: one request, half-close, one Recv. */
static void single(struct pair *p, const char *method, enum kt_call_mode mode)
{
    pair_open(p, method, mode);
    send_ok(p->c, "request");
    kt_call_half_close(p->c);
    pair_run(p);
    cr_expect_eq(kt_call_mode(p->s), mode);
    recv_is(p->s, "request");
    recv_gives(p->s, KT_RECV_EOF);
    recv_gives(p->c, KT_RECV_MORE);
}

Test(call, single_answers_wait_for_the_end)
{
    const struct {
        const char *method;
        enum kt_call_mode mode;
    } of[] = {{"EchoClient", KT_CLIENT_STREAM}, {"EchoUnary", KT_UNARY}};
    struct pair p = pair_new(NULL, NULL);

    for (size_t i = 0; i < 2; i++) {
        single(&p, of[i].method, of[i].mode);
        send_ok(p.s, "answer");
        pair_run(&p);
        recv_gives(p.c, KT_RECV_MORE);
        ret(p.s, KT_RET_OK, 0, NULL);
        pair_run(&p);
        recv_is(p.c, "answer");
        recv_gives(p.c, KT_RECV_EOF);

        single(&p, of[i].method, of[i].mode); /* the error wins: EOF-28 */
        send_ok(p.s, "answer");
        ret(p.s, KT_RET_STATUS, 5, "gone");
        pair_run(&p);
        recv_fails(p.c, 5, "gone [biz error]");

        single(&p, of[i].method, of[i].mode); /* one too many */
        send_ok(p.s, "answer");
        send_ok(p.s, "another");
        pair_run(&p);
        recv_fails(p.c, 13, NULL);
        pair_run(&p);
        cr_expect(kt_call_cancelled(p.s) != NULL);

        single(&p, of[i].method, of[i].mode); /* and seen only at the end */
        recv_gives(p.c, KT_RECV_MORE);
        send_ok(p.s, "answer");
        send_ok(p.s, "another");
        ret(p.s, KT_RET_OK, 0, NULL);
        pair_run(&p);
        recv_fails(p.c, 13, NULL);

        single(&p, of[i].method, of[i].mode); /* none: EOF-29, UNARY-10 */
        ret(p.s, KT_RET_OK, 0, NULL);
        pair_run(&p);
        recv_gives(p.c, i == 0 ? KT_RECV_EOF : KT_RECV_STATUS);
    }
    pair_free(&p);
}

Test(call, server_streaming)
{
    struct pair p = pair_new(NULL, NULL);

    single(&p, "EchoServer", KT_SERVER_STREAM);
    for (int i = 0; i < 3; i++)
        send_ok(p.s, "item");
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    for (int i = 0; i < 3; i++)
        recv_is(p.c, "item");
    recv_gives(p.c, KT_RECV_EOF);
    cr_expect_str_eq(events_of(p.c),
                     "start send=7 recv=4 recv=4 recv=4 finish");
    cr_expect_str_eq(events_of(p.s),
                     "start recv=7 send=4 send=4 send=4 finish");
    pair_free(&p);
}

Test(call, rpc_events_tell_errors_but_not_the_clean_end)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    ret(p.s, KT_RET_STATUS, 5, "gone");
    pair_run(&p);
    recv_fails(p.c, 5, NULL);
    cr_expect_str_eq(events_of(p.c), "start recv!5 finish!5");
    cr_expect_str_eq(events_of(p.s), "start finish!5");

    pair_open(&p, "Echo", KT_BIDI);
    ret(p.s, KT_RET_BIZ, 1001, "no");
    pair_run(&p);
    recv_gives(p.c, KT_RECV_BIZ);
    cr_expect_str_eq(events_of(p.c), "start recv!1001biz finish");
    cr_expect_str_eq(events_of(p.s), "start finish");

    single(&p, "EchoClient", KT_CLIENT_STREAM);
    send_ok(p.s, "x");
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_is(p.c, "x");
    cr_expect_str_eq(events_of(p.c), "start send=7 recv=1 finish");

    pair_open(&p, "Echo", KT_BIDI);
    for (int i = 0; i < 3000; i++) /* the oldest are forgotten */
        send_ok(p.c, "");
    kt_call_finish(p.c);
    kt_call_finish(p.c);
    struct kt_rpc_event e;
    size_t n = 0;
    while (kt_call_next_rpc_event(p.c, &e))
        n++;
    cr_expect(n == 1024 && e.kind == KT_RPC_FINISH);
    pair_free(&p);
}

Test(call, two_streams_do_not_disturb_each_other)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const c1 = p.c, *const s1 = p.s;
    pair_open(&p, "Echo", KT_BIDI);
    send_ok(c1, "one");
    send_ok(p.c, "two");
    pair_run(&p);
    recv_is(p.s, "two");
    kt_call_cancel(p.c);
    pair_run(&p);
    recv_is(s1, "one");
    send_ok(s1, "still");
    kt_call_free(p.s);
    kt_call_free(p.c);
    pair_run(&p);
    recv_is(c1, "still");
    kt_call_free(c1); /* not ended: reset */
    pair_run(&p);
    recv_fails(s1, 1, NULL);
    pair_free(&p);
}

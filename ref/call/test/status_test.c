/* Ends: deadlines, cancel, biz status, errors, metadata and metainfo.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

static void put(struct kt_hlist *h, const char *name, const char *value)
{
    must(kt_hlist_puts(h, name, value));
}

static bool has(const struct kt_hlist *h, const char *name, const char *value)
{
    struct kt_cur v;

    return kt_hlist_get(h, name, 0, &v) && kt_cur_is(v, value);
}

static void open_deadline(struct pair *p, uint64_t deadline)
{
    const struct kt_call_open o = {
        .service = "TestService", .method = "Echo", .deadline_ns = deadline};

    pair_open_with(p, &o);
}

Test(status, a_deadline_ends_both_sides_and_tells_the_peer)
{
    struct pair p = pair_new(NULL, NULL);

    open_deadline(&p, p.now + 5000);
    must(p.s);
    cr_expect_eq(kt_call_deadline(p.s), p.now + 5000);
    cr_expect_eq(kt_peer_deadline(p.cl), p.now + 5000);
    send_ok(p.s, "before");
    pair_at(&p, p.now + 4999);
    recv_gives(p.s, KT_RECV_MORE);
    /* the client only: its reset reaches the server before its own timer */
    p.now++;
    kt_peer_tick(p.cl, p.now);
    cr_expect_eq(kt_call_cancelled(p.s), NULL);
    p.events = 0;
    kt_peer_tick(p.sv, p.now - 1);
    p.now--;
    pair_run(&p);
    cr_expect(p.events & 1U << KT_CALL_CANCELLED);
    recv_is(p.c, "before"); /* DL-8 */
    recv_fails(p.c, 4, "context deadline exceeded");
    send_fails(p.c, 4, "context deadline exceeded");
    recv_fails(p.s, 1,
               "transport: RSTStream Frame received with error code: CANCEL "
               "[triggered by ]");
    cr_expect_eq(kt_call_cancelled(p.s)->code, 1);
    ret(p.s, KT_RET_OK, 0, NULL); /* writes nothing: CANCEL-10 */
    cr_expect_eq(kt_peer_deadline(p.cl), UINT64_MAX);
    pair_free(&p);
}

Test(status, a_server_past_its_deadline_may_still_return)
{
    struct pair p = pair_new(NULL, NULL);

    open_deadline(&p, p.now + 5000);
    send_ok(p.c, "queued");
    pair_run(&p);
    kt_peer_tick(p.sv, p.now + 5000);
    cr_expect_eq(kt_call_cancelled(p.s)->code, 4);
    recv_is(p.s, "queued");
    recv_fails(p.s, 4, "context deadline exceeded");
    send_fails(p.s, 4, "context deadline exceeded");
    ret(p.s, KT_RET_STATUS, 4, "context deadline exceeded");
    pair_run(&p); /* the client's clock has not got there: DL-13 */
    recv_fails(p.c, 4, "context deadline exceeded [biz error]");
    pair_free(&p);
}

Test(status, a_deadline_that_has_passed_writes_nothing)
{
    struct pair p = pair_new(NULL, NULL);

    pair_run(&p);
    open_deadline(&p, p.now);
    cr_expect_eq(p.s, NULL);
    recv_fails(p.c, 4, "context deadline exceeded");
    const struct kt_hlist *h;
    cr_expect_eq(kt_call_header(p.c, &h), KT_BAD);
    fault_is(p.c, 4, NULL);
    pair_free(&p);
}

Test(status, cancel_resets_at_once)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    send_ok(p.s, "seen");
    pair_run(&p);
    kt_call_cancel(p.c);
    pair_run(&p);
    recv_is(p.c, "seen"); /* CANCEL-3 */
    recv_fails(p.c, 1, "context canceled");
    send_fails(p.c, 1, "context canceled");
    cr_expect_eq(kt_call_cancelled(p.s)->code, 1);
    send_fails(p.s, 1, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    kt_call_cancel(p.c); /* CANCEL-6 */
    recv_gives(p.c, KT_RECV_EOF);
    pair_free(&p);
}

Test(status, errors_of_a_handler)
{
    static const struct {
        struct kt_return r;
        int32_t code;
        const char *message;
    } rows[] = {
        {{KT_RET_ERROR, 0, "boom", NULL}, 13, "boom [biz error]"},
        {{KT_RET_STATUS, 5, "100% \xe9\x94\x99\n", NULL},
         5,
         "100% \xe9\x94\x99\n [biz error]"},
        {{KT_RET_STATUS, 1000, NULL, NULL}, 1000, " [biz error]"},
        {{KT_RET_STATUS, -1, "x", NULL},
         13,
         "transport: malformed grpc-status"}, /* ERR-18 */
        {{KT_RET_PANIC, 0, "ouch", NULL},
         13,
         "panic: [happened in biz handler, method=TestService.Echo, please "
         "check the panic at the server side] ouch"},
        {{KT_RET_BIZ, 1, "no", "a\nb"}, 13, "biz-extra is no field value"},
        {{KT_RET_BIZ, 1, "no", "[1]"}, 13, "transport: malformed biz-extra"},
        {{KT_RET_BIZ, 1, "no", "{\"a\":1}"},
         13,
         "transport: malformed biz-extra"},
    };
    struct pair p = pair_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int after = 0; after < 2; after++) { /* trailers-only, or not */
            pair_open(&p, "Echo", KT_BIDI);
            if (after)
                send_ok(p.s, "first");
            cr_expect_eq(kt_call_return(p.s, &rows[i].r), KT_DONE);
            pair_run(&p);
            if (after)
                recv_is(p.c, "first");
            recv_fails(p.c, rows[i].code, rows[i].message);
        }
    pair_free(&p);
}

Test(status, a_biz_status_reaches_recv_in_every_mode)
{
    static const char extra[] = "{\"sku\":\"a<b\"}";
    struct pair p = pair_new(NULL, NULL);

    for (size_t i = 0; i < 4; i++)
        for (int n = 0; n < 3; n++) {
            const bool single = pair_methods[i].mode == KT_CLIENT_STREAM ||
                                pair_methods[i].mode == KT_UNARY;
            const struct kt_return r = {KT_RET_BIZ, 1001, "no stock: 100% gone",
                                        extra};

            pair_open(&p, pair_methods[i].name, pair_methods[i].mode);
            for (int k = 0; k < n; k++)
                send_ok(p.s, "m");
            cr_expect_eq(kt_call_return(p.s, &r), KT_DONE);
            pair_run(&p);
            for (int k = 0; k < n && !single; k++)
                recv_is(p.c, "m");
            for (int twice = 0; twice < 2; twice++) {
                recv_gives(p.c, KT_RECV_BIZ);
                fault_is(p.c, 13, "no stock: 100% gone");
                const struct kt_status *s = kt_call_fault(p.c);
                cr_expect(s->has_biz && s->biz_code == 1001);
                cr_expect(kt_cur_is(kt_buf_view(&s->extra), extra));
            }
            send_fails(p.c, 13, "no stock: 100% gone"); /* BIZ-18 */
            cr_expect_not(kt_call_fault(p.c)->has_biz);
        }
    pair_free(&p);
}

/* What an application sets, with what it may not. */
static void put_metadata(struct kt_hlist *md)
{
    kt_hlist_init(md, 4096, 20);
    put(md, "Key", "v1");
    put(md, "key", "v2");
    put(md, "raw-bin", "\x01\xff");
    put(md, "grpc-status", "7"); /* not to be forged */
    put(md, "biz-status", "7");
    put(md, "grpc-timeout", "1n");
    put(md, ":path", "/evil");
    put(md, "content-type", "text/html");
    put(md, "content-length", "5");
}

static void has_metadata(const struct kt_hlist *h)
{
    static const char *const never[] = {"grpc-status", "biz-status", "te",
                                        "grpc-timeout", "content-length"};

    cr_expect(has(h, "key", "v1") && kt_hlist_count(h, "key") == 2);
    cr_expect(has(h, "raw-bin", "\x01\xff"));
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        cr_expect_eq(kt_hlist_count(h, never[i]), 0, "%s", never[i]);
}

Test(status, metadata_and_metainfo_of_a_request)
{
    struct kt_peer_opts co = pair_opts();
    struct kt_hlist md, transient, persistent;

    co.source = "caller";
    struct pair p = pair_new(&co, NULL);
    put_metadata(&md);
    kt_hlist_init(&transient, 4096, 20);
    kt_hlist_init(&persistent, 4096, 20);
    put(&transient, "HELLO_WORLD", "t");
    put(&transient, "NO\nNE", "x");
    put(&persistent, "HELLO", "p");
    put(&persistent, "DROP", "a\nb");

    const struct kt_call_open o = {.service = "echo.TestService",
                                   .method = "Echo",
                                   .metadata = &md,
                                   .transient = &transient,
                                   .persistent = &persistent};
    pair_open_with(&p, &o);
    must(p.s);
    const struct kt_hlist *const h = kt_call_metadata(p.s);
    has_metadata(h);
    cr_expect(has(h, "content-type", "application/grpc+thrift"));
    cr_expect(has(h, ":authority", "localhost"));
    cr_expect(has(h, "user-agent", "ktspec"));
    cr_expect_str_eq(kt_call_source(p.s), "caller");
    cr_expect(has(kt_call_transient(p.s), "HELLO_WORLD", "t"));
    cr_expect(has(kt_call_persistent(p.s), "HELLO", "p"));
    cr_expect_eq(kt_call_transient(p.s)->n, 1);
    cr_expect_eq(kt_call_persistent(p.s)->n, 1);
    cr_expect_eq(kt_call_deadline(p.s), UINT64_MAX);
    kt_hlist_fini(&md);
    kt_hlist_fini(&transient);
    kt_hlist_fini(&persistent);
    pair_free(&p);
}

Test(status, headers_and_trailers_of_a_response)
{
    struct pair p = pair_new(NULL, NULL);
    struct kt_hlist md, bad;
    const struct kt_hlist *h;

    put_metadata(&md);
    kt_hlist_init(&bad, 4096, 20);
    put(&bad, "x", "a\nb");
    pair_open(&p, "Echo", KT_BIDI);
    cr_expect_eq(kt_call_header(p.c, &h), KT_MORE);
    cr_expect_eq(kt_call_set_header(p.s, &md), KT_DONE);
    cr_expect_eq(kt_call_send_header(p.s, &bad), KT_BAD);
    cr_expect_eq(kt_call_send_header(p.s, NULL), KT_DONE);
    cr_expect_eq(kt_call_send_header(p.s, &md), KT_BAD);
    fault_is(p.s, 13, NULL);
    cr_expect_eq(kt_call_set_header(p.s, &md), KT_BAD);
    pair_run(&p);
    cr_assert_eq(kt_call_header(p.c, &h), KT_DONE);
    has_metadata(h);
    cr_expect_eq(kt_call_trailer(p.c)->n, 0); /* RESP-14 */
    cr_expect_eq(kt_call_set_trailer(p.s, &md), KT_DONE);
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_gives(p.c, KT_RECV_EOF);
    has_metadata(kt_call_trailer(p.c));

    pair_open(&p, "Echo", KT_BIDI); /* trailers-only: RESP-13 */
    ret(p.s, KT_RET_STATUS, 5, "x");
    pair_run(&p);
    cr_expect_eq(kt_call_header(p.c, &h), KT_DONE);
    cr_expect_eq(h->n, 0);
    cr_expect(
        has(kt_call_trailer(p.c), "content-type", "application/grpc+thrift"));

    pair_open(&p, "Echo", KT_BIDI); /* RESP-2: headers before the trailers */
    cr_expect_eq(kt_call_set_header(p.s, &md), KT_DONE);
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    cr_expect_eq(kt_call_header(p.c, &h), KT_DONE);
    has_metadata(h);
    kt_hlist_fini(&md);
    kt_hlist_fini(&bad);
    pair_free(&p);
}

Test(status, what_no_field_can_carry_is_refused_at_open)
{
    struct pair p = pair_new(NULL, NULL);
    struct kt_hlist bad;
    struct kt_err e;

    kt_hlist_init(&bad, 1 << 20, 20);
    put(&bad, "x", "a\nb");
    const struct kt_call_open o = {
        .service = "S", .method = "M", .metadata = &bad};
    cr_expect_eq(kt_call_open(p.cl, &o, p.now, &e), NULL);
    cr_expect_eq(e.code, KT_E_SYNTAX);

    char big[70000]; /* above what the server has said: H2-15 */
    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = 0;
    kt_hlist_clear(&bad);
    put(&bad, "x", big);
    pair_run(&p);
    cr_expect_eq(kt_call_open(p.cl, &o, p.now, &e), NULL);
    cr_expect_eq(e.code, KT_E_TOO_BIG);
    kt_hlist_fini(&bad);
    pair_free(&p);
}

Test(status, unknown_names_are_unimplemented)
{
    static const struct {
        const char *service, *method, *message;
    } rows[] = {
        {"echo.TestService", "Nope", "unknown method Nope"},
        {"echo.TestService", "", "unknown method "},
        {"echo.Other", "Echo", "unknown service Other"},
        {"TestServiceX", "Echo", "unknown service TestServiceX"},
    };
    struct pair p = pair_new(NULL, NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct kt_call_open o = {.service = rows[i].service,
                                       .method = rows[i].method};

        pair_open_with(&p, &o);
        cr_expect_eq(p.s, NULL);
        recv_fails(p.c, 12, rows[i].message);
    }
    pair_free(&p);
}

Test(status, a_lost_connection_ends_every_call)
{
    struct pair p = pair_new(NULL, NULL);

    pair_open(&p, "Echo", KT_BIDI);
    struct kt_call *const done = p.c;
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    pair_open(&p, "Echo", KT_BIDI);
    send_ok(p.s, "seen");
    pair_run(&p);
    p.events = 0;
    kt_peer_lost(p.cl, NULL, p.now);
    kt_peer_lost(p.sv, NULL, p.now);
    pair_events(&p);
    cr_expect(p.events & 1U << KT_PEER_CLOSED);
    recv_is(p.c, "seen");
    recv_fails(p.c, 14,
               "connection error: desc = \"error reading from server, "
               "error=connection EOF\"");
    send_fails(p.c, 14, NULL);
    recv_gives(done, KT_RECV_EOF);
    recv_fails(p.s, 1,
               "transport: connection EOF [triggered by remote service]");
    ret(p.s, KT_RET_OK, 0, NULL);
    cr_expect_not(kt_peer_can_open(p.cl));
    cr_expect(kt_peer_is_over(p.cl) && kt_peer_is_over(p.sv));
    kt_call_free(p.c);
    kt_call_free(p.s);
    pair_free(&p);
}

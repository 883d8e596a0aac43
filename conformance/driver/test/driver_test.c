/* Claims about hello, requests and answers, against a peer that writes any
 * line, on both worlds. SPDX-License-Identifier: Apache-2.0 */
#include "world.h"
#include "base/alloc.h"
#include <criterion/criterion.h>
#include <string.h>

/* ---- hello ---- */

Test(driver, a_hello_that_is_complete_is_accepted)
{
    for (int sim = 0; sim < 2; sim++) {
        struct world w;
        const struct kt_hello *h;

        world_ready(&w, sim);
        h = kt_driver_hello(w.d);
        cr_expect_str_eq(h->implementation, "x");
        cr_expect_str_eq(h->version, "1");
        cr_expect_str_eq(h->language, "c");
        cr_expect(h->roles == 3);
        cr_expect(h->transports == (KT_TR_HTTP2 | KT_TR_PINGPONG));
        cr_expect(json_object_get(h->raw, "token") != NULL);
        cr_expect(kt_driver_can(w.d, "unary"));
        cr_expect(!kt_driver_can(w.d, "una"));
        cr_expect(w.told[KT_DRV_READY] == 1);
        cr_expect(w.told[KT_DRV_GONE] == 0);
        cr_expect(kt_driver_pid(w.d) == 0);
        cr_expect_str_eq(kt_driver_stderr(w.d), "");
        world_end(&w);
    }
}

Test(driver, each_fault_of_hello_is_named)
{
    static const char *const faults[][2] = {
        {"{}", "is no hello"},
        {"{\"hello\":[]}", "is no hello"},
        {"nonsense", "line 1 of the driver is not JSON"},
        {"[]", "no object"},
        {"{\"hello\":{\"protocol\":2,\"token\":\"tok\",\"roles\":[\"server\"],"
         "\"transports\":[\"http2\"]}}",
         "another version"},
        {"{\"hello\":{\"token\":\"tok\",\"roles\":[\"server\"],"
         "\"transports\":[\"http2\"]}}",
         "another version"},
        {"{\"hello\":{\"protocol\":1,\"token\":\"to\",\"roles\":[\"server\"],"
         "\"transports\":[\"http2\"]}}",
         "token"},
        {"{\"hello\":{\"protocol\":1,\"roles\":[\"server\"],"
         "\"transports\":[\"http2\"]}}",
         "token"},
        {"{\"hello\":{\"protocol\":1,\"token\":\"tok\","
         "\"transports\":[\"http2\"]}}",
         "no role"},
        {"{\"hello\":{\"protocol\":1,\"token\":\"tok\",\"roles\":[\"sever\",3]"
         ",\"transports\":[\"http2\"]}}",
         "no role"},
        {"{\"hello\":{\"protocol\":1,\"token\":\"tok\",\"roles\":[\"server\"],"
         "\"transports\":[\"http\"]}}",
         "no transport"},
    };

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct world w;

        world_begin(&w, true, &(struct kt_driver_opts){.token = "tok"});
        dial(&w);
        say(&w, faults[i][0]);
        blamed(&w, KT_BLAME_PROTOCOL, faults[i][1]);
        cr_expect(w.told[KT_DRV_READY] == 0);
        world_end(&w);
    }
}

Test(driver, a_start_has_its_patience)
{
    struct world w;

    world_begin(&w, true, &(struct kt_driver_opts){.start_ns = 3 * S});
    const uint64_t begin = kt_net_now(w.net);

    blamed(&w, KT_BLAME_NO_START, "did not connect");
    cr_expect(kt_net_now(w.net) - begin == 3 * S);
    world_end(&w);

    world_begin(&w, true, &(struct kt_driver_opts){.start_ns = 3 * S});
    dial(&w);
    blamed(&w, KT_BLAME_NO_START, "no hello in time");
    world_end(&w);

    world_begin(&w, true, &(struct kt_driver_opts){.start_ns = 3 * S});
    dial(&w);
    kt_tcp_close(w.peer);
    blamed(&w, KT_BLAME_NO_START, "before its hello");
    world_end(&w);
}

Test(driver, tokens_are_random_and_a_second_connection_is_refused)
{
    struct world w, other;

    world_begin(&w, true, &(struct kt_driver_opts){0});
    world_begin(&other, true, &(struct kt_driver_opts){0});
    cr_expect(strlen(kt_driver_token(w.d)) == 24);
    cr_expect_str_neq(kt_driver_token(w.d), kt_driver_token(other.d));
    world_end(&w);
    world_end(&other);

    world_ready(&w, true);
    w.peer_open = false;
    dial(&w);
    while (w.peer != NULL)
        cr_assert(kt_net_step(w.net, kt_net_now(w.net) + S) > 0);
    cr_expect(kt_driver_state(w.d) == KT_DRV_READY);
    world_end(&w);
}

/* ---- answers ---- */

Test(driver, an_answer_of_each_kind_is_read)
{
    struct world w;
    struct ask q = ask_of();

    for (int sim = 0; sim < 2; sim++) {
        world_ready(&w, sim);
        q = ask_of();
        cr_assert(
            kt_driver_ask(w.d, json_pack("{ss}", "op", "sync"), &q.asker) == 1);
        cr_expect(q.n == 0, "answered inside kt_driver_ask");
        step_while(&w, nothing_got);
        cr_expect_str_eq(kt_buf_cstr(&w.got), "{\"op\":\"sync\",\"id\":1}\n");
        say(&w, "{\"id\":1,\"ok\":{\"a\":\"\\u0000z\"}}");
        step_while(&w, unanswered);
        cr_expect(q.n == 1 && q.id == 1 && q.a.kind == KT_ANS_OK);
        cr_expect_str_eq(q.body, "{\"a\":\"\\u0000z\"}");
        world_end(&w);
    }

    static const struct {
        const char *line;
        enum kt_ans_kind kind;
        bool has_code;
        int64_t code;
        const char *message;
    } good[] = {
        {"\"eof\":true", KT_ANS_EOF, false, 0, ""},
        {"\"error\":{\"code\":13,\"message\":\"m\"}", KT_ANS_ERROR, true, 13,
         "m"},
        {"\"error\":{\"code\":4294967295}", KT_ANS_ERROR, true, 4294967295, ""},
        {"\"error\":{}", KT_ANS_ERROR, false, 0, ""},
        {"\"biz\":{\"code\":-7,\"message\":\"b\"}", KT_ANS_BIZ, false, -7, "b"},
        {"\"exception\":{\"name\":\"Oops\",\"message\":{}}", KT_ANS_EXCEPTION,
         false, 0, ""},
        {"\"unsupported\":\"why\"", KT_ANS_UNSUPPORTED, false, 0, "why"},
    };

    world_ready(&w, true);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char line[200];

        q = ask_of();
        snprintf(line, sizeof line, "{\"id\":%d,%s}",
                 (int)kt_driver_ask(w.d, json_object(), &q.asker),
                 good[i].line);
        say(&w, line);
        step_while(&w, unanswered);
        cr_assert(q.n == 1, "%s", line);
        cr_expect(q.a.kind == good[i].kind, "%s", line);
        cr_expect(q.a.has_code == good[i].has_code, "%s", line);
        cr_expect((q.a.kind == KT_ANS_BIZ ? q.a.biz_code : (int64_t)q.a.code) ==
                      good[i].code,
                  "%s", line);
        cr_expect_str_eq(q.message, good[i].message);
    }
    world_end(&w);
}

Test(driver, answers_come_in_any_order_and_in_any_segments)
{
    struct world w;
    struct ask q[3] = {ask_of(), ask_of(), ask_of()};
    const char *text = "{\"id\":3,\"ok\":{}}\n{\"id\":1,\"eof\":true}\n"
                       "{\"id\":2,\"unsupported\":\"no\"}\n";

    world_ready(&w, true);
    for (int i = 0; i < 3; i++)
        kt_driver_ask(w.d, json_object(), &q[i].asker);
    for (const char *p = text; *p != '\0'; p++)
        kt_tcp_write(w.peer, p, 1);
    step_while(&w, unanswered);
    cr_expect(q[0].n == 1 && q[0].a.kind == KT_ANS_EOF);
    cr_expect(q[1].n == 1 && q[1].a.kind == KT_ANS_UNSUPPORTED);
    cr_expect(q[2].n == 1 && q[2].a.kind == KT_ANS_OK);
    world_end(&w);
}

Test(driver, a_line_that_is_no_answer_ends_the_driver)
{
    static const char *const bad[][2] = {
        {"]", "line 2 of the driver is not JSON"},
        {"7", "not JSON"},
        {"{\"ok\":{}}", "is no answer"},
        {"{\"id\":\"1\",\"ok\":{}}", "is no answer"},
        {"{\"id\":1}", "is no answer"},
        {"{\"id\":1,\"ok\":true}", "is no answer"},
        {"{\"id\":1,\"eof\":false}", "is no answer"},
        {"{\"id\":1,\"ok\":{},\"eof\":true}", "is no answer"},
        {"{\"id\":1,\"error\":\"boom\"}", "is no answer"},
        {"{\"id\":1,\"error\":{\"code\":\"13\"}}", "is no answer"},
        {"{\"id\":1,\"error\":{\"code\":-1}}", "is no answer"},
        {"{\"id\":1,\"error\":{\"message\":5}}", "is no answer"},
        {"{\"id\":1,\"biz\":{\"message\":\"m\"}}", "is no answer"},
        {"{\"id\":1,\"biz\":{\"code\":2147483648}}", "is no answer"},
        {"{\"id\":1,\"biz\":{\"code\":1,\"extra\":[]}}", "is no answer"},
        {"{\"id\":1,\"exception\":{}}", "is no answer"},
        {"{\"id\":1,\"unsupported\":true}", "is no answer"},
        {"{\"id\":2,\"ok\":{}}", "request 2, which is not outstanding"},
        {"{\"id\":-1,\"ok\":{}}", "request -1, which is not outstanding"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct world w;
        struct ask q = ask_of();

        world_ready(&w, true);
        kt_driver_ask(w.d, json_object(), &q.asker);
        say(&w, bad[i][0]);
        say(&w, "{\"id\":1,\"ok\":{}}");
        blamed(&w, KT_BLAME_PROTOCOL, bad[i][1]);
        cr_expect(q.n == 1 && q.a.kind == KT_ANS_GONE, "%s", bad[i][0]);
        cr_expect(strstr(q.message, bad[i][1]) != NULL, "%s", q.message);
        world_end(&w);
    }
}

Test(driver, a_second_answer_to_one_request_ends_the_driver)
{
    struct world w;
    struct ask q = ask_of();

    world_ready(&w, true);
    kt_driver_ask(w.d, json_object(), &q.asker);
    say(&w, "{\"id\":1,\"ok\":{}}");
    say(&w, "{\"id\":1,\"ok\":{}}");
    blamed(&w, KT_BLAME_PROTOCOL, "line 3 answers request 1");
    cr_expect(q.n == 1 && q.a.kind == KT_ANS_OK);
    world_end(&w);
}

Test(driver, the_longest_line_is_64_mib)
{
    const size_t max = 64u << 20;
    const char *head = "{\"id\":1,\"ok\":{\"a\":\"", *tail = "\"}}";
    char *part = kt_xalloc(1 << 20);

    memset(part, 'x', 1 << 20);
    for (int above = 0; above < 2; above++) {
        struct world w;
        struct ask q = ask_of();
        size_t left = max - strlen(head) - strlen(tail) + (size_t)above;

        world_ready(&w, true);
        kt_driver_ask(w.d, json_object(), &q.asker);
        kt_tcp_write(w.peer, head, strlen(head));
        while (left > 0 && w.peer_open) {
            const size_t n = left < 1 << 20 ? left : 1 << 20;

            kt_tcp_write(w.peer, part, n);
            left -= n;
            while (w.peer_open && kt_tcp_queued(w.peer) > 0)
                kt_net_step(w.net, kt_net_now(w.net) + S);
        }
        if (w.peer_open)
            say(&w, tail);
        step_while(&w, unanswered);
        cr_expect(q.n == 1);
        cr_expect(q.a.kind == (above ? KT_ANS_GONE : KT_ANS_OK),
                  "%d above the limit: %s", above, q.message);
        if (above)
            blamed(&w, KT_BLAME_PROTOCOL, "line 2 of the driver is above");
        world_end(&w);
    }
    kt_free(part);
}

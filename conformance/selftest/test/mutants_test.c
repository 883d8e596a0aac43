/* The table of mutants: rows that can do what they say, and proof that what
 * they do is seen by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/mutant.h"
#include <criterion/criterion.h>
#include <string.h>

static void check_row(const struct kt_mutant *m, bool anti)
{
    const bool turn = m->seams == KT_SEAM_TURN;

    cr_expect(m->name && *m->name && m->says,
              "a row has a name and a sentence");
    cr_expect(m->says[strlen(m->says) - 1] == '.', "%s: a sentence ends",
              m->name);
    cr_expect(m->equivalent == NULL ||
                  (!anti && m->equivalent[strlen(m->equivalent) - 1] == '.'),
              "%s: the proof is a sentence", m->name);
    cr_expect((*m->rule == '\0') == anti, "%s: a mutant breaks a rule",
              m->name);
    cr_expect(m->roles >= 1 && m->roles <= KT_SUT_BOTH, "%s: roles", m->name);
    cr_expect(m->seams != 0, "%s: a seam", m->name);
    cr_expect(turn == (m->turn != NULL), "%s: turns have a function", m->name);
    cr_expect(turn || m->ways != 0, "%s: a way", m->name);
    cr_expect(!turn || m->name1, "%s: a turn is about an op", m->name);
    cr_expect(anti || m->wire || m->turn, "%s: it does something", m->name);
    cr_expect(m->order == 0 || m->order == 2, "%s: order", m->name);
    cr_expect(kt_mutant_find(m->name) == m, "%s: the name is its own", m->name);
}

Test(mutants, every_row_can_do_what_it_says)
{
    size_t second = 0;

    for (size_t i = 0; i < kt_mutants_n(); i++) {
        check_row(kt_mutant_at(i), false);
        second += kt_mutant_at(i)->order == 2;
    }
    for (size_t i = 0; i < kt_antis_n(); i++)
        check_row(kt_anti_at(i), true);
    cr_expect_geq(kt_mutants_n(), 60);
    cr_expect_geq(second, 10);
    cr_expect_geq(kt_antis_n(), 8);
    cr_expect_null(kt_mutant_find("no-such"));
}

/* A request with a name twice and a status; what a function makes of it. */
static const char *after(const char *name, const struct kt_hlist *list,
                         bool request, struct kt_buf *text)
{
    const struct kt_mutant *m = kt_mutant_find(name);
    struct kt_mitm mitm = {.mutant = m};
    struct kt_mstream s = {.id = 1, .path = "/conformance.Conformance/Echo"};
    struct kt_hlist copy;
    struct kt_unit u = {.mitm = &mitm,
                        .seam = KT_SEAM_FIELDS,
                        .request = request,
                        .trailers = !request,
                        .s = &s,
                        .head = {.stream = 1},
                        .list = &copy,
                        .times = 1};

    kt_hlist_init(&copy, 4096, 32);
    kt_hlist_copy(&copy, list);
    cr_assert_not_null(m, "%s", name);
    m->wire(&u, m);
    kt_buf_clear(text);
    for (size_t i = 0; i < copy.n; i++) {
        const struct kt_cur n = kt_hlist_name(&copy, i);
        const struct kt_cur v = kt_hlist_value(&copy, i);

        kt_buf_printf(text, "%.*s=%.*s;", (int)kt_cur_left(&n),
                      (const char *)n.p, (int)kt_cur_left(&v),
                      (const char *)v.p);
    }
    kt_hlist_fini(&copy);
    return kt_buf_cstr(text);
}

Test(mutants, fields_change_as_the_row_says)
{
    static const struct {
        const char *mutant, *want;
        bool request;
    } v[] = {
        {"values-joined", "te=trailers;k1=a,b;", true},
        {"values-swapped", "te=trailers;k1=b;k1=a;", true},
        {"second-value-lost", "k1=a;te=trailers;", true},
        {"reserved-name-passes", "k1=a;k1=b;te=text/plain;", true},
        {"te-missing", "k1=a;k1=b;", true},
        {"timeout-always", "k1=a;k1=b;te=trailers;grpc-timeout=1H;", true},
        {"timeout-missing", "k1=a;k1=b;te=trailers;", true},
        {"unknown-status-is-ok", "grpc-status=0;biz-status=-1;", false},
        {"status-ok-is-2", "grpc-status=17;biz-status=-1;", false},
        {"biz-code-unsigned", "grpc-status=17;biz-status=4294967295;", false},
        {"biz-status-missing", "grpc-status=17;", false},
        {"biz-beside-ok", "grpc-status=0;biz-status=-1;", false},
        {"biz-extra-always", "grpc-status=17;biz-status=-1;biz-extra={};",
         false},
        {"status-twice", "grpc-status=17;biz-status=-1;grpc-status=0;", false},
    };
    struct kt_hlist request, trailers;
    struct kt_buf text;

    kt_buf_init(&text, 4096);
    kt_hlist_init(&request, 4096, 32);
    kt_hlist_init(&trailers, 4096, 32);
    cr_assert(kt_hlist_puts(&request, "k1", "a") &&
              kt_hlist_puts(&request, "k1", "b") &&
              kt_hlist_puts(&request, "te", "trailers") &&
              kt_hlist_puts(&trailers, "grpc-status", "17") &&
              kt_hlist_puts(&trailers, "biz-status", "-1"));
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        const char *got =
            after(v[i].mutant, v[i].request ? &request : &trailers,
                  v[i].request, &text);

        cr_expect(strcmp(got, v[i].want) == 0, "%s: want %s got %s",
                  v[i].mutant, v[i].want, got);
    }
    kt_hlist_fini(&request);
    kt_hlist_fini(&trailers);
    kt_buf_fini(&text);
}

Test(mutants, turns_change_as_the_row_says)
{
    static const struct {
        const char *mutant, *op, *request, *answer, *want;
    } v[] = {
        {"error-is-eof", "recv", "{}", "{\"id\":1,\"error\":{\"code\":5}}",
         "{\"eof\": true, \"id\": 1}"},
        {"finish-missing", "events", "{}",
         "{\"ok\":{\"events\":[[\"rpc-start\",{}],[\"rpc-finish\",{}]]}}",
         "{\"ok\": {\"events\": [[\"rpc-start\", {}]]}}"},
        {"start-comes-last", "events", "{}",
         "{\"ok\":{\"events\":[[\"rpc-start\",{}],[\"rpc-finish\",{}]]}}",
         "{\"ok\": {\"events\": [[\"rpc-finish\", {}], [\"rpc-start\", {}]]}}"},
        {"integers-of-32-bits", "recv", "{}",
         "{\"ok\":{\"message\":{\"json\":{\"large\":4294967297}}}}",
         "{\"ok\": {\"message\": {\"json\": {\"large\": 1}}}}"},
        {"deadline-is-cancel", "recv", "{}", "{\"error\":{\"code\":4}}",
         "{\"error\": {\"code\": 1}}"},
        {"only-16-is-2", "return", "{\"status\":{\"code\":16}}", NULL,
         "{\"status\": {\"code\": 2}}"},
        {"only-16-is-2", "return", "{\"status\":{\"code\":15}}", NULL,
         "{\"status\": {\"code\": 15}}"},
        {"header-not-sent-yet", "send-header", "{\"op\":\"send-header\"}", NULL,
         "{\"op\": \"set-header\"}"},
    };

    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        const struct kt_mutant *m = kt_mutant_find(v[i].mutant);
        struct kt_turn t = {.op = v[i].op};

        t.request = json_loads(v[i].request, 0, NULL);
        t.answer = v[i].answer ? json_loads(v[i].answer, 0, NULL) : NULL;
        m->turn(&t, m);
        char *got = json_dumps(t.answer ? t.answer : t.request, JSON_SORT_KEYS);

        cr_expect(strcmp(got, v[i].want) == 0, "%s: want %s got %s",
                  v[i].mutant, v[i].want, got);
        free(got);
        json_decref(t.request);
        json_decref(t.answer);
    }
}

/* What a file becomes: axes, branches, rounds, roles.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

/* ids and roles of the cases of text, "t/x[a=1]:server client;…". */
static char *cases_of(const struct kt_catalog *c)
{
    size_t n;
    const struct kt_scn *const *v = kt_catalog_cases(c, &n);
    struct kt_buf b = {.limit = 1 << 16};
    char *text;

    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i]->base_id, "t/x") == 0)
            kt_buf_printf(&b, "%s%s:%s%s", kt_buf_size(&b) ? ";" : "", v[i]->id,
                          kt_scn_roles_text(v[i]->roles),
                          v[i]->black_box ? "*" : "");
    text = kt_xstrdup(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

#define BR "  > headers b=1\n"
#define NB "  > headers no b\n"
#define END "server return ok\nclient recv eof\n"

static const struct {
    const char *text, *is;
} cases[] = {
    /* roles */
    {HEAD "client open\n" END, "t/x:server client pair"},
    {"claim A.\nrules R-2\n\nclient open\n" END, "t/x:client pair"},
    {"claim A.\nrules R-3\n\nclient open\n" END, "t/x:server pair"},
    {"claim A.\nrules R-2 R-3\n\nclient open\n" END, "t/x:server client pair"},
    {HEAD "client open\n>! PING data=0000000000000000\n" END, "t/x:server"},
    {HEAD "client open\n<! PING data=0000000000000000\n" END, "t/x:client"},
    {"claim A.\nrules R-1\nclient ping-ack=no\n\nclient open\n" END,
     "t/x:server"},
    {"claim A.\nrules R-1\nserver window-updates=no\n\nclient open\n" END,
     "t/x:client"},
    {"claim A.\nrules R-1\nserver initial-window=1\n\nclient open\n" END,
     "t/x:server client pair"},
    {HEAD "client open\n" END "client finish\n", "t/x:client pair"},
    {HEAD "client open\n" END "server events\n", "t/x:server pair"},
    {HEAD "client open\nserver stop\n" END, "t/x:server pair"},
    {HEAD "client open\nserver return panic\nclient recv error\n",
     "t/x:server pair"},
    {HEAD "client open on=any\n" END, "t/x:client pair"},
    {"claim A.\nrules R-1\nclient middleware=a\n\nclient open\n" END,
     "t/x:client pair"},
    {HEAD "client open\n> headers cut=frame:1\n" END, "t/x:server"},
    {HEAD "client open\n> headers flags=+END_STREAM\n" END, "t/x:server"},
    {HEAD "client open\n" END "< trailers flags=+END_STREAM\n",
     "t/x:server client pair"},
    {HEAD "client open\nrepeat 2\n  >! PING data=0000000000000000\nend\n" END,
     "t/x:server"},
    /* black box */
    {ECHO "client open\nclient half-close\nclient recv eof\n",
     "t/x:server client pair*"},
    {"claim A.\nrules R-1\nhandler echo\nserver max-frame=20000\n\nclient "
     "open\n"
     "client half-close\nclient recv eof\n",
     "t/x:server client pair"},
    {"claim A.\nrules R-1\nhandler echo\nneeds stop\n\nclient open\nserver "
     "stop\n"
     "client half-close\nclient recv eof\n",
     "t/x:server pair"},
    {"claim A.\nrules R-2\nhandler echo\n\nclient open\nclient half-close\n"
     "client recv eof\n",
     "t/x:client pair"},
    /* axes: the last varies fastest; of names that vary together the first
     * stands in the id */
    {AXES("a=1,2 b=x,y") "client open header k=$a header l=$b\n" END,
     "t/x[a=1,b=x]:server client pair;t/x[a=1,b=y]:server client pair;"
     "t/x[a=2,b=x]:server client pair;t/x[a=2,b=y]:server client pair"},
    {AXES("a:b=1:x,2:'y z'") "client open header k=$a\n" END,
     "t/x[a=1]:server client pair;t/x[a=2]:server client pair"},
    {AXES("a=\"1 2\"") "client open header k=$a\n" END,
     "t/x[a=1+2]:server client pair"},
    /* branches */
    {HEAD "client open\neither seed\n" BR "or kitex\n" NB "end\n" END,
     "t/x:client pair;t/x[branch=seed]:server;t/x[branch=kitex]:server"},
    {"claim A.\nrules R-3\n\nclient open\nserver accept\neither a\n"
     "  > headers b=1\nor b\n  > headers no b\nend\n" END,
     "t/x:pair;t/x[branch=a]:server;t/x[branch=b]:server"},
    {AXES("n=1,2") "client open\neither a\n  > headers b=$n\nor b\n" NB
                   "end\n" END,
     "t/x[n=1]:client pair;t/x[n=1][branch=a]:server;"
     "t/x[n=1][branch=b]:server;t/x[n=2]:client pair;"
     "t/x[n=2][branch=a]:server;t/x[n=2][branch=b]:server"},
    {HEAD "client open\neither a\n" BR "or b\n" NB "end\n" END
          "client.b open\neither c\n  >.b headers b=1\nor d\n"
          "  >.b headers no b\nend\nserver.b return ok\nclient.b recv eof\n",
     "t/x:client pair;t/x[branch=a+c]:server;t/x[branch=a+d]:server;"
     "t/x[branch=b+c]:server;t/x[branch=b+d]:server"},
};

Test(cases, a_file_becomes_the_cases_that_it_says)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kt_catalog *c = book_of(cases[i].text);
        char *got = cases_of(c), *faults = book_faults(c);

        cr_expect_str_eq(got, cases[i].is, "%s\ngave %s\n%s", cases[i].text,
                         got, faults);
        kt_free(got);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

/* The text of step i of a case. */
static const struct {
    const char *axes, *line, *is;
} replaced[] = {
    {"a=x", "client open header k=$a", "client open header k=x"},
    {"a=x", "client open header k=${a}y", "client open header k=xy"},
    {"a=x,y ab=z", "client open header k=$ab", "client open header k=z"},
    {"a=\"1 2\"", "client open header k=\"$a\"",
     "client open header k=\"1 2\""},
    {"a=\"1 2\"", "client open header k=$a", "client open header k=\"1 2\""},
    {"a=\"*\"", "client open header k=$a|b", "client open header k=\"*\"|b"},
    {"a=\"k=1 header l=2\"", "client open header $a",
     "client open header k=1 header l=2"},
    {"a='k=\"1\"'", "client open header $a", "client open header k=\"1\""},
    {"a='x y'", "client open header k=\"$a\"", "client open header k=\"x y\""},
    {"a=~\"b,c\"", "client open header k=$a", "client open header k=~\"b,c\""},
    {"a=\"b\\\"c\"", "client open header k=$a",
     "client open header k=\"b\\\"c\""},
    {"a:b=1:2", "client open header k=$a$b", "client open header k=12"},
    {"a=", "client open header k=x$a", "client open header k=x"},
    {"a=5", "client open header k=\"$a$\" header l=$5",
     "client open header k=\"5$\" header l=$5"},
};

Test(cases, an_axis_is_replaced_as_text_and_stays_literal_where_a_value_stands)
{
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++) {
        char *text = kt_xasprintf(
            "claim A.\nrules R-1\naxes %s\nmethod Echo\n\n%s\n" END,
            replaced[i].axes, replaced[i].line);
        struct kt_catalog *c = book_of(text);
        char *faults = book_faults(c);
        size_t n;
        const struct kt_scn *const *v = kt_catalog_cases(c, &n);

        cr_assert_gt(n, 1);
        cr_expect_str_eq(faults, "", "%s\n%s", text, faults);
        cr_assert_gt(v[1]->steps.n, 0);
        cr_expect_str_eq(v[1]->steps.v[0].text, replaced[i].is, "%s gave %s",
                         text, v[1]->steps.v[0].text);
        kt_free(text);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

/* Rounds: $i in text and in names, blocks inside, an inner repeat's own $i. */
Test(cases, a_round_has_its_number_everywhere)
{
    struct kt_catalog *c =
        book_of("claim A.\nrules R-1\naxes n=3\n\nclient open\nrepeat $n\n"
                "  client send {\"message\":\"m$i\"} as s$i # $i\n"
                "  repeat 2\n    client.b$i open header k=$i\n  end\n"
                "  >!.s$i headers x=${i}0\nend\n");
    const struct kt_scn *s = book_case(c, "t/x[n=3]");
    struct kt_steps round, inner;

    cr_assert_not_null(s);
    cr_assert_eq(s->steps.n, 2);
    cr_assert_eq(s->steps.v[1].times, 3);
    kt_scn_iteration(s, &s->steps.v[1], 2, &round);
    cr_assert_eq(round.n, 3);
    cr_expect_str_eq(round.v[0].text, "client send {\"message\":\"m2\"} as s2");
    cr_expect_str_eq(round.v[0].as, "s2");
    cr_expect_eq(round.v[0].pos.line, 7);
    cr_expect_str_eq(round.v[2].stream, "s2");
    cr_expect_str_eq(round.v[2].wire.fields.v[0].value.text, "20");
    kt_scn_iteration(s, &round.v[1], 1, &inner);
    cr_assert_eq(inner.n, 1);
    cr_expect_str_eq(inner.v[0].text, "client.b1 open header k=1");
    kt_steps_fini(&inner);
    kt_steps_fini(&round);
    cr_expect_null(round.v);
    kt_catalog_free(c);
}

static const struct {
    const char *line, *later;
} laters[] = {
    {"client.c open from=a\n", "chain of three"},
    {"client.c call transport=framed {} = {}\n", "transport framed"},
    {"client.c call method=EchoPingPong {} = {}\n", "ping-pong"},
    {">! TT data\n", "transport ttheader"},
    {">! THRIFT call name=x\n", "ping-pong"},
    {"fence\n", NULL},
};

Test(cases, what_is_not_run_yet_is_told_with_its_reason)
{
    for (size_t i = 0; i < sizeof laters / sizeof *laters; i++) {
        char *text = kt_xasprintf(HEAD "client open\n%s", laters[i].line);
        struct kt_catalog *c = book_of(text);
        const struct kt_scn *s = book_case(c, "t/x");

        cr_assert_not_null(s);
        if (laters[i].later == NULL)
            cr_expect_null(s->later);
        else
            cr_expect(s->later != NULL &&
                          strcmp(s->later, laters[i].later) == 0,
                      "%s gave %s", text, s->later ? s->later : "nothing");
        kt_free(text);
        kt_catalog_free(c);
    }
}

/* The script's words, each against a good echo server in a simulated world:
 * what they accept, what they refuse, what they only note.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"
#include "echo_server.h"
#include "script/catalog.h"
#include <criterion/criterion.h>
#include <string.h>

static const char rules[] =
    "rule X-1\nlevel MUST\nrole both\ntransport http2\nsource seed\n"
    "says Something.\n"
    "rule X-2\nlevel SHOULD\nrole both\ntransport http2\nsource seed\n"
    "says Something better.\n";

#define HEAD "claim   It is so.\nrules   X-1 X-2\nhandler echo\n"
/* The same, bound to a rule that only warns; texts that begin with '~'. */
#define LOW "claim   It is so.\nrules   X-2\nhandler echo\n"
#define TALK                                                                   \
    "client open\nclient send {\"message\":\"a\"}\n"                           \
    "client recv {\"message\":\"a\"}\n"
#define BYE "client half-close\nclient recv eof\n"

static const struct {
    const char *text; /* behind the head, a blank line first */
    enum kt_verdict verdict;
    const char *reason;
    int line;         /* of the step that fails, from 1; 0: do not look */
    const char *note; /* reason of a note, "" if none */
} rows[] = {
    {"\n" TALK BYE, KT_PASS, "", 0, ""},
    /* wire lines */
    {"\n" TALK "< message {\"message\":\"a\"}\n" BYE, KT_PASS, "", 0, ""},
    {"\n" TALK "< message {\"message\":\"b\"}\n" BYE, KT_FAIL, "mismatch", 8,
     ""},
    {"\n" TALK "< message\n< message\n" BYE, KT_FAIL, "nothing-came", 9, ""},
    {"\n" TALK BYE "< trailers grpc-status=0\n& no biz-status\n", KT_PASS, "",
     0, ""},
    {"\n" TALK BYE "< trailers grpc-status=0\n& x=1\n", KT_FAIL, "mismatch", 10,
     ""},
    {"\n" TALK BYE "< trailers grpc-status=0\n& x=1 @X-2\n", KT_PASS, "", 0,
     "mismatch"},
    {"\nclient open\nclient send {\"message\":\"a\"}\nclient half-close\n"
     "< trailers\nclient recv {\"message\":\"a\"}\nclient recv eof\n",
     KT_PASS, "", 0, ""},
    {"\n" TALK "< DATA sum=14\n" BYE, KT_PASS, "", 0, ""},
    {"\n" TALK "< DATA sum=13\n" BYE, KT_FAIL, "mismatch", 8, ""},
    {"\n" TALK "< WINDOW_UPDATE stream=0 sum=14..\n" BYE, KT_PASS, "", 0, ""},
    {"\n" TALK ">! PING data=0102030405060708\n"
     "< PING ack=yes data=0102030405060708\n" BYE,
     KT_PASS, "", 0, ""},
    /* outcomes and times */
    {"\n" TALK "client half-close\nclient recv status INTERNAL\n", KT_FAIL,
     "wrong-outcome", 9, ""},
    {"\n" TALK
     "client half-close\nclient recv status INTERNAL|CANCELLED @X-2\n",
     KT_PASS, "", 0, "wrong-outcome"},
    {"\n" TALK "client half-close\nclient recv eof after 0s..1s\n", KT_PASS, "",
     0, ""},
    {"\n" TALK "client half-close\nclient recv eof after 500ms..1s\n", KT_FAIL,
     "too-early", 9, ""},
    {"\n" TALK "client recv as r\nat 300ms\npending r\nclient half-close\n"
     "await r eof after 300ms..400ms\n",
     KT_PASS, "", 0, ""},
    {"\n" TALK "client recv as r\nclient half-close\npending r\nawait r eof\n",
     KT_FAIL, "not-pending", 10, ""},
    /* silence */
    {"\n" TALK "silence\n" BYE, KT_PASS, "", 0, ""},
    {"\nclient open\nclient send {\"message\":\"a\"}\nsilence < message\n"
     "client recv {\"message\":\"a\"}\n" BYE,
     KT_FAIL, "unexpected", 7, ""},
    {"\n" TALK "silence < trailers\n" BYE, KT_PASS, "", 0, ""},
    {"\n" TALK BYE "silence connection\nprobe\nfence\n", KT_PASS, "", 0, ""},
    /* blocks */
    {"\n" TALK "client half-close\n"
     "either no\n  < trailers grpc-status=1\nor yes\n"
     "  < trailers grpc-status=0\nend\nclient recv eof\n",
     KT_PASS, "", 0, "label"},
    {"\n" TALK "client half-close\n"
     "either no\n  < trailers grpc-status=1\nor neither\n"
     "  < trailers grpc-status=2\nend\nclient recv eof\n",
     KT_FAIL, "mismatch", 10, ""},
    {"\n" TALK "client half-close\n"
     "either no\n  < trailers grpc-status=1 @X-2\nor neither\n"
     "  < trailers grpc-status=2 @X-2\nend\nclient recv eof\n",
     KT_PASS, "", 0, "mismatch"},
    {"\n" TALK "either no\n  < trailers @X-2\nor neither\n"
     "  < GOAWAY\nend\n" BYE,
     KT_FAIL, "nothing-came", 8, ""},
    {"~\n" TALK "either no\n  < trailers\nor neither\n  < GOAWAY\nend\n" BYE,
     KT_PASS, "", 0, "nothing-came"},
    {"\nclient.a open\nclient.b open\nclient.a send {\"message\":\"1\"}\n"
     "client.b send {\"message\":\"2\"}\n"
     "any\n  client.b recv {\"message\":\"2\"}\n"
     "  client.a recv {\"message\":\"1\"}\nend\n"
     "client.a half-close\nclient.b half-close\n"
     "client.a recv eof\nclient.b recv eof\n",
     KT_PASS, "", 0, ""},
    {"\n" TALK BYE "optional < RST_STREAM code=NO_ERROR\n", KT_PASS, "", 0, ""},
    {"\nrepeat 3\n  client.s$i open\n  client.s$i send {\"message\":\"$i\"}\n"
     "end\nrepeat 3\n  client.s$i recv {\"message\":\"$i\"}\n"
     "  client.s$i half-close\n  client.s$i recv eof\nend\n",
     KT_PASS, "", 0, ""},
    /* what is left at the end */
    {"\nclient open\nclient send {\"message\":\"a\"}\nclient half-close\n"
     "client recv {\"message\":\"a\"}\n",
     KT_PASS, "", 0, ""}, /* echo accounts for the end */
    {"control a/canary\n\n" TALK BYE, KT_INCONCLUSIVE, "control", 0, ""},
};

static const char canary[] =
    "claim   It is not so.\nrules   X-1\nhandler echo\n\n" TALK
    "client recv {\"message\":\"never\"}\n";

struct heard {
    struct kt_run_sink base;
    unsigned n;
    enum kt_verdict verdict;
    char reason[32], note[32];
    int line;
};

static void hear(struct kt_run_sink *self, struct kt_result *r)
{
    struct heard *h = kt_container_of(self, struct heard, base);

    h->n++;
    h->verdict = r->verdict;
    h->line = r->pos.line;
    snprintf(h->reason, sizeof h->reason, "%s", r->reason);
    snprintf(h->note, sizeof h->note, "%s",
             r->nnotes ? r->notes[0].reason : "");
}

static enum kt_level level(void *ctx, const char *rule)
{
    (void)ctx;
    return strcmp(rule, "X-2") == 0 ? KT_SHOULD : KT_MUST;
}

static void run(const struct kt_catalog *c, struct heard *h)
{
    struct kt_net *net = kt_net_sim_new();
    struct kt_err err = {0};
    struct kt_idl *idl =
        kt_idl_load(KT_SOURCE "/interop/idl/echo.thrift", NULL, 0, &err);
    struct test_server server;
    struct kt_run_opts o = {.role = KT_ROLE_SERVER,
                            .echo_idl = idl,
                            .rules.level = level,
                            .nscn = 1};
    const char *why;

    *h = (struct heard){.base.on = hear};
    o.all = kt_catalog_cases(c, &o.nall);
    o.scn = o.all; /* the canary comes first */
    while (strcmp(o.scn[0]->base_id, "a/x") != 0 ||
           !(o.scn[0]->roles & KT_ROLE_SERVER))
        o.scn++;
    test_server_init(&server, net, TEST_GOOD);
    o.sut[KT_SERVER].connect = server.addr;
    struct kt_run *r = kt_run_new(net, &o, &h->base, &err);

    cr_assert(r, "%s", err.detail);
    cr_expect_eq(kt_run_go(r, &why), KT_RUN_DONE, "%s", why);
    kt_run_free(r);
    kt_net_free(net);
    test_server_fini(&server);
    kt_idl_free(idl);
}

Test(words, each_word_means_what_it_says)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kt_catalog *c = kt_catalog_new();
        const bool low = rows[i].text[0] == '~';
        char *text = kt_xasprintf("%s%s", low ? LOW : HEAD, rows[i].text + low);
        const struct kt_text_file files[] = {{"rules/x.rules", rules},
                                             {"a/canary.scn", canary},
                                             {"a/x.scn", text}};
        struct heard h;

        kt_catalog_add(c, files, 3, "");
        run(c, &h);
        cr_expect_eq(h.n, 1u, "row %zu", i);
        cr_expect(h.verdict == rows[i].verdict &&
                      strcmp(h.reason, rows[i].reason) == 0,
                  "%s:%d: %s %s, want %s %s", rows[i].text, h.line,
                  kt_verdict_name(h.verdict), h.reason,
                  kt_verdict_name(rows[i].verdict), rows[i].reason);
        if (rows[i].line)
            cr_expect_eq(h.line, rows[i].line, "%s: at line %d", rows[i].text,
                         h.line);
        cr_expect_str_eq(h.note, rows[i].note, "%s: note %s", rows[i].text,
                         h.note);
        kt_catalog_free(c);
        kt_free(text);
    }
}

/* A run in a simulated world, black box: a good server passes, and each faulty
 * one fails for its own reason. SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"
#include "echo_server.h"
#include "script/catalog.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct kt_text_file files[] = {
    {"rules/x.rules",
     "rule X-1\nlevel MUST\nrole both\ntransport http2\nsource seed\n"
     "says Something.\n"
     "rule X-2\nlevel SHOULD\nrole both\ntransport http2\nsource seed\n"
     "says Something else.\n"},
    {"a/echo.scn", "claim   It echoes.\n"
                   "rules   X-1\n"
                   "handler echo\n"
                   "\n"
                   "client open\n"
                   "client send {\"message\":\"a\"}\n"
                   "client recv {\"message\":\"a\"}\n"
                   "repeat 3\n"
                   "  client send size=1$i\n"
                   "  client recv size=1$i\n"
                   "end\n"
                   "client half-close\n"
                   "client recv eof\n"
                   "probe\n"},
};

struct heard {
    struct kt_run_sink base;
    unsigned n;
    enum kt_verdict verdict;
    char reason[32], rule[32];
};

static void hear(struct kt_run_sink *self, struct kt_result *r)
{
    struct heard *h = kt_container_of(self, struct heard, base);

    h->n++;
    h->verdict = r->verdict;
    snprintf(h->reason, sizeof h->reason, "%s", r->reason ? r->reason : "");
    snprintf(h->rule, sizeof h->rule, "%s", r->rule ? r->rule : "");
}

static enum kt_run_end run(enum test_fault fault, const char *addr,
                           struct heard *h)
{
    struct kt_net *net = kt_net_sim_new();
    struct kt_catalog *c = kt_catalog_new();
    struct kt_err err = {0};
    struct kt_idl *idl =
        kt_idl_load(KT_SOURCE "/interop/idl/echo.thrift", NULL, 0, &err);
    struct test_server server;
    struct kt_run_opts o = {.role = KT_ROLE_SERVER, .echo_idl = idl};
    const char *why;

    *h = (struct heard){.base.on = hear};
    kt_catalog_add(c, files, sizeof files / sizeof *files, "");
    o.scn = o.all = kt_catalog_cases(c, &o.nscn);
    o.nall = o.nscn;
    test_server_init(&server, net, fault);
    o.sut[KT_SERVER].connect = addr ? addr : server.addr;
    struct kt_run *r = kt_run_new(net, &o, &h->base, &err);

    cr_assert(r, "%s", err.detail);
    const enum kt_run_end end = kt_run_go(r, &why);

    kt_run_free(r);
    kt_net_free(net);
    test_server_fini(&server);
    kt_catalog_free(c);
    kt_idl_free(idl);
    return end;
}

static const struct {
    enum test_fault fault;
    enum kt_verdict verdict;
    const char *rule, *reason;
} rows[] = {
    {TEST_GOOD, KT_PASS, "", ""},
    {TEST_CLOSE_AT_ACCEPT, KT_FAIL, "X-1", "no-connection"},
    {TEST_NO_SETTINGS_ACK, KT_FAIL, "X-1", "no-connection"},
    {TEST_SILENT, KT_FAIL, "X-1", "nothing-came"},
    {TEST_WRONG_STATUS, KT_FAIL, "X-1", "wrong-outcome"},
    {TEST_WRONG_MESSAGE, KT_FAIL, "X-1", "wrong-message"},
    {TEST_TWICE, KT_FAIL, "X-1", "wrong-message"},
    {TEST_NO_TRAILERS, KT_FAIL, "STD-13", "standing"},
    {TEST_LATE_DATA, KT_FAIL, "STD-7", "standing"},
};

Test(run, a_good_server_passes_and_each_faulty_one_fails_for_its_reason)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct heard h;

        cr_expect_eq(run(rows[i].fault, NULL, &h), KT_RUN_DONE);
        cr_expect_eq(h.n, 1u);
        cr_expect_eq(h.verdict, rows[i].verdict, "fault %zu: %s %s %s", i,
                     kt_verdict_name(h.verdict), h.rule, h.reason);
        cr_expect_str_eq(h.reason, rows[i].reason, "fault %zu: %s", i,
                         h.reason);
        if (h.verdict != KT_PASS)
            cr_expect_str_eq(h.rule, rows[i].rule, "fault %zu: %s", i, h.rule);
    }
}

Test(run, nobody_there_is_no_sut)
{
    struct heard h;

    cr_expect_eq(run(TEST_GOOD, "127.0.0.1:1", &h), KT_RUN_NO_SUT);
    cr_expect_eq(h.n, 0u);
}

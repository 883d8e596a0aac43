/* Claims about reports: the JSON names are fixed, and a file is valid after
 * each case. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/report.h"
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

static const char *says(void *ctx, const char *rule)
{
    (void)ctx;
    return strcmp(rule, "EOF-7") == 0 ? "The end is the end." : "";
}

static enum kt_level level(void *ctx, const char *rule)
{
    (void)ctx;
    (void)rule;
    return KT_MUST;
}

static const struct kt_run_info info = {
    .sut_name = "thing",
    .sut_version = "1.2",
    .role = KT_ROLE_SERVER,
    .planned = 2,
    .repeat = "ktspec run server %s -- ./d",
    .says = says,
    .source = says,
    .level = level,
};

static struct kt_scn scn = {.id = "eof/x[a=<1>]",
                            .area = "eof",
                            .claim = "A claim.",
                            .pos = {"eof/x.scn", 1, 1}};

static struct kt_result failure(void)
{
    return (struct kt_result){.scn = &scn,
                              .role = KT_ROLE_SERVER,
                              .verdict = KT_FAIL,
                              .rule = "EOF-7",
                              .reason = "wrong-code",
                              .pos = {"eof/x.scn", 12, 3},
                              .elapsed_ns = 5000000,
                              .cpu_ns = 250000,
                              .step = "client recv eof",
                              .expected = "eof",
                              .got = "status INTERNAL"};
}

static struct kt_result pass(void)
{
    return (struct kt_result){.scn = &scn,
                              .role = KT_ROLE_SERVER,
                              .rule = "",
                              .reason = "",
                              .pos = scn.pos};
}

static void feed(struct kt_report *rep, struct kt_tally *t, struct kt_result r)
{
    kt_tally_add(t, &r, KT_EX_NONE);
    rep->on_result(rep, &r, KT_EX_NONE, t);
}

static json_t *read_back(const char *path, size_t cases)
{
    json_error_t e;
    json_t *j = json_load_file(path, 0, &e);

    cr_assert_not_null(j, "line %d: %s", e.line, e.text);
    cr_expect_eq(json_array_size(json_object_get(j, "cases")), cases);
    return j;
}

Test(report, json_is_valid_after_each_case_and_has_the_fixed_names)
{
    char path[] = "/tmp/ktspec-json-XXXXXX";
    struct kt_tally t = {0};
    struct kt_err e;

    close(mkstemp(path));
    struct kt_report *rep = kt_report_json(path, &info, &e);
    cr_assert_not_null(rep);
    feed(rep, &t, failure());
    json_decref(read_back(path, 1));
    feed(rep, &t, pass());
    json_decref(read_back(path, 2));
    rep->end(rep, &t, 7000000);
    rep->free(rep);

    json_t *j = read_back(path, 2);
    const json_t *c = json_array_get(json_object_get(j, "cases"), 0);
    const json_t *sum = json_object_get(j, "summary");
    static const char *const text_names[] = {"id",   "role",   "outcome",
                                             "rule", "reason", "file"};
    for (size_t i = 0; i < 6; i++)
        cr_expect(json_is_string(json_object_get(c, text_names[i])), "%s",
                  text_names[i]);
    cr_expect_eq(json_integer_value(json_object_get(c, "line")), 12);
    cr_expect_eq(json_integer_value(json_object_get(c, "elapsed_ms")), 5);
    cr_expect_eq(json_integer_value(json_object_get(c, "cpu_us")), 250);
    cr_expect_null(json_object_get(
        json_array_get(json_object_get(j, "cases"), 1), "cpu_us"));
    cr_expect_eq(json_integer_value(json_object_get(sum, "fail")), 1);
    cr_expect_eq(json_integer_value(json_object_get(sum, "pass")), 1);
    cr_expect_eq(json_integer_value(json_object_get(sum, "not-applicable")), 0);
    cr_expect_eq(json_integer_value(json_object_get(sum, "total")), 2);
    cr_expect_eq(json_integer_value(json_object_get(j, "elapsed_ms")), 7);
    cr_expect(
        json_is_string(json_object_get(json_object_get(j, "sut"), "version")));
    json_decref(j);
    unlink(path);
}

Test(report, an_empty_run_is_valid_json_too)
{
    char path[] = "/tmp/ktspec-json-XXXXXX";
    struct kt_tally t = {0};
    struct kt_err e;

    close(mkstemp(path));
    struct kt_report *rep = kt_report_json(path, &info, &e);
    rep->end(rep, &t, 0);
    rep->free(rep);
    json_decref(read_back(path, 0));
    unlink(path);
}

static void read_text(const char *path, char *got, size_t cap)
{
    FILE *f = fopen(path, "r");

    got[fread(got, 1, cap - 1, f)] = '\0';
    fclose(f);
}

Test(report, junit_escapes_and_counts)
{
    char path[] = "/tmp/ktspec-junit-XXXXXX", got[4000];
    struct kt_tally t = {0};
    struct kt_err e;

    close(mkstemp(path));
    struct kt_report *rep = kt_report_open("junit=/nowhere/x", &info, &e);
    cr_expect_null(rep);
    rep = kt_report_junit(path, &info, &e);
    feed(rep, &t, failure());
    feed(rep, &t, pass());
    rep->end(rep, &t, 0);
    rep->free(rep);
    read_text(path, got, sizeof got);
    cr_expect(
        strstr(got, "tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""),
        "%s", got);
    cr_expect(strstr(got, "name=\"eof/x[a=&lt;1&gt;]\""), "%s", got);
    cr_expect_null(strstr(strstr(got, "</testsuite>") + 1, "</testsuite>"));
    unlink(path);
}

Test(report, a_failure_block_says_all_that_is_needed)
{
    char path[] = "/tmp/ktspec-text-XXXXXX", got[4000];
    struct kt_tally t = {0};

    close(mkstemp(path));
    FILE *f = fopen(path, "w");
    struct kt_report *rep = kt_report_text(f, &info, false);
    feed(rep, &t, failure());
    feed(rep, &t, pass());
    rep->end(rep, &t, 0);
    rep->free(rep);
    fclose(f);
    read_text(path, got, sizeof got);
    static const char *const wants[] = {
        "fail eof/x[a=<1>] [server]",
        "  claim     A claim.\n",
        "  rule      EOF-7 (MUST, The end is the end.): The end is the end.\n",
        "  at        eof/x.scn:12: client recv eof\n",
        "  expected  eof\n  got       status INTERNAL  [wrong-code]\n",
        "  repeat    ktspec run server 'eof/x[a=<1>]' -- ./d\n",
        "thing 1.2 as server: 2 of 2 cases in 0.0 s: 1 pass, 1 fail",
    };
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
        cr_expect(strstr(got, wants[i]), "no '%s' in:\n%s", wants[i], got);
    unlink(path);
}

Test(report, verbose_tells_the_notes_of_a_pass)
{
    char path[] = "/tmp/ktspec-text-XXXXXX", got[4000];
    struct kt_tally t = {0};
    struct kt_result r = pass();

    close(mkstemp(path));
    FILE *f = fopen(path, "w");
    struct kt_report *rep = kt_report_text(f, &info, true);
    kt_result_note(&r, KT_SHOULD, "EOF-7", "label", scn.pos, "bare-close");
    feed(rep, &t, r);
    rep->end(rep, &t, 0);
    rep->free(rep);
    fclose(f);
    kt_result_fini(&r);
    read_text(path, got, sizeof got);
    cr_expect(strstr(got, "  SHOULD    EOF-7 label bare-close (line 1)\n"),
              "%s", got);
    cr_expect(strstr(got, "1 pass; 1 warnings (SHOULD)"), "%s", got);
    unlink(path);
}

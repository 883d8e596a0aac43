/* The JUnit report: one test case for each case, so that any CI shows them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/file.h"
#include "report/html.h"
#include "report/report.h"

enum { MAX_XML = 1 << 20 };

struct junit_report {
    struct kt_report base;
    struct kt_report_file file;
    const struct kt_run_info *info;
    struct kt_buf cases; /* all so far: the head's counts change with each */
};

static void attr(struct kt_buf *b, const char *name, const char *value)
{
    kt_buf_printf(b, " %s=\"", name);
    kt_markup_put(b, value);
    kt_buf_puts(b, "\"");
}

static void why(struct kt_buf *b, const char *element,
                const struct kt_result *r)
{
    kt_buf_printf(b, "    <%s", element);
    attr(b, "type", r->reason);
    attr(b, "message", r->scn->claim);
    kt_buf_puts(b, ">");
    char *text = kt_xasprintf(
        "%s at %s:%d: %s\nexpected %s\ngot      %s\n%s", r->rule, r->pos.file,
        r->pos.line, r->step ? r->step : "", r->expected ? r->expected : "",
        r->got ? r->got : "", r->meaning ? r->meaning : "");
    kt_markup_put(b, text);
    kt_free(text);
    kt_buf_printf(b, "</%s>\n", element);
}

static void one_case(struct kt_buf *b, const struct kt_result *r,
                     enum kt_expect ex)
{
    char *class = kt_xasprintf("%s.%s", kt_role_name(r->role), r->scn->area);

    kt_buf_puts(b, "  <testcase");
    attr(b, "classname", class);
    attr(b, "name", r->scn->id);
    attr(b, "file", r->pos.file);
    kt_buf_printf(b, " time=\"%.3f\">\n", (double)r->elapsed_ns / 1e9);
    if (kt_verdict_fails(r->verdict) && ex != KT_EX_KNOWN)
        why(b, r->verdict == KT_FAIL ? "failure" : "error", r);
    else if (r->verdict == KT_HARNESS_ERROR)
        why(b, "error", r);
    else if (r->verdict != KT_PASS)
        why(b, "skipped", r);
    kt_buf_puts(b, "  </testcase>\n");
    kt_free(class);
}

static void write_all(struct junit_report *jr, const struct kt_tally *t,
                      uint64_t elapsed_ns, bool last)
{
    const size_t failures = t->failed, errors = t->by[KT_HARNESS_ERROR];
    const size_t skipped = t->total - t->by[KT_PASS] - failures - errors;
    struct kt_buf head;

    kt_buf_init(&head, 4096);
    kt_buf_puts(&head,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
    attr(&head, "name", "ktspec");
    kt_buf_printf(
        &head,
        " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\""
        " time=\"%.3f\">\n",
        t->total, failures, errors, skipped, (double)elapsed_ns / 1e9);
    char *all =
        kt_xasprintf("%s%s", kt_buf_cstr(&head), kt_buf_cstr(&jr->cases));
    jr->file.body_end = 0;
    if (!jr->file.is_stdout || last)
        kt_report_file_put(&jr->file, all, "</testsuite>\n", last);
    kt_free(all);
    kt_buf_fini(&head);
}

static void on_result(struct kt_report *self, const struct kt_result *r,
                      enum kt_expect ex, const struct kt_tally *t)
{
    struct junit_report *jr = (struct junit_report *)self;

    one_case(&jr->cases, r, ex);
    write_all(jr, t, 0, false);
}

static void end(struct kt_report *self, const struct kt_tally *t,
                uint64_t elapsed_ns)
{
    write_all((struct junit_report *)self, t, elapsed_ns, true);
}

static void release(struct kt_report *self)
{
    struct junit_report *jr = (struct junit_report *)self;

    kt_report_file_close(&jr->file);
    kt_buf_fini(&jr->cases);
    kt_free(jr);
}

struct kt_report *kt_report_junit(const char *path,
                                  const struct kt_run_info *info,
                                  struct kt_err *reterr)
{
    struct junit_report *jr = kt_xalloc(sizeof *jr);

    jr->base = (struct kt_report){on_result, end, release};
    jr->info = info;
    kt_buf_init(&jr->cases, (size_t)64 * MAX_XML);
    if (kt_report_file_open(&jr->file, path, reterr) == KT_DONE)
        return &jr->base;
    kt_free(jr);
    return NULL;
}

/* The JSON report: the model that scripts depend on. Names: design.md section
 * 5, docs/reports.md. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "report/file.h"
#include "report/report.h"
#include <jansson.h>

struct json_report {
    struct kt_report base;
    struct kt_report_file file;
    const struct kt_run_info *info;
    bool begun;
};

static json_t *text(const char *s)
{
    json_t *j = json_string(s ? s : "");

    return j ? j : json_string_nocheck("(not UTF-8)");
}

static json_t *lines(char *const *v, size_t n)
{
    json_t *a = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, text(v[i]));
    return a;
}

static json_t *notes_of(const struct kt_result *r)
{
    json_t *a = json_array();

    for (size_t i = 0; i < r->nnotes; i++) {
        const struct kt_note *n = &r->notes[i];

        json_array_append_new(a, json_pack("{s:s, s:o, s:o, s:o, s:i}", "level",
                                           kt_level_name(n->level), "rule",
                                           text(n->rule), "reason",
                                           text(n->reason), "text",
                                           text(n->text), "line", n->pos.line));
    }
    return a;
}

static const char *expect_name(enum kt_expect ex)
{
    static const char *const names[] = {
        [KT_EX_NONE] = "none",         [KT_EX_KNOWN] = "known",
        [KT_EX_PASSES] = "passes",     [KT_EX_OTHER] = "other-reason",
        [KT_EX_UNSEEN] = "not-judged",
    };

    return names[ex];
}

static json_t *case_of(const struct kt_result *r, enum kt_expect ex)
{
    json_t *j = json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:i, s:I}", "id",
                          text(r->scn->id), "role", kt_role_name(r->role),
                          "outcome", kt_verdict_name(r->verdict), "rule",
                          text(r->rule), "reason", text(r->reason), "file",
                          text(r->pos.file), "line", r->pos.line, "elapsed_ms",
                          (json_int_t)(r->elapsed_ns / 1000000));

    must(j != NULL);
    if (r->cpu_ns > 0)
        json_object_set_new(j, "cpu_us",
                            json_integer((json_int_t)(r->cpu_ns / 1000)));
    json_object_set_new(j, "baseline", text(expect_name(ex)));
    json_object_set_new(j, "notes", notes_of(r));
    if (r->verdict == KT_PASS)
        return j;
    json_object_set_new(j, "step", text(r->step));
    json_object_set_new(j, "expected", text(r->expected));
    json_object_set_new(j, "got", text(r->got));
    json_object_set_new(j, "meaning", text(r->meaning));
    json_object_set_new(j, "wire", lines(r->wire, r->nwire));
    json_object_set_new(j, "stderr", text(r->sut_stderr));
    return j;
}

static char *dump(json_t *j)
{
    char *s = json_dumps(j, JSON_COMPACT);

    must(s != NULL);
    json_decref(j);
    return s;
}

static char *head(const struct json_report *jr)
{
    const struct kt_run_info *i = jr->info;
    char *sut =
        dump(json_pack("{s:o, s:o, s:s}", "name", text(i->sut_name), "version",
                       text(i->sut_version), "role", kt_role_name(i->role)));
    char *s =
        kt_xasprintf("{\"suite\":\"ktspec\",\n\"sut\":%s,\n\"cases\":[", sut);

    free(sut);
    return s;
}

static char *tail(const struct kt_tally *t, uint64_t elapsed_ns)
{
    json_t *sum = json_object();

    for (int v = 0; v < KT_VERDICT_COUNT; v++)
        json_object_set_new(sum, kt_verdict_name((enum kt_verdict)v),
                            json_integer((json_int_t)t->by[v]));
    json_object_set_new(sum, "total", json_integer((json_int_t)t->total));
    char *text_ = dump(sum);
    char *s = kt_xasprintf("\n],\n\"summary\":%s,\n\"elapsed_ms\":%llu}\n",
                           text_, (unsigned long long)(elapsed_ns / 1000000));
    free(text_);
    return s;
}

static void put(struct json_report *jr, const char *item,
                const struct kt_tally *t, uint64_t elapsed_ns, bool last)
{
    char *h = jr->begun ? kt_xstrdup("") : head(jr);
    char *body = item[0] != '\0' && jr->begun
                     ? kt_xasprintf(",\n%s", item)
                     : kt_xasprintf("%s%s%s", h, item[0] ? "\n" : "", item);
    char *end = tail(t, elapsed_ns);

    /* The first case begins the list; an empty run has none. */
    jr->begun = jr->begun || item[0] != '\0' || last;
    kt_report_file_put(&jr->file, body, end, last);
    kt_free(end);
    kt_free(body);
    kt_free(h);
}

static void on_result(struct kt_report *self, const struct kt_result *r,
                      enum kt_expect ex, const struct kt_tally *t)
{
    struct json_report *jr = (struct json_report *)self;
    char *item = dump(case_of(r, ex));

    put(jr, item, t, 0, false);
    free(item);
}

static void end(struct kt_report *self, const struct kt_tally *t,
                uint64_t elapsed_ns)
{
    put((struct json_report *)self, "", t, elapsed_ns, true);
}

static void release(struct kt_report *self)
{
    struct json_report *jr = (struct json_report *)self;

    kt_report_file_close(&jr->file);
    kt_free(jr);
}

struct kt_report *kt_report_json(const char *path,
                                 const struct kt_run_info *info,
                                 struct kt_err *reterr)
{
    struct json_report *jr = kt_xalloc(sizeof *jr);

    jr->base = (struct kt_report){on_result, end, release};
    jr->info = info;
    if (kt_report_file_open(&jr->file, path, reterr) == KT_DONE)
        return &jr->base;
    kt_free(jr);
    return NULL;
}

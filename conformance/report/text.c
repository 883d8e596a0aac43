/* The text report: progress, a block for each failure that needs no second run
 * to understand, and a summary. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/report.h"
#include <string.h>
#include <unistd.h>

struct text_report {
    struct kt_report base;
    FILE *out;
    const struct kt_run_info *info;
    bool verbose;
    bool tty;
    size_t done;
    bool progress_shown;
};

static void wipe_progress(struct text_report *tr)
{
    if (tr->progress_shown)
        fprintf(stderr, "\r\033[K");
    tr->progress_shown = false;
}

static void show_progress(struct text_report *tr, const struct kt_tally *t)
{
    if (!tr->tty)
        return;
    fprintf(stderr, "\r\033[K[%zu/%zu] %zu passed, %zu failed", tr->done,
            tr->info->planned, t->by[KT_PASS], t->failed);
    fflush(stderr);
    tr->progress_shown = true;
}

static const char *colour(const struct text_report *tr, const char *code)
{
    return tr->tty ? code : "";
}

/* "  label     text", each further line of text under the first. */
static void item(struct text_report *tr, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");

        fprintf(tr->out, "  %-9s %.*s\n", label, (int)n, text);
        label = "";
        text += n + (text[n] == '\n');
    }
}

static void rule_item(struct text_report *tr, const char *rule)
{
    const struct kt_run_info *i = tr->info;

    if (rule[0] == '\0')
        return;
    char *text = kt_xasprintf(
        "%s (%s, %s): %s", rule, kt_level_name(i->level(i->rules_ctx, rule)),
        i->source(i->rules_ctx, rule), i->says(i->rules_ctx, rule));
    item(tr, "rule", text);
    kt_free(text);
}

/* An id as a shell word. */
static char *quoted(const char *id)
{
    return strpbrk(id, "[]*?$\"' ") ? kt_xasprintf("'%s'", id) : kt_xstrdup(id);
}

static void repeat_item(struct text_report *tr, const struct kt_result *r)
{
    const char *at = strstr(tr->info->repeat, "%s");
    char *id = quoted(r->scn->id);

    if (at != NULL) {
        char *text = kt_xasprintf("%.*s%s%s", (int)(at - tr->info->repeat),
                                  tr->info->repeat, id, at + 2);
        item(tr, "repeat", text);
        kt_free(text);
    }
    kt_free(id);
}

static void notes_item(struct text_report *tr, const struct kt_result *r)
{
    for (size_t i = 0; i < r->nnotes; i++) {
        const struct kt_note *n = &r->notes[i];
        char *text =
            kt_xasprintf("%s%s%s %s (line %d)", n->rule, n->rule[0] ? " " : "",
                         n->reason, n->text, n->pos.line);
        item(tr, kt_level_name(n->level), text);
        kt_free(text);
    }
}

static void block(struct text_report *tr, const struct kt_result *r)
{
    char *at =
        kt_xasprintf("%s:%d%s%s", r->pos.file ? r->pos.file : r->scn->pos.file,
                     r->pos.line, r->step ? ": " : "", r->step ? r->step : "");
    char *got = kt_xasprintf("%s%s[%s]", r->got ? r->got : "",
                             r->got && r->got[0] ? "  " : "", r->reason);

    item(tr, "claim", r->scn->claim);
    rule_item(tr, r->rule);
    item(tr, "at", at);
    item(tr, "expected", r->expected);
    item(tr, "got", got);
    for (size_t i = 0; i < r->nwire; i++)
        item(tr, i == 0 ? "wire" : "", r->wire[i]);
    item(tr, "means", r->meaning);
    item(tr, "stderr", r->sut_stderr);
    notes_item(tr, r);
    repeat_item(tr, r);
    fputc('\n', tr->out);
    kt_free(at);
    kt_free(got);
}

static const char *head_word(const struct kt_result *r, enum kt_expect ex)
{
    if (ex == KT_EX_PASSES)
        return "STALE: passes now, remove it from the baseline";
    if (ex == KT_EX_OTHER)
        return "STALE: fails for another reason than its baseline entry";
    if (ex == KT_EX_UNSEEN)
        return "STALE: not judged, so its baseline entry proves nothing";
    return ex == KT_EX_KNOWN && kt_verdict_fails(r->verdict) ? "known" : "";
}

static bool worth_a_block(const struct text_report *tr,
                          const struct kt_result *r, enum kt_expect ex)
{
    if (ex == KT_EX_OTHER || r->verdict == KT_HARNESS_ERROR)
        return true;
    if (kt_verdict_fails(r->verdict))
        return ex != KT_EX_KNOWN || tr->verbose;
    return r->verdict == KT_INCONCLUSIVE;
}

static void on_result(struct kt_report *self, const struct kt_result *r,
                      enum kt_expect ex, const struct kt_tally *t)
{
    struct text_report *tr = (struct text_report *)self;
    const bool big = worth_a_block(tr, r, ex);
    const char *word = head_word(r, ex);

    tr->done++;
    if (big || tr->verbose || (word[0] == 'S')) {
        wipe_progress(tr);
        fprintf(tr->out, "%s%s%s %s [%s] %llu ms%s%s%s\n",
                colour(tr, r->verdict == KT_PASS ? "\033[32m" : "\033[31m"),
                kt_verdict_name(r->verdict), colour(tr, "\033[0m"), r->scn->id,
                kt_role_name(r->role),
                (unsigned long long)(r->elapsed_ns / 1000000),
                word[0] ? " (" : "", word, word[0] ? ")" : "");
    }
    if (big)
        block(tr, r);
    else if (tr->verbose && r->verdict != KT_PASS)
        item(tr, r->reason, r->meaning);
    if (!big && tr->verbose)
        notes_item(tr, r);
    show_progress(tr, t);
}

static void end(struct kt_report *self, const struct kt_tally *t,
                uint64_t elapsed_ns)
{
    struct text_report *tr = (struct text_report *)self;
    const struct kt_run_info *i = tr->info;
    const char *comma = "";

    wipe_progress(tr);
    fprintf(tr->out, "%s%s%s as %s: %zu of %zu cases in %.1f s: ",
            i->sut_name[0] ? i->sut_name : "the SUT",
            i->sut_version[0] ? " " : "", i->sut_version, kt_role_name(i->role),
            t->total, i->planned, (double)elapsed_ns / 1e9);
    for (int v = 0; v < KT_VERDICT_COUNT; v++) {
        if (t->by[v] == 0)
            continue;
        fprintf(tr->out, "%s%zu %s", comma, t->by[v],
                kt_verdict_name((enum kt_verdict)v));
        comma = ", ";
    }
    if (t->total == 0)
        fprintf(tr->out, "nothing was judged");
    if (t->known > 0)
        fprintf(tr->out, " (%zu of them known to the baseline)", t->known);
    if (t->stale > 0)
        fprintf(tr->out, "; %zu stale baseline entries", t->stale);
    if (t->warnings > 0)
        fprintf(tr->out, "; %zu warnings (SHOULD)", t->warnings);
    fputc('\n', tr->out);
    fflush(tr->out);
}

static void release(struct kt_report *self)
{
    wipe_progress((struct text_report *)self);
    kt_free(self);
}

struct kt_report *kt_report_text(FILE *out, const struct kt_run_info *info,
                                 bool verbose)
{
    struct text_report *tr = kt_xalloc(sizeof *tr);

    tr->base = (struct kt_report){on_result, end, release};
    tr->out = out;
    tr->info = info;
    tr->verbose = verbose;
    tr->tty = isatty(fileno(out)) && isatty(STDERR_FILENO);
    return &tr->base;
}

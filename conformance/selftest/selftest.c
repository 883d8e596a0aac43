/* The selftest: the kill matrix and the stubs, and what they say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/selftest.h"
#include "base/alloc.h"
#include "selftest/matrix_file.h"
#include "selftest/workers.h"
#include <string.h>
#include <time.h>
#include <unistd.h>

struct selftest {
    const struct kt_selftest_opts *o;
    struct kt_matrix x;
    struct kt_verdicts v;
    const struct kt_scn **negative; /* that a stub may not pass */
    size_t nnegative;
    size_t *stub_passes; /* by kind; shared */
};

/* --- stubs --- */

struct stub_tally {
    struct kt_trial_sink sink;
    size_t passes;
};

static void on_stub_result(struct kt_trial_sink *self,
                           const struct kt_result *r)
{
    struct stub_tally *t = (struct stub_tally *)self;

    t->passes += r->verdict == KT_PASS;
}

static void stub_job(void *ctx, size_t k)
{
    struct selftest *st = ctx;
    struct stub_tally t = {.sink = {on_stub_result}};

    kt_trial_stub(st->x.book, (enum kt_stub_kind)k, st->negative, st->nnegative,
                  &t.sink);
    st->stub_passes[k] = t.passes;
}

static void describe_stub(void *ctx, size_t k, char *dst, size_t n)
{
    (void)ctx;
    snprintf(dst, n, "stub %s", kt_stub_name((enum kt_stub_kind)k));
}

static void stubs(struct selftest *st)
{
    const struct kt_trial_book *book = st->x.book;

    st->negative = kt_xalloc((book->ncases + 1) * sizeof *st->negative);
    for (size_t i = 0; i < book->ncases; i++)
        if (book->cases[i]->black_box && book->cases[i]->control != NULL &&
            kt_matrix_plays(book->cases[i]))
            st->negative[st->nnegative++] = book->cases[i];
    const struct kt_work work = {.njobs = KT_STUB_COUNT,
                                 .job = stub_job,
                                 .describe = describe_stub,
                                 .ctx = st,
                                 .progress = st->x.shows ? "stubs" : NULL};

    st->x.end = kt_workers_run(st->x.jobs, &work);
}

static size_t all_stub_passes(const struct selftest *st)
{
    size_t n = 0;

    for (int k = 0; k < KT_STUB_COUNT; k++)
        n += st->stub_passes[k];
    return n;
}

/* --- what it says --- */

static void say_row(const struct selftest *st, size_t row)
{
    const struct kt_first first = kt_verdicts_first(&st->x, row);
    bool anti;
    const struct kt_mutant *m = kt_matrix_row(row, &anti);
    const bool good = anti ? first.cell == 0 : first.cell >= KT_CELL_NAMED;
    const char *word = anti ? "ALARM" : first.cell ? "UNNAMED" : "SURVIVES";

    if (st->x.only != NULL && strcmp(m->name, st->x.only) != 0)
        return;
    if (good)
        word = anti ? "legal" : "killed";
    else if (!anti && first.cell == 0 && m->equivalent != NULL)
        word = "equal";
    if (!good || st->o->verbose)
        fprintf(st->o->out, "%-8s %-28s %-10s %s\n", word, m->name, m->rule,
                first.text);
}

static void say_list(const struct selftest *st, const char *what,
                     const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        fprintf(st->o->out, "%-8s %s\n", what,
                json_string_value(json_array_get(list, i)));
}

static void say_plain(const struct selftest *st)
{
    static const char *const names[] = {"server", "client", "pair"};

    for (size_t role = 0; role < 3; role++) {
        size_t n = 0;

        for (size_t i = 0; i < st->x.book->ncases; i++)
            n += st->x.plain[role * st->x.book->ncases + i] == KT_CELL_LIVES;
        fprintf(st->o->out,
                "the reference passes %zu cases on simulated time as %s\n", n,
                names[role]);
    }
}

static void report_text(const struct selftest *st, double seconds)
{
    const struct kt_verdicts *v = &st->v;

    if (st->x.only == NULL)
        say_plain(st);
    for (size_t row = 0; row < st->x.nrows; row++)
        say_row(st, row);
    say_list(st, "REF", v->unmutated);
    if (st->x.all && st->x.only == NULL)
        say_list(st, "IDLE", v->idle);
    for (int k = 0; k < KT_STUB_COUNT; k++)
        if (st->stub_passes[k] > 0)
            fprintf(st->o->out,
                    "STUB     %s passes %zu of %zu negative "
                    "scenarios\n",
                    kt_stub_name((enum kt_stub_kind)k), st->stub_passes[k],
                    st->nnegative);
    if (st->x.all && st->x.only == NULL)
        fprintf(st->o->out,
                "%zu scenarios kill nothing, %zu cannot be played here\n",
                json_array_size(v->idle), json_array_size(v->not_played));
    fprintf(st->o->out,
            "selftest: %zu of %zu mutants killed, %zu by the rule they break; "
            "%zu of %zu legal variations killed; %zu passes of stubs; %.1f s\n",
            v->killed, v->mutants, v->named, json_array_size(v->false_alarms),
            v->antis, all_stub_passes(st), seconds);
}

static json_t *json_stubs(const struct selftest *st)
{
    json_t *list = json_array();

    for (int k = 0; k < KT_STUB_COUNT; k++)
        json_array_append_new(
            list,
            json_pack("{s:s, s:I}", "name", kt_stub_name((enum kt_stub_kind)k),
                      "negative_passes", (json_int_t)st->stub_passes[k]));
    return list;
}

static void report_json(const struct selftest *st, uint64_t ms)
{
    const struct kt_verdicts *v = &st->v;
    json_t *j = json_pack(
        "{s:I, s:I, s:I, s:I, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:I}",
        "mutants", (json_int_t)v->mutants, "killed", (json_int_t)v->killed,
        "killed_by_named_rule", (json_int_t)v->named, "killed_by_verdict_rule",
        (json_int_t)v->exact, "survivors", v->survivors,
        "killed_for_another_reason", v->misnamed, "equivalent", v->equivalent,
        "false_alarms", v->false_alarms, "scenarios_killing_nothing", v->idle,
        "not_played", v->not_played, "unmutated", v->unmutated,
        "unmutated_failures", (json_int_t)json_array_size(v->unmutated));

    json_object_set_new(j, "stubs", json_stubs(st));
    json_object_set_new(j, "elapsed_ms", json_integer((json_int_t)ms));
    if (st->x.all)
        json_object_set_new(j, "matrix", kt_matrix_json(&st->x));
    json_dumpf(j, st->o->out, JSON_INDENT(1));
    fputc('\n', st->o->out);
    json_decref(j);
}

static uint64_t real_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int finish(struct selftest *st, uint64_t ms)
{
    bool ok = true;

    kt_verdicts_of(&st->v, &st->x);
    if (st->o->json)
        report_json(st, ms);
    else
        report_text(st, (double)ms / 1000);
    ok = kt_verdicts_good(&st->v, st->o->strict) && all_stub_passes(st) == 0;
    if (st->o->matrix != NULL)
        ok = kt_matrix_write(&st->x, &st->v, st->o->matrix) && ok;
    kt_verdicts_fini(&st->v);
    return ok ? 0 : 1;
}

/* What is there of the matrix says nothing. */
static int not_finished(enum kt_work_end end)
{
    fprintf(stderr, "selftest: %s; nothing is reported\n",
            end == KT_WORK_DIED ? "a defect" : "interrupted");
    return end == KT_WORK_DIED ? 5 : 130;
}

int kt_selftest(const struct kt_trial_book *book,
                const struct kt_selftest_opts *o)
{
    struct selftest st = {
        .o = o,
        .x = {.book = book,
              .all = o->mutant == NULL || o->matrix != NULL,
              .prune = !o->no_prune,
              .only = o->mutant,
              .jobs = o->jobs ? o->jobs : kt_workers_usual(),
              .shows = isatty(STDERR_FILENO)},
    };
    const uint64_t start = real_ms();

    st.stub_passes = kt_shared_new(KT_STUB_COUNT * sizeof *st.stub_passes);
    kt_matrix_init(&st.x);
    kt_matrix_play(&st.x);
    if (o->mutant == NULL && st.x.end == KT_WORK_DONE)
        stubs(&st);

    const int rc = st.x.end == KT_WORK_DONE ? finish(&st, real_ms() - start)
                                            : not_finished(st.x.end);

    kt_matrix_fini(&st.x);
    kt_shared_free(st.stub_passes, KT_STUB_COUNT * sizeof *st.stub_passes);
    kt_free(st.negative);
    return rc;
}

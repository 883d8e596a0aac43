/* The kill matrix. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/matrix.h"
#include "base/alloc.h"
#include "base/must.h"
#include "selftest/probe.h"
#include "selftest/workers.h"
#include <stdio.h>
#include <string.h>

static const enum kt_role roles[] = {KT_ROLE_SERVER, KT_ROLE_CLIENT,
                                     KT_ROLE_PAIR};

const struct kt_mutant *kt_matrix_row(size_t row, bool *ret_anti)
{
    *ret_anti = row >= kt_mutants_n();
    return *ret_anti ? kt_anti_at(row - kt_mutants_n()) : kt_mutant_at(row);
}

bool kt_matrix_plays(const struct kt_scn *s)
{
    return !s->later && !s->isolated;
}

static size_t place(const struct kt_matrix *x, int role, size_t row, size_t i)
{
    return ((size_t)role * x->nrows + row) * x->book->ncases + i;
}

enum kt_cell kt_matrix_at(const struct kt_matrix *x, int role, size_t row,
                          size_t i)
{
    return (enum kt_cell)x->cell[place(x, role, row, i)];
}

enum kt_cell kt_matrix_best(const struct kt_matrix *x, size_t row, size_t i)
{
    const enum kt_cell a = kt_matrix_at(x, 0, row, i);
    const enum kt_cell b = kt_matrix_at(x, 1, row, i);

    return a > b ? a : b;
}

void kt_matrix_init(struct kt_matrix *x)
{
    const size_t cases = x->book->ncases;

    x->nrows = kt_mutants_n() + kt_antis_n();

    const size_t cells = 2 * x->nrows * cases;
    const size_t firsts = 2 * x->nrows * sizeof *x->first;

    x->memory_n = firsts + 2 * cells + 3 * cases;
    x->memory = kt_shared_new(x->memory_n);
    x->first = x->memory;
    x->cell = (unsigned char *)x->memory + firsts;
    x->touched = x->cell + cells;
    x->plain = x->touched + cells;
}

void kt_matrix_fini(struct kt_matrix *x)
{
    kt_shared_free(x->memory, x->memory_n);
}

/* --- one case --- */

struct ear {
    struct kt_trial_sink sink;
    const char *rule; /* of the mutant, "" */
    enum kt_cell cell;
    char text[200];
};

static bool names_rule(const struct kt_scn *s, const char *rule)
{
    for (size_t i = 0; i < s->nrules; i++)
        if (strcmp(s->rules[i], rule) == 0)
            return true;
    return false;
}

static void on_result(struct kt_trial_sink *self, const struct kt_result *r)
{
    struct ear *e = (struct ear *)self;
    const bool fails = r->verdict == KT_FAIL || r->verdict == KT_SUT_CRASH ||
                       r->verdict == KT_SUT_HANG;

    if (r->verdict == KT_PASS)
        e->cell = KT_CELL_LIVES;
    else if (!fails)
        e->cell = KT_CELL_UNSURE;
    else if (strcmp(r->rule, e->rule) == 0)
        e->cell = KT_CELL_EXACT;
    else
        e->cell = names_rule(r->scn, e->rule) ? KT_CELL_NAMED : KT_CELL_KILLS;
    if (fails)
        snprintf(e->text, sizeof e->text, "%s %s %s:%d", r->scn->id, r->reason,
                 r->rule, r->pos.line);
}

static enum kt_cell play(const struct kt_matrix *x, int role,
                         const struct kt_mutant *m, const char *rule,
                         const struct kt_scn *s, struct kt_first *first)
{
    struct ear e = {.sink = {on_result}, .rule = rule, .cell = KT_CELL_UNSURE};

    kt_trial_case(x->book, roles[role], m, s, &e.sink);
    if (e.cell >= KT_CELL_KILLS && e.cell > first->cell) {
        first->cell = (unsigned char)e.cell;
        memcpy(first->text, e.text, sizeof first->text);
    }
    return e.cell;
}

static bool is_meant(const struct kt_matrix *x, const struct kt_mutant *m)
{
    return x->only == NULL || strcmp(m->name, x->only) == 0;
}

/* --- without a mutant, and what each would alter --- */

/* Rows that go through the same machinery make one probe. */
static size_t probes_of(const struct kt_matrix *x, unsigned role_bit,
                        struct kt_probe *v, size_t max)
{
    size_t n = 0;
    bool anti;

    for (size_t row = 0; row < x->nrows; row++) {
        const struct kt_mutant *m = kt_matrix_row(row, &anti);
        size_t k = 0;

        if (!(m->roles & role_bit) || !is_meant(x, m))
            continue;
        while (k < n && !kt_probe_takes(&v[k], m))
            k++;
        must(k < max);
        if (k == n)
            kt_probe_init(&v[n++], m);
        kt_probe_add(&v[k], m, row);
    }
    return n;
}

enum { MAX_PROBES = 64 };

/* A probe's run is that of all rows that it did not see alter anything; when it
 * does not pass, they are played. */
static void probe(struct kt_matrix *x, int role, size_t i)
{
    static struct kt_probe v[MAX_PROBES];
    const size_t n = probes_of(x, 1u << role, v, MAX_PROBES);

    for (size_t k = 0; k < n; k++) {
        struct kt_first ignored = {.cell = KT_CELL_EXACT};

        kt_probe_reset(&v[k]);
        const enum kt_cell c =
            play(x, role, &v[k].row, "", x->book->cases[i], &ignored);

        for (size_t r = 0; r < v[k].n; r++)
            x->touched[place(x, role, v[k].which[r], i)] =
                v[k].touched[r] || c != KT_CELL_LIVES;
    }
}

static void plain_job(void *ctx, size_t job)
{
    struct kt_matrix *x = ctx;
    const int role = (int)(job / x->book->ncases);
    const size_t i = job % x->book->ncases;
    const struct kt_scn *s = x->book->cases[i];

    if (!(s->roles & roles[role]) || !kt_matrix_plays(s))
        return;
    struct kt_first ignored = {.cell = KT_CELL_EXACT};

    x->plain[job] = (unsigned char)play(x, role, NULL, "", s, &ignored);
    if (role < 2 && x->all && x->prune)
        probe(x, role, i);
}

/* --- a mutant --- */

/* Standing checks are named by no scenario: they judge every case, so some do
 * for all. */
static bool is_sample(const struct kt_scn *s)
{
    return strcmp(s->area, "standing") == 0 || strcmp(s->area, "goaway") == 0 ||
           strcmp(s->base_id, "flow/frame-size") == 0;
}

static bool is_asked(const struct kt_matrix *x, const struct kt_mutant *m,
                     const struct kt_scn *s)
{
    return x->all || *m->rule == '\0' || names_rule(s, m->rule) ||
           (strncmp(m->rule, "STD-", 4) == 0 && is_sample(s));
}

/* An id names its case, or the first case of its scenario. */
static bool control_of(const struct kt_matrix *x, int role, size_t i,
                       size_t *ret)
{
    const char *id = x->book->cases[i]->control;

    for (size_t k = 0; id && k < x->book->ncases; k++) {
        const struct kt_scn *s = x->book->cases[k];

        if ((strcmp(s->id, id) == 0 || strcmp(s->base_id, id) == 0) &&
            (s->roles & roles[role])) {
            *ret = k;
            return k != i;
        }
    }
    return false;
}

static enum kt_cell cell_of(struct kt_matrix *x, int role, size_t row,
                            const struct kt_mutant *m, size_t i)
{
    const size_t at = place(x, role, row, i);
    size_t control;

    if (x->cell[at] != KT_CELL_NONE)
        return (enum kt_cell)x->cell[at];
    if (x->all && x->prune && !x->touched[at])
        x->cell[at] = KT_CELL_SAME;
    else if (control_of(x, role, i, &control) &&
             cell_of(x, role, row, m, control) > KT_CELL_LIVES)
        x->cell[at] = KT_CELL_UNSURE; /* a failure counts when that passes */
    else
        x->cell[at] =
            (unsigned char)play(x, role, m, m->rule, x->book->cases[i],
                                &x->first[(size_t)role * x->nrows + row]);
    return (enum kt_cell)x->cell[at];
}

static void row_job(void *ctx, size_t job)
{
    struct kt_matrix *x = ctx;
    const size_t row = job / 2;
    const int role = (int)(job % 2);
    bool anti;
    const struct kt_mutant *m = kt_matrix_row(row, &anti);

    if (!(m->roles & 1u << role) || !is_meant(x, m))
        return;
    for (size_t i = 0; i < x->book->ncases; i++) {
        const struct kt_scn *s = x->book->cases[i];

        if ((s->roles & roles[role]) && kt_matrix_plays(s) && is_asked(x, m, s))
            cell_of(x, role, row, m, i);
    }
}

static void describe_plain(void *ctx, size_t job, char *dst, size_t n)
{
    const struct kt_matrix *x = ctx;

    snprintf(dst, n, "%s, without a mutant",
             x->book->cases[job % x->book->ncases]->id);
}

static void describe_row(void *ctx, size_t job, char *dst, size_t n)
{
    bool anti;

    (void)ctx;
    snprintf(dst, n, "mutant %s, %s", kt_matrix_row(job / 2, &anti)->name,
             job % 2 == 0 ? "server" : "client");
}

void kt_matrix_play(struct kt_matrix *x)
{
    const struct kt_work plain = {.njobs = 3 * x->book->ncases,
                                  .job = plain_job,
                                  .describe = describe_plain,
                                  .ctx = x,
                                  .progress = x->shows ? "unmutated" : NULL};
    const struct kt_work rows = {.njobs = 2 * x->nrows,
                                 .job = row_job,
                                 .describe = describe_row,
                                 .ctx = x,
                                 .progress = x->shows ? "mutants" : NULL};

    if (x->only == NULL || (x->all && x->prune))
        x->end = kt_workers_run(x->jobs, &plain);
    if (x->end == KT_WORK_DONE)
        x->end = kt_workers_run(x->jobs, &rows);
}

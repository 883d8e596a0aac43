/* What the kill matrix says. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/verdicts.h"
#include <string.h>

enum kt_cell kt_verdicts_row(const struct kt_matrix *x, size_t row)
{
    enum kt_cell best = KT_CELL_NONE;

    for (size_t i = 0; i < x->book->ncases; i++) {
        const enum kt_cell c = kt_matrix_best(x, row, i);

        best = c > best ? c : best;
    }
    return best;
}

struct kt_first kt_verdicts_first(const struct kt_matrix *x, size_t row)
{
    const struct kt_first *a = &x->first[row];
    const struct kt_first *b = &x->first[x->nrows + row];

    return a->cell >= b->cell ? *a : *b;
}

static void put(json_t *list, const char *name)
{
    json_array_append_new(list, json_string(name));
}

static bool is_meant(const struct kt_matrix *x, const struct kt_mutant *m)
{
    return x->only == NULL || strcmp(m->name, x->only) == 0;
}

static void count_mutant(struct kt_verdicts *v, const struct kt_mutant *m,
                         enum kt_cell best)
{
    if (m->equivalent != NULL && best < KT_CELL_KILLS) {
        json_array_append_new(
            v->equivalent,
            json_pack("{s:s, s:s}", "name", m->name, "proof", m->equivalent));
        return;
    }
    v->mutants++;
    v->killed += best >= KT_CELL_KILLS;
    v->named += best >= KT_CELL_NAMED;
    v->exact += best == KT_CELL_EXACT;
    if (best < KT_CELL_KILLS)
        put(v->survivors, m->name);
    else if (best == KT_CELL_KILLS)
        put(v->misnamed, m->name);
}

static void count_rows(struct kt_verdicts *v, const struct kt_matrix *x)
{
    for (size_t row = 0; row < x->nrows; row++) {
        bool anti;
        const struct kt_mutant *m = kt_matrix_row(row, &anti);

        if (!is_meant(x, m))
            continue;
        const enum kt_cell best = kt_verdicts_row(x, row);

        if (!anti)
            count_mutant(v, m, best);
        else if (best >= KT_CELL_KILLS)
            put(v->false_alarms, m->name);
        v->antis += anti;
    }
}

static bool kills_any(const struct kt_matrix *x, size_t i)
{
    for (size_t row = 0; row < kt_mutants_n(); row++)
        if (kt_matrix_best(x, row, i) >= KT_CELL_KILLS)
            return true;
    return false;
}

static bool is_plain(const struct kt_matrix *x, size_t i, enum kt_cell cell)
{
    for (size_t role = 0; role < 3; role++)
        if (x->plain[role * x->book->ncases + i] == cell)
            return true;
    return false;
}

static bool has(const json_t *list, const char *name)
{
    const size_t n = json_array_size(list);

    return n > 0 &&
           strcmp(json_string_value(json_array_get(list, n - 1)), name) == 0;
}

/* Cases of one file stand together; what one of them does counts for all. */
static void count_scenarios(struct kt_verdicts *v, const struct kt_matrix *x)
{
    const struct kt_scn *const *s = x->book->cases;

    for (size_t i = 0; i < x->book->ncases;) {
        const char *file = s[i]->base_id;
        bool kills = false, played = false;

        for (; i < x->book->ncases && strcmp(s[i]->base_id, file) == 0; i++) {
            kills = kills || kills_any(x, i);
            played = played || is_plain(x, i, KT_CELL_LIVES);
            if (x->only == NULL && (is_plain(x, i, KT_CELL_KILLS) ||
                                    is_plain(x, i, KT_CELL_EXACT)))
                put(v->unmutated, s[i]->id);
        }
        if (x->only != NULL)
            continue;
        if (!played && !has(v->not_played, file))
            put(v->not_played, file);
        else if (played && !kills && !has(v->idle, file))
            put(v->idle, file);
    }
}

void kt_verdicts_of(struct kt_verdicts *v, const struct kt_matrix *x)
{
    *v = (struct kt_verdicts){
        .survivors = json_array(),
        .misnamed = json_array(),
        .equivalent = json_array(),
        .false_alarms = json_array(),
        .unmutated = json_array(),
        .idle = json_array(),
        .not_played = json_array(),
    };
    count_rows(v, x);
    count_scenarios(v, x);
}

void kt_verdicts_fini(struct kt_verdicts *v)
{
    json_decref(v->survivors);
    json_decref(v->misnamed);
    json_decref(v->equivalent);
    json_decref(v->false_alarms);
    json_decref(v->unmutated);
    json_decref(v->idle);
    json_decref(v->not_played);
}

bool kt_verdicts_good(const struct kt_verdicts *v, bool strict)
{
    return json_array_size(v->survivors) == 0 &&
           json_array_size(v->misnamed) == 0 &&
           json_array_size(v->false_alarms) == 0 &&
           json_array_size(v->unmutated) == 0 &&
           (!strict || json_array_size(v->idle) == 0);
}

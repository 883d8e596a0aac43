/* What a kill matrix says: a survivor, a kill for another reason, an idle
 * scenario and a false alarm are each found, and stand in each file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/matrix_file.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two files, the second with two cases; one that cannot be played. The ids are
 * such that a page must escape them. */
static char later[] = "words that come later";
static const struct kt_scn scns[] = {
    {.id = (char[]){"a/<one>&"},
     .base_id = (char[]){"a/<one>&"},
     .area = (char[]){"a"},
     .roles = KT_ROLE_SERVER},
    {.id = (char[]){"b/two[n=1]"},
     .base_id = (char[]){"b/two"},
     .area = (char[]){"b"},
     .roles = KT_ROLE_SERVER},
    {.id = (char[]){"b/two[n=2]"},
     .base_id = (char[]){"b/two"},
     .area = (char[]){"b"},
     .roles = KT_ROLE_SERVER},
    {.id = (char[]){"c/later"},
     .base_id = (char[]){"c/later"},
     .area = (char[]){"c"},
     .roles = KT_ROLE_SERVER,
     .later = later},
};
enum { ONE, TWO_1, TWO_2, LATER, NCASES };
static const struct kt_scn *const cases[] = {&scns[0], &scns[1], &scns[2],
                                             &scns[3]};
static const struct kt_trial_book book = {.cases = cases, .ncases = NCASES};

static void put(struct kt_matrix *x, size_t row, size_t i, enum kt_cell c)
{
    x->cell[row * NCASES + i] = (unsigned char)c; /* as a server */
}

/* A matrix as it should be: each mutant is killed by each case by its rule, no
 * legal variation is. */
static void good(struct kt_matrix *x)
{
    *x = (struct kt_matrix){.book = &book, .all = true};
    kt_matrix_init(x);
    for (size_t row = 0; row < x->nrows; row++)
        for (size_t i = 0; i < LATER; i++)
            put(x, row, i,
                row < kt_mutants_n() ? KT_CELL_EXACT : KT_CELL_LIVES);
    for (size_t i = 0; i < LATER; i++)
        x->plain[i] = KT_CELL_LIVES;
}

static void only(struct kt_matrix *x, size_t row, enum kt_cell c)
{
    for (size_t i = 0; i < LATER; i++)
        put(x, row, i, KT_CELL_SAME);
    put(x, row, ONE, c);
}

static const char *text_at(const json_t *list, size_t i)
{
    const char *s = json_string_value(json_array_get(list, i));

    return s ? s : "";
}

Test(verdicts, a_good_matrix_is_good)
{
    struct kt_matrix x;
    struct kt_verdicts v;

    good(&x);
    kt_verdicts_of(&v, &x);
    cr_expect(kt_verdicts_good(&v, true));
    cr_expect_eq(v.mutants, kt_mutants_n());
    cr_expect_eq(v.killed, v.mutants);
    cr_expect_eq(v.exact, v.mutants);
    cr_expect_eq(v.antis, kt_antis_n());
    cr_expect_eq(json_array_size(v.not_played), 1);
    cr_expect_str_eq(text_at(v.not_played, 0), "c/later");
    kt_verdicts_fini(&v);
    kt_matrix_fini(&x);
}

/* Each fault alone: in its list, by name, and not good. */
static void expect_fault(const struct kt_matrix *x,
                         json_t *list(const struct kt_verdicts *v),
                         const char *name)
{
    struct kt_verdicts v;

    kt_verdicts_of(&v, x);
    cr_expect_eq(json_array_size(list(&v)), 1, "%s", name);
    cr_expect_str_eq(text_at(list(&v), 0), name);
    cr_expect_not(kt_verdicts_good(&v, true), "%s", name);
    kt_verdicts_fini(&v);
}

static json_t *survivors(const struct kt_verdicts *v)
{
    return v->survivors;
}

static json_t *misnamed(const struct kt_verdicts *v)
{
    return v->misnamed;
}

static json_t *false_alarms(const struct kt_verdicts *v)
{
    return v->false_alarms;
}

static json_t *idle(const struct kt_verdicts *v)
{
    return v->idle;
}

static json_t *unmutated(const struct kt_verdicts *v)
{
    return v->unmutated;
}

Test(verdicts, a_survivor_is_found)
{
    static const enum kt_cell none[] = {KT_CELL_NONE, KT_CELL_SAME,
                                        KT_CELL_LIVES, KT_CELL_UNSURE};
    bool anti;

    for (size_t k = 0; k < sizeof none / sizeof *none; k++) {
        struct kt_matrix x;

        good(&x);
        only(&x, 5, none[k]);
        expect_fault(&x, survivors, kt_matrix_row(5, &anti)->name);
        kt_matrix_fini(&x);
    }
}

Test(verdicts, a_kill_for_another_reason_is_found)
{
    struct kt_matrix x;
    bool anti;

    good(&x);
    only(&x, 7, KT_CELL_KILLS);
    expect_fault(&x, misnamed, kt_matrix_row(7, &anti)->name);
    kt_matrix_fini(&x);
}

Test(verdicts, a_false_alarm_is_found)
{
    struct kt_matrix x;
    bool anti;
    const size_t row = kt_mutants_n() + 1;

    good(&x);
    only(&x, row, KT_CELL_KILLS);
    expect_fault(&x, false_alarms, kt_matrix_row(row, &anti)->name);
    kt_matrix_fini(&x);
}

/* What a legal variation dies of does not count for the scenario. */
Test(verdicts, an_idle_scenario_is_found_once_and_is_a_fault_of_the_whole_only)
{
    struct kt_matrix x;
    struct kt_verdicts v;

    good(&x);
    for (size_t row = 0; row < kt_mutants_n(); row++) {
        put(&x, row, TWO_1, KT_CELL_LIVES);
        put(&x, row, TWO_2, KT_CELL_UNSURE);
    }
    expect_fault(&x, idle, "b/two");
    kt_verdicts_of(&v, &x);
    cr_expect(kt_verdicts_good(&v, false));
    kt_verdicts_fini(&v);

    put(&x, 3, TWO_2, KT_CELL_KILLS); /* one case of a file is enough */
    kt_verdicts_of(&v, &x);
    cr_expect(kt_verdicts_good(&v, true));
    kt_verdicts_fini(&v);
    kt_matrix_fini(&x);
}

Test(verdicts, a_failure_of_the_reference_is_found)
{
    struct kt_matrix x;

    good(&x);
    x.plain[TWO_1] = KT_CELL_KILLS;
    expect_fault(&x, unmutated, "b/two[n=1]");
    kt_matrix_fini(&x);
}

/* --- files --- */

/* What the writer of that ending makes of it; free. */
static char *file_of(const struct kt_matrix *x, const char *ending)
{
    char dir[] = "/tmp/ktspec-matrix-XXXXXX", path[64];
    char *text = calloc(1, 1 << 20);
    struct kt_verdicts v;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/x%s", dir, ending);
    kt_verdicts_of(&v, x);
    cr_expect(kt_matrix_can_write(path));
    cr_expect(kt_matrix_write(x, &v, path));
    kt_verdicts_fini(&v);
    FILE *f = fopen(path, "r");

    cr_assert_not_null(f);
    cr_expect_lt(fread(text, 1, 1 << 20, f), 1 << 20);
    fclose(f);
    unlink(path);
    rmdir(dir);
    return text;
}

Test(matrix_file, json_says_who_kills_whom_and_how)
{
    struct kt_matrix x;
    bool anti;

    good(&x);
    only(&x, 0, KT_CELL_NAMED);
    char *text = file_of(&x, ".json");
    json_t *j = json_loads(text, 0, NULL);

    cr_assert_not_null(j, "it is JSON");
    const json_t *row = json_array_get(json_object_get(j, "rows"), 0);
    const json_t *by = json_object_get(row, "killed_by");

    cr_expect_str_eq(json_string_value(json_object_get(row, "name")),
                     kt_matrix_row(0, &anti)->name);
    cr_expect_eq(json_object_size(by), 1);
    cr_expect_str_eq(json_string_value(json_object_get(by, "a/<one>&")),
                     "named");
    cr_expect_eq(json_array_size(json_object_get(j, "rows")), x.nrows);
    cr_expect_eq(json_array_size(json_object_get(j, "cases")), NCASES);
    json_decref(j);
    free(text);
    kt_matrix_fini(&x);
}

Test(matrix_file, the_page_stands_alone_and_is_escaped)
{
    struct kt_matrix x;

    good(&x);
    only(&x, 0, KT_CELL_KILLS);
    char *text = file_of(&x, ".html");

    cr_expect(strstr(text, "a/&lt;one&gt;&amp;"), "ids are escaped");
    cr_expect_null(strstr(text, "<one>"));
    cr_expect_null(strstr(text, "src="), "nothing from outside");
    cr_expect_null(strstr(text, "href="));
    cr_expect_null(strstr(text, "url("));
    cr_expect(strncmp(text, "<!doctype html>", 15) == 0);
    cr_expect(strstr(text, "</html>"), "it is whole");
    free(text);
    kt_matrix_fini(&x);
}

Test(matrix_file, the_text_has_a_line_for_each_kill)
{
    struct kt_matrix x;

    good(&x);
    only(&x, 0, KT_CELL_NAMED);
    char *text = file_of(&x, ".txt");

    cr_expect(strstr(text, "  named  a/<one>&\n"));
    cr_expect(strstr(text, "  exact  b/two[n=2]\n"));
    free(text);
    kt_matrix_fini(&x);
}

Test(matrix_file, other_endings_and_places_that_cannot_be_written_are_refused)
{
    struct kt_matrix x;
    struct kt_verdicts v;

    good(&x);
    kt_verdicts_of(&v, &x);
    cr_expect_not(kt_matrix_can_write("x.csv"));
    cr_expect_not(kt_matrix_can_write("html"));
    cr_expect_not(kt_matrix_can_write(""));
    cr_expect_not(kt_matrix_write(&x, &v, "/nowhere/x.json"));
    kt_verdicts_fini(&v);
    kt_matrix_fini(&x);
}

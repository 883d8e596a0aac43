/* The kill matrix, played: what is left out because a mutant alters nothing in
 * it would have been as it is without the mutant.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/matrix.h"
#include "script/catalog.h"
#include <criterion/criterion.h>
#include <string.h>

#define RULE(id)                                                               \
    "rule " id "\nlevel MUST\nrole both\ntransport http2\nsource seed \"X\"\n" \
    "says Something.\n"

static const struct kt_text_file files[] = {
    {"rules/x.rules", RULE("MSG-11") RULE("ERR-2") RULE("META-20")},
    {"a/echo.scn", "claim   It echoes.\nrules   MSG-11\nhandler echo\n\n"
                   "client open\n"
                   "client send {\"message\":\"a\"}\n"
                   "client recv {\"message\":\"a\"}\n"
                   "client send size=20000\n"
                   "client recv size=20000\n"
                   "client half-close\n"
                   "client recv eof\n"},
    {"a/error.scn", "claim   A status comes back.\nrules   ERR-2\n"
                    "control a/echo\n\n"
                    "client open header k1=a header k1=b\n"
                    "server set-header h1=v\n"
                    "server return status 9 \"no\"\n"
                    "client recv status 9 \"no\"\n"
                    "client header h1=v\n"},
};

struct world {
    struct kt_catalog *catalog;
    struct kt_trial_book book;
};

static void open_world(struct world *w)
{
    struct kt_err e = {0};

    w->catalog = kt_catalog_new();
    kt_catalog_add(w->catalog, files, sizeof files / sizeof *files, "");
    kt_catalog_check(w->catalog);
    const struct kt_faults *f = kt_catalog_faults(w->catalog);

    cr_assert_eq(f->n, 0, "%s:%d: %s", f->n ? f->v[0].file : "",
                 f->n ? f->v[0].line : 0, f->n ? f->v[0].text : "");
    w->book = (struct kt_trial_book){
        .echo_idl =
            kt_idl_load(KT_SOURCE "/interop/idl/echo.thrift", NULL, 0, &e),
        .conf_idl = kt_idl_load(KT_SOURCE "/interop/idl/conformance.thrift",
                                NULL, 0, &e),
    };
    w->book.cases = kt_catalog_cases(w->catalog, &w->book.ncases);
    cr_assert(w->book.echo_idl && w->book.conf_idl && w->book.ncases == 2);
}

static void close_world(struct world *w)
{
    kt_catalog_free(w->catalog);
    kt_idl_free((struct kt_idl *)(uintptr_t)w->book.echo_idl);
    kt_idl_free((struct kt_idl *)(uintptr_t)w->book.conf_idl);
}

static void play(struct kt_matrix *x, const struct world *w, const char *only,
                 bool prune)
{
    *x = (struct kt_matrix){
        .book = &w->book, .all = true, .prune = prune, .only = only, .jobs = 1};
    kt_matrix_init(x);
    kt_matrix_play(x);
    cr_assert_eq(x->end, KT_WORK_DONE);
}

/* SAME stands for what the case is without a mutant, which passes. */
static enum kt_cell shown(const struct kt_matrix *x, int role, size_t row,
                          size_t i)
{
    const enum kt_cell c = kt_matrix_at(x, role, row, i);

    return c == KT_CELL_SAME ? KT_CELL_LIVES : c;
}

Test(matrix, pruned_is_as_unpruned)
{
    struct world w;
    size_t same = 0, killed = 0, nrows = kt_mutants_n() + kt_antis_n();

    open_world(&w);
    for (size_t row = 0; row < nrows; row += 13) {
        struct kt_matrix pruned, whole;
        bool anti;
        const char *name = kt_matrix_row(row, &anti)->name;

        play(&pruned, &w, name, true);
        play(&whole, &w, name, false);
        for (int role = 0; role < 2; role++)
            for (size_t i = 0; i < w.book.ncases; i++) {
                const enum kt_cell c = kt_matrix_at(&whole, role, row, i);

                cr_expect_neq(c, KT_CELL_SAME);
                cr_expect_eq(shown(&pruned, role, row, i), c, "%s in %s", name,
                             w.book.cases[i]->id);
                same += kt_matrix_at(&pruned, role, row, i) == KT_CELL_SAME;
                killed += c >= KT_CELL_KILLS;
            }
        kt_matrix_fini(&pruned);
        kt_matrix_fini(&whole);
    }
    cr_expect_gt(same, 10, "much is left out");
    cr_expect_gt(killed, 5, "something is killed");
    close_world(&w);
}

static size_t row_of(const char *name)
{
    bool anti;

    for (size_t row = 0; row < kt_mutants_n(); row++)
        if (strcmp(kt_matrix_row(row, &anti)->name, name) == 0)
            return row;
    cr_assert_fail("no row %s", name);
    return 0;
}

Test(matrix, a_kill_says_by_whom_and_a_failed_control_says_nothing)
{
    struct world w;
    struct kt_matrix x;
    const size_t row = row_of("status-off-by-one");

    open_world(&w);
    play(&x, &w, "status-off-by-one", true);
    cr_expect_eq(kt_matrix_at(&x, 0, row, 1), KT_CELL_EXACT);
    cr_expect_eq(kt_matrix_best(&x, row, 1), KT_CELL_EXACT);
    cr_expect(strstr(x.first[row].text, "a/error"), "%s", x.first[row].text);
    kt_matrix_fini(&x);

    const size_t lost = row_of("message-twice"); /* of the control */

    play(&x, &w, "message-twice", false);
    cr_expect_eq(kt_matrix_best(&x, lost, 0), KT_CELL_EXACT);
    cr_expect_eq(kt_matrix_best(&x, lost, 1), KT_CELL_UNSURE);
    kt_matrix_fini(&x);
    close_world(&w);
}

Test(matrix, any_number_of_processes_plays_the_same)
{
    struct world w;
    struct kt_matrix one, three;
    const size_t row = row_of("status-off-by-one");

    open_world(&w);
    play(&one, &w, "status-off-by-one", true);
    three = (struct kt_matrix){.book = &w.book,
                               .all = true,
                               .prune = true,
                               .only = "status-off-by-one",
                               .jobs = 3};
    kt_matrix_init(&three);
    kt_matrix_play(&three);
    cr_assert_eq(three.end, KT_WORK_DONE);
    for (int role = 0; role < 2; role++)
        for (size_t i = 0; i < w.book.ncases; i++)
            cr_expect_eq(kt_matrix_at(&one, role, row, i),
                         kt_matrix_at(&three, role, row, i));
    kt_matrix_fini(&one);
    kt_matrix_fini(&three);
    close_world(&w);
}

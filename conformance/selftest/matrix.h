/* The kill matrix: what became of each case under each mutant. A case runs
 * alone in a world of its own; where a mutant alters nothing that passes, the
 * case is as it is without it and is not run again.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/trial.h"
#include "selftest/workers.h"

enum kt_cell {
    KT_CELL_NONE,   /* not tried: another role, or not asked for */
    KT_CELL_SAME,   /* the mutant alters nothing in it */
    KT_CELL_LIVES,  /* played, and passes */
    KT_CELL_UNSURE, /* no verdict: its control fails, or it does not apply */
    KT_CELL_KILLS,  /* fails; it does not name the rule, nor does the verdict */
    KT_CELL_NAMED,  /* fails, and it names the mutant's rule */
    KT_CELL_EXACT,  /* the rule of its verdict is the mutant's */
};

struct kt_first { /* what killed a mutant, for a person */
    unsigned char cell;
    char text[200];
};

struct kt_matrix {
    const struct kt_trial_book *book;
    bool all;         /* else only cases that name the mutant's rule */
    bool prune;       /* with all: run only what the mutant alters */
    size_t nrows;     /* mutants, then legal variations */
    const char *only; /* this row, or NULL */
    unsigned jobs;
    bool shows; /* on stderr how far it is */
    /* Shared by all processes. */
    unsigned char *cell;    /* see kt_matrix_at */
    unsigned char *touched; /* the same shape */
    unsigned char *plain;   /* by role (server, client, pair) and case:
                               LIVES, UNSURE or KILLS without a mutant */
    struct kt_first *first; /* by role and row */
    void *memory;
    size_t memory_n;
    enum kt_work_end end; /* not all was played unless DONE */
};

void kt_matrix_init(struct kt_matrix *x);
void kt_matrix_fini(struct kt_matrix *x);
/* Plays all; sets end. */
void kt_matrix_play(struct kt_matrix *x);

/* A row of the table; anti: a legal variation. */
const struct kt_mutant *kt_matrix_row(size_t row, bool *ret_anti);
/* role 0 server, 1 client. */
enum kt_cell kt_matrix_at(const struct kt_matrix *x, int role, size_t row,
                          size_t i);
/* The better of both roles. */
enum kt_cell kt_matrix_best(const struct kt_matrix *x, size_t row, size_t i);
/* The case can be run on simulated time. */
bool kt_matrix_plays(const struct kt_scn *s);

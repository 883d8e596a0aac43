/* Lint: what can be read, and still cannot be meant. One file for each kind of
 * check; all look at the lines of one case as they would run.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/scenario.h"

enum kt_mark {
    KT_MARK_LINE,
    KT_MARK_EITHER, /* its branches follow, each behind a BRANCH */
    KT_MARK_BRANCH,
    KT_MARK_END,
};

/* A line as it runs: repeats are unrolled. */
struct kt_ran {
    enum kt_mark mark;
    const struct kt_line *s; /* LINE, EITHER */
    int branches;            /* of either around it */
};

struct kt_lint {
    struct kt_faults *faults;
    const struct kt_scn *scn;
    const struct kt_rules *rules;
    struct kt_pool *pool; /* of this case's lint */
    struct kt_ran *v;
    size_t n;
    bool cut; /* a repeat was too long to be unrolled whole */
};

/* "TEXT, did you mean 'x'?" at a line; known: candidates for word. */
void kt_lint_near(struct kt_lint *l, struct kt_pos pos, const char *text,
                  const char *word, const char *const *known, size_t n);

void kt_lint_names(struct kt_lint *l);    /* as, await, pending, since */
void kt_lint_streams(struct kt_lint *l);  /* what is open, modes, folds */
void kt_lint_wire(struct kt_lint *l);     /* lines without '!' */
void kt_lint_branches(struct kt_lint *l); /* either */

/* Can the SUT answer or write both? Of first lines of branches. */
bool kt_lines_overlap(const struct kt_line *a, const struct kt_line *b);

/* An outcome that is no success: status, biz, error, exception. */
bool kt_outcome_fails(const struct kt_outcome *o);
/* Some outcome of the line is an error; a line without one is ok. */
bool kt_line_may_fail(const struct kt_line *s);

/* ktspec selftest: the judge is judged. Mutants of the reference must be killed
 * by scenarios that name the broken rule, legal variations and the reference
 * itself by none, stubs pass no negative scenario.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/trial.h"
#include <stdio.h>

struct kt_selftest_opts {
    bool json;
    bool strict;        /* a scenario that kills nothing is a fault */
    bool no_prune;      /* run even what the mutant does not alter */
    bool verbose;       /* what killed each mutant */
    unsigned jobs;      /* processes; 0: one for each processor */
    const char *mutant; /* only this one, and without matrix only cases that
                           name its rule; or NULL */
    const char *matrix; /* a file for the kill matrix: .html, .json, .txt */
    FILE *out;
};

/* Exit status: 0 when all holds, 1 when not, 5 when a process has died, 130
 * when interrupted. */
int kt_selftest(const struct kt_trial_book *book,
                const struct kt_selftest_opts *o);

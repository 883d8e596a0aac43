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
    bool full;    /* every case against every mutant, for the whole matrix */
    bool verbose; /* what killed each mutant */
    const char *mutant; /* only this one, or NULL */
    FILE *out;
};

/* Exit status: 0 when all holds. */
int kt_selftest(const struct kt_trial_book *book,
                const struct kt_selftest_opts *o);

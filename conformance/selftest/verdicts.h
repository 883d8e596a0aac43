/* What the kill matrix says of mutants, legal variations and scenarios.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/matrix.h"
#include <jansson.h>

struct kt_verdicts {
    size_t mutants, killed, named, exact, antis;
    json_t *survivors;  /* names: nothing kills them */
    json_t *misnamed;   /* killed, but by no scenario or verdict of the rule */
    json_t *equivalent; /* [{name, proof}] */
    json_t *false_alarms; /* legal variations that were killed */
    json_t *unmutated;    /* cases that the reference itself fails */
    json_t *idle;         /* scenarios that kill nothing */
    json_t *not_played;   /* scenarios that the reference cannot play here */
};

/* Of a matrix that was played. */
void kt_verdicts_of(struct kt_verdicts *v, const struct kt_matrix *x);
void kt_verdicts_fini(struct kt_verdicts *v);
/* All holds. strict: scenarios that kill nothing are a fault, too. */
bool kt_verdicts_good(const struct kt_verdicts *v, bool strict);
/* The best kill of a row, either role; cell 0 when there is none. */
struct kt_first kt_verdicts_first(const struct kt_matrix *x, size_t row);
/* Does any case kill the row; and the best of them all. */
enum kt_cell kt_verdicts_row(const struct kt_matrix *x, size_t row);

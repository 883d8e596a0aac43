/* The kill matrix as a file: text, JSON, or one HTML page without anything from
 * outside. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/verdicts.h"
#include <stdio.h>

/* {"cases": [id], "rows": [{name, rule, legal, killed, by: {id: "exact" |
 * "named" | "other"}}]} */
json_t *kt_matrix_json(const struct kt_matrix *x);
/* By the ending of the name; false: it has none of the three. */
bool kt_matrix_can_write(const char *path);
/* False with a sentence on stderr when the file cannot be written. */
bool kt_matrix_write(const struct kt_matrix *x, const struct kt_verdicts *v,
                     const char *path);

/* "Did you mean": the candidate that is nearest to a misspelt word.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

struct kt_suggest {
    const char *word;
    const char *best; /* NULL: nothing is near */
    size_t distance;  /* of best; before: one more than is near enough */
};

void kt_suggest_init(struct kt_suggest *s, const char *word);
/* Offer a candidate, kept by reference. The first of the nearest wins. */
void kt_suggest_try(struct kt_suggest *s, const char *candidate);
/* ", did you mean X?" or "", in dst. Returns dst. */
const char *kt_suggest_print(const struct kt_suggest *s, char dst[64]);
/* The nearest of n words, NULL when none is near. */
const char *kt_near(const char *word, const char *const *words, size_t n);

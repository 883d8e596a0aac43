/* The nearest word: edits and swaps of neighbours count one each.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 40 }; /* longer words get no suggestion */

void kt_suggest_init(struct kt_suggest *s, const char *word)
{
    const size_t n = strlen(word);

    *s = (struct kt_suggest){.word = word};
    s->distance = n < 2 || n > WORD_MAX ? 0 : n < 5 ? 2 : n < 8 ? 3 : n / 3 + 1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment, three rows at a time. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][WORD_MAX + 2];
    size_t *two = rows[0], *one = rows[1], *now = rows[2];

    for (size_t j = 0; j <= nb; j++)
        one[j] = j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = least(least(one[j], now[j - 1]) + 1,
                           one[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
                same(a[i - 2], b[j - 1]))
                now[j] = least(now[j], two[j - 2] + 1);
        }
        size_t *spare = two;
        two = one;
        one = now;
        now = spare;
    }
    return one[nb];
}

void kt_suggest_try(struct kt_suggest *s, const char *candidate)
{
    const size_t na = strlen(s->word), nb = strlen(candidate);

    if (nb > WORD_MAX || na >= nb + s->distance || nb >= na + s->distance)
        return;
    const size_t d = distance(s->word, na, candidate, nb);
    if (d >= s->distance)
        return;
    s->distance = d;
    s->best = candidate;
}

const char *kt_suggest_print(const struct kt_suggest *s, char dst[64])
{
    dst[0] = '\0';
    if (s->best != NULL)
        snprintf(dst, 64, ", did you mean %s?", s->best);
    return dst;
}

const char *kt_near(const char *word, const char *const *words, size_t n)
{
    struct kt_suggest s;

    kt_suggest_init(&s, word);
    for (size_t i = 0; i < n; i++)
        kt_suggest_try(&s, words[i]);
    return s.best;
}

/* Memory that is given back all at once.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

struct kt_arena {
    struct kt_chunk *chunks;
    size_t asked; /* bytes handed out */
    size_t limit;
};

/* n zeroed bytes, aligned for any type, valid until fini; NULL above the limit
 * or out of memory. */
void *kt_arena_alloc(struct kt_arena *a, size_t n);
char *kt_arena_strndup(struct kt_arena *a, const char *s, size_t n);
void kt_arena_fini(struct kt_arena *a); /* an empty arena of the same limit */

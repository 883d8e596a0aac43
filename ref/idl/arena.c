/* Memory that is given back all at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/arena.h"
#include "base/alloc.h"
#include <stdalign.h>
#include <string.h>

enum { FIRST_CHUNK = 4 << 10, BIG_CHUNK = 256 << 10 };

struct kt_chunk {
    struct kt_chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct kt_chunk *grow(struct kt_arena *a, size_t n)
{
    size_t size = a->chunks ? 2 * a->chunks->size : FIRST_CHUNK;

    if (size > BIG_CHUNK)
        size = BIG_CHUNK;
    if (size < n)
        size = n;
    struct kt_chunk *c = kt_alloc(sizeof *c + size);
    if (c == NULL)
        return NULL;
    c->size = size;
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

void *kt_arena_alloc(struct kt_arena *a, size_t n)
{
    const size_t unit = alignof(max_align_t);

    if (n > a->limit)
        return NULL;
    n = (n + unit - 1) / unit * unit;
    if (a->asked + n > a->limit)
        return NULL;
    struct kt_chunk *c = a->chunks;
    if (c == NULL || c->size - c->used < n)
        c = grow(a, n);
    if (c == NULL)
        return NULL;
    void *p = c->bytes + c->used;
    c->used += n;
    a->asked += n;
    return p;
}

char *kt_arena_strndup(struct kt_arena *a, const char *s, size_t n)
{
    char *copy = kt_arena_alloc(a, n + 1);

    if (copy != NULL && n > 0)
        memcpy(copy, s, n);
    return copy;
}

void kt_arena_fini(struct kt_arena *a)
{
    while (a->chunks != NULL) {
        struct kt_chunk *c = a->chunks;

        a->chunks = c->next;
        kt_free(c);
    }
    a->asked = 0;
}

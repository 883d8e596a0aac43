/* A chain of blocks and a list of what needs more than free().
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/arena.h"
#include "base/alloc.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 2048, ALIGN = 16 };

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(ALIGN) uint8_t bytes[];
};

struct owned {
    struct owned *next;
    json_t *json;
    regex_t regex;
    bool is_regex;
};

struct kt_pool {
    struct block *blocks;
    struct owned *owned;
};

struct kt_pool *kt_pool_new(void)
{
    return kt_xalloc(sizeof(struct kt_pool));
}

void kt_pool_free(struct kt_pool *a)
{
    if (a == NULL)
        return;
    for (struct owned *o = a->owned; o != NULL; o = o->next) {
        if (o->is_regex)
            regfree(&o->regex);
        json_decref(o->json);
    }
    for (struct block *b = a->blocks; b != NULL;) {
        struct block *next = b->next;

        kt_free(b);
        b = next;
    }
    kt_free(a);
}

void *kt_pool_alloc(struct kt_pool *a, size_t size)
{
    const size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;

    if (a->blocks == NULL || a->blocks->size - a->blocks->used < need) {
        const size_t room = need > BLOCK ? need : BLOCK;
        struct block *b = kt_xalloc(sizeof *b + room);

        b->size = room;
        b->next = a->blocks;
        a->blocks = b;
    }
    a->blocks->used += need;
    return a->blocks->bytes + a->blocks->used - need;
}

char *kt_pool_strndup(struct kt_pool *a, const char *s, size_t n)
{
    char *copy = kt_pool_alloc(a, n + 1);

    if (n > 0)
        memcpy(copy, s, n);
    return copy;
}

char *kt_pool_strdup(struct kt_pool *a, const char *s)
{
    return kt_pool_strndup(a, s, strlen(s));
}

char *kt_pool_join(struct kt_pool *p, const char *a, const char *b,
                   const char *c)
{
    const size_t na = strlen(a), nb = strlen(b), nc = strlen(c);
    char *s = kt_pool_alloc(p, na + nb + nc + 1);

    memcpy(s, a, na);
    memcpy(s + na, b, nb);
    memcpy(s + na + nb, c, nc);
    return s;
}

void *kt_pool_more(struct kt_pool *a, void *v, size_t n, size_t size)
{
    if (n != 0 && (n & (n - 1)) != 0)
        return v;

    void *grown = kt_pool_alloc(a, (n ? 2 * n : 1) * size);
    if (n > 0)
        memcpy(grown, v, n * size);
    return grown;
}

static struct owned *own(struct kt_pool *a)
{
    struct owned *o = kt_pool_alloc(a, sizeof *o);

    o->next = a->owned;
    a->owned = o;
    return o;
}

json_t *kt_pool_json(struct kt_pool *a, json_t *j)
{
    own(a)->json = j;
    return j;
}

regex_t *kt_pool_regex(struct kt_pool *a)
{
    struct owned *o = own(a);

    o->is_regex = true;
    return &o->regex;
}

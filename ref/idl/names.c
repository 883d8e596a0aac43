/* A table from names to things: open addressing, at most half full.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/names.h"
#include <stdint.h>
#include <string.h>

static size_t hash(const char *s)
{
    uint32_t h = 2166136261u;

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 16777619u;
    return h;
}

static struct kt_name *slot_of(const struct kt_names *t, const char *key)
{
    size_t i = hash(key) & (t->nslots - 1);

    while (t->slots[i].key != NULL && strcmp(t->slots[i].key, key) != 0)
        i = (i + 1) & (t->nslots - 1);
    return &t->slots[i];
}

void *kt_names_find(const struct kt_names *t, const char *key)
{
    return t->nslots ? slot_of(t, key)->item : NULL;
}

static bool grow(struct kt_names *t, struct kt_arena *a)
{
    struct kt_names wide = {.nslots = t->nslots ? 2 * t->nslots : 16};

    wide.slots = kt_arena_alloc(a, wide.nslots * sizeof *wide.slots);
    if (wide.slots == NULL)
        return false;
    for (size_t i = 0; i < t->nslots; i++)
        if (t->slots[i].key != NULL)
            *slot_of(&wide, t->slots[i].key) = t->slots[i];
    wide.n = t->n;
    *t = wide;
    return true;
}

bool kt_names_put(struct kt_names *t, struct kt_arena *a, const char *key,
                  void *item)
{
    if (2 * (t->n + 1) > t->nslots && !grow(t, a))
        return false;
    *slot_of(t, key) = (struct kt_name){key, item};
    t->n++;
    return true;
}

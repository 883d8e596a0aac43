/* A table from names to things, in an arena.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/arena.h"
#include <stdbool.h>

struct kt_names {
    struct kt_name {
        const char *key; /* borrowed */
        void *item;
    } * slots;
    size_t nslots; /* 0 or a power of two */
    size_t n;
};

/* NULL when the name is not there. */
void *kt_names_find(const struct kt_names *t, const char *key);
/* The name is not there yet, item is not NULL. False when out of memory. */
bool kt_names_put(struct kt_names *t, struct kt_arena *a, const char *key,
                  void *item);

/* Equality of JSON values by descriptor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/json.h"
#include "base/alloc.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

/* A comparison; the first difference is put into where, unless it is NULL. */
struct cmp {
    struct kt_buf *where;
};

static bool equal(struct cmp *c, const json_t *a, const json_t *b,
                  const struct kt_type *t, const struct kt_jpath *p,
                  unsigned depth);

static bool differ(struct cmp *c, const struct kt_jpath *p)
{
    char path[256];

    if (c->where != NULL)
        kt_buf_puts(c->where, kt_jpath_print(p, path, sizeof path));
    c->where = NULL;
    return false;
}

/* Hashes: equal values have equal ones, so that sets and maps are matched in
 * n log n. A value that does not fit its type hashes to 1. */

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t hash(const json_t *j, const struct kt_type *t, unsigned depth);

static uint64_t hash_bytes(const char *s, size_t n)
{
    uint64_t h = 3;

    for (size_t i = 0; i < n; i++)
        h = mix(h + (unsigned char)s[i]);
    return h;
}

static uint64_t hash_text(const json_t *j, bool binary)
{
    const char *s = json_string_value(j);
    size_t n = json_string_length(j);

    while (binary && n > 0 && s[n - 1] == '=')
        n--;
    return hash_bytes(s, n);
}

static uint64_t hash_struct(const json_t *j, const struct kt_struct *s,
                            unsigned depth)
{
    uint64_t h = 5;

    for (size_t i = 0; i < s->nfields; i++) {
        const json_t *v = kt_json_field(j, &s->fields[i]);

        h = mix(h + (v ? hash(v, s->fields[i].type, depth) : 0));
    }
    return h;
}

static uint64_t hash_list(const json_t *j, const struct kt_type *t,
                          unsigned depth)
{
    uint64_t list = 7, set = 7;

    for (size_t i = 0; i < json_array_size(j); i++) {
        const uint64_t h = hash(json_array_get(j, i), t->elem, depth);

        list = mix(list + h);
        set += mix(h);
    }
    return t->wire == KT_T_SET ? set : list;
}

/* The two forms of a map must agree. */
static uint64_t hash_pairs(const json_t *j, const struct kt_type *t,
                           unsigned depth)
{
    uint64_t sum = 17;

    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *two = json_array_get(j, i);
        const uint64_t key = hash(json_array_get(two, 0), t->key, depth);

        sum += mix(mix(key) + hash(json_array_get(two, 1), t->elem, depth));
    }
    return sum;
}

static uint64_t hash_members(const json_t *j, const struct kt_type *t,
                             unsigned depth)
{
    const char *key;
    uint64_t sum = 17;
    json_t *value;

    json_object_foreach((json_t *)j, key, value)
    {
        const uint64_t h = hash_bytes(key, strlen(key));

        sum += mix(mix(h) + hash(value, t->elem, depth));
    }
    return sum;
}

static uint64_t hash(const json_t *j, const struct kt_type *t, unsigned depth)
{
    int64_t i;
    double d;

    if (depth >= DEPTH_MAX)
        return 1;
    if (kt_type_is_int(t))
        return kt_json_enum(j, t, &i) ? mix((uint64_t)i) : 1;
    if (t->wire == KT_T_DOUBLE && kt_json_double(j, &d)) {
        uint64_t bits = 11;

        if (!isnan(d) && d != 0)
            memcpy(&bits, &d, sizeof bits);
        return mix(bits);
    }
    if (t->wire == KT_T_BOOL)
        return json_is_true(j) ? 13 : 1;
    if (t->wire == KT_T_STRING)
        return hash_text(j, t->is_binary);
    if (t->wire == KT_T_STRUCT)
        return hash_struct(j, t->str, depth + 1);
    if (t->wire == KT_T_SET || t->wire == KT_T_LIST)
        return hash_list(j, t, depth + 1);
    return json_is_array(j) ? hash_pairs(j, t, depth + 1)
                            : hash_members(j, t, depth + 1);
}

/* Sets and maps: entries in the order of their hashes. */

struct entry {
    json_t *key; /* of a map: owned */
    const json_t *value;
    uint64_t h;
    size_t index; /* in the JSON array */
    bool used;
};

struct entries {
    struct entry *v;
    size_t n;
};

static int by_hash(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return (x->h > y->h) - (x->h < y->h);
}

static void entries_fini(struct entries *e)
{
    for (size_t i = 0; i < e->n; i++)
        json_decref(e->v[i].key);
    kt_free(e->v);
}

static bool fill_array(struct entries *e, const json_t *j,
                       const struct kt_type *t)
{
    for (size_t i = 0; i < json_array_size(j); i++) {
        json_t *item = json_array_get(j, i);
        struct entry *x = &e->v[e->n++];

        *x = (struct entry){.value = item, .index = i};
        if (t->wire != KT_T_MAP) {
            x->h = hash(item, t->elem, 0);
            continue;
        }
        if (json_array_size(item) != 2)
            return false;
        x->key = json_incref(json_array_get(item, 0));
        x->value = json_array_get(item, 1);
        x->h = hash(x->key, t->key, 0);
    }
    return true;
}

static bool fill_object(struct entries *e, const json_t *j,
                        const struct kt_type *t)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)j, key, value)
    {
        struct entry *x = &e->v[e->n];

        *x = (struct entry){.value = value, .index = e->n++};
        x->key = json_string(key);
        if (x->key == NULL)
            return false;
        x->h = hash(x->key, t->key, 0);
    }
    return true;
}

/* False when the JSON has not the form of the type, or without memory. */
static bool entries_of(struct entries *e, const json_t *j,
                       const struct kt_type *t)
{
    const bool object = t->wire == KT_T_MAP && json_is_object(j);
    const size_t n = object ? json_object_size(j) : json_array_size(j);

    if (!object && !json_is_array(j))
        return false;
    e->v = kt_alloc(n * sizeof *e->v);
    if (e->v == NULL)
        return false;
    if (!(object ? fill_object(e, j, t) : fill_array(e, j, t)))
        return false;
    qsort(e->v, n, sizeof *e->v, by_hash);
    return true;
}

/* Without a word about where, as a question. */
static bool same(const json_t *a, const json_t *b, const struct kt_type *t,
                 unsigned depth)
{
    struct cmp quiet = {NULL};

    return equal(&quiet, a, b, t, NULL, depth);
}

/* The unused entries of b, from i on, with the hash of x and its key. */
static struct entry *candidate(const struct entry *x, struct entries *b,
                               size_t i, const struct kt_type *t,
                               unsigned depth)
{
    for (; i < b->n && b->v[i].h == x->h; i++) {
        struct entry *y = &b->v[i];

        if (!y->used && (!x->key || same(x->key, y->key, t->key, depth)))
            return y;
    }
    return NULL;
}

static bool match(struct cmp *c, const struct entry *x, struct entries *b,
                  size_t *from, const struct kt_type *t,
                  const struct kt_jpath *p, unsigned depth)
{
    const bool text = json_is_string(x->key) && !t->key->is_binary;
    const struct kt_jpath here = {.up = p,
                                  .name =
                                      text ? json_string_value(x->key) : NULL,
                                  .index = x->index,
                                  .is_key = true};
    struct entry *y, *first;

    while (*from < b->n && (b->v[*from].used || b->v[*from].h < x->h))
        ++*from;
    y = first = candidate(x, b, *from, t, depth);
    if (y == NULL)
        return differ(c, &here);
    /* The one entry with this key is compared once, aloud: to ask first would
     * double the work at each level of nested maps. */
    if (x->key && !candidate(x, b, (size_t)(y - b->v) + 1, t, depth)) {
        y->used = true;
        return equal(c, x->value, y->value, t->elem, &here, depth);
    }
    while (y != NULL && !same(x->value, y->value, t->elem, depth))
        y = candidate(x, b, (size_t)(y - b->v) + 1, t, depth);
    if (y == NULL && x->key)
        return equal(c, x->value, first->value, t->elem, &here, depth);
    if (y == NULL)
        return differ(c, &here);
    y->used = true;
    return true;
}

static bool equal_entries(struct cmp *c, const struct entries *a,
                          struct entries *b, const struct kt_type *t,
                          const struct kt_jpath *p, unsigned depth)
{
    size_t from = 0;

    for (size_t i = 0; i < a->n; i++)
        if (!match(c, &a->v[i], b, &from, t, p, depth))
            return false;
    return a->n == b->n || differ(c, p);
}

static bool equal_bag(struct cmp *c, const json_t *a, const json_t *b,
                      const struct kt_type *t, const struct kt_jpath *p,
                      unsigned depth)
{
    struct entries x = {0}, y = {0};
    bool ok;

    if (entries_of(&x, a, t) && entries_of(&y, b, t))
        ok = equal_entries(c, &x, &y, t, p, depth);
    else
        ok = json_equal(a, b) || differ(c, p);
    entries_fini(&x);
    entries_fini(&y);
    return ok;
}

/* Lists, structs, scalars. */

static bool equal_list(struct cmp *c, const json_t *a, const json_t *b,
                       const struct kt_type *t, const struct kt_jpath *p,
                       unsigned depth)
{
    const size_t na = json_array_size(a), nb = json_array_size(b);

    for (size_t i = 0; i < na && i < nb; i++) {
        const struct kt_jpath here = {.up = p, .index = i};

        if (!equal(c, json_array_get(a, i), json_array_get(b, i), t->elem,
                   &here, depth))
            return false;
    }
    const struct kt_jpath beyond = {.up = p, .index = na < nb ? na : nb};
    return na == nb || differ(c, &beyond);
}

/* A member of a that the struct lacks: equal only to the same in b. */
static bool equal_unknown(struct cmp *c, const json_t *a, const json_t *b,
                          const struct kt_struct *s, const struct kt_jpath *p)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)a, key, value)
    {
        const struct kt_jpath here = {.up = p, .name = key};

        if (kt_struct_field(s, key) == NULL &&
            !json_equal(value, json_object_get(b, key)))
            return differ(c, &here);
    }
    return true;
}

static bool equal_struct(struct cmp *c, const json_t *a, const json_t *b,
                         const struct kt_struct *s, const struct kt_jpath *p,
                         unsigned depth)
{
    for (size_t i = 0; i < s->nfields; i++) {
        const struct kt_idl_field *f = &s->fields[i];
        const struct kt_jpath here = {.up = p, .name = f->name};
        const json_t *x = kt_json_field(a, f), *y = kt_json_field(b, f);

        if (x == NULL && y == NULL)
            continue;
        if (x == NULL || y == NULL)
            return differ(c, &here);
        if (!equal(c, x, y, f->type, &here, depth))
            return false;
    }
    return equal_unknown(c, a, b, s, p) && equal_unknown(c, b, a, s, p);
}

static bool equal_text(const json_t *a, const json_t *b, bool binary)
{
    const char *x = json_string_value(a), *y = json_string_value(b);
    size_t n = json_string_length(a), m = json_string_length(b);

    while (binary && n > 0 && x[n - 1] == '=')
        n--;
    while (binary && m > 0 && y[m - 1] == '=')
        m--;
    return n == m && memcmp(x, y, n) == 0;
}

static bool equal_scalar(const json_t *a, const json_t *b,
                         const struct kt_type *t)
{
    int64_t i, k;
    double d, e;

    if (kt_type_is_int(t) && kt_json_enum(a, t, &i) && kt_json_enum(b, t, &k))
        return i == k;
    if (t->wire == KT_T_DOUBLE && kt_json_double(a, &d) &&
        kt_json_double(b, &e))
        return d == e || (isnan(d) && isnan(e));
    if (t->wire == KT_T_STRING && json_is_string(a) && json_is_string(b))
        return equal_text(a, b, t->is_binary);
    return json_equal(a, b);
}

static bool equal(struct cmp *c, const json_t *a, const json_t *b,
                  const struct kt_type *t, const struct kt_jpath *p,
                  unsigned depth)
{
    if (depth >= DEPTH_MAX)
        return differ(c, p);
    if (t->wire == KT_T_STRUCT && json_is_object(a) && json_is_object(b))
        return equal_struct(c, a, b, t->str, p, depth + 1);
    if (t->wire == KT_T_LIST && json_is_array(a) && json_is_array(b))
        return equal_list(c, a, b, t, p, depth + 1);
    if (t->wire == KT_T_SET || t->wire == KT_T_MAP)
        return equal_bag(c, a, b, t, p, depth + 1);
    return equal_scalar(a, b, t) || differ(c, p);
}

bool kt_json_equal(const json_t *a, const json_t *b, const struct kt_type *type,
                   struct kt_buf *ret_path)
{
    struct cmp c = {ret_path};

    a = json_is_null(a) ? NULL : a;
    b = json_is_null(b) ? NULL : b;
    if (a == NULL || b == NULL)
        return a == b || differ(&c, NULL);
    return equal(&c, a, b, type, NULL, 0);
}

/* Header lists.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/hlist.h"
#include "base/alloc.h"
#include <string.h>

enum { FIELD_COST = 32 }; /* RFC 9113 6.5.2 */

void kt_hlist_init(struct kt_hlist *h, size_t max_size, size_t max_n)
{
    /* Offsets are 32 bits wide. */
    if (max_size > UINT32_MAX)
        max_size = UINT32_MAX;
    *h = (struct kt_hlist){.max_size = max_size, .max_n = max_n};
    kt_buf_init(&h->text, max_size);
}

void kt_hlist_fini(struct kt_hlist *h)
{
    kt_buf_fini(&h->text);
    kt_free(h->v);
    kt_hlist_init(h, h->max_size, h->max_n);
}

void kt_hlist_clear(struct kt_hlist *h)
{
    kt_buf_clear(&h->text);
    h->n = 0;
    h->size = 0;
}

static bool room(struct kt_hlist *h)
{
    if (h->n < h->cap)
        return true;

    const size_t cap = h->cap ? h->cap * 2 : 8;
    struct kt_hfield *v = kt_realloc(h->v, cap * sizeof *v);

    if (v == NULL)
        return false;
    h->v = v;
    h->cap = cap;
    return true;
}

enum kt_step kt_hlist_put(struct kt_hlist *h, struct kt_cur name,
                          struct kt_cur value, struct kt_err *reterr)
{
    const size_t nn = kt_cur_left(&name), vn = kt_cur_left(&value);

    if (h->n >= h->max_n)
        return kt_bad(reterr, KT_E_TOO_MANY, KT_SCOPE_STREAM, h->n, NULL);
    if (nn > h->max_size || vn > h->max_size ||
        nn + vn + FIELD_COST > h->max_size - h->size)
        return kt_bad(reterr, KT_E_TOO_BIG, KT_SCOPE_STREAM, h->n, NULL);

    uint8_t *text = room(h) ? kt_buf_grow(&h->text, nn + vn) : NULL;
    if (text == NULL)
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, h->n, NULL);
    if (nn > 0)
        memcpy(text, name.p, nn);
    if (vn > 0)
        memcpy(text + nn, value.p, vn);

    const uint32_t at = (uint32_t)(text - h->text.p);
    h->v[h->n++] = (struct kt_hfield){
        .name = at,
        .name_len = (uint32_t)nn,
        .value = at + (uint32_t)nn,
        .value_len = (uint32_t)vn,
    };
    h->size += nn + vn + FIELD_COST;
    return KT_DONE;
}

bool kt_hlist_puts(struct kt_hlist *h, const char *name, const char *value)
{
    struct kt_err e;

    return kt_hlist_put(h, kt_cur_of(name, strlen(name)),
                        kt_cur_of(value, strlen(value)), &e) == KT_DONE;
}

struct kt_cur kt_hlist_name(const struct kt_hlist *h, size_t i)
{
    return kt_cur_of(h->text.p + h->v[i].name, h->v[i].name_len);
}

struct kt_cur kt_hlist_value(const struct kt_hlist *h, size_t i)
{
    return kt_cur_of(h->text.p + h->v[i].value, h->v[i].value_len);
}

bool kt_hlist_get(const struct kt_hlist *h, const char *name, size_t k,
                  struct kt_cur *ret)
{
    for (size_t i = 0; i < h->n; i++) {
        if (!kt_cur_is(kt_hlist_name(h, i), name))
            continue;
        if (k-- > 0)
            continue;
        *ret = kt_hlist_value(h, i);
        return true;
    }
    return false;
}

size_t kt_hlist_count(const struct kt_hlist *h, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n; i++)
        n += kt_cur_is(kt_hlist_name(h, i), name);
    return n;
}

bool kt_hlist_copy(struct kt_hlist *dst, const struct kt_hlist *src)
{
    struct kt_hlist copy;
    struct kt_err e;

    kt_hlist_init(&copy, dst->max_size, dst->max_n);
    for (size_t i = 0; i < src->n; i++) {
        if (kt_hlist_put(&copy, kt_hlist_name(src, i), kt_hlist_value(src, i),
                         &e) != KT_DONE) {
            kt_hlist_fini(&copy);
            return false;
        }
        copy.v[i].index = src->v[i].index;
    }
    kt_hlist_fini(dst);
    *dst = copy;
    return true;
}

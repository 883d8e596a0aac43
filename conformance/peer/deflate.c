/* Header fields to blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/deflate.h"
#include "base/alloc.h"
#include "base/must.h"
#include "peer/hpack.h"
#include <nghttp2/nghttp2.h>
#include <string.h>

enum { TABLE_DEFAULT = 4096, STATIC_ENTRIES = 61, FIELD_COST = 32 };

struct kt_deflate {
    nghttp2_hd_deflater *hd;
    bool exact;            /* the reader's table is not hd's any more */
    uint32_t table;        /* size that the reader allows, at most 4096 */
    bool shrunk;           /* and the next block must say so: RFC 7541 4.2 */
    struct kt_hlist added; /* by INSERT, oldest first; all are in the reader's
                              table as long as they fit */
};

struct kt_deflate *kt_deflate_new(void)
{
    struct kt_deflate *d = kt_xalloc(sizeof *d);

    must(nghttp2_hd_deflate_new(&d->hd, TABLE_DEFAULT) == 0);
    d->table = TABLE_DEFAULT;
    kt_hlist_init(&d->added, 1 << 20, 1 << 14);
    return d;
}

void kt_deflate_free(struct kt_deflate *d)
{
    if (d == NULL)
        return;
    nghttp2_hd_deflate_del(d->hd);
    kt_hlist_fini(&d->added);
    kt_free(d);
}

void kt_deflate_table(struct kt_deflate *d, uint32_t size)
{
    const uint32_t before = d->table;

    d->table = size < TABLE_DEFAULT ? size : TABLE_DEFAULT;
    d->shrunk = d->shrunk || d->table < before;
    must(nghttp2_hd_deflate_change_table_size(d->hd, size) == 0);
}

void kt_deflate_forget(struct kt_deflate *d)
{
    d->exact = true;
    kt_hlist_clear(&d->added);
}

static bool to_number(struct kt_cur c, uint32_t *ret)
{
    uint64_t v = 0;

    if (c.p == c.end || kt_cur_left(&c) > 10)
        return false;
    for (; c.p < c.end; c.p++) {
        if (*c.p < '0' || *c.p > '9')
            return false;
        v = v * 10 + (uint64_t)(*c.p - '0');
    }
    *ret = (uint32_t)v;
    return v <= UINT32_MAX;
}

struct kt_hpack_how kt_hpack_how_of(struct kt_cur text)
{
    static const struct {
        const char *name;
        enum kt_hpack_mode mode;
    } names[] = {
        {"literal", KT_HP_LITERAL},       {"never-indexed", KT_HP_NEVER},
        {"no-huffman", KT_HP_NO_HUFFMAN}, {"insert", KT_HP_INSERT},
        {"index", KT_HP_INDEX},           {"evict", KT_HP_EVICT},
    };
    static const char update[] = "table-update=";
    struct kt_hpack_how how = {.mode = KT_HP_RAW, .raw = text};
    struct kt_cur rest = text;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kt_cur_is(text, names[i].name))
            return (struct kt_hpack_how){.mode = names[i].mode};
    if (kt_cur_left(&text) < sizeof update - 1 ||
        memcmp(text.p, update, sizeof update - 1) != 0)
        return how;
    rest.p += sizeof update - 1;
    if (to_number(rest, &how.table))
        how.mode = KT_HP_TABLE_UPDATE;
    return how;
}

/* --- exact representations --- */

static struct kt_cur rcbuf_view(nghttp2_nv nv, bool name)
{
    return name ? kt_cur_of(nv.name, nv.namelen)
                : kt_cur_of(nv.value, nv.valuelen);
}

/* Index in the static table of the name, and of the whole field when it is
 * there; 0 for none. */
static size_t static_index(const struct kt_deflate *d, struct kt_cur name,
                           struct kt_cur value, bool *ret_whole)
{
    size_t found = 0;

    *ret_whole = false;
    for (size_t i = 1; i <= STATIC_ENTRIES; i++) {
        const nghttp2_nv *nv = nghttp2_hd_deflate_get_table_entry(d->hd, i);

        if (!kt_cur_eq(rcbuf_view(*nv, true), name))
            continue;
        if (found == 0)
            found = i;
        if (!kt_cur_eq(rcbuf_view(*nv, false), value))
            continue;
        *ret_whole = true;
        return i;
    }
    return found;
}

/* Index of a field that INSERT has put into the reader's table and that is
 * still there; 0 if none. The newest has the index 62. */
static size_t added_index(const struct kt_deflate *d, struct kt_cur name,
                          struct kt_cur value)
{
    size_t size = 0;

    for (size_t k = 0; k < d->added.n; k++) {
        const size_t i = d->added.n - 1 - k;
        const struct kt_cur n = kt_hlist_name(&d->added, i);
        const struct kt_cur v = kt_hlist_value(&d->added, i);

        size += kt_cur_left(&n) + kt_cur_left(&v) + FIELD_COST;
        if (size > d->table)
            return 0;
        if (kt_cur_eq(n, name) && kt_cur_eq(v, value))
            return STATIC_ENTRIES + 1 + k;
    }
    return 0;
}

static void text(struct kt_buf *dst, struct kt_cur s)
{
    kt_hpack_int(dst, 0, 7, kt_cur_left(&s));
    kt_buf_put(dst, s.p, kt_cur_left(&s));
}

static void literal(struct kt_buf *dst, uint8_t first, unsigned bits,
                    size_t name_index, struct kt_cur name, struct kt_cur value)
{
    kt_hpack_int(dst, first, bits, name_index);
    if (name_index == 0)
        text(dst, name);
    text(dst, value);
}

static void insert(struct kt_deflate *d, struct kt_cur name,
                   struct kt_cur value, struct kt_buf *dst)
{
    struct kt_err e;

    literal(dst, 0x40, 6, 0, name, value);
    must(kt_hlist_put(&d->added, name, value, &e) == KT_DONE);
}

static void field(struct kt_deflate *d, enum kt_hpack_mode mode,
                  struct kt_cur name, struct kt_cur value, struct kt_buf *dst)
{
    bool whole;
    const size_t known = static_index(d, name, value, &whole);
    const size_t added = added_index(d, name, value);

    switch (mode) {
    case KT_HP_NEVER:
        literal(dst, 0x10, 4, 0, name, value);
        break;
    case KT_HP_NORMAL: /* when the table is lost */
    case KT_HP_NO_HUFFMAN:
        if (whole)
            kt_hpack_int(dst, 0x80, 7, known);
        else
            literal(dst, 0, 4, known, name, value);
        break;
    case KT_HP_INSERT:
    case KT_HP_EVICT:
        insert(d, name, value, dst);
        break;
    case KT_HP_INDEX:
        if (whole || added)
            kt_hpack_int(dst, 0x80, 7, whole ? known : added);
        else
            literal(dst, 0, 4, 0, name, value);
        break;
    case KT_HP_LITERAL:
    case KT_HP_TABLE_UPDATE:
        literal(dst, 0, 4, 0, name, value);
        break;
    case KT_HP_RAW:
        break;
    }
}

static void table_update(struct kt_deflate *d, uint32_t size,
                         struct kt_buf *dst)
{
    kt_hpack_int(dst, 0x20, 5, size);
    d->table = size;
}

/* What comes before the first field. */
static void opening(struct kt_deflate *d, const struct kt_hpack_how *how,
                    struct kt_buf *dst)
{
    const uint32_t size = d->table;

    if (d->shrunk && how->mode != KT_HP_RAW)
        table_update(d, size, dst);
    d->shrunk = false;
    if (how->mode == KT_HP_TABLE_UPDATE) {
        kt_deflate_forget(d);
        table_update(d, how->table, dst);
    }
    if (how->mode == KT_HP_EVICT) {
        kt_deflate_forget(d);
        table_update(d, 0, dst);
        table_update(d, size, dst);
    }
    if (how->mode == KT_HP_INSERT || how->mode == KT_HP_INDEX)
        d->exact = true;
    if (how->mode == KT_HP_RAW) {
        kt_deflate_forget(d);
        kt_buf_put(dst, how->raw.p, kt_cur_left(&how->raw));
    }
}

/* --- as any peer would --- */

static nghttp2_nv nv_of(const struct kt_hlist *list, size_t i)
{
    const struct kt_cur n = kt_hlist_name(list, i);
    const struct kt_cur v = kt_hlist_value(list, i);

    return (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)n.p,
        .value = (uint8_t *)(uintptr_t)v.p,
        .namelen = kt_cur_left(&n),
        .valuelen = kt_cur_left(&v),
        .flags = list->v[i].index == KT_H_DEFAULT ? NGHTTP2_NV_FLAG_NONE
                                                  : NGHTTP2_NV_FLAG_NO_INDEX,
    };
}

static void normal(struct kt_deflate *d, const struct kt_hlist *list,
                   struct kt_buf *dst)
{
    nghttp2_nv *nv = kt_xalloc((list->n + 1) * sizeof *nv);

    d->shrunk = false; /* nghttp2 says it */
    for (size_t i = 0; i < list->n; i++)
        nv[i] = nv_of(list, i);

    const size_t most = nghttp2_hd_deflate_bound(d->hd, nv, list->n);
    uint8_t *p = kt_buf_grow(dst, most);
    must(p != NULL);
    const ssize_t n = nghttp2_hd_deflate_hd(d->hd, p, most, nv, list->n);
    must(n >= 0);
    dst->len -= most - (size_t)n;
    kt_free(nv);
}

void kt_deflate_block(struct kt_deflate *d, const struct kt_hlist *list,
                      const struct kt_hpack_how *how, struct kt_buf *dst)
{
    if (how->mode == KT_HP_NORMAL && !d->exact) {
        normal(d, list, dst);
        return;
    }
    opening(d, how, dst);
    for (size_t i = 0; i < list->n; i++)
        field(d, how->mode, kt_hlist_name(list, i), kt_hlist_value(list, i),
              dst);
}

/* A header block to its fields and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/hpack.h"
#include "base/alloc.h"
#include <nghttp2/nghttp2.h>

struct kt_inflate {
    nghttp2_hd_inflater *hd;
};

struct kt_inflate *kt_inflate_new(void)
{
    struct kt_inflate *z = kt_xalloc(sizeof *z);

    if (nghttp2_hd_inflate_new(&z->hd) == 0)
        return z;
    kt_free(z);
    return NULL;
}

void kt_inflate_free(struct kt_inflate *z)
{
    if (z)
        nghttp2_hd_inflate_del(z->hd);
    kt_free(z);
}

bool kt_inflate_table(struct kt_inflate *z, uint32_t size)
{
    return nghttp2_hd_inflate_change_table_size(z->hd, size) == 0;
}

static enum kt_step put(struct kt_hlist *list, const nghttp2_nv *nv,
                        struct kt_err *reterr)
{
    const enum kt_step s =
        kt_hlist_put(list, kt_cur_of(nv->name, nv->namelen),
                     kt_cur_of(nv->value, nv->valuelen), reterr);

    if (s == KT_DONE && (nv->flags & NGHTTP2_NV_FLAG_NO_INDEX))
        list->v[list->n - 1].index = KT_H_NEVER_INDEX;
    return s;
}

enum kt_step kt_inflate_block(struct kt_inflate *z, struct kt_cur block,
                              struct kt_hlist *ret, struct kt_err *reterr)
{
    int flags = 0;

    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        const ssize_t n = nghttp2_hd_inflate_hd2(z->hd, &nv, &flags, block.p,
                                                 kt_cur_left(&block), 1);

        if (n == NGHTTP2_ERR_NOMEM)
            return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_CONN, 0, NULL);
        if (n < 0)
            return kt_bad(reterr, KT_E_COMPRESSION, KT_SCOPE_CONN, 0, "H2-34");
        block.p += n;
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT))
            continue;
        if (put(ret, &nv, reterr) != KT_DONE)
            return KT_BAD;
    }
    nghttp2_hd_inflate_end_headers(z->hd);
    return KT_DONE;
}

bool kt_hpack_int(struct kt_buf *dst, uint8_t first, unsigned prefix_bits,
                  uint64_t v)
{
    const uint8_t max = (uint8_t)((1u << prefix_bits) - 1);

    if (v < max)
        return kt_buf_put_u8(dst, (uint8_t)(first | v));
    if (!kt_buf_put_u8(dst, first | max))
        return false;
    for (v -= max; v >= 128; v >>= 7)
        if (!kt_buf_put_u8(dst, (uint8_t)(128 | (v & 127))))
            return false;
    return kt_buf_put_u8(dst, (uint8_t)v);
}

static bool put_text(struct kt_buf *dst, struct kt_cur text)
{
    const size_t n = kt_cur_left(&text);

    return kt_hpack_int(dst, 0, 7, n) && kt_buf_put(dst, text.p, n);
}

bool kt_hpack_literal(struct kt_buf *dst, const struct kt_hlist *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const uint8_t first = list->v[i].index == KT_H_NEVER_INDEX ? 0x10 : 0;

        if (!kt_buf_put_u8(dst, first) ||
            !put_text(dst, kt_hlist_name(list, i)) ||
            !put_text(dst, kt_hlist_value(list, i)))
            return false;
    }
    return true;
}

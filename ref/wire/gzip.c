/* Compressed messages.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/gzip.h"
#include "base/alloc.h"
#include <zlib.h>

enum { CHUNK = 16384, GZIP_ONLY = 15 + 16, MEM_LEVEL = 8 };

static voidpf take(voidpf ctx, uInt n, uInt size)
{
    (void)ctx;
    return kt_alloc((size_t)n * size);
}

static void give(voidpf ctx, voidpf p)
{
    (void)ctx;
    kt_free(p);
}

static z_stream begin(struct kt_cur body)
{
    return (z_stream){
        .zalloc = take,
        .zfree = give,
        .next_in = (uint8_t *)(uintptr_t)body.p,
        .avail_in = (uInt)kt_cur_left(&body),
    };
}

bool kt_gzip(struct kt_cur body, struct kt_buf *dst)
{
    z_stream z = begin(body);
    uint8_t out[CHUNK];
    int rc = Z_OK;

    if (kt_cur_left(&body) > UINT32_MAX ||
        deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_ONLY,
                     MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    while (rc == Z_OK) {
        z.next_out = out;
        z.avail_out = sizeof out;
        rc = deflate(&z, Z_FINISH);
        if (!kt_buf_put(dst, out, sizeof out - z.avail_out))
            rc = Z_MEM_ERROR;
    }
    deflateEnd(&z);
    return rc == Z_STREAM_END;
}

/* What came out goes to dst, as far as its limit allows. */
static enum kt_step keep(struct kt_buf *dst, const uint8_t *out, size_t n,
                         struct kt_err *reterr)
{
    if (kt_buf_size(dst) + n > dst->limit)
        return kt_bad(reterr, KT_E_TOO_BIG, KT_SCOPE_STREAM, 0, "COMP-9");
    return kt_buf_put(dst, out, n)
               ? KT_DONE
               : kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
}

/* One round of at most a chunk. MORE: there is more of it. */
static enum kt_step unpack_some(z_stream *z, struct kt_buf *dst,
                                struct kt_err *reterr)
{
    uint8_t out[CHUNK];

    z->next_out = out;
    z->avail_out = sizeof out;
    const int rc = inflate(z, Z_NO_FLUSH);
    const size_t n = sizeof out - z->avail_out;

    if (rc == Z_MEM_ERROR)
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    if ((rc != Z_OK && rc != Z_STREAM_END) || /* cut short, or no gzip */
        (rc == Z_OK && n == 0 && z->avail_in == 0))
        return kt_bad(reterr, KT_E_COMPRESSION, KT_SCOPE_STREAM, 0, "COMP-9");
    if (keep(dst, out, n, reterr) == KT_BAD)
        return KT_BAD;
    if (rc == Z_OK)
        return KT_MORE;
    if (z->avail_in == 0)
        return KT_DONE;
    inflateReset(z); /* RFC 1952, 2.2: a series of members */
    return KT_MORE;
}

enum kt_step kt_gunzip(struct kt_cur body, struct kt_buf *dst,
                       struct kt_err *reterr)
{
    z_stream z = begin(body);
    enum kt_step s = KT_MORE;

    if (kt_cur_left(&body) > UINT32_MAX)
        return kt_bad(reterr, KT_E_TOO_BIG, KT_SCOPE_STREAM, 0, "COMP-9");
    if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    while (s == KT_MORE)
        s = unpack_some(&z, dst, reterr);
    inflateEnd(&z);
    return s;
}

/* Percent-encoding of grpc-message.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/text.h"
#include "wire/utf8.h"

static bool put_escaped(struct kt_buf *dst, const uint8_t *p, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < n; i++) {
        const char w[3] = {'%', hex[p[i] >> 4], hex[p[i] & 15]};

        if (!kt_buf_put(dst, w, sizeof w))
            return false;
    }
    return true;
}

static bool plain(uint8_t c)
{
    return c >= 0x20 && c <= 0x7e && c != '%';
}

static bool encode(struct kt_buf *dst, struct kt_cur src)
{
    static const uint8_t replacement[] = {0xef, 0xbf, 0xbd};
    bool ok = true;

    while (ok && kt_cur_left(&src) > 0) {
        const size_t n = kt_utf8_len(src);

        if (plain(*src.p))
            ok = kt_buf_put_u8(dst, *src.p);
        else if (n > 0)
            ok = put_escaped(dst, src.p, n);
        else
            ok = put_escaped(dst, replacement, sizeof replacement);
        src.p += n ? n : 1;
    }
    return ok;
}

bool kt_pct_encode(struct kt_buf *dst, struct kt_cur src)
{
    const size_t before = kt_buf_size(dst);

    if (encode(dst, src))
        return true;
    dst->len = dst->start + before;
    return false;
}

/* The byte that "%XX" at the front stands for, or -1. */
static int escaped(struct kt_cur c)
{
    if (kt_cur_left(&c) < 3 || c.p[0] != '%')
        return -1;

    const int hi = kt_hex_digit((char)c.p[1]);
    const int lo = kt_hex_digit((char)c.p[2]);

    return hi < 0 || lo < 0 ? -1 : hi << 4 | lo;
}

bool kt_pct_decode(struct kt_buf *dst, struct kt_cur src)
{
    const size_t before = kt_buf_size(dst);

    while (kt_cur_left(&src) > 0) {
        const int v = escaped(src);

        if (!kt_buf_put_u8(dst, v < 0 ? *src.p : (uint8_t)v)) {
            dst->len = dst->start + before;
            return false;
        }
        src.p += v < 0 ? 1 : 3;
    }
    return true;
}

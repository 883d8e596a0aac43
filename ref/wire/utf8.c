/* Well-formed UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/utf8.h"
#include <string.h>

/* The lead bytes of a row, the length they announce, and what the second byte
 * may be: it alone tells overlong forms, surrogates and points too high. */
static const struct {
    uint8_t from, to, len, low, high;
} rows[] = {
    {0x00, 0x7f, 1, 0, 0},       {0xc2, 0xdf, 2, 0x80, 0xbf},
    {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf},
    {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static bool follows(struct kt_cur c, size_t len, uint8_t low, uint8_t high)
{
    if (kt_cur_left(&c) < len)
        return false;
    if (len > 1 && (c.p[1] < low || c.p[1] > high))
        return false;
    for (size_t i = 2; i < len; i++)
        if ((c.p[i] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t kt_utf8_len(struct kt_cur c)
{
    if (kt_cur_left(&c) == 0)
        return 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (c.p[0] >= rows[i].from && c.p[0] <= rows[i].to)
            return follows(c, rows[i].len, rows[i].low, rows[i].high)
                       ? rows[i].len
                       : 0;
    return 0;
}

static bool is_ascii(const uint8_t *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return (x & 0x8080808080808080u) == 0;
}

bool kt_utf8_valid(struct kt_cur c)
{
    while (kt_cur_left(&c) >= 8 && is_ascii(c.p)) /* most text */
        kt_cur_cut(&c, 8);
    while (kt_cur_left(&c) > 0) {
        const size_t n = kt_utf8_len(c);

        if (n == 0)
            return false;
        c.p += n;
    }
    return true;
}

size_t kt_utf8_encode(uint8_t dst[4], uint32_t point)
{
    if (point < 0x80) {
        dst[0] = (uint8_t)point;
        return 1;
    }
    const size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = len; i-- > 1; point >>= 6)
        dst[i] = (uint8_t)(0x80 | (point & 0x3f));
    dst[0] = (uint8_t)(lead[len] | point);
    return len;
}

/* Borrowed bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include <string.h>

bool kt_cur_eq(struct kt_cur a, struct kt_cur b)
{
    const size_t n = kt_cur_left(&a);

    return n == kt_cur_left(&b) && (n == 0 || memcmp(a.p, b.p, n) == 0);
}

bool kt_cur_is(struct kt_cur c, const char *s)
{
    return kt_cur_eq(c, kt_cur_of(s, strlen(s)));
}

int kt_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct kt_cur kt_unhex(uint8_t *dst, size_t cap, const char *hex)
{
    size_t n = 0;

    for (; n < cap; n++) {
        const int hi = kt_hex_digit(hex[2 * n]);
        const int lo = hi < 0 ? -1 : kt_hex_digit(hex[2 * n + 1]);

        if (lo < 0)
            break;
        dst[n] = (uint8_t)(hi << 4 | lo);
    }
    return kt_cur_of(dst, n);
}

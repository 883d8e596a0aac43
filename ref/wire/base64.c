/* Base64 of "-bin" values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/text.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool kt_b64_encode(struct kt_buf *dst, struct kt_cur src)
{
    const size_t n = kt_cur_left(&src), tail = n % 3;
    uint8_t *w = kt_buf_grow(dst, n / 3 * 4 + (tail ? tail + 1 : 0));

    if (w == NULL)
        return false;
    for (size_t i = 0; i < n; i += 3) {
        const size_t have = n - i < 3 ? n - i : 3;
        uint32_t word = 0;

        for (size_t k = 0; k < 3; k++)
            word = word << 8 | (k < have ? src.p[i + k] : 0u);
        for (size_t k = 0; k <= have; k++)
            *w++ = (uint8_t)alphabet[word >> (18 - 6 * k) & 63];
    }
    return true;
}

static int digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding, when there is any, must fill the last group of four. */
static struct kt_cur unpadded(struct kt_cur src)
{
    if (kt_cur_left(&src) % 4 != 0)
        return src;
    for (int i = 0; i < 2; i++)
        if (kt_cur_left(&src) > 0 && src.end[-1] == '=')
            src.end--;
    return src;
}

enum kt_step kt_b64_decode(struct kt_buf *dst, struct kt_cur src,
                           struct kt_err *reterr)
{
    const struct kt_cur c = unpadded(src);
    const size_t n = kt_cur_left(&c);

    for (size_t i = 0; i < n; i++)
        if (digit(c.p[i]) < 0)
            return kt_bad(reterr, KT_E_SYNTAX, KT_SCOPE_STREAM, i, "META-14");
    if (n % 4 == 1)
        return kt_bad(reterr, KT_E_SYNTAX, KT_SCOPE_STREAM, n, "META-14");

    uint8_t *w = kt_buf_grow(dst, n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0));
    if (w == NULL)
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    uint32_t word = 0;
    for (size_t i = 0; i < n; i++) {
        word = word << 6 | (uint32_t)digit(c.p[i]);
        /* After the k-th digit of a group, 6k bits stand in word. */
        if (i % 4 > 0)
            *w++ = (uint8_t)(word >> (6 - 2 * (i % 4)));
    }
    return KT_DONE;
}

bool kt_is_bin_name(struct kt_cur name)
{
    if (kt_cur_left(&name) < 4)
        return false;
    name.p = name.end - 4;
    return kt_cur_is(name, "-bin");
}

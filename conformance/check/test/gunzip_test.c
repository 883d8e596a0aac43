/* Claims about compressed messages; the bytes are those of gzip(1).
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/gunzip.h"
#include <criterion/criterion.h>
#include <stdio.h>

static const char hex[] =
    "1f8b0800000000000203cb48cdc9c957c84090008088f9e511000000";

static bool unzip(const char *text, size_t limit, struct kt_buf *ret)
{
    uint8_t bytes[100];

    kt_buf_init(ret, limit);
    return kt_gunzip(kt_unhex(bytes, sizeof bytes, text), ret);
}

Test(gunzip, what_gzip_wrote_comes_back_and_no_more_than_the_limit)
{
    struct kt_buf b;
    char cut[sizeof hex];

    cr_expect(unzip(hex, 100, &b));
    cr_expect_str_eq(kt_buf_cstr(&b), "hello hello hello");
    kt_buf_fini(&b);
    cr_expect_not(unzip(hex, 16, &b));
    kt_buf_fini(&b);
    for (size_t n = 0; n < sizeof hex - 1; n += 2) {
        snprintf(cut, sizeof cut, "%.*s", (int)n, hex);
        cr_expect_not(unzip(cut, 100, &b), "cut at %zu", n / 2);
        kt_buf_fini(&b);
    }
    cr_expect_not(unzip("0b0001000000016100", 100, &b));
    kt_buf_fini(&b);
}

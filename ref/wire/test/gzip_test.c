/* Claims about compressed messages; the bytes are those of gzip(1).
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/gzip.h"
#include "base/alloc.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HELLO "1f8b0800000000000203cb48cdc9c957c84090008088f9e511000000"
static const char hex[] = HELLO;

static const char *unzip(const char *text, size_t limit, struct kt_buf *ret)
{
    uint8_t bytes[100];
    struct kt_err e = {0};

    kt_buf_init(ret, limit);
    return kt_gunzip(kt_unhex(bytes, sizeof bytes, text), ret, &e) == KT_DONE
               ? "done"
               : kt_code_name(e.code);
}

static void expect(const char *text, size_t limit, const char *want)
{
    struct kt_buf b;

    cr_expect_str_eq(unzip(text, limit, &b), want, "%s", text);
    kt_buf_fini(&b);
}

Test(gzip, what_gzip_wrote_comes_back_and_no_more_than_the_limit)
{
    struct kt_buf b;
    char cut[sizeof hex];

    cr_expect_str_eq(unzip(hex, 17, &b), "done");
    cr_expect_str_eq(kt_buf_cstr(&b), "hello hello hello");
    kt_buf_fini(&b);
    expect(hex, 16, "TOO_BIG");
    for (size_t n = 0; n < sizeof hex - 1; n += 2) {
        snprintf(cut, sizeof cut, "%.*s", (int)n, hex);
        expect(cut, 100, "COMPRESSION");
    }
    expect("0b0001000000016100", 100, "COMPRESSION");
    expect("1f8b0800000000000203cb48cdc9c957c84090008088f9e611000000", 100,
           "COMPRESSION"); /* a wrong checksum */
}

Test(gzip, members_follow_each_other_and_nothing_else_does)
{
    struct kt_buf b;

    cr_expect_str_eq(unzip(HELLO HELLO, 100, &b), "done");
    cr_expect_str_eq(kt_buf_cstr(&b), "hello hello hellohello hello hello");
    kt_buf_fini(&b);
    expect(HELLO "00", 100, "COMPRESSION");
    expect(HELLO HELLO, 33, "TOO_BIG");
}

static void round_trip(size_t n)
{
    struct kt_buf plain, packed, again;
    struct kt_err e;

    kt_buf_init(&plain, n);
    kt_buf_init(&packed, SIZE_MAX);
    kt_buf_init(&again, n);
    for (size_t i = 0; i < n; i++)
        kt_buf_put_u8(&plain, (uint8_t)(i * i >> 7));
    cr_assert(kt_gzip(kt_buf_view(&plain), &packed));
    cr_assert_eq(kt_gunzip(kt_buf_view(&packed), &again, &e), KT_DONE);
    cr_expect_eq(kt_buf_size(&again), n);
    cr_expect(kt_cur_eq(kt_buf_view(&again), kt_buf_view(&plain)));
    kt_buf_fini(&plain);
    kt_buf_fini(&packed);
    kt_buf_fini(&again);
}

Test(gzip, what_is_packed_comes_back)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 100000};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        round_trip(sizes[i]);
}

/* 64 MiB of zeros are 64 KiB on the wire. */
Test(gzip, a_bomb_is_held_to_the_limit)
{
    struct kt_buf plain, packed, out;
    struct kt_err e;

    kt_buf_init(&plain, SIZE_MAX);
    kt_buf_init(&packed, SIZE_MAX);
    kt_buf_init(&out, 100000);
    cr_assert_not_null(kt_buf_grow(&plain, 64 << 20));
    memset(plain.p, 0, 64 << 20);
    cr_assert(kt_gzip(kt_buf_view(&plain), &packed));
    cr_expect_eq(kt_gunzip(kt_buf_view(&packed), &out, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_BIG);
    cr_expect_leq(kt_buf_size(&out), 100000);
    cr_expect_leq(out.cap, 262144);
    kt_buf_fini(&plain);
    kt_buf_fini(&packed);
    kt_buf_fini(&out);
}

Test(gzip, without_memory_it_fails)
{
    struct kt_buf b;

    kt_alloc_fail_after(1);
    cr_expect_str_eq(unzip(hex, 100, &b), "NOMEM");
    cr_expect_not(kt_gzip(kt_cur_of("x", 1), &b));
    kt_alloc_fail_after(0);
    kt_buf_fini(&b);
}

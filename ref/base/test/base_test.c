/* Claims about cursors, buffers and the allocation hook.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/near.h"
#include <criterion/criterion.h>
#include <string.h>

Test(base, big_endian_round_trip)
{
    uint8_t w[8];

    kt_poke_u64(w, 0x0102030405060708);
    cr_assert_eq(w[0], 1);
    cr_assert_eq(kt_peek_u64(w), 0x0102030405060708);
    cr_assert_eq(kt_peek_u24(w), 0x010203);
    cr_assert_eq(kt_peek_u16(w + 6), 0x0708);
}

Test(base, unhex_stops_at_the_first_non_digit)
{
    uint8_t w[8];
    struct kt_cur c = kt_unhex(w, sizeof w, "00ffA-");

    cr_assert_eq(kt_cur_left(&c), 2);
    cr_assert_eq(w[1], 0xff);
}

Test(base, buf_never_holds_more_than_its_limit)
{
    struct kt_buf b;

    kt_buf_init(&b, 10);
    cr_assert(kt_buf_put(&b, "12345678", 8));
    cr_assert_not(kt_buf_put(&b, "123", 3));
    cr_assert_eq(kt_buf_size(&b), 8);
    kt_buf_eat(&b, 4);
    cr_assert(kt_buf_put(&b, "abc", 3));
    cr_assert(kt_cur_is(kt_buf_view(&b), "5678abc"));
    cr_assert_str_eq(kt_buf_cstr(&b), "5678abc");
    kt_buf_fini(&b);
}

Test(base, buf_moves_and_grows_without_losing_bytes)
{
    struct kt_buf b;
    uint32_t next = 0, want = 0;

    kt_buf_init(&b, 1 << 20);
    for (int round = 0; round < 1000; round++) {
        for (int i = 0; i < round % 50; i++)
            cr_assert(kt_buf_put_u32(&b, next++));
        while (kt_buf_size(&b) > 64) {
            cr_assert_eq(kt_peek_u32(kt_buf_view(&b).p), want++);
            kt_buf_eat(&b, 4);
        }
    }
    cr_assert(want > 20000);
    kt_buf_fini(&b);
}

Test(base, a_refused_allocation_leaves_the_buffer_as_it_was)
{
    struct kt_buf b;

    kt_buf_init(&b, 1 << 20);
    cr_assert(kt_buf_puts(&b, "kept"));
    kt_alloc_fail_after(1);
    cr_assert_null(kt_buf_grow(&b, 100000));
    kt_alloc_fail_after(0);
    cr_assert(kt_cur_is(kt_buf_view(&b), "kept"));
    kt_buf_fini(&b);
}

Test(base, every_code_has_a_name)
{
    for (int c = 0; c < KT_CODE_COUNT; c++)
        cr_assert(strlen(kt_code_name((enum kt_code)c)) > 1);
    cr_assert_str_eq(kt_code_name(KT_E_FLOW), "FLOW");
}

Test(base, near_words_are_found_and_far_ones_are_not)
{
    static const char *const words[] = {"open", "send", "recv", "half-close"};
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"opne", "open"},  {"halfclose", "half-close"},
        {"snd", "send"},   {"sned", "send"},
        {"xyz", NULL},     {"", NULL},
        {"recieve", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = kt_near(cases[i].word, words, 4);

        cr_expect(cases[i].want ? got && strcmp(got, cases[i].want) == 0 : !got,
                  "%s: got %s", cases[i].word, got ? got : "nothing");
    }
}

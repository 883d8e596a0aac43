/* Message assembly: any cut gives the same messages, and memory is bounded.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "stream/deframe.h"
#include "wire/prefix.h"
#include <criterion/criterion.h>
#include <string.h>

enum { MAX = 1000, HELD = 5000 };

static const size_t sizes[] = {0, 1, 300, 0, 0, 7, MAX};
enum { N = sizeof sizes / sizeof *sizes };

static void write_all(struct kt_buf *b)
{
    for (size_t i = 0; i < N; i++) {
        uint8_t head[KT_PREFIX_LEN];
        uint8_t body[MAX];

        memset(body, (int)('a' + i), sizeof body);
        kt_prefix_encode(head, (struct kt_prefix){.len = (uint32_t)sizes[i],
                                                  .packed = i % 2});
        must(kt_buf_put(b, head, sizeof head));
        must(kt_buf_put(b, body, sizes[i]));
    }
}

/* Take what is complete; *got counts on. */
static void take(struct kt_deframe *d, size_t *got)
{
    struct kt_message m;
    struct kt_err e;

    while (kt_deframe_next(d, &m, &e) == KT_DONE) {
        cr_assert(*got < N);
        cr_assert_eq(kt_cur_left(&m.body), sizes[*got]);
        cr_assert_eq(m.packed, *got % 2 == 1);
        for (const uint8_t *p = m.body.p; p < m.body.end; p++)
            cr_assert_eq(*p, 'a' + *got);
        ++*got;
    }
}

Test(deframe, any_cut_gives_the_same_messages)
{
    struct kt_buf bytes;

    kt_buf_init(&bytes, HELD);
    write_all(&bytes);
    for (size_t step = 1; step <= kt_buf_size(&bytes); step += step / 3 + 1) {
        struct kt_cur in = kt_buf_view(&bytes);
        struct kt_deframe d;
        struct kt_err e;
        size_t got = 0;

        kt_deframe_init(&d, MAX, HELD);
        while (kt_cur_left(&in) > 0) {
            const size_t left = kt_cur_left(&in);

            must(
                kt_deframe_put(&d, kt_cur_cut(&in, left < step ? left : step)));
            take(&d, &got);
            cr_expect_eq(kt_deframe_ready(&d), false);
        }
        cr_expect_eq(got, N, "step %zu: got %zu", step, got);
        cr_expect_eq(kt_deframe_end(&d, &e), KT_DONE);
        kt_deframe_fini(&d);
    }
    kt_buf_fini(&bytes);
}

Test(deframe, the_end_is_clean_only_between_messages)
{
    const uint8_t bytes[] = {0, 0, 0, 0, 2, 'x', 'y'};

    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct kt_deframe d;
        struct kt_message m;
        struct kt_err e;
        const bool whole = n == 0 || n == sizeof bytes;

        kt_deframe_init(&d, MAX, HELD);
        must(kt_deframe_put(&d, kt_cur_of(bytes, n)));
        cr_expect_eq(kt_deframe_ready(&d), n == sizeof bytes);
        cr_expect_eq(kt_deframe_next(&d, &m, &e),
                     n == sizeof bytes ? KT_DONE : KT_MORE);
        cr_expect_eq(kt_deframe_end(&d, &e), whole ? KT_DONE : KT_BAD, "%zu",
                     n);
        cr_expect(whole || e.code == KT_E_TRUNCATED);
        kt_deframe_fini(&d);
    }
}

Test(deframe, a_bad_prefix_stays_bad_and_costs_no_memory)
{
    const uint8_t flag[] = {2, 0, 0, 0, 0}, big[] = {0, 0xff, 0xff, 0xff, 0xff};
    struct kt_deframe d;
    struct kt_message m;
    struct kt_err e;

    kt_deframe_init(&d, MAX, HELD);
    must(kt_deframe_put(&d, kt_cur_of(flag, sizeof flag)));
    cr_expect(kt_deframe_ready(&d));
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(kt_deframe_next(&d, &m, &e), KT_BAD);
        cr_expect_eq(e.code, KT_E_PREFIX_FLAG);
    }
    kt_deframe_drop(&d);
    must(kt_deframe_put(&d, kt_cur_of(big, sizeof big)));
    cr_expect_eq(kt_deframe_next(&d, &m, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_BIG);
    cr_expect_lt(d.held.cap, 256);
    kt_deframe_fini(&d);
}

Test(deframe, what_is_held_has_a_limit_and_memory_may_fail)
{
    const uint8_t zeros[100] = {0};
    struct kt_deframe d;

    kt_deframe_init(&d, MAX, 150);
    cr_expect(kt_deframe_put(&d, kt_cur_of(zeros, 100)));
    cr_expect_not(kt_deframe_put(&d, kt_cur_of(zeros, 100)));
    cr_expect_eq(kt_deframe_size(&d), 100);
    kt_deframe_fini(&d);
    kt_alloc_fail_after(1);
    cr_expect_not(kt_deframe_put(&d, kt_cur_of(zeros, 100)));
    kt_alloc_fail_after(0);
}

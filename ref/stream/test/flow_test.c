/* Accounts of flow control: what is given back, and who is turned away.
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/flow.h"
#include <criterion/criterion.h>

/* A sender with a window of w and a message of n bytes; the reader waits from
 * the start, or never. Returns what arrives in the end. */
static size_t arrives(size_t window, size_t n, bool waiting)
{
    struct kt_credit c = {0};
    size_t got = 0;

    while (got < n && window > 0) {
        const size_t burst = window < n - got ? window : n - got;

        got += burst;
        window -= burst;
        window += kt_credit_came(&c, burst, waiting);
    }
    return got;
}

Test(flow, a_waiting_reader_never_deadlocks_and_an_absent_one_blocks)
{
    for (size_t window = 1; window < 20; window++)
        for (size_t n = 0; n < 60; n++) {
            cr_expect_eq(arrives(window, n, true), n);
            cr_expect_eq(arrives(window, n, false), n < window ? n : window);
        }
}

Test(flow, every_byte_is_given_back_once)
{
    struct kt_credit c = {0};
    size_t came = 0, took = 0, given = 0;
    unsigned seed = 1;

    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245U + 12345U;
        const unsigned what = seed >> 16 & 3;
        const size_t n = seed >> 20 & 63;

        if (what == 0) {
            given += kt_credit_wait(&c);
        } else if (what == 1 && n <= c.held) {
            given += kt_credit_took(&c, n);
            took += n;
        } else {
            given += kt_credit_came(&c, n, what == 3);
            came += n;
        }
        cr_assert(given >= took && given <= came);
        cr_assert(c.held == came - took && c.ahead == given - took);
    }
}

Test(flow, one_message_of_any_size_fits_while_quota_is_positive)
{
    struct kt_quota q = {.max = 10};

    cr_expect(kt_quota_put(&q, 9));
    cr_expect(kt_quota_put(&q, 1000)); /* one byte was free */
    cr_expect_not(kt_quota_put(&q, 0));
    cr_expect_not(kt_quota_sent(&q, 999)); /* 10 are left: still full */
    cr_expect(kt_quota_sent(&q, 1));       /* somebody waited */
    cr_expect_not(kt_quota_sent(&q, 9));   /* nobody waits any more */
    cr_expect(kt_quota_put(&q, 0));
}

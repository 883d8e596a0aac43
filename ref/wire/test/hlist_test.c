/* Claims about header lists.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

static struct kt_cur str(const char *s)
{
    return kt_cur_of(s, strlen(s));
}

static enum kt_hkind kind_of(const struct vec *v)
{
    if (strncmp(v->want, "request ", 8) == 0)
        return KT_HK_REQUEST;
    return strncmp(v->want, "response ", 9) == 0 ? KT_HK_RESPONSE
                                                 : KT_HK_TRAILERS;
}

Test(hlist, check_vectors)
{
    static struct vec v[VEC_MAX];
    static const char *const names[] = {"request", "response", "trailers"};
    const size_t n = vec_load(v, "hcheck.vec");
    struct kt_hlist h;
    struct kt_err e;
    char got[200];

    kt_hlist_init(&h, 10000, 100);
    for (size_t i = 0; i < n; i++) {
        const enum kt_hkind kind = kind_of(&v[i]);

        vec_fields(&h, v[i].arg);
        if (kt_hlist_check(&h, kind, &e) == KT_DONE) {
            snprintf(got, sizeof got, "%s DONE", names[kind]);
        } else {
            snprintf(got, sizeof got, "%s BAD %s at=%zu", names[kind],
                     kt_code_name(e.code), e.at);
            cr_expect(e.scope == KT_SCOPE_STREAM && e.rule[0] && e.detail[0]);
        }
        vec_expect(&v[i], got);
    }
    kt_hlist_fini(&h);
}

Test(hlist, order_and_duplicates_are_kept)
{
    struct kt_hlist h, copy;
    struct kt_cur v;

    kt_hlist_init(&h, 1000, 10);
    kt_hlist_init(&copy, 1000, 10);
    cr_assert(kt_hlist_puts(&h, "a", "1"));
    cr_assert(kt_hlist_puts(&h, "b", ""));
    cr_assert(kt_hlist_puts(&h, "a", "2"));
    h.v[2].index = KT_H_NEVER_INDEX;
    cr_expect_eq(kt_hlist_count(&h, "a"), 2);
    cr_expect_eq(kt_hlist_count(&h, "A"), 0);
    cr_expect(kt_hlist_get(&h, "a", 1, &v) && kt_cur_is(v, "2"));
    cr_expect_not(kt_hlist_get(&h, "a", 2, &v));
    cr_expect(kt_hlist_get(&h, "b", 0, &v) && kt_cur_left(&v) == 0);
    cr_assert(kt_hlist_puts(&copy, "gone", "x"));
    cr_assert(kt_hlist_copy(&copy, &h));
    cr_expect_eq(copy.n, 3);
    cr_expect_eq(copy.size, 3 * 32 + 3 + 2);
    cr_expect_eq(copy.v[2].index, KT_H_NEVER_INDEX);
    cr_expect(kt_cur_is(kt_hlist_name(&copy, 1), "b"));
    kt_hlist_clear(&h);
    cr_expect_eq(h.n + h.size, 0);
    kt_hlist_fini(&h);
    kt_hlist_fini(&copy);
}

Test(hlist, limits_hold_and_leave_nothing_half_added)
{
    struct kt_hlist h, small;
    struct kt_err e;

    kt_hlist_init(&h, 100, 2);
    cr_expect_eq(kt_hlist_put(&h, str("n"), str("v"), &e), KT_DONE);
    /* 34 are taken: 66 are left, of which a field costs 32. */
    cr_expect_eq(kt_hlist_put(&h, str("nnnnn"), kt_cur_of(KT_VECTORS, 30), &e),
                 KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_BIG);
    cr_expect_eq(h.n, 1);
    cr_expect_eq(h.size, 34);
    cr_expect_eq(kt_hlist_put(&h, str("nnnn"), kt_cur_of(KT_VECTORS, 30), &e),
                 KT_DONE);
    cr_expect_eq(h.size, 100);
    cr_expect_eq(kt_hlist_put(&h, str(""), str(""), &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_MANY);
    kt_hlist_init(&small, 99, 2);
    cr_assert(kt_hlist_puts(&small, "kept", ""));
    cr_expect_not(kt_hlist_copy(&small, &h));
    cr_expect_eq(small.n, 1);
    kt_hlist_fini(&small);
    kt_hlist_fini(&h);
}

static bool copy_twenty(void)
{
    struct kt_hlist h, copy;
    bool ok = true;

    kt_hlist_init(&h, 100000, 100);
    kt_hlist_init(&copy, 100000, 100);
    for (int i = 0; ok && i < 20; i++)
        ok = kt_hlist_puts(&h, "some-name", "some value of some length");
    cr_expect(ok || h.size == h.n * (32 + 9 + 25));
    ok = ok && kt_hlist_copy(&copy, &h);
    cr_expect(ok ? copy.n == 20 : copy.n == 0);
    kt_hlist_fini(&h);
    kt_hlist_fini(&copy);
    return ok;
}

Test(hlist, out_of_memory_is_said)
{
    vec_sweep(copy_twenty);
}

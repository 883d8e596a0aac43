/* Claims about the message prefix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "vec.h"
#include "wire/prefix.h"

static void decode(char *got, size_t cap, struct kt_cur in)
{
    const uint8_t *start = in.p;
    struct kt_prefix p = {77, true};
    struct kt_err e;
    const enum kt_step s = kt_prefix_decode(&in, 16, &p, &e);
    char body[120] = "MORE";

    if (s == KT_DONE)
        snprintf(body, sizeof body, "DONE");
    else
        cr_expect(p.len == 77 && p.packed, "the output was touched");
    if (s == KT_BAD)
        vec_bad(body, sizeof body, &e);
    snprintf(got, cap, "%s used=%zu", body, (size_t)(in.p - start));
    if (s == KT_DONE)
        snprintf(got + strlen(got), cap - strlen(got), " len=%u packed=%d",
                 p.len, p.packed);
}

Test(prefix, golden_vectors_and_their_prefixes)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "prefix.vec");
    uint8_t raw[64];
    char got[200];

    for (size_t i = 0; i < n; i++) {
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);

        decode(got, sizeof got, in);
        vec_expect(&v[i], got);
        for (size_t k = 0; k < kt_cur_left(&in) && k < KT_PREFIX_LEN; k++) {
            decode(got, sizeof got, kt_cur_of(in.p, k));
            cr_expect_str_eq(got, "MORE used=0", "%s cut to %zu: %s", v[i].name,
                             k, got);
        }
    }
}

Test(prefix, what_is_written_is_read)
{
    static const uint32_t lens[] = {0,     1,        255,       256,
                                    65536, 1u << 31, UINT32_MAX};

    for (size_t i = 0; i < 2 * sizeof lens / sizeof *lens; i++) {
        const struct kt_prefix want = {lens[i / 2], i % 2};
        uint8_t w[KT_PREFIX_LEN];
        struct kt_prefix got;
        struct kt_err e;

        cr_expect_eq(kt_prefix_encode(w, want), 5);
        struct kt_cur in = kt_cur_of(w, sizeof w);
        cr_expect_eq(kt_prefix_decode(&in, UINT32_MAX, &got, &e), KT_DONE);
        cr_expect(got.len == want.len && got.packed == want.packed);
    }
}

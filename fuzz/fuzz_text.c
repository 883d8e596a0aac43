/* Fuzz kt_pct_decode, kt_b64_decode, kt_timeout_decode, kt_meta_from_header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kt_cur in = {data, data + size};
    enum kt_meta_kind kind = KT_META_TRANSIENT;
    struct kt_buf a = {.limit = 1 << 24}, b = a, c = a;
    struct kt_err e;
    uint64_t ns, again = 0;
    char text[10];

    /* The encoder's form is a fixed point. */
    must(kt_pct_encode(&a, in) && kt_pct_decode(&b, kt_buf_view(&a)));
    must(kt_pct_encode(&c, kt_buf_view(&b)));
    must(kt_cur_eq(kt_buf_view(&a), kt_buf_view(&c)));
    kt_buf_clear(&a);
    kt_buf_clear(&b);
    if (kt_b64_decode(&b, in, &e) == KT_DONE)
        must(kt_b64_encode(&a, kt_buf_view(&b)) && kt_buf_size(&a) <= size);
    else
        must(kt_buf_size(&b) == 0 && e.at <= size);
    if (kt_timeout_decode(in, &ns, &e) == KT_DONE) {
        const size_t n = kt_timeout_encode(text, ns);
        must(n <= 9 && kt_timeout_decode(kt_cur_of(text, n), &again, &e) == 0);
        must(again >= ns);
    }
    if (kt_meta_from_header(in, &kind, &b))
        must(kt_buf_size(&b) + 12 == size);
    kt_buf_fini(&a);
    kt_buf_fini(&b);
    kt_buf_fini(&c);
    return 0;
}

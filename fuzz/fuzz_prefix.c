/* Fuzz kt_prefix_decode.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/prefix.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_cur in = {data, data + size};
    struct kt_prefix p;
    struct kt_err e;
    uint8_t again[KT_PREFIX_LEN];

    switch (kt_prefix_decode(&in, UINT32_MAX, &p, &e)) {
    case KT_DONE: /* what was read is written back byte for byte */
        must(in.p == data + kt_prefix_encode(again, p));
        must(memcmp(again, data, sizeof again) == 0);
        break;
    case KT_MORE: /* only for want of bytes, and then nothing moved */
        must(size < KT_PREFIX_LEN && in.p == data);
        break;
    case KT_BAD: /* names its rule, points inside the input, moved nothing */
        must(in.p == data && e.at < size && e.rule[0] != '\0');
    }
    return 0;
}

/* Fuzz kt_tskip, and with it every reader of Thrift Binary.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/tbin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kt_tlimits limits = {1000, 1000, 20};
    struct kt_cur in = {data, data + size};
    struct kt_err e, e2;

    if (size == 0)
        return 0;

    const enum kt_ttype type = (enum kt_ttype)(*in.p++ % 18);
    const uint8_t *start = in.p;
    const enum kt_step s = kt_tskip(&in, type, &limits, &e);
    struct kt_cur again = {start, s == KT_DONE ? in.p : data + size};

    must(s == KT_DONE || in.p == start);
    must(s != KT_BAD || e.at <= size);
    if (s != KT_DONE)
        return 0;
    /* A value is skipped alike without what follows, and never without its
     * last byte. */
    must(kt_tskip(&again, type, &limits, &e2) == KT_DONE && again.p == in.p);
    again = (struct kt_cur){start, in.p - 1};
    must(kt_tskip(&again, type, &limits, &e2) == KT_MORE && again.p == start);
    return 0;
}

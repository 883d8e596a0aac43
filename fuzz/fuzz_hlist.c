/* Fuzz kt_hlist_put and kt_hlist_check: a byte of kind, then lines of
 * "name=value", ended by '\n'.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/hlist.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_cur in = {data, data + size};
    struct kt_hlist h, copy;
    struct kt_err e = {0}, e2 = {0};

    if (size == 0)
        return 0;
    const enum kt_hkind kind = (enum kt_hkind)(*in.p++ % 3);
    kt_hlist_init(&h, 2000, 20);
    kt_hlist_init(&copy, 2000, 20);
    while (kt_cur_left(&in) > 0) {
        const uint8_t *nl = memchr(in.p, '\n', kt_cur_left(&in));
        struct kt_cur line =
            kt_cur_cut(&in, (size_t)((nl ? nl : in.end) - in.p));
        const uint8_t *eq =
            line.p < line.end ? memchr(line.p, '=', kt_cur_left(&line)) : NULL;
        const struct kt_cur name = {line.p, eq ? eq : line.end};

        in.p += nl != NULL;
        line.p = eq ? eq + 1 : line.end;
        (void)kt_hlist_put(&h, name, line, &e);
    }
    must(h.n <= 20 && h.size <= 2000 && kt_hlist_copy(&copy, &h));
    const enum kt_step s = kt_hlist_check(&h, kind, &e);
    must(kt_hlist_check(&copy, kind, &e2) == s && copy.size == h.size);
    must(s == KT_DONE || (e.at == e2.at && e.at <= h.n && e.detail[0]));
    kt_hlist_fini(&h);
    kt_hlist_fini(&copy);
    return 0;
}

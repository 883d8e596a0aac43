/* Fuzz kt_status_read: a value a line, in the order of names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/status.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"grpc-status", "grpc-message",
                                        "biz-status", "biz-extra"};
    struct kt_cur in = {data, data + size};
    struct kt_hlist h, again;
    struct kt_status s, t;
    struct kt_err e;

    kt_hlist_init(&h, 1 << 20, 4);
    kt_hlist_init(&again, 10 << 20, 4);
    kt_status_init(&s);
    kt_status_init(&t);
    for (size_t i = 0; i < 4 && kt_cur_left(&in) > 0; i++) {
        const uint8_t *nl = memchr(in.p, '\n', kt_cur_left(&in));
        const struct kt_cur v =
            kt_cur_cut(&in, (size_t)((nl ? nl : in.end) - in.p));

        in.p += nl != NULL;
        (void)kt_hlist_put(&h, kt_cur_of(names[i], strlen(names[i])), v, &e);
    }
    if (kt_status_read(&s, &h, &e) == KT_DONE) { /* written and read again */
        must(!s.has_biz || s.code != KT_GRPC_OK);
        must(kt_status_write(&s, &again) &&
             kt_status_read(&t, &again, &e) == KT_DONE && t.code == s.code);
        must(t.has_biz == s.has_biz && t.biz_code == s.biz_code);
    }
    kt_status_fini(&s);
    kt_status_fini(&t);
    kt_hlist_fini(&h);
    kt_hlist_fini(&again);
    return 0;
}

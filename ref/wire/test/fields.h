/* Header lists as the argument of a vector: "name=value|name=value", %XX for
 * odd bytes, "-" for none.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "vec.h"
#include "wire/hlist.h"
#include "wire/text.h"

static inline void vec_fields(struct kt_hlist *h, const char *text)
{
    struct kt_buf name, value;
    struct kt_err e;

    kt_buf_init(&name, 200);
    kt_buf_init(&value, 200);
    kt_hlist_clear(h);
    while (strcmp(text, "-") != 0 && *text != '\0') {
        const size_t nn = strcspn(text, "=");
        must(text[nn] == '=');
        const size_t vn = strcspn(text + nn + 1, "|");

        kt_buf_clear(&name);
        kt_buf_clear(&value);
        must(kt_pct_decode(&name, kt_cur_of(text, nn)));
        must(kt_pct_decode(&value, kt_cur_of(text + nn + 1, vn)));
        must(kt_hlist_put(h, kt_buf_view(&name), kt_buf_view(&value), &e) ==
             KT_DONE);
        text += nn + 1 + vn;
        text += *text == '|';
    }
    kt_buf_fini(&name);
    kt_buf_fini(&value);
}

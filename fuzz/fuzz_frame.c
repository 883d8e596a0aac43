/* Fuzz kt_frame_decode: frame after frame, as a connection reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only padding bytes and reserved bits may differ. */
static void rebuild(const struct kt_frame_rec *f)
{
    struct kt_frame_rec g = {.head = f->head};
    struct kt_buf b;
    struct kt_err e;

    kt_buf_init(&b, 1 << 20);
    must(kt_frame_put_payload(&b, f) && kt_buf_size(&b) == f->head.length);
    g.payload = kt_buf_view(&b);
    must(kt_frame_read(&g, &e) == KT_DONE && kt_cur_eq(g.body, f->body));
    must(g.code == f->code && g.last == f->last && g.pad == f->pad &&
         g.increment == f->increment && g.promised == f->promised);
    kt_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_cur in = {data, data + size};
    struct kt_frame_rec f;
    struct kt_err e;

    for (const uint8_t *at = in.p;; at = in.p) {
        const enum kt_step s = kt_frame_decode(&in, 16384, &f, &e);

        must(in.p == at || in.p == at + KT_FRAME_HEAD + f.head.length);
        must(s != KT_DONE || (in.p > at && f.body.end <= in.p));
        if (s == KT_DONE)
            rebuild(&f);
        if (in.p == at)
            return 0;
    }
}

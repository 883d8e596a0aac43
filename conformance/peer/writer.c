/* Wire lines to bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/writer_inner.h"
#include "base/alloc.h"
#include "base/must.h"
#include "wire/prefix.h"
#include <string.h>

void kt_written_init(struct kt_written *w)
{
    *w = (struct kt_written){.repeat = 1};
    kt_buf_init(&w->bytes, SIZE_MAX);
}

void kt_written_fini(struct kt_written *w)
{
    kt_buf_fini(&w->bytes);
    kt_free(w->cuts);
    kt_written_init(w);
}

/* Growing stops at doublings only, since "each" makes one cut a byte. */
void kt_written_cut(struct kt_written *w, size_t at)
{
    if (at == 0 || at >= kt_buf_size(&w->bytes) ||
        (w->ncuts > 0 && at <= w->cuts[w->ncuts - 1]))
        return;
    if ((w->ncuts & (w->ncuts - 1)) == 0)
        w->cuts = kt_xrealloc(w->cuts,
                              (w->ncuts ? 2 * w->ncuts : 1) * sizeof *w->cuts);
    w->cuts[w->ncuts++] = at;
}

void kt_write_frame(struct kt_written *ret, struct kt_fhead head,
                    struct kt_cur payload)
{
    uint8_t bytes[KT_FRAME_HEAD];

    kt_fhead_encode(bytes, head);
    must(kt_buf_put(&ret->bytes, bytes, sizeof bytes) &&
         kt_buf_put(&ret->bytes, payload.p, kt_cur_left(&payload)));
}

/* --- messages --- */

static void part_of(const struct kt_wire *w, struct kt_buf *b, size_t from)
{
    const size_t size = kt_buf_size(b) - from;
    const size_t lo = w->part_lo < size ? (size_t)w->part_lo : size;
    const size_t hi = w->part_hi < size ? (size_t)w->part_hi : size;
    uint8_t *p = b->p + b->start + from;

    if (hi > lo)
        memmove(p, p + lo, hi - lo);
    b->len -= size - (hi > lo ? hi - lo : 0);
}

void kt_write_message(const struct kt_wire *w, const struct kt_write_how *how,
                      struct kt_buf *dst)
{
    const size_t from = kt_buf_size(dst);
    struct kt_cur payload = how->payload;
    uint8_t head[KT_PREFIX_LEN];
    struct kt_wopts o;

    kt_wopts_read(w, how, &o);
    if (o.has_payload)
        payload = o.payload;
    kt_prefix_encode(
        head,
        (struct kt_prefix){
            .len = o.has_length ? o.length : (uint32_t)kt_cur_left(&payload),
            .packed = o.has_compressed ? o.compressed : how->packed,
        });
    must(kt_buf_put(dst, head, sizeof head) &&
         kt_buf_put(dst, payload.p, kt_cur_left(&payload)));
    if (w && w->has_part)
        part_of(w, dst, from);
}

size_t kt_write_piece_end(const struct kt_wire *w, size_t lo, size_t size,
                          size_t max_frame)
{
    size_t hi = size - lo > max_frame ? lo + max_frame : size;

    if (w == NULL || w->cut != KT_CUT_FRAME)
        return hi;
    if (w->cut_each)
        return lo + 1 < hi ? lo + 1 : hi;
    for (size_t i = 0; i < w->ncuts; i++)
        if (w->cuts[i] > lo && w->cuts[i] < hi)
            hi = w->cuts[i];
    return hi;
}

/* Ends of segments, where the line counts them in bytes of the message. The
 * piece begins at offset from, its first byte of the message at offset at. */
static void cut_segments(struct kt_written *ret, const struct kt_data_piece *p,
                         size_t from, size_t at)
{
    const struct kt_wire *w = p->w;

    if (w == NULL || w->cut != KT_CUT_SEGMENT)
        return;
    for (size_t i = from; w->cut_each && i < kt_buf_size(&ret->bytes); i++)
        kt_written_cut(ret, i);
    for (size_t i = 0; !w->cut_each && i < w->ncuts; i++) {
        if (w->cuts[i] == p->lo)
            kt_written_cut(ret, from);
        if (w->cuts[i] > p->lo && w->cuts[i] < p->hi)
            kt_written_cut(ret, at + w->cuts[i] - p->lo);
    }
}

void kt_write_piece(struct kt_written *ret, const struct kt_data_piece *p)
{
    const struct kt_wopts *o = p->o;
    const size_t from = kt_buf_size(&ret->bytes);
    struct kt_buf payload = {.limit = SIZE_MAX};
    struct kt_frame_rec f = {
        .head = {.type = KT_FT_DATA,
                 .reserved = o->reserved,
                 .stream = o->stream},
        .pad = o->pad,
    };

    if (p->hi > p->lo)
        f.body = kt_cur_of(p->bytes.p + p->lo, p->hi - p->lo);
    f.head.flags = (uint8_t)((p->end_stream ? KT_FF_END_STREAM : 0) |
                             (o->has_pad ? KT_FF_PADDED : 0));
    must(kt_frame_put_payload(&payload, &f));
    if (p->last)
        f.head.flags = (uint8_t)((f.head.flags | o->flags_on) & ~o->flags_off);
    f.head.length = (uint32_t)kt_buf_size(&payload);
    kt_write_frame(ret, f.head, kt_buf_view(&payload));
    kt_buf_fini(&payload);
    cut_segments(ret, p, from, from + KT_FRAME_HEAD + o->has_pad);
}

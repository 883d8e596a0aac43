/* Header blocks as frames.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/writer_inner.h"
#include "base/must.h"

void kt_write_zeros(struct kt_buf *b, size_t n)
{
    static const uint8_t zeros[KT_FRAME_MAX_DEFAULT];

    while (n > 0) {
        const size_t one = n < sizeof zeros ? n : sizeof zeros;

        must(kt_buf_put(b, zeros, one));
        n -= one;
    }
}

static void resize(struct kt_buf *b, size_t n)
{
    const size_t have = kt_buf_size(b);

    if (have > n)
        b->len -= have - n;
    else
        kt_write_zeros(b, n - have);
}

void kt_write_payload(struct kt_written *ret, const struct kt_wopts *o,
                      struct kt_fhead head, bool exact, struct kt_buf *b)
{
    head.flags = (uint8_t)((head.flags | o->flags_on) & ~o->flags_off);
    head.reserved = o->reserved;
    head.stream = o->stream;
    if (o->has_payload) {
        kt_buf_clear(b);
        must(kt_buf_put(b, o->payload.p, kt_cur_left(&o->payload)));
        exact = true;
    }
    if (o->has_length && !exact)
        resize(b, o->length & 0xffffff);
    head.length =
        o->has_length ? o->length & 0xffffff : (uint32_t)kt_buf_size(b);
    kt_write_frame(ret, head, kt_buf_view(b));
    kt_buf_fini(b);
}

static bool gives_headers(const struct kt_wire *w)
{
    for (size_t i = 0; i < w->fields.n; i++)
        if (kt_wopts_is_header(w, &w->fields.v[i]))
            return true;
    return false;
}

void kt_write_list(const struct kt_wire *w, const struct kt_hlist *canon,
                   struct kt_hlist *ret)
{
    kt_hlist_init(ret, UINT32_MAX, SIZE_MAX);
    if (canon &&
        (w == NULL || w->frame == KT_F_headers || w->frame == KT_F_trailers ||
         (w->frame == KT_F_HEADERS && !gives_headers(w))))
        must(kt_hlist_copy(ret, canon));
    if (w)
        kt_write_override(ret, w);
}

/* Padding, priority and END_STREAM stand on the first frame, END_HEADERS on the
 * last. The flags of the line are put on the frame that has them. */
static void first_piece(struct kt_written *ret,
                        const struct kt_block_want *want,
                        struct kt_frame_rec *f)
{
    const uint8_t on = want->o->flags_on & (uint8_t)~KT_FF_END_HEADERS;
    struct kt_buf b = {.limit = SIZE_MAX};

    f->head.flags |= on;
    f->head.flags &= (uint8_t)~want->o->flags_off;
    must(kt_frame_put_payload(&b, f));
    f->head.length = (uint32_t)kt_buf_size(&b);
    kt_write_frame(ret, f->head, kt_buf_view(&b));
    kt_buf_fini(&b);
}

static void more_piece(struct kt_written *ret, const struct kt_block_want *want,
                       struct kt_cur part, bool last)
{
    struct kt_fhead head = {
        .length = (uint32_t)kt_cur_left(&part),
        .type = KT_FT_CONTINUATION,
        .reserved = want->o->reserved,
        .stream = want->o->stream,
    };

    if (last && !(want->o->flags_off & KT_FF_END_HEADERS))
        head.flags = KT_FF_END_HEADERS;
    kt_write_frame(ret, head, part);
}

static void pieces(struct kt_written *ret, const struct kt_block_want *want,
                   struct kt_frame_rec *f, struct kt_cur all)
{
    const size_t size = kt_cur_left(&all);
    size_t lo = kt_write_piece_end(want->w, 0, size, want->max_frame);

    f->body = kt_cur_of(all.p, lo);
    if (lo == size) { /* all in one: length= and payload= count */
        struct kt_buf b = {.limit = SIZE_MAX};

        f->head.flags |= KT_FF_END_HEADERS;
        must(kt_frame_put_payload(&b, f));
        kt_write_payload(ret, want->o, f->head, false, &b);
        return;
    }
    first_piece(ret, want, f);
    while (lo < size) {
        const size_t hi =
            kt_write_piece_end(want->w, lo, size, want->max_frame);

        more_piece(ret, want, kt_cur_of(all.p + lo, hi - lo), hi == size);
        lo = hi;
    }
}

void kt_write_block(struct kt_written *ret, const struct kt_block_want *want,
                    struct kt_deflate *d)
{
    const struct kt_wopts *o = want->o;
    /* What is repeated must not depend on what came before it. */
    struct kt_hpack_how how = {.mode = want->w && want->w->repeat > 1
                                           ? KT_HP_NO_HUFFMAN
                                           : KT_HP_NORMAL};
    struct kt_buf b = {.limit = SIZE_MAX};
    struct kt_frame_rec f = {
        .head = {.type = want->type,
                 .flags = (uint8_t)((want->end_stream ? KT_FF_END_STREAM : 0) |
                                    (o->has_pad ? KT_FF_PADDED : 0) |
                                    (o->has_priority ? KT_FF_PRIORITY : 0)),
                 .reserved = o->reserved,
                 .stream = o->stream},
        .pad = o->pad,
        .promised = o->promised,
        .depends = o->depends,
        .exclusive = o->exclusive,
        .weight = o->weight,
    };

    if (o->has_hpack)
        how = o->hpack;
    kt_deflate_block(d, want->list, &how, &b);
    pieces(ret, want, &f, kt_buf_view(&b));
    if (o->flags_off & KT_FF_END_HEADERS) /* who knows how it goes on */
        kt_deflate_forget(d);
    kt_buf_fini(&b);
}

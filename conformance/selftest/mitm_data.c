/* The man in the middle: DATA to messages.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/inner.h"
#include "wire/prefix.h"

/* Bytes as DATA frames; the last ends the stream if the unit says so. */
static void put_data(struct kt_buf *wire, const struct kt_unit *u,
                     struct kt_cur bytes, bool end)
{
    const size_t cut = u->cut ? u->cut : KT_FRAME_MAX_DEFAULT;
    struct kt_fhead h = {.type = KT_FT_DATA, .stream = u->head.stream};

    if (bytes.p == bytes.end && !end)
        return;
    do {
        const size_t left = kt_cur_left(&bytes);
        const struct kt_cur piece = kt_cur_cut(&bytes, left < cut ? left : cut);
        uint8_t head[KT_FRAME_HEAD];

        if (bytes.p == bytes.end && end)
            h.flags = KT_FF_END_STREAM;
        h.length = (uint32_t)kt_cur_left(&piece);
        kt_fhead_encode(head, h);
        must(kt_buf_put(wire, head, sizeof head) &&
             kt_buf_put(wire, piece.p, h.length));
    } while (bytes.p < bytes.end);
}

/* What the unit holds, as often as it says; an end of the stream once. */
static void emit_data(struct kt_unit *u)
{
    const bool end = u->head.flags & KT_FF_END_STREAM;
    struct kt_buf wire;

    kt_buf_init(&wire, KT_MITM_BUF);
    for (unsigned i = 0; i < u->times; i++)
        put_data(&wire, u, kt_buf_view(u->bytes), end && i + 1 == u->times);
    if (u->times == 0)
        put_data(&wire, u, (struct kt_cur){0}, end);
    kt_unit_emit(u, kt_buf_view(&wire));
    kt_buf_fini(&wire);
}

static void to_seam(struct kt_mitm *m, enum kt_way way, struct kt_mstream *s,
                    enum kt_seam seam, struct kt_cur bytes, bool end)
{
    struct kt_fhead head = {.type = KT_FT_DATA, .stream = s->id};
    struct kt_buf b;
    struct kt_unit u;

    head.flags = end ? KT_FF_END_STREAM : 0;
    kt_buf_init(&b, KT_MITM_BUF);
    must(kt_buf_put(&b, bytes.p, kt_cur_left(&bytes)));
    kt_unit_init(&u, m, way, seam, s, head);
    u.nth = s->messages[way];
    u.bytes = &b;
    kt_unit_run(&u);
    emit_data(&u);
    if (seam == KT_SEAM_MESSAGE)
        s->messages[way]++;
    kt_buf_fini(&b);
}

static void pass(struct kt_mitm *m, enum kt_way way, struct kt_mstream *s,
                 struct kt_cur bytes, bool end)
{
    struct kt_buf wire;
    struct kt_unit u;

    kt_buf_init(&wire, KT_MITM_BUF);
    kt_unit_init(&u, m, way, KT_SEAM_MESSAGE, s,
                 (struct kt_fhead){.type = KT_FT_DATA, .stream = s->id});
    put_data(&wire, &u, bytes, end);
    kt_unit_emit(&u, kt_buf_view(&wire));
    kt_buf_fini(&wire);
}

static size_t smaller(size_t a, uint64_t b)
{
    return a < b ? a : (size_t)b;
}

/* One step through what is gathered; false when more bytes are needed. */
static bool one(struct kt_mitm *m, enum kt_way way, struct kt_mstream *s,
                bool end)
{
    struct kt_cur in = kt_buf_view(&s->part[way]);
    const size_t left = kt_cur_left(&in);

    if (s->through[way] && left) {
        const size_t n = smaller(left, s->through[way]);

        s->through[way] -= n;
        pass(m, way, s, kt_cur_cut(&in, n), end && n == left);
        kt_buf_eat(&s->part[way], n);
        return n < left;
    }
    if (left < KT_PREFIX_LEN)
        return false;

    const uint64_t n = KT_PREFIX_LEN + (uint64_t)kt_peek_u32(in.p + 1);

    if (n > KT_MITM_HOLD) {
        s->through[way] = n;
        return true;
    }
    if (left < n)
        return false;
    to_seam(m, way, s, KT_SEAM_MESSAGE, kt_cur_cut(&in, (size_t)n),
            end && left == n);
    kt_buf_eat(&s->part[way], (size_t)n);
    return left > n;
}

void kt_mitm_data(struct kt_mitm *m, enum kt_way way, struct kt_mstream *s,
                  const struct kt_frame_rec *f)
{
    const bool end = f->head.flags & KT_FF_END_STREAM;
    const bool empty = kt_cur_left(&f->body) == 0;
    const bool idle = kt_buf_size(&s->part[way]) == 0;

    must(kt_buf_put(&s->part[way], f->body.p, kt_cur_left(&f->body)));
    while (one(m, way, s, end))
        ;

    const struct kt_cur rest = kt_buf_view(&s->part[way]);

    if (end && kt_cur_left(&rest)) {
        to_seam(m, way, s, KT_SEAM_REST, rest, true);
        kt_buf_clear(&s->part[way]);
    } else if (empty && idle) {
        pass(m, way, s, rest, end);
    }
}

/* The man in the middle: header blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/inner.h"
#include <string.h>

static void note_request(struct kt_mstream *s, const struct kt_hlist *list)
{
    struct kt_cur v;

    if (kt_hlist_get(list, ":path", 0, &v)) {
        const size_t n = kt_cur_left(&v);
        const size_t max = sizeof s->path - 1;

        memcpy(s->path, v.p, n < max ? n : max);
    }
    if (kt_hlist_get(list, "grpc-timeout", 0, &v))
        s->timed = true;
}

/* Table size updates stand at the beginning of a block; the reader waits for
 * them. RFC 7541 4.2. */
static void copy_updates(struct kt_buf *dst, struct kt_cur block)
{
    while (block.p < block.end && (*block.p & 0xe0) == 0x20) {
        const bool more = (*block.p & 0x1f) == 0x1f;

        must(kt_buf_put_u8(dst, *block.p++));
        if (!more)
            continue;
        while (block.p < block.end && (*block.p & 0x80))
            must(kt_buf_put_u8(dst, *block.p++));
        if (block.p < block.end)
            must(kt_buf_put_u8(dst, *block.p++));
    }
}

/* What stands around the fragment of HEADERS: padding, priority. */
static void put_first(struct kt_buf *wire, const struct kt_unit *u,
                      struct kt_fhead h, struct kt_cur piece)
{
    struct kt_frame_rec f = {.head = h, .pad = u->pad, .body = piece};
    struct kt_buf payload;
    uint8_t head[KT_FRAME_HEAD];

    kt_buf_init(&payload, 2 * KT_MITM_BLOCK);
    f.weight = 16;
    f.head.flags |= (uint8_t)((u->pad ? KT_FF_PADDED : 0) |
                              (u->priority ? KT_FF_PRIORITY : 0));
    must(kt_frame_put_payload(&payload, &f));
    f.head.length = (uint32_t)kt_buf_size(&payload);
    kt_fhead_encode(head, f.head);
    f.payload = kt_buf_view(&payload);
    must(kt_buf_put(wire, head, sizeof head) &&
         kt_buf_put(wire, f.payload.p, f.head.length));
    kt_buf_fini(&payload);
}

/* As HEADERS and as many CONTINUATION as it takes. */
static void put_block(struct kt_buf *wire, const struct kt_unit *u,
                      struct kt_cur block)
{
    const size_t most = KT_FRAME_MAX_DEFAULT - (u->pad ? u->pad + 1u : 0u) -
                        (u->priority ? 5u : 0u);
    const size_t cut = u->cut ? u->cut : most;
    struct kt_fhead h = {.type = KT_FT_HEADERS, .stream = u->head.stream};

    h.flags = u->head.flags & KT_FF_END_STREAM;
    do {
        const size_t left = kt_cur_left(&block);
        const struct kt_cur piece = kt_cur_cut(&block, left < cut ? left : cut);

        if (block.p == block.end)
            h.flags |= KT_FF_END_HEADERS;
        if (h.type == KT_FT_HEADERS)
            put_first(wire, u, h, piece);
        else
            kt_mitm_put_to(wire, h, piece);
        h = (struct kt_fhead){.type = KT_FT_CONTINUATION, .stream = h.stream};
    } while (block.p < block.end);
}

static void emit_fields(struct kt_unit *u, struct kt_cur block)
{
    struct kt_buf anew, wire;

    kt_buf_init(&anew, 2 * KT_MITM_BLOCK);
    kt_buf_init(&wire, 4 * KT_MITM_BLOCK);
    copy_updates(&anew, block);
    for (const char *p = u->lead; p && *p; p += 2)
        must(kt_buf_put_u8(
            &anew, (uint8_t)(kt_hex_digit(p[0]) << 4 | kt_hex_digit(p[1]))));
    must(kt_hpack_literal(&anew, u->list));
    for (unsigned i = 0; i < u->times; i++)
        put_block(&wire, u, kt_buf_view(&anew));
    kt_unit_emit(u, kt_buf_view(&wire));
    kt_buf_fini(&anew);
    kt_buf_fini(&wire);
}

static void emit_raw(struct kt_unit *u)
{
    struct kt_mitm_way *w = &u->mitm->way[u->way];

    kt_unit_emit(u, u->times ? kt_buf_view(&w->raw) : (struct kt_cur){0});
}

static void to_fields_seam(struct kt_unit *u, struct kt_hlist *list)
{
    struct kt_mitm *m = u->mitm;
    struct kt_mitm_way *w = &m->way[u->way];
    struct kt_mstream *s = u->s;
    const bool ends = u->head.flags & KT_FF_END_STREAM;

    u->list = list;
    u->nth = s->blocks[u->way];
    u->response = kt_hlist_count(list, ":status") > 0;
    u->trailers = !u->request && ends;
    if (u->request)
        note_request(s, list);
    kt_unit_run(u);
    if (s->swallow[u->way])
        ;
    else if (kt_mitm_is_at(m, u->way, KT_SEAM_FIELDS))
        emit_fields(u, kt_buf_view(&w->block));
    else
        emit_raw(u);
    s->blocks[u->way]++;
    if (ends)
        s->ended[u->way] = true;
}

/* A block that cannot be decoded: none that follows can. */
static void to_broken_seam(struct kt_unit *u)
{
    struct kt_mitm_way *w = &u->mitm->way[u->way];

    u->seam = KT_SEAM_BROKEN;
    u->bytes = &w->block;
    kt_unit_run(u);
    emit_raw(u);
    w->blind = true;
}

static void on_block(struct kt_mitm *m, enum kt_way way)
{
    struct kt_mitm_way *w = &m->way[way];
    struct kt_mstream *s = kt_mitm_stream(m, w->block_head.stream);
    struct kt_hlist list;
    struct kt_unit u;
    struct kt_err e;

    kt_hlist_init(&list, KT_MITM_BLOCK, KT_MITM_FIELDS);
    kt_unit_init(&u, m, way, KT_SEAM_FIELDS, s, w->block_head);
    u.fragments = w->fragments;
    if (!s ||
        kt_inflate_block(w->z, kt_buf_view(&w->block), &list, &e) != KT_DONE)
        to_broken_seam(&u);
    else
        to_fields_seam(&u, &list);
    kt_hlist_fini(&list);
}

void kt_mitm_block(struct kt_mitm *m, enum kt_way way,
                   const struct kt_frame_rec *f, struct kt_cur raw)
{
    struct kt_mitm_way *w = &m->way[way];

    if (f->head.type == KT_FT_HEADERS) {
        w->block_head = f->head;
        w->fragments = 0;
        kt_buf_clear(&w->block);
    }
    w->fragments++;
    if (!kt_buf_put(&w->block, f->body.p, kt_cur_left(&f->body)) ||
        !kt_buf_put(&w->raw, raw.p, kt_cur_left(&raw))) {
        const struct kt_cur held = kt_buf_view(&w->raw);

        must(kt_buf_put(&w->out, held.p, kt_cur_left(&held)) &&
             kt_buf_put(&w->out, raw.p, kt_cur_left(&raw)));
        kt_buf_clear(&w->raw);
        w->blind = true;
        return;
    }
    if (!(f->head.flags & KT_FF_END_HEADERS))
        return;
    on_block(m, way);
    kt_buf_clear(&w->raw);
    kt_buf_clear(&w->block);
}

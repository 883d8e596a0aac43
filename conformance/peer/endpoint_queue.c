/* Streams of the endpoint: what is queued behind the SUT's windows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/endpoint_inner.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

static void item_free(struct kt_ep_item *it)
{
    kt_free(it->wire.cuts);
    kt_buf_fini(&it->bytes);
    kt_hlist_fini(&it->list);
    kt_free(it);
}

void kt_ep_drop(struct kt_endpoint *ep, struct kt_ep_stream *s)
{
    ep->waiting -= s->first != NULL;
    while (s->first) {
        struct kt_ep_item *it = s->first;

        s->first = it->next;
        item_free(it);
    }
    s->last = NULL;
}

/* --- put --- */

static bool is_gone(const struct kt_endpoint *ep, const struct kt_ep_stream *s)
{
    return ep->shut || s->closing || s->ended || s->reset || s->sut_reset;
}

/* What the line says of cuts, flags and padding, kept. */
static void keep_line(struct kt_ep_item *it, const struct kt_wire *over,
                      const struct kt_write_how *how)
{
    kt_wopts_read(over, how, &it->o);
    it->o.data = it->o.payload = (struct kt_cur){0};
    it->o.has_data = it->o.has_payload = it->o.has_length = false;
    it->wire.repeat = 1;
    if (over == NULL)
        return;
    it->wire.cut = over->cut;
    it->wire.cut_each = over->cut_each;
    it->wire.ncuts = over->ncuts;
    it->wire.cuts = kt_xalloc((over->ncuts + 1) * sizeof *over->cuts);
    if (over->ncuts > 0)
        memcpy(it->wire.cuts, over->cuts, over->ncuts * sizeof *over->cuts);
}

static struct kt_ep_item *item_new(const struct kt_wire *over,
                                   const struct kt_write_how *how)
{
    struct kt_ep_item *it = kt_xalloc(sizeof *it);

    kt_buf_init(&it->bytes, SIZE_MAX);
    kt_hlist_init(&it->list, UINT32_MAX, SIZE_MAX);
    keep_line(it, over, how);
    return it;
}

static void queue(struct kt_endpoint *ep, struct kt_ep_stream *s,
                  struct kt_ep_item *it)
{
    ep->waiting += s->first == NULL;
    if (s->last)
        s->last->next = it;
    else
        s->first = it;
    s->last = it;
    s->closing = s->closing || it->end_stream;
    kt_ep_pump(ep);
}

static struct kt_write_how how_of(const struct kt_write_how *how,
                                  uint32_t stream)
{
    struct kt_write_how full = {0};

    if (how)
        full = *how;
    full.stream = stream;
    return full;
}

/* data= of a DATA line that narrows something. */
static bool put_data(const struct kt_wire *over, struct kt_buf *dst)
{
    static const struct kt_write_how nothing;
    struct kt_wopts o;

    if (over == NULL || over->frame != KT_F_DATA)
        return false;
    kt_wopts_read(over, &nothing, &o);
    if (o.has_data)
        must(kt_buf_put(dst, o.data.p, kt_cur_left(&o.data)));
    return o.has_data;
}

void kt_endpoint_message(struct kt_endpoint *ep, uint32_t stream,
                         struct kt_cur payload, const struct kt_wire *over,
                         const struct kt_write_how *how)
{
    struct kt_ep_stream *s = kt_ep_stream(ep, stream);
    struct kt_write_how full = how_of(how, stream);
    struct kt_ep_item *it;

    if (is_gone(ep, s))
        return;
    full.payload = payload;
    it = item_new(over, &full);
    if (!put_data(over, &it->bytes))
        kt_write_message(over && over->frame == KT_F_message ? over : NULL,
                         &full, &it->bytes);
    it->end_stream = it->o.flags_on & KT_FF_END_STREAM;
    queue(ep, s, it);
}

void kt_endpoint_half_close(struct kt_endpoint *ep, uint32_t stream,
                            const struct kt_wire *over)
{
    struct kt_ep_stream *s = kt_ep_stream(ep, stream);
    const struct kt_write_how full = how_of(NULL, stream);
    struct kt_ep_item *it;

    if (is_gone(ep, s))
        return;
    it = item_new(over, &full);
    put_data(over, &it->bytes);
    it->end_stream = true;
    queue(ep, s, it);
}

void kt_endpoint_trailers(struct kt_endpoint *ep, uint32_t stream,
                          const struct kt_hlist *canon,
                          const struct kt_wire *over,
                          const struct kt_write_how *how)
{
    struct kt_ep_stream *s = kt_ep_stream(ep, stream);
    const struct kt_write_how full = how_of(how, stream);
    struct kt_ep_item *it;

    if (is_gone(ep, s))
        return;
    it = item_new(over, &full);
    it->is_block = it->end_stream = true;
    kt_hlist_fini(&it->list);
    kt_write_list(over, canon, &it->list);
    must(kt_buf_put(&it->bytes, it->o.hpack.raw.p,
                    kt_cur_left(&it->o.hpack.raw)));
    it->o.hpack.raw = kt_buf_view(&it->bytes);
    queue(ep, s, it);
}

/* --- at once --- */

static void write_now(struct kt_endpoint *ep, const struct kt_wire *w,
                      const struct kt_write_how *how)
{
    struct kt_written out;

    kt_written_init(&out);
    if (kt_write_line(w, how, ep->deflate, &out))
        kt_ep_put(ep, &out);
    kt_written_fini(&out);
    kt_ep_flush_automatic(ep);
    kt_ep_pump(ep);
}

void kt_endpoint_headers(struct kt_endpoint *ep, uint32_t stream,
                         const struct kt_hlist *canon,
                         const struct kt_wire *over,
                         const struct kt_write_how *how)
{
    static const struct kt_wire plain = {.frame = KT_F_headers, .repeat = 1};
    struct kt_write_how full = how_of(how, stream);

    full.canon = canon;
    if (!is_gone(ep, kt_ep_stream(ep, stream)))
        write_now(ep, over ? over : &plain, &full);
}

void kt_endpoint_reset(struct kt_endpoint *ep, uint32_t stream, uint32_t code,
                       const struct kt_wire *over)
{
    static const struct kt_wire plain = {.frame = KT_F_RST_STREAM, .repeat = 1};
    struct kt_write_how full = how_of(NULL, stream);
    struct kt_ep_stream *s = kt_ep_stream(ep, stream);

    full.code = code;
    if (ep->shut || s->reset)
        return;
    write_now(ep, over ? over : &plain, &full);
}

/* --- as windows allow --- */

static int64_t room_of(const struct kt_endpoint *ep,
                       const struct kt_ep_stream *s)
{
    const int64_t stream = (int64_t)ep->sut_initial + s->given - s->used;
    const int64_t conn = ep->given - ep->used;

    return stream < conn ? stream : conn;
}

/* The next frame of a message, into *out; false: the windows do not let it. */
static bool data_piece(struct kt_endpoint *ep, struct kt_ep_stream *s,
                       struct kt_ep_item *it, struct kt_written *out)
{
    const int64_t pad = it->o.has_pad ? it->o.pad + 1 : 0;
    const size_t size = kt_buf_size(&it->bytes);
    struct kt_data_piece p = {
        .w = &it->wire,
        .o = &it->o,
        .bytes = kt_buf_view(&it->bytes),
        .lo = it->at,
    };
    int64_t most = room_of(ep, s) - pad;

    if (most > KT_FRAME_MAX_DEFAULT - pad)
        most = KT_FRAME_MAX_DEFAULT - pad;
    if ((p.lo < size && most <= 0) || (pad > 0 && most < 0))
        return false;
    p.hi = p.lo < size ? kt_write_piece_end(&it->wire, p.lo, size, (size_t)most)
                       : size;
    p.last = p.hi == size;
    p.end_stream = p.last && it->end_stream;
    kt_write_piece(out, &p);
    it->at = p.hi;
    return true;
}

static void block_piece(struct kt_endpoint *ep, struct kt_ep_item *it,
                        struct kt_written *out)
{
    const struct kt_block_want want = {
        .w = &it->wire,
        .o = &it->o,
        .list = &it->list,
        .type = KT_FT_HEADERS,
        .end_stream = true,
        .max_frame = KT_FRAME_MAX_DEFAULT,
    };

    kt_write_block(out, &want, ep->deflate);
    it->at = kt_buf_size(&it->bytes);
}

/* One frame of the first item; false when it has to wait. */
static bool step(struct kt_endpoint *ep, size_t index)
{
    struct kt_ep_stream *s = &ep->v[index];
    struct kt_ep_item *it = s->first;
    struct kt_written out;

    kt_written_init(&out);
    if (it->is_block)
        block_piece(ep, it, &out);
    else if (!data_piece(ep, s, it, &out))
        return false;
    if (it->at == kt_buf_size(&it->bytes)) {
        s->first = it->next;
        if (s->first == NULL)
            s->last = NULL;
        ep->waiting -= s->first == NULL;
        item_free(it);
    }
    kt_ep_put(ep, &out);
    return true;
}

/* By index: writing may add a stream (stream= of a line that narrows). */
void kt_ep_pump(struct kt_endpoint *ep)
{
    for (size_t i = 0; i < ep->n && ep->waiting > 0; i++) {
        if (ep->v[i].ended) /* by a line of the script, which comes first */
            kt_ep_drop(ep, &ep->v[i]);
        while (ep->v[i].first && !ep->block_open && step(ep, i))
            ;
    }
}

bool kt_endpoint_blocked(const struct kt_endpoint *ep, uint32_t stream)
{
    const struct kt_ep_stream *s = kt_ep_find(ep, stream);

    return stream == 0 ? ep->waiting > 0 : s && s->first;
}

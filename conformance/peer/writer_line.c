/* Each kind of wire line as frames.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/writer_inner.h"
#include "base/must.h"
#include <string.h>

struct line {
    const struct kt_wire *w;
    const struct kt_write_how *how;
    struct kt_wopts o;
    struct kt_deflate *d;
    struct kt_written *out;
    size_t max_frame;
};

static void frame(struct line *l, uint8_t type, uint8_t flags, bool exact,
                  struct kt_buf *b)
{
    const struct kt_fhead head = {.type = type, .flags = flags};

    kt_write_payload(l->out, &l->o, head, exact, b);
}

/* A frame by its fields; data= is its body, or all of the payload where there
 * is none. */
static void fields_frame(struct line *l, struct kt_frame_rec *f)
{
    struct kt_buf b = {.limit = SIZE_MAX};
    const bool whole = f->head.type == KT_FT_PRIORITY ||
                       f->head.type == KT_FT_RST_STREAM ||
                       f->head.type == KT_FT_WINDOW_UPDATE;

    if (l->o.has_data && whole) {
        must(kt_buf_put(&b, l->o.data.p, kt_cur_left(&l->o.data)));
    } else {
        if (l->o.has_data)
            f->body = l->o.data;
        must(kt_frame_put_payload(&b, f));
    }
    frame(l, f->head.type, f->head.flags, l->o.has_data, &b);
}

/* --- DATA --- */

static void pieces(struct line *l, struct kt_cur bytes, bool end_stream)
{
    const size_t size = kt_cur_left(&bytes);
    struct kt_data_piece p = {.w = l->w, .o = &l->o, .bytes = bytes};

    do {
        p.lo = p.hi;
        p.hi = kt_write_piece_end(l->w, p.lo, size, l->max_frame);
        p.last = p.hi == size;
        p.end_stream = p.last && end_stream;
        kt_write_piece(l->out, &p);
    } while (p.hi < size);
}

static void message(struct line *l)
{
    struct kt_buf b = {.limit = SIZE_MAX};

    kt_write_message(l->w, l->how, &b);
    pieces(l, kt_buf_view(&b), l->how->end_stream);
    kt_buf_fini(&b);
}

/* One frame as long as it is told to be; only cut= makes several. */
static void data(struct line *l, bool end_stream)
{
    struct kt_buf b = {.limit = SIZE_MAX};
    struct kt_frame_rec f = {
        .head = {.type = KT_FT_DATA,
                 .flags = (uint8_t)((end_stream ? KT_FF_END_STREAM : 0) |
                                    (l->o.has_pad ? KT_FF_PADDED : 0))},
        .pad = l->o.pad,
    };

    if (l->w->has_sum && !l->o.has_data)
        kt_write_zeros(&b, (size_t)l->w->sum_lo);
    if (l->o.has_data)
        must(kt_buf_put(&b, l->o.data.p, kt_cur_left(&l->o.data)));
    if (l->w->cut == KT_CUT_FRAME || l->w->has_sum)
        pieces(l, kt_buf_view(&b), end_stream);
    else
        fields_frame(l, &f);
    kt_buf_fini(&b);
}

/* --- header blocks --- */

static void block(struct line *l, uint8_t type, bool end_stream)
{
    struct kt_hlist list;
    const struct kt_block_want want = {
        .w = l->w,
        .o = &l->o,
        .list = &list,
        .type = type,
        .end_stream = end_stream,
        .max_frame = l->max_frame,
    };

    kt_write_list(l->w, l->how->canon, &list);
    kt_write_block(l->out, &want, l->d);
    kt_hlist_fini(&list);
}

static void continuation(struct line *l)
{
    struct kt_buf b = {.limit = SIZE_MAX};
    struct kt_hpack_how how = {.mode = KT_HP_LITERAL};
    struct kt_hlist list;

    if (l->o.has_hpack)
        how = l->o.hpack;
    kt_write_list(l->w, NULL, &list);
    if (l->o.has_data)
        must(kt_buf_put(&b, l->o.data.p, kt_cur_left(&l->o.data)));
    else if (list.n > 0 || l->o.has_hpack)
        kt_deflate_block(l->d, &list, &how, &b);
    kt_hlist_fini(&list);
    kt_deflate_forget(l->d);
    frame(l, KT_FT_CONTINUATION, 0, l->o.has_data, &b);
}

/* --- the others --- */

/* Frames of stream 0, unless the line says another one. */
static void on_connection(struct line *l)
{
    if (!l->o.has_stream)
        l->o.stream = 0;
}

static void settings(struct line *l)
{
    struct kt_buf b = {.limit = SIZE_MAX};
    const uint8_t flags = l->o.ack ? KT_FF_ACK : 0;

    on_connection(l);
    if (l->o.has_data)
        must(kt_buf_put(&b, l->o.data.p, kt_cur_left(&l->o.data)));
    for (size_t i = 0; i < l->w->fields.n; i++) {
        const struct kt_field *f = &l->w->fields.v[i];
        uint64_t id = kt_setting_of(f->name), value = 0;
        char num[24];
        struct kt_cur v;

        if (id == 0 &&
            !kt_write_number(kt_cur_of(f->name, strlen(f->name)), &id))
            continue;
        if (f->absent || !kt_write_value(&f->value, num, &v) ||
            !kt_write_number(v, &value))
            continue;
        must(kt_buf_put_u16(&b, (uint16_t)id) &&
             kt_buf_put_u32(&b, (uint32_t)value));
    }
    frame(l, KT_FT_SETTINGS, flags, l->o.has_data, &b);
}

static void connection_frame(struct line *l, struct kt_frame_rec f)
{
    on_connection(l);
    fields_frame(l, &f);
}

static uint32_t code_of(const struct line *l, uint32_t otherwise)
{
    char num[24];
    struct kt_cur v;
    uint64_t n;

    if (l->o.has_code)
        return l->o.code;
    if (l->w->has_codes && kt_write_value(&l->w->codes, num, &v) &&
        kt_write_number(v, &n))
        return (uint32_t)n;
    return otherwise;
}

static void any_frame(struct line *l)
{
    struct kt_buf b = {.limit = SIZE_MAX};

    if (l->o.has_data)
        must(kt_buf_put(&b, l->o.data.p, kt_cur_left(&l->o.data)));
    frame(l, l->o.type, l->o.ack ? KT_FF_ACK : 0, l->o.has_data, &b);
}

static void raw_bytes(struct line *l)
{
    const struct kt_msg *m = &l->w->msg;

    if (m->kind == KT_MSG_BYTES)
        must(kt_buf_put(&l->out->bytes, m->bytes, m->n));
    if (l->o.has_data)
        must(kt_buf_put(&l->out->bytes, l->o.data.p, kt_cur_left(&l->o.data)));
    l->out->raw = true;
}

static uint32_t increment_of(const struct line *l)
{
    return l->w->has_sum ? (uint32_t)l->w->sum_lo : l->o.increment;
}

static void small_frame(struct line *l)
{
    static const uint8_t ping[8];
    const struct kt_wopts *o = &l->o;
    struct kt_frame_rec f = {
        .code = code_of(l, o->code),
        .last = o->last,
        .increment = increment_of(l),
        .depends = o->depends,
        .exclusive = o->exclusive,
        .weight = o->weight,
    };

    switch (l->w->frame) {
    case KT_F_PRIORITY:
        f.head.type = KT_FT_PRIORITY;
        fields_frame(l, &f);
        break;
    case KT_F_WINDOW_UPDATE:
        f.head.type = KT_FT_WINDOW_UPDATE;
        fields_frame(l, &f);
        break;
    case KT_F_PING:
        f.head.type = KT_FT_PING;
        f.head.flags = o->ack ? KT_FF_ACK : 0;
        f.body = kt_cur_of(ping, sizeof ping);
        connection_frame(l, f);
        break;
    case KT_F_GOAWAY:
    case KT_F_connection_error:
        f.head.type = KT_FT_GOAWAY;
        connection_frame(l, f);
        break;
    default: /* RST_STREAM, reset, stream-error */
        f.head.type = KT_FT_RST_STREAM;
        fields_frame(l, &f);
    }
}

static bool one_line(struct line *l)
{
    switch (l->w->frame) {
    case KT_F_DATA:
        data(l, l->how->end_stream);
        return true;
    case KT_F_half_close:
        data(l, true);
        return true;
    case KT_F_message:
        message(l);
        return true;
    case KT_F_HEADERS:
    case KT_F_headers:
        block(l, KT_FT_HEADERS, l->how->end_stream);
        return true;
    case KT_F_trailers:
        block(l, KT_FT_HEADERS, true);
        return true;
    case KT_F_PUSH_PROMISE:
        block(l, KT_FT_PUSH_PROMISE, false);
        return true;
    case KT_F_CONTINUATION:
        continuation(l);
        return true;
    case KT_F_SETTINGS:
        settings(l);
        return true;
    case KT_F_FRAME:
        any_frame(l);
        return true;
    case KT_F_BYTES:
        raw_bytes(l);
        return true;
    case KT_F_PRIORITY:
    case KT_F_WINDOW_UPDATE:
    case KT_F_PING:
    case KT_F_GOAWAY:
    case KT_F_connection_error:
    case KT_F_RST_STREAM:
    case KT_F_reset:
    case KT_F_stream_error:
        small_frame(l);
        return true;
    case KT_F_CONNECT:
    case KT_F_CLOSE:
    case KT_F_STALL:
    case KT_F_data:
    case KT_F_TT:
    case KT_F_THRIFT:
    case KT_F_COUNT:
        return false;
    }
    return false;
}

static void cut_line(struct kt_written *out, const struct kt_wire *w)
{
    const size_t n = kt_buf_size(&out->bytes);

    if (w->cut != KT_CUT_SEGMENT || w->frame == KT_F_message)
        return;
    for (size_t i = 0; w->cut_each && i < n; i++)
        kt_written_cut(out, i);
    for (size_t i = 0; !w->cut_each && i < w->ncuts; i++)
        kt_written_cut(out, w->cuts[i]);
}

bool kt_write_line(const struct kt_wire *w, const struct kt_write_how *how,
                   struct kt_deflate *d, struct kt_written *ret)
{
    struct line l = {
        .w = w,
        .how = how,
        .d = d,
        .out = ret,
        .max_frame = how->max_frame ? how->max_frame : KT_FRAME_MAX_DEFAULT,
    };

    kt_wopts_read(w, how, &l.o);
    if (!one_line(&l))
        return false;
    cut_line(ret, w);
    ret->repeat = w->repeat ? w->repeat : 1;
    return true;
}

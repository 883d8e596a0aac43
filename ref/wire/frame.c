/* HTTP/2 frames.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/frame.h"
#include <string.h>

/* What RFC 9113 section 6 says of each type, as far as the head shows it. */
enum on_stream { ANY, NEVER, ALWAYS };
static const struct rule {
    uint8_t stream;   /* enum on_stream: what its stream identifier may be */
    uint8_t least;    /* bytes of payload, flags not counted */
    bool exact;       /* and no more than those */
    bool conn_length; /* a wrong length is an error of the connection: 4.2 */
} rules[] = {
    [KT_FT_DATA] = {ALWAYS, 0, false, false},
    [KT_FT_HEADERS] = {ALWAYS, 0, false, true},
    [KT_FT_PRIORITY] = {ALWAYS, 5, true, false},
    [KT_FT_RST_STREAM] = {ALWAYS, 4, true, true},
    [KT_FT_SETTINGS] = {NEVER, 0, false, true},
    [KT_FT_PUSH_PROMISE] = {ALWAYS, 4, false, true},
    [KT_FT_PING] = {NEVER, 8, true, true},
    [KT_FT_GOAWAY] = {NEVER, 8, false, true},
    [KT_FT_WINDOW_UPDATE] = {ANY, 4, true, true},
    [KT_FT_CONTINUATION] = {ALWAYS, 0, false, true},
};
enum { NTYPES = sizeof rules / sizeof *rules, AT_STREAM = 5, R31 = 0x7fffffff };

static const struct rule *rule_of(uint8_t type)
{
    static const struct rule unknown = {ANY, 0, false, false};

    return type < NTYPES ? &rules[type] : &unknown;
}

static bool may_pad(uint8_t type)
{
    return type == KT_FT_DATA || type == KT_FT_HEADERS ||
           type == KT_FT_PUSH_PROMISE;
}

static enum kt_step protocol(struct kt_err *reterr, size_t at)
{
    return kt_bad(reterr, KT_E_PROTOCOL, KT_SCOPE_CONN, at, NULL);
}

static enum kt_step wrong_length(const struct kt_fhead *h,
                                 struct kt_err *reterr)
{
    const bool conn = rule_of(h->type)->conn_length || h->stream == 0;

    return kt_bad(reterr, KT_E_FRAME_SIZE,
                  conn ? KT_SCOPE_CONN : KT_SCOPE_STREAM, 0, NULL);
}

static enum kt_step check_stream(const struct kt_fhead *h,
                                 struct kt_err *reterr)
{
    const uint8_t rule = rule_of(h->type)->stream;

    if ((rule == ALWAYS && h->stream == 0) || (rule == NEVER && h->stream != 0))
        return protocol(reterr, AT_STREAM);
    return KT_DONE;
}

static enum kt_step check_length(const struct kt_fhead *h,
                                 struct kt_err *reterr)
{
    const struct rule *r = rule_of(h->type);
    size_t least = r->least;

    if (may_pad(h->type) && h->flags & KT_FF_PADDED)
        least++;
    if (h->type == KT_FT_HEADERS && h->flags & KT_FF_PRIORITY)
        least += 5;
    if (h->length < least || (r->exact && h->length > least))
        return wrong_length(h, reterr);
    if (h->type == KT_FT_SETTINGS &&
        (h->flags & KT_FF_ACK ? h->length != 0 : h->length % 6 != 0))
        return wrong_length(h, reterr);
    return KT_DONE;
}

enum kt_step kt_fhead_check(const struct kt_fhead *h, struct kt_err *reterr)
{
    const enum kt_step s = check_stream(h, reterr);

    return s == KT_DONE ? check_length(h, reterr) : s;
}

static void read_priority(struct kt_cur *c, struct kt_frame_rec *f)
{
    const uint32_t word = kt_peek_u32(kt_cur_cut(c, 4).p);

    f->exclusive = word >> 31;
    f->depends = word & R31;
    f->weight = *kt_cur_cut(c, 1).p;
}

/* The fields of one type from *c; what is left of it becomes the body. */
static void read_fields(struct kt_cur *c, struct kt_frame_rec *f)
{
    switch (f->head.type) {
    case KT_FT_HEADERS:
        if (f->head.flags & KT_FF_PRIORITY)
            read_priority(c, f);
        break;
    case KT_FT_PRIORITY:
        read_priority(c, f);
        break;
    case KT_FT_RST_STREAM:
        f->code = kt_peek_u32(kt_cur_cut(c, 4).p);
        break;
    case KT_FT_PUSH_PROMISE:
        f->promised = kt_peek_u32(kt_cur_cut(c, 4).p) & R31;
        break;
    case KT_FT_GOAWAY:
        f->last = kt_peek_u32(kt_cur_cut(c, 4).p) & R31;
        f->code = kt_peek_u32(kt_cur_cut(c, 4).p);
        break;
    case KT_FT_WINDOW_UPDATE:
        f->increment = kt_peek_u32(kt_cur_cut(c, 4).p) & R31;
        break;
    default:
        break;
    }
    f->body = *c;
}

/* Padding off both ends of *c; the length has been checked. */
static enum kt_step read_padding(struct kt_cur *c, struct kt_frame_rec *f,
                                 struct kt_err *reterr)
{
    const bool headers = f->head.type == KT_FT_HEADERS;
    const size_t fixed = headers && f->head.flags & KT_FF_PRIORITY
                             ? 5
                             : rule_of(f->head.type)->least;

    if (!may_pad(f->head.type) || !(f->head.flags & KT_FF_PADDED))
        return KT_DONE;
    f->pad = *kt_cur_cut(c, 1).p;
    if (f->pad > kt_cur_left(c) - fixed)
        return protocol(reterr, KT_FRAME_HEAD);
    c->end -= f->pad;
    return KT_DONE;
}

static enum kt_step read_payload(struct kt_frame_rec *f, struct kt_err *reterr)
{
    struct kt_cur c = f->payload;

    if (check_length(&f->head, reterr) != KT_DONE)
        return KT_BAD;
    if (kt_cur_left(&c) != f->head.length)
        return wrong_length(&f->head, reterr);
    if (read_padding(&c, f, reterr) != KT_DONE)
        return KT_BAD;
    read_fields(&c, f);
    if (f->head.type == KT_FT_WINDOW_UPDATE && f->increment == 0)
        return kt_bad(reterr, KT_E_PROTOCOL,
                      f->head.stream ? KT_SCOPE_STREAM : KT_SCOPE_CONN,
                      KT_FRAME_HEAD, NULL);
    return KT_DONE;
}

enum kt_step kt_frame_read(struct kt_frame_rec *f, struct kt_err *reterr)
{
    *f = (struct kt_frame_rec){.head = f->head, .payload = f->payload};
    f->body = kt_cur_of(f->payload.p, 0);

    /* A wrong stream says more than what is wrong inside, but does not keep
     * the payload from being read. */
    const enum kt_step s = read_payload(f, reterr);
    return check_stream(&f->head, reterr) == KT_DONE ? s : KT_BAD;
}

enum kt_step kt_frame_decode(struct kt_cur *in, uint32_t max_len,
                             struct kt_frame_rec *ret, struct kt_err *reterr)
{
    if (kt_cur_left(in) < KT_FRAME_HEAD)
        return KT_MORE;

    const struct kt_fhead head = kt_fhead_decode(in->p);
    const bool whole = kt_cur_left(in) - KT_FRAME_HEAD >= head.length;
    struct kt_frame_rec f = {.head = head};
    enum kt_step s = kt_fhead_check(&head, reterr);

    f.payload = kt_cur_of(in->p + KT_FRAME_HEAD, whole ? head.length : 0);
    f.body = kt_cur_of(f.payload.p, 0);
    if (whole)
        s = kt_frame_read(&f, reterr);
    if (head.length > max_len)
        s = wrong_length(&head, reterr);
    if (s == KT_DONE && !whole)
        return KT_MORE;
    *ret = f;
    if (whole)
        in->p = f.payload.end;
    return s;
}

static bool put_priority(struct kt_buf *dst, const struct kt_frame_rec *f)
{
    return kt_buf_put_u32(dst,
                          (uint32_t)f->exclusive << 31 | (f->depends & R31)) &&
           kt_buf_put_u8(dst, f->weight);
}

static bool put_fields(struct kt_buf *dst, const struct kt_frame_rec *f)
{
    switch (f->head.type) {
    case KT_FT_HEADERS:
        return !(f->head.flags & KT_FF_PRIORITY) || put_priority(dst, f);
    case KT_FT_PRIORITY:
        return put_priority(dst, f);
    case KT_FT_RST_STREAM:
        return kt_buf_put_u32(dst, f->code);
    case KT_FT_PUSH_PROMISE:
        return kt_buf_put_u32(dst, f->promised & R31);
    case KT_FT_GOAWAY:
        return kt_buf_put_u32(dst, f->last & R31) &&
               kt_buf_put_u32(dst, f->code);
    case KT_FT_WINDOW_UPDATE:
        return kt_buf_put_u32(dst, f->increment & R31);
    default:
        return true;
    }
}

bool kt_frame_put_payload(struct kt_buf *dst, const struct kt_frame_rec *f)
{
    static const uint8_t zeros[UINT8_MAX];
    const bool padded =
        may_pad(f->head.type) && (f->head.flags & KT_FF_PADDED) != 0;

    return (!padded || kt_buf_put_u8(dst, f->pad)) && put_fields(dst, f) &&
           kt_buf_put(dst, f->body.p, kt_cur_left(&f->body)) &&
           (!padded || kt_buf_put(dst, zeros, f->pad));
}

void kt_fhead_encode(uint8_t dst[KT_FRAME_HEAD], struct kt_fhead h)
{
    kt_poke_u24(dst, h.length);
    dst[3] = h.type;
    dst[4] = h.flags;
    kt_poke_u32(dst + AT_STREAM, (uint32_t)h.reserved << 31 | (h.stream & R31));
}

struct kt_fhead kt_fhead_decode(const uint8_t src[KT_FRAME_HEAD])
{
    const uint32_t word = kt_peek_u32(src + AT_STREAM);

    return (struct kt_fhead){
        .length = kt_peek_u24(src),
        .type = src[3],
        .flags = src[4],
        .reserved = word >> 31,
        .stream = word & R31,
    };
}

bool kt_settings_at(struct kt_cur body, size_t i, uint16_t *ret_id,
                    uint32_t *ret_value)
{
    if (i >= kt_cur_left(&body) / 6)
        return false;
    *ret_id = kt_peek_u16(body.p + 6 * i);
    *ret_value = kt_peek_u32(body.p + 6 * i + 2);
    return true;
}

enum kt_step kt_setting_check(uint16_t id, uint32_t value,
                              struct kt_err *reterr)
{
    if (id == KT_SET_INITIAL_WINDOW && value > R31)
        return kt_bad(reterr, KT_E_FLOW, KT_SCOPE_CONN, 0, NULL);
    if ((id == KT_SET_ENABLE_PUSH && value > 1) ||
        (id == KT_SET_MAX_FRAME &&
         (value < KT_FRAME_MAX_DEFAULT || value > 0xffffff)))
        return protocol(reterr, 0);
    return KT_DONE;
}

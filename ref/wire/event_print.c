/* Events as lines of text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/event.h"
#include "wire/evfields.h"
#include "wire/evword.h"
#include <stdio.h>

struct out {
    struct kt_buf *b;
    size_t max_bytes;
};

static bool num(struct out *o, const char *name, uint32_t v)
{
    return kt_buf_printf(o->b, " %s=%u", name, v);
}

/* The cut is marked behind the word, so that nobody takes it for a value. */
static bool cut_mark(struct out *o, size_t cut)
{
    return cut == 0 || kt_buf_printf(o->b, "…(+%zu)", cut);
}

static struct kt_cur head_of(struct out *o, struct kt_cur c, size_t *ret_cut)
{
    const size_t n = kt_cur_left(&c);

    *ret_cut = n > o->max_bytes ? n - o->max_bytes : 0;
    return kt_cur_of(c.p, n - *ret_cut);
}

/* Nothing for no bytes; form is "hex:" or "". */
static bool bytes(struct out *o, const char *name, const char *form,
                  struct kt_cur c)
{
    size_t cut;
    const struct kt_cur head = head_of(o, c, &cut);

    if (kt_cur_left(&c) == 0)
        return true;
    return kt_buf_printf(o->b, " %s=%s", name, form) &&
           kt_evword_put_hex(o->b, head) && cut_mark(o, cut);
}

static bool is_ascii_text(struct kt_cur c)
{
    for (const uint8_t *p = c.p; p < c.end; p++)
        if (*p < 0x20 || *p > 0x7e)
            return false;
    return true;
}

static bool text_or_bytes(struct out *o, const char *name, struct kt_cur c)
{
    size_t cut;
    const struct kt_cur head = head_of(o, c, &cut);

    if (kt_cur_left(&c) == 0 || !is_ascii_text(c))
        return bytes(o, name, "hex:", c);
    return kt_buf_printf(o->b, " %s=", name) &&
           kt_evword_put_quoted(o->b, head) && cut_mark(o, cut);
}

static bool code(struct out *o, const char *before, uint32_t v)
{
    const char *name = kt_h2err_name(v);

    return name != NULL ? kt_buf_printf(o->b, "%s%s", before, name)
                        : kt_buf_printf(o->b, "%s%u", before, v);
}

static bool put_name(struct kt_buf *b, struct kt_cur name)
{
    return kt_evline_field(name) != KT_LF_NONE ? kt_evword_put_quoted(b, name)
                                               : kt_evword_put(b, name);
}

static bool fields(struct out *o, const struct kt_hlist *h)
{
    bool ok = true;

    for (size_t i = 0; ok && h != NULL && i < h->n; i++)
        ok = kt_buf_put_u8(o->b, ' ') && put_name(o->b, kt_hlist_name(h, i)) &&
             kt_buf_put_u8(o->b, '=') &&
             kt_evword_put(o->b, kt_hlist_value(h, i));
    return ok;
}

static bool flag(struct out *o, bool *any, char sign, const char *name)
{
    const char *before = *any ? "," : " flags=";

    *any = true;
    return kt_buf_printf(o->b, "%s%c%s", before, sign, name);
}

/* A HEADERS or PUSH_PROMISE without END_HEADERS says so, since a reader takes
 * it for granted there. */
static bool flag_list(struct out *o, struct kt_fhead h)
{
    const bool block = h.type == KT_FT_HEADERS || h.type == KT_FT_PUSH_PROMISE;
    bool ok = true, any = false;
    char rest[8];

    if (kt_has_ack(h.type))
        h.flags &= (uint8_t)~KT_FF_ACK; /* printed as ack=yes */
    for (size_t i = 0; ok && i < KT_EV_FLAG_NAMES; i++) {
        const struct kt_ev_flag_name *f = &kt_ev_flag_names[i];

        if (f->type != h.type)
            continue;
        if (h.flags & f->bit)
            ok = flag(o, &any, '+', f->name);
        else if (block && f->bit == KT_FF_END_HEADERS)
            ok = flag(o, &any, '-', f->name);
        h.flags &= (uint8_t)~f->bit;
    }
    if (h.flags == 0)
        return ok;
    snprintf(rest, sizeof rest, "0x%x", h.flags);
    return ok && flag(o, &any, '+', rest);
}

static bool priority(struct out *o, const struct kt_frame_rec *f)
{
    return num(o, "depends", f->depends) &&
           kt_buf_printf(o->b, " exclusive=%s", f->exclusive ? "yes" : "no") &&
           num(o, "weight", f->weight);
}

static bool settings(struct out *o, const struct kt_frame_rec *f)
{
    uint16_t id;
    uint32_t value;
    bool ok = true;

    for (size_t i = 0; ok && kt_settings_at(f->body, i, &id, &value); i++) {
        const char *name = kt_setting_name(id);

        ok = name != NULL ? num(o, name, value)
                          : kt_buf_printf(o->b, " 0x%x=%u", id, value);
    }
    return ok;
}

static bool pad(struct out *o, const struct kt_frame_rec *f)
{
    return !(f->head.flags & KT_FF_PADDED) || num(o, "pad", f->pad);
}

static bool block(struct out *o, const struct kt_frame_rec *f)
{
    return num(o, "length", f->head.length) && pad(o, f) &&
           bytes(o, "hpack", "hex:", f->body);
}

static bool headers(struct out *o, const struct kt_event *ev)
{
    const struct kt_frame_rec *f = &ev->frame;

    if (f->head.flags & KT_FF_PRIORITY && !priority(o, f))
        return false;
    if (ev->fields == NULL)
        return block(o, f);
    return pad(o, f) && fields(o, ev->fields);
}

/* The payload, by type. */
static bool frame_fields(struct out *o, const struct kt_event *ev)
{
    const struct kt_frame_rec *f = &ev->frame;

    switch (f->head.type) {
    case KT_FT_DATA:
        return num(o, "length", f->head.length) && pad(o, f) &&
               bytes(o, "data", "hex:", f->body);
    case KT_FT_HEADERS:
        return headers(o, ev);
    case KT_FT_PRIORITY:
        return priority(o, f);
    case KT_FT_RST_STREAM:
        return code(o, " code=", f->code);
    case KT_FT_SETTINGS:
        return settings(o, f);
    case KT_FT_PUSH_PROMISE:
        return num(o, "promised", f->promised) && block(o, f);
    case KT_FT_PING:
        return bytes(o, "data", "", f->body);
    case KT_FT_GOAWAY:
        return num(o, "last", f->last) && code(o, " code=", f->code) &&
               text_or_bytes(o, "data", f->body);
    case KT_FT_WINDOW_UPDATE:
        return num(o, "increment", f->increment);
    case KT_FT_CONTINUATION:
        return num(o, "length", f->head.length) &&
               bytes(o, "hpack", "hex:", f->body);
    default:
        return num(o, "length", f->head.length) &&
               bytes(o, "data", "hex:", f->body);
    }
}

/* The payload does not have the form of its type, so its fields say nothing. */
static bool unreadable(const struct kt_event *ev)
{
    struct kt_frame_rec f = ev->frame;
    struct kt_err e;

    if (f.payload.p == NULL || ev->fields != NULL)
        return false;
    /* Only the form counts here: a wrong stream can be printed. */
    f.head.stream = !kt_is_for_connection(f.head.type);
    if (kt_fhead_check(&f.head, &e) != KT_DONE)
        return true;
    if (kt_cur_left(&f.payload) != f.head.length)
        return !kt_prints_length(f.head.type);
    /* An increment of 0 can be printed too. */
    return f.head.type != KT_FT_WINDOW_UPDATE &&
           kt_frame_read(&f, &e) != KT_DONE;
}

static bool frame(struct out *o, const struct kt_event *ev)
{
    const struct kt_fhead *h = &ev->frame.head;
    const char *name = kt_ftype_name(h->type);

    if (name != NULL ? !kt_buf_puts(o->b, name)
                     : !kt_buf_printf(o->b, "FRAME type=0x%02x", h->type))
        return false;
    if ((h->stream != 0 || !kt_is_for_connection(h->type)) &&
        !num(o, "stream", h->stream))
        return false;
    if (h->reserved && !kt_buf_puts(o->b, " reserved=yes"))
        return false;
    if (!flag_list(o, *h))
        return false;
    if (kt_has_ack(h->type) && h->flags & KT_FF_ACK &&
        !kt_buf_puts(o->b, " ack=yes"))
        return false;
    if (unreadable(ev))
        return num(o, "length", h->length) &&
               bytes(o, "payload", "hex:", ev->frame.payload);
    return frame_fields(o, ev);
}

static bool stream(struct out *o, const struct kt_event *ev)
{
    return ev->stream == 0 || num(o, "stream", ev->stream);
}

static bool message(struct out *o, const struct kt_event *ev)
{
    return kt_buf_puts(o->b, "message") && stream(o, ev) &&
           num(o, "compressed", ev->compressed) &&
           num(o, "length", ev->length) &&
           bytes(o, "payload", "hex:", ev->body);
}

static bool line(struct out *o, const struct kt_event *ev)
{
    switch (ev->kind) {
    case KT_EV_FRAME:
        return frame(o, ev);
    case KT_EV_PREFACE:
        return kt_buf_puts(o->b, "BYTES ") &&
               kt_evword_put_quoted(o->b,
                                    kt_cur_of(KT_PREFACE, KT_PREFACE_LEN));
    case KT_EV_CONNECT:
        return kt_buf_puts(o->b, "CONNECT");
    case KT_EV_CLOSE:
        return kt_buf_puts(o->b, ev->reset ? "CLOSE rst" : "CLOSE fin");
    case KT_EV_HEADERS:
        return kt_buf_puts(o->b, "headers") && stream(o, ev) &&
               fields(o, ev->fields);
    case KT_EV_MESSAGE:
        return message(o, ev);
    case KT_EV_HALF_CLOSE:
        return kt_buf_puts(o->b, "half-close") && stream(o, ev);
    case KT_EV_TRAILERS:
        return kt_buf_puts(o->b, "trailers") && stream(o, ev) &&
               fields(o, ev->fields);
    case KT_EV_RESET:
        return code(o, "reset ", ev->code) && stream(o, ev);
    }
    return false;
}

bool kt_event_print(struct kt_buf *dst, const struct kt_event *ev,
                    size_t max_bytes)
{
    struct out o = {dst, max_bytes};
    const size_t before = kt_buf_size(dst);

    if (line(&o, ev))
        return true;
    dst->len = dst->start + before;
    return false;
}

/* A line of an event, field by field.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/evline.h"
#include <string.h>

const struct kt_ev_flag_name kt_ev_flag_names[KT_EV_FLAG_NAMES] = {
    {KT_FT_DATA, KT_FF_END_STREAM, "END_STREAM"},
    {KT_FT_DATA, KT_FF_PADDED, "PADDED"},
    {KT_FT_HEADERS, KT_FF_END_STREAM, "END_STREAM"},
    {KT_FT_HEADERS, KT_FF_END_HEADERS, "END_HEADERS"},
    {KT_FT_HEADERS, KT_FF_PADDED, "PADDED"},
    {KT_FT_HEADERS, KT_FF_PRIORITY, "PRIORITY"},
    {KT_FT_PUSH_PROMISE, KT_FF_END_HEADERS, "END_HEADERS"},
    {KT_FT_PUSH_PROMISE, KT_FF_PADDED, "PADDED"},
    {KT_FT_CONTINUATION, KT_FF_END_HEADERS, "END_HEADERS"},
};

static const struct {
    const char *name;
    enum kt_evline_field field;
    uint32_t max; /* of a number */
} known[] = {
    {"stream", KT_LF_STREAM, INT32_MAX},
    {"reserved", KT_LF_RESERVED, 0},
    {"flags", KT_LF_FLAGS, 0},
    {"length", KT_LF_LENGTH, UINT32_MAX},
    {"payload", KT_LF_PAYLOAD, 0},
    {"type", KT_LF_TYPE, UINT8_MAX},
    {"ack", KT_LF_ACK, 0},
    {"pad", KT_LF_PAD, UINT8_MAX},
    {"data", KT_LF_DATA, 0},
    {"hpack", KT_LF_HPACK, 0},
    {"code", KT_LF_CODE, UINT32_MAX},
    {"last", KT_LF_LAST, INT32_MAX},
    {"increment", KT_LF_INCREMENT, INT32_MAX},
    {"promised", KT_LF_PROMISED, INT32_MAX},
    {"depends", KT_LF_DEPENDS, INT32_MAX},
    {"exclusive", KT_LF_EXCLUSIVE, 0},
    {"weight", KT_LF_WEIGHT, UINT8_MAX},
    {"compressed", KT_LF_COMPRESSED, 1},
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum kt_evline_field kt_evline_field(struct kt_cur name)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (kt_cur_is(name, known[i].name))
            return known[i].field;
    return KT_LF_NONE;
}

static uint32_t max_of(enum kt_evline_field field)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].field == field)
            return known[i].max;
    return 0;
}

enum kt_step kt_evline_fault(struct kt_evline *x, enum kt_code code,
                             const char *at, const char *what)
{
    return kt_badf(x->reterr, code, (size_t)(at - x->line), "%s", what);
}

enum kt_step kt_evline_next(struct kt_evline *x, char stop,
                            struct kt_evline_word *ret)
{
    while (*x->p == ' ')
        x->p++;
    ret->at = x->p;

    const enum kt_step s = kt_evword_read(&x->p, stop, &x->store->bytes,
                                          &ret->text, &ret->form, x->reterr);
    if (s != KT_DONE)
        x->reterr->at = (size_t)(x->p - x->line);
    return s;
}

bool kt_evline_bare(const struct kt_evline_word *w, const char *text)
{
    return w->form == KT_EVWORD_BARE && kt_cur_is(w->text, text);
}

static enum kt_step number(struct kt_evline *x, const struct kt_evline_word *w,
                           uint32_t max, uint32_t *ret)
{
    struct kt_cur c = w->text;
    uint64_t v = 0;
    int base = 10;

    if (w->form != KT_EVWORD_BARE)
        return kt_evline_fault(x, KT_E_SYNTAX, w->at, "not a number");
    if (kt_cur_left(&c) > 2 && c.p[0] == '0' && c.p[1] == 'x') {
        base = 16;
        c.p += 2;
    }
    for (; kt_cur_left(&c) > 0; c.p++) {
        const int d = kt_hex_digit((char)*c.p);

        if (d < 0 || d >= base)
            return kt_evline_fault(x, KT_E_SYNTAX, w->at, "not a number");
        v = v * (uint64_t)base + (uint64_t)d;
        if (v > max)
            return kt_evline_fault(x, KT_E_RANGE, w->at, "number too big");
    }
    *ret = (uint32_t)v;
    return KT_DONE;
}

static enum kt_step yes_no(struct kt_evline *x, const struct kt_evline_word *w,
                           bool *ret)
{
    if (!kt_evline_bare(w, "yes") && !kt_evline_bare(w, "no"))
        return kt_evline_fault(x, KT_E_SYNTAX, w->at, "neither yes nor no");
    *ret = kt_evline_bare(w, "yes");
    return KT_DONE;
}

/* Names are short; anything longer than any of them is none. */
static const char *short_name(const struct kt_evline_word *w, char dst[32])
{
    const size_t n = kt_cur_left(&w->text);

    if (w->form != KT_EVWORD_BARE || n >= 32)
        return "";
    memcpy(dst, w->text.p, n);
    dst[n] = '\0';
    return dst;
}

enum kt_step kt_evline_code(struct kt_evline *x, const struct kt_evline_word *w,
                            uint32_t *ret)
{
    char name[32];
    const uint32_t code = kt_h2err_of(short_name(w, name));

    if (code == UINT32_MAX)
        return number(x, w, UINT32_MAX, ret);
    *ret = code;
    return KT_DONE;
}

/* One "+NAME", "-NAME" or "+0x40". */
static enum kt_step one_flag(struct kt_evline *x, struct kt_evline_word *w)
{
    struct kt_fhead *h = &x->ev->frame.head;
    uint32_t bits = 0;
    const uint8_t sign = kt_cur_left(&w->text) > 1 ? *w->text.p++ : 0;

    if (sign != '+' && sign != '-')
        return kt_evline_fault(x, KT_E_SYNTAX, w->at,
                               "a flag begins with + or -");
    for (size_t i = 0; i < KT_EV_FLAG_NAMES; i++)
        if (kt_ev_flag_names[i].type == h->type &&
            kt_cur_is(w->text, kt_ev_flag_names[i].name))
            bits = kt_ev_flag_names[i].bit;
    if (bits == 0 && *w->text.p != '0')
        return kt_evline_fault(x, KT_E_UNKNOWN, w->at, "no flag of this frame");
    if (bits == 0 && number(x, w, UINT8_MAX, &bits) != KT_DONE)
        return KT_BAD;
    if (sign == '+')
        h->flags |= (uint8_t)bits;
    else
        h->flags &= (uint8_t)~bits;
    return KT_DONE;
}

static enum kt_step flag_list(struct kt_evline *x,
                              const struct kt_evline_word *w)
{
    struct kt_cur rest = w->text;
    enum kt_step s = KT_DONE;

    if (w->form != KT_EVWORD_BARE)
        return kt_evline_fault(x, KT_E_SYNTAX, w->at, "flags are bare words");
    while (s == KT_DONE && rest.p != NULL) {
        const size_t n = kt_cur_left(&rest);
        const uint8_t *comma = n > 0 ? memchr(rest.p, ',', n) : NULL;
        struct kt_evline_word one = {
            {rest.p, comma ? comma : rest.end}, w->form, w->at};

        s = one_flag(x, &one);
        rest.p = comma ? comma + 1 : NULL;
    }
    return s;
}

/* data= of a PING is 16 hex digits without "hex:" in front. */
static enum kt_step ping_data(struct kt_evline *x,
                              const struct kt_evline_word *w)
{
    struct kt_frame_rec *f = &x->ev->frame;
    const size_t n = kt_cur_left(&w->text);
    uint8_t *dst;

    f->body = w->text;
    if (w->form != KT_EVWORD_BARE)
        return KT_DONE;
    for (size_t i = 0; i < n; i++)
        if (n % 2 != 0 || kt_hex_digit((char)w->text.p[i]) < 0)
            return kt_evline_fault(x, KT_E_SYNTAX, w->at,
                                   "not pairs of hex digits");
    dst = kt_buf_grow(&x->store->bytes, n / 2);
    if (dst == NULL)
        return kt_evline_fault(x, KT_E_NOMEM, w->at, "");
    for (size_t i = 0; i < n; i += 2)
        dst[i / 2] = (uint8_t)(kt_hex_digit((char)w->text.p[i]) << 4 |
                               kt_hex_digit((char)w->text.p[i + 1]));
    f->body = kt_cur_of(dst, n / 2);
    return KT_DONE;
}

static enum kt_step ack(struct kt_evline *x, const struct kt_evline_word *w)
{
    bool yes = false;

    if (yes_no(x, w, &yes) != KT_DONE)
        return KT_BAD;
    if (yes)
        x->ev->frame.head.flags |= KT_FF_ACK;
    return KT_DONE;
}

/* A field that is not a number. */
static enum kt_step set_other(struct kt_evline *x, enum kt_evline_field field,
                              const struct kt_evline_word *w)
{
    struct kt_frame_rec *f = &x->ev->frame;

    switch ((int)field) {
    case KT_LF_RESERVED:
        return yes_no(x, w, &f->head.reserved);
    case KT_LF_EXCLUSIVE:
        return yes_no(x, w, &f->exclusive);
    case KT_LF_ACK:
        return ack(x, w);
    case KT_LF_FLAGS:
        return flag_list(x, w);
    case KT_LF_CODE:
        return kt_evline_code(x, w, &f->code);
    case KT_LF_PAYLOAD:
        x->payload = w->text;
        break;
    case KT_LF_DATA:
        if (f->head.type == KT_FT_PING)
            return ping_data(x, w);
        f->body = w->text;
        break;
    default: /* HPACK */
        f->body = w->text;
        break;
    }
    if (w->form == KT_EVWORD_BARE)
        return kt_evline_fault(x, KT_E_SYNTAX, w->at,
                               "neither hex: nor quoted");
    return KT_DONE;
}

static void set_number(struct kt_evline *x, enum kt_evline_field field,
                       uint32_t v)
{
    struct kt_frame_rec *f = &x->ev->frame;

    switch ((int)field) {
    case KT_LF_STREAM:
        f->head.stream = x->ev->stream = v;
        break;
    case KT_LF_LENGTH:
        x->length = v;
        break;
    case KT_LF_TYPE:
        f->head.type = (uint8_t)v;
        break;
    case KT_LF_PAD:
        f->pad = (uint8_t)v;
        break;
    case KT_LF_LAST:
        f->last = v;
        break;
    case KT_LF_INCREMENT:
        f->increment = v;
        break;
    case KT_LF_PROMISED:
        f->promised = v;
        break;
    case KT_LF_DEPENDS:
        f->depends = v;
        break;
    case KT_LF_WEIGHT:
        f->weight = (uint8_t)v;
        break;
    default: /* COMPRESSED */
        x->ev->compressed = v != 0;
        break;
    }
}

static enum kt_step known_field(struct kt_evline *x, enum kt_evline_field field,
                                const struct kt_evline_word *name,
                                const struct kt_evline_word *w)
{
    const uint32_t max = max_of(field);
    uint32_t v = 0;

    if ((x->form->may & field) == 0)
        return kt_evline_fault(x, KT_E_UNKNOWN, name->at,
                               "no field of this line");
    if (x->seen & field)
        return kt_evline_fault(x, KT_E_DUPLICATE, name->at,
                               "field given twice");
    x->seen |= field;
    if (max == 0 || field == KT_LF_CODE)
        return set_other(x, field, w);
    if (number(x, w, max, &v) != KT_DONE)
        return KT_BAD;
    set_number(x, field, v);
    return KT_DONE;
}

static enum kt_step setting(struct kt_evline *x,
                            const struct kt_evline_word *name,
                            const struct kt_evline_word *w)
{
    char text[32];
    uint32_t id = kt_setting_of(short_name(name, text)), value = 0;
    uint8_t *dst;

    if (id == 0 && strncmp(text, "0x", 2) != 0)
        return kt_evline_fault(x, KT_E_UNKNOWN, name->at, "no setting");
    if (id == 0 && number(x, name, UINT16_MAX, &id) != KT_DONE)
        return KT_BAD;
    if (number(x, w, UINT32_MAX, &value) != KT_DONE)
        return KT_BAD;
    dst = kt_buf_grow(&x->store->built, 6);
    if (dst == NULL)
        return kt_evline_fault(x, KT_E_NOMEM, name->at, "");
    kt_poke_u16(dst, (uint16_t)id);
    kt_poke_u32(dst + 2, value);
    return KT_DONE;
}

static enum kt_step header(struct kt_evline *x,
                           const struct kt_evline_word *name,
                           const struct kt_evline_word *w)
{
    const enum kt_step s =
        kt_hlist_put(&x->store->fields, name->text, w->text, x->reterr);

    if (s != KT_DONE)
        x->reterr->at = (size_t)(name->at - x->line);
    return s;
}

enum kt_step kt_evline_read_field(struct kt_evline *x)
{
    struct kt_evline_word name, value;
    enum kt_evline_field field = KT_LF_NONE;

    if (kt_evline_next(x, '=', &name) != KT_DONE)
        return KT_BAD;
    if (*x->p != '=')
        return kt_evline_fault(x, KT_E_SYNTAX, x->p, "\"=\" is missing");
    x->p++;
    if (*x->p == ' ')
        return kt_evline_fault(x, KT_E_SYNTAX, x->p, "a value is missing");
    if (kt_evline_next(x, '\0', &value) != KT_DONE)
        return KT_BAD;
    if (name.form == KT_EVWORD_BARE)
        field = kt_evline_field(name.text);
    if (field != KT_LF_NONE)
        return known_field(x, field, &name, &value);
    if (x->form->headers)
        return header(x, &name, &value);
    if (x->form->kind == KT_EV_FRAME && x->form->type == KT_FT_SETTINGS)
        return setting(x, &name, &value);
    return kt_evline_fault(x, KT_E_UNKNOWN, name.at, "no field of this line");
}

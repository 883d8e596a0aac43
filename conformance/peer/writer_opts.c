/* Fields of wire lines: options of the frame, header fields, values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/writer_inner.h"
#include "base/must.h"
#include "wire/status.h"
#include <string.h>

bool kt_write_value(const struct kt_pat *p, char num[24], struct kt_cur *ret)
{
    switch (p->kind) {
    case KT_PAT_LIT:
        *ret = p->gzip ? kt_cur_of(p->packed, p->npacked)
                       : kt_cur_of(p->text, p->n);
        return true;
    case KT_PAT_RANGE:
        snprintf(num, 24, "%llu", (unsigned long long)p->lo);
        *ret = kt_cur_of(num, strlen(num));
        return true;
    case KT_PAT_ALT:
        return p->nsub > 0 && kt_write_value(&p->sub[0], num, ret);
    case KT_PAT_REGEX:
    case KT_PAT_PRESENT:
    case KT_PAT_NOT:
        return false;
    }
    return false;
}

bool kt_write_number(struct kt_cur text, uint64_t *ret)
{
    static const struct {
        const char *unit;
        uint64_t times;
    } units[] = {{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}};
    char s[32], *end;
    const size_t n = kt_cur_left(&text);

    if (n == 0 || n >= sizeof s || *text.p < '0' || *text.p > '9')
        return false;
    memcpy(s, text.p, n);
    s[n] = '\0';
    *ret = strtoull(s, &end, strncmp(s, "0x", 2) == 0 ? 16 : 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0) {
            *ret *= units[i].times;
            return true;
        }
    return false;
}

/* --- which names are options --- */

static bool has_fields(enum kt_frame f)
{
    return f == KT_F_HEADERS || f == KT_F_headers || f == KT_F_trailers ||
           f == KT_F_PUSH_PROMISE || f == KT_F_CONTINUATION;
}

bool kt_wopts_is_header(const struct kt_wire *w, const struct kt_field *f)
{
    /* "on" is the connection: whoever owns connections looks at it. */
    static const char *const options[] = {
        "stream", "flags", "on",      "reserved",  "length", "payload",
        "pad",    "hpack", "depends", "exclusive", "weight", "promised",
    };

    if (!has_fields(w->frame))
        return false;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i], f->name) == 0)
            return false;
    return w->frame != KT_F_CONTINUATION || strcmp(f->name, "data") != 0;
}

/* --- reading them --- */

static uint8_t flag_bit(struct kt_cur name)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } bits[] = {
        {"END_STREAM", KT_FF_END_STREAM},   {"ACK", KT_FF_ACK},
        {"END_HEADERS", KT_FF_END_HEADERS}, {"PADDED", KT_FF_PADDED},
        {"PRIORITY", KT_FF_PRIORITY},
    };
    uint64_t v;

    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (kt_cur_is(name, bits[i].name))
            return bits[i].bit;
    return kt_write_number(name, &v) ? (uint8_t)v : 0;
}

static void flags_read(struct kt_cur text, struct kt_wopts *o)
{
    while (text.p < text.end) {
        const uint8_t *comma = memchr(text.p, ',', (size_t)(text.end - text.p));
        struct kt_cur one = {text.p, comma ? comma : text.end};
        const bool off = *one.p == '-';

        if (*one.p == '+' || off)
            one.p++;
        if (off)
            o->flags_off |= flag_bit(one);
        else
            o->flags_on |= flag_bit(one);
        text.p = comma ? comma + 1 : text.end;
    }
}

static uint32_t number_of(struct kt_cur text)
{
    uint64_t v = 0;

    kt_write_number(text, &v);
    return (uint32_t)v;
}

static uint32_t code_of(struct kt_cur text)
{
    uint64_t v;
    char name[40];
    const size_t n = kt_cur_left(&text);

    if (kt_write_number(text, &v))
        return (uint32_t)v;
    if (n >= sizeof name)
        return 0;
    memcpy(name, text.p, n);
    name[n] = '\0';
    return kt_h2err_of(name);
}

static uint32_t stream_of(struct kt_cur text, const struct kt_write_how *how)
{
    uint64_t v;
    char name[64];
    const size_t n = kt_cur_left(&text);

    if (kt_write_number(text, &v))
        return (uint32_t)v;
    if (n >= sizeof name || how->stream_of == NULL)
        return 0;
    memcpy(name, text.p, n);
    name[n] = '\0';
    return how->stream_of(how->ctx, name);
}

static bool is_yes(struct kt_cur text)
{
    return kt_cur_is(text, "yes") || kt_cur_is(text, "1");
}

static void read_common(const char *name, struct kt_cur v,
                        const struct kt_write_how *how, struct kt_wopts *o)
{
    if (strcmp(name, "stream") == 0) {
        o->has_stream = true;
        o->stream = stream_of(v, how);
    } else if (strcmp(name, "flags") == 0) {
        flags_read(v, o);
    } else if (strcmp(name, "reserved") == 0) {
        o->reserved = is_yes(v);
    } else if (strcmp(name, "length") == 0) {
        o->has_length = true;
        o->length = number_of(v);
    } else if (strcmp(name, "payload") == 0) {
        o->has_payload = true;
        o->payload = v;
    } else if (strcmp(name, "pad") == 0) {
        o->has_pad = true;
        o->pad = (uint8_t)number_of(v);
    } else if (strcmp(name, "compressed") == 0) {
        o->has_compressed = true;
        o->compressed = is_yes(v);
    }
}

static void read_headers(const char *name, struct kt_cur v,
                         const struct kt_pat *p, struct kt_wopts *o)
{
    if (strcmp(name, "hpack") == 0) {
        o->has_hpack = true;
        o->hpack = p->quoted ? (struct kt_hpack_how){KT_HP_RAW, 0, v}
                             : kt_hpack_how_of(v);
    } else if (strcmp(name, "promised") == 0) {
        o->promised = number_of(v);
    } else if (strcmp(name, "depends") == 0) {
        o->has_priority = true;
        o->depends = number_of(v);
    } else if (strcmp(name, "exclusive") == 0) {
        o->has_priority = true;
        o->exclusive = is_yes(v);
    } else if (strcmp(name, "weight") == 0) {
        o->has_priority = true;
        o->weight = (uint8_t)number_of(v);
    }
}

static void read_frames(const char *name, struct kt_cur v,
                        const struct kt_write_how *how, struct kt_wopts *o)
{
    if (strcmp(name, "data") == 0) {
        o->has_data = true;
        o->data = v;
    } else if (strcmp(name, "type") == 0) {
        o->type = (uint8_t)number_of(v);
    } else if (strcmp(name, "code") == 0) {
        o->has_code = true;
        o->code = code_of(v);
    } else if (strcmp(name, "last") == 0) {
        o->has_last = true;
        o->last = stream_of(v, how);
    } else if (strcmp(name, "increment") == 0) {
        o->increment = number_of(v);
    } else if (strcmp(name, "ack") == 0) {
        o->ack = is_yes(v);
    }
}

void kt_wopts_read(const struct kt_wire *w, const struct kt_write_how *how,
                   struct kt_wopts *ret)
{
    *ret = (struct kt_wopts){
        .stream = how->stream,
        .code = how->code,
        .last = how->last,
        .increment = 1,
        .promised = 2,
        .weight = 15,
    };
    for (size_t i = 0; w && i < w->fields.n; i++) {
        const struct kt_field *f = &w->fields.v[i];
        char num[24];
        struct kt_cur v;

        if (f->absent || kt_wopts_is_header(w, f) ||
            !kt_write_value(&f->value, num, &v))
            continue;
        read_common(f->name, v, how, ret);
        read_headers(f->name, v, &f->value, ret);
        read_frames(f->name, v, how, ret);
    }
}

/* --- header fields over a canonical list --- */

static struct kt_cur name_of(const struct kt_field *f)
{
    return kt_cur_of(f->name, strlen(f->name));
}

static bool is_named(const struct kt_wire *w, struct kt_cur name,
                     bool *ret_removed)
{
    bool named = false;

    *ret_removed = false;
    for (size_t i = 0; i < w->fields.n; i++) {
        const struct kt_field *f = &w->fields.v[i];
        char num[24];
        struct kt_cur v;

        if (!kt_wopts_is_header(w, f) || !kt_cur_eq(name_of(f), name))
            continue;
        *ret_removed = *ret_removed || f->absent;
        named = named || kt_write_value(&f->value, num, &v);
    }
    return named;
}

static void put(struct kt_hlist *dst, struct kt_cur name, struct kt_cur value)
{
    struct kt_err e;

    must(kt_hlist_put(dst, name, value, &e) == KT_DONE);
}

/* A status may be given by its name. */
static struct kt_cur status_value(const struct kt_field *f, struct kt_cur v,
                                  char num[24])
{
    char name[40];
    const size_t n = kt_cur_left(&v);

    if (strcmp(f->name, "grpc-status") != 0 || f->value.quoted ||
        n >= sizeof name)
        return v;
    memcpy(name, v.p, n);
    name[n] = '\0';
    if (kt_grpc_of(name) == UINT32_MAX)
        return v;
    snprintf(num, 24, "%u", kt_grpc_of(name));
    return kt_cur_of(num, strlen(num));
}

/* The line's fields of one name (only), or those whose names are not in
 * canon. */
static void put_named(struct kt_hlist *dst, const struct kt_wire *w,
                      const struct kt_cur *only, const struct kt_hlist *canon)
{
    for (size_t i = 0; i < w->fields.n; i++) {
        const struct kt_field *f = &w->fields.v[i];
        char num[24];
        struct kt_cur v;

        if (f->absent || !kt_wopts_is_header(w, f) ||
            !kt_write_value(&f->value, num, &v))
            continue;
        if (only ? kt_cur_eq(name_of(f), *only)
                 : kt_hlist_count(canon, f->name) == 0)
            put(dst, name_of(f), status_value(f, v, num));
    }
}

static bool is_first(const struct kt_hlist *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (kt_cur_eq(kt_hlist_name(list, k), kt_hlist_name(list, i)))
            return false;
    return true;
}

void kt_write_override(struct kt_hlist *list, const struct kt_wire *w)
{
    struct kt_hlist out;

    kt_hlist_init(&out, list->max_size, list->max_n);
    for (size_t i = 0; i < list->n; i++) {
        const struct kt_cur name = kt_hlist_name(list, i);
        bool removed;
        const bool named = is_named(w, name, &removed);

        if (named && is_first(list, i))
            put_named(&out, w, &name, NULL);
        else if (!named && !removed)
            put(&out, name, kt_hlist_value(list, i));
    }
    put_named(&out, w, NULL, list);
    kt_hlist_fini(list);
    *list = out;
}

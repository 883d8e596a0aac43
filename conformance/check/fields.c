/* The fields of a wire line against one event.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/fields.h"
#include "base/must.h"
#include "wire/status.h"
#include <ctype.h>
#include <string.h>

bool kt_code_match(const struct kt_pat *p, uint32_t code,
                   const char *(*name)(uint32_t))
{
    const char *n = name(code);

    switch (p->kind) {
    case KT_PAT_NOT:
        return !kt_code_match(&p->sub[0], code, name);
    case KT_PAT_ALT:
        for (size_t i = 0; i < p->nsub; i++)
            if (kt_code_match(&p->sub[i], code, name))
                return true;
        return false;
    case KT_PAT_PRESENT:
        return true;
    case KT_PAT_LIT:
    case KT_PAT_REGEX:
    case KT_PAT_RANGE:
        break;
    }
    return (n && kt_pat_match(p, n, strlen(n))) || kt_pat_match_u64(p, code);
}

static void print_lit(struct kt_buf *dst, const struct kt_pat *p)
{
    bool plain = p->n > 0;

    kt_buf_puts(dst, p->gzip ? "gzip:" : "");
    for (size_t i = 0; i < p->n; i++)
        plain = plain && isgraph((unsigned char)p->text[i]) &&
                !strchr("\"'|#{}", p->text[i]);
    if (plain) {
        kt_buf_put(dst, p->text, p->n);
        return;
    }
    kt_buf_puts(dst, "\"");
    for (size_t i = 0; i < p->n; i++) {
        const unsigned char c = (unsigned char)p->text[i];

        if (c == '"' || c == '\\')
            kt_buf_printf(dst, "\\%c", c);
        else if (c < 0x20)
            kt_buf_printf(dst, "\\u%04x", c);
        else
            kt_buf_put_u8(dst, c);
    }
    kt_buf_puts(dst, "\"");
}

void kt_pat_print(struct kt_buf *dst, const struct kt_pat *p)
{
    switch (p->kind) {
    case KT_PAT_LIT:
        print_lit(dst, p);
        break;
    case KT_PAT_RANGE:
        kt_buf_printf(dst, "%llu..", (unsigned long long)p->lo);
        if (p->hi != UINT64_MAX)
            kt_buf_printf(dst, "%llu", (unsigned long long)p->hi);
        break;
    case KT_PAT_REGEX:
        kt_buf_printf(dst, "~\"%s\"", p->text);
        break;
    case KT_PAT_PRESENT:
        kt_buf_puts(dst, "*");
        break;
    case KT_PAT_NOT:
        kt_buf_puts(dst, "!");
        kt_pat_print(dst, &p->sub[0]);
        break;
    case KT_PAT_ALT:
        for (size_t i = 0; i < p->nsub; i++) {
            kt_buf_puts(dst, i ? "|" : "");
            kt_pat_print(dst, &p->sub[i]);
        }
        break;
    }
}

/* --- one attribute of an event --- */

enum attr { ATTR_NONE, ATTR_YES, ATTR_NO };

static enum attr say(bool ok)
{
    return ok ? ATTR_YES : ATTR_NO;
}

static enum attr text(const struct kt_field *f, const char *s, size_t n,
                      struct kt_buf *got)
{
    const struct kt_pat lit = {.text = (char *)(uintptr_t)s, .n = n};

    print_lit(got, &lit);
    return say(kt_pat_match(&f->value, s, n));
}

static enum attr number(const struct kt_field *f, uint64_t v,
                        struct kt_buf *got)
{
    kt_buf_printf(got, "%llu", (unsigned long long)v);
    return say(kt_pat_match_u64(&f->value, v));
}

static const struct {
    const char *name;
    uint8_t bit;
} flag_names[] = {
    {"END_STREAM", KT_FF_END_STREAM},   {"ACK", KT_FF_ACK},
    {"END_HEADERS", KT_FF_END_HEADERS}, {"PADDED", KT_FF_PADDED},
    {"PRIORITY", KT_FF_PRIORITY},
};

static bool flag_is(uint8_t flags, const char *word, size_t n)
{
    if (n < 2)
        return false;
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++)
        if (strlen(flag_names[i].name) == n - 1 &&
            memcmp(flag_names[i].name, word + 1, n - 1) == 0)
            return (word[0] == '+') == ((flags & flag_names[i].bit) != 0);
    return false;
}

/* "+A,-B": each named one is set, or clear. */
static enum attr flags(const struct kt_field *f, uint8_t v, struct kt_buf *got)
{
    const char *p = f->value.text;

    kt_buf_printf(got, "0x%02x", v);
    while (p && *p) {
        const size_t n = strcspn(p, ",");

        if (!flag_is(v, p, n))
            return ATTR_NO;
        p += n + (p[n] == ',');
    }
    return ATTR_YES;
}

static enum attr stream_number(const struct kt_field *f, uint32_t v,
                               const struct kt_names *names, struct kt_buf *got)
{
    kt_buf_printf(got, "%u", v);
    if (f->value.kind == KT_PAT_LIT && f->value.n > 0 &&
        !isdigit((unsigned char)f->value.text[0]))
        return say(names->stream(names->ctx, f->value.text) == v);
    return say(kt_pat_match_u64(&f->value, v));
}

static enum attr code(const struct kt_field *f, uint32_t v, struct kt_buf *got)
{
    const char *n = kt_h2err_name(v);

    kt_buf_printf(got, "%u%s%s", v, n ? " " : "", n ? n : "");
    return say(kt_code_match(&f->value, v, kt_h2err_name));
}

static enum attr setting(const struct kt_field *f, uint16_t id,
                         const struct kt_event *ev, struct kt_buf *got)
{
    uint16_t at = 0;
    uint32_t v = 0, last = 0;
    bool found = false;

    for (size_t i = 0; kt_settings_at(ev->frame.body, i, &at, &v); i++)
        if (at == id) {
            found = true;
            last = v;
        }
    if (!found) {
        kt_buf_puts(got, "absent");
        return say(f->absent);
    }
    if (f->absent) {
        kt_buf_printf(got, "%u", last);
        return ATTR_NO;
    }
    return number(f, last, got);
}

static enum attr cursor(const struct kt_field *f, struct kt_cur c,
                        struct kt_buf *got)
{
    const size_t n = kt_cur_left(&c);

    kt_buf_puts(got, "hex:");
    for (size_t i = 0; i < n && i < 32; i++)
        kt_buf_printf(got, "%02x", c.p[i]);
    return say(kt_pat_match(&f->value, (const char *)c.p, n));
}

static enum attr frame_attr(const struct kt_field *f, const struct kt_event *ev,
                            const struct kt_names *names, struct kt_buf *got)
{
    const struct kt_frame_rec *r = &ev->frame;
    const uint16_t id = kt_setting_of(f->name);

    if (strcmp(f->name, "flags") == 0)
        return flags(f, r->head.flags, got);
    if (strcmp(f->name, "length") == 0)
        return number(f, r->head.length, got);
    if (strcmp(f->name, "type") == 0)
        return number(f, r->head.type, got);
    if (strcmp(f->name, "pad") == 0)
        return number(f, r->pad, got);
    if (strcmp(f->name, "code") == 0)
        return code(f, r->code, got);
    if (strcmp(f->name, "last") == 0)
        return stream_number(f, r->last, names, got);
    if (strcmp(f->name, "increment") == 0)
        return number(f, r->increment, got);
    if (strcmp(f->name, "data") == 0)
        return cursor(f, r->body, got);
    if (strcmp(f->name, "ack") == 0)
        return r->head.flags & KT_FF_ACK ? text(f, "yes", 3, got)
                                         : text(f, "no", 2, got);
    return id && r->head.type == KT_FT_SETTINGS ? setting(f, id, ev, got)
                                                : ATTR_NONE;
}

static enum attr message_attr(const struct kt_field *f,
                              const struct kt_event *ev, struct kt_buf *got)
{
    if (strcmp(f->name, "compressed") == 0)
        return number(f, ev->compressed, got);
    if (strcmp(f->name, "length") == 0)
        return number(f, ev->length, got);
    if (strcmp(f->name, "payload") == 0)
        return cursor(f, ev->body, got);
    return ATTR_NONE;
}

static enum attr header_value(const struct kt_field *f, struct kt_cur v,
                              struct kt_buf *got)
{
    const size_t n = kt_cur_left(&v);
    char digits[16];

    if (n > 0 && n < sizeof digits && strcmp(f->name, "grpc-status") == 0) {
        memcpy(digits, v.p, n);
        digits[n] = '\0';
        kt_buf_puts(got, digits);
        if (strspn(digits, "0123456789") == n)
            return say(kt_code_match(
                &f->value, (uint32_t)strtoul(digits, NULL, 10), kt_grpc_name));
    }
    return text(f, (const char *)v.p, n, got);
}

/* The k-th mention of a name on the line. */
static size_t mention(const struct kt_fields *all, const struct kt_field *f,
                      size_t *ret_total)
{
    size_t k = 0;

    *ret_total = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->v[i].name, f->name) != 0)
            continue;
        k += &all->v[i] < f;
        ++*ret_total;
    }
    return k;
}

/* Given once: some value fits. Given twice: the k-th fits the k-th. */
static enum attr header_attr(const struct kt_fields *all,
                             const struct kt_field *f, const struct kt_hlist *h,
                             struct kt_buf *got)
{
    size_t total;
    const size_t k = mention(all, f, &total);
    struct kt_cur v;

    if (!kt_hlist_get(h, f->name, 0, &v)) {
        kt_buf_puts(got, "absent");
        return say(f->absent);
    }
    if (f->absent) {
        const struct kt_pat lit = {.text = (char *)(uintptr_t)v.p,
                                   .n = kt_cur_left(&v)};
        print_lit(got, &lit);
        return ATTR_NO;
    }
    if (total > 1) {
        if (!kt_hlist_get(h, f->name, k, &v))
            return ATTR_NO;
        return header_value(f, v, got);
    }
    for (size_t i = 0; kt_hlist_get(h, f->name, i, &v); i++) {
        kt_buf_puts(got, i ? ", " : "");
        if (header_value(f, v, got) == ATTR_YES)
            return ATTR_YES;
    }
    return ATTR_NO;
}

static enum attr attribute(const struct kt_fields *all,
                           const struct kt_field *f, const struct kt_event *ev,
                           const struct kt_names *names, struct kt_buf *got)
{
    enum attr a = ATTR_NONE;

    if (strcmp(f->name, "stream") == 0 && f->group == 0)
        return stream_number(f, ev->stream, names, got);
    if (ev->kind == KT_EV_FRAME)
        a = frame_attr(f, ev, names, got);
    if (ev->kind == KT_EV_MESSAGE)
        a = message_attr(f, ev, got);
    if (a == ATTR_NONE && ev->fields)
        a = header_attr(all, f, ev->fields, got);
    return a;
}

bool kt_fields_match(const struct kt_fields *f, const struct kt_event *ev,
                     const struct kt_names *names, struct kt_buf *ret_why)
{
    struct kt_buf got = {.limit = 4096};
    bool ok = true;

    for (size_t i = 0; i < f->n && ok; i++) {
        kt_buf_clear(&got);
        ok = attribute(f, &f->v[i], ev, names, &got) != ATTR_NO;
        if (ok || !ret_why)
            continue;
        kt_buf_clear(ret_why);
        if (f->v[i].absent) {
            kt_buf_printf(ret_why, "no %s", f->v[i].name);
        } else {
            kt_buf_printf(ret_why, "%s=", f->v[i].name);
            kt_pat_print(ret_why, &f->v[i].value);
        }
        kt_buf_printf(ret_why, ", got %s", kt_buf_cstr(&got));
    }
    kt_buf_fini(&got);
    return ok;
}

bool kt_frame_is_upper(enum kt_frame f)
{
    return f <= KT_F_STALL;
}

bool kt_frame_kind_is(enum kt_frame want, const struct kt_event *ev)
{
    static const struct {
        enum kt_frame frame;
        int ev, type;
    } table[] = {
        {KT_F_DATA, KT_EV_FRAME, KT_FT_DATA},
        {KT_F_data, KT_EV_FRAME, KT_FT_DATA},
        {KT_F_HEADERS, KT_EV_FRAME, KT_FT_HEADERS},
        {KT_F_CONTINUATION, KT_EV_FRAME, KT_FT_CONTINUATION},
        {KT_F_PRIORITY, KT_EV_FRAME, KT_FT_PRIORITY},
        {KT_F_RST_STREAM, KT_EV_FRAME, KT_FT_RST_STREAM},
        {KT_F_SETTINGS, KT_EV_FRAME, KT_FT_SETTINGS},
        {KT_F_PUSH_PROMISE, KT_EV_FRAME, KT_FT_PUSH_PROMISE},
        {KT_F_PING, KT_EV_FRAME, KT_FT_PING},
        {KT_F_GOAWAY, KT_EV_FRAME, KT_FT_GOAWAY},
        {KT_F_WINDOW_UPDATE, KT_EV_FRAME, KT_FT_WINDOW_UPDATE},
        {KT_F_FRAME, KT_EV_FRAME, -1},
        {KT_F_BYTES, KT_EV_PREFACE, -1},
        {KT_F_CONNECT, KT_EV_CONNECT, -1},
        {KT_F_CLOSE, KT_EV_CLOSE, -1},
        {KT_F_headers, KT_EV_HEADERS, -1},
        {KT_F_message, KT_EV_MESSAGE, -1},
        {KT_F_half_close, KT_EV_HALF_CLOSE, -1},
        {KT_F_trailers, KT_EV_TRAILERS, -1},
        {KT_F_reset, KT_EV_RESET, -1},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].frame == want)
            return table[i].ev == (int)ev->kind &&
                   (table[i].type < 0 || table[i].type == ev->frame.head.type);
    return false;
}

/* Words of printed lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/evword.h"
#include "wire/utf8.h"
#include <string.h>

static bool bare_char(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (c != '\0' && strchr("_./:+-", c) != NULL);
}

static bool starts(struct kt_cur c, const char *with)
{
    const size_t n = strlen(with);

    return kt_cur_left(&c) >= n && memcmp(c.p, with, n) == 0;
}

/* Only what no reader of scenarios could take for anything but a literal. */
static bool is_bare(struct kt_cur v)
{
    if (kt_cur_left(&v) == 0 || starts(v, "hex:") || starts(v, "zeros:") ||
        starts(v, "gzip:"))
        return false;
    for (const uint8_t *p = v.p; p < v.end; p++)
        if (!bare_char(*p) || (*p == '.' && p > v.p && p[-1] == '.'))
            return false;
    return true;
}

static bool put_char(struct kt_buf *dst, uint8_t c)
{
    static const char named[] = "\"\"\\\\\nn\rr\tt"; /* pairs */

    for (const char *n = named; *n != '\0'; n += 2)
        if (c == (uint8_t)n[0])
            return kt_buf_put_u8(dst, '\\') &&
                   kt_buf_put_u8(dst, (uint8_t)n[1]);
    /* '$' would name an axis if the line were pasted into a scenario. */
    if (c < 0x20 || c == 0x7f || c == '$')
        return kt_buf_printf(dst, "\\u%04x", c);
    return kt_buf_put_u8(dst, c);
}

bool kt_evword_put_quoted(struct kt_buf *dst, struct kt_cur text)
{
    bool ok = kt_buf_put_u8(dst, '"');

    for (; ok && kt_cur_left(&text) > 0; text.p++)
        ok = put_char(dst, *text.p);
    return ok && kt_buf_put_u8(dst, '"');
}

bool kt_evword_put_hex(struct kt_buf *dst, struct kt_cur bytes)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t *w = kt_buf_grow(dst, 2 * kt_cur_left(&bytes));

    if (w == NULL)
        return false;
    for (const uint8_t *p = bytes.p; p < bytes.end; p++) {
        *w++ = (uint8_t)hex[*p >> 4];
        *w++ = (uint8_t)hex[*p & 15];
    }
    return true;
}

bool kt_evword_put(struct kt_buf *dst, struct kt_cur value)
{
    if (is_bare(value))
        return kt_buf_put(dst, value.p, kt_cur_left(&value));
    if (kt_utf8_valid(value))
        return kt_evword_put_quoted(dst, value);
    return kt_buf_puts(dst, "hex:") && kt_evword_put_hex(dst, value);
}

/* A word while it is read. */
struct reader {
    const char *p;
    struct kt_buf *dst;
    struct kt_err *reterr;
};

static enum kt_step syntax(struct reader *r, const char *what)
{
    return kt_badf(r->reterr, KT_E_SYNTAX, 0, "%s", what);
}

static enum kt_step put(struct reader *r, const void *src, size_t n)
{
    return kt_buf_put(r->dst, src, n)
               ? KT_DONE
               : kt_badf(r->reterr, KT_E_NOMEM, 0, "%s", "");
}

/* Four hex digits behind "\u"; -1 when they are none. */
static int32_t unit(const char *p)
{
    int32_t v = 0;

    for (int i = 0; i < 4; i++) {
        const int d = kt_hex_digit(p[i]);

        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* At the 'u' of an escape. A high surrogate needs its low one. */
static enum kt_step read_unicode(struct reader *r)
{
    int32_t v = unit(r->p + 1);
    uint8_t utf8[4];

    if (v < 0 || (v >= 0xdc00 && v <= 0xdfff))
        return syntax(r, "not a code point");
    r->p += 5;
    if (v >= 0xd800 && v <= 0xdbff) {
        const int32_t low =
            r->p[0] == '\\' && r->p[1] == 'u' ? unit(r->p + 2) : -1;

        if (low < 0xdc00 || low > 0xdfff)
            return syntax(r, "half a surrogate pair");
        v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
        r->p += 6;
    }
    return put(r, utf8, kt_utf8_encode(utf8, (uint32_t)v));
}

/* Behind a backslash. */
static enum kt_step read_escape(struct reader *r)
{
    static const char named[] = "\"\"\\\\//n\nr\rt\tb\bf\f"; /* pairs */

    if (*r->p == 'u')
        return read_unicode(r);
    for (const char *n = named; *n != '\0'; n += 2)
        if (*r->p == n[0]) {
            r->p++;
            return put(r, n + 1, 1);
        }
    return syntax(r, "unknown escape");
}

static enum kt_step read_quoted(struct reader *r)
{
    for (r->p++; *r->p != '"';) {
        const struct kt_cur rest = kt_cur_of(r->p, strnlen(r->p, 4));
        const size_t n = kt_utf8_len(rest);
        enum kt_step s;

        if ((uint8_t)*r->p < 0x20)
            return syntax(r, *r->p ? "control character" : "no closing quote");
        if (n == 0)
            return syntax(r, "not UTF-8");
        if (*r->p == '\\') {
            r->p++;
            s = read_escape(r);
        } else {
            s = put(r, r->p, n);
            r->p += n;
        }
        if (s != KT_DONE)
            return s;
    }
    r->p++;
    return KT_DONE;
}

static enum kt_step read_hex(struct reader *r)
{
    for (; kt_hex_digit(*r->p) >= 0; r->p += 2) {
        const int lo = kt_hex_digit(r->p[1]);

        if (lo < 0)
            return syntax(r, "odd number of hex digits");

        const uint8_t v = (uint8_t)(kt_hex_digit(*r->p) << 4 | lo);
        const enum kt_step s = put(r, &v, 1);
        if (s != KT_DONE)
            return s;
    }
    return KT_DONE;
}

static enum kt_step read_bare(struct reader *r, char stop)
{
    const char *start = r->p;

    while (*r->p > ' ' && *r->p < 0x7f && *r->p != '"' && *r->p != '\\' &&
           !(stop != '\0' && *r->p == stop))
        r->p++;
    if (r->p == start)
        return syntax(r, "a word is missing");
    return put(r, start, (size_t)(r->p - start));
}

enum kt_step kt_evword_read(const char **p, char stop, struct kt_buf *dst,
                            struct kt_cur *ret, enum kt_evword_form *ret_form,
                            struct kt_err *reterr)
{
    struct reader r = {*p, dst, reterr};
    const size_t before = kt_buf_size(dst);
    enum kt_step s;

    if (*r.p == '"') {
        *ret_form = KT_EVWORD_QUOTED;
        s = read_quoted(&r);
    } else if (strncmp(r.p, "hex:", 4) == 0) {
        *ret_form = KT_EVWORD_HEX;
        r.p += 4;
        s = read_hex(&r);
    } else {
        *ret_form = KT_EVWORD_BARE;
        s = read_bare(&r, stop);
    }
    if (s == KT_DONE && *r.p != '\0' && *r.p != ' ' &&
        !(stop != '\0' && *r.p == stop))
        s = syntax(&r, "unexpected character");
    *p = r.p;
    if (s != KT_DONE)
        return s;
    *ret = kt_buf_view(dst);
    if (kt_cur_left(ret) > 0)
        ret->p += before;
    return KT_DONE;
}

/* Values: literals, alternatives, ranges, regular expressions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/value.h"
#include "base/must.h"
#include "wire/gzip.h"
#include <ctype.h>
#include <string.h>

enum { MAX_BYTES = 4 << 20 };

bool kt_number_read(const char *p, size_t n, uint64_t *ret)
{
    static const struct {
        const char *unit;
        uint64_t times;
    } units[] = {{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}};
    char text[32], *end;

    if (n == 0 || n >= sizeof text || p[0] < '0' || p[0] > '9')
        return false;
    memcpy(text, p, n);
    text[n] = '\0';
    *ret = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0) {
            const bool fits = *ret <= UINT64_MAX / units[i].times;

            *ret *= units[i].times;
            return fits;
        }
    return false;
}

bool kt_time_read(const char *p, size_t n, uint64_t *ret_ns)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    size_t digits = 0;

    while (digits < n && p[digits] >= '0' && p[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 10 || !kt_number_read(p, digits, ret_ns))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].unit) == n - digits &&
            memcmp(p + digits, units[i].unit, n - digits) == 0) {
            *ret_ns *= units[i].ns;
            return true;
        }
    return false;
}

bool kt_time_range_read(struct kt_line_in *l, const struct kt_word *w,
                        uint64_t *ret_lo, uint64_t *ret_hi)
{
    const char *dots = w ? memmem(w->p, w->n, "..", 2) : NULL;

    if (dots == NULL || !kt_time_read(w->p, (size_t)(dots - w->p), ret_lo) ||
        !kt_time_read(dots + 2, (size_t)(w->p + w->n - dots) - 2, ret_hi))
        return kt_line_bad(l, w, "a span of time is A..B, each with ms or s");
    if (*ret_hi < *ret_lo)
        return kt_line_bad(l, w, "this span ends before it begins");
    return true;
}

bool kt_text_read(struct kt_line_in *l, const struct kt_word *w, char **ret,
                  size_t *ret_n)
{
    json_error_t e;

    if (w->n == 0 || w->p[0] != '"') {
        *ret = kt_word_dup(l, w);
        *ret_n = w->n;
        return true;
    }
    json_t *j = json_loadb(w->p, w->n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    if (!json_is_string(j)) {
        json_decref(j);
        return kt_line_bad(l, w, "not a JSON string: %s", e.text);
    }
    *ret_n = json_string_length(j);
    *ret = kt_pool_strndup(l->arena, json_string_value(j), *ret_n);
    json_decref(j);
    return true;
}

static bool hex_run(const char *p, size_t n, uint8_t *dst)
{
    for (size_t i = 0; i < n; i += 2) {
        const int hi = kt_hex_digit(p[i]), lo = kt_hex_digit(p[i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        dst[i / 2] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

/* A run of digits or a group (digits)xN, at the front of [p, end). */
struct hex_part {
    const char *digits;
    size_t n; /* digits */
    uint64_t times;
    const char *next;
};

static bool part_read(const char *p, const char *end, struct hex_part *ret)
{
    const char *stop = memchr(p, *p == '(' ? ')' : '(', (size_t)(end - p));

    if (*p != '(') {
        stop = stop ? stop : end;
        *ret = (struct hex_part){p, (size_t)(stop - p), 1, stop};
        return ret->n % 2 == 0;
    }
    if (stop == NULL || end - stop < 3 || stop[1] != 'x')
        return false;
    *ret = (struct hex_part){p + 1, (size_t)(stop - p) - 1, 0, stop + 2};
    while (ret->next < end && isdigit((unsigned char)*ret->next) &&
           ret->times <= MAX_BYTES)
        ret->times = ret->times * 10 + (uint64_t)(*ret->next++ - '0');
    return ret->n % 2 == 0 && ret->n > 0 &&
           ret->times <= MAX_BYTES / (ret->n / 2);
}

/* What stands behind "hex:": digits, and groups (digits)xN. */
static bool hex_read(struct kt_line_in *l, const char *p, size_t n,
                     uint8_t **ret, size_t *ret_n)
{
    const char *end = p + n;
    struct hex_part part;
    size_t size = 0;

    for (const char *q = p; q < end; q = part.next) {
        if (!part_read(q, end, &part))
            return false;
        size += part.n / 2 * part.times;
        if (size > MAX_BYTES)
            return false;
    }
    *ret = kt_pool_alloc(l->arena, size + 1);
    *ret_n = size;
    uint8_t *dst = *ret;
    for (const char *q = p; q < end; q = part.next) {
        part_read(q, end, &part);
        for (uint64_t i = 0; i < part.times; i++, dst += part.n / 2)
            if (!hex_run(part.digits, part.n, dst))
                return false;
    }
    return true;
}

bool kt_bytes_read(struct kt_line_in *l, const char *p, size_t n, uint8_t **ret,
                   size_t *ret_n)
{
    uint64_t count;

    if (n >= 4 && memcmp(p, "hex:", 4) == 0)
        return hex_read(l, p + 4, n - 4, ret, ret_n);
    if (n < 6 || memcmp(p, "zeros:", 6) != 0 ||
        !kt_number_read(p + 6, n - 6, &count) || count > MAX_BYTES)
        return false;
    *ret = kt_pool_alloc(l->arena, count + 1);
    *ret_n = count;
    return true;
}

static bool bound_read(const char *p, size_t n, uint64_t *ret)
{
    return kt_number_read(p, n, ret) || kt_time_read(p, n, ret);
}

static bool range_read(const char *p, size_t n, struct kt_pat *ret)
{
    const char *dots = memmem(p, n, "..", 2);

    if (dots == NULL || !bound_read(p, (size_t)(dots - p), &ret->lo))
        return false;
    const size_t rest = (size_t)(p + n - dots) - 2;
    ret->hi = UINT64_MAX;
    if (rest > 0 && !bound_read(dots + 2, rest, &ret->hi))
        return false;
    ret->kind = KT_PAT_RANGE;
    return true;
}

static bool regex_read(struct kt_line_in *l, const struct kt_word *w,
                       struct kt_pat *ret)
{
    const struct kt_word quoted = {w->p + 1, w->n - 1,
                                   kt_line_col(l, w->p + 1)};
    char why[100];
    int rc;

    if (quoted.n == 0 || quoted.p[0] != '"')
        return kt_line_bad(l, w, "a regular expression is ~\"…\"");
    if (!kt_text_read(l, &quoted, &ret->text, &ret->n))
        return false;
    ret->kind = KT_PAT_REGEX;
    ret->re = kt_pool_regex(l->arena);
    rc = regcomp(ret->re, ret->text, REG_EXTENDED | REG_NOSUB);
    if (rc == 0)
        return true;
    regerror(rc, ret->re, why, sizeof why);
    regcomp(ret->re, "", REG_EXTENDED); /* so that it can be released */
    return kt_line_bad(l, w, "%s", why);
}

static bool literal_read(struct kt_line_in *l, const struct kt_word *w,
                         struct kt_pat *ret);

static bool gzip_read(struct kt_line_in *l, const struct kt_word *w,
                      struct kt_pat *ret)
{
    const struct kt_word rest = {w->p + 5, w->n - 5, kt_line_col(l, w->p + 5)};
    struct kt_buf b = {.limit = SIZE_MAX};

    if (kt_word_starts(&rest, "gzip:"))
        return kt_line_bad(l, w, "packed once is enough");
    if (!literal_read(l, &rest, ret))
        return false;
    must(kt_gzip(kt_cur_of(ret->text, ret->n), &b));
    ret->gzip = true;
    ret->npacked = kt_buf_size(&b);
    ret->packed = kt_pool_alloc(l->arena, ret->npacked);
    memcpy(ret->packed, kt_buf_view(&b).p, ret->npacked);
    kt_buf_fini(&b);
    return true;
}

static bool literal_read(struct kt_line_in *l, const struct kt_word *w,
                         struct kt_pat *ret)
{
    uint8_t *bytes;

    ret->kind = KT_PAT_LIT;
    if (kt_word_starts(w, "gzip:"))
        return gzip_read(l, w, ret);
    if (kt_word_starts(w, "hex:") || kt_word_starts(w, "zeros:")) {
        if (!kt_bytes_read(l, w->p, w->n, &bytes, &ret->n))
            return kt_line_bad(l, w,
                               "bytes are hex:0a0b, hex:(0a0b)x64 or zeros:N");
        ret->text = (char *)bytes;
        return true;
    }
    ret->quoted = w->n > 0 && w->p[0] == '"';
    return kt_text_read(l, w, &ret->text, &ret->n);
}

static bool one_read(struct kt_line_in *l, const struct kt_word *w,
                     struct kt_pat *ret)
{
    if (kt_word_is(w, "*")) {
        ret->kind = KT_PAT_PRESENT;
        return true;
    }
    if (kt_word_starts(w, "!") && w->n > 1) {
        const struct kt_word rest = {w->p + 1, w->n - 1,
                                     kt_line_col(l, w->p + 1)};

        if (w->p[1] == '!')
            return kt_line_bad(l, w, "one '!' only; a literal stands in \"…\"");
        ret->kind = KT_PAT_NOT;
        ret->sub = kt_pool_alloc(l->arena, sizeof *ret->sub);
        ret->nsub = 1;
        return one_read(l, &rest, ret->sub);
    }
    if (kt_word_starts(w, "~"))
        return regex_read(l, w, ret);
    if (!range_read(w->p, w->n, ret))
        return literal_read(l, w, ret);
    return ret->lo <= ret->hi || kt_line_bad(l, w, "this range is empty");
}

/* The end of the alternative that begins at p. */
static const char *alternative_end(const char *p, const char *end)
{
    bool quoted = false;

    for (; p < end; p++) {
        if (*p == '\\' && quoted)
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == '|' && !quoted)
            return p;
    }
    return end;
}

bool kt_value_read(struct kt_line_in *l, const struct kt_word *w,
                   struct kt_pat *ret)
{
    const char *end = w->p + w->n, *bar = alternative_end(w->p, end);

    *ret = (struct kt_pat){0};
    if (bar == end)
        return one_read(l, w, ret);
    ret->kind = KT_PAT_ALT;
    for (const char *p = w->p; p <= end; p = bar + 1) {
        bar = alternative_end(p, end);
        const struct kt_word part = {p, (size_t)(bar - p), kt_line_col(l, p)};

        ret->sub =
            kt_pool_more(l->arena, ret->sub, ret->nsub, sizeof *ret->sub);
        ret->sub[ret->nsub] = (struct kt_pat){0};
        if (!one_read(l, &part, &ret->sub[ret->nsub++]))
            return false;
        if (bar == end)
            break;
    }
    return true;
}

bool kt_field_read(struct kt_line_in *l, const struct kt_word *w,
                   struct kt_field *ret)
{
    const char *eq =
        w ? memchr(w->p + (w->n > 0), '=', w->n ? w->n - 1 : 0) : NULL;

    if (eq == NULL)
        return kt_line_bad(l, w, "a field is name=value");
    const size_t n = (size_t)(eq - w->p);
    const struct kt_word value = {eq + 1, w->n - n - 1, kt_line_col(l, eq + 1)};

    *ret = (struct kt_field){.pos = l->pos};
    ret->pos.col = w->col;
    ret->name = kt_pool_strndup(l->arena, w->p, n);
    if (w->p[0] == '"') {
        const struct kt_word name = {w->p, n, w->col};
        size_t len;

        if (!kt_text_read(l, &name, &ret->name, &len))
            return false;
    }
    return kt_value_read(l, &value, &ret->value);
}

void kt_fields_put(struct kt_pool *a, struct kt_fields *f,
                   struct kt_field field)
{
    f->v = kt_pool_more(a, f->v, f->n, sizeof *f->v);
    f->v[f->n++] = field;
}

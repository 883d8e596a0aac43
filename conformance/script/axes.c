/* Axes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/axes.h"
#include <ctype.h>
#include <string.h>

/* The raw text behind "axes": values may be quoted, so it is read by
 * characters. */
struct reader {
    struct kt_line_in *l;
    const char *p;
};

static bool bad(struct reader *r, const char *what)
{
    const struct kt_word at = {r->p, 0, (int)(r->p - r->l->text) + 1};

    return kt_line_bad(r->l, &at, "%s", what);
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool name_read(struct reader *r, const struct kt_axes *all,
                      struct kt_axis *a)
{
    const char *start = r->p;
    char *name;

    while (is_name(*r->p))
        r->p++;
    if (r->p == start || !isalpha((unsigned char)*start))
        return bad(r, "axes a=x,y b:c=1:A,2:B");
    if (a->nnames == KT_AXIS_MAX_NAMES)
        return bad(r, "at most 4 names vary together");
    name = kt_pool_strndup(r->l->arena, start, (size_t)(r->p - start));
    for (const struct kt_axis *x = all->v; x <= a; x++)
        for (size_t i = 0; i < x->nnames; i++)
            if (strcmp(x->names[i], name) == 0) {
                r->p = start;
                return bad(r, "this axis stands here already");
            }
    a->names[a->nnames++] = name;
    return strcmp(name, "i") != 0 || bad(r, "'i' counts the rounds of repeat");
}

static bool names_read(struct reader *r, const struct kt_axes *all,
                       struct kt_axis *a)
{
    do {
        if (!name_read(r, all, a))
            return false;
    } while (*r->p == ':' && r->p++);
    if (*r->p != '=')
        return bad(r, "values stand behind '='");
    r->p++;
    return true;
}

/* Behind the string whose opening quote p points at, or NULL. */
static const char *string_end(const char *p)
{
    for (p++; *p != '"'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        if (*p == '\0')
            return NULL;
    }
    return p + 1;
}

/* A bare value ends at one of stops, but not inside a string: ~"a,b". */
static bool bare_read(struct reader *r, const char *stops,
                      struct kt_axis_cell *ret)
{
    const char *start = r->p;

    while (*r->p != '\0' && strchr(stops, *r->p) == NULL) {
        const char *end = *r->p == '"' ? string_end(r->p) : r->p + 1;

        if (end == NULL)
            return bad(r, "this quote is not closed");
        r->p = end;
    }
    ret->text = kt_pool_strndup(r->l->arena, start, (size_t)(r->p - start));
    return true;
}

/* A value: "…" or '…' without its quotes, else up to one of stops. Escapes
 * stay: the line that the value goes to reads them. */
static bool value_read(struct reader *r, const char *stops,
                       struct kt_axis_cell *ret)
{
    const char quote = *r->p, *start = r->p, *end;

    if (quote != '"' && quote != '\'')
        return bare_read(r, stops, ret);
    end = quote == '"' ? string_end(r->p) : strchr(r->p + 1, quote);
    if (end == NULL)
        return bad(r, "this quote is not closed");
    end += quote == '\'';
    ret->text =
        kt_pool_strndup(r->l->arena, start + 1, (size_t)(end - start) - 2);
    ret->quoted = quote == '"';
    r->p = end;
    return true;
}

static bool row_read(struct reader *r, struct kt_axis *a)
{
    struct kt_axis_cell *row;

    a->rows = kt_pool_more(r->l->arena, a->rows, a->nrows, sizeof *a->rows);
    row = a->rows[a->nrows++];
    memset(row, 0, sizeof *a->rows);
    for (size_t i = 0; i < a->nnames; i++) {
        if (i > 0 && *r->p != ':')
            return bad(r, "a value for each name, joined by ':'");
        r->p += i > 0;
        if (!value_read(r, i + 1 < a->nnames ? ":, \t" : ", \t", &row[i]))
            return false;
    }
    return true;
}

static bool axis_read(struct reader *r, const struct kt_axes *all,
                      struct kt_axis *a)
{
    *a = (struct kt_axis){0};
    if (!names_read(r, all, a))
        return false;
    do {
        if (!row_read(r, a))
            return false;
    } while (*r->p == ',' && r->p++);
    if (*r->p != '\0' && *r->p != ' ' && *r->p != '\t')
        return bad(r, "a blank or a comma is due here");
    return true;
}

bool kt_axes_read(struct kt_line_in *l, struct kt_axes *ret)
{
    struct reader r = {l, strstr(l->text, "axes") + 4};

    for (;;) {
        r.p += strspn(r.p, " \t");
        if (*r.p == '\0' || *r.p == '#')
            break;
        if (ret->n == KT_AXES_MAX)
            return bad(&r, "too many axes");
        if (!axis_read(&r, ret, &ret->v[ret->n]))
            return false;
        ret->n++;
    }
    if (kt_axes_count(ret) > KT_AXES_MAX_CASES)
        return bad(&r, "these axes make more than 2000 cases");
    return true;
}

size_t kt_axes_count(const struct kt_axes *a)
{
    size_t n = 1;

    for (size_t i = 0; i < a->n && n <= KT_AXES_MAX_CASES; i++)
        n *= a->v[i].nrows;
    return n;
}

/* The row of axis k in variant i: the last axis varies fastest. */
static size_t row_of(const struct kt_axes *a, size_t i, size_t k)
{
    for (size_t j = a->n; j-- > k + 1;)
        i /= a->v[j].nrows;
    return i % a->v[k].nrows;
}

size_t kt_axes_values(const struct kt_axes *a, size_t i,
                      struct kt_axis_value v[KT_AXES_MAX_VALUES])
{
    size_t n = 0;

    for (size_t k = 0; k < a->n; k++) {
        const struct kt_axis_cell *row = a->v[k].rows[row_of(a, i, k)];

        for (size_t j = 0; j < a->v[k].nnames; j++)
            v[n++] = (struct kt_axis_value){a->v[k].names[j], row[j].text,
                                            row[j].quoted};
    }
    return n;
}

char *kt_axes_suffix(struct kt_pool *arena, const struct kt_axes *a, size_t i)
{
    struct kt_buf b;
    char *text;

    if (a->n == 0)
        return kt_pool_strdup(arena, "");
    kt_buf_init(&b, 1 << 16);
    for (size_t k = 0; k < a->n; k++) {
        const char *p = a->v[k].rows[row_of(a, i, k)][0].text;

        kt_buf_printf(&b, "%s%s=", k ? "," : "[", a->v[k].names[0]);
        for (; *p != '\0'; p++)
            kt_buf_put_u8(&b, *p == ' ' || *p == '\t' ? '+' : (uint8_t)*p);
    }
    kt_buf_puts(&b, "]");
    text = kt_pool_strdup(arena, kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

/* --- replacement --- */

struct out {
    char *text;
    int *cols;
    size_t n, cap;
};

static void put(struct kt_pool *a, struct out *o, const char *p, size_t n,
                int col, bool moves)
{
    if (o->n + n + 1 > o->cap) {
        const size_t cap = 2 * (o->cap + n + 1);
        char *text = kt_pool_alloc(a, cap);
        int *cols = kt_pool_alloc(a, cap * sizeof *cols);

        if (o->n > 0) {
            memcpy(text, o->text, o->n);
            memcpy(cols, o->cols, o->n * sizeof *cols);
        }
        o->text = text;
        o->cols = cols;
        o->cap = cap;
    }
    for (size_t i = 0; i < n; i++, o->n++) {
        o->text[o->n] = p[i];
        o->cols[o->n] = col + (moves ? (int)i : 0);
    }
}

/* The longest name of v that begins at p, which stands behind '$'. Returns what
 * to skip, 0 for none. */
static size_t match_name(const char *p, const struct kt_axis_value *v, size_t n,
                         const struct kt_axis_value **ret)
{
    const bool braces = *p == '{';
    size_t best = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t len = strlen(v[i].name);

        if (len <= best || strncmp(p + braces, v[i].name, len) != 0 ||
            (braces && p[1 + len] != '}'))
            continue;
        best = len;
        *ret = &v[i];
    }
    return best ? best + (braces ? 2 : 0) : 0;
}

static size_t name_length(const char *p)
{
    size_t n = 0;

    if (isalpha((unsigned char)*p))
        while (is_name(p[n]))
            n++;
    return n;
}

struct kt_replaced kt_axes_replace(struct kt_pool *arena, const char *line,
                                   const int *cols,
                                   const struct kt_axis_value *v, size_t n)
{
    struct kt_replaced r = {.text = line, .cols = cols};
    struct out o = {0};
    bool string = false;

    if (strchr(line, '$') == NULL)
        return r;
    for (const char *p = line; *p != '\0';) {
        const int col = cols ? cols[p - line] : (int)(p - line) + 1;
        const struct kt_axis_value *found = NULL;
        const size_t skip = *p == '$' ? match_name(p + 1, v, n, &found) : 0;

        if (found != NULL) {
            const bool quote = found->quoted && !string && p > line &&
                               strchr("=|", p[-1]) != NULL;
            put(arena, &o, "\"", quote, col, false);
            put(arena, &o, found->text, strlen(found->text), col, false);
            put(arena, &o, "\"", quote, col, false);
            p += 1 + skip;
            continue;
        }
        const size_t unknown =
            *p == '$' ? name_length(p + 1 + (p[1] == '{')) : 0;
        if (unknown > 0 && r.unknown == NULL) {
            r.unknown = p + 1 + (p[1] == '{');
            r.unknown_len = unknown;
            r.unknown_col = col;
        }
        const size_t take = *p == '\\' && string && p[1] != '\0' ? 2 : 1;
        string ^= *p == '"';
        put(arena, &o, p, take, col, true);
        p += take;
    }
    const size_t len = strlen(line);
    put(arena, &o, "", 1, cols ? cols[len] : (int)len + 1, false);
    r.text = o.text;
    r.cols = o.cols;
    return r;
}

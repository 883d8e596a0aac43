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

static bool names_read(struct reader *r, struct kt_axis *a)
{
    do {
        const char *start = r->p;

        while (isalnum((unsigned char)*r->p) || *r->p == '_' || *r->p == '-')
            r->p++;
        if (r->p == start)
            return bad(r, "axes a=x,y b:c=1:A,2:B");
        if (a->nnames == 4)
            return bad(r, "at most 4 names vary together");
        a->names[a->nnames++] =
            kt_pool_strndup(r->l->arena, start, (size_t)(r->p - start));
    } while (*r->p == ':' && r->p++);
    if (*r->p++ != '=')
        return bad(r, "values stand behind '='");
    return true;
}

/* A value: "…" or '…' without its quotes, else up to one of stops. */
static bool value_read(struct reader *r, const char *stops, char **ret)
{
    const char quote = *r->p;
    const char *start = r->p;

    if (quote != '"' && quote != '\'') {
        r->p += strcspn(r->p, stops);
        *ret = kt_pool_strndup(r->l->arena, start, (size_t)(r->p - start));
        return true;
    }
    for (r->p++; *r->p != quote; r->p++)
        if (*r->p == '\0')
            return bad(r, "this quote is not closed");
    *ret = kt_pool_strndup(r->l->arena, start + 1, (size_t)(r->p - start) - 1);
    r->p++;
    return true;
}

static bool row_read(struct reader *r, struct kt_axis *a)
{
    char **row;

    a->rows = kt_pool_more(r->l->arena, a->rows, a->nrows, sizeof *a->rows);
    row = a->rows[a->nrows++];
    for (size_t i = 0; i < a->nnames; i++) {
        if (i > 0 && *r->p++ != ':')
            return bad(r, "a value for each name, joined by ':'");
        if (!value_read(r,
                        a->nnames > 1 && i + 1 < a->nnames ? ":, \t" : ", \t",
                        &row[i]))
            return false;
    }
    return true;
}

static bool axis_read(struct reader *r, struct kt_axis *a)
{
    *a = (struct kt_axis){0};
    if (!names_read(r, a))
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
        if (ret->n == KT_AXES_MAX_NAMES)
            return bad(&r, "too many axes");
        if (!axis_read(&r, &ret->v[ret->n]))
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
                      struct kt_axis_value v[KT_AXES_MAX_NAMES * 4])
{
    size_t n = 0;

    for (size_t k = 0; k < a->n; k++)
        for (size_t j = 0; j < a->v[k].nnames; j++)
            v[n++] = (struct kt_axis_value){a->v[k].names[j],
                                            a->v[k].rows[row_of(a, i, k)][j]};
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
        const char *p = a->v[k].rows[row_of(a, i, k)][0];

        kt_buf_printf(&b, "%s%s=", k ? "," : "[", a->v[k].names[0]);
        for (; *p != '\0'; p++) /* an id is one word */
            kt_buf_put_u8(&b, *p == ' ' || *p == '\t' ? '+' : (uint8_t)*p);
    }
    kt_buf_puts(&b, "]");
    text = kt_pool_strdup(arena, kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

/* The longest name of v that begins at p, which stands behind '$'. Returns what
 * to skip. */
static size_t match_name(const char *p, const struct kt_axis_value *v, size_t n,
                         const struct kt_axis_value **ret)
{
    const bool braces = *p == '{';
    size_t best = 0;

    *ret = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t len = strlen(v[i].name);

        if (len <= best || strncmp(p + braces, v[i].name, len) != 0 ||
            (braces && p[1 + len] != '}'))
            continue;
        best = len;
        *ret = &v[i];
    }
    return best + (braces ? 2 : 0);
}

char *kt_axes_replace(struct kt_pool *arena, const char *line,
                      const struct kt_axis_value *v, size_t n,
                      const char **ret_unknown)
{
    struct kt_buf b;
    char *text;

    if (ret_unknown != NULL)
        *ret_unknown = NULL;
    if (strchr(line, '$') == NULL)
        return kt_pool_strdup(arena, line);
    kt_buf_init(&b, KT_LINE_MAX);
    for (const char *p = line; *p != '\0';) {
        const struct kt_axis_value *found = NULL;
        const size_t skip = *p == '$' ? match_name(p + 1, v, n, &found) : 0;

        if (found != NULL) {
            kt_buf_puts(&b, found->text);
            p += 1 + skip;
            continue;
        }
        if (*p == '$' && ret_unknown != NULL && *ret_unknown == NULL &&
            isalpha((unsigned char)p[1]) && p[1] != 'i')
            *ret_unknown = p;
        kt_buf_put_u8(&b, (uint8_t)*p++);
    }
    text = kt_pool_strdup(arena, kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

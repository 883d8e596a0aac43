/* Lines, words, faults.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/line.h"
#include "base/alloc.h"
#include "base/near.h"
#include <stdarg.h>
#include <string.h>

enum { MAX_FAULTS = 200 };

static void add(struct kt_faults *f, struct kt_pos pos, char *text)
{
    if (f->n >= MAX_FAULTS) {
        kt_free(text);
        return;
    }
    f->v = kt_xrealloc(f->v, (f->n + 1) * sizeof *f->v);
    f->v[f->n++] =
        (struct kt_fault){kt_xstrdup(pos.file), pos.line, pos.col, text};
}

static char *vtext(const char *fmt, va_list ap)
{
    char text[1000];

    vsnprintf(text, sizeof text, fmt, ap);
    return kt_xstrdup(text);
}

void kt_fault_add(struct kt_faults *f, struct kt_pos pos, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(f, pos, vtext(fmt, ap));
    va_end(ap);
}

static int by_place(const void *a, const void *b)
{
    const struct kt_fault *x = a, *y = b;
    const int file = strcmp(x->file, y->file);

    if (file != 0)
        return file;
    if (x->line != y->line)
        return x->line - y->line;
    return x->col != y->col ? x->col - y->col : strcmp(x->text, y->text);
}

static void fault_fini(struct kt_fault *f)
{
    kt_free(f->file);
    kt_free(f->text);
}

/* Sorted, and each said once: axes repeat a line's fault. */
void kt_faults_sort(struct kt_faults *f)
{
    size_t kept = 0;

    if (f->n > 1)
        qsort(f->v, f->n, sizeof *f->v, by_place);
    for (size_t i = 0; i < f->n; i++) {
        if (kept > 0 && by_place(&f->v[kept - 1], &f->v[i]) == 0)
            fault_fini(&f->v[i]);
        else
            f->v[kept++] = f->v[i];
    }
    f->n = kept;
}

void kt_faults_fini(struct kt_faults *f)
{
    for (size_t i = 0; i < f->n; i++)
        fault_fini(&f->v[i]);
    kt_free(f->v);
    *f = (struct kt_faults){0};
}

/* Behind the closing quote of the string that begins at p; NULL when it stays
 * open. */
static const char *skip_string(const char *p)
{
    for (p++; *p != '\0' && *p != '"'; p++)
        if (*p == '\\' && p[1] != '\0')
            p++;
    return *p == '"' ? p + 1 : NULL;
}

static const char *skip_braces(const char *p)
{
    int depth = 0;

    while (*p != '\0') {
        if (*p == '"') {
            p = skip_string(p);
            if (p == NULL)
                return NULL;
            continue;
        }
        depth += (*p == '{') - (*p == '}');
        p++;
        if (depth == 0)
            return p;
    }
    return NULL;
}

/* Behind the word that begins at p. */
static const char *skip_word(const char *p)
{
    while (p != NULL && *p != '\0' && *p != ' ' && *p != '\t' && *p != '#') {
        if (*p == '"')
            p = skip_string(p);
        else if (*p == '{')
            p = skip_braces(p);
        else
            p++;
    }
    return p;
}

int kt_line_col(const struct kt_line_in *l, const char *p)
{
    return l->cols ? l->cols[p - l->text] : (int)(p - l->text) + 1;
}

struct kt_pos kt_line_pos(const struct kt_line_in *l, const struct kt_word *w)
{
    struct kt_pos pos = l->pos;

    pos.col = w ? w->col : kt_line_col(l, l->text + strlen(l->text));
    return pos;
}

bool kt_line_init(struct kt_line_in *l, struct kt_pool *arena,
                  struct kt_faults *faults, struct kt_pos pos, const char *text,
                  const int *cols)
{
    l->arena = arena;
    l->faults = faults;
    l->pos = pos;
    l->text = text;
    l->cols = cols;
    l->n = l->at = 0;
    l->bad = false;
    for (const char *p = text;;) {
        p += strspn(p, " \t");
        if (*p == '\0' || *p == '#')
            return true;
        const char *end = skip_word(p);
        struct kt_word w = {p, end ? (size_t)(end - p) : strlen(p),
                            kt_line_col(l, p)};

        if (end == NULL)
            return kt_line_bad(l, &w, "a quote or brace is not closed");
        if (l->n == KT_LINE_MAX_WORDS)
            return kt_line_bad(l, &w, "more than %d words", KT_LINE_MAX_WORDS);
        l->w[l->n++] = w;
        p = end;
    }
}

void kt_line_key(struct kt_line_in *l, struct kt_pool *arena,
                 struct kt_faults *faults, struct kt_pos pos, const char *text)
{
    const size_t in = strspn(text, " \t\r"), n = strcspn(text + in, " \t\r"),
                 at = in + n + strspn(text + in + n, " \t\r");

    *l = (struct kt_line_in){
        .arena = arena, .faults = faults, .pos = pos, .text = text};
    l->w[0] = (struct kt_word){text + in, n, (int)in + 1};
    l->w[1] = (struct kt_word){text + at, 0, (int)at + 1};
    l->n = 2;
}

char *kt_line_rest(struct kt_pool *a, const struct kt_word *key)
{
    const char *p = key->p + key->n + strspn(key->p + key->n, " \t\r");
    size_t n = strlen(p);

    while (n > 0 && strchr(" \t\r", p[n - 1]))
        n--;
    return kt_pool_strndup(a, p, n);
}

static bool push_part(struct kt_line_in *l, struct kt_word *out, size_t *n,
                      const char *p, const char *end)
{
    if (p == end)
        return true;
    const struct kt_word w = {p, (size_t)(end - p), kt_line_col(l, p)};

    if (*n == KT_LINE_MAX_WORDS)
        return kt_line_bad(l, &w, "more than %d words", KT_LINE_MAX_WORDS);
    out[(*n)++] = w;
    return true;
}

static bool split_word(struct kt_line_in *l, struct kt_word *out, size_t *n,
                       const struct kt_word *w)
{
    const char *start = w->p, *p = w->p, *end = w->p + w->n;

    while (p < end) {
        if (*p == '"') {
            p = skip_string(p);
        } else if (*p == '{') {
            p = skip_braces(p);
        } else if (*p == '|') {
            if (!push_part(l, out, n, start, p) ||
                !push_part(l, out, n, p, p + 1))
                return false;
            start = ++p;
        } else {
            p++;
        }
    }
    return push_part(l, out, n, start, end);
}

bool kt_line_split_bars(struct kt_line_in *l)
{
    struct kt_word out[KT_LINE_MAX_WORDS];
    size_t n = l->at;

    memcpy(out, l->w, l->at * sizeof *out);
    for (size_t i = l->at; i < l->n; i++)
        if (!split_word(l, out, &n, &l->w[i]))
            return false;
    memcpy(l->w, out, n * sizeof *out);
    l->n = n;
    return true;
}

const struct kt_word *kt_line_peek(const struct kt_line_in *l)
{
    return l->at < l->n ? &l->w[l->at] : NULL;
}

const struct kt_word *kt_line_take(struct kt_line_in *l)
{
    return l->at < l->n ? &l->w[l->at++] : NULL;
}

bool kt_word_is(const struct kt_word *w, const char *s)
{
    return w != NULL && strlen(s) == w->n && memcmp(w->p, s, w->n) == 0;
}

bool kt_word_starts(const struct kt_word *w, const char *s)
{
    const size_t n = strlen(s);

    return w != NULL && w->n >= n && memcmp(w->p, s, n) == 0;
}

bool kt_line_next_is(const struct kt_line_in *l, const char *word)
{
    return kt_word_is(kt_line_peek(l), word);
}

bool kt_line_accept(struct kt_line_in *l, const char *word)
{
    const bool is = kt_line_next_is(l, word);

    l->at += is;
    return is;
}

char *kt_word_dup(struct kt_line_in *l, const struct kt_word *w)
{
    return kt_pool_strndup(l->arena, w->p, w->n);
}

bool kt_line_bad(struct kt_line_in *l, const struct kt_word *w, const char *fmt,
                 ...)
{
    const struct kt_pos pos = kt_line_pos(l, w);
    va_list ap;

    va_start(ap, fmt);
    add(l->faults, pos, vtext(fmt, ap));
    va_end(ap);
    l->bad = true;
    return false;
}

bool kt_line_unknown(struct kt_line_in *l, const struct kt_word *w,
                     const char *what, const char *const *known, size_t n)
{
    char *word = kt_word_dup(l, w);
    const char *near = kt_near(word, known, n);

    if (near != NULL)
        return kt_line_bad(l, w, "no %s '%s', did you mean '%s'?", what, word,
                           near);
    return kt_line_bad(l, w, "no %s '%s'", what, word);
}

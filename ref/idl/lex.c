/* The tokens of Thrift IDL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/lex.h"
#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The character i bytes ahead, NUL behind the end. */
static char ahead(const struct kt_lex *lx, uint32_t i)
{
    return i < lx->n - lx->pos ? lx->text[lx->pos + i] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\r' || c == '\n';
}

static void skip_line(struct kt_lex *lx)
{
    while (lx->pos < lx->n && lx->text[lx->pos] != '\n')
        lx->pos++;
}

static bool skip_block(struct kt_lex *lx)
{
    const char *from = lx->text + lx->pos + 2;
    const char *end = memmem(from, lx->n - lx->pos - 2, "*/", 2);

    if (end == NULL)
        return false;
    lx->pos = (uint32_t)(end - lx->text) + 2;
    return true;
}

/* Spaces and comments of all three kinds; false when a comment does not end. */
static bool skip(struct kt_lex *lx)
{
    while (lx->pos < lx->n) {
        const char c = ahead(lx, 0), d = ahead(lx, 1);

        if (is_space(c))
            lx->pos++;
        else if (c == '#' || (c == '/' && d == '/'))
            skip_line(lx);
        else if (c != '/' || d != '*')
            return true;
        else if (!skip_block(lx))
            return false;
    }
    return true;
}

static void skip_digits(struct kt_lex *lx)
{
    while (is_digit(ahead(lx, 0)))
        lx->pos++;
}

static const char *number(struct kt_lex *lx, struct kt_tok *t)
{
    t->kind = KT_TK_INT;
    if (ahead(lx, 0) == '+' || ahead(lx, 0) == '-')
        lx->pos++;
    if (ahead(lx, 0) == '0' && (ahead(lx, 1) == 'x' || ahead(lx, 1) == 'o')) {
        lx->pos += 2;
        while (is_digit(ahead(lx, 0)) || is_letter(ahead(lx, 0)))
            lx->pos++;
        return NULL;
    }
    skip_digits(lx);
    if (ahead(lx, 0) == '.') {
        t->kind = KT_TK_DOUBLE;
        lx->pos++;
        skip_digits(lx);
    }
    if (ahead(lx, 0) == 'e' || ahead(lx, 0) == 'E') {
        const char sign = ahead(lx, 1);

        t->kind = KT_TK_DOUBLE;
        lx->pos += sign == '+' || sign == '-' ? 2 : 1;
        skip_digits(lx);
    }
    const bool ends = is_digit(lx->text[lx->pos - 1]);
    return ends && !is_letter(ahead(lx, 0)) ? NULL : "not a number";
}

static const char *literal(struct kt_lex *lx, struct kt_tok *t)
{
    const char quote = ahead(lx, 0);

    t->kind = KT_TK_LITERAL;
    for (lx->pos++; lx->pos < lx->n; lx->pos++) {
        if (ahead(lx, 0) == '\\' && ahead(lx, 1) != '\0') {
            lx->pos++;
        } else if (ahead(lx, 0) == quote) {
            t->len = lx->pos++ - t->at - 1;
            return NULL;
        }
    }
    return "this string has no end";
}

static const char *other(struct kt_lex *lx, struct kt_tok *t)
{
    const char c = ahead(lx, 0), d = ahead(lx, 1);

    if (c == '"' || c == '\'')
        return literal(lx, t);
    if (is_digit(c) || ((c == '+' || c == '-') && (is_digit(d) || d == '.')) ||
        (c == '.' && is_digit(d)))
        return number(lx, t);
    if (is_letter(c)) {
        t->kind = KT_TK_IDENT;
        while (is_letter(ahead(lx, 0)) || is_digit(ahead(lx, 0)) ||
               ahead(lx, 0) == '.')
            lx->pos++;
        return NULL;
    }
    if (c == '\0' || strchr("{}()<>[],;:=*", c) == NULL)
        return "no token begins like this";
    t->kind = KT_TK_PUNCT;
    lx->pos++;
    return NULL;
}

const char *kt_lex_next(struct kt_lex *lx, struct kt_tok *ret)
{
    const bool bom = lx->pos == 0 && lx->n >= 3;

    if (bom && memcmp(lx->text, "\xef\xbb\xbf", 3) == 0)
        lx->pos = 3;
    const bool skipped = skip(lx);
    *ret = (struct kt_tok){.kind = KT_TK_END, .at = lx->pos};
    if (!skipped)
        return "this comment has no end";
    if (lx->pos == lx->n)
        return NULL;
    const char *why = other(lx, ret);
    if (why == NULL && ret->kind != KT_TK_LITERAL)
        ret->len = lx->pos - ret->at;
    return why;
}

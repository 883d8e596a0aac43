/* Names, literals, types, values, annotations and fields.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/parse.h"
#include "idl/limits.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool kt_parse_take(struct kt_parser *p)
{
    const char *why = kt_lex_next(&p->lx, &p->tok);

    return why == NULL ||
           kt_load_fail(p->l, p->f, p->tok.at, KT_E_SYNTAX, "%s", why);
}

bool kt_parse_is(const struct kt_parser *p, const char *word)
{
    const bool text = p->tok.kind == KT_TK_IDENT || p->tok.kind == KT_TK_PUNCT;

    return text && strlen(word) == p->tok.len &&
           memcmp(p->f->text + p->tok.at, word, p->tok.len) == 0;
}

bool kt_parse_unexpected(struct kt_parser *p, const char *what,
                         const char *hint)
{
    const uint32_t quotes = p->tok.kind == KT_TK_LITERAL ? 2 : 0;
    const uint32_t len = p->tok.len + quotes;
    const int n = len > 40 ? 40 : (int)len;

    if (p->tok.kind == KT_TK_END)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_SYNTAX,
                            "expected %s, got the end of the file", what);
    return kt_load_fail(p->l, p->f, p->tok.at, KT_E_SYNTAX,
                        "expected %s, got '%.*s'%s", what, n,
                        p->f->text + p->tok.at, hint);
}

bool kt_parse_want(struct kt_parser *p, const char *word)
{
    char what[16] = "'";

    if (kt_parse_is(p, word))
        return kt_parse_take(p);
    strncat(what, word, sizeof what - 3);
    strcat(what, "'");
    return kt_parse_unexpected(p, what, "");
}

bool kt_parse_maybe(struct kt_parser *p, const char *word, bool *ret)
{
    *ret = kt_parse_is(p, word);
    return !*ret || kt_parse_take(p);
}

bool kt_parse_separator(struct kt_parser *p)
{
    return (!kt_parse_is(p, ",") && !kt_parse_is(p, ";")) || kt_parse_take(p);
}

const char *kt_parse_name(struct kt_parser *p, const char *what)
{
    if (p->tok.kind != KT_TK_IDENT) {
        kt_parse_unexpected(p, what, "");
        return NULL;
    }
    if (p->tok.len > KT_IDL_MAX_NAME) {
        kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_BIG,
                     "this name has more than %d bytes", KT_IDL_MAX_NAME);
        return NULL;
    }
    char *name = kt_load_keep(p->l, p->tok.len + 1);
    if (name == NULL)
        return NULL;
    memcpy(name, p->f->text + p->tok.at, p->tok.len);
    return kt_parse_take(p) ? name : NULL;
}

/* What a backslash and c stand for: as Go reads what Kitex's tool copies. */
static char escaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

const char *kt_parse_literal(struct kt_parser *p, size_t *ret_n)
{
    if (p->tok.kind != KT_TK_LITERAL) {
        kt_parse_unexpected(p, "a string", "");
        return NULL;
    }
    const char *from = p->f->text + p->tok.at + 1;
    char *s = kt_load_tmp(p->l, p->tok.len + 1);
    size_t n = 0;

    if (s == NULL)
        return NULL;
    for (uint32_t i = 0; i < p->tok.len; i++) {
        if (from[i] == '\\' && i + 1 < p->tok.len &&
            strchr("\\\"'nrt", from[i + 1]) != NULL)
            s[n++] = escaped(from[++i]);
        else
            s[n++] = from[i];
    }
    if (ret_n != NULL)
        *ret_n = n;
    return kt_parse_take(p) ? s : NULL;
}

/* Bases as Go's ParseInt(s, 0, 64) has them, which Kitex's tool uses. */
bool kt_parse_int(struct kt_parser *p, int64_t *ret)
{
    char digits[72];

    if (p->tok.kind != KT_TK_INT)
        return kt_parse_unexpected(p, "an integer", "");
    if (p->tok.len >= sizeof digits)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_RANGE,
                            "this number has too many digits");
    memcpy(digits, p->f->text + p->tok.at, p->tok.len);
    digits[p->tok.len] = '\0';

    const bool neg = digits[0] == '-';
    const char *s = digits + (neg || digits[0] == '+');
    const bool octal = s[0] == '0' && s[1] != '\0';
    const int base = octal && s[1] == 'x' ? 16 : octal ? 8 : 10;
    int64_t v = 0;
    bool over = false;

    s += octal ? 1 : 0;
    s += octal && (*s == 'x' || *s == 'o') ? 1 : 0;
    if (*s == '\0')
        return kt_parse_unexpected(p, "an integer", "");
    for (; *s != '\0'; s++) {
        const int d = kt_hex_digit(*s);

        if (d < 0 || d >= base)
            return kt_parse_unexpected(p, "an integer", "");
        over |= __builtin_mul_overflow(v, base, &v) ||
                __builtin_add_overflow(v, neg ? -d : d, &v);
    }
    if (over)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_RANGE,
                            "%s does not fit 64 bits", digits);
    *ret = v;
    return kt_parse_take(p);
}

/* Types. */

static const struct kt_type *base_type(const struct kt_parser *p)
{
    static const struct {
        const char *word;
        struct kt_type type;
    } base[] = {
        {"bool", {.wire = KT_T_BOOL}},
        {"byte", {.wire = KT_T_I8}},
        {"i8", {.wire = KT_T_I8}},
        {"i16", {.wire = KT_T_I16}},
        {"i32", {.wire = KT_T_I32}},
        {"i64", {.wire = KT_T_I64}},
        {"double", {.wire = KT_T_DOUBLE}},
        {"string", {.wire = KT_T_STRING}},
        {"binary", {.wire = KT_T_STRING, .is_binary = true}},
    };

    for (size_t i = 0; i < sizeof base / sizeof *base; i++)
        if (kt_parse_is(p, base[i].word))
            return &base[i].type;
    return NULL;
}

static bool skip_cpp_type(struct kt_parser *p)
{
    if (!kt_parse_is(p, "cpp_type"))
        return true;
    return kt_parse_take(p) && kt_parse_literal(p, NULL) != NULL;
}

static bool type(struct kt_parser *p, unsigned depth, struct kt_ast_type **ret);

/* "<a, b>" or "<a>", the container's word already taken. */
static bool container(struct kt_parser *p, unsigned depth,
                      struct kt_ast_type *t)
{
    if (!skip_cpp_type(p) || !kt_parse_want(p, "<"))
        return false;
    if (t->kind == KT_TY_MAP &&
        (!type(p, depth + 1, &t->key) || !kt_parse_want(p, ",")))
        return false;
    return type(p, depth + 1, &t->elem) && kt_parse_want(p, ">") &&
           skip_cpp_type(p);
}

static bool type(struct kt_parser *p, unsigned depth, struct kt_ast_type **ret)
{
    struct kt_ast_type *t = kt_load_tmp(p->l, sizeof *t);

    if (t == NULL)
        return false;
    if (depth > KT_IDL_MAX_TYPE_DEPTH)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_DEEP,
                            "types nest more than %d deep",
                            KT_IDL_MAX_TYPE_DEPTH);
    *ret = t;
    t->at = p->tok.at;
    t->base = base_type(p);
    if (t->base != NULL) {
        t->kind = KT_TY_BASE;
        return kt_parse_take(p) && kt_parse_notes(p, NULL);
    }
    t->kind = kt_parse_is(p, "map")    ? KT_TY_MAP
              : kt_parse_is(p, "set")  ? KT_TY_SET
              : kt_parse_is(p, "list") ? KT_TY_LIST
                                       : KT_TY_NAMED;
    if (t->kind != KT_TY_NAMED)
        return kt_parse_take(p) && container(p, depth, t) &&
               kt_parse_notes(p, NULL);
    t->name = kt_parse_name(p, "a type");
    return t->name != NULL && kt_parse_notes(p, NULL);
}

struct kt_ast_type *kt_parse_type(struct kt_parser *p)
{
    struct kt_ast_type *t = NULL;

    return type(p, 0, &t) ? t : NULL;
}

/* Values. */

static bool value(struct kt_parser *p, unsigned depth,
                  struct kt_ast_value **ret);

static bool elements(struct kt_parser *p, unsigned depth,
                     struct kt_ast_value *v)
{
    const bool map = v->kind == KT_V_MAP;
    const char *close = map ? "}" : "]";
    struct kt_ast_value **tail = &v->first;

    if (!kt_parse_take(p))
        return false;
    for (; !kt_parse_is(p, close); tail = &(*tail)->next) {
        struct kt_ast_value *key = NULL;

        if (map && (!value(p, depth + 1, &key) || !kt_parse_want(p, ":")))
            return false;
        if (!value(p, depth + 1, tail) || !kt_parse_separator(p))
            return false;
        (*tail)->key = key;
        v->n++;
    }
    return kt_parse_take(p);
}

static bool real(struct kt_parser *p, double *ret)
{
    char digits[72];

    if (p->tok.len >= sizeof digits)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_RANGE,
                            "this number has too many digits");
    memcpy(digits, p->f->text + p->tok.at, p->tok.len);
    digits[p->tok.len] = '\0';
    *ret = strtod(digits, NULL);
    if (!isfinite(*ret))
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_RANGE,
                            "%s does not fit a double", digits);
    return kt_parse_take(p);
}

static bool value(struct kt_parser *p, unsigned depth,
                  struct kt_ast_value **ret)
{
    struct kt_ast_value *v = kt_load_tmp(p->l, sizeof *v);

    if (v == NULL)
        return false;
    if (depth > KT_IDL_MAX_CONST_DEPTH)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_DEEP,
                            "values nest more than %d deep",
                            KT_IDL_MAX_CONST_DEPTH);
    *ret = v;
    v->at = p->tok.at;
    switch (p->tok.kind) {
    case KT_TK_INT:
        v->kind = KT_V_INT;
        return kt_parse_int(p, &v->i);
    case KT_TK_DOUBLE:
        v->kind = KT_V_DOUBLE;
        return real(p, &v->d);
    case KT_TK_LITERAL:
        v->kind = KT_V_STRING;
        v->s = kt_parse_literal(p, &v->n);
        return v->s != NULL;
    case KT_TK_IDENT:
        v->kind = KT_V_NAME;
        v->s = kt_parse_name(p, "a value");
        return v->s != NULL;
    case KT_TK_PUNCT:
    case KT_TK_END:
        break;
    }
    v->kind = kt_parse_is(p, "{") ? KT_V_MAP : KT_V_LIST;
    if (kt_parse_is(p, "{") || kt_parse_is(p, "["))
        return elements(p, depth, v);
    return kt_parse_unexpected(p, "a value", "");
}

struct kt_ast_value *kt_parse_value(struct kt_parser *p)
{
    struct kt_ast_value *v = NULL;

    return value(p, 0, &v) ? v : NULL;
}

/* Annotations. */

static bool note(struct kt_parser *p, struct kt_ast_note *n)
{
    bool has_value;

    n->at = p->tok.at;
    n->value = "";
    n->key = kt_parse_name(p, "an annotation");
    if (n->key == NULL || !kt_parse_maybe(p, "=", &has_value))
        return false;
    if (has_value) {
        n->at = p->tok.at;
        n->value = kt_parse_literal(p, NULL);
    }
    return n->value != NULL && kt_parse_separator(p);
}

bool kt_parse_notes(struct kt_parser *p, struct kt_ast_note **ret)
{
    struct kt_ast_note *unused = NULL;
    struct kt_ast_note **tail = ret ? ret : &unused;
    bool more;

    if (!kt_parse_maybe(p, "(", &more) || !more)
        return !more;
    for (; !kt_parse_is(p, ")"); tail = &(*tail)->next) {
        *tail = kt_load_tmp(p->l, sizeof **tail);
        if (*tail == NULL || !note(p, *tail))
            return false;
    }
    return kt_parse_take(p);
}

/* Fields. */

/* "1: optinal string name": two words where a type and a name would do. */
static bool misspelt(struct kt_parser *p, const struct kt_ast_field *f)
{
    struct kt_suggest s;
    char hint[64];

    if (f->type->kind != KT_TY_NAMED ||
        (p->tok.kind != KT_TK_IDENT && !kt_parse_is(p, "<")))
        return false;
    kt_suggest_init(&s, f->type->name);
    kt_suggest_try(&s, "required");
    kt_suggest_try(&s, "optional");
    if (s.best == NULL)
        return false;
    kt_load_fail(p->l, p->f, f->type->at, KT_E_SYNTAX, "unknown word '%s'%s",
                 f->type->name, kt_suggest_print(&s, hint));
    return true;
}

static bool field_id(struct kt_parser *p, struct kt_ast_field *f, int32_t last)
{
    int64_t id = last + 1; /* as Kitex counts on when none is given */
    const uint32_t at = p->tok.at;

    if (p->tok.kind == KT_TK_INT &&
        (!kt_parse_int(p, &id) || !kt_parse_want(p, ":")))
        return false;
    if (id < INT16_MIN || id > INT16_MAX)
        return kt_load_fail(p->l, p->f, at, KT_E_RANGE,
                            "a field id must fit 16 bits");
    f->id = (int16_t)id;
    return true;
}

static bool field_req(struct kt_parser *p, struct kt_ast_field *f)
{
    f->req = kt_parse_is(p, "required")   ? KT_REQ_REQUIRED
             : kt_parse_is(p, "optional") ? KT_REQ_OPTIONAL
                                          : KT_REQ_DEFAULT;
    return f->req == KT_REQ_DEFAULT || kt_parse_take(p);
}

static bool field(struct kt_parser *p, struct kt_ast_field *f, int32_t last)
{
    bool has_default;

    f->at = p->tok.at;
    if (!field_id(p, f, last) || !field_req(p, f))
        return false;
    f->type = kt_parse_type(p);
    if (f->type == NULL)
        return false;
    f->name = kt_parse_name(p, "a field name");
    if (f->name == NULL || misspelt(p, f) ||
        !kt_parse_maybe(p, "=", &has_default))
        return false;
    if (has_default) {
        f->def = kt_parse_value(p);
        if (f->def == NULL)
            return false;
    }
    return kt_parse_notes(p, NULL) && kt_parse_separator(p);
}

bool kt_parse_fields(struct kt_parser *p, const char *close,
                     struct kt_ast_fields *ret)
{
    struct kt_ast_field **tail = &ret->first;
    int32_t last = 0;

    for (; !kt_parse_is(p, close); tail = &(*tail)->next) {
        if (ret->n++ >= KT_IDL_MAX_FIELDS)
            return kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_MANY,
                                "more than %d fields", KT_IDL_MAX_FIELDS);
        *tail = kt_load_tmp(p->l, sizeof **tail);
        if (*tail == NULL || !field(p, *tail, last))
            return false;
        last = (*tail)->id;
    }
    return kt_parse_take(p);
}

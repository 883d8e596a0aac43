/* Headers and definitions of a Thrift file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/parse.h"
#include "idl/limits.h"
#include <string.h>

static bool parse_typedef(struct kt_parser *p, struct kt_ast_def *d)
{
    d->kind = KT_DEF_TYPEDEF;
    d->type = kt_parse_type(p);
    if (d->type == NULL)
        return false;
    d->at = p->tok.at;
    d->name = kt_parse_name(p, "a name for the type");
    return d->name != NULL;
}

static bool parse_const(struct kt_parser *p, struct kt_ast_def *d)
{
    d->kind = KT_DEF_CONST;
    d->type = kt_parse_type(p);
    if (d->type == NULL)
        return false;
    d->at = p->tok.at;
    d->name = kt_parse_name(p, "a name for the constant");
    if (d->name == NULL || !kt_parse_want(p, "="))
        return false;
    d->value = kt_parse_value(p);
    return d->value != NULL;
}

/* The name of a definition that is named before its body. */
static bool heading(struct kt_parser *p, struct kt_ast_def *d, const char *what)
{
    d->at = p->tok.at;
    d->name = kt_parse_name(p, what);
    return d->name != NULL;
}

static bool member(struct kt_parser *p, struct kt_ast_member *m, int64_t next)
{
    bool given;

    m->at = p->tok.at;
    m->name = kt_parse_name(p, "a member of the enum");
    if (m->name == NULL || !kt_parse_maybe(p, "=", &given))
        return false;
    if (given && !kt_parse_int(p, &next))
        return false;
    if (next < INT32_MIN || next > INT32_MAX)
        return kt_load_fail(p->l, p->f, m->at, KT_E_RANGE,
                            "the value of %s does not fit 32 bits", m->name);
    m->value = (int32_t)next;
    return kt_parse_notes(p, NULL) && kt_parse_separator(p);
}

static bool parse_enum(struct kt_parser *p, struct kt_ast_def *d)
{
    struct kt_ast_member **tail = &d->enums;
    int64_t next = 0;

    d->kind = KT_DEF_ENUM;
    if (!heading(p, d, "the name of the enum") || !kt_parse_want(p, "{"))
        return false;
    for (; !kt_parse_is(p, "}"); tail = &(*tail)->next) {
        if (d->n++ >= KT_IDL_MAX_ENUM)
            return kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_MANY,
                                "more than %d members", KT_IDL_MAX_ENUM);
        *tail = kt_load_tmp(p->l, sizeof **tail);
        if (*tail == NULL || !member(p, *tail, next))
            return false;
        next = (int64_t)(*tail)->value + 1;
    }
    return kt_parse_take(p);
}

static bool struct_like(struct kt_parser *p, struct kt_ast_def *d,
                        enum kt_struct_kind kind)
{
    d->kind = KT_DEF_STRUCT;
    d->skind = kind;
    return heading(p, d, "a name") && kt_parse_want(p, "{") &&
           kt_parse_fields(p, "}", &d->fields);
}

static bool parse_struct(struct kt_parser *p, struct kt_ast_def *d)
{
    return struct_like(p, d, KT_SK_STRUCT);
}

static bool parse_union(struct kt_parser *p, struct kt_ast_def *d)
{
    return struct_like(p, d, KT_SK_UNION);
}

static bool parse_exception(struct kt_parser *p, struct kt_ast_def *d)
{
    return struct_like(p, d, KT_SK_EXCEPTION);
}

static bool returns(struct kt_parser *p, struct kt_ast_method *m)
{
    bool is_void;

    if (!kt_parse_maybe(p, "oneway", &m->oneway) ||
        !kt_parse_maybe(p, "void", &is_void))
        return false;
    if (is_void)
        return true;
    m->ret = kt_parse_type(p);
    return m->ret != NULL;
}

/* "(", or what may have been meant where it is not. */
static bool open_args(struct kt_parser *p, const struct kt_ast_method *m)
{
    struct kt_suggest s;
    char hint[64];

    if (kt_parse_is(p, "("))
        return kt_parse_take(p);
    kt_suggest_init(&s, m->ret && m->ret->name ? m->ret->name : "");
    kt_suggest_try(&s, "oneway");
    if (s.best == NULL)
        return kt_parse_unexpected(p, "'(' after the name of a method", "");
    return kt_load_fail(p->l, p->f, m->ret->at, KT_E_SYNTAX,
                        "unknown word '%s'%s", m->ret->name,
                        kt_suggest_print(&s, hint));
}

static bool throws(struct kt_parser *p, struct kt_ast_method *m)
{
    bool some;

    if (!kt_parse_maybe(p, "throws", &some) || !some)
        return !some;
    return kt_parse_want(p, "(") && kt_parse_fields(p, ")", &m->throws);
}

static bool method(struct kt_parser *p, struct kt_ast_method *m)
{
    if (!returns(p, m))
        return false;
    m->at = p->tok.at;
    m->name = kt_parse_name(p, "the name of a method");
    return m->name != NULL && open_args(p, m) &&
           kt_parse_fields(p, ")", &m->args) && throws(p, m) &&
           kt_parse_notes(p, &m->notes) && kt_parse_separator(p);
}

static bool extends(struct kt_parser *p, struct kt_ast_def *d)
{
    bool some;

    if (!kt_parse_maybe(p, "extends", &some) || !some)
        return !some;
    d->base_at = p->tok.at;
    d->base = kt_parse_name(p, "the service to extend");
    return d->base != NULL;
}

static bool parse_service(struct kt_parser *p, struct kt_ast_def *d)
{
    struct kt_ast_method **tail = &d->methods;

    d->kind = KT_DEF_SERVICE;
    if (!heading(p, d, "the name of the service") || !extends(p, d) ||
        !kt_parse_want(p, "{"))
        return false;
    for (; !kt_parse_is(p, "}"); tail = &(*tail)->next) {
        if (d->n++ >= KT_IDL_MAX_METHODS)
            return kt_load_fail(p->l, p->f, p->tok.at, KT_E_TOO_MANY,
                                "more than %d methods", KT_IDL_MAX_METHODS);
        *tail = kt_load_tmp(p->l, sizeof **tail);
        if (*tail == NULL || !method(p, *tail))
            return false;
    }
    return kt_parse_take(p);
}

/* Headers. */

/* "dir/base.thrift" -> "base". */
static const char *prefix_of(struct kt_load *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    const size_t n = dot ? (size_t)(dot - base) : strlen(base);
    char *prefix = kt_load_tmp(l, n + 1);

    return prefix ? memcpy(prefix, base, n) : NULL;
}

static bool parse_include(struct kt_parser *p)
{
    struct kt_ast_include **tail = &p->f->includes;
    struct kt_ast_include *inc = kt_load_tmp(p->l, sizeof *inc);
    size_t n = 0;

    if (inc == NULL)
        return false;
    inc->at = p->tok.at;
    inc->path = kt_parse_literal(p, &n);
    if (inc->path == NULL)
        return false;
    if (n == 0 || strlen(inc->path) != n)
        return kt_load_fail(p->l, p->f, inc->at, KT_E_SYNTAX,
                            "this is not the name of a file");
    inc->prefix = prefix_of(p->l, inc->path);
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = inc;
    return inc->prefix != NULL;
}

static bool parse_namespace(struct kt_parser *p)
{
    const bool any = kt_parse_is(p, "*");
    const bool go = kt_parse_is(p, "go");

    if (!any && p->tok.kind != KT_TK_IDENT)
        return kt_parse_unexpected(p, "a language or '*'", "");
    if (!kt_parse_take(p))
        return false;
    const char *name = p->tok.kind == KT_TK_LITERAL
                           ? kt_parse_literal(p, NULL)
                           : kt_parse_name(p, "a namespace");
    if (name == NULL)
        return false;
    /* Of several the first for go counts, but the last for any language:
     * HDR-4, thriftgo's GetNamespace. */
    if (any)
        p->f->ns_any = name;
    else if (go && p->f->ns_go == NULL)
        p->f->ns_go = name;
    return kt_parse_notes(p, NULL);
}

/* The document. */

static const struct keyword {
    const char *word;
    bool (*header)(struct kt_parser *p);
    bool (*def)(struct kt_parser *p, struct kt_ast_def *d);
} keywords[] = {
    {"include", parse_include, NULL},     {"cpp_include", NULL, NULL},
    {"namespace", parse_namespace, NULL}, {"typedef", NULL, parse_typedef},
    {"const", NULL, parse_const},         {"enum", NULL, parse_enum},
    {"struct", NULL, parse_struct},       {"union", NULL, parse_union},
    {"exception", NULL, parse_exception}, {"service", NULL, parse_service},
};
enum { KEYWORDS = sizeof keywords / sizeof *keywords };

static bool unknown_keyword(struct kt_parser *p)
{
    struct kt_suggest s;
    char word[41] = "", hint[64];

    if (p->tok.kind == KT_TK_IDENT && p->tok.len < sizeof word)
        memcpy(word, p->f->text + p->tok.at, p->tok.len);
    kt_suggest_init(&s, word);
    for (size_t i = 0; i < KEYWORDS; i++)
        kt_suggest_try(&s, keywords[i].word);
    return kt_parse_unexpected(p, "a definition", kt_suggest_print(&s, hint));
}

static bool declare(struct kt_parser *p, struct kt_ast_def *d)
{
    struct kt_ast_file *f = p->f;

    if (kt_names_find(&f->names, d->name) != NULL)
        return kt_load_fail(p->l, f, d->at, KT_E_DUPLICATE,
                            "'%s' is defined twice", d->name);
    if (f->ndefs++ >= KT_IDL_MAX_DEFS)
        return kt_load_fail(p->l, f, d->at, KT_E_TOO_MANY,
                            "more than %d definitions", KT_IDL_MAX_DEFS);
    return kt_names_put(&f->names, &p->l->tmp, d->name, d) ||
           kt_load_nomem(p->l);
}

static bool definition(struct kt_parser *p, const struct keyword *k,
                       struct kt_ast_def ***tail)
{
    struct kt_ast_def *d = kt_load_tmp(p->l, sizeof *d);

    if (d == NULL)
        return false;
    d->file = p->f;
    **tail = d;
    *tail = &d->next;
    return k->def(p, d) && kt_parse_notes(p, NULL) && kt_parse_separator(p) &&
           declare(p, d);
}

static bool header(struct kt_parser *p, const struct keyword *k)
{
    if (p->f->defs != NULL)
        return kt_load_fail(p->l, p->f, p->tok.at, KT_E_SYNTAX,
                            "'%s' must come before the first definition",
                            k->word);
    if (!kt_parse_take(p))
        return false;
    return k->header ? k->header(p) : kt_parse_literal(p, NULL) != NULL;
}

static const struct keyword *keyword(const struct kt_parser *p)
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if (kt_parse_is(p, keywords[i].word))
            return &keywords[i];
    return NULL;
}

bool kt_parse(struct kt_load *l, struct kt_ast_file *f)
{
    struct kt_parser p = {.l = l, .f = f, .lx = {f->text, f->n, 0}};
    struct kt_ast_def **tail = &f->defs;

    if (!kt_parse_take(&p))
        return false;
    while (p.tok.kind != KT_TK_END) {
        const struct keyword *k = keyword(&p);

        if (k == NULL)
            return unknown_keyword(&p);
        if (k->def == NULL && !header(&p, k))
            return false;
        if (k->def != NULL && (!kt_parse_take(&p) || !definition(&p, k, &tail)))
            return false;
    }
    return true;
}

/* From trees to descriptors: names, types, enums and structs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/resolve.h"
#include "idl/limits.h"
#include "base/near.h"
#include <stdlib.h>
#include <string.h>

struct kt_ast_def *kt_resolve_included(const struct kt_ast_file *f,
                                       const char *prefix, size_t n,
                                       const char *name)
{
    for (const struct kt_ast_include *i = f->includes; i; i = i->next) {
        if (strlen(i->prefix) != n || memcmp(i->prefix, prefix, n) != 0)
            continue;
        struct kt_ast_def *d = kt_names_find(&i->file->names, name);
        if (d != NULL)
            return d;
    }
    return NULL;
}

struct kt_ast_def *kt_resolve_name(const struct kt_ast_file *f,
                                   const char *name)
{
    const char *dot = strrchr(name, '.');

    if (dot == NULL)
        return kt_names_find(&f->names, name);
    return kt_resolve_included(f, name, (size_t)(dot - name), dot + 1);
}

static void try_all(struct kt_suggest *s, const struct kt_ast_file *f,
                    unsigned kinds)
{
    for (const struct kt_ast_def *d = f->defs; d != NULL; d = d->next)
        if (kinds & 1u << d->kind)
            kt_suggest_try(s, d->name);
}

const char *kt_resolve_hint(const struct kt_ast_file *f, const char *name,
                            unsigned kinds, char dst[64])
{
    static const char *const base[] = {"bool", "byte",   "i8",     "i16",
                                       "i32",  "i64",    "double", "string",
                                       "map",  "binary", "list",   "set"};
    const char *dot = strrchr(name, '.');
    struct kt_suggest s;

    kt_suggest_init(&s, dot ? dot + 1 : name);
    if (dot == NULL)
        try_all(&s, f, kinds);
    for (size_t i = 0; !dot && kinds & 1u << KT_DEF_TYPEDEF && i < 12; i++)
        kt_suggest_try(&s, base[i]);
    for (const struct kt_ast_include *i = f->includes; dot && i; i = i->next)
        if (strncmp(i->prefix, name, (size_t)(dot - name)) == 0)
            try_all(&s, i->file, kinds);
    return kt_suggest_print(&s, dst);
}

/* Types. */

enum {
    TYPE_KINDS = 1 << KT_DEF_TYPEDEF | 1 << KT_DEF_ENUM | 1 << KT_DEF_STRUCT
};

/* Types that a name stands for have their kt_type already, but for typedefs. */
static const struct kt_type *follow(struct kt_load *l, struct kt_ast_def *d,
                                    unsigned depth)
{
    if (d->kind != KT_DEF_TYPEDEF || d->out_type != NULL)
        return d->out_type;
    if (d->busy) {
        kt_load_fail(l, d->file, d->at, KT_E_SYNTAX,
                     "typedef %s is defined by itself", d->name);
        return NULL;
    }
    if (depth >= KT_IDL_MAX_CHAIN) {
        kt_load_fail(l, d->file, d->at, KT_E_TOO_DEEP,
                     "more than %d typedefs in a row", KT_IDL_MAX_CHAIN);
        return NULL;
    }
    d->busy = true;
    d->out_type = kt_resolve_type(l, d->file, d->type, depth + 1);
    d->busy = false;
    return d->out_type;
}

static const struct kt_type *named(struct kt_load *l, struct kt_ast_file *f,
                                   const struct kt_ast_type *t, unsigned depth)
{
    struct kt_ast_def *d = kt_resolve_name(f, t->name);
    char hint[64];

    if (d != NULL && TYPE_KINDS & 1u << d->kind)
        return follow(l, d, depth);
    if (d != NULL)
        kt_load_fail(l, f, t->at, KT_E_TYPE, "'%.60s' is a %s, not a type",
                     t->name, d->kind == KT_DEF_CONST ? "constant" : "service");
    else
        kt_load_fail(l, f, t->at, KT_E_UNKNOWN, "unknown type '%.60s'%s",
                     t->name, kt_resolve_hint(f, t->name, TYPE_KINDS, hint));
    return NULL;
}

const struct kt_type *kt_resolve_type(struct kt_load *l, struct kt_ast_file *f,
                                      const struct kt_ast_type *t,
                                      unsigned depth)
{
    if (t->kind == KT_TY_BASE)
        return t->base;
    if (t->kind == KT_TY_NAMED)
        return named(l, f, t, depth);

    struct kt_type *out = kt_load_keep(l, sizeof *out);
    if (out == NULL)
        return NULL;
    out->wire = t->kind == KT_TY_MAP   ? KT_T_MAP
                : t->kind == KT_TY_SET ? KT_T_SET
                                       : KT_T_LIST;
    if (t->key != NULL) {
        out->key = kt_resolve_type(l, f, t->key, depth);
        if (out->key == NULL)
            return NULL;
    }
    out->elem = kt_resolve_type(l, f, t->elem, depth);
    return out->elem ? out : NULL;
}

/* Fields. */

static bool first_time(struct kt_load *l, struct kt_ast_file *f,
                       const struct kt_ast_field *in, struct kt_names *names,
                       const char *what)
{
    const unsigned bit = (unsigned)(in->id - INT16_MIN);

    if (l->ids[bit / 8] & 1u << bit % 8)
        return kt_load_fail(l, f, in->at, KT_E_DUPLICATE,
                            "%s has two fields with the id %d", what, in->id);
    l->ids[bit / 8] |= (unsigned char)(1u << bit % 8);
    if (kt_names_find(names, in->name) != NULL)
        return kt_load_fail(l, f, in->at, KT_E_DUPLICATE,
                            "%s has two fields with the name '%s'", what,
                            in->name);
    return kt_names_put(names, &l->tmp, in->name, (void *)in) ||
           kt_load_nomem(l);
}

bool kt_resolve_fields(struct kt_load *l, struct kt_ast_file *f,
                       const struct kt_ast_fields *in, const char *what,
                       struct kt_idl_field *out)
{
    struct kt_names names = {0};

    for (const struct kt_ast_field *a = in->first; a != NULL; a = a->next) {
        if (!first_time(l, f, a, &names, what))
            return false;
        *out = (struct kt_idl_field){.id = a->id,
                                     .req = a->req,
                                     .name = a->name,
                                     .type = kt_resolve_type(l, f, a->type, 0)};
        if (out++->type == NULL)
            return false;
    }
    for (const struct kt_ast_field *a = in->first; a != NULL; a = a->next) {
        const unsigned bit = (unsigned)(a->id - INT16_MIN);

        l->ids[bit / 8] = 0;
    }
    return true;
}

/* Definitions, in two rounds: all names first, since any may come later. */

static int by_value(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Kitex's tool refuses two members of one value. */
static bool distinct_values(struct kt_load *l, struct kt_ast_def *d,
                            const struct kt_enum *e)
{
    int32_t *v = kt_load_tmp(l, e->n * sizeof *v);

    if (v == NULL)
        return false;
    if (e->n > 0)
        memcpy(v, e->values, e->n * sizeof *v);
    qsort(v, e->n, sizeof *v, by_value);
    for (size_t i = 1; i < e->n; i++)
        if (v[i] == v[i - 1])
            return kt_load_fail(l, d->file, d->at, KT_E_DUPLICATE,
                                "enum %s has two members of value %d", d->name,
                                v[i]);
    return true;
}

static bool announce_enum(struct kt_load *l, struct kt_ast_def *d)
{
    struct kt_enum *e = kt_load_keep(l, sizeof *e);
    const char **names = kt_load_keep(l, d->n * sizeof *names);
    int32_t *values = kt_load_keep(l, d->n * sizeof *values);
    struct kt_type *type = kt_load_keep(l, sizeof *type);
    struct kt_names seen = {0};

    if (!e || !names || !values || !type)
        return false;
    d->out_type = type;
    *e = (struct kt_enum){d->name, names, values, d->n};
    *type = (struct kt_type){.wire = KT_T_I32, .enm = e};
    for (struct kt_ast_member *m = d->enums; m != NULL; m = m->next) {
        if (kt_names_find(&seen, m->name) != NULL)
            return kt_load_fail(l, d->file, m->at, KT_E_DUPLICATE,
                                "enum %s has two members '%s'", d->name,
                                m->name);
        if (!kt_names_put(&seen, &l->tmp, m->name, m))
            return kt_load_nomem(l);
        *names++ = m->name;
        *values++ = m->value;
    }
    return distinct_values(l, d, e);
}

static bool announce_struct(struct kt_load *l, struct kt_ast_def *d)
{
    struct kt_struct *s = kt_load_keep(l, sizeof *s);
    struct kt_type *type = kt_load_keep(l, sizeof *type);

    d->out_type = type;
    d->out_fields = kt_load_keep(l, d->fields.n * sizeof *d->out_fields);
    if (!s || !type || !d->out_fields)
        return false;
    *s = (struct kt_struct){d->name, d->skind, d->out_fields, d->fields.n};
    *type = (struct kt_type){.wire = KT_T_STRUCT, .str = s};
    return true;
}

static bool announce(struct kt_load *l, struct kt_ast_def *d)
{
    switch (d->kind) {
    case KT_DEF_ENUM:
        return announce_enum(l, d);
    case KT_DEF_STRUCT:
        return announce_struct(l, d);
    case KT_DEF_TYPEDEF:
    case KT_DEF_CONST:
    case KT_DEF_SERVICE:
        break;
    }
    return true;
}

static bool define_struct(struct kt_load *l, struct kt_ast_def *d)
{
    char what[64];

    strncpy(what, d->name, sizeof what - 1);
    what[sizeof what - 1] = '\0';
    if (!kt_resolve_fields(l, d->file, &d->fields, what, d->out_fields))
        return false;
    /* The members of a union are optional whatever they say, as in Kitex. */
    for (size_t i = 0; d->skind == KT_SK_UNION && i < d->fields.n; i++)
        d->out_fields[i].req = KT_REQ_OPTIONAL;
    return true;
}

static bool define(struct kt_load *l, struct kt_ast_def *d)
{
    if (d->kind == KT_DEF_TYPEDEF)
        return follow(l, d, 0) != NULL;
    return d->kind != KT_DEF_STRUCT || define_struct(l, d);
}

static bool evaluate(struct kt_load *l, struct kt_ast_def *d)
{
    if (d->kind == KT_DEF_CONST)
        return kt_resolve_constant(l, d);
    return d->kind != KT_DEF_STRUCT ||
           kt_resolve_defaults(l, d->file, &d->fields, d->out_fields);
}

static bool serve(struct kt_load *l, struct kt_ast_def *d)
{
    return d->kind != KT_DEF_SERVICE || kt_resolve_service(l, d, 0);
}

static bool for_all(struct kt_load *l,
                    bool (*step)(struct kt_load *l, struct kt_ast_def *d))
{
    for (struct kt_ast_file *f = l->files; f != NULL; f = f->next)
        for (struct kt_ast_def *d = f->defs; d != NULL; d = d->next)
            if (!step(l, d))
                return false;
    return true;
}

/* What the callers of kt_idl_service and kt_idl_type will look for. */
static bool publish(struct kt_load *l)
{
    struct kt_idl *idl = l->idl;
    const struct kt_ast_file *main_file = l->files;

    idl->services = kt_load_keep(l, main_file->ndefs * sizeof(void *));
    if (idl->services == NULL)
        return false;
    for (struct kt_ast_def *d = main_file->defs; d != NULL; d = d->next) {
        if (d->kind == KT_DEF_SERVICE)
            idl->services[idl->nservices++] = d->out_service;
        if (d->out_type != NULL && !kt_names_put(&idl->types, &idl->arena,
                                                 d->name, (void *)d->out_type))
            return kt_load_nomem(l);
    }
    return true;
}

bool kt_resolve(struct kt_load *l)
{
    l->ids = kt_load_tmp(l, (UINT16_MAX + 1) / 8);
    return l->ids != NULL && for_all(l, announce) && for_all(l, define) &&
           for_all(l, evaluate) && for_all(l, serve) && publish(l);
}

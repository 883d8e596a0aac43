/* Constants and default values: from what the file says to the JSON form of
 * their type.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/resolve.h"
#include "idl/json.h"
#include "idl/limits.h"
#include "wire/utf8.h"
#include <string.h>

/* One evaluation. Names are looked up in file; an error is shown at the place
 * that asked, not inside the constant that it refers to. */
struct eval {
    struct kt_load *l;
    struct kt_ast_file *file;
    struct kt_ast_file *shown;
    uint32_t shown_at;
    bool referred; /* inside another constant: shown_at stays */
    unsigned chain;
};

static json_t *of(struct eval *e, const struct kt_ast_value *v,
                  const struct kt_type *t);

static json_t *fail(struct eval *e, enum kt_code code, const char *what)
{
    kt_load_fail(e->l, e->shown, e->shown_at, code, "%s", what);
    return NULL;
}

static json_t *checked(struct eval *e, json_t *j)
{
    if (j == NULL)
        kt_load_nomem(e->l);
    return j;
}

static json_t *mismatch(struct eval *e, const struct kt_type *t)
{
    char name[64];

    kt_load_fail(e->l, e->shown, e->shown_at, KT_E_TYPE,
                 "this value is not of type %s",
                 kt_type_print(t, name, sizeof name));
    return NULL;
}

static json_t *integer(struct eval *e, int64_t i, const struct kt_type *t)
{
    char text[96], name[64];

    if (t->wire == KT_T_BOOL && (i == 0 || i == 1))
        return checked(e, json_boolean(i));
    if (t->wire == KT_T_DOUBLE)
        return checked(e, json_real((double)i));
    if (!kt_type_is_int(t))
        return mismatch(e, t);
    if (kt_type_holds(t, i))
        return checked(e, json_integer(i));
    snprintf(text, sizeof text, "%lld is out of the range of %s", (long long)i,
             kt_type_print(t, name, sizeof name));
    return fail(e, KT_E_RANGE, text);
}

static json_t *string(struct eval *e, const struct kt_ast_value *v,
                      const struct kt_type *t)
{
    const struct kt_cur bytes = kt_cur_of(v->s, v->n);

    if (t->wire != KT_T_STRING)
        return mismatch(e, t);
    if (t->is_binary)
        return checked(e, kt_json_binary(bytes));
    if (!kt_utf8_valid(bytes))
        return fail(e, KT_E_SYNTAX, "this string is not UTF-8");
    return checked(e, json_stringn(v->s, v->n));
}

/* Names: true, false, another constant, a member of an enum. */

static bool is_enum(const struct kt_ast_def *d)
{
    return d != NULL && d->out_type != NULL && d->out_type->enm != NULL;
}

static bool member_of(const struct kt_ast_def *d, const char *name,
                      int32_t *ret)
{
    return is_enum(d) && kt_enum_value(d->out_type->enm, name, ret);
}

/* "Enum.MEMBER" or "prefix.Enum.MEMBER", a typedef of an enum included. */
static bool enum_member(const struct kt_ast_file *f, const char *name,
                        int32_t *ret)
{
    const char *dot = strrchr(name, '.');
    char scope[KT_IDL_MAX_NAME + 1];

    if (dot == NULL)
        return false;
    memcpy(scope, name, (size_t)(dot - name));
    scope[dot - name] = '\0';
    return member_of(kt_resolve_name(f, scope), dot + 1, ret);
}

static json_t *constant(struct eval *e, struct kt_ast_def *d,
                        const struct kt_type *t)
{
    struct kt_ast_file *const file = e->file;
    const bool referred = e->referred;

    if (d->busy)
        return fail(e, KT_E_SYNTAX, "this constant is defined by itself");
    if (e->chain >= KT_IDL_MAX_CHAIN)
        return fail(e, KT_E_TOO_DEEP, "too many constants in a row");
    d->busy = e->referred = true;
    e->file = d->file;
    e->chain++;
    json_t *j = of(e, d->value, t);
    e->chain--;
    e->file = file;
    e->referred = referred;
    d->busy = false;
    return j;
}

static json_t *unknown_name(struct eval *e, const char *name,
                            const struct kt_type *t)
{
    char hint[64] = "", text[160];
    int32_t v;

    if (t->enm != NULL && kt_enum_value(t->enm, name, &v))
        snprintf(hint, sizeof hint, ", did you mean %.22s.%.22s?", t->enm->name,
                 name);
    else
        kt_resolve_hint(e->file, name, 1u << KT_DEF_CONST, hint);
    snprintf(text, sizeof text, "unknown value '%.60s'%s", name, hint);
    return fail(e, KT_E_UNKNOWN, text);
}

static json_t *name(struct eval *e, const char *s, const struct kt_type *t)
{
    const bool yes = strcmp(s, "true") == 0;
    struct kt_ast_def *d = kt_resolve_name(e->file, s);
    int32_t member;

    if (yes || strcmp(s, "false") == 0)
        return t->wire == KT_T_BOOL ? json_boolean(yes) : mismatch(e, t);
    if (d != NULL && d->kind == KT_DEF_CONST)
        return constant(e, d, t);
    if (enum_member(e->file, s, &member))
        return t->wire == KT_T_BOOL ? mismatch(e, t) : integer(e, member, t);
    return unknown_name(e, s, t);
}

/* Containers and structs. */

/* arr takes j over; false when either is missing. */
static bool append(struct eval *e, json_t *arr, json_t *j)
{
    return j != NULL &&
           (json_array_append_new(arr, j) == 0 || kt_load_nomem(e->l));
}

static json_t *list(struct eval *e, const struct kt_ast_value *v,
                    const struct kt_type *t)
{
    if ((t->wire != KT_T_LIST && t->wire != KT_T_SET) ||
        (v->kind != KT_V_LIST && v->n > 0))
        return mismatch(e, t);
    json_t *arr = checked(e, json_array());
    if (arr == NULL)
        return NULL;
    for (const struct kt_ast_value *i = v->first; i != NULL; i = i->next) {
        if (append(e, arr, of(e, i, t->elem)))
            continue;
        json_decref(arr);
        return NULL;
    }
    return arr;
}

static bool pair(struct eval *e, const struct kt_ast_value *v,
                 const struct kt_type *t, json_t *map)
{
    json_t *two = checked(e, json_array());

    if (two == NULL)
        return false;
    if (append(e, two, of(e, v->key, t->key)) &&
        append(e, two, of(e, v, t->elem)))
        return append(e, map, two);
    json_decref(two);
    return false;
}

static json_t *map(struct eval *e, const struct kt_ast_value *v,
                   const struct kt_type *t)
{
    json_t *arr = checked(e, json_array());

    if (arr == NULL)
        return NULL;
    for (const struct kt_ast_value *i = v->first; i != NULL; i = i->next) {
        if (pair(e, i, t, arr))
            continue;
        json_decref(arr);
        return NULL;
    }
    return checked(e, kt_json_map(arr, t));
}

static bool member(struct eval *e, const struct kt_ast_value *v,
                   const struct kt_type *t, json_t *obj)
{
    const struct kt_idl_field *f =
        v->key->kind == KT_V_STRING ? kt_struct_field(t->str, v->key->s) : NULL;
    char text[120];

    if (!e->referred)
        e->shown_at = v->key->at;
    if (f == NULL) {
        snprintf(text, sizeof text, "%.60s has no such field", t->str->name);
        return fail(e, KT_E_UNKNOWN, text) != NULL;
    }
    json_t *j = of(e, v, f->type);
    return j != NULL &&
           (json_object_set_new(obj, f->name, j) == 0 || kt_load_nomem(e->l));
}

static json_t *structure(struct eval *e, const struct kt_ast_value *v,
                         const struct kt_type *t)
{
    json_t *obj = checked(e, json_object());

    if (obj == NULL)
        return NULL;
    for (const struct kt_ast_value *i = v->first; i != NULL; i = i->next) {
        if (member(e, i, t, obj))
            continue;
        json_decref(obj);
        return NULL;
    }
    return obj;
}

static json_t *braces(struct eval *e, const struct kt_ast_value *v,
                      const struct kt_type *t)
{
    if (t->wire == KT_T_MAP)
        return map(e, v, t);
    if (t->wire == KT_T_STRUCT)
        return structure(e, v, t);
    return list(e, v, t); /* an empty set may be written {} */
}

static json_t *of(struct eval *e, const struct kt_ast_value *v,
                  const struct kt_type *t)
{
    if (!e->referred)
        e->shown_at = v->at;
    /* A constant of constants of constants grows like 2^n: this bounds it. */
    if (e->l->nvalues++ >= KT_IDL_MAX_CONST_VALUES)
        return fail(e, KT_E_TOO_MANY, "too many values in constants");
    switch (v->kind) {
    case KT_V_INT:
        return integer(e, v->i, t);
    case KT_V_DOUBLE:
        return t->wire == KT_T_DOUBLE ? checked(e, json_real(v->d))
                                      : mismatch(e, t);
    case KT_V_STRING:
        return string(e, v, t);
    case KT_V_NAME:
        return name(e, v->s, t);
    case KT_V_LIST:
        return t->wire == KT_T_MAP && v->n == 0 ? map(e, v, t) : list(e, v, t);
    case KT_V_MAP:
        return braces(e, v, t);
    }
    return NULL;
}

bool kt_resolve_constant(struct kt_load *l, struct kt_ast_def *d)
{
    struct eval e = {.l = l, .file = d->file, .shown = d->file};
    const struct kt_type *t = kt_resolve_type(l, d->file, d->type, 0);

    if (t == NULL)
        return false;
    d->busy = true;
    json_t *j = of(&e, d->value, t);
    d->busy = false;
    json_decref(j);
    return j != NULL;
}

bool kt_resolve_defaults(struct kt_load *l, struct kt_ast_file *f,
                         const struct kt_ast_fields *in,
                         struct kt_idl_field *out)
{
    for (const struct kt_ast_field *a = in->first; a; a = a->next, out++) {
        struct eval e = {.l = l, .file = f, .shown = f};

        if (a->def == NULL)
            continue;
        struct kt_idl_json *keep = kt_load_keep(l, sizeof *keep);
        if (keep == NULL)
            return false;
        keep->value = out->def = of(&e, a->def, out->type);
        if (out->def == NULL)
            return false;
        keep->next = l->idl->json;
        l->idl->json = keep;
    }
    return true;
}

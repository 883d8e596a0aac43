/* Services: streaming modes, wrappers, inheritance, names on the wire.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/resolve.h"
#include "idl/limits.h"
#include "base/near.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char mode_key[] = "streaming.mode";

/* What IDL-2 to IDL-4 refuse, with Kitex's texts. */
static bool bad_mode(struct kt_load *l, const struct kt_ast_def *d,
                     const struct kt_ast_note *n)
{
    struct kt_suggest s;
    char hint[64];

    kt_suggest_init(&s, n->value);
    for (int m = KT_MODE_BIDI; m <= KT_MODE_UNARY; m++)
        kt_suggest_try(&s, kt_mode_name((enum kt_mode)m));
    kt_load_fail(l, d->file, n->at, KT_E_UNKNOWN,
                 "invalid value (%.40s) for annotation %s%s", n->value,
                 mode_key,
                 s.best ? kt_suggest_print(&s, hint)
                        : ": bidirectional, client, server or unary");
    l->err->rule = "IDL-2";
    return false;
}

static bool mode(struct kt_load *l, const struct kt_ast_def *d,
                 const struct kt_ast_method *a, enum kt_mode *ret)
{
    const struct kt_ast_note *found = NULL;

    for (const struct kt_ast_note *n = a->notes; n != NULL; n = n->next) {
        if (strcmp(n->key, mode_key) != 0)
            continue;
        if (found != NULL) {
            kt_load_fail(l, d->file, n->at, KT_E_DUPLICATE,
                         "%.40s has multiple values for annotation %s (at "
                         "most 1 allowed)",
                         a->name, mode_key);
            l->err->rule = "IDL-3";
            return false;
        }
        found = n;
    }
    *ret = KT_MODE_PINGPONG;
    if (found == NULL)
        return true;
    for (int m = KT_MODE_BIDI; m <= KT_MODE_UNARY; m++)
        if (strcmp(found->value, kt_mode_name((enum kt_mode)m)) == 0)
            *ret = (enum kt_mode)m;
    if (*ret == KT_MODE_PINGPONG)
        return bad_mode(l, d, found);
    if (a->args.n == 1)
        return true;
    kt_load_fail(l, d->file, a->at, KT_E_RANGE,
                 "streaming function %.60s should have exactly 1 argument",
                 a->name);
    l->err->rule = "IDL-4";
    return false;
}

static struct kt_struct *wrapper(struct kt_load *l, const char *method,
                                 const char *suffix, size_t nfields,
                                 struct kt_idl_field **ret)
{
    struct kt_struct *s = kt_load_keep(l, sizeof *s);
    const size_t n = strlen(method) + strlen(suffix) + 1;
    char *name = kt_load_keep(l, n);

    *ret = kt_load_keep(l, nfields * sizeof **ret);
    if (!s || !name || !*ret)
        return NULL;
    snprintf(name, n, "%s%s", method, suffix);
    *s = (struct kt_struct){name, KT_SK_STRUCT, *ret, nfields};
    return s;
}

static bool args(struct kt_load *l, struct kt_ast_def *d,
                 const struct kt_ast_method *a, struct kt_method *m)
{
    struct kt_idl_field *f;

    m->args = wrapper(l, a->name, "_args", a->args.n, &f);
    if (m->args == NULL || !kt_resolve_fields(l, d->file, &a->args, a->name, f))
        return false;
    m->req = a->args.n == 1 ? f[0].type : NULL;
    return kt_resolve_defaults(l, d->file, &a->args, f);
}

static bool throws(struct kt_load *l, struct kt_ast_def *d,
                   const struct kt_ast_method *a, struct kt_idl_field *f)
{
    if (!kt_resolve_fields(l, d->file, &a->throws, a->name, f))
        return false;
    for (const struct kt_ast_field *t = a->throws.first; t; t = t->next, f++) {
        f->req = KT_REQ_OPTIONAL;
        if (f->type->wire != KT_T_STRUCT)
            return kt_load_fail(l, d->file, t->type->at, KT_E_TYPE,
                                "'%s' is not an exception", t->name);
        if (a->ret && (t->id == 0 || strcmp(t->name, "success") == 0))
            return kt_load_fail(l, d->file, t->at, KT_E_DUPLICATE,
                                "id 0 and the name 'success' are the result's");
    }
    return true;
}

static bool result(struct kt_load *l, struct kt_ast_def *d,
                   const struct kt_ast_method *a, struct kt_method *m)
{
    const size_t nret = a->ret ? 1 : 0;
    struct kt_idl_field *f;

    m->result = wrapper(l, a->name, "_result", nret + a->throws.n, &f);
    if (m->result == NULL)
        return false;
    if (a->ret != NULL) {
        m->resp = kt_resolve_type(l, d->file, a->ret, 0);
        f[0] = (struct kt_idl_field){
            .req = KT_REQ_OPTIONAL, .name = "success", .type = m->resp};
    }
    return (a->ret == NULL || m->resp != NULL) && throws(l, d, a, f + nret);
}

static bool method(struct kt_load *l, struct kt_ast_def *d,
                   const struct kt_ast_method *a, struct kt_method *m)
{
    m->name = a->name;
    m->oneway = a->oneway;
    if (a->oneway && a->ret != NULL) /* IDL-9 */
        return kt_load_fail(l, d->file, a->ret->at, KT_E_TYPE,
                            "oneway method %.60s must return void", a->name);
    if (a->oneway && a->throws.n > 0)
        return kt_load_fail(l, d->file, a->throws.first->at, KT_E_TYPE,
                            "oneway method %.60s can't throw exceptions",
                            a->name);
    return mode(l, d, a, &m->mode) && args(l, d, a, m) && result(l, d, a, m);
}

/* The service that d extends, resolved; *ret NULL when there is none. */
static bool base(struct kt_load *l, struct kt_ast_def *d, unsigned depth,
                 const struct kt_service **ret)
{
    char hint[64];

    *ret = NULL;
    if (d->base == NULL)
        return true;
    struct kt_ast_def *b = kt_resolve_name(d->file, d->base);
    if (b == NULL || b->kind != KT_DEF_SERVICE)
        return kt_load_fail(
            l, d->file, d->base_at, KT_E_UNKNOWN, "unknown service '%.60s'%s",
            d->base,
            kt_resolve_hint(d->file, d->base, 1u << KT_DEF_SERVICE, hint));
    if (b->busy)
        return kt_load_fail(l, d->file, d->base_at, KT_E_SYNTAX,
                            "service %.60s extends itself", b->name);
    if (depth >= KT_IDL_MAX_CHAIN)
        return kt_load_fail(l, d->file, d->base_at, KT_E_TOO_DEEP,
                            "more than %d services extend each other",
                            KT_IDL_MAX_CHAIN);
    if (!kt_resolve_service(l, b, depth + 1))
        return false;
    *ret = b->out_service;
    return true;
}

/* HDR-4: the last segment of the namespace, else the file's name. */
static bool package(struct kt_load *l, const struct kt_ast_file *f,
                    struct kt_service *s)
{
    const char *ns = f->ns_go ? f->ns_go : f->ns_any;
    const char *slash = strrchr(f->path, '/');
    const char *from = ns ? ns : slash ? slash + 1 : f->path;
    const char *dot = strrchr(from, '.');
    size_t n = strlen(from);

    if (ns == NULL && dot != NULL) { /* the extension */
        n = (size_t)(dot - from);
        dot = memrchr(from, '.', n);
    }
    const char *last = dot ? dot + 1 : from;
    n -= (size_t)(last - from);
    char *name = kt_load_keep(l, n + 1);
    for (size_t i = 0; name && i < n; i++)
        name[i] = (char)tolower((unsigned char)last[i]);
    s->package = name;
    return name != NULL;
}

static bool methods(struct kt_load *l, struct kt_ast_def *d,
                    const struct kt_service *parent, struct kt_service *s)
{
    const size_t inherited = parent ? parent->nmethods : 0;
    struct kt_method *m = kt_load_keep(l, (inherited + d->n) * sizeof *m);
    struct kt_names seen = {0};

    if (m == NULL)
        return false;
    if (inherited + d->n > KT_IDL_MAX_METHODS)
        return kt_load_fail(l, d->file, d->at, KT_E_TOO_MANY,
                            "more than %d methods", KT_IDL_MAX_METHODS);
    s->methods = m;
    s->nmethods = inherited + d->n;
    for (size_t i = 0; i < inherited; i++) {
        *m = parent->methods[i];
        if (!kt_names_put(&seen, &l->tmp, m->name, m))
            return kt_load_nomem(l);
        m++;
    }
    for (const struct kt_ast_method *a = d->methods; a; a = a->next, m++) {
        if (kt_names_find(&seen, a->name) != NULL)
            return kt_load_fail(l, d->file, a->at, KT_E_DUPLICATE,
                                "service %.60s has two methods '%.60s'",
                                d->name, a->name);
        if (!kt_names_put(&seen, &l->tmp, a->name, m))
            return kt_load_nomem(l);
        if (!method(l, d, a, m))
            return false;
    }
    return true;
}

static bool service(struct kt_load *l, struct kt_ast_def *d, unsigned depth,
                    struct kt_service *s)
{
    const struct kt_service *parent;

    s->name = d->name;
    if (!base(l, d, depth, &parent) || !package(l, d->file, s))
        return false;
    const int n = snprintf(s->path, sizeof s->path, "%s%s%s", s->package,
                           *s->package ? "." : "", s->name);
    if (n < 0 || (size_t)n >= sizeof s->path)
        return kt_load_fail(l, d->file, d->at, KT_E_TOO_BIG,
                            "package and service have more than %zu bytes",
                            sizeof s->path - 1);
    return methods(l, d, parent, s);
}

bool kt_resolve_service(struct kt_load *l, struct kt_ast_def *d, unsigned depth)
{
    if (d->out_service != NULL)
        return true;
    struct kt_service *s = kt_load_keep(l, sizeof *s);
    if (s == NULL)
        return false;
    d->busy = true;
    const bool ok = service(l, d, depth, s);
    d->busy = false;
    d->out_service = s;
    return ok;
}

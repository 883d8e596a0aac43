/* Questions to descriptors, and descriptors as text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/idl.h"
#include "idl/load.h"
#include <string.h>

size_t kt_idl_services(const struct kt_idl *idl)
{
    return idl->nservices;
}

const struct kt_service *kt_idl_service_at(const struct kt_idl *idl, size_t i)
{
    return i < idl->nservices ? idl->services[i] : NULL;
}

const struct kt_service *kt_idl_service(const struct kt_idl *idl,
                                        const char *name)
{
    for (size_t i = 0; i < idl->nservices; i++)
        if (strcmp(idl->services[i]->name, name) == 0 ||
            strcmp(idl->services[i]->path, name) == 0)
            return idl->services[i];
    return NULL;
}

const struct kt_method *kt_service_method(const struct kt_service *s,
                                          const char *name)
{
    for (size_t i = 0; i < s->nmethods; i++)
        if (strcmp(s->methods[i].name, name) == 0)
            return &s->methods[i];
    return NULL;
}

const struct kt_type *kt_idl_type(const struct kt_idl *idl, const char *name)
{
    return kt_names_find(&idl->types, name);
}

const struct kt_idl_field *kt_struct_field(const struct kt_struct *s,
                                           const char *name)
{
    for (size_t i = 0; i < s->nfields; i++)
        if (strcmp(s->fields[i].name, name) == 0)
            return &s->fields[i];
    return NULL;
}

bool kt_enum_value(const struct kt_enum *e, const char *name, int32_t *ret)
{
    for (size_t i = 0; i < e->n; i++) {
        if (strcmp(e->names[i], name) != 0)
            continue;
        *ret = e->values[i];
        return true;
    }
    return false;
}

const char *kt_mode_name(enum kt_mode m)
{
    switch (m) {
    case KT_MODE_PINGPONG:
        return "pingpong";
    case KT_MODE_BIDI:
        return "bidirectional";
    case KT_MODE_CLIENT:
        return "client";
    case KT_MODE_SERVER:
        return "server";
    case KT_MODE_UNARY:
        return "unary";
    }
    return "?";
}

/* Types as text. */

static const char *simple_name(const struct kt_type *t)
{
    if (t->enm != NULL)
        return t->enm->name;
    switch (t->wire) {
    case KT_T_BOOL:
        return "bool";
    case KT_T_I8:
        return "i8";
    case KT_T_DOUBLE:
        return "double";
    case KT_T_I16:
        return "i16";
    case KT_T_I32:
        return "i32";
    case KT_T_I64:
        return "i64";
    case KT_T_STRING:
        return t->is_binary ? "binary" : "string";
    case KT_T_STRUCT:
        return t->str->name;
    case KT_T_MAP:
        return "map";
    case KT_T_SET:
        return "set";
    case KT_T_LIST:
        return "list";
    case KT_T_STOP:
        break;
    }
    return "?";
}

struct text {
    char *dst;
    size_t cap, n;
};

static void add(struct text *out, const char *s)
{
    for (; *s != '\0' && out->n + 1 < out->cap; s++)
        out->dst[out->n++] = *s;
}

/* Stops when dst is full, so a type that typedefs nest without end is cut. */
static void add_type(struct text *out, const struct kt_type *t)
{
    const char *open = "<";

    add(out, simple_name(t));
    if (t->key != NULL && out->n + 1 < out->cap) {
        add(out, open);
        add_type(out, t->key);
        open = ", ";
    }
    if (t->elem != NULL && out->n + 1 < out->cap) {
        add(out, open);
        add_type(out, t->elem);
        add(out, ">");
    }
}

const char *kt_type_print(const struct kt_type *t, char *dst, size_t cap)
{
    struct text out = {dst, cap, 0};

    add_type(&out, t);
    dst[out.n] = '\0';
    return dst;
}

static bool describe_args(const struct kt_method *m, struct kt_buf *dst)
{
    char type[128];

    for (size_t i = 0; i < m->args->nfields; i++) {
        const struct kt_type *t = m->args->fields[i].type;

        if (!kt_buf_printf(dst, "%s%s", i ? ", " : "",
                           kt_type_print(t, type, sizeof type)))
            return false;
    }
    return true;
}

static bool describe_method(const struct kt_service *s,
                            const struct kt_method *m, struct kt_buf *dst)
{
    const size_t nret = m->resp ? 1 : 0;
    char type[128] = "void";

    if (m->resp != NULL)
        kt_type_print(m->resp, type, sizeof type);
    if (!kt_buf_printf(dst, "  %-13s /%s/%s (",
                       m->oneway ? "oneway" : kt_mode_name(m->mode), s->path,
                       m->name) ||
        !describe_args(m, dst) || !kt_buf_printf(dst, ") -> %s", type))
        return false;
    for (size_t i = nret; i < m->result->nfields; i++) {
        const struct kt_type *t = m->result->fields[i].type;

        if (!kt_buf_printf(dst, "%s%s", i == nret ? " throws " : ", ",
                           kt_type_print(t, type, sizeof type)))
            return false;
    }
    return kt_buf_puts(dst, "\n");
}

bool kt_idl_describe(const struct kt_idl *idl, struct kt_buf *dst)
{
    for (size_t i = 0; i < idl->nservices; i++) {
        const struct kt_service *s = idl->services[i];

        if (!kt_buf_printf(dst, "service %s\n", s->path))
            return false;
        for (size_t k = 0; k < s->nmethods; k++)
            if (!describe_method(s, &s->methods[k], dst))
                return false;
    }
    return true;
}

/* Thrift Binary to JSON by descriptor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/json.h"
#include "idl/limits.h"
#include "wire/utf8.h"

struct dec {
    struct kt_cur in;
    const uint8_t *begin;
    const struct kt_tlimits *lim;
    struct kt_err *err;
    size_t spent; /* bytes that the JSON takes, roughly */
};

static json_t *get(struct dec *d, const struct kt_type *t,
                   const struct kt_jpath *p, unsigned depth);

static json_t *bad(struct dec *d, enum kt_code code, const struct kt_jpath *p,
                   const char *why)
{
    kt_jpath_bad(p, code, (size_t)(d->in.p - d->begin), d->err, "%s", why);
    return NULL;
}

/* What a reader of tbin.h said: its errors get the offset in the whole input
 * and the path. */
static bool took(struct dec *d, enum kt_step step, const struct kt_jpath *p)
{
    if (step == KT_DONE)
        return true;
    if (step == KT_MORE)
        return bad(d, KT_E_TRUNCATED, p, "the message ends here") != NULL;

    const struct kt_err why = *d->err;
    const size_t at = (size_t)(d->in.p - d->begin) + why.at;
    kt_jpath_bad(p, why.code, at, d->err, "%s",
                 *why.detail ? why.detail : kt_code_name(why.code));
    d->err->rule = why.rule;
    return false;
}

/* A JSON value costs far more than its bytes on the wire, an empty struct most:
 * one byte there, hundreds here. */
static bool afford(struct dec *d, size_t n, const struct kt_jpath *p)
{
    if (n > KT_JSON_MAX_BYTES || d->spent > KT_JSON_MAX_BYTES - n)
        return bad(d, KT_E_TOO_MANY, p, "this value is too big as JSON");
    d->spent += n;
    return true;
}

static json_t *made(struct dec *d, json_t *j, const struct kt_jpath *p)
{
    return j ? j : bad(d, KT_E_NOMEM, p, "out of memory");
}

static json_t *get_int(struct dec *d, const struct kt_type *t,
                       const struct kt_jpath *p)
{
    enum kt_step step;
    int64_t i64 = 0;
    int32_t i32;
    int16_t i16;
    uint8_t u8;

    if (t->wire == KT_T_I8) {
        step = kt_tread_u8(&d->in, &u8, d->err);
        i64 = step == KT_DONE ? (int8_t)u8 : 0;
    } else if (t->wire == KT_T_I16) {
        step = kt_tread_i16(&d->in, &i16, d->err);
        i64 = step == KT_DONE ? i16 : 0;
    } else if (t->wire == KT_T_I32) {
        step = kt_tread_i32(&d->in, &i32, d->err);
        i64 = step == KT_DONE ? i32 : 0;
    } else {
        step = kt_tread_i64(&d->in, &i64, d->err);
    }
    return took(d, step, p) ? made(d, json_integer(i64), p) : NULL;
}

static json_t *get_string(struct dec *d, const struct kt_type *t,
                          const struct kt_jpath *p)
{
    const struct kt_cur before = d->in;
    struct kt_cur s;

    if (!took(d, kt_tread_string(&d->in, d->lim, &s, d->err), p) ||
        !afford(d, 2 * kt_cur_left(&s), p))
        return NULL;
    if (t->is_binary)
        return made(d, kt_json_binary(s), p);
    if (kt_utf8_valid(s))
        return made(d, json_stringn_nocheck((const char *)s.p, kt_cur_left(&s)),
                    p);
    d->in = before;
    return bad(d, KT_E_SYNTAX, p, "this string is not UTF-8");
}

/* Containers. */

/* arr takes j over; false when j is NULL, or there is no memory. */
static bool append(struct dec *d, json_t *arr, json_t *j,
                   const struct kt_jpath *p)
{
    if (j == NULL)
        return false;
    return json_array_append_new(arr, j) == 0 || made(d, NULL, p) != NULL;
}

static bool same_type(struct dec *d, enum kt_ttype wire,
                      const struct kt_type *t, const struct kt_jpath *p)
{
    return wire == t->wire ||
           bad(d, KT_E_TYPE, p,
               "the elements are of another type than declared");
}

static json_t *get_list(struct dec *d, const struct kt_type *t,
                        const struct kt_jpath *p, unsigned depth)
{
    enum kt_ttype wire;
    uint32_t n;

    if (!took(d, kt_tread_list(&d->in, d->lim, &wire, &n, d->err), p) ||
        (n > 0 && !same_type(d, wire, t->elem, p)))
        return NULL;
    json_t *arr = made(d, json_array(), p);
    if (arr == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        const struct kt_jpath here = {.up = p, .index = i};

        if (append(d, arr, get(d, t->elem, &here, depth), &here))
            continue;
        json_decref(arr);
        return NULL;
    }
    return arr;
}

static bool get_pair(struct dec *d, const struct kt_type *t, json_t *arr,
                     const struct kt_jpath *p, unsigned depth)
{
    const struct kt_jpath key = {.up = p, .index = 0};
    const struct kt_jpath value = {.up = p, .index = 1};
    json_t *two = made(d, json_array(), p);

    if (two == NULL || !afford(d, 128, p)) {
        json_decref(two);
        return false;
    }
    if (append(d, two, get(d, t->key, &key, depth), &key) &&
        append(d, two, get(d, t->elem, &value, depth), &value))
        return append(d, arr, two, p);
    json_decref(two);
    return false;
}

static json_t *get_map(struct dec *d, const struct kt_type *t,
                       const struct kt_jpath *p, unsigned depth)
{
    enum kt_ttype key, value;
    uint32_t n;

    if (!took(d, kt_tread_map(&d->in, d->lim, &key, &value, &n, d->err), p) ||
        (n > 0 &&
         (!same_type(d, key, t->key, p) || !same_type(d, value, t->elem, p))))
        return NULL;
    json_t *arr = made(d, json_array(), p);
    for (uint32_t i = 0; arr && i < n; i++) {
        const struct kt_jpath here = {.up = p, .index = i};

        if (get_pair(d, t, arr, &here, depth))
            continue;
        json_decref(arr);
        return NULL;
    }
    return arr ? made(d, kt_json_map(arr, t), p) : NULL;
}

/* Structs. */

/* *from is where the last field was found: fields come in order, mostly. */
static const struct kt_idl_field *field(const struct kt_struct *s, int16_t id,
                                        size_t *from)
{
    for (size_t i = 0; i < s->nfields; i++) {
        const size_t k = (*from + i) % s->nfields;

        if (s->fields[k].id != id)
            continue;
        *from = k;
        return &s->fields[k];
    }
    return NULL;
}

static bool get_fields(struct dec *d, const struct kt_struct *s, json_t *obj,
                       const struct kt_jpath *p, unsigned depth)
{
    size_t from = 0;

    for (;;) {
        enum kt_ttype wire;
        int16_t id;

        if (!took(d, kt_tread_field(&d->in, &wire, &id, d->err), p))
            return false;
        if (wire == KT_T_STOP)
            return true;
        const struct kt_idl_field *f = field(s, id, &from);
        if (f == NULL || f->type->wire != wire) {
            if (!took(d, kt_tskip(&d->in, wire, d->lim, d->err), p))
                return false;
            continue;
        }
        const struct kt_jpath here = {.up = p, .name = f->name};
        json_t *j = get(d, f->type, &here, depth);
        if (j == NULL)
            return false;
        if (json_object_set_new_nocheck(obj, f->name, j) != 0)
            return made(d, NULL, &here) != NULL;
    }
}

static bool complete(struct dec *d, const struct kt_struct *s,
                     const json_t *obj, const struct kt_jpath *p)
{
    for (size_t i = 0; i < s->nfields; i++) {
        const struct kt_jpath here = {.up = p, .name = s->fields[i].name};

        if (s->fields[i].req == KT_REQ_REQUIRED &&
            json_object_get(obj, s->fields[i].name) == NULL)
            return bad(d, KT_E_MISSING, &here, "a required field is absent");
    }
    if (s->kind == KT_SK_UNION && json_object_size(obj) != 1)
        return bad(d, KT_E_TYPE, p,
                   "a union needs exactly one field that the IDL knows");
    return true;
}

static json_t *get_struct(struct dec *d, const struct kt_type *t,
                          const struct kt_jpath *p, unsigned depth)
{
    json_t *obj = made(d, json_object(), p);

    if (obj == NULL)
        return NULL;
    if (afford(d, 256, p) && get_fields(d, t->str, obj, p, depth) &&
        complete(d, t->str, obj, p))
        return obj;
    json_decref(obj);
    return NULL;
}

static json_t *get_nested(struct dec *d, const struct kt_type *t,
                          const struct kt_jpath *p, unsigned depth)
{
    if (depth >= d->lim->max_depth)
        return bad(d, KT_E_TOO_DEEP, p, "nested too deep");
    if (t->wire == KT_T_STRUCT)
        return get_struct(d, t, p, depth + 1);
    if (t->wire == KT_T_MAP)
        return get_map(d, t, p, depth + 1);
    return get_list(d, t, p, depth + 1);
}

static json_t *get(struct dec *d, const struct kt_type *t,
                   const struct kt_jpath *p, unsigned depth)
{
    double real;
    uint8_t u8;

    if (!afford(d, 48, p))
        return NULL;
    switch (t->wire) {
    case KT_T_BOOL:
        return took(d, kt_tread_u8(&d->in, &u8, d->err), p) ? json_boolean(u8)
                                                            : NULL;
    case KT_T_DOUBLE:
        return took(d, kt_tread_double(&d->in, &real, d->err), p)
                   ? made(d, kt_json_from_double(real), p)
                   : NULL;
    case KT_T_I8:
    case KT_T_I16:
    case KT_T_I32:
    case KT_T_I64:
        return get_int(d, t, p);
    case KT_T_STRING:
        return get_string(d, t, p);
    case KT_T_STRUCT:
    case KT_T_MAP:
    case KT_T_SET:
    case KT_T_LIST:
        return get_nested(d, t, p, depth);
    case KT_T_STOP:
        break;
    }
    return bad(d, KT_E_TYPE, p, "no such type");
}

enum kt_step kt_thrift_to_json(struct kt_cur *in, const struct kt_type *type,
                               const struct kt_tlimits *lim, json_t **ret,
                               struct kt_err *reterr)
{
    struct dec d = {.in = *in, .begin = in->p, .lim = lim, .err = reterr};
    json_t *j = get(&d, type, NULL, 0);

    if (j == NULL)
        return KT_BAD;
    *in = d.in;
    *ret = j;
    return KT_DONE;
}

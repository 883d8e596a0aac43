/* JSON to Thrift Binary by descriptor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/json.h"
#include "base/near.h"
#include "wire/text.h"
#include <string.h>

struct enc {
    struct kt_buf *dst;
    struct kt_err *err;
};

static bool put(struct enc *e, const json_t *j, const struct kt_type *t,
                const struct kt_jpath *p, unsigned depth);

/* What kt_buf_put said. */
static bool written(struct enc *e, bool ok)
{
    return ok || kt_badf(e->err, KT_E_NOMEM, 0,
                         "no room for the encoded value") == KT_DONE;
}

static bool mismatch(struct enc *e, const json_t *j, const struct kt_type *t,
                     const struct kt_jpath *p)
{
    static const char *const words[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",
        [JSON_STRING] = "a string",    [JSON_INTEGER] = "an integer",
        [JSON_REAL] = "a real number", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null"};
    char name[48];

    kt_jpath_bad(p, KT_E_TYPE, 0, e->err, "expected %s, got %s",
                 kt_type_print(t, name, sizeof name),
                 j ? words[json_typeof(j)] : "nothing");
    return false;
}

static bool put_int(struct enc *e, const json_t *j, const struct kt_type *t,
                    const struct kt_jpath *p)
{
    struct kt_suggest s;
    char text[64];
    int64_t i;

    if (json_is_string(j) && t->enm != NULL && !kt_json_enum(j, t, &i)) {
        kt_suggest_init(&s, json_string_value(j));
        for (size_t k = 0; k < t->enm->n; k++)
            kt_suggest_try(&s, t->enm->names[k]);
        kt_jpath_bad(p, KT_E_UNKNOWN, 0, e->err, "%.30s has no member %.30s%s",
                     t->enm->name, s.word, kt_suggest_print(&s, text));
        return false;
    }
    if (!kt_json_enum(j, t, &i))
        return mismatch(e, j, t, p);
    if (!kt_type_holds(t, i)) {
        kt_jpath_bad(p, KT_E_RANGE, 0, e->err, "%lld is out of the range of %s",
                     (long long)i, kt_type_print(t, text, sizeof text));
        return false;
    }
    if (t->wire == KT_T_I8)
        return written(e, kt_buf_put_u8(e->dst, (uint8_t)i));
    if (t->wire == KT_T_I16)
        return written(e, kt_buf_put_u16(e->dst, (uint16_t)i));
    if (t->wire == KT_T_I32)
        return written(e, kt_buf_put_u32(e->dst, (uint32_t)i));
    return written(e, kt_buf_put_u64(e->dst, (uint64_t)i));
}

static bool put_binary(struct enc *e, struct kt_cur text,
                       const struct kt_jpath *p)
{
    struct kt_buf raw = {.limit = kt_cur_left(&text)};
    struct kt_err why;
    bool ok = kt_b64_decode(&raw, text, &why) == KT_DONE;

    if (ok)
        ok = written(e, kt_twrite_string(e->dst, kt_buf_view(&raw)));
    else
        kt_jpath_bad(p, why.code, 0, e->err, "not base64");
    kt_buf_fini(&raw);
    return ok;
}

static bool put_string(struct enc *e, const json_t *j, const struct kt_type *t,
                       const struct kt_jpath *p)
{
    if (!json_is_string(j))
        return mismatch(e, j, t, p);
    const struct kt_cur text =
        kt_cur_of(json_string_value(j), json_string_length(j));
    if (t->is_binary)
        return put_binary(e, text, p);
    return written(e, kt_twrite_string(e->dst, text));
}

/* Containers. */

static bool put_list(struct enc *e, const json_t *j, const struct kt_type *t,
                     const struct kt_jpath *p, unsigned depth)
{
    const size_t n = json_array_size(j);

    if (!json_is_array(j) || n > INT32_MAX)
        return mismatch(e, j, t, p);
    if (!written(e, kt_twrite_list(e->dst, t->elem->wire, (uint32_t)n)))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct kt_jpath here = {.up = p, .index = i};

        if (!put(e, json_array_get(j, i), t->elem, &here, depth))
            return false;
    }
    return true;
}

static bool put_pairs(struct enc *e, const json_t *j, const struct kt_type *t,
                      const struct kt_jpath *p, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(j); i++) {
        const struct kt_jpath here = {.up = p, .index = i};
        const struct kt_jpath key = {.up = &here, .index = 0};
        const struct kt_jpath value = {.up = &here, .index = 1};
        const json_t *two = json_array_get(j, i);

        if (json_array_size(two) != 2) {
            kt_jpath_bad(&here, KT_E_TYPE, 0, e->err,
                         "expected a pair [key, value]");
            return false;
        }
        if (!put(e, json_array_get(two, 0), t->key, &key, depth) ||
            !put(e, json_array_get(two, 1), t->elem, &value, depth))
            return false;
    }
    return true;
}

static bool put_members(struct enc *e, const json_t *j, const struct kt_type *t,
                        const struct kt_jpath *p, unsigned depth)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)j, key, value)
    {
        const struct kt_jpath here = {.up = p, .name = key, .is_key = true};
        const struct kt_cur k = kt_cur_of(key, strlen(key));

        if (!written(e, kt_twrite_string(e->dst, k)) ||
            !put(e, value, t->elem, &here, depth))
            return false;
    }
    return true;
}

static bool put_map(struct enc *e, const json_t *j, const struct kt_type *t,
                    const struct kt_jpath *p, unsigned depth)
{
    const bool text = t->key->wire == KT_T_STRING && !t->key->is_binary;
    const bool pairs = json_is_array(j);
    const size_t n = pairs ? json_array_size(j) : json_object_size(j);

    if (!pairs && (!text || !json_is_object(j)))
        return mismatch(e, j, t, p);
    if (n > INT32_MAX)
        return mismatch(e, j, t, p);
    if (!written(
            e, kt_twrite_map(e->dst, t->key->wire, t->elem->wire, (uint32_t)n)))
        return false;
    return pairs ? put_pairs(e, j, t, p, depth)
                 : put_members(e, j, t, p, depth);
}

/* Structs. */

/* Name the member that the struct lacks: there is one. */
static bool unknown_field(struct enc *e, const json_t *j,
                          const struct kt_struct *s, const struct kt_jpath *p)
{
    struct kt_suggest near;
    const char *key;
    char hint[64];
    json_t *value;

    json_object_foreach((json_t *)j, key, value)
    {
        if (kt_struct_field(s, key) != NULL)
            continue;
        kt_suggest_init(&near, key);
        for (size_t i = 0; i < s->nfields; i++)
            kt_suggest_try(&near, s->fields[i].name);
        kt_jpath_bad(p, KT_E_UNKNOWN, 0, e->err, "%.40s has no field '%.40s'%s",
                     s->name, key, kt_suggest_print(&near, hint));
        break;
    }
    return false;
}

static bool put_field(struct enc *e, const json_t *j,
                      const struct kt_idl_field *f, const struct kt_jpath *p,
                      unsigned depth)
{
    const struct kt_jpath here = {.up = p, .name = f->name};

    if (j == NULL && f->req == KT_REQ_REQUIRED)
        j = f->def;
    if (j == NULL && f->req != KT_REQ_REQUIRED)
        return true;
    if (j == NULL) {
        kt_jpath_bad(&here, KT_E_MISSING, 0, e->err,
                     "a required field is absent");
        return false;
    }
    return written(e, kt_twrite_field(e->dst, f->type->wire, f->id)) &&
           put(e, j, f->type, &here, depth);
}

static bool put_struct(struct enc *e, const json_t *j, const struct kt_type *t,
                       const struct kt_jpath *p, unsigned depth)
{
    const struct kt_struct *s = t->str;
    size_t known = 0, set = 0;

    if (!json_is_object(j))
        return mismatch(e, j, t, p);
    for (size_t i = 0; i < s->nfields; i++) {
        known += json_object_get(j, s->fields[i].name) != NULL;
        set += kt_json_field(j, &s->fields[i]) != NULL;
    }
    if (known != json_object_size(j))
        return unknown_field(e, j, s, p);
    if (s->kind == KT_SK_UNION && set != 1) {
        kt_jpath_bad(p, KT_E_TYPE, 0, e->err,
                     "union %.40s needs exactly one field, got %zu", s->name,
                     set);
        return false;
    }
    for (size_t i = 0; i < s->nfields; i++) {
        const struct kt_idl_field *f = &s->fields[i];

        if (!put_field(e, kt_json_field(j, f), f, p, depth))
            return false;
    }
    return written(e, kt_twrite_stop(e->dst));
}

static bool put_nested(struct enc *e, const json_t *j, const struct kt_type *t,
                       const struct kt_jpath *p, unsigned depth)
{
    if (depth >= kt_tlimits_default.max_depth) {
        kt_jpath_bad(p, KT_E_TOO_DEEP, 0, e->err, "nested more than %u deep",
                     kt_tlimits_default.max_depth);
        return false;
    }
    if (t->wire == KT_T_STRUCT)
        return put_struct(e, j, t, p, depth + 1);
    if (t->wire == KT_T_MAP)
        return put_map(e, j, t, p, depth + 1);
    return put_list(e, j, t, p, depth + 1);
}

static bool put(struct enc *e, const json_t *j, const struct kt_type *t,
                const struct kt_jpath *p, unsigned depth)
{
    double d;

    switch (t->wire) {
    case KT_T_BOOL:
        return json_is_boolean(j)
                   ? written(e, kt_buf_put_u8(e->dst, json_is_true(j)))
                   : mismatch(e, j, t, p);
    case KT_T_DOUBLE:
        return kt_json_double(j, &d) ? written(e, kt_twrite_double(e->dst, d))
                                     : mismatch(e, j, t, p);
    case KT_T_I8:
    case KT_T_I16:
    case KT_T_I32:
    case KT_T_I64:
        return put_int(e, j, t, p);
    case KT_T_STRING:
        return put_string(e, j, t, p);
    case KT_T_STRUCT:
    case KT_T_MAP:
    case KT_T_SET:
    case KT_T_LIST:
        return put_nested(e, j, t, p, depth);
    case KT_T_STOP:
        break;
    }
    return mismatch(e, j, t, p);
}

enum kt_step kt_json_to_thrift(const json_t *json, const struct kt_type *type,
                               struct kt_buf *dst, struct kt_err *reterr)
{
    struct enc e = {dst, reterr};
    const size_t held = kt_buf_size(dst);

    if (put(&e, json, type, NULL, 0))
        return KT_DONE;
    dst->len = dst->start + held;
    return KT_BAD;
}

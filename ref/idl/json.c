/* What the JSON codecs share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/json.h"
#include "wire/text.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Paths. */

static bool path_into(const struct kt_jpath *p, struct kt_buf *b)
{
    bool ok = true;

    if (p == NULL)
        return true;
    ok = path_into(p->up, b);
    if (p->name == NULL)
        return ok && kt_buf_printf(b, "[%zu]", p->index);
    return ok && kt_buf_printf(b, p->is_key ? "[\"%.60s\"]" : ".%s", p->name);
}

const char *kt_jpath_print(const struct kt_jpath *p, char *dst, size_t cap)
{
    struct kt_buf b = {.limit = 1 << 16};
    const char *text = p ? "?" : "(top)";

    if (p != NULL && path_into(p, &b))
        text = kt_buf_cstr(&b);
    const size_t n = strlen(text);
    const bool cut = n >= cap;
    snprintf(dst, cap, "%s%s", cut ? "..." : "",
             cut ? text + n - cap + 4 : text);
    kt_buf_fini(&b);
    return dst;
}

enum kt_step kt_jpath_bad(const struct kt_jpath *p, enum kt_code code,
                          size_t at, struct kt_err *reterr, const char *fmt,
                          ...)
{
    char path[72], text[160];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return kt_badf(reterr, code, at, "%s: %s",
                   kt_jpath_print(p, path, sizeof path), text);
}

/* Numbers. */

bool kt_type_is_int(const struct kt_type *t)
{
    return t->wire == KT_T_I8 || t->wire == KT_T_I16 || t->wire == KT_T_I32 ||
           t->wire == KT_T_I64;
}

bool kt_type_holds(const struct kt_type *t, int64_t i)
{
    switch (t->wire) {
    case KT_T_I8:
        return i >= INT8_MIN && i <= INT8_MAX;
    case KT_T_I16:
        return i >= INT16_MIN && i <= INT16_MAX;
    case KT_T_I32:
        return i >= INT32_MIN && i <= INT32_MAX;
    case KT_T_I64:
        return true;
    case KT_T_BOOL:
    case KT_T_DOUBLE:
    case KT_T_STRING:
    case KT_T_STRUCT:
    case KT_T_MAP:
    case KT_T_SET:
    case KT_T_LIST:
    case KT_T_STOP:
        break;
    }
    return false;
}

bool kt_json_int(const json_t *j, int64_t *ret)
{
    const double whole = 9007199254740992.0; /* 2^53: exact up to here */

    if (json_is_integer(j)) {
        *ret = json_integer_value(j);
        return true;
    }
    const double d = json_real_value(j);
    if (!json_is_real(j) || d != floor(d) || d > whole || d < -whole)
        return false;
    *ret = (int64_t)d;
    return true;
}

bool kt_json_enum(const json_t *j, const struct kt_type *t, int64_t *ret)
{
    int32_t v;

    if (!json_is_string(j) || t->enm == NULL)
        return kt_json_int(j, ret);
    if (!kt_enum_value(t->enm, json_string_value(j), &v))
        return false;
    *ret = v;
    return true;
}

bool kt_json_double(const json_t *j, double *ret)
{
    const char *s = json_string_value(j);

    *ret = json_number_value(j);
    if (json_is_number(j))
        return true;
    if (s == NULL)
        return false;
    if (strcmp(s, "NaN") == 0)
        *ret = (double)NAN;
    else if (strcmp(s, "Infinity") == 0)
        *ret = (double)INFINITY;
    else if (strcmp(s, "-Infinity") == 0)
        *ret = -(double)INFINITY;
    else
        return false;
    return true;
}

json_t *kt_json_from_double(double d)
{
    if (isnan(d))
        return json_string("NaN");
    if (isinf(d))
        return json_string(d > 0 ? "Infinity" : "-Infinity");
    return json_real(d);
}

/* Others. */

json_t *kt_json_binary(struct kt_cur bytes)
{
    struct kt_buf b = {.limit = SIZE_MAX / 2};
    bool ok = kt_b64_encode(&b, bytes);
    json_t *j = NULL;

    while (ok && kt_buf_size(&b) % 4 != 0)
        ok = kt_buf_put_u8(&b, '=');
    if (ok)
        j = json_stringn_nocheck(kt_buf_cstr(&b), kt_buf_size(&b));
    kt_buf_fini(&b);
    return j;
}

json_t *kt_json_map(json_t *pairs, const struct kt_type *t)
{
    size_t i;
    json_t *two;

    if (t->key->wire != KT_T_STRING || t->key->is_binary)
        return pairs;
    json_array_foreach(pairs, i, two)
    {
        const json_t *key = json_array_get(two, 0);

        if (strlen(json_string_value(key)) != json_string_length(key))
            return pairs;
    }
    json_t *obj = json_object();
    json_array_foreach(pairs, i, two)
    {
        if (json_object_set_nocheck(obj,
                                    json_string_value(json_array_get(two, 0)),
                                    json_array_get(two, 1)) == 0)
            continue;
        json_decref(obj);
        obj = NULL;
        break;
    }
    json_decref(pairs);
    return obj;
}

json_t *kt_json_field(const json_t *obj, const struct kt_idl_field *f)
{
    json_t *j = json_object_get(obj, f->name);

    return json_is_null(j) ? NULL : j;
}

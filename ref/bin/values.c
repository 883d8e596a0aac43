/* JSON values of the driver protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/values.h"
#include "wire/text.h"
#include <string.h>

enum { MAX_VALUE = 64 << 10, MAX_MESSAGE = 64 << 20 };

struct kt_type kt_struct_type(const struct kt_struct *s)
{
    return (struct kt_type){.wire = KT_T_STRUCT, .str = s};
}

static bool pair_put(struct kt_hlist *ret, const char *name, const char *value)
{
    const struct kt_cur n = kt_cur_of(name, strlen(name));
    const struct kt_cur v = kt_cur_of(value, strlen(value));
    struct kt_buf bytes;
    struct kt_err e;
    bool ok;

    if (!kt_is_bin_name(n))
        return kt_hlist_put(ret, n, v, &e) == KT_DONE;
    kt_buf_init(&bytes, MAX_VALUE);
    ok = kt_b64_decode(&bytes, v, &e) == KT_DONE &&
         kt_hlist_put(ret, n, kt_buf_view(&bytes), &e) == KT_DONE;
    kt_buf_fini(&bytes);
    return ok;
}

bool kt_metadata_read(const json_t *pairs, struct kt_hlist *ret)
{
    size_t i;
    json_t *p;

    json_array_foreach(pairs, i, p)
    {
        const char *k = json_string_value(json_array_get(p, 0));
        const char *v = json_string_value(json_array_get(p, 1));

        if (k == NULL || v == NULL || !pair_put(ret, k, v))
            return false;
    }
    return pairs == NULL || json_is_array(pairs);
}

static json_t *text_json(struct kt_cur c)
{
    json_t *j = json_stringn((const char *)c.p, kt_cur_left(&c));

    return j ? j : json_string("(not UTF-8)");
}

/* Base64 with its padding: what JSON readers expect. */
static json_t *bin_json(struct kt_cur c)
{
    struct kt_buf b;
    json_t *j;

    kt_buf_init(&b, 2 * MAX_VALUE);
    kt_b64_encode(&b, c);
    while (kt_buf_size(&b) % 4 != 0)
        kt_buf_put_u8(&b, '=');
    j = json_string(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return j;
}

json_t *kt_metadata_json(const struct kt_hlist *h)
{
    json_t *a = json_array();

    for (size_t i = 0; h != NULL && i < h->n; i++) {
        const struct kt_cur name = kt_hlist_name(h, i),
                            value = kt_hlist_value(h, i);
        json_t *pair = json_array();

        json_array_append_new(pair, text_json(name));
        json_array_append_new(pair, kt_is_bin_name(name) ? bin_json(value)
                                                         : text_json(value));
        json_array_append_new(a, pair);
    }
    return a;
}

bool kt_object_read(const json_t *obj, struct kt_hlist *ret)
{
    const char *k;
    json_t *v;

    json_object_foreach((json_t *)(uintptr_t)obj, k, v)
    {
        if (!json_is_string(v) || !kt_hlist_puts(ret, k, json_string_value(v)))
            return false;
    }
    return obj == NULL || json_is_object(obj);
}

json_t *kt_object_json(const struct kt_hlist *h)
{
    json_t *obj = json_object();

    for (size_t i = 0; h != NULL && i < h->n; i++) {
        const struct kt_cur k = kt_hlist_name(h, i);

        json_object_setn_new(obj, (const char *)k.p, kt_cur_left(&k),
                             text_json(kt_hlist_value(h, i)));
    }
    return obj;
}

static enum kt_step hex_read(const char *hex, struct kt_buf *dst,
                             struct kt_err *reterr)
{
    const size_t n = strlen(hex);
    uint8_t *p = n % 2 == 0 ? kt_buf_grow(dst, n / 2) : NULL;

    if (n > 0 && p == NULL)
        return kt_badf(reterr, KT_E_SYNTAX, 0, "hex is pairs of digits");
    const struct kt_cur c = kt_unhex(p, n / 2, hex);
    if (kt_cur_left(&c) != n / 2)
        return kt_badf(reterr, KT_E_SYNTAX, 2 * kt_cur_left(&c),
                       "no hex digit");
    return KT_DONE;
}

enum kt_step kt_message_read(const json_t *msg, const struct kt_type *type,
                             struct kt_buf *dst, struct kt_err *reterr)
{
    const json_t *json = json_object_get(msg, "json");
    const char *hex = json_string_value(json_object_get(msg, "hex"));

    if (hex != NULL)
        return hex_read(hex, dst, reterr);
    if (json == NULL || type == NULL)
        return kt_badf(reterr, KT_E_MISSING, 0,
                       "a message is {\"json\":…} or {\"hex\":…}");
    return kt_json_to_thrift(json, type, dst, reterr);
}

static json_t *hex_json(struct kt_cur c)
{
    static const char digits[] = "0123456789abcdef";
    const size_t n = kt_cur_left(&c);
    struct kt_buf b;
    json_t *j;

    kt_buf_init(&b, 2 * (size_t)MAX_MESSAGE + 16);
    uint8_t *p = kt_buf_grow(&b, 2 * n);
    for (size_t i = 0; p != NULL && i < n; i++) {
        p[2 * i] = (uint8_t)digits[c.p[i] >> 4];
        p[2 * i + 1] = (uint8_t)digits[c.p[i] & 15];
    }
    j = json_string(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return j;
}

/* The exact bytes are of use when they are few; a long message is its value. */
enum { MAX_HEX = 4096 };

json_t *kt_message_json(struct kt_cur bytes, const struct kt_type *type,
                        struct kt_err *reterr)
{
    struct kt_cur in = bytes;
    json_t *value, *msg;

    switch (kt_thrift_to_json(&in, type, &kt_tlimits_default, &value, reterr)) {
    case KT_DONE:
        break;
    case KT_MORE:
        kt_badf(reterr, KT_E_TRUNCATED, 0, "the message is cut short");
        return NULL;
    case KT_BAD:
        return NULL;
    }
    msg = json_object();
    json_object_set_new(msg, "json", value);
    if (kt_cur_left(&bytes) <= MAX_HEX)
        json_object_set_new(msg, "hex", hex_json(bytes));
    return msg;
}

bool kt_wrap(struct kt_buf *dst, int16_t id, struct kt_cur body)
{
    return kt_twrite_field(dst, KT_T_STRUCT, id) &&
           kt_buf_put(dst, body.p, kt_cur_left(&body)) && kt_twrite_stop(dst);
}

enum kt_step kt_unwrap(struct kt_cur wrapper, int16_t *ret_id,
                       struct kt_cur *ret_body, struct kt_err *reterr)
{
    enum kt_ttype type;
    struct kt_cur at;

    for (;;) {
        if (kt_tread_field(&wrapper, &type, ret_id, reterr) != KT_DONE)
            return kt_badf(reterr, KT_E_TRUNCATED, 0, "no wrapper struct");
        if (type == KT_T_STOP)
            return KT_MORE;
        at = wrapper;
        if (kt_tskip(&wrapper, type, &kt_tlimits_default, reterr) != KT_DONE)
            return kt_badf(reterr, KT_E_TYPE, 0,
                           "the wrapper's field is cut short");
        if (type == KT_T_STRUCT)
            break;
    }
    *ret_body = (struct kt_cur){at.p, wrapper.p};
    return KT_DONE;
}

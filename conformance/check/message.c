/* Messages of a scenario: content, bytes, equality.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/message.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

enum {
    /* field head 3, length 4, stop 1: what a struct with one string costs */
    STRING_COST = 8,
    PRINT_MAX = 160,
};

struct kt_shape kt_shape_of(const struct kt_method *m, bool to_server)
{
    const bool wrapped =
        m->mode == KT_MODE_UNARY || m->mode == KT_MODE_PINGPONG;

    return (struct kt_shape){
        .type = to_server ? m->req : m->resp,
        .wrap = !wrapped    ? NULL
                : to_server ? m->args
                            : m->result,
        .to_server = to_server,
    };
}

/* Letters that do not repeat with a short period, so that a piece which went
 * missing or changed places cannot pass. */
static void fill(char *p, size_t n, uint64_t size, uint64_t ordinal)
{
    uint64_t x =
        (size * 0x9E3779B97F4A7C15u) ^ (ordinal + 1) * 0xD1B54A32D192ED03u;

    for (size_t i = 0; i < n; i += sizeof x) { /* eight of 16 letters each */
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        for (size_t k = 0; k < sizeof x && i + k < n; k++)
            p[i + k] = (char)('a' + (x >> 8 * k & 15));
    }
}

static json_t *sized(uint64_t size, uint64_t ordinal)
{
    if (size < STRING_COST)
        return json_object();

    const size_t n = size - STRING_COST;
    char *text = kt_xalloc(n + 1);
    json_t *o = json_object();

    fill(text, n, size, ordinal);
    json_object_set_new(o, "message", json_stringn_nocheck(text, n));
    kt_free(text);
    return o;
}

json_t *kt_msg_json(const struct kt_msg *m, uint64_t ordinal)
{
    switch (m->kind) {
    case KT_MSG_JSON:
        return json_incref(m->json);
    case KT_MSG_SIZE:
        return sized(m->size, ordinal);
    case KT_MSG_NONE:
        return json_object();
    case KT_MSG_BYTES:
        break;
    }
    return NULL;
}

json_t *kt_msg_request(const struct kt_msg *m, uint64_t ordinal)
{
    if (m->kind != KT_MSG_BYTES)
        return json_pack("{s:o}", "json", kt_msg_json(m, ordinal));

    char *hex = kt_xalloc(m->n * 2 + 1);

    for (size_t i = 0; i < m->n; i++)
        snprintf(hex + 2 * i, 3, "%02x", m->bytes[i]);
    json_t *o = json_pack("{s:s}", "hex", hex);
    kt_free(hex);
    return o;
}

/* {"field": json} around a message, by the wrapper's own field name. */
static json_t *wrapped(const struct kt_struct *wrap, const char *name,
                       json_t *json)
{
    json_t *o = json_object();

    for (size_t i = 0; i < wrap->nfields; i++) {
        const struct kt_idl_field *f = &wrap->fields[i];

        if (name ? strcmp(f->name, name) == 0 : i == 0)
            json_object_set(o, f->name, json);
    }
    return o;
}

static bool encode_as(const struct kt_struct *wrap, const char *name,
                      const json_t *json, struct kt_buf *dst,
                      struct kt_err *reterr)
{
    const struct kt_type t = {.wire = KT_T_STRUCT, .str = wrap};
    json_t *o = wrapped(wrap, name, (json_t *)(void *)(uintptr_t)json);
    const bool ok = kt_json_to_thrift(o, &t, dst, reterr) == KT_DONE;

    json_decref(o);
    return ok;
}

bool kt_json_encode(const json_t *json, const struct kt_shape *shape,
                    struct kt_buf *dst, struct kt_err *reterr)
{
    if (shape->wrap)
        return encode_as(shape->wrap, NULL, json, dst, reterr);
    if (!shape->type)
        return kt_buf_put_u8(dst, KT_T_STOP);
    return kt_json_to_thrift(json, shape->type, dst, reterr) == KT_DONE;
}

/* The Result's field whose type is the exception of that name. */
static const char *exception_field(const struct kt_struct *wrap,
                                   const char *name)
{
    for (size_t i = 0; i < wrap->nfields; i++) {
        const struct kt_type *t = wrap->fields[i].type;

        if (t->str && t->str->kind == KT_SK_EXCEPTION &&
            strcmp(t->str->name, name) == 0)
            return wrap->fields[i].name;
    }
    return NULL;
}

bool kt_exception_encode(const char *name, const json_t *json,
                         const struct kt_shape *shape, struct kt_buf *dst,
                         struct kt_err *reterr)
{
    const char *field = shape->wrap ? exception_field(shape->wrap, name) : NULL;

    if (!field) {
        kt_badf(reterr, KT_E_UNKNOWN, 0, "no exception %s here", name);
        return false;
    }
    return encode_as(shape->wrap, field, json, dst, reterr);
}

bool kt_msg_encode(const struct kt_msg *m, uint64_t ordinal,
                   const struct kt_shape *shape, struct kt_buf *dst,
                   struct kt_err *reterr)
{
    if (m->kind == KT_MSG_BYTES)
        return kt_buf_put(dst, m->bytes, m->n);

    json_t *j = kt_msg_json(m, ordinal);
    const bool ok = kt_json_encode(j, shape, dst, reterr);

    json_decref(j);
    return ok;
}

/* What stands in a wrapper: its one field that is set. */
static json_t *unwrap(json_t *o, const struct kt_struct *wrap,
                      const char **ret_exception)
{
    json_t *v = NULL;

    for (size_t i = 0; i < wrap->nfields; i++) {
        const struct kt_idl_field *f = &wrap->fields[i];
        json_t *got = json_object_get(o, f->name);

        if (!got)
            continue;
        v = got;
        if (f->type->str && f->type->str->kind == KT_SK_EXCEPTION)
            *ret_exception = f->type->str->name;
    }
    v = v ? json_incref(v) : json_object();
    json_decref(o);
    return v;
}

json_t *kt_msg_decode(struct kt_cur payload, const struct kt_shape *shape,
                      const char **ret_exception, struct kt_err *reterr)
{
    const struct kt_type wrap = {.wire = KT_T_STRUCT, .str = shape->wrap};
    const struct kt_type *type = shape->wrap ? &wrap : shape->type;
    const char *exception = NULL;
    json_t *o = NULL;

    if (ret_exception)
        *ret_exception = NULL;
    if (!type)
        return json_object();
    switch (
        kt_thrift_to_json(&payload, type, &kt_tlimits_default, &o, reterr)) {
    case KT_DONE:
        break;
    case KT_MORE:
        kt_bad(reterr, KT_E_TRUNCATED, KT_SCOPE_STREAM, 0, "MSG-2");
        return NULL;
    case KT_BAD:
        return NULL;
    }
    if (shape->wrap)
        o = unwrap(o, shape->wrap, &exception);
    if (ret_exception)
        *ret_exception = exception;
    return o;
}

static bool bytes_equal(const struct kt_msg *want, const struct kt_shape *shape,
                        const json_t *by, struct kt_cur bytes,
                        struct kt_buf *ret_path)
{
    struct kt_buf enc = {.limit = SIZE_MAX};
    struct kt_err err;
    bool ok = false;

    if (!bytes.p && by && kt_json_encode(by, shape, &enc, &err))
        bytes = kt_buf_view(&enc);
    ok = kt_cur_eq(bytes, kt_cur_of(want->bytes, want->n));
    if (!ok)
        kt_buf_puts(ret_path, "bytes");
    kt_buf_fini(&enc);
    return ok;
}

bool kt_msg_equal(const struct kt_msg *want, uint64_t ordinal,
                  const struct kt_shape *shape, const json_t *by,
                  struct kt_cur bytes, struct kt_buf *ret_path)
{
    struct kt_err err;

    if (want->kind == KT_MSG_BYTES)
        return bytes_equal(want, shape, by, bytes, ret_path);

    json_t *a = kt_msg_json(want, ordinal);
    json_t *b = by ? json_incref((json_t *)(void *)(uintptr_t)by)
                   : kt_msg_decode(bytes, shape, NULL, &err);
    bool ok = false;

    if (!b)
        kt_buf_printf(ret_path, "not decoded: %s %s", kt_code_name(err.code),
                      err.detail);
    else if (shape->type)
        ok = kt_json_equal(a, b, shape->type, ret_path);
    else
        ok = json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return ok;
}

void kt_json_print(struct kt_buf *dst, const json_t *j)
{
    char *s = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
    const size_t n = s ? strlen(s) : 0;

    if (n <= PRINT_MAX)
        kt_buf_puts(dst, s ? s : "?");
    else
        kt_buf_printf(dst, "%.*s…(+%zu)", PRINT_MAX, s, n - PRINT_MAX);
    free(s); /* jansson's own */
}

void kt_msg_print(struct kt_buf *dst, const struct kt_msg *m)
{
    switch (m->kind) {
    case KT_MSG_NONE:
        kt_buf_puts(dst, "{}");
        break;
    case KT_MSG_JSON:
        kt_json_print(dst, m->json);
        break;
    case KT_MSG_SIZE:
        kt_buf_printf(dst, "size=%llu", (unsigned long long)m->size);
        break;
    case KT_MSG_BYTES:
        kt_buf_puts(dst, "bytes hex:");
        for (size_t i = 0; i < m->n && i < PRINT_MAX / 2; i++)
            kt_buf_printf(dst, "%02x", m->bytes[i]);
        break;
    }
}

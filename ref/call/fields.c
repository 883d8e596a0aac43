/* Metadata and metainfo as header fields, and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/impl.h"
#include <jansson.h>
#include <string.h>

/* Names that an application can neither set nor see, RESP-11; and those whose
 * meaning is HTTP/2's. A biz status is not to be forged either. */
static const char *const reserved[] = {
    "content-type",   "user-agent",       "te",      "biz-status",
    "biz-extra",      "connection",       "upgrade", "keep-alive",
    "content-length", "proxy-connection", "host",    "transfer-encoding",
};

static bool starts(struct kt_cur c, const char *with)
{
    const size_t n = strlen(with);

    return kt_cur_left(&c) >= n && memcmp(c.p, with, n) == 0;
}

/* "grpc-" is gRPC's, but for two names that are data to everybody (HDR-26). */
static bool is_grpc(struct kt_cur name)
{
    return starts(name, "grpc-") && !kt_cur_is(name, "grpc-tags-bin") &&
           !kt_cur_is(name, "grpc-trace-bin");
}

static bool may_send(struct kt_cur name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (kt_cur_is(name, reserved[i]))
            return false;
    return kt_cur_left(&name) > 0 && name.p[0] != ':' && !is_grpc(name);
}

/* HDR-27, RESP-15. */
static bool may_see(struct kt_cur name, enum kt_peer_role receiver)
{
    if (starts(name, ":"))
        return receiver == KT_PEER_SERVER && kt_cur_is(name, ":authority");
    if (receiver == KT_PEER_CLIENT &&
        (kt_cur_is(name, "biz-status") || kt_cur_is(name, "biz-extra")))
        return false;
    return !is_grpc(name) && !kt_cur_is(name, "te");
}

static enum kt_step nomem(struct kt_err *reterr)
{
    return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
}

static bool put_lower(struct kt_buf *b, struct kt_cur s)
{
    uint8_t *p = kt_buf_grow(b, kt_cur_left(&s));

    for (; p && s.p < s.end; s.p++, p++)
        *p = *s.p >= 'A' && *s.p <= 'Z' ? (uint8_t)(*s.p + 32) : *s.p;
    return p != NULL;
}

/* META-6, META-14 */
static enum kt_step put_encoded(struct kt_hlist *dst, struct kt_cur name,
                                struct kt_cur value, struct kt_err *reterr)
{
    struct kt_buf b;
    enum kt_step s = KT_BAD;

    if (!kt_is_bin_name(name))
        return kt_hlist_put(dst, name, value, reterr);
    kt_buf_init(&b, SIZE_MAX);
    if (kt_b64_encode(&b, value))
        s = kt_hlist_put(dst, name, kt_buf_view(&b), reterr);
    else
        nomem(reterr);
    kt_buf_fini(&b);
    return s;
}

enum kt_step kt_fields_add(struct kt_hlist *dst, const struct kt_hlist *md,
                           struct kt_err *reterr)
{
    struct kt_buf name;
    enum kt_step s = KT_DONE;

    kt_buf_init(&name, SIZE_MAX);
    for (size_t i = 0; md && i < md->n && s == KT_DONE; i++) {
        kt_buf_clear(&name);
        if (!put_lower(&name, kt_hlist_name(md, i)))
            s = nomem(reterr);
        else if (may_send(kt_buf_view(&name))) /* META-16 */
            s = put_encoded(dst, kt_buf_view(&name), kt_hlist_value(md, i),
                            reterr);
    }
    kt_buf_fini(&name);
    return s;
}

/* META-4: what no field value can carry is left out. */
static bool is_value(struct kt_cur v)
{
    const size_t n = kt_cur_left(&v);

    for (size_t i = 0; i < n; i++)
        if ((v.p[i] < 0x20 && v.p[i] != '\t') || v.p[i] == 0x7f)
            return false;
    return n == 0 || (v.p[0] != ' ' && v.p[0] != '\t' && v.p[n - 1] != ' ' &&
                      v.p[n - 1] != '\t');
}

enum kt_step kt_fields_add_meta(struct kt_hlist *dst, enum kt_meta_kind kind,
                                const struct kt_hlist *meta,
                                struct kt_err *reterr)
{
    struct kt_buf name;
    enum kt_step s = KT_DONE;

    kt_buf_init(&name, SIZE_MAX);
    for (size_t i = 0; meta && i < meta->n && s == KT_DONE; i++) {
        const struct kt_cur value = kt_hlist_value(meta, i);

        kt_buf_clear(&name);
        if (kt_meta_to_header(&name, kind, kt_hlist_name(meta, i)) &&
            (kt_is_bin_name(kt_buf_view(&name)) || is_value(value)))
            s = put_encoded(dst, kt_buf_view(&name), value, reterr);
    }
    kt_buf_fini(&name);
    return s;
}

/* One header may hold several binary values (gRPC over HTTP/2, "Custom-
 * Metadata"); what is no base64 is left out (META-15). */
static enum kt_step take_bin(struct kt_hlist *dst, struct kt_cur name,
                             struct kt_cur value, struct kt_err *reterr)
{
    struct kt_buf b;
    enum kt_step s = KT_DONE;
    bool more = true;

    kt_buf_init(&b, SIZE_MAX);
    while (more && s == KT_DONE) {
        const uint8_t *comma = memchr(value.p, ',', kt_cur_left(&value));
        const struct kt_cur one = {value.p, comma ? comma : value.end};
        struct kt_err e;

        more = comma != NULL;
        value.p = more ? comma + 1 : value.end;
        kt_buf_clear(&b);
        if (kt_b64_decode(&b, one, &e) == KT_DONE)
            s = kt_hlist_put(dst, name, kt_buf_view(&b), reterr);
        else if (e.code == KT_E_NOMEM)
            s = nomem(reterr);
    }
    kt_buf_fini(&b);
    return s;
}

enum kt_step kt_fields_take(struct kt_hlist *dst, const struct kt_hlist *src,
                            enum kt_peer_role receiver, struct kt_err *reterr)
{
    enum kt_step s = KT_DONE;

    for (size_t i = 0; i < src->n && s == KT_DONE; i++) {
        const struct kt_cur name = kt_hlist_name(src, i);
        const struct kt_cur value = kt_hlist_value(src, i);

        if (!may_see(name, receiver))
            continue;
        s = kt_is_bin_name(name) && kt_cur_left(&value) > 0
                ? take_bin(dst, name, value, reterr)
                : kt_hlist_put(dst, name, value, reterr);
    }
    return s;
}

/* META-5: the first of a key counts, and an empty value does not. */
static enum kt_step take_meta(struct kt_hlist *dst, struct kt_buf *key,
                              struct kt_cur name, struct kt_cur value,
                              struct kt_err *reterr)
{
    if (kt_cur_left(&value) == 0 || kt_hlist_count(dst, kt_buf_cstr(key)) > 0)
        return KT_DONE;
    return kt_is_bin_name(name)
               ? take_bin(dst, kt_buf_view(key), value, reterr)
               : kt_hlist_put(dst, kt_buf_view(key), value, reterr);
}

enum kt_step kt_fields_take_meta(struct kt_hlist *transient,
                                 struct kt_hlist *persistent,
                                 const struct kt_hlist *src,
                                 struct kt_err *reterr)
{
    struct kt_buf key;
    enum kt_step s = KT_DONE;

    kt_buf_init(&key, SIZE_MAX);
    for (size_t i = 0; i < src->n && s == KT_DONE; i++) {
        const struct kt_cur name = kt_hlist_name(src, i);
        enum kt_meta_kind kind;

        if (kt_meta_from_header(name, &kind, &key))
            s = take_meta(kind == KT_META_TRANSIENT ? transient : persistent,
                          &key, name, kt_hlist_value(src, i), reterr);
    }
    kt_buf_fini(&key);
    return s;
}

bool kt_fields_is_extra(struct kt_cur text)
{
    json_t *j = json_loadb((const char *)text.p, kt_cur_left(&text), 0, NULL);
    const char *key;
    json_t *value;
    bool ok = json_is_object(j);

    json_object_foreach(j, key, value) ok = ok && json_is_string(value);
    json_decref(j);
    return ok;
}

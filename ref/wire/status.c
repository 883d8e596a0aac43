/* gRPC status and biz status.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/status.h"
#include "wire/frame.h"
#include "wire/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TEXT = 16 << 20, KITEX_GRACEFUL = 1000 };

uint32_t kt_h2err_graceful(void)
{
    return KITEX_GRACEFUL;
}

uint32_t kt_grpc_of_h2err(uint32_t h2err)
{
    switch (h2err) {
    case KT_H2_NO_ERROR:
    case KT_H2_PROTOCOL_ERROR:
    case KT_H2_INTERNAL_ERROR:
    case KT_H2_SETTINGS_TIMEOUT:
    case KT_H2_STREAM_CLOSED:
    case KT_H2_FRAME_SIZE_ERROR:
    case KT_H2_COMPRESSION_ERROR:
    case KT_H2_CONNECT_ERROR:
    case KT_H2_HTTP_1_1_REQUIRED:
        return KT_GRPC_INTERNAL;
    case KT_H2_FLOW_CONTROL_ERROR:
    case KT_H2_ENHANCE_YOUR_CALM:
        return KT_GRPC_RESOURCE_EXHAUSTED;
    case KT_H2_REFUSED_STREAM:
    case KITEX_GRACEFUL:
        return KT_GRPC_UNAVAILABLE;
    case KT_H2_CANCEL:
        return KT_GRPC_CANCELLED;
    case KT_H2_INADEQUATE_SECURITY:
        return KT_GRPC_PERMISSION_DENIED;
    default:
        return KT_GRPC_UNKNOWN;
    }
}

uint32_t kt_grpc_of_http(uint32_t http)
{
    switch (http) {
    case 0: /* no :status at all */
    case 400:
        return KT_GRPC_INTERNAL;
    case 401:
        return KT_GRPC_UNAUTHENTICATED;
    case 403:
        return KT_GRPC_PERMISSION_DENIED;
    case 404:
        return KT_GRPC_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return KT_GRPC_UNAVAILABLE;
    default:
        return KT_GRPC_UNKNOWN;
    }
}

void kt_status_init(struct kt_status *s)
{
    *s = (struct kt_status){0};
    kt_buf_init(&s->message, MAX_TEXT);
    kt_buf_init(&s->extra, MAX_TEXT);
}

void kt_status_fini(struct kt_status *s)
{
    kt_buf_fini(&s->message);
    kt_buf_fini(&s->extra);
    kt_status_init(s);
}

bool kt_status_set(struct kt_status *s, uint32_t code, const char *message)
{
    struct kt_status fresh;

    kt_status_init(&fresh);
    fresh.code = (int32_t)code;
    if (!kt_buf_puts(&fresh.message, message)) {
        kt_status_fini(&fresh);
        return false;
    }
    kt_status_fini(s);
    *s = fresh;
    return true;
}

static bool put_view(struct kt_buf *dst, const struct kt_buf *src)
{
    const struct kt_cur v = kt_buf_view(src);

    return kt_buf_put(dst, v.p, kt_cur_left(&v));
}

bool kt_status_copy(struct kt_status *dst, const struct kt_status *src)
{
    struct kt_status fresh;

    kt_status_init(&fresh);
    fresh.code = src->code;
    fresh.has_biz = src->has_biz;
    fresh.biz_code = src->biz_code;
    if (!put_view(&fresh.message, &src->message) ||
        !put_view(&fresh.extra, &src->extra)) {
        kt_status_fini(&fresh);
        return false;
    }
    kt_status_fini(dst);
    *dst = fresh;
    return true;
}

/* Digits alone, as gRPC has a grpc-status; no more than max. */
static enum kt_code read_digits(struct kt_cur c, int64_t max, int64_t *ret)
{
    int64_t v = 0;

    if (kt_cur_left(&c) == 0)
        return KT_E_SYNTAX;
    for (const uint8_t *p = c.p; p < c.end; p++)
        if (*p < '0' || *p > '9')
            return KT_E_SYNTAX;
    for (const uint8_t *p = c.p; p < c.end; p++) {
        v = v * 10 + (*p - '0');
        if (v > max)
            return KT_E_RANGE;
    }
    *ret = v;
    return KT_E_OK;
}

/* A biz-status may have a sign: Kitex reads it with Go's Atoi. */
static enum kt_code read_signed(struct kt_cur c, int32_t *ret)
{
    bool minus = false;
    int64_t v = 0;

    if (kt_cur_left(&c) > 0 && (*c.p == '-' || *c.p == '+'))
        minus = *c.p++ == '-';

    const enum kt_code code = read_digits(c, (int64_t)INT32_MAX + minus, &v);

    *ret = (int32_t)(minus ? -v : v);
    return code;
}

static enum kt_step fault(struct kt_err *reterr, enum kt_code code,
                          const char *rule, const char *name)
{
    kt_badf(reterr, code, 0, "%s", name);
    reterr->scope = KT_SCOPE_STREAM;
    reterr->rule = rule;
    return KT_BAD;
}

static enum kt_step read_biz(struct kt_status *s, const struct kt_hlist *t,
                             struct kt_err *reterr)
{
    struct kt_cur v;
    int32_t biz = 0;

    if (!kt_hlist_get(t, "biz-status", 0, &v))
        return KT_DONE;

    const enum kt_code code = read_signed(v, &biz);
    if (code != KT_E_OK)
        return fault(reterr, code, "BIZ-14", "biz-status");
    if (s->code == KT_GRPC_OK) /* BIZ-11 */
        return KT_DONE;
    s->has_biz = true;
    s->biz_code = biz;
    if (kt_hlist_get(t, "biz-extra", 0, &v) &&
        !kt_buf_put(&s->extra, v.p, kt_cur_left(&v)))
        return fault(reterr, KT_E_NOMEM, "", "biz-extra");
    return KT_DONE;
}

static enum kt_step read_all(struct kt_status *s, const struct kt_hlist *t,
                             struct kt_err *reterr)
{
    struct kt_cur v;
    int64_t number = 0;

    if (!kt_hlist_get(t, "grpc-status", 0, &v))
        return fault(reterr, KT_E_MISSING, "RESP-18", "grpc-status");

    const enum kt_code code = read_digits(v, INT32_MAX, &number);

    if (code != KT_E_OK)
        return fault(reterr, code, "ERR-18", "grpc-status");
    s->code = (int32_t)number;
    if (kt_hlist_get(t, "grpc-message", 0, &v) &&
        !kt_pct_decode(&s->message, v))
        return fault(reterr, KT_E_NOMEM, "", "grpc-message");
    return read_biz(s, t, reterr);
}

enum kt_step kt_status_read(struct kt_status *ret,
                            const struct kt_hlist *trailers,
                            struct kt_err *reterr)
{
    struct kt_status fresh;

    kt_status_init(&fresh);

    const enum kt_step s = read_all(&fresh, trailers, reterr);
    if (s != KT_DONE) {
        kt_status_fini(&fresh);
        return s;
    }
    kt_status_fini(ret);
    *ret = fresh;
    return KT_DONE;
}

static bool put_field(struct kt_hlist *t, const char *name, struct kt_cur value)
{
    struct kt_err e;

    return kt_hlist_put(t, kt_cur_of(name, strlen(name)), value, &e) == KT_DONE;
}

static bool put_i32(struct kt_hlist *t, const char *name, int32_t v)
{
    char text[12];
    const int n = snprintf(text, sizeof text, "%" PRId32, v);

    return put_field(t, name, kt_cur_of(text, (size_t)n));
}

/* A field value must not begin or end with a space (RFC 9113 8.2.1), a message
 * may: those are coded too. */
static bool encode_message(struct kt_buf *dst, struct kt_cur src)
{
    while (kt_cur_left(&src) > 0 && *src.p == ' ') {
        if (!kt_buf_puts(dst, "%20"))
            return false;
        src.p++;
    }

    size_t tail = 0;
    for (; kt_cur_left(&src) > 0 && src.end[-1] == ' '; src.end--)
        tail++;

    bool ok = kt_pct_encode(dst, src);
    while (ok && tail-- > 0)
        ok = kt_buf_puts(dst, "%20");
    return ok;
}

static bool put_message(struct kt_hlist *t, const struct kt_buf *message)
{
    struct kt_buf b;

    kt_buf_init(&b, 9 * (size_t)MAX_TEXT); /* one bad byte becomes %EF%BF%BD */

    const bool ok = encode_message(&b, kt_buf_view(message)) &&
                    put_field(t, "grpc-message", kt_buf_view(&b));
    kt_buf_fini(&b);
    return ok;
}

static bool put_biz(struct kt_hlist *t, const struct kt_status *s)
{
    return put_i32(t, "biz-status", s->biz_code) &&
           (kt_buf_size(&s->extra) == 0 ||
            put_field(t, "biz-extra", kt_buf_view(&s->extra)));
}

bool kt_status_write(const struct kt_status *s, struct kt_hlist *trailers)
{
    return put_i32(trailers, "grpc-status", s->code) &&
           put_message(trailers, &s->message) &&
           (!s->has_biz || put_biz(trailers, s));
}

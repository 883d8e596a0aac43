/* The server's end of a call: headers, trailers, the end of its context.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/impl.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char too_late[] =
    "transport: the stream is done or WriteHeader was already called";

/* ---- headers ---------------------------------------------------------- */

static bool put_all(struct kt_hlist *dst, const struct kt_hlist *src)
{
    struct kt_err e;

    for (size_t i = 0; i < src->n; i++)
        if (kt_hlist_put(dst, kt_hlist_name(src, i), kt_hlist_value(src, i),
                         &e) != KT_DONE)
            return false;
    return true;
}

static bool put_start(struct kt_hlist *h, const struct kt_call *c) /* RESP-1 */
{
    return kt_hlist_puts(h, ":status", "200") &&
           kt_hlist_puts(h, "content-type",
                         c->subtyped ? "application/grpc+thrift"
                                     : "application/grpc");
}

/* The client would not take it. */
static enum kt_step too_big(struct kt_call *c)
{
    kt_conn_reset(c->stream, KT_H2_INTERNAL_ERROR);
    return kt_call_blame(c, KT_GRPC_INTERNAL,
                         "transport: trying to send header list size larger "
                         "than the limit set by peer [triggered by handler "
                         "side]");
}

enum kt_step kt_server_start(struct kt_call *c)
{
    struct kt_hlist h;
    struct kt_err e;
    enum kt_step s = KT_DONE;

    if (!kt_send_half_may(&c->tx, KT_SE_HEADERS))
        return KT_DONE;
    kt_hlist_init(&h, SIZE_MAX, SIZE_MAX);
    if (!put_start(&h, c) || !kt_encoding_put(&h, c) ||
        !put_all(&h, &c->put_head)) {
        s = kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
    } else if (h.size > kt_conn_max_send_fields(c->peer->conn)) {
        s = too_big(c);
    } else {
        kt_call_tap_fields(c, KT_TAP_HEADERS_OUT, &h);
        s = kt_conn_respond(c->stream, &h, false)
                ? kt_send_half_on(&c->tx, KT_SE_HEADERS, &e)
                : kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
    }
    kt_hlist_fini(&h);
    return s;
}

/* Append md to what is to be sent, or nothing of it. */
static enum kt_step collect(struct kt_call *c, struct kt_hlist *dst,
                            const struct kt_hlist *md)
{
    struct kt_hlist h;
    struct kt_err e;
    enum kt_step s = KT_DONE;

    kt_hlist_init(&h, dst->max_size, dst->max_n);
    if (!kt_hlist_copy(&h, dst))
        s = kt_bad(&e, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    if (s == KT_DONE)
        s = kt_fields_add(&h, md, &e);
    if (s == KT_DONE)
        s = kt_hlist_check(&h, KT_HK_TRAILERS, &e);
    if (s == KT_DONE && !kt_hlist_copy(dst, &h))
        s = kt_bad(&e, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    if (s != KT_DONE)
        kt_call_blame(c, KT_GRPC_INTERNAL,
                      e.detail[0] ? e.detail : kt_code_name(e.code));
    kt_hlist_fini(&h);
    return s;
}

static bool headers_may(const struct kt_call *c)
{
    return !c->returned && !c->ended && c->stream &&
           kt_send_half_may(&c->tx, KT_SE_HEADERS);
}

enum kt_step kt_call_set_header(struct kt_call *c, const struct kt_hlist *md)
{
    if (!headers_may(c)) /* RESP-7 */
        return kt_call_blame(c, KT_GRPC_INTERNAL, too_late);
    return collect(c, &c->put_head, md);
}

enum kt_step kt_call_send_header(struct kt_call *c, const struct kt_hlist *md)
{
    if (!headers_may(c)) /* RESP-8 */
        return kt_call_blame(c, KT_GRPC_INTERNAL, too_late);
    if (collect(c, &c->put_head, md) != KT_DONE)
        return KT_BAD;
    return kt_server_start(c);
}

enum kt_step kt_call_set_trailer(struct kt_call *c, const struct kt_hlist *md)
{
    if (c->returned)
        return kt_call_blame(c, KT_GRPC_INTERNAL, too_late);
    return collect(c, &c->put_trailer, md); /* RESP-10 */
}

/* ---- return ----------------------------------------------------------- */

static bool say(struct kt_status *s, uint32_t code, const char *before,
                const char *message, const char *after)
{
    s->code = (int32_t)code;
    return kt_buf_puts(&s->message, before) &&
           kt_buf_puts(&s->message, message) && kt_buf_puts(&s->message, after);
}

/* What a handler returned, as a status: ERR-1, ERR-2, ERR-6, BIZ-1..4. */
static bool to_status(const struct kt_call *c, const struct kt_return *r,
                      struct kt_status *s)
{
    const char *text = r->message ? r->message : "";
    char where[256];

    switch (r->outcome) {
    case KT_RET_OK:
        return true;
    case KT_RET_ERROR:
        return say(s, KT_GRPC_INTERNAL, "", text, " [biz error]");
    case KT_RET_STATUS:
        return say(s, (uint32_t)r->code, "", text, " [biz error]");
    case KT_RET_PANIC:
        snprintf(where, sizeof where,
                 "panic: [happened in biz handler, method=%.64s.%.64s, please "
                 "check the panic at the server side] ",
                 c->service, c->method);
        return say(s, KT_GRPC_INTERNAL, where, text, "");
    case KT_RET_BIZ:
        s->has_biz = true;
        s->biz_code = r->code;
        return say(s, KT_GRPC_INTERNAL, "", text, "") &&
               (!r->extra || kt_buf_puts(&s->extra, r->extra));
    }
    return false;
}

static bool put_trailers(struct kt_call *c, const struct kt_status *s,
                         bool only, struct kt_hlist *h)
{
    const enum kt_hkind kind = only ? KT_HK_RESPONSE : KT_HK_TRAILERS;
    struct kt_status bad;
    struct kt_err e;

    if ((only && !put_start(h, c)) || !kt_status_write(s, h) ||
        !put_all(h, &c->put_trailer))
        return false;
    if (kt_hlist_check(h, kind, &e) == KT_DONE)
        return true;
    /* biz-extra goes out as it is (BIZ-5): it may hold what no field can */
    kt_hlist_clear(h);
    kt_status_init(&bad);
    const bool ok =
        (!only || put_start(h, c)) &&
        kt_status_set(&bad, KT_GRPC_INTERNAL, "biz-extra is no field value") &&
        kt_status_write(&bad, h);
    kt_status_fini(&bad);
    return ok;
}

/* The status with as much of its text as leaves out over bytes of fields; a
 * byte of text takes three at most. H2-16. */
static bool shorten(const struct kt_status *s, size_t over,
                    struct kt_status *ret)
{
    const struct kt_cur text = kt_buf_view(&s->message);
    const struct kt_cur extra = kt_buf_view(&s->extra);
    const size_t cut = over < kt_cur_left(&text) ? over : kt_cur_left(&text);
    size_t n = (kt_cur_left(&text) - cut) / 3;

    while (n > 0 && (text.p[n] & 0xc0) == 0x80) /* a whole letter */
        n--;
    ret->code = s->code;
    ret->has_biz = s->has_biz;
    ret->biz_code = s->biz_code;
    return kt_buf_put(&ret->message, text.p, n) &&
           kt_buf_put(&ret->extra, extra.p, kt_cur_left(&extra));
}

/* Trailers that the client takes; they stay too long when not even their
 * status fits. */
static bool put_fitting(struct kt_call *c, const struct kt_status *s, bool only,
                        struct kt_hlist *h)
{
    const size_t max = kt_conn_max_send_fields(c->peer->conn);
    struct kt_status less;

    if (!put_trailers(c, s, only, h))
        return false;
    if (h->size <= max)
        return true;
    kt_status_init(&less);
    const bool ok = shorten(s, h->size - max, &less);

    kt_hlist_clear(h);
    const bool put = ok && put_trailers(c, &less, only, h);

    kt_status_fini(&less);
    return put;
}

static enum kt_step send_trailers(struct kt_call *c, const struct kt_status *s)
{
    const bool only =
        c->tx.state == KT_S_WAIT && c->put_head.n == 0; /* RESP-2, RESP-3 */
    struct kt_hlist h;
    struct kt_err e;

    if (!only && kt_server_start(c) != KT_DONE)
        return KT_BAD;
    kt_hlist_init(&h, SIZE_MAX, SIZE_MAX);
    bool ok = put_fitting(c, s, only, &h);
    if (ok && h.size > kt_conn_max_send_fields(c->peer->conn)) {
        kt_hlist_fini(&h);
        return too_big(c);
    }
    if (ok) {
        kt_call_tap_fields(c, KT_TAP_TRAILERS_OUT, &h);
        ok = only ? kt_conn_respond(c->stream, &h, true)
                  : kt_conn_trailers(c->stream, &h);
    }
    kt_hlist_fini(&h);
    return ok ? kt_send_half_on(&c->tx, KT_SE_TRAILERS, &e)
              : kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
}

enum kt_step kt_call_return(struct kt_call *c, const struct kt_return *r)
{
    /* a deadline that passed leaves the stream as it is: DL-12, DL-13 */
    const bool gone =
        !c->stream || (c->ended && c->end.code != KT_GRPC_DEADLINE_EXCEEDED);
    struct kt_status s;
    enum kt_step step = KT_DONE;

    if (c->returned)
        return KT_DONE;
    kt_status_init(&s);
    if (!to_status(c, r, &s))
        step = kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
    else if (!gone) /* CANCEL-10 */
        step = send_trailers(c, &s);
    c->returned = true;
    kt_call_trace_finish(c, &s);
    kt_status_fini(&s);
    if (step != KT_DONE && c->stream)
        kt_conn_reset(c->stream, KT_H2_INTERNAL_ERROR);
    return step;
}

/* ---- the end of the context ------------------------------------------- */

void kt_server_cancel(struct kt_call *c, uint32_t code, const char *text)
{
    if (c->ended || c->returned)
        return;
    kt_call_say(&c->end, code, "%s", text);
    kt_call_over(c);
    kt_call_raise(c, KT_CALL_CANCELLED);
}

/* CANCEL-7, CANCEL-12, GOAWAY-8. */
void kt_server_closed(struct kt_call *c, const struct kt_conn_event *ev)
{
    const char *name = kt_h2err_name(ev->code);
    struct kt_err e;
    char text[256];

    if (ev->by_peer && ev->code == kt_h2err_graceful()) {
        kt_server_cancel(c, KT_GRPC_UNAVAILABLE, "graceful shutdown");
    } else {
        snprintf(text, sizeof text,
                 ev->by_peer ? "transport: RSTStream Frame received with error "
                               "code: %s [triggered by %.100s]"
                             : "transport: ReadFrame encountered "
                               "http2.StreamError: %s [triggered by %.100s]",
                 name ? name : "unknown", c->source);
        kt_server_cancel(c, KT_GRPC_CANCELLED, text);
    }
    if (c->rx.state != KT_R_DONE) /* an end that came in time stays */
        kt_recv_half_on(&c->rx, KT_RE_RESET, &e);
    kt_call_raise(c, KT_CALL_ENDED);
    kt_call_unlink_stream(c);
}

const struct kt_status *kt_call_cancelled(const struct kt_call *c)
{
    return c->ended && c->end.code != KT_GRPC_OK ? &c->end : NULL;
}

/* The client's end of a call.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "call/impl.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- open ------------------------------------------------------------- */

static bool put_start(struct kt_hlist *h, const struct kt_peer *p,
                      const struct kt_call_open *o)
{
    struct kt_buf path;

    kt_buf_init(&path, SIZE_MAX);
    const bool ok =
        kt_buf_printf(&path, "/%s/%s", o->service, o->method) &&
        kt_hlist_puts(h, ":method", "POST") && /* HDR-1, HDR-2 */
        kt_hlist_puts(h, ":scheme", "http") &&
        kt_hlist_puts(h, ":path", kt_buf_cstr(&path)) &&
        kt_hlist_puts(h, ":authority", p->o.authority) &&
        kt_hlist_puts(h, "content-type", "application/grpc+thrift") &&
        kt_hlist_puts(h, "user-agent", p->o.user_agent) &&
        kt_hlist_puts(h, "te", "trailers");

    kt_buf_fini(&path);
    return ok;
}

static bool put_timeout(struct kt_hlist *h, const struct kt_call *c)
{
    const uint64_t now = c->peer->now_ns;
    char text[10];

    if (c->deadline_ns == UINT64_MAX) /* DL-1 */
        return true;
    kt_timeout_encode(text, c->deadline_ns > now ? c->deadline_ns - now : 0);
    return kt_hlist_puts(h, "grpc-timeout", text);
}

static enum kt_step put_request(struct kt_hlist *h, struct kt_call *c,
                                const struct kt_call_open *o,
                                struct kt_err *reterr)
{
    const struct kt_peer *p = c->peer;

    if (!put_start(h, p, o) || !put_timeout(h, c) || !kt_encoding_put(h, c) ||
        (p->o.source && !kt_hlist_puts(h, "source-service", p->o.source)))
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    if (kt_fields_add_meta(h, KT_META_TRANSIENT, o->transient, reterr) !=
            KT_DONE ||
        kt_fields_add_meta(h, KT_META_PERSISTENT, o->persistent, reterr) !=
            KT_DONE ||
        kt_fields_add(h, o->metadata, reterr) != KT_DONE ||
        kt_hlist_check(h, KT_HK_REQUEST, reterr) != KT_DONE)
        return KT_BAD;
    if (h->size > kt_conn_max_send_fields(p->conn)) /* H2-15 */
        return kt_badf(reterr, KT_E_TOO_BIG, 0,
                       "header list size to send violates the maximum size "
                       "(%zu bytes) set by server",
                       kt_conn_max_send_fields(p->conn));
    return KT_DONE;
}

static enum kt_step start(struct kt_call *c, const struct kt_call_open *o,
                          struct kt_err *reterr)
{
    struct kt_hlist h;

    kt_hlist_init(&h, SIZE_MAX, SIZE_MAX);
    enum kt_step s = put_request(&h, c, o, reterr);
    if (s == KT_DONE) {
        kt_call_tap_fields(c, KT_TAP_REQUEST_OUT, &h);
        c->stream = kt_conn_open(c->peer->conn, &h);
        if (c->stream)
            kt_conn_set_user(c->stream, c);
        else
            s = kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
    }
    kt_hlist_fini(&h);
    return s == KT_DONE ? kt_send_half_on(&c->tx, KT_SE_HEADERS, reterr) : s;
}

static bool set_names(struct kt_call *c, const struct kt_call_open *o)
{
    const char *dot = strrchr(o->service, '.');

    c->service = kt_strdup(dot ? dot + 1 : o->service);
    c->method = kt_strdup(o->method);
    c->source = kt_strdup("");
    return c->service && c->method && c->source;
}

struct kt_call *kt_call_open(struct kt_peer *p, const struct kt_call_open *o,
                             uint64_t now_ns, struct kt_err *reterr)
{
    struct kt_call *c = NULL;

    p->now_ns = now_ns;
    if (!kt_peer_can_open(p)) {
        kt_bad(reterr, KT_E_CLOSED, KT_SCOPE_CONN, 0, "GOAWAY-10");
        return NULL;
    }
    c = kt_call_new(p);
    if (c == NULL || !set_names(c, o)) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_STREAM, 0, NULL);
        kt_call_free(c);
        return NULL;
    }
    c->mode = o->mode;
    c->packs = o->gzip;
    if (o->deadline_ns != 0)
        c->deadline_ns = o->deadline_ns;
    kt_call_trace(c, KT_RPC_START, 0, NULL);
    if (c->deadline_ns <= now_ns) { /* DL-4: nothing is written */
        kt_client_give_up(c, KT_GRPC_DEADLINE_EXCEEDED,
                          "context deadline exceeded", KT_H2_CANCEL);
        return c;
    }
    if (start(c, o, reterr) != KT_DONE) {
        kt_call_free(c);
        return NULL;
    }
    return c;
}

/* ---- the end ---------------------------------------------------------- */

static void reset(struct kt_call *c, uint32_t h2_code)
{
    struct kt_err e;

    if (c->stream)
        kt_conn_reset(c->stream, h2_code);
    kt_send_half_on(&c->tx, KT_SE_RESET, &e);
}

void kt_client_give_up(struct kt_call *c, uint32_t code, const char *text,
                       uint32_t h2_code)
{
    if (c->ended)
        return;
    kt_call_say(&c->end, code, "%s", text);
    kt_call_over(c);
    reset(c, h2_code);
}

/* Trailers have come. What we have not sent is not wanted: EOF-11, FLOW-22. */
static void stop_sending(struct kt_call *c)
{
    if (c->tx.state != KT_S_DONE || c->quota.queued > 0)
        reset(c, KT_H2_NO_ERROR);
}

static void on_rst(struct kt_call *c, uint32_t h2_code)
{
    const char *name = kt_h2err_name(h2_code);
    uint32_t code = kt_grpc_of_h2err(h2_code);

    if (h2_code == KT_H2_CANCEL && c->peer->now_ns >= c->deadline_ns)
        code = KT_GRPC_DEADLINE_EXCEEDED; /* DL-9 */
    if (h2_code == kt_h2err_graceful())   /* GOAWAY-7 */
        kt_call_say(&c->end, code, "graceful shutdown");
    else if (name)
        kt_call_say(&c->end, code,
                    "stream terminated by RST_STREAM with error code: %s",
                    name);
    else
        kt_call_say(&c->end, code,
                    "stream terminated by RST_STREAM with error code: "
                    "unknown error code 0x%" PRIx32,
                    h2_code);
}

void kt_client_closed(struct kt_call *c, const struct kt_conn_event *ev)
{
    const char *name = kt_h2err_name(ev->code);
    struct kt_err e;

    if (!c->ended) {
        if (ev->by_peer)
            on_rst(c, ev->code); /* ERR-20 */
        else if (ev->unprocessed)
            kt_call_say(&c->end, KT_GRPC_UNAVAILABLE,
                        "the connection is draining"); /* GOAWAY-11 */
        else
            kt_call_say(&c->end, kt_grpc_of_h2err(ev->code), /* H2-6, FLOW-7 */
                        "malformed stream: %s", name ? name : "unknown");
        kt_recv_half_on(&c->rx, KT_RE_RESET, &e);
        kt_call_over(c);
    }
    kt_call_unlink_stream(c);
}

void kt_client_end(struct kt_call *c)
{
    struct kt_err e;

    if (c->ended)
        return;
    kt_recv_half_on(&c->rx, KT_RE_END, &e);
    kt_call_say(&c->end, KT_GRPC_INTERNAL, /* EOF-15 */
                "server closed the stream without sending trailers");
    kt_call_over(c);
    stop_sending(c);
}

/* ---- header blocks ---------------------------------------------------- */

static const char *reason(uint32_t http)
{
    switch (http) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 415:
        return "Unsupported Media Type";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "";
    }
}

static uint32_t http_status(const struct kt_hlist *h)
{
    struct kt_cur v;
    uint32_t n = 0;

    if (!kt_hlist_get(h, ":status", 0, &v) || kt_cur_left(&v) != 3)
        return 0;
    for (; v.p < v.end; v.p++)
        n = n * 10 + (uint32_t)(*v.p - '0');
    return n;
}

/* ERR-19: no answer of gRPC. */
static void not_grpc(struct kt_call *c, const struct kt_hlist *h)
{
    const uint32_t http = http_status(h);
    struct kt_cur ct;
    char text[256];

    if (kt_hlist_get(h, "content-type", 0, &ct))
        snprintf(text, sizeof text,
                 "%s: HTTP status code %" PRIu32
                 "; transport: received the unexpected content-type \"%.*s\"",
                 reason(http), http, (int)(kt_cur_left(&ct) & 127), ct.p);
    else
        snprintf(text, sizeof text,
                 "%s: HTTP status code %" PRIu32
                 "; transport: missing content-type field",
                 reason(http), http);
    kt_client_give_up(c, kt_grpc_of_http(http), text, KT_H2_PROTOCOL_ERROR);
}

static bool is_grpc(const struct kt_hlist *h)
{
    static const char want[] = "application/grpc";
    struct kt_cur ct;

    return kt_hlist_get(h, "content-type", 0, &ct) &&
           kt_cur_left(&ct) >= sizeof want - 1 &&
           memcmp(ct.p, want, sizeof want - 1) == 0;
}

static void malformed(struct kt_call *c, const char *what)
{
    char text[200];

    snprintf(text, sizeof text, "transport: malformed %s", what);
    kt_client_give_up(c, KT_GRPC_INTERNAL, text, KT_H2_PROTOCOL_ERROR);
}

/* The status of trailers; false when they have none, and the call was given
 * up. */
static bool read_status(struct kt_call *c, const struct kt_hlist *h)
{
    struct kt_err e;

    if (kt_status_read(&c->end, h, &e) != KT_DONE) {
        if (e.code == KT_E_MISSING) { /* RESP-18 */
            kt_call_say(&c->end, KT_GRPC_UNKNOWN, "%s", "");
            return true;
        }
        malformed(c, e.detail); /* ERR-18, BIZ-14 */
        return false;
    }
    if (c->end.has_biz && kt_buf_size(&c->end.extra) > 0 &&
        !kt_fields_is_extra(kt_buf_view(&c->end.extra))) {
        malformed(c, "biz-extra");
        return false;
    }
    return true;
}

static void on_trailers(struct kt_call *c, struct kt_hlist *h, bool only)
{
    struct kt_err e;

    kt_call_tap_fields(c, KT_TAP_TRAILERS_IN, h);
    if (only && !is_grpc(h)) {
        not_grpc(c, h);
        return;
    }
    if (kt_fields_take(&c->trailer, h, KT_PEER_CLIENT, &e) != KT_DONE) {
        kt_client_give_up(c, KT_GRPC_INTERNAL, "out of memory", KT_H2_CANCEL);
        return;
    }
    c->headed = true; /* with an empty list for trailers-only: RESP-13 */
    if (!read_status(c, h))
        return;
    kt_call_over(c);
    stop_sending(c);
}

void kt_client_headers(struct kt_call *c, struct kt_hlist *h, bool end)
{
    const bool first = c->rx.state == KT_R_WAIT;
    const uint32_t http = http_status(h);
    const bool info = first && !end && http >= 100 && http < 200;
    struct kt_cur ignored;
    struct kt_err e;

    if (c->ended)
        return; /* EOF-17 */
    if (kt_recv_half_on(&c->rx,
                        info  ? KT_RE_INFO
                        : end ? KT_RE_TRAILERS
                              : KT_RE_HEADERS,
                        &e) != KT_DONE) { /* H2-4 */
        kt_client_give_up(
            c, KT_GRPC_INTERNAL,
            "a HEADERS frame cannot appear in the middle of a stream",
            KT_H2_PROTOCOL_ERROR);
        return;
    }
    if (info)
        return;
    if (end) {
        on_trailers(c, h, first);
        return;
    }
    kt_call_tap_fields(c, KT_TAP_HEADERS_IN, h);
    kt_encoding_take(c, h, &ignored); /* COMP-12: its messages will fail */
    if (!is_grpc(h)) {
        not_grpc(c, h);
        return;
    }
    if (kt_fields_take(&c->head, h, KT_PEER_CLIENT, &e) != KT_DONE) {
        kt_client_give_up(c, KT_GRPC_INTERNAL, "out of memory", KT_H2_CANCEL);
        return;
    }
    c->headed = true;
    kt_call_raise(c, KT_CALL_HEADER);
}

/* ---- what the application does ---------------------------------------- */

void kt_call_half_close(struct kt_call *c)
{
    struct kt_err e;

    if (c->ended || !c->stream ||
        kt_send_half_on(&c->tx, KT_SE_END, &e) != KT_DONE)
        return; /* EOF-2 */
    if (!kt_conn_end(c->stream))
        kt_client_give_up(c, KT_GRPC_INTERNAL, "out of memory", KT_H2_CANCEL);
}

void kt_call_cancel(struct kt_call *c)
{
    kt_client_give_up(c, KT_GRPC_CANCELLED, "context canceled", KT_H2_CANCEL);
}

enum kt_step kt_call_header(struct kt_call *c, const struct kt_hlist **ret)
{
    if (!c->headed && !c->ended)
        return KT_MORE;
    if (c->headed) {
        *ret = &c->head;
        return KT_DONE;
    }
    if (!kt_status_copy(&c->fault, &c->end))
        kt_call_say(&c->fault, (uint32_t)c->end.code, "out of memory");
    kt_call_trace_finish(c, &c->fault); /* TRACE-3 */
    return KT_BAD;
}

const struct kt_hlist *kt_call_trailer(const struct kt_call *c)
{
    return &c->trailer;
}

void kt_call_finish(struct kt_call *c)
{
    kt_call_trace_finish(c, NULL);
}

/* The server's end of a call: from a request's headers to a call.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "call/impl.h"
#include <stdio.h>
#include <string.h>

/* What becomes of a request. */
enum verdict { TAKE, NOMEM, RESET, NOT_GRPC, REFUSE };

struct request {
    struct kt_call *c;
    struct kt_hlist *h;
    uint32_t code;  /* REFUSE: grpc-status */
    char text[256]; /* REFUSE: grpc-message */
    bool encoding;  /* REFUSE: say which encodings there are */
};

static bool last_value(const struct kt_hlist *h, const char *name,
                       struct kt_cur *ret)
{
    const size_t n = kt_hlist_count(h, name); /* HDR-31 */

    return n > 0 && kt_hlist_get(h, name, n - 1, ret);
}

static bool cut(struct kt_cur *c, const char *prefix)
{
    const size_t n = strlen(prefix);

    if (kt_cur_left(c) < n || memcmp(c->p, prefix, n) != 0)
        return false;
    c->p += n;
    return true;
}

static enum verdict refuse(struct request *r, uint32_t code, const char *what,
                           struct kt_cur about)
{
    const size_t n = kt_cur_left(&about);

    r->code = code;
    snprintf(r->text, sizeof r->text, "%s%.*s", what, (int)(n < 128 ? n : 128),
             (const char *)about.p);
    return REFUSE;
}

/* HDR-11..14. "application/grpc" alone is taken as Thrift, there is no other
 * codec here; "+proto" and others are UNIMPLEMENTED in trailers, since the
 * request is gRPC. What is no gRPC at all gets HTTP's 415, as gRPC over HTTP/2
 * asks, and not RST_STREAM. */
static enum verdict check_type(struct request *r)
{
    struct kt_cur v;

    if (!last_value(r->h, "content-type", &v) || !cut(&v, "application/grpc"))
        return NOT_GRPC;
    if (kt_cur_left(&v) == 0 || v.p[0] == ';')
        return TAKE;
    if (!cut(&v, "+"))
        return NOT_GRPC;

    const struct kt_cur subtype = v;
    if (cut(&v, "thrift") && (kt_cur_left(&v) == 0 || v.p[0] == ';')) {
        r->c->subtyped = true;
        return TAKE;
    }
    return refuse(r, KT_GRPC_UNIMPLEMENTED, "no codec for ", subtype);
}

/* HDR-17..20: a malformed one resets the stream with INTERNAL_ERROR. */
static enum verdict check_timeout(struct request *r)
{
    const uint64_t now = r->c->peer->now_ns;
    struct kt_cur v;
    struct kt_err e;
    uint64_t ns;

    if (!last_value(r->h, "grpc-timeout", &v))
        return TAKE;
    if (kt_timeout_decode(v, &ns, &e) != KT_DONE)
        return RESET;
    r->c->deadline_ns = ns < UINT64_MAX - now ? now + ns : UINT64_MAX;
    return TAKE;
}

static bool in_table(struct request *r, bool *ret_service)
{
    struct kt_call *c = r->c;
    const struct kt_peer_opts *o = &c->peer->o;

    for (size_t i = 0; i < o->n_methods; i++) {
        if (strcmp(o->methods[i].service, c->service) != 0)
            continue;
        *ret_service = true;
        if (strcmp(o->methods[i].name, c->method) != 0)
            continue;
        c->mode = o->methods[i].mode;
        return true;
    }
    return false;
}

/* HDR-6..8: the last '/' parts service and method, the last '.' the package,
 * which plays no part. */
static enum verdict check_path(struct request *r)
{
    struct kt_cur path = kt_cur_of("", 0);
    bool known = false;

    kt_hlist_get(r->h, ":path", 0, &path);
    const struct kt_cur raw = path;
    cut(&path, "/");

    const uint8_t *slash = memrchr(path.p, '/', kt_cur_left(&path));
    if (slash == NULL)
        return refuse(r, KT_GRPC_UNIMPLEMENTED,
                      "malformed method name, method=", raw);

    struct kt_cur service = {path.p, slash};
    struct kt_cur method = {slash + 1, path.end};
    const uint8_t *dot = memrchr(service.p, '.', kt_cur_left(&service));
    if (dot)
        service.p = dot + 1;
    r->c->service = kt_strndup((const char *)service.p, kt_cur_left(&service));
    r->c->method = kt_strndup((const char *)method.p, kt_cur_left(&method));
    if (!r->c->service || !r->c->method)
        return NOMEM;
    if (in_table(r, &known))
        return TAKE;
    return known
               ? refuse(r, KT_GRPC_UNIMPLEMENTED, "unknown method ", method)
               : refuse(r, KT_GRPC_UNIMPLEMENTED, "unknown service ", service);
}

/* gRPC over HTTP/2, compression: UNIMPLEMENTED, and say what there is. */
static enum verdict check_encoding(struct request *r)
{
    struct kt_cur v;

    if (kt_encoding_take(r->c, r->h, &v))
        return TAKE;
    r->encoding = true;
    return refuse(r, KT_GRPC_UNIMPLEMENTED,
                  "no compressor registered found for:", v);
}

static enum verdict take_fields(struct request *r)
{
    struct kt_call *c = r->c;
    struct kt_cur v = kt_cur_of("", 0);
    struct kt_err e;

    kt_hlist_get(r->h, "source-service", 0, &v);
    c->source = kt_strndup((const char *)v.p, kt_cur_left(&v));
    return c->source &&
                   kt_fields_take(&c->head, r->h, KT_PEER_SERVER, &e) ==
                       KT_DONE &&
                   kt_fields_take_meta(&c->transient, &c->persistent, r->h,
                                       &e) == KT_DONE
               ? TAKE
               : NOMEM;
}

static enum verdict judge(struct request *r)
{
    static enum verdict (*const checks[])(struct request *) = {
        check_type, check_timeout, check_path, check_encoding, take_fields,
    };
    enum verdict v = TAKE;

    for (size_t i = 0; i < sizeof checks / sizeof *checks && v == TAKE; i++)
        v = checks[i](r);
    return v;
}

static bool put_refusal(struct kt_hlist *h, const struct request *r)
{
    struct kt_status s;

    kt_status_init(&s);
    const bool ok =
        kt_hlist_puts(h, ":status", "200") &&
        kt_hlist_puts(h, "content-type",
                      r->c->subtyped ? "application/grpc+thrift"
                                     : "application/grpc") &&
        (!r->encoding ||
         kt_hlist_puts(h, "grpc-accept-encoding", "identity,gzip")) &&
        kt_status_set(&s, r->code, r->text) && kt_status_write(&s, h);
    kt_status_fini(&s);
    return ok;
}

static bool answer(struct request *r, struct kt_conn_stream *s)
{
    struct kt_hlist h;

    kt_hlist_init(&h, SIZE_MAX, SIZE_MAX);
    bool ok = put_refusal(&h, r);
    if (ok) {
        kt_call_tap_fields(r->c, KT_TAP_TRAILERS_OUT, &h);
        ok = kt_conn_respond(s, &h, true);
    }
    kt_hlist_fini(&h);
    return ok;
}

static bool answer_http(struct kt_conn_stream *s)
{
    static const char body[] = "This is a gRPC server.\n";
    struct kt_hlist h;

    kt_hlist_init(&h, SIZE_MAX, SIZE_MAX);
    const bool ok =
        kt_hlist_puts(&h, ":status", "415") &&
        kt_hlist_puts(&h, "content-type", "text/plain") &&
        kt_conn_respond(s, &h, false) &&
        kt_conn_send(s, kt_cur_of(NULL, 0), kt_cur_of(body, sizeof body - 1)) &&
        kt_conn_end(s);
    kt_hlist_fini(&h);
    return ok;
}

/* No call comes of it: say so, and let the stream go. */
static bool turn_away(struct request *r, enum verdict v)
{
    struct kt_conn_stream *s = r->c->stream;
    bool ok = true;

    if (v == REFUSE)
        ok = answer(r, s);
    else if (v == NOT_GRPC)
        ok = answer_http(s);
    else
        ok = kt_conn_reset(s, KT_H2_INTERNAL_ERROR);
    r->c->stream = NULL;
    kt_conn_detach(s);
    kt_call_free(r->c);
    return ok;
}

enum kt_step kt_server_headers(struct kt_peer *p, struct kt_conn_stream *s,
                               struct kt_hlist *fields, bool end,
                               struct kt_err *reterr)
{
    struct request r = {.c = kt_call_new(p), .h = fields};

    if (r.c == NULL) {
        kt_conn_release(s);
        return kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_CONN, 0, NULL);
    }
    r.c->stream = s;
    r.c->id = kt_conn_stream_id(s);
    kt_call_tap_fields(r.c, KT_TAP_REQUEST_IN, fields);

    const enum verdict v = judge(&r);
    if (v != TAKE)
        return turn_away(&r, v) && v != NOMEM
                   ? KT_DONE
                   : kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_CONN, 0, NULL);
    kt_conn_set_user(s, r.c);
    kt_recv_half_on(&r.c->rx, KT_RE_HEADERS, reterr);
    if (end)
        kt_recv_half_on(&r.c->rx, KT_RE_END, reterr);
    kt_call_trace(r.c, KT_RPC_START, 0, NULL); /* TRACE-6 */
    kt_call_raise(r.c, KT_CALL_NEW);
    if (end)
        kt_call_raise(r.c, KT_CALL_READABLE);
    if (r.c->deadline_ns <= p->now_ns) /* HDR-19, DL-16 */
        kt_server_cancel(r.c, KT_GRPC_DEADLINE_EXCEEDED,
                         "context deadline exceeded");
    return KT_DONE;
}

const struct kt_hlist *kt_call_metadata(const struct kt_call *c)
{
    return &c->head;
}

const struct kt_hlist *kt_call_transient(const struct kt_call *c)
{
    return &c->transient;
}

const struct kt_hlist *kt_call_persistent(const struct kt_call *c)
{
    return &c->persistent;
}

const char *kt_call_source(const struct kt_call *c)
{
    return c->source;
}

/* A peer against hand-made header lists and bytes, legal or not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/call.h"
#include "conn/conn.h"
#include "pair.h"
#include "wire/frame.h"

/* A connection that is scripted, and what it saw of its one stream as text:
 * "[:status=200 grpc-status=0]" for a block, "+" behind it with END_STREAM,
 * "3" bytes of DATA, "." END_STREAM of DATA, "!CANCEL" a reset. */
struct raw {
    struct kt_conn *c;
    struct kt_conn_stream *s;
    struct kt_peer *peer;
    struct kt_call *call;
    char seen[2048];
    size_t n;
    uint64_t now;
};

static struct raw raw_new(enum kt_peer_role peer)
{
    const struct kt_conn_opts co = {.server = peer == KT_PEER_CLIENT,
                                    .max_concurrent = 100,
                                    .max_fields = 65536,
                                    .max_field_n = 100};
    const struct kt_peer_opts o = pair_opts();
    struct kt_err e;
    struct raw r = {.c = kt_conn_new(&co, &e),
                    .peer = kt_peer_new(peer, &o, &e),
                    .now = 1000};

    must(r.c && r.peer);
    return r;
}

static void raw_free(struct raw *r)
{
    kt_conn_free(r->c);
    kt_peer_free(r->peer);
}

static void see(struct raw *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void see(struct raw *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    r->n += (size_t)vsnprintf(r->seen + r->n, sizeof r->seen - r->n, fmt, ap);
    va_end(ap);
    must(r->n < sizeof r->seen);
}

static void see_event(struct raw *r, const struct kt_conn_event *ev)
{
    switch (ev->kind) {
    case KT_CONN_HEADERS:
        r->s = ev->stream;
        see(r, "[");
        for (size_t i = 0; i < ev->fields->n; i++) {
            const struct kt_cur n = kt_hlist_name(ev->fields, i);
            const struct kt_cur v = kt_hlist_value(ev->fields, i);

            see(r, "%s%.*s=%.*s", i ? " " : "", (int)kt_cur_left(&n), n.p,
                (int)kt_cur_left(&v), v.p);
        }
        see(r, ev->end ? "]+" : "]");
        break;
    case KT_CONN_DATA:
        see(r, "%zu", kt_cur_left(&ev->data));
        break;
    case KT_CONN_END:
        see(r, ".");
        break;
    case KT_CONN_CLOSED:
        r->s = NULL;
        kt_conn_release(ev->stream);
        break;
    default:
        break;
    }
}

/* Resets are looked for in the bytes: a connection is silent about one that
 * comes for a stream that it has closed itself. */
static void see_resets(struct raw *r, struct kt_cur out)
{
    struct kt_frame_rec f;
    struct kt_err e;

    if (kt_cur_left(&out) >= KT_PREFACE_LEN && memcmp(out.p, "PRI", 3) == 0)
        out.p += KT_PREFACE_LEN;
    while (kt_frame_decode(&out, 1 << 20, &f, &e) == KT_DONE)
        if (f.head.type == KT_FT_RST_STREAM)
            see(r, "!%s", kt_h2err_name(f.code));
    must(kt_cur_left(&out) == 0);
}

/* What is scripted, frame by frame, without the connection's own
 * RST_STREAM(NO_ERROR): the script is a server that leaves that out. */
static void feed(struct raw *r, struct kt_cur out)
{
    struct kt_err e;

    if (kt_cur_left(&out) >= KT_PREFACE_LEN && memcmp(out.p, "PRI", 3) == 0)
        kt_peer_input(r->peer, kt_cur_cut(&out, KT_PREFACE_LEN), r->now, &e);
    while (kt_cur_left(&out) > 0) {
        const uint8_t *const start = out.p;
        struct kt_frame_rec f;

        must(kt_frame_decode(&out, 1 << 20, &f, &e) == KT_DONE);
        if (f.head.type != KT_FT_RST_STREAM || f.code != KT_H2_NO_ERROR)
            kt_peer_input(r->peer, kt_cur_of(start, (size_t)(out.p - start)),
                          r->now, &e);
    }
}

static void raw_run(struct raw *r)
{
    struct kt_conn_event ev;
    struct kt_call_event ce;
    struct kt_err e;

    for (bool more = true; more;) {
        struct kt_cur out = kt_conn_output(r->c);
        size_t n = kt_cur_left(&out);

        while (kt_conn_event(r->c, &ev))
            see_event(r, &ev);
        feed(r, out);
        kt_conn_wrote(r->c, n);
        out = kt_peer_output(r->peer);
        const struct kt_cur all = out;
        more = n > 0 || kt_cur_left(&out) > 0;
        n = kt_cur_left(&out);
        while (kt_cur_left(&out) > 0) {
            must(kt_conn_input(r->c, &out, r->now, &e) == KT_DONE);
            while (kt_conn_event(r->c, &ev))
                see_event(r, &ev);
        }
        see_resets(r, all);
        kt_peer_wrote(r->peer, n);
        while (kt_peer_next_event(r->peer, &ce))
            if (ce.kind == KT_CALL_NEW)
                r->call = ce.call;
    }
}

/* "name=value name=value", a ~ in a value for a space. */
static void put_fields(struct kt_hlist *h, const char *line)
{
    char *copy = strdup(line), *save = NULL;

    must(copy);
    for (char *w = strtok_r(copy, " ", &save); w;
         w = strtok_r(NULL, " ", &save)) {
        char *const eq = strchr(w + 1, '=');

        *eq = 0;
        for (char *t = eq + 1; *t; t++)
            *t = *t == '~' ? ' ' : *t;
        must(kt_hlist_puts(h, w, eq + 1));
    }
    free(copy);
}

static void raw_request(struct raw *r, const char *more)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 65536, 100);
    put_fields(&h, ":method=POST :scheme=http :authority=x");
    put_fields(&h, more);
    r->call = NULL;
    r->n = 0;
    r->seen[0] = 0;
    r->s = kt_conn_open(r->c, &h);
    kt_hlist_fini(&h);
    must(r->s);
    raw_run(r);
}

static void raw_bytes(struct raw *r, const void *p, size_t n)
{
    must(r->s && kt_conn_send(r->s, kt_cur_of(p, n), kt_cur_of(NULL, 0)));
    raw_run(r);
}

static void raw_block(struct raw *r, const char *fields, bool end)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 65536, 100);
    put_fields(&h, fields);
    must(kt_conn_respond(r->s, &h, end));
    kt_hlist_fini(&h);
    raw_run(r);
}

static void raw_trailers(struct raw *r, const char *fields)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 65536, 100);
    put_fields(&h, fields);
    must(kt_conn_trailers(r->s, &h));
    kt_hlist_fini(&h);
    raw_run(r);
}

#define GOOD ":path=/echo.TestService/Echo content-type=application/grpc+thrift"

Test(wire, what_a_server_answers_to_request_headers)
{
    static const struct {
        const char *fields, *want; /* "" for a call */
    } rows[] = {
        {GOOD, ""},
        {":path=/a.b.TestService/Echo content-type=application/grpc", ""},
        {":path=/TestService/Echo content-type=application/grpc;a=b", ""},
        {":path=TestService/Echo content-type=application/grpc",
         "!PROTOCOL_ERROR"}, /* RFC 9113 8.3.1 */
        {GOOD "+thrift;a=b",
         "[:status=200 content-type=application/grpc grpc-status=12 "
         "grpc-message=no codec for thrift+thrift;a=b]+!NO_ERROR"},
        {":path=/x/y content-type=application/grpc+thrift;charset=utf-8",
         "[:status=200 content-type=application/grpc+thrift grpc-status=12 "
         "grpc-message=unknown service x]+!NO_ERROR"},
        {GOOD " grpc-encoding=identity grpc-accept-encoding=gzip", ""},
        {GOOD " grpc-encoding=zip",
         "[:status=200 content-type=application/grpc+thrift "
         "grpc-accept-encoding=identity,gzip grpc-status=12 grpc-message=no "
         "compressor registered found for:zip]+!NO_ERROR"},
        {GOOD " grpc-timeout=1x", "!INTERNAL_ERROR"},
        {GOOD " grpc-timeout=", "!INTERNAL_ERROR"},
        {GOOD " grpc-timeout=99999999H", ""},
        {":path=/foo content-type=application/grpc",
         "[:status=200 content-type=application/grpc grpc-status=12 "
         "grpc-message=malformed method name, method=/foo]+!NO_ERROR"},
        {":path=/TestService/Echo content-type=application/json",
         "[:status=415 content-type=text/plain]23."},
        {":path=/TestService/Echo content-type=application/grpcx",
         "[:status=415 content-type=text/plain]23."},
        {":path=/TestService/Echo", "[:status=415 content-type=text/plain]23."},
        {":path=/TestService/Echo content-type=application/grpc+proto",
         "[:status=200 content-type=application/grpc grpc-status=12 "
         "grpc-message=no codec for proto]+!NO_ERROR"},
        {GOOD " bad=a\x01\x0a", "!PROTOCOL_ERROR"},
        {GOOD " bad@name=a", "!PROTOCOL_ERROR"},
    };
    struct raw r = raw_new(KT_PEER_SERVER);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        raw_request(&r, rows[i].fields);
        cr_expect_str_eq(r.seen, rows[i].want, "row %zu: got  %s\nwant %s", i,
                         r.seen, rows[i].want);
        cr_expect_eq(r.call != NULL, rows[i].want[0] == 0, "row %zu", i);
        kt_call_free(r.call);
        raw_run(&r);
    }
    raw_request(&r, GOOD); /* and it still serves */
    cr_expect(r.call != NULL);
    raw_free(&r);
}

Test(wire, broken_messages_fail_their_stream_with_a_status)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool end;
        int32_t code;
    } rows[] = {
        {"\2\0\0\0\0", 5, false, 13},        /* flag */
        {"\1\0\0\0\1x", 6, false, 13},       /* MSG-8 */
        {"\0\xff\xff\xff\xff", 5, false, 8}, /* length */
        {"\0\0\0", 3, true, 13},             /* MSG-15 */
        {"\0\0\0\0\5", 5, true, 13},         /* MSG-16 */
        {"\0\0\0\0\5ab", 7, true, 13},
    };
    struct raw r = raw_new(KT_PEER_SERVER);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        raw_request(&r, GOOD);
        must(r.call);
        raw_bytes(&r, rows[i].bytes, rows[i].n);
        if (rows[i].end)
            must(kt_conn_end(r.s));
        raw_run(&r);
        recv_fails(r.call, rows[i].code, NULL);
        cr_expect_eq(kt_call_cancelled(r.call), NULL);
        send_ok(r.call, "x"); /* the other direction is sound */
        ret(r.call, KT_RET_STATUS, rows[i].code, "bad");
        raw_run(&r);
        cr_expect(strstr(r.seen, "grpc-message=bad [biz error]]+"), "%s",
                  r.seen);
        kt_call_free(r.call);
    }
    raw_free(&r);
}

Test(wire, a_request_may_end_on_headers_or_with_trailers)
{
    struct raw r = raw_new(KT_PEER_SERVER);

    raw_request(&r, GOOD);
    must(r.call);
    raw_bytes(&r, "\0\0\0\0\1x", 6);
    raw_trailers(&r, "some=trailer");
    recv_is(r.call, "x");
    recv_gives(r.call, KT_RECV_EOF);
    ret(r.call, KT_RET_OK, 0, NULL);
    raw_run(&r); /* half-closed before: no reset behind it, EOF-10 */
    cr_expect_str_eq(r.seen,
                     "[:status=200 content-type=application/grpc+thrift "
                     "grpc-status=0 grpc-message=]+");
    raw_free(&r);
}

/* ---- a client against a scripted server ------------------------------- */

static void raw_call(struct raw *r, enum kt_call_mode mode)
{
    const struct kt_call_open o = {
        .service = "TestService", .method = "Echo", .mode = mode};
    struct kt_err e;

    raw_run(r);
    r->n = 0;
    r->call = kt_call_open(r->peer, &o, r->now, &e);
    must(r->call);
    raw_run(r);
    cr_assert_str_eq(
        r->seen, "[:method=POST :scheme=http :path=/TestService/Echo "
                 ":authority=localhost content-type=application/grpc+thrift "
                 "user-agent=ktspec te=trailers]");
    r->n = 0;
    r->seen[0] = 0;
}

#define HEAD ":status=200 content-type=application/grpc+thrift"

Test(wire, what_a_client_makes_of_an_answer)
{
    static const struct {
        const char *head;     /* with END_STREAM when nothing follows */
        const char *trailers; /* "." for END_STREAM on DATA, "" for a reset */
        int32_t code;         /* 0: EOF */
        const char *message;
        const char *seen; /* by the server, afterwards */
    } rows[] = {
        {HEAD " grpc-status=0", NULL, 0, NULL, "!NO_ERROR"},
        {HEAD " grpc-status=5 grpc-message=a%20b", NULL, 5, "a b", "!NO_ERROR"},
        {HEAD " grpc-status=5 grpc-message=%zz", NULL, 5, "%zz", "!NO_ERROR"},
        {HEAD, NULL, 2, "", "!NO_ERROR"}, /* RESP-18 */
        {HEAD, "grpc-message=x", 2, "", "!NO_ERROR"},
        {HEAD " grpc-status=5", "grpc-status=0", 0, NULL, "!NO_ERROR"},
        {HEAD, "grpc-status=99999999999", 13,
         "transport: malformed grpc-status", "!PROTOCOL_ERROR"},
        {HEAD, "grpc-status=x", 13, "transport: malformed grpc-status",
         "!PROTOCOL_ERROR"},
        {HEAD, "grpc-status=13 biz-status=x", 13,
         "transport: malformed biz-status", "!PROTOCOL_ERROR"},
        {HEAD, "grpc-status=0 biz-status=5", 0, NULL, "!NO_ERROR"},
        {HEAD, ".", 13, "server closed the stream without sending trailers",
         "!NO_ERROR"},
        {":status=404", NULL, 12,
         "Not Found: HTTP status code 404; transport: missing content-type "
         "field",
         "!PROTOCOL_ERROR"},
        {":status=503 content-type=text/html", "", 14,
         "Service Unavailable: HTTP status code 503; transport: received the "
         "unexpected content-type \"text/html\"",
         "!PROTOCOL_ERROR"},
        {":status=200 content-type=text/html", NULL, 2, NULL,
         "!PROTOCOL_ERROR"},
        {":status=503 content-type=application/grpc", "grpc-status=0", 0, NULL,
         "!NO_ERROR"},
        {HEAD " bad@name=1", "", 13, NULL, "!PROTOCOL_ERROR"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw r = raw_new(KT_PEER_CLIENT);

        raw_call(&r, KT_BIDI);
        raw_block(&r, rows[i].head, !rows[i].trailers);
        if (rows[i].trailers && strcmp(rows[i].trailers, ".") == 0)
            must(kt_conn_end(r.s));
        else if (rows[i].trailers && rows[i].trailers[0])
            raw_trailers(&r, rows[i].trailers);
        raw_run(&r);
        if (rows[i].code == 0)
            recv_gives(r.call, KT_RECV_EOF);
        else
            recv_fails(r.call, rows[i].code, rows[i].message);
        cr_expect_str_eq(r.seen, rows[i].seen, "row %zu: %s", i, r.seen);
        raw_free(&r);
    }
}

Test(wire, reset_codes_become_statuses)
{
    static const struct {
        uint32_t h2;
        int32_t code;
        const char *message;
    } rows[] = {
        {KT_H2_INTERNAL_ERROR, 13, "INTERNAL_ERROR"},
        {KT_H2_CANCEL, 1, "CANCEL"},
        {KT_H2_REFUSED_STREAM, 14, "REFUSED_STREAM"},
        {KT_H2_ENHANCE_YOUR_CALM, 8, "ENHANCE_YOUR_CALM"},
        {KT_H2_INADEQUATE_SECURITY, 7, "INADEQUATE_SECURITY"},
        {0x99, 2, "unknown error code 0x99"},
        {1000, 14, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw r = raw_new(KT_PEER_CLIENT);
        char want[128];

        raw_call(&r, KT_BIDI);
        raw_block(&r, HEAD, false);
        raw_bytes(&r, "\0\0\0\0\1x", 6);
        must(kt_conn_reset(r.s, rows[i].h2));
        raw_run(&r);
        recv_is(r.call, "x"); /* CANCEL-16 */
        snprintf(want, sizeof want,
                 "stream terminated by RST_STREAM with error code: %s",
                 rows[i].message ? rows[i].message : "");
        recv_fails(r.call, rows[i].code,
                   rows[i].message ? want : "graceful shutdown");
        raw_free(&r);
    }
}

Test(wire, a_clients_broken_messages_cancel_the_stream)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *trailers;
        int32_t code;
    } rows[] = {
        {"\2\0\0\0\0", 5, NULL, 13},
        {"\1\0\0\0\1x", 6, NULL, 13},
        {"\0\xff\xff\xff\xff", 5, NULL, 8},
        {"\0\0\0", 3, "grpc-status=0", 13},
        {"\0\0\0\0\5", 5, "grpc-status=0", 13},
        {"\0\0\0\0\5ab", 7, "grpc-status=5", 5},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw r = raw_new(KT_PEER_CLIENT);

        raw_call(&r, KT_BIDI);
        raw_block(&r, HEAD, false);
        raw_bytes(&r, rows[i].bytes, rows[i].n);
        if (rows[i].trailers)
            raw_trailers(&r, rows[i].trailers);
        recv_fails(r.call, rows[i].code, NULL);
        raw_run(&r);
        cr_expect_str_eq(r.seen, rows[i].trailers ? "!NO_ERROR" : "!CANCEL");
        send_fails(r.call, rows[i].code, NULL);
        raw_free(&r);
    }
}

/* One end of an HTTP/2 connection, on nghttp2: bytes in, event records out;
 * requests in, bytes out. No I/O, no clock, no gRPC.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "wire/hlist.h"

struct kt_conn;
struct kt_conn_stream;

/* Zero means the default of HTTP/2, except as said. */
struct kt_conn_opts {
    bool server;
    uint32_t initial_window; /* of each stream; the connection gets as much */
    uint32_t max_frame;
    uint32_t
        max_concurrent; /* server: above it REFUSED_STREAM; 0 refuses all */
    uint32_t table_size;
    uint32_t max_fields;  /* bytes of a header list, never 0: H2-13, H2-14 */
    uint32_t max_field_n; /* fields of one, never 0 */
};

/* NULL: NOMEM. The first output holds preface and SETTINGS (CONN-1..8). */
struct kt_conn *kt_conn_new(const struct kt_conn_opts *o,
                            struct kt_err *reterr);
void kt_conn_free(struct kt_conn *c); /* with all its streams */

enum kt_conn_kind {
    KT_CONN_HEADERS, /* a header block: fields, end */
    KT_CONN_DATA,    /* content: data */
    KT_CONN_END,     /* END_STREAM of a DATA frame */
    KT_CONN_OPENED,  /* client: the stream got its id */
    KT_CONN_SENT,    /* n bytes of what was queued were framed */
    KT_CONN_CLOSED,  /* nothing more in either direction: code, by_peer */
    KT_CONN_GOAWAY,  /* from the peer: code; no stream */
};

/* Borrowed parts live until the next call that takes the connection non-const,
 * kt_conn_event, credit and release excepted. */
struct kt_conn_event {
    enum kt_conn_kind kind;
    struct kt_conn_stream *stream;
    struct kt_hlist *fields; /* HEADERS */
    struct kt_cur data;      /* DATA */
    size_t n;                /* SENT */
    uint32_t code;           /* CLOSED, GOAWAY: of RFC 9113 7 */
    bool end;                /* HEADERS: with END_STREAM */
    bool first;              /* HEADERS: the request of a new stream */
    bool by_peer;            /* CLOSED: by an RST_STREAM that came */
    bool unprocessed;        /* CLOSED: above the last id of a GOAWAY */
};

/* Take some bytes off *in (moved); then read all events before the next call.
 * BAD: the connection has failed; a GOAWAY may be in the output. Codes: NOMEM,
 * PROTOCOL, TOO_MANY (a flood). The rest of *in is to be dropped. */
enum kt_step kt_conn_input(struct kt_conn *c, struct kt_cur *in,
                           uint64_t now_ns, struct kt_err *reterr);
/* Bytes to write, some 64 KiB at most; then read all events. Empty: none. */
struct kt_cur kt_conn_output(struct kt_conn *c);
void kt_conn_wrote(struct kt_conn *c, size_t n);
bool kt_conn_event(struct kt_conn *c, struct kt_conn_event *ret);
/* Time has come to kt_conn_deadline. */
void kt_conn_tick(struct kt_conn *c, uint64_t now_ns);
uint64_t kt_conn_deadline(const struct kt_conn *c); /* UINT64_MAX: none */
/* Beyond repair: by the peer's violation (a GOAWAY with its code is or was in
 * the output), or for want of memory. */
bool kt_conn_has_failed(const struct kt_conn *c);
/* Nothing is left to read or to write. */
bool kt_conn_is_over(const struct kt_conn *c);
/* Why it failed, for a person; "" when it has not. */
const char *kt_conn_why(const struct kt_conn *c);

/* Graceful stop. Server: GOAWAY(2^31-1) and a PING; when that is answered, or
 * after a second, GOAWAY(last), and new streams are refused (GOAWAY-1..4).
 * Over once no stream is left. Client: over once no stream is left. */
void kt_conn_shutdown(struct kt_conn *c, uint64_t now_ns);
/* Client: may streams be opened (no GOAWAY came, not failed)? */
bool kt_conn_can_open(const struct kt_conn *c);

/* The largest header list to send, as RFC 9113 6.5.2 counts it: H2-15, H2-16.
 */
size_t kt_conn_max_send_fields(const struct kt_conn *c);
/* Reset every stream that is open. False: out of memory. */
bool kt_conn_reset_all(struct kt_conn *c, uint32_t code);

/* ---- streams ---------------------------------------------------------- */

/* A stream lives until it is both closed and released. Server: comes with its
 * first HEADERS event. */
uint32_t kt_conn_stream_id(const struct kt_conn_stream *s); /* 0: waiting */
void *kt_conn_user(const struct kt_conn_stream *s);         /* NULL at first */
void kt_conn_set_user(struct kt_conn_stream *s, void *user);
/* The user is gone. A stream that is not closed is reset with CANCEL. */
void kt_conn_release(struct kt_conn_stream *s);
/* The same, but what is queued still goes out, and nothing is reset. */
void kt_conn_detach(struct kt_conn_stream *s);

/* Client: queue a request without END_STREAM. It waits while the peer's
 * MAX_CONCURRENT_STREAMS is reached (CONN-13..15). NULL: out of memory. */
struct kt_conn_stream *kt_conn_open(struct kt_conn *c,
                                    const struct kt_hlist *fields);
/* Server: response headers; last: with END_STREAM. All of these: false out of
 * memory. On a closed stream they do nothing. */
bool kt_conn_respond(struct kt_conn_stream *s, const struct kt_hlist *fields,
                     bool last);
/* Queue content, as two pieces that are one; then its end, plain or as
 * trailers, once. */
bool kt_conn_send(struct kt_conn_stream *s, struct kt_cur head,
                  struct kt_cur body);
bool kt_conn_end(struct kt_conn_stream *s);
bool kt_conn_trailers(struct kt_conn_stream *s, const struct kt_hlist *fields);
/* RST_STREAM; what is queued is dropped. CLOSED follows, but not for a stream
 * that was waiting: nothing is written for it (CONN-16). */
bool kt_conn_reset(struct kt_conn_stream *s, uint32_t code);
/* Give n bytes of window back (FLOW-4). The connection's window is given back
 * on arrival (FLOW-5). */
bool kt_conn_credit(struct kt_conn_stream *s, size_t n);

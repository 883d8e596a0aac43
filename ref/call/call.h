/* Calls: what an application does with Kitex Thrift Streaming, poll style.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "call/limits.h"
#include "wire/hlist.h"
#include "wire/status.h"

/* A peer is one end of one HTTP/2 connection. It does no I/O and has no clock:
 *
 *     bytes of the socket ---> kt_peer_input      kt_peer_next_event ---> you
 *     bytes for the socket <-- kt_peer_output     kt_call_send, recv  <-- you
 *     a timer  kt_peer_deadline ---> kt_peer_tick
 *
 * After each of input, eof, tick and each kt_call_… that acts, take the events
 * and write the output. now_ns is monotonic and never goes back. Nothing here
 * calls back (struct kt_tap, for tests, excepted).
 *
 * Messages are bytes: the bare struct in Thrift Binary for the streaming modes
 * (MSG-2); for unary the caller wraps it as Args (field 1) and Result (field 0,
 * or that of a declared exception), MSG-4. The prefix is added here. */
struct kt_peer;
struct kt_call;

enum kt_peer_role { KT_PEER_CLIENT, KT_PEER_SERVER };
enum kt_call_mode { KT_BIDI, KT_CLIENT_STREAM, KT_SERVER_STREAM, KT_UNARY };

/* What a server serves. service is the name behind the last dot (HDR-6). */
struct kt_served {
    const char *service;
    const char *name;
    enum kt_call_mode mode;
};

/* A seam for tests: may change what passes, in place. Never set in production.
 */
enum kt_tap_at {
    KT_TAP_REQUEST_OUT,
    KT_TAP_REQUEST_IN,
    KT_TAP_HEADERS_OUT,
    KT_TAP_HEADERS_IN,
    KT_TAP_TRAILERS_OUT,
    KT_TAP_TRAILERS_IN,
    KT_TAP_MESSAGE_OUT, /* prefix and body */
    KT_TAP_MESSAGE_IN,  /* body */
};
struct kt_tap {
    void *ctx;
    void (*fields)(void *ctx, enum kt_tap_at at, struct kt_call *call,
                   struct kt_hlist *list);
    void (*message)(void *ctx, enum kt_tap_at at, struct kt_call *call,
                    struct kt_buf *bytes);
};

/* Zero means the default. All pointers are borrowed for the peer's life. */
struct kt_peer_opts {
    const struct kt_limits *limits;
    const struct kt_served *methods; /* server */
    size_t n_methods;
    const char *authority;   /* client; NULL: "localhost" */
    const char *user_agent;  /* client; NULL: "ktspec" */
    const char *source;      /* client: source-service; NULL: not sent */
    uint32_t initial_window; /* stream and connection; 65535 */
    uint32_t max_frame;      /* 16384 */
    uint32_t max_concurrent; /* server; limits->max_streams. Above it:
                                REFUSED_STREAM */
    uint32_t table_size;     /* HPACK decoder; 4096 */
    bool trace;              /* keep RPC events, see kt_call_next_rpc_event */
    const struct kt_tap *tap;
};

/* NULL: NOMEM. The preface and SETTINGS are in the first output. */
struct kt_peer *kt_peer_new(enum kt_peer_role role,
                            const struct kt_peer_opts *o,
                            struct kt_err *reterr);
/* Frees all its calls too. Accepts NULL. */
void kt_peer_free(struct kt_peer *p);

/* Bytes that came. All are taken, after an error ignored. DONE, or BAD: the
 * connection has failed (a GOAWAY may be in the output: write it, then close).
 * Events tell the same. */
enum kt_step kt_peer_input(struct kt_peer *p, struct kt_cur in, uint64_t now_ns,
                           struct kt_err *reterr);
/* The connection is lost: end of file or an error. Calls end with 14 on the
 * client (ERR-22), 1 on the server (CANCEL-11). why is a clause, or NULL. */
void kt_peer_lost(struct kt_peer *p, const char *why, uint64_t now_ns);
/* Bytes to be written, at most about 64 KiB at a time; empty when there are
 * none. Valid until the next call on the peer. Tell how many were taken with
 * kt_peer_wrote, then ask again. */
struct kt_cur kt_peer_output(struct kt_peer *p);
void kt_peer_wrote(struct kt_peer *p, size_t n);
/* Time has come to kt_peer_deadline (early is harmless, UINT64_MAX: none). */
void kt_peer_tick(struct kt_peer *p, uint64_t now_ns);
uint64_t kt_peer_deadline(const struct kt_peer *p);
/* Nothing will be read or written any more: close the transport when the output
 * is empty. */
bool kt_peer_is_over(const struct kt_peer *p);
/* Graceful stop, GOAWAY-1..6. Server: GOAWAY(2^31-1), after a round trip (at
 * most 1 s) GOAWAY(last); streams run on for grace_ns, then RST_STREAM(1000);
 * over when none is left. Client: no new call; over when none is left. */
void kt_peer_stop(struct kt_peer *p, uint64_t grace_ns, uint64_t now_ns);
/* Client: false once draining or lost: open elsewhere (GOAWAY-10). */
bool kt_peer_can_open(const struct kt_peer *p);
size_t kt_peer_open_calls(const struct kt_peer *p); /* not yet ended */
void *kt_peer_user(const struct kt_peer *p);
void kt_peer_set_user(struct kt_peer *p, void *user);

/* Each kind is pending at most once per call, so nothing piles up. They are
 * hints: asking the call again is always right. */
enum kt_call_kind {
    KT_CALL_NEW,       /* server: a call came; method and metadata are there */
    KT_CALL_OPENED,    /* client: HEADERS are written (CONN-14) */
    KT_CALL_HEADER,    /* client: kt_call_header answers now */
    KT_CALL_READABLE,  /* kt_call_recv has something else than MORE */
    KT_CALL_WRITABLE,  /* a Send that was blocked would go now */
    KT_CALL_CANCELLED, /* server: kt_call_cancelled answers now */
    KT_CALL_ENDED,     /* the stream is over on the wire or was given up */
    KT_PEER_DRAINING,  /* no call: GOAWAY came, or stop was asked */
    KT_PEER_CLOSED,    /* no call: the connection failed or is lost */
};
struct kt_call_event {
    enum kt_call_kind kind;
    struct kt_call *call; /* NULL for KT_PEER_… */
};
bool kt_peer_next_event(struct kt_peer *p, struct kt_call_event *ret);

/* ---- both sides ------------------------------------------------------- */

/* All of a call's lists hold decoded metadata: names in lower case, "-bin"
 * values as bytes. Metainfo lists: keys as K_V (META-1), values verbatim. */
const char *kt_call_service(const struct kt_call *c); /* "TestService" */
const char *kt_call_method(const struct kt_call *c);  /* "Echo" */
enum kt_call_mode kt_call_mode(const struct kt_call *c);
uint32_t kt_call_stream(const struct kt_call *c); /* 0 while it waits */
void *kt_call_user(const struct kt_call *c);
void kt_call_set_user(struct kt_call *c, void *user);
/* The call is forgotten: no event names it again. What is still open is reset
 * with CANCEL. Accepts NULL. */
void kt_call_free(struct kt_call *c);

/* Queue one message.
 *   DONE  queued; says nothing of the peer (FLOW-18)
 *   MORE  max_queue bytes are queued: again after KT_CALL_WRITABLE. A message
 *         of any size is taken while fewer are queued
 *   BAD   kt_call_fault says why: 13 "the stream is done" after half-close or
 *         an OK end (EOF-3, EOF-13), the status of the end (EOF-14), 4 after
 *         the deadline, 1 after cancel, 13 NOMEM */
enum kt_step kt_call_send(struct kt_call *c, struct kt_cur message);

enum kt_recv {
    KT_RECV_MESSAGE, /* *ret is its body, valid until the next call on c */
    KT_RECV_MORE,    /* again after KT_CALL_READABLE */
    KT_RECV_EOF,     /* sticky, as the next two (EOF-20) */
    KT_RECV_STATUS,  /* kt_call_fault: code and message */
    KT_RECV_BIZ,     /* client: kt_call_fault with has_biz */
};
/* The next message or the end; what came before the end comes first (EOF-21,
 * DL-8, CANCEL-3). While it answers MORE the peer is given window for as much
 * as the message needs (FLOW-6); a message is acknowledged when it is taken
 * (FLOW-4). Client side of KT_CLIENT_STREAM and KT_UNARY: MORE until the end of
 * the stream, and the message only if that end is OK (EOF-28..30); an OK end
 * without message is EOF, for unary 13. Framing errors (MSG-8, prefix flag,
 * cut by the end of the stream, no gzip where it was announced) are 13, too
 * long a message, packed or unpacked, 8: sticky. */
enum kt_recv kt_call_recv(struct kt_call *c, struct kt_cur *ret);
/* Why the last BAD or KT_RECV_STATUS, KT_RECV_BIZ of this call. Valid until
 * the next call on c. */
const struct kt_status *kt_call_fault(const struct kt_call *c);

/* Nanoseconds of now_ns at which the deadline passes; UINT64_MAX: none. */
uint64_t kt_call_deadline(const struct kt_call *c);

/* ---- client ----------------------------------------------------------- */

struct kt_call_open {
    const char *service; /* with its package: "echo.TestService" */
    const char *method;
    enum kt_call_mode mode;
    uint64_t deadline_ns;              /* absolute; 0 or UINT64_MAX: none */
    const struct kt_hlist *metadata;   /* or NULL; reserved names are dropped,
                                          "-bin" values are bytes */
    const struct kt_hlist *transient;  /* metainfo, or NULL */
    const struct kt_hlist *persistent; /* metainfo, or NULL */
    bool gzip; /* messages are packed, and answers may be (COMP-3) */
};
/* Start a call. It may wait for a stream (CONN-14), already taking messages.
 * NULL: CLOSED (kt_peer_can_open is false), SYNTAX (a name or value that no
 * field can carry), TOO_BIG, NOMEM. A deadline that has passed gives a call
 * that ends with 4 and writes nothing. */
struct kt_call *kt_call_open(struct kt_peer *p, const struct kt_call_open *o,
                             uint64_t now_ns, struct kt_err *reterr);
/* After what is queued; once. Later ones and those after the end do nothing
 * (EOF-2). Server streaming and unary: the caller sends its one message, then
 * this. */
void kt_call_half_close(struct kt_call *c);
/* RST_STREAM(CANCEL) at once, even with nobody in Recv; Recv ends with 1.
 * After the end: nothing (CANCEL-6). */
void kt_call_cancel(struct kt_call *c);
/* Response headers: MORE until they came or the stream ended (then DONE with an
 * empty list for trailers-only; BAD with kt_call_fault when the stream failed
 * before, RESP-12..13). */
enum kt_step kt_call_header(struct kt_call *c, const struct kt_hlist **ret);
/* Never waits; empty until the end (RESP-14). */
const struct kt_hlist *kt_call_trailer(const struct kt_call *c);
/* FinishStream: records rpc-finish if it was not, writes nothing (TRACE-5). */
void kt_call_finish(struct kt_call *c);

/* ---- server ----------------------------------------------------------- */

/* Deadline of the request relative to its arrival: kt_call_deadline. */
const struct kt_hlist *kt_call_metadata(const struct kt_call *c);
const struct kt_hlist *kt_call_transient(const struct kt_call *c);
const struct kt_hlist *kt_call_persistent(const struct kt_call *c);
const char *kt_call_source(const struct kt_call *c); /* source-service or "" */

/* Has the handler's context ended, and why: 4 deadline, 1 reset or connection
 * lost, 14 graceful (CANCEL-7..11, GOAWAY-8). NULL: no. */
const struct kt_status *kt_call_cancelled(const struct kt_call *c);

/* Response headers: set collects, send writes them (with what was set) at once.
 * Without them they go before the first message or the trailers (RESP-2). BAD:
 * headers were sent, or the call is over (13, RESP-7); a field that cannot be
 * sent (13). Reserved names are dropped (RESP-11), also biz-status, biz-extra.
 */
enum kt_step kt_call_set_header(struct kt_call *c, const struct kt_hlist *md);
enum kt_step kt_call_send_header(struct kt_call *c, const struct kt_hlist *md);
enum kt_step kt_call_set_trailer(struct kt_call *c, const struct kt_hlist *md);

enum kt_returned {
    KT_RET_OK,
    KT_RET_ERROR,
    KT_RET_STATUS,
    KT_RET_BIZ,
    KT_RET_PANIC
};
/* What a handler returned.
 *   OK      trailers 0 (RESP-5)
 *   ERROR   13, "<message> [biz error]" (ERR-1)
 *   STATUS  code, "<message> [biz error]" (ERR-2)
 *   BIZ     13, message, biz-status code, biz-extra (BIZ-1..7)
 *   PANIC   13, "panic: …" (ERR-6) */
struct kt_return {
    enum kt_returned outcome;
    int32_t code;        /* STATUS, BIZ */
    const char *message; /* NULL: "" */
    const char *extra;   /* BIZ: a JSON object of strings, or NULL */
};
/* The handler has returned: trailers behind all that was queued (FLOW-23); if
 * the client has not half-closed, RST_STREAM(NO_ERROR) behind them (EOF-10).
 * Nothing after a reset (CANCEL-10). Once; later ones do nothing. For unary
 * and client streaming send the message first. BAD: NOMEM, and the stream is
 * reset. */
enum kt_step kt_call_return(struct kt_call *c, const struct kt_return *r);

/* ---- RPC events: TRACE-1..11 ------------------------------------------ */

enum kt_rpc_kind {
    KT_RPC_START,       /* "rpc-start" */
    KT_RPC_STREAM_SEND, /* "stream-send": size, or an error */
    KT_RPC_STREAM_RECV, /* "stream-recv": size, or an error; none for EOF */
    KT_RPC_FINISH,      /* "rpc-finish": an error unless EOF, OK or biz */
};
struct kt_rpc_event {
    enum kt_rpc_kind kind;
    size_t size; /* of the payload, prefix excluded; sent ones as they are on
                    the wire, received ones unpacked (MSG-20) */
    bool failed;
    int32_t code; /* grpc-status of the failure; biz code when biz */
    bool biz;
};
const char *kt_rpc_name(enum kt_rpc_kind k);
/* The next one, in order; false when all were read. Nothing unless opts.trace.
 */
bool kt_call_next_rpc_event(struct kt_call *c, struct kt_rpc_event *ret);

/* Inside of peers and calls. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "call/call.h"
#include "conn/conn.h"
#include "stream/deframe.h"
#include "stream/flow.h"
#include "stream/recv.h"
#include "stream/send.h"
#include "wire/frame.h"
#include "wire/text.h"

struct kt_peer {
    enum kt_peer_role role;
    struct kt_peer_opts o;
    struct kt_limits limits;
    struct kt_conn *conn;
    struct kt_call *all;
    struct kt_call *ready, *ready_tail; /* with events to be told */
    unsigned pending;                   /* KT_PEER_… events, bits */
    uint64_t now_ns;
    uint64_t grace_due_ns; /* UINT64_MAX: not stopping */
    bool stopping;
    bool down; /* failed or lost: calls have been ended */
    bool lost; /* no more output either */
    void *user;
};

struct kt_rpc_ring {
    struct kt_rpc_event *v;
    size_t head, n, cap;
    bool finished; /* rpc-finish was recorded */
    bool end_told; /* the Recv that failed was: its repeats are none */
};

/* How the stream ended, for Recv and Send: set once. On a server, why its
 * context ended. */
struct kt_call {
    struct kt_peer *peer;
    struct kt_call *prev, *next;
    struct kt_call *ready_next;
    struct kt_conn_stream *stream; /* NULL: none any more */
    uint32_t id;
    void *user;
    unsigned pending; /* events, bits */
    bool is_ready;    /* stands in the peer's list */

    char *service, *method, *source;
    enum kt_call_mode mode;
    uint64_t deadline_ns;
    struct kt_send_half tx;
    struct kt_recv_half rx;
    struct kt_deframe in;
    struct kt_credit credit;
    struct kt_quota quota;
    bool waiting;  /* a reader got MORE */
    bool answered; /* single: the message was handed out */
    bool headed;   /* client: response headers are known, or never come */
    bool returned; /* server: the handler has */
    bool subtyped; /* server: the request said +thrift */
    bool packs;    /* messages that go out are in gzip */
    bool unpacks;  /* the other side has announced gzip */

    bool ended;
    bool broken; /* server: the framing of what comes is lost */
    struct kt_status end;
    struct kt_status fault;
    struct kt_status broken_why;

    struct kt_hlist head;    /* metadata that came: request or response */
    struct kt_hlist trailer; /* metadata that came */
    struct kt_hlist transient, persistent;
    struct kt_hlist put_head, put_trailer; /* server: to be sent, encoded */
    struct kt_buf tapped;                  /* a message on its way out */
    struct kt_buf told;                    /* a message that was changed */
    struct kt_buf packed;                  /* a body on its way out, in gzip */
    struct kt_buf unpacked;                /* a body that came in gzip */
    struct kt_rpc_ring rpc;
};

/* call.c */
struct kt_call *kt_call_new(struct kt_peer *p);
void kt_call_raise(struct kt_call *c, enum kt_call_kind kind);
/* Set a status; without memory, its code only. */
void kt_call_say(struct kt_status *s, uint32_t code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same text in c->fault; returns KT_BAD. */
enum kt_step kt_call_blame(struct kt_call *c, uint32_t code, const char *text);
/* The stream is over for this side: status in c->end, everybody is told. Does
 * nothing when it was. */
void kt_call_over(struct kt_call *c);
void kt_call_unlink_stream(struct kt_call *c);
bool kt_call_single(const struct kt_call *c); /* one answer, then the end */

/* fields.c */
/* Metadata as header fields: reserved names are left out, "-bin" values coded.
 * False: TOO_BIG, TOO_MANY, NOMEM. */
enum kt_step kt_fields_add(struct kt_hlist *dst, const struct kt_hlist *md,
                           struct kt_err *reterr);
enum kt_step kt_fields_add_meta(struct kt_hlist *dst, enum kt_meta_kind kind,
                                const struct kt_hlist *meta,
                                struct kt_err *reterr);
/* Header fields as metadata. */
enum kt_step kt_fields_take(struct kt_hlist *dst, const struct kt_hlist *src,
                            enum kt_peer_role receiver, struct kt_err *reterr);
enum kt_step kt_fields_take_meta(struct kt_hlist *transient,
                                 struct kt_hlist *persistent,
                                 const struct kt_hlist *src,
                                 struct kt_err *reterr);
bool kt_fields_is_extra(struct kt_cur json); /* a JSON object of strings */
void kt_call_tap_fields(struct kt_call *c, enum kt_tap_at at,
                        struct kt_hlist *list);

/* encoding.c */
/* What a header list says of the encoding of its side's messages. False: one
 * that is not known here; *ret is its name. */
bool kt_encoding_take(struct kt_call *c, const struct kt_hlist *h,
                      struct kt_cur *ret);
bool kt_encoding_put(struct kt_hlist *h, const struct kt_call *c);
/* *body in the encoding of the call: valid until the next message. False:
 * NOMEM. */
bool kt_call_pack(struct kt_call *c, struct kt_cur *body);
/* *body out of it: valid until the next. BAD: UNKNOWN, no encoding was
 * announced, or none that is known here; COMPRESSION; TOO_BIG, the message's
 * own limit, of which no more is ever held; NOMEM. */
enum kt_step kt_call_unpack(struct kt_call *c, struct kt_cur *body,
                            struct kt_err *reterr);

/* trace.c */
void kt_call_trace(struct kt_call *c, enum kt_rpc_kind kind, size_t size,
                   const struct kt_status *failure);
void kt_call_trace_finish(struct kt_call *c, const struct kt_status *failure);

/* transfer.c */
void kt_call_on_data(struct kt_call *c, struct kt_cur data);
/* The framing is lost: Recv fails with this from now on. */
void kt_call_break(struct kt_call *c, uint32_t code, const char *text);

/* client.c: what the wire tells a client's call */
void kt_client_headers(struct kt_call *c, struct kt_hlist *fields, bool end);
void kt_client_end(struct kt_call *c); /* END_STREAM without trailers */
void kt_client_closed(struct kt_call *c, const struct kt_conn_event *ev);
/* End it on our own account, and reset the stream. */
void kt_client_give_up(struct kt_call *c, uint32_t code, const char *text,
                       uint32_t h2_code);

/* accept.c */
enum kt_step kt_server_headers(struct kt_peer *p, struct kt_conn_stream *s,
                               struct kt_hlist *fields, bool end,
                               struct kt_err *reterr);

/* reply.c */
enum kt_step kt_server_start(struct kt_call *c); /* headers, if not sent */
void kt_server_closed(struct kt_call *c, const struct kt_conn_event *ev);
void kt_server_cancel(struct kt_call *c, uint32_t code, const char *text);

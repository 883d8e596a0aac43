/* What the files of the reference driver share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "bin/link.h"
#include "bin/refdriver.h"
#include "bin/values.h"

enum { KT_DRV_MAX_IN = 64 << 20, KT_DRV_QUEUES = 5 };

/* One request that waits. */
struct kt_drv_op {
    struct kt_drv_op *next;
    json_t *req;
    json_int_t id;
};

struct kt_drv_ops {
    struct kt_drv_op *head, **tail; /* tail NULL: empty */
};

/* Requests of one direction run in their order; those of different queues in
 * parallel. */
enum kt_drv_queue {
    KT_Q_SEND,
    KT_Q_RECV,
    KT_Q_HEADER,
    KT_Q_CANCELLED,
    KT_Q_OPEN
};

/* A stream of a case, on either side: a call and the requests about it. */
struct kt_drv_stream {
    struct kt_drv_stream *next;
    struct kt_refdriver *d;
    char *caseid, *name;
    bool server;
    struct kt_link *link;
    struct kt_call *call; /* NULL: not accepted yet, or given up */
    const struct kt_method *method;
    struct kt_drv_ops q[KT_DRV_QUEUES];
    json_t *argument; /* unary server: the message, read before accept */
    bool unary_call;  /* client: the answer is the result wrapper */
    bool returned, ended;
    bool answered; /* unary client: its one answer was given */
};

struct kt_drv_slot {
    struct kt_drv_slot *next;
    struct kt_refdriver *d;
    char *name;
    const struct kt_service *service;
    struct kt_listener *listener;
    struct kt_sink on_accept;
    struct kt_link_sink on_call;
    struct kt_served *served;
    char *short_name; /* of the service, for served */
    struct kt_peer_opts opts;
    struct kt_drv_links *links;
    struct kt_drv_stream *arrived; /* calls that no accept has taken */
    struct kt_drv_stream
        *reading; /* unary calls whose argument is not there yet */
    struct kt_drv_ops accepts;
    struct kt_drv_ops stops;
};

struct kt_drv_links { /* of a slot, or of a case's connections */
    struct kt_drv_links *next;
    struct kt_link *link;
    char *caseid, *name, *addr; /* client */
};

struct kt_refdriver {
    struct kt_net *net;
    struct kt_tcp *tcp;
    struct kt_sink on_tcp;
    struct kt_link_sink on_client;
    struct kt_buf in;
    bool over;
    const struct kt_idl *idl[2];
    struct kt_drv_slot *slots;
    struct kt_drv_stream *streams;
    struct kt_drv_links *links;   /* client */
    unsigned next_shared;         /* round robin of connection "*" */
    struct kt_drv_ops resets;     /* that wait for what is still on its way */
    struct kt_timer *reset_timer; /* the end of their patience */
    struct kt_sink on_reset_timer;
    struct kt_timer *settle_timer; /* due at once, in a step of its own */
    struct kt_sink on_settle_timer;
    bool settling;
};

/* --- answers: refdriver.c --- */
void kt_drv_answer(struct kt_refdriver *d, json_int_t id, const char *kind,
                   json_t *value);
void kt_drv_ok(struct kt_refdriver *d, json_int_t id);
void kt_drv_error(struct kt_refdriver *d, json_int_t id, int code,
                  const char *message);
void kt_drv_status(struct kt_refdriver *d, json_int_t id,
                   const struct kt_status *st);
const struct kt_service *kt_drv_service(const struct kt_refdriver *d,
                                        const char *name);

/* Answer the resets whose cases hold nothing any more, soon: never inside this
 * call, which stands in the sinks of links that are freed then. */
void kt_drv_settle(struct kt_refdriver *d);

/* --- queues: drv_stream.c --- */
bool kt_drv_put(struct kt_drv_ops *q, const json_t *req, json_int_t id);
/* Take the head off and free it. */
void kt_drv_drop(struct kt_drv_ops *q);
void kt_drv_ops_fini(struct kt_drv_ops *q);
/* Answer all with an error, and drop them. */
void kt_drv_ops_give_up(struct kt_refdriver *d, struct kt_drv_ops *q);
size_t kt_drv_ops_count(const struct kt_drv_ops *q);

struct kt_drv_stream *kt_drv_stream_new(struct kt_refdriver *d,
                                        const char *caseid, const char *name,
                                        bool server);
/* By what a request says; NULL when there is none. */
struct kt_drv_stream *kt_drv_stream_of(struct kt_refdriver *d,
                                       const json_t *req);
/* Gives the call up (reset when it runs) and frees. It must be off every list.
 */
void kt_drv_stream_free(struct kt_drv_stream *s);
/* An open client stream, or a handler that neither returned nor was told of an
 * end. */
bool kt_drv_is_held(const struct kt_drv_stream *s);
/* Do what can be done of the waiting requests, and touch the link. */
void kt_drv_progress(struct kt_drv_stream *s);
void kt_drv_on_stream_event(struct kt_drv_stream *s, enum kt_call_kind kind);
/* ops of a stream that exists: send, recv, …; false: not such an op */
bool kt_drv_stream_op(struct kt_drv_stream *s, const char *op,
                      const json_t *req, json_int_t id);
/* The type of what this side receives, or sends. */
const struct kt_type *kt_drv_in_type(const struct kt_drv_stream *s);
const struct kt_type *kt_drv_out_type(const struct kt_drv_stream *s);

/* --- handler side: drv_server.c --- */
void kt_drv_listen(struct kt_refdriver *d, const json_t *req, json_int_t id);
void kt_drv_unlisten(struct kt_refdriver *d, const json_t *req, json_int_t id);
void kt_drv_accept(struct kt_refdriver *d, const json_t *req, json_int_t id);
void kt_drv_stop(struct kt_refdriver *d, const json_t *req, json_int_t id);
void kt_drv_return(struct kt_drv_stream *s, const json_t *req, json_int_t id);
void kt_drv_slot_free(struct kt_drv_slot *slot);
/* Forget the calls that no accept took. */
void kt_drv_slot_drop(struct kt_drv_slot *slot);
/* Free the connections that are gone and that no stream needs. */
void kt_drv_slot_sweep(struct kt_drv_slot *slot);
struct kt_drv_slot *kt_drv_slot_of(struct kt_refdriver *d, const json_t *req);

/* --- client side: drv_client.c --- */
void kt_drv_open(struct kt_refdriver *d, const json_t *req, json_int_t id,
                 bool unary);
void kt_drv_on_client(struct kt_link_sink *self, struct kt_link *l,
                      const struct kt_call_event *ev);
void kt_drv_links_close(struct kt_refdriver *d, const char *caseid);

/* Integers and strings of a request. */
const char *kt_drv_text(const json_t *req, const char *key); /* "" if absent */
json_int_t kt_drv_int(const json_t *req, const char *key);   /* 0 if absent */
void kt_drv_settings(const json_t *settings, struct kt_peer_opts *o);

/* Inside of a connection. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "conn/conn.h"
#include <nghttp2/nghttp2.h>

struct kt_conn_stream {
    struct kt_conn *conn;
    struct kt_conn_stream *prev, *next; /* of all, or of the dead */
    struct kt_conn_stream *waits;       /* behind this one in the queue */
    void *user;
    int32_t id;
    struct kt_buf out;        /* content that is queued */
    struct kt_hlist head;     /* a request that waits for its turn */
    struct kt_hlist trailers; /* to go behind the content */
    bool started;             /* HEADERS were handed to nghttp2 */
    bool deferred;            /* nghttp2 waits for content */
    bool end;                 /* nothing more will be queued */
    bool has_trailers;
    bool said_all;   /* trailers were handed to nghttp2 */
    bool remote_end; /* the peer's END_STREAM came */
    bool peer_reset;
    bool closed;
    bool released;
};

/* What may be done per time. Filled again at rate a second up to size. */
struct kt_budget {
    uint32_t left, size, rate;
    uint64_t at_ns;
};

enum kt_drain { KT_RUN, KT_DRAIN_NOTICE, KT_DRAIN_LAST };

struct kt_conn {
    struct kt_conn_opts o;
    nghttp2_session *session;
    struct kt_conn_stream *all, *dead;
    struct kt_conn_stream *wait_head, *wait_tail;
    size_t n_streams;  /* neither closed nor waiting */
    struct kt_buf out; /* whole header blocks, always */

    struct kt_conn_event *ev; /* records [ev_at, ev_n) are to be read */
    size_t ev_at, ev_n, ev_cap;
    struct kt_hlist *blocks; /* header lists of those records */
    size_t block_n, block_cap;
    struct kt_hlist *block; /* the one that is being received */
    bool in_block;          /* between its first and its last field */
    size_t continuations;   /* of the block that is being received */
    size_t arrived;         /* bytes of DATA to give back */

    enum kt_drain drain;
    bool drain_acked; /* our PING came back */
    uint64_t drain_due_ns;
    int32_t last; /* stream that was taken */
    int32_t seen; /* highest stream id of the peer; -1 at first */
    struct {
        int32_t from, to;
    } gaps[8]; /* ids below seen that were left out; the oldest go first */
    size_t n_gaps;

    struct kt_budget resets, controls;
    uint64_t now_ns;
    bool got_goaway;
    int32_t goaway_last; /* of the peer's */
    bool nomem;          /* a callback ran out of memory */
    bool flooded;        /* a budget was overdrawn */
    bool failed;
    char why[128];
};

/* callbacks.c */
void kt_conn_callbacks(nghttp2_session_callbacks *cb);
ssize_t kt_conn_read(nghttp2_session *session, int32_t id, uint8_t *buf,
                     size_t length, uint32_t *flags,
                     nghttp2_data_source *source, void *user);
struct kt_conn_event *kt_conn_record(struct kt_conn *c, enum kt_conn_kind kind,
                                     struct kt_conn_stream *s);
bool kt_budget_spend(struct kt_budget *b, uint64_t now_ns);

/* streams.c */
struct kt_conn_stream *kt_conn_stream_new(struct kt_conn *c);
void kt_conn_stream_free(struct kt_conn_stream *s);
void kt_conn_bury(struct kt_conn_stream *s); /* closed and released */
bool kt_conn_start_waiting(struct kt_conn *c);
bool kt_conn_submit_trailers(struct kt_conn_stream *s);

/* conn.c */
void kt_conn_fail(struct kt_conn *c, const char *why);

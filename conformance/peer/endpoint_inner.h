/* What the files of the endpoint share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/endpoint.h"
#include "peer/writer_inner.h"

/* What waits on a stream for the SUT's windows. */
struct kt_ep_item {
    struct kt_ep_item *next;
    bool is_block;        /* trailers */
    bool end_stream;      /* behind the last byte */
    struct kt_wire wire;  /* of the line: its cuts, which are owned */
    struct kt_wopts o;    /* without its cursors, but for hpack.raw */
    struct kt_buf bytes;  /* DATA: of the message; block: hpack.raw */
    size_t at;            /* written so far */
    struct kt_hlist list; /* block */
};

struct kt_ep_stream {
    uint32_t id;
    int64_t given, used; /* increments of the SUT, DATA of ours */
    bool ended, reset;   /* by bytes of ours */
    bool closing;        /* the end stands in the queue, or is out */
    bool sut_reset;
    struct kt_ep_item *first, *last;
};

/* Bytes on their way out, in order. */
struct kt_ep_job {
    struct kt_ep_job *next;
    struct kt_written w;
    uint64_t round; /* repeats that are out */
    size_t at;      /* bytes of this round that are out */
    size_t cut;     /* cuts of this round that are behind */
};

struct kt_endpoint {
    struct kt_endpoint_opts opts;
    struct kt_log log;
    struct kt_observer *own, *sut;
    size_t seen; /* entries of the log that were looked at */
    struct kt_deflate *deflate;
    struct kt_ep_stream *v; /* by id, ascending */
    size_t n, cap;
    size_t waiting; /* streams with something in their queues */
    struct kt_ep_job *first, *last;
    struct kt_buf automatic; /* frames of its own that wait */
    struct kt_buf segment;   /* given out last */
    bool connected, shut, sut_closed, stalled;
    bool block_open;         /* in what was queued for writing */
    uint64_t sent, acked;    /* SETTINGS, and the SUT's acks */
    uint64_t held;           /* SETTINGS among the automatic frames */
    uint64_t sut_sent, acks; /* SETTINGS of the SUT, and our acks */
    uint32_t next_id, last_id;
    int64_t given, used; /* window of the connection */
    uint32_t sut_initial;
};

struct kt_ep_stream *kt_ep_stream(struct kt_endpoint *ep, uint32_t id);
const struct kt_ep_stream *kt_ep_find(const struct kt_endpoint *ep,
                                      uint32_t id);
/* Put what was written on its way, with its effects on windows and states.
 * Takes what *w holds. */
void kt_ep_put(struct kt_endpoint *ep, struct kt_written *w);
/* A frame of its own, as soon as no header block is open. */
void kt_ep_automatic(struct kt_endpoint *ep, const struct kt_frame_rec *f);
void kt_ep_flush_automatic(struct kt_endpoint *ep);

/* --- endpoint_queue.c --- */
void kt_ep_pump(struct kt_endpoint *ep);
void kt_ep_drop(struct kt_endpoint *ep, struct kt_ep_stream *s);

/* --- endpoint_out.c --- */
void kt_ep_jobs_free(struct kt_endpoint *ep);

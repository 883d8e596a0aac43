/* What the files of the observer share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/hpack.h"
#include "peer/observe.h"
#include "wire/prefix.h"

/* One stream, as far as this direction writes it. */
struct kt_obs_stream {
    uint32_t id;
    bool headed; /* its headers (final ones) have passed */
    bool ended;  /* END_STREAM */
    bool reset;
    uint8_t prefix[KT_PREFIX_LEN];
    size_t nprefix;     /* bytes of it that are there */
    uint32_t left;      /* body bytes still to come */
    struct kt_rec *msg; /* the message that grows, NULL between two */
    bool dropped;       /* it can't be kept: its bytes are only counted */
};

/* SETTINGS of the reader that this side has not acked yet, oldest first. */
struct kt_obs_pending {
    bool given; /* a table size stands in it */
    uint32_t table;
    uint64_t times; /* so many in a row without one */
};

struct kt_observer {
    struct kt_log *log;
    bool to_server;
    struct kt_observer *other; /* NULL: alone */
    struct kt_observed state;
    struct kt_buf in; /* the frame that is not all there */
    size_t skip;      /* bytes of a frame that is too long */
    uint64_t now_ns;
    struct kt_obs_stream *v; /* by id, ascending */
    size_t n, cap;
    /* the header block that is open, or is being finished */
    struct kt_rec *block_frame; /* NULL: PUSH_PROMISE, or the log is full */
    uint32_t block_stream;
    bool block_end;    /* its HEADERS has END_STREAM */
    bool block_push;   /* it belongs to a PUSH_PROMISE */
    bool block_closed; /* it came behind the end of its stream */
    struct kt_buf block;
    struct kt_inflate *hpack; /* NULL: lost */
    /* what the reader's SETTINGS say */
    uint32_t max_frame; /* the largest so far */
    uint32_t table;
    struct kt_obs_pending *pending;
    size_t npending, cap_pending;
    bool fold;
    struct kt_rec *last; /* frame */
};

struct kt_obs_stream *kt_obs_stream(struct kt_observer *o, uint32_t id);
void kt_obs_fault(struct kt_observer *o, uint32_t stream, struct kt_err err);
struct kt_rec *kt_obs_event(struct kt_observer *o, enum kt_ev kind,
                            uint32_t stream);

/* --- observe_grpc.c: what frames make --- */
void kt_obs_data(struct kt_observer *o, const struct kt_frame_rec *f);
/* A block is complete, its fields stand in *fields (NULL: lost). */
void kt_obs_block(struct kt_observer *o, const struct kt_hlist *fields);
void kt_obs_reset(struct kt_observer *o, const struct kt_frame_rec *f);
/* Nothing more comes on this stream. */
void kt_obs_over(struct kt_observer *o, struct kt_obs_stream *s);

/* --- observe_set.c: SETTINGS --- */
void kt_obs_settings(struct kt_observer *o, const struct kt_frame_rec *f);

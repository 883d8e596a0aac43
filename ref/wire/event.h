/* The event record: one thing that happened on a connection, and its line of
 * text. The same line stands in traces, golden vectors, scenarios and reports.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/frame.h"
#include "wire/hlist.h"

enum kt_ev {
    KT_EV_FRAME,   /* upper case: a frame, "DATA stream=1 flags=+END_STREAM
                      length=0" */
    KT_EV_PREFACE, /* the client's 24 bytes, "BYTES \"PRI * …\"" */
    KT_EV_CONNECT, /* "CONNECT" */
    KT_EV_CLOSE,   /* "CLOSE fin" or "CLOSE rst" */
    /* lower case: what gRPC makes of the frames */
    KT_EV_HEADERS, /* "headers stream=1 :method=POST …" */
    KT_EV_MESSAGE, /* "message stream=1 compressed=0 length=10 payload=hex:0b…"
                    */
    KT_EV_HALF_CLOSE, /* "half-close stream=1" */
    KT_EV_TRAILERS,   /* "trailers stream=1 grpc-status=0 grpc-message=\"\"" */
    KT_EV_RESET,      /* "reset CANCEL stream=1" */
};

/* Cursors and the list are borrowed from whoever made the record. */
struct kt_event {
    enum kt_ev kind;
    uint32_t stream;
    struct kt_frame_rec frame;     /* FRAME */
    const struct kt_hlist *fields; /* HEADERS, TRAILERS; FRAME of type HEADERS
                                      when its block is complete, else NULL */
    struct kt_cur body;            /* MESSAGE: payload as on the wire */
    bool compressed;               /* MESSAGE */
    uint32_t length;               /* MESSAGE: as its prefix says */
    uint32_t code;                 /* RESET */
    bool reset;                    /* CLOSE */
    bool trailers_only;            /* TRAILERS */
};

/* Append one line without '\n'; payloads longer than max_bytes are cut and
 * marked "…(+N)". False as kt_buf_put. Values with characters other than those
 * of a bare word are in double quotes with JSON escapes. */
bool kt_event_print(struct kt_buf *dst, const struct kt_event *ev,
                    size_t max_bytes);

/* Parse what print wrote (uncut). The record and its cursors stand in *store,
 * which must outlive it. BAD: SYNTAX, UNKNOWN; at is the column. */
struct kt_event_store {
    struct kt_buf bytes;
    struct kt_hlist fields;
};
enum kt_step kt_event_parse(const char *line, struct kt_event_store *store,
                            struct kt_event *ret, struct kt_err *reterr);

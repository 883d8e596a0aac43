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

/* Cursors and the list are borrowed from whoever made the record. A frame that
 * was not read from bytes has frame.payload.p NULL; then its fields count, and
 * head.length only where it is printed (DATA, unknown types, header blocks). */
struct kt_event {
    enum kt_ev kind;
    uint32_t stream;               /* of a frame: as frame.head.stream */
    struct kt_frame_rec frame;     /* FRAME */
    const struct kt_hlist *fields; /* HEADERS, TRAILERS; FRAME of type HEADERS
                                      when its block is complete, else NULL */
    struct kt_cur body;            /* MESSAGE: payload as on the wire */
    bool compressed;               /* MESSAGE */
    uint32_t length;               /* MESSAGE: as its prefix says */
    uint32_t code;                 /* RESET */
    bool reset;                    /* CLOSE */
    bool trailers_only;            /* TRAILERS: its fields have :status */
};

/* Append one line without '\n'; payloads longer than max_bytes are cut and
 * marked "…(+N)". False, with nothing appended, as kt_buf_put.
 *
 *   DATA stream=1 flags=+END_STREAM,+PADDED length=8 pad=2 data=hex:6869…
 *   HEADERS stream=1 flags=+END_STREAM,+END_HEADERS depends=0 exclusive=no
 *           weight=15 :method=POST …       or, without fields: length= hpack=
 *   CONTINUATION stream=1 flags=+END_HEADERS length=2 hpack=hex:8286
 *   PRIORITY stream=3 depends=1 exclusive=yes weight=15
 *   RST_STREAM stream=1 code=CANCEL        a code without a name is a number
 *   SETTINGS initial-window=65535 0x10=1   or SETTINGS ack=yes
 *   PUSH_PROMISE stream=1 flags=+END_HEADERS promised=2 length=6 hpack=hex:82
 *   PING ack=yes data=0102030405060708
 *   GOAWAY last=1 code=NO_ERROR data="graceful shutdown"
 *   WINDOW_UPDATE stream=0 increment=100
 *   FRAME type=0x55 stream=1 flags=+0x1 length=1 data=hex:00
 *   RST_STREAM stream=1 length=3 payload=hex:000000     a payload that its type
 *           cannot be read from
 *   message stream=1 compressed=0 length=10 payload=hex:0b00…
 *   reset CANCEL stream=1
 *
 * stream=0 is left out where 0 is the rule. reserved=yes shows the R bit. A
 * value that is no bare word (letters, digits, "_./:+-", without ".." and not
 * looking like bytes) is in double quotes with JSON escapes; one that is not
 * UTF-8 is hex:. A header name that is also the name of a field of these lines
 * is in double quotes. */
bool kt_event_print(struct kt_buf *dst, const struct kt_event *ev,
                    size_t max_bytes);

/* What a parsed record borrows from. Zeroed or init'ed before the first use;
 * each parse replaces what it held. */
struct kt_event_store {
    struct kt_buf bytes; /* of words */
    struct kt_buf built; /* a frame's payload made from fields */
    struct kt_hlist fields;
};
void kt_event_store_init(struct kt_event_store *store);
void kt_event_store_fini(struct kt_event_store *store);

/* Parse what print wrote (uncut). The record and its cursors stand in *store,
 * which must outlive it. A header block is parsed to its fields, not to bytes.
 *   DONE  printing *ret gives the same line
 *   BAD   SYNTAX, UNKNOWN, DUPLICATE, MISSING, RANGE, or NOMEM; at is the
 *         offset in the line; *ret is undefined */
enum kt_step kt_event_parse(const char *line, struct kt_event_store *store,
                            struct kt_event *ret, struct kt_err *reterr);

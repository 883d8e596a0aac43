/* Wire lines to bytes: any frame with any field, legal or not.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/deflate.h"
#include "script/scn.h"
#include "wire/frame.h"

/* What a line stands for where it says nothing. */
struct kt_write_how {
    uint32_t stream;              /* without stream= */
    const struct kt_hlist *canon; /* headers, trailers: canonical; NULL: empty
                                   */
    struct kt_cur payload;        /* message M, encoded */
    bool packed;                  /* so is its flag, without compressed= */
    bool end_stream;              /* canonical: the frame has END_STREAM */
    uint32_t last;                /* GOAWAY without last= */
    uint32_t code;                /* RST_STREAM, GOAWAY without code= */
    uint32_t max_frame;           /* where the judge cuts by itself; 0: 16384 */
    /* "stream=b", "last=b": id of a stream by its name, 0 when it has none.
     * May be NULL. */
    uint32_t (*stream_of)(void *ctx, const char *name);
    void *ctx;
};

/* Fields on wire lines, by frame (docs/scenarios.md):
 *   all          stream= flags= reserved= length= payload=
 *   DATA         data= pad=             HEADERS, PUSH_PROMISE  pad= hpack=
 *   PRIORITY     depends= exclusive= weight= (HEADERS too), data=
 *   RST_STREAM   code=                  PUSH_PROMISE promised=
 *   SETTINGS     ack= and settings by name or number
 *   PING         ack= data=             GOAWAY last= code= data=
 *   WINDOW_UPDATE increment=            CONTINUATION data= hpack=
 *   FRAME        type= data=
 *   message      compressed= length= payload= pad=
 * payload= is the whole payload as it stands. length= without data= or payload=
 * makes the payload that long (cut, or filled with zeros); beside them only the
 * head says it. flags=+A,-B changes the flags that the frame would have; names
 * or numbers. In HEADERS, PUSH_PROMISE, CONTINUATION, headers and trailers all
 * other names are header fields. cut=frame counts bytes of the message, of
 * data= or of the header block; cut=segment counts bytes of the message or,
 * for all other lines, of what is written. */

/* What one line, written once, is. Owns its memory. */
struct kt_written {
    struct kt_buf bytes;
    size_t *cuts; /* ends of segments inside bytes, ascending */
    size_t ncuts;
    bool raw;        /* BYTES: not necessarily frames */
    uint64_t repeat; /* so many times */
};
void kt_written_init(struct kt_written *w);
void kt_written_fini(struct kt_written *w);

/* Append the line to *ret. False for lines that write no bytes (CONNECT, CLOSE,
 * STALL, TT, THRIFT) and nothing is done. A repeated header block uses no
 * table, so that it can be repeated. */
bool kt_write_line(const struct kt_wire *w, const struct kt_write_how *how,
                   struct kt_deflate *d, struct kt_written *ret);

/* The parts of it, for what is queued first and written later. */
/* The encoded message as the line has it: prefix and payload, with compressed=,
 * length=, payload= and part=. w may be NULL. */
void kt_write_message(const struct kt_wire *w, const struct kt_write_how *how,
                      struct kt_buf *dst);
/* Put the line's fields over a canonical list: name=value replaces what has
 * that name, in its place, or is added; "no name" removes; ~ * !V keep it. */
void kt_write_override(struct kt_hlist *list, const struct kt_wire *w);
/* The value that the judge writes for a pattern: *ret is its text (a RANGE's
 * lower end stands in num). False: the canonical one. */
bool kt_write_value(const struct kt_pat *p, char num[24], struct kt_cur *ret);

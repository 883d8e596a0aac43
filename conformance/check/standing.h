/* Standing checks: what must hold of everything the SUT writes, in every case,
 * without a line for it. Fed with the events of both directions of one
 * connection, in the order in which the judge saw or wrote them.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "check/flow.h"
#include "wire/event.h"

/* X(id, statement): the rules that only standing checks judge. Others that they
 * name (CONN-10, CONN-11, FLOW-12, HDR-2, …) have their text in the catalogue.
 */
#define KT_STANDING_RULES(X)                                                   \
    X("STD-1", "Every frame has the length, the stream and the padding that "  \
               "its type allows.")                                             \
    X("STD-2", "A connection begins with the preface (client) and a SETTINGS " \
               "frame that is no ack.")                                        \
    X("STD-3", "A header block is contiguous.")                                \
    X("STD-4", "SETTINGS values are in range, and only what was sent is "      \
               "acked.")                                                       \
    X("STD-5", "A client's stream ids are odd and ascend.")                    \
    X("STD-6", "Frames are sent only on streams that the client opened.")      \
    X("STD-7", "Nothing follows the end of a stream or its reset.")            \
    X("STD-8", "No frame is longer than the peer's max-frame.")                \
    X("STD-9", "Header lists are well formed: lower case, pseudo-header "      \
               "fields first, once and of the right kind.")                    \
    X("STD-10", "A window never grows beyond 2^31-1.")                         \
    X("STD-11", "A response has its headers once, and before its messages.")   \
    X("STD-12", "grpc-status stands once, as a number, where END_STREAM is.")  \
    X("STD-13", "A server's stream ends with trailers, and only there.")       \
    X("STD-14", "Every message is whole when its stream ends.")                \
    X("STD-15", "The last stream of a GOAWAY never rises.")                    \
    X("STD-16", "Nobody pushes.")                                              \
    X("STD-17", "A client has no more streams than the server's "              \
                "max-concurrent.")                                             \
    X("STD-18", "A client that has read a GOAWAY opens no stream on that "     \
                "connection.")                                                 \
    X("STD-19", "A server answers no stream above the last of its GOAWAY.")    \
    X("STD-20", "A content-length is the sum of the DATA.")

struct kt_std_stream {
    uint32_t id;
    bool opened;     /* the client has sent HEADERS */
    bool touched;    /* the other side has sent something on it */
    bool sut_ended;  /* END_STREAM from the SUT */
    bool sut_reset;  /* RST_STREAM from the SUT */
    bool peer_ended; /* END_STREAM from the other side */
    bool peer_reset;
    bool headed;     /* the SUT's headers (a response's final ones) were seen */
    bool trailed;    /* its trailers too */
    bool packed;     /* grpc-encoding other than identity was announced */
    bool bare_end;   /* a server ended it with DATA */
    bool http_error; /* the answer is HTTP's, not gRPC's: its DATA is no message
                      */
    bool sized;      /* content-length was announced: */
    uint64_t size;
    uint64_t body;       /* bytes of DATA without padding, of the SUT */
    struct kt_flow flow; /* what the SUT may still send */
    struct kt_flow peer; /* what it has let its peer send */
};

enum { KT_STD_PINGS = 64 };

/* Payloads of PING that wait for an ack; equal ones are counted. */
struct kt_std_ping {
    uint8_t data[8];
    size_t times;
};

struct kt_standing;
/* rule is one of the ids; text one clause. */
typedef void kt_standing_fn(void *ctx, const char *rule, const char *text);

struct kt_standing {
    bool sut_is_server;
    kt_standing_fn *fn;
    void *ctx;
    /* the SUT's frames */
    bool begun, settled; /* the preface, then SETTINGS were seen */
    uint32_t block;      /* stream of an open header block, 0 if none */
    uint32_t last_id;    /* highest stream id opened */
    bool goaway;
    uint32_t goaway_last;
    size_t draining; /* acks of SETTINGS until it has read a GOAWAY for sure */
    bool drains;     /* it has */
    bool damaged;    /* not decodable any more: nothing is checked */
    /* what was asked of it and is open */
    struct kt_settings_line asked; /* the judge's SETTINGS, acked in order */
    struct kt_std_ping pings[KT_STD_PINGS];
    size_t npings;
    bool pings_lost; /* there were more kinds than that */
    struct kt_flow conn, peer_conn;
    uint32_t peer_initial;   /* initial window that the SUT announced */
    struct kt_std_stream *v; /* by id, ascending */
    size_t n, cap;
};

void kt_standing_init(struct kt_standing *s, bool sut_is_server,
                      kt_standing_fn *fn, void *ctx);
void kt_standing_fini(struct kt_standing *s);
void kt_standing_on(struct kt_standing *s, bool from_sut,
                    const struct kt_event *ev);
/* The observer could not make sense of the SUT's bytes, on that stream. */
void kt_standing_broken(struct kt_standing *s, uint32_t stream,
                        const struct kt_err *err);
/* All that was asked must have been answered by now (after a fence). */
void kt_standing_settle(struct kt_standing *s);

/* Used by its parts (standing_*.c). */
__attribute__((format(printf, 3, 4))) void
kt_standing_say(struct kt_standing *s, const char *rule, const char *fmt, ...);
struct kt_std_stream *kt_standing_stream(struct kt_standing *s, uint32_t id);
void kt_standing_frame(struct kt_standing *s, const struct kt_frame_rec *f);
void kt_standing_peer_frame(struct kt_standing *s,
                            const struct kt_frame_rec *f);
void kt_standing_grpc(struct kt_standing *s, const struct kt_event *ev);

/* The man in the middle of one connection: bytes of both directions to frames,
 * field lists and messages, a mutant's function on them, and bytes again. No
 * I/O, no clock. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/frame.h"
#include "wire/hlist.h"

enum kt_way { KT_OUT, KT_IN }; /* from the SUT, to the SUT */
enum { KT_WAY_OUT = 1 << KT_OUT, KT_WAY_IN = 1 << KT_IN };

enum kt_seam {
    KT_SEAM_FRAME = 1,     /* all but header blocks */
    KT_SEAM_FIELDS = 2,    /* whole header blocks; all of that way are written
                              anew, as literals */
    KT_SEAM_BROKEN = 4,    /* a header block that cannot be decoded */
    KT_SEAM_MESSAGE = 8,   /* whole messages up to KT_MITM_HOLD bytes */
    KT_SEAM_REST = 16,     /* bytes of an unfinished message at the end of its
                              stream */
    KT_SEAM_TURN = 32,     /* the driver protocol: selftest/turn.h */
    KT_SEAM_WRITE = 64,    /* bytes as they are written: none but cut them */
    KT_SEAM_END = 128,     /* the end of a way's bytes; 0 times: unnoticed */
    KT_SEAM_OPENING = 256, /* what has come of a connection that has not begun
                              with a whole preface; once for each piece */
    KT_SEAM_LONG = 512,    /* the head of a frame above the limit */
};

enum {
    KT_MITM_HOLD = 60100, /* longer messages pass as they are */
    KT_MITM_STREAMS = 4096,
};

/* What is known of one stream; ways are enum kt_way. */
struct kt_mstream {
    struct kt_mstream *next;
    uint32_t id;
    unsigned nth; /* of its connection, from 0, in order of coming */
    char path[64];
    bool timed; /* its request has a grpc-timeout */
    unsigned blocks[2];
    unsigned messages[2];
    uint64_t bytes[2]; /* of DATA */
    bool ended[2];
    bool reset[2];
    /* For a mutant's function. */
    bool swallow[2]; /* nothing more of it passes this way */
    uint64_t note;
    struct kt_buf held; /* frames, not yet written */
    /* Of the message seam. */
    struct kt_buf part[2];
    uint64_t through[2]; /* bytes of a long message still to pass */
};

struct kt_mutant;
struct kt_mitm;

/* One thing at a seam. A function changes it in place. */
struct kt_unit {
    struct kt_mitm *mitm;
    enum kt_seam seam;
    enum kt_way way;
    bool request;         /* client to server */
    struct kt_mstream *s; /* NULL on stream 0 */
    unsigned nth; /* FIELDS, MESSAGE: on its stream and way; FRAME: of its type
                     on its way of the connection; OPENING: pieces before it;
                     from 0 */
    struct kt_fhead head;  /* FRAME; its length follows from bytes. FIELDS,
                              MESSAGE, REST: stream, and END_STREAM in flags */
    struct kt_hlist *list; /* FIELDS */
    bool trailers;         /* FIELDS: ends a response */
    bool response;         /* FIELDS: has :status */
    size_t fragments;      /* FIELDS, BROKEN: frames that it came in */
    struct kt_buf *bytes;  /* FRAME: payload. MESSAGE: prefix and body. REST,
                              BROKEN, OPENING: bytes */
    /* What becomes of it. */
    unsigned times; /* 1; 0 drops it, but not its END_STREAM; OPENING, LONG: and
                       all that comes behind it */
    uint64_t delay_ns;
    size_t cut;    /* FIELDS: bytes to a frame, 0: as many as fit; MESSAGE the
                      same, and it may be above the limit */
    uint8_t pad;   /* FRAME: of DATA; FIELDS: of HEADERS */
    bool priority; /* FIELDS: HEADERS has one */
    const char *lead; /* FIELDS: hex digits of bytes ahead of the block */
};

struct kt_later;

struct kt_mitm_way {
    struct kt_buf in;  /* not yet read */
    struct kt_buf out; /* to be written */
    bool begun;        /* the preface is behind us */
    bool blind;        /* not HTTP/2, or not any more: bytes pass */
    bool deaf;         /* no byte passes any more */
    unsigned pieces;   /* that came before the preface was whole */
    struct kt_inflate *z;
    struct kt_buf block; /* an unfinished header block: fragments */
    struct kt_buf raw;   /* its frames */
    struct kt_fhead block_head;
    size_t fragments;
    unsigned seen[256]; /* frames by type */
    unsigned acks;      /* of SETTINGS */
    bool own;           /* a mutant has put a SETTINGS frame of its own */
    bool unnoticed;     /* the other side is not told of this way's end */
    uint32_t window;    /* initial window that this way's writer announced */
    uint32_t places; /* streams at a time that it allows; 0: it said nothing */
};

struct kt_mitm {
    const struct kt_mutant *mutant;
    bool sut_is_client;
    struct kt_mitm_way way[2];
    struct kt_mstream *streams;
    unsigned nstreams;
    struct kt_buf after; /* frames behind the unit at hand */
    struct kt_later *later;
    uint64_t now_ns;
    bool abort; /* close the connection, both ends */
    bool crash; /* close all connections of that server, or to it */
};

/* mutant is kept by reference. */
struct kt_mitm *kt_mitm_new(const struct kt_mutant *mutant, bool sut_is_client);
void kt_mitm_free(struct kt_mitm *m); /* accepts NULL */
/* Bytes that came this way. What is to be written stands in way[…].out of both
 * ways: take it with kt_buf_view and kt_buf_clear. */
void kt_mitm_feed(struct kt_mitm *m, enum kt_way way, struct kt_cur bytes,
                  uint64_t now_ns);
/* No more bytes come this way: what was held back is written. */
void kt_mitm_end(struct kt_mitm *m, enum kt_way way);
/* When kt_mitm_tick has something to write; UINT64_MAX: never. */
uint64_t kt_mitm_due(const struct kt_mitm *m);
void kt_mitm_tick(struct kt_mitm *m, uint64_t now_ns);

/* For mutants' functions: a frame right now, behind the unit at hand (on its
 * way), or later. */
void kt_mitm_put(struct kt_mitm *m, enum kt_way way, struct kt_fhead head,
                 struct kt_cur payload);
void kt_mitm_put_after(struct kt_unit *u, struct kt_fhead head,
                       struct kt_cur payload);
void kt_mitm_put_later(struct kt_mitm *m, enum kt_way way, uint64_t delay_ns,
                       struct kt_fhead head, struct kt_cur payload);
/* Forget what is to be written later on that stream and way. */
void kt_mitm_forget(struct kt_mitm *m, enum kt_way way, uint32_t stream);
/* A header block of literals; pairs is a NULL-ended list of names and values.
 */
void kt_mitm_put_fields(struct kt_mitm *m, enum kt_way way, uint32_t stream,
                        bool end_stream, const char *const *pairs);
static inline enum kt_way kt_way_back(enum kt_way way)
{
    return way == KT_OUT ? KT_IN : KT_OUT;
}

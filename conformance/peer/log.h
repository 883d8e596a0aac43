/* The log of one connection: everything that either side wrote, as events that
 * are owned and stay where they are. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/event.h"

enum kt_rec_kind {
    KT_REC_FRAME, /* ev.kind is FRAME, PREFACE, CONNECT or CLOSE */
    KT_REC_GRPC,  /* ev.kind is HEADERS, MESSAGE, HALF_CLOSE, TRAILERS, RESET */
    KT_REC_FAULT, /* err says what was wrong with the bytes so far; ev is empty
                     but for its stream */
};

/* One entry. It never moves and lives as long as its log; so do the bytes that
 * ev points to, but for a message that still grows: the cursor of its body
 * moves then (look at ev again).
 *
 * The frame comes before the events that it makes. A HEADERS frame has fields
 * once its block is complete, also when CONTINUATION completes it. A message
 * stands in the log from its first byte: while its prefix is not all there,
 * ev.length is UINT32_MAX. A frame longer than KT_LOG_KEEP has no payload
 * (payload.p is NULL, its fields and head are right). */
struct kt_rec {
    enum kt_rec_kind kind;
    bool to_server; /* direction */
    bool open;      /* MESSAGE: not whole, and its stream can still go on */
    bool interim;   /* HEADERS: of an informational response, 1xx */
    struct kt_event ev;
    struct kt_err *err;  /* FAULT */
    uint64_t at_ns;      /* when its first byte came, or was written */
    uint64_t end_ns;     /* when it was complete */
    uint64_t seq;        /* index in kt_log.v */
    uint64_t times;      /* equal frames in a row that this one stands for; more
                            than 1 only for those of a repeated line of ours */
    struct kt_rec *next; /* of the same stream and direction */
    /* Room for whoever matches; the log never looks at it. */
    bool taken, read, allowed;
    void *tag;
    /* the log's own */
    struct kt_hlist *list;
    uint8_t *own;
    size_t own_cap;
};

enum {
    KT_LOG_KEEP = 4096,             /* payload bytes of a frame */
    KT_LOG_MAX_MESSAGE = 256 << 20, /* body bytes of one message */
    KT_LOG_MAX_BYTES = 512 << 20,   /* of all that is kept */
    KT_LOG_MAX_RECS = 8 << 20,
};

/* First and last entries of one stream, by direction (1: to the server). */
struct kt_log_stream {
    uint32_t id;
    struct kt_rec *first[2], *last[2];
};

struct kt_log {
    struct kt_rec **v; /* in order of appearance */
    size_t n, cap;
    /* The same entries in order of completion: a message when it is whole or
     * will never be, all others at once. For checks that look at each once. */
    struct kt_rec **done;
    size_t ndone, cap_done;
    struct kt_log_stream *streams; /* by id, ascending */
    size_t nstreams, cap_streams;
    uint64_t changes; /* moves with every entry and every byte of a message */
    size_t bytes;
    bool full; /* a limit was reached, nothing more is kept: the last entry is
                  a FAULT that says so */
};

void kt_log_init(struct kt_log *log);
void kt_log_fini(struct kt_log *log);

/* Entries that no bytes stand for. */
void kt_log_connect(struct kt_log *log, uint64_t now_ns);
/* The first entry of a stream (0: the connection) in one direction, then
 * ->next. NULL if none. */
struct kt_rec *kt_log_first(const struct kt_log *log, uint32_t stream,
                            bool to_server);
/* One line, without '\n': "> message stream=1 …", "< ! COMPRESSION H2-34 …".
 * Payloads longer than max_bytes are cut. False as kt_buf_put. */
bool kt_rec_print(struct kt_buf *dst, const struct kt_rec *r, size_t max_bytes);

/* --- for the observer --- */
/* Append. The event and a frame's payload are copied, its fields are not; a
 * message begins empty and open. NULL when the log is full. */
struct kt_rec *kt_log_put(struct kt_log *log, enum kt_rec_kind kind,
                          bool to_server, const struct kt_event *ev,
                          uint64_t now_ns);
void kt_log_fault(struct kt_log *log, bool to_server, uint32_t stream,
                  const struct kt_err *err, uint64_t now_ns);
/* r gets this list (it takes what *list holds); another entry shows it too. */
void kt_log_fields(struct kt_log *log, struct kt_rec *r, struct kt_hlist *list);
/* A message grows; false when it is too long or the log is full. */
bool kt_log_grow(struct kt_log *log, struct kt_rec *r, struct kt_cur bytes,
                 uint64_t now_ns);
/* A message is whole, or its stream is over. */
void kt_log_done(struct kt_log *log, struct kt_rec *r, uint64_t now_ns);

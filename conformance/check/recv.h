/* The judge's own receiver: what an application would get from a tape.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/outcome.h"
#include "check/tape.h"

struct kt_rx {
    bool server;     /* reads requests */
    bool to_the_end; /* one answer, and only when the end is OK */
    size_t next;     /* first entry that was not read */
    bool ended;      /* the terminal result, which repeats from memory */
    struct kt_got end;
    struct kt_got held; /* to_the_end: the message that waits for the end */
};

void kt_rx_init(struct kt_rx *rx, bool server, bool to_the_end);
void kt_rx_fini(struct kt_rx *rx);
/* The next result; entries that give it are marked READ. stream may be NULL
 * (not bound yet), so may connection. MORE: nothing yet. Never BAD: what cannot
 * be decoded is an error in *ret. id is the stream's, for GOAWAY. */
enum kt_step kt_rx_next(struct kt_rx *rx, struct kt_tape *stream,
                        struct kt_tape *connection, uint32_t id,
                        const struct kt_shape *shape, struct kt_got *ret);
/* A deadline of the judge's own: this is the terminal result from now on. */
void kt_rx_end(struct kt_rx *rx, uint32_t code, const char *text);

/* The status that trailers (or a response's error head) stand for. */
void kt_got_of_trailers(struct kt_got *ret, const struct kt_hlist *h);
/* Payload of a message entry, borrowed from the entry, or from room, where a
 * compressed one is unpacked; false with *ret_why when it cannot be. */
bool kt_entry_payload(const struct kt_entry *e, struct kt_buf *room,
                      struct kt_cur *ret, const char **ret_why);

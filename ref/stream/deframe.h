/* From the bytes of DATA to messages, however they were cut.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"

/* Holds what has come and was not taken. It never holds more than was put in,
 * so its memory is bounded by the window that the caller grants; a length in a
 * prefix allocates nothing (MSG-10). */
struct kt_deframe {
    struct kt_buf held;
    uint32_t max; /* largest message accepted, prefix not counted */
    size_t taken; /* bytes of the message that the last view is of */
};

struct kt_message {
    struct kt_cur body;
    bool packed; /* the compressed flag */
};

/* max_held bounds what is held: the window plus the largest message. */
void kt_deframe_init(struct kt_deframe *d, uint32_t max, size_t max_held);
void kt_deframe_fini(struct kt_deframe *d);

/* Content of DATA, any cut. False: above max_held, or out of memory. */
bool kt_deframe_put(struct kt_deframe *d, struct kt_cur data);
/* The next message. The view lives until the next put, next, drop or fini.
 *   DONE  *ret is set, the message is taken
 *   MORE  it is not all there
 *   BAD   as kt_prefix_decode; it stays so: the framing is lost */
enum kt_step kt_deframe_next(struct kt_deframe *d, struct kt_message *ret,
                             struct kt_err *reterr);
/* As next, but the message stays; *ret_size counts its prefix too. */
enum kt_step kt_deframe_peek(const struct kt_deframe *d, size_t *ret_size,
                             struct kt_err *reterr);
/* Would next be DONE or BAD? */
bool kt_deframe_ready(const struct kt_deframe *d);
/* The stream has ended and next has said MORE. DONE: between messages. BAD:
 * TRUNCATED, inside a prefix or a body (MSG-15, MSG-16). */
enum kt_step kt_deframe_end(const struct kt_deframe *d, struct kt_err *reterr);
/* Forget everything held. */
void kt_deframe_drop(struct kt_deframe *d);
/* Bytes held and not taken. */
size_t kt_deframe_size(const struct kt_deframe *d);

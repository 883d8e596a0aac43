/* What the files of the writer share, and the endpoint's queue.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/writer.h"

/* The options of a line: fields that are not header fields. */
struct kt_wopts {
    uint32_t stream;
    uint8_t flags_on, flags_off;
    bool reserved, ack, compressed, exclusive;
    bool has_stream, has_length, has_pad, has_priority, has_compressed;
    bool has_hpack, has_data, has_payload, has_code, has_last;
    uint8_t type, pad, weight;
    uint32_t length, code, last, increment, promised, depends;
    struct kt_hpack_how hpack;
    struct kt_cur data, payload;
};
void kt_wopts_read(const struct kt_wire *w, const struct kt_write_how *how,
                   struct kt_wopts *ret);
/* Is this field of the line a header field? */
bool kt_wopts_is_header(const struct kt_wire *w, const struct kt_field *f);
void kt_write_zeros(struct kt_buf *b, size_t n);
bool kt_write_number(struct kt_cur text, uint64_t *ret);

/* Append one frame; flags_on and flags_off have been applied. */
void kt_write_frame(struct kt_written *ret, struct kt_fhead head,
                    struct kt_cur payload);
void kt_written_cut(struct kt_written *w, size_t at);

/* DATA from bytes [lo, hi) of a message, by the line that cuts it (NULL: none);
 * last: the flags of the whole line are put on this frame. */
struct kt_data_piece {
    const struct kt_wire *w;
    const struct kt_wopts *o;
    struct kt_cur bytes; /* all of the message */
    size_t lo, hi;
    bool last;
    bool end_stream; /* canonical */
};
void kt_write_piece(struct kt_written *ret, const struct kt_data_piece *p);
/* Where the frame that begins at byte lo ends at the latest. */
size_t kt_write_piece_end(const struct kt_wire *w, size_t lo, size_t size,
                          size_t max_frame);

/* A header block as HEADERS or PUSH_PROMISE, and CONTINUATION. w cuts it. */
struct kt_block_want {
    const struct kt_wire *w;
    const struct kt_wopts *o;
    const struct kt_hlist *list;
    uint8_t type;
    bool end_stream;
    size_t max_frame;
};
void kt_write_block(struct kt_written *ret, const struct kt_block_want *b,
                    struct kt_deflate *d);
/* The fields of such a line over the canonical ones (NULL: none). HEADERS is
 * exactly what stands on the line; when nothing does, it is canonical too. */
void kt_write_list(const struct kt_wire *w, const struct kt_hlist *canon,
                   struct kt_hlist *ret);
/* A frame whose payload stands in *b, with the line's flags, payload= and
 * length= over it. Empties *b. exact: the author gave the bytes, so length= is
 * for the head alone. */
void kt_write_payload(struct kt_written *ret, const struct kt_wopts *o,
                      struct kt_fhead head, bool exact, struct kt_buf *b);

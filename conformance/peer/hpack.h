/* A header block to its fields and back, for whoever reads or writes frames by
 * hand. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/hlist.h"

/* One direction of one connection: blocks must come in order, each once. */
struct kt_inflate;
struct kt_inflate *kt_inflate_new(void);
void kt_inflate_free(struct kt_inflate *z); /* accepts NULL */
/* The reader of this direction has announced another table size. False out of
 * memory. */
bool kt_inflate_table(struct kt_inflate *z, uint32_t size);
/* Append the fields of one whole block to *ret.
 *   DONE  how each field was represented is in its index
 *   BAD   COMPRESSION: the block cannot be decoded, and neither can any that
 *         follows; TOO_BIG, TOO_MANY: *ret is full; NOMEM */
enum kt_step kt_inflate_block(struct kt_inflate *z, struct kt_cur block,
                              struct kt_hlist *ret, struct kt_err *reterr);

/* Append a block that needs and changes no table: every field literal, without
 * indexing (or never indexed, when its index says so), without Huffman code.
 * RFC 7541 6.2.2, 6.2.3. False as kt_buf_put. */
bool kt_hpack_literal(struct kt_buf *dst, const struct kt_hlist *list);
/* An integer of RFC 7541 5.1 with the given prefix, 1 to 8 bits; first holds
 * the bits above it. */
bool kt_hpack_int(struct kt_buf *dst, uint8_t first, unsigned prefix_bits,
                  uint64_t v);

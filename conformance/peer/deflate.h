/* Header fields to blocks: as any peer would, or in one exact representation.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/hlist.h"

enum kt_hpack_mode {
    KT_HP_NORMAL,       /* nghttp2's choice; the dynamic table is used */
    KT_HP_LITERAL,      /* literal without indexing, plain: 6.2.2 */
    KT_HP_NEVER,        /* literal never indexed, plain: 6.2.3 */
    KT_HP_NO_HUFFMAN,   /* static table where it fits, plain strings */
    KT_HP_TABLE_UPDATE, /* a table size update (6.3), then as LITERAL */
    KT_HP_INSERT,       /* literal with incremental indexing, plain: 6.2.1 */
    KT_HP_INDEX,        /* indexed (6.1) where static table or an earlier
                           INSERT allows it, else as LITERAL */
    KT_HP_EVICT,        /* the table is emptied by two size updates, then as
                           INSERT */
    KT_HP_RAW,          /* these bytes are the block */
};

struct kt_hpack_how {
    enum kt_hpack_mode mode;
    uint32_t table;    /* TABLE_UPDATE */
    struct kt_cur raw; /* RAW */
};

/* What hpack= says: "literal", "never-indexed", "no-huffman",
 * "table-update=N", "insert", "index", "evict"; everything else is RAW. */
struct kt_hpack_how kt_hpack_how_of(struct kt_cur text);

/* The writer of one direction of one connection. After TABLE_UPDATE, INSERT,
 * INDEX, EVICT or RAW its NORMAL blocks use the static table only, since the
 * other side's table is not ours any more. */
struct kt_deflate;
struct kt_deflate *kt_deflate_new(void);
void kt_deflate_free(struct kt_deflate *d); /* accepts NULL */
/* The reader has announced another table size. */
void kt_deflate_table(struct kt_deflate *d, uint32_t size);
/* As if a block had been written that cannot be followed. */
void kt_deflate_forget(struct kt_deflate *d);
/* Append one block. Names go out as they are, upper case too. */
void kt_deflate_block(struct kt_deflate *d, const struct kt_hlist *list,
                      const struct kt_hpack_how *how, struct kt_buf *dst);

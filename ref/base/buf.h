/* An owned, growing run of bytes with a hard limit.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/bytes.h"
#include "base/err.h"

/* Bytes [start, len) of p are held; what lies before start has been consumed.
 * limit bounds what is held. Zero-initialised with a limit is a valid empty
 * buffer. Views are valid until the next call that takes the buffer non-const.
 */
struct kt_buf {
    uint8_t *p;
    size_t start;
    size_t len;
    size_t cap;
    size_t limit;
};

void kt_buf_init(struct kt_buf *b, size_t limit);
void kt_buf_fini(struct kt_buf *b);  /* an empty buffer of the same limit */
void kt_buf_clear(struct kt_buf *b); /* keeps the memory */

/* Append. False, with nothing appended, above the limit or out of memory. */
bool kt_buf_put(struct kt_buf *b, const void *src, size_t n);
bool kt_buf_put_u8(struct kt_buf *b, uint8_t v);
bool kt_buf_put_u16(struct kt_buf *b, uint16_t v);
bool kt_buf_put_u24(struct kt_buf *b, uint32_t v);
bool kt_buf_put_u32(struct kt_buf *b, uint32_t v);
bool kt_buf_put_u64(struct kt_buf *b, uint64_t v);
bool kt_buf_puts(struct kt_buf *b, const char *s);
bool kt_buf_printf(struct kt_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for n more bytes at the end, uninitialised; NULL as put. The bytes count
 * as held. */
uint8_t *kt_buf_grow(struct kt_buf *b, size_t n);

static inline size_t kt_buf_size(const struct kt_buf *b)
{
    return b->len - b->start;
}

static inline struct kt_cur kt_buf_view(const struct kt_buf *b)
{
    return kt_cur_of(b->p ? b->p + b->start : b->p, b->len - b->start);
}

/* Drop n bytes off the front, n <= size. */
void kt_buf_eat(struct kt_buf *b, size_t n);

/* The content as a C string: a NUL is kept behind it. "" when empty, also when
 * out of memory. Valid until the next change. */
const char *kt_buf_cstr(struct kt_buf *b);

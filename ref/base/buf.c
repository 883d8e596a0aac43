/* Owned bytes with a limit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/alloc.h"
#include "base/must.h"
#include <stdarg.h>
#include <string.h>

void kt_buf_init(struct kt_buf *b, size_t limit)
{
    *b = (struct kt_buf){.limit = limit};
}

void kt_buf_fini(struct kt_buf *b)
{
    kt_free(b->p);
    kt_buf_init(b, b->limit);
}

void kt_buf_clear(struct kt_buf *b)
{
    b->start = b->len = 0;
}

/* Room for n more bytes and a NUL, which no limit counts. */
static bool room(struct kt_buf *b, size_t n)
{
    const size_t held = kt_buf_size(b);

    if (n > b->limit || held > b->limit - n)
        return false;
    if (b->len + n < b->cap)
        return true;
    if (b->start > 0) {
        memmove(b->p, b->p + b->start, held);
        b->start = 0;
        b->len = held;
        if (held + n < b->cap / 2)
            return true;
    }

    size_t cap = b->cap ? b->cap : 64;
    while (cap <= held + n)
        cap += cap / 2;
    uint8_t *p = kt_realloc(b->p, cap);
    if (p == NULL)
        return false;
    b->p = p;
    b->cap = cap;
    return true;
}

uint8_t *kt_buf_grow(struct kt_buf *b, size_t n)
{
    if (!room(b, n))
        return NULL;
    b->len += n;
    return b->p + b->len - n;
}

bool kt_buf_put(struct kt_buf *b, const void *src, size_t n)
{
    uint8_t *dst = kt_buf_grow(b, n);

    if (dst == NULL)
        return false;
    if (n > 0)
        memcpy(dst, src, n);
    return true;
}

bool kt_buf_put_u8(struct kt_buf *b, uint8_t v)
{
    return kt_buf_put(b, &v, 1);
}

bool kt_buf_put_u16(struct kt_buf *b, uint16_t v)
{
    uint8_t w[2];

    kt_poke_u16(w, v);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_buf_put_u24(struct kt_buf *b, uint32_t v)
{
    uint8_t w[3];

    kt_poke_u24(w, v);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_buf_put_u32(struct kt_buf *b, uint32_t v)
{
    uint8_t w[4];

    kt_poke_u32(w, v);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_buf_put_u64(struct kt_buf *b, uint64_t v)
{
    uint8_t w[8];

    kt_poke_u64(w, v);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_buf_puts(struct kt_buf *b, const char *s)
{
    return kt_buf_put(b, s, strlen(s));
}

bool kt_buf_printf(struct kt_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    must(n >= 0);
    if (!room(b, (size_t)n))
        return false;
    va_start(ap, fmt);
    vsnprintf((char *)b->p + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
    return true;
}

void kt_buf_eat(struct kt_buf *b, size_t n)
{
    must(n <= kt_buf_size(b));
    b->start += n;
    if (b->start == b->len)
        b->start = b->len = 0;
}

const char *kt_buf_cstr(struct kt_buf *b)
{
    if (!room(b, 0))
        return "";
    b->p[b->len] = 0;
    return (const char *)b->p + b->start;
}

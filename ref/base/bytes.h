/* Borrowed bytes with a read position, and big-endian access: the only place
 * that knows the byte order.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed, read-only run of bytes. Owns nothing. */
struct kt_cur {
    const uint8_t *p;
    const uint8_t *end;
};

static inline struct kt_cur kt_cur_of(const void *p, size_t n)
{
    const uint8_t *b = p;

    return (struct kt_cur){b, n ? b + n : b};
}

static inline size_t kt_cur_left(const struct kt_cur *c)
{
    return (size_t)(c->end - c->p);
}

/* Take n bytes off the front; the caller has checked that they are there. */
static inline struct kt_cur kt_cur_cut(struct kt_cur *c, size_t n)
{
    struct kt_cur head = {c->p, c->p + n};

    c->p += n;
    return head;
}

bool kt_cur_eq(struct kt_cur a, struct kt_cur b);
/* Equal to the characters of a C string. */
bool kt_cur_is(struct kt_cur c, const char *s);

static inline uint16_t kt_peek_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t kt_peek_u24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[2];
}

static inline uint32_t kt_peek_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           (uint32_t)p[3];
}

static inline uint64_t kt_peek_u64(const uint8_t *p)
{
    return (uint64_t)kt_peek_u32(p) << 32 | kt_peek_u32(p + 4);
}

static inline void kt_poke_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void kt_poke_u24(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)v;
}

static inline void kt_poke_u32(uint8_t *p, uint32_t v)
{
    kt_poke_u16(p, (uint16_t)(v >> 16));
    kt_poke_u16(p + 2, (uint16_t)v);
}

static inline void kt_poke_u64(uint8_t *p, uint64_t v)
{
    kt_poke_u32(p, (uint32_t)(v >> 32));
    kt_poke_u32(p + 4, (uint32_t)v);
}

/* Value of a hex digit, or -1. */
int kt_hex_digit(char c);

/* Read pairs of hex digits into dst (at most cap bytes) and return a cursor
 * over them. Stops at the first pair that is not hex, so "-" gives no bytes. */
struct kt_cur kt_unhex(uint8_t *dst, size_t cap, const char *hex);

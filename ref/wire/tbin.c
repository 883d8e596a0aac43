/* Thrift Binary, element by element.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/tbin.h"
#include <string.h>

const struct kt_tlimits kt_tlimits_default = {
    .max_string = 64u << 20, .max_count = 16u << 20, .max_depth = 64};

/* Bytes of a value whose size its type alone gives; 0 for all other types. */
static size_t fixed_size(uint8_t type)
{
    static const uint8_t size[] = {
        [KT_T_BOOL] = 1, [KT_T_I8] = 1,  [KT_T_DOUBLE] = 8,
        [KT_T_I16] = 2,  [KT_T_I32] = 4, [KT_T_I64] = 8,
    };

    return type < sizeof size ? size[type] : 0;
}

/* Least bytes that any value of a type takes; 0 when nothing has this id. */
static size_t least_size(uint8_t type)
{
    static const uint8_t size[] = {
        [KT_T_BOOL] = 1, [KT_T_I8] = 1,  [KT_T_DOUBLE] = 8, [KT_T_I16] = 2,
        [KT_T_I32] = 4,  [KT_T_I64] = 8, [KT_T_STRING] = 4, [KT_T_STRUCT] = 1,
        [KT_T_MAP] = 6,  [KT_T_SET] = 5, [KT_T_LIST] = 5,
    };

    return type < sizeof size ? size[type] : 0;
}

static enum kt_step bad(struct kt_err *reterr, enum kt_code code, size_t at)
{
    return kt_bad(reterr, code, KT_SCOPE_STREAM, at, NULL);
}

enum kt_step kt_tread_u8(struct kt_cur *in, uint8_t *ret, struct kt_err *reterr)
{
    (void)reterr;
    if (kt_cur_left(in) < 1)
        return KT_MORE;
    *ret = *in->p++;
    return KT_DONE;
}

enum kt_step kt_tread_i16(struct kt_cur *in, int16_t *ret,
                          struct kt_err *reterr)
{
    (void)reterr;
    if (kt_cur_left(in) < 2)
        return KT_MORE;
    *ret = (int16_t)kt_peek_u16(in->p);
    in->p += 2;
    return KT_DONE;
}

enum kt_step kt_tread_i32(struct kt_cur *in, int32_t *ret,
                          struct kt_err *reterr)
{
    (void)reterr;
    if (kt_cur_left(in) < 4)
        return KT_MORE;
    *ret = (int32_t)kt_peek_u32(in->p);
    in->p += 4;
    return KT_DONE;
}

enum kt_step kt_tread_i64(struct kt_cur *in, int64_t *ret,
                          struct kt_err *reterr)
{
    (void)reterr;
    if (kt_cur_left(in) < 8)
        return KT_MORE;
    *ret = (int64_t)kt_peek_u64(in->p);
    in->p += 8;
    return KT_DONE;
}

enum kt_step kt_tread_double(struct kt_cur *in, double *ret,
                             struct kt_err *reterr)
{
    int64_t bits;
    const enum kt_step s = kt_tread_i64(in, &bits, reterr);

    if (s == KT_DONE)
        memcpy(ret, &bits, sizeof bits);
    return s;
}

enum kt_step kt_tread_string(struct kt_cur *in, const struct kt_tlimits *lim,
                             struct kt_cur *ret, struct kt_err *reterr)
{
    if (kt_cur_left(in) < 4)
        return KT_MORE;

    const uint32_t n = kt_peek_u32(in->p);

    if (n > INT32_MAX)
        return bad(reterr, KT_E_RANGE, 0);
    if (n > lim->max_string)
        return bad(reterr, KT_E_TOO_BIG, 0);
    if (kt_cur_left(in) - 4 < n)
        return KT_MORE;
    in->p += 4;
    *ret = kt_cur_cut(in, n);
    return KT_DONE;
}

enum kt_step kt_tread_field(struct kt_cur *in, enum kt_ttype *ret_type,
                            int16_t *ret_id, struct kt_err *reterr)
{
    if (kt_cur_left(in) < 1)
        return KT_MORE;
    if (in->p[0] == KT_T_STOP) {
        *ret_type = KT_T_STOP;
        *ret_id = 0;
        in->p++;
        return KT_DONE;
    }
    if (least_size(in->p[0]) == 0)
        return bad(reterr, KT_E_TYPE, 0);
    if (kt_cur_left(in) < 3)
        return KT_MORE;
    *ret_type = (enum kt_ttype)in->p[0];
    *ret_id = (int16_t)kt_peek_u16(in->p + 1);
    in->p += 3;
    return KT_DONE;
}

/* The count of a container at p + at, and whether that many elements of at
 * least each bytes can stand in left bytes behind it. A count that the bytes
 * cannot hold must never reach an allocation. */
static enum kt_step count_at(const struct kt_cur *in, size_t at, size_t each,
                             const struct kt_tlimits *lim,
                             struct kt_err *reterr)
{
    const uint32_t n = kt_peek_u32(in->p + at);

    if (n > INT32_MAX)
        return bad(reterr, KT_E_RANGE, at);
    if (n > lim->max_count)
        return bad(reterr, KT_E_TOO_MANY, at);
    if (n > 0 && (kt_cur_left(in) - at - 4) / each < n)
        return KT_MORE;
    return KT_DONE;
}

/* Some writers give an empty container the element type 0. */
static bool elem_ok(const struct kt_cur *in, size_t at, size_t count_pos)
{
    return least_size(in->p[at]) > 0 ||
           (in->p[at] == KT_T_STOP && kt_peek_u32(in->p + count_pos) == 0);
}

enum kt_step kt_tread_list(struct kt_cur *in, const struct kt_tlimits *lim,
                           enum kt_ttype *ret_elem, uint32_t *ret_n,
                           struct kt_err *reterr)
{
    if (kt_cur_left(in) < 5)
        return KT_MORE;
    if (!elem_ok(in, 0, 1))
        return bad(reterr, KT_E_TYPE, 0);

    const enum kt_step s = count_at(in, 1, least_size(in->p[0]), lim, reterr);
    if (s != KT_DONE)
        return s;
    *ret_elem = (enum kt_ttype)in->p[0];
    *ret_n = kt_peek_u32(in->p + 1);
    in->p += 5;
    return KT_DONE;
}

enum kt_step kt_tread_map(struct kt_cur *in, const struct kt_tlimits *lim,
                          enum kt_ttype *ret_key, enum kt_ttype *ret_value,
                          uint32_t *ret_n, struct kt_err *reterr)
{
    if (kt_cur_left(in) < 6)
        return KT_MORE;
    if (!elem_ok(in, 0, 2))
        return bad(reterr, KT_E_TYPE, 0);
    if (!elem_ok(in, 1, 2))
        return bad(reterr, KT_E_TYPE, 1);

    const size_t each = least_size(in->p[0]) + least_size(in->p[1]);
    const enum kt_step s = count_at(in, 2, each, lim, reterr);
    if (s != KT_DONE)
        return s;
    *ret_key = (enum kt_ttype)in->p[0];
    *ret_value = (enum kt_ttype)in->p[1];
    *ret_n = kt_peek_u32(in->p + 2);
    in->p += 6;
    return KT_DONE;
}

/* A walk over one value: cur moves, nothing else is touched until its end. */
struct skip {
    struct kt_cur cur;
    const uint8_t *start;
    const struct kt_tlimits *lim;
    struct kt_err *reterr;
};

static enum kt_step skip_value(struct skip *s, enum kt_ttype type,
                               uint32_t depth);

/* An element's error counts from the element; ours from the whole value. */
static enum kt_step located(struct skip *s, enum kt_step step)
{
    if (step == KT_BAD)
        s->reterr->at += (size_t)(s->cur.p - s->start);
    return step;
}

static enum kt_step skip_bytes(struct skip *s, uint64_t n)
{
    if (kt_cur_left(&s->cur) < n)
        return KT_MORE;
    s->cur.p += n;
    return KT_DONE;
}

static enum kt_step skip_struct(struct skip *s, uint32_t depth)
{
    for (;;) {
        enum kt_ttype type;
        int16_t id;
        enum kt_step step =
            located(s, kt_tread_field(&s->cur, &type, &id, s->reterr));

        if (step != KT_DONE || type == KT_T_STOP)
            return step;
        step = skip_value(s, type, depth);
        if (step != KT_DONE)
            return step;
    }
}

/* n elements, or n pairs when there is a second type. */
static enum kt_step skip_many(struct skip *s, enum kt_ttype a, enum kt_ttype b,
                              uint32_t n, uint32_t depth)
{
    const size_t fa = fixed_size((uint8_t)a), fb = fixed_size((uint8_t)b);

    if (fa > 0 && (b == KT_T_STOP || fb > 0))
        return skip_bytes(s, (uint64_t)n * (fa + fb));
    for (uint32_t i = 0; i < n; i++) {
        enum kt_step step = skip_value(s, a, depth);

        if (step == KT_DONE && b != KT_T_STOP)
            step = skip_value(s, b, depth);
        if (step != KT_DONE)
            return step;
    }
    return KT_DONE;
}

static enum kt_step skip_container(struct skip *s, enum kt_ttype type,
                                   uint32_t depth)
{
    enum kt_ttype a, b = KT_T_STOP;
    uint32_t n;
    const enum kt_step step =
        located(s, type == KT_T_MAP
                       ? kt_tread_map(&s->cur, s->lim, &a, &b, &n, s->reterr)
                       : kt_tread_list(&s->cur, s->lim, &a, &n, s->reterr));

    return step == KT_DONE ? skip_many(s, a, b, n, depth) : step;
}

static enum kt_step skip_value(struct skip *s, enum kt_ttype type,
                               uint32_t depth)
{
    const size_t fixed = fixed_size((uint8_t)type);
    struct kt_cur text;

    if (fixed > 0)
        return skip_bytes(s, fixed);
    if (type == KT_T_STRING)
        return located(s, kt_tread_string(&s->cur, s->lim, &text, s->reterr));
    if (depth >= s->lim->max_depth)
        return located(s, bad(s->reterr, KT_E_TOO_DEEP, 0));
    return type == KT_T_STRUCT ? skip_struct(s, depth + 1)
                               : skip_container(s, type, depth + 1);
}

enum kt_step kt_tskip(struct kt_cur *in, enum kt_ttype type,
                      const struct kt_tlimits *lim, struct kt_err *reterr)
{
    struct skip s = {*in, in->p, lim, reterr};

    if ((unsigned)type > UINT8_MAX || least_size((uint8_t)type) == 0)
        return bad(reterr, KT_E_TYPE, 0);

    const enum kt_step step = skip_value(&s, type, 0);
    if (step == KT_DONE)
        in->p = s.cur.p;
    return step;
}

bool kt_twrite_field(struct kt_buf *b, enum kt_ttype type, int16_t id)
{
    uint8_t w[3] = {(uint8_t)type};

    kt_poke_u16(w + 1, (uint16_t)id);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_twrite_stop(struct kt_buf *b)
{
    return kt_buf_put_u8(b, KT_T_STOP);
}

bool kt_twrite_string(struct kt_buf *b, struct kt_cur s)
{
    const size_t n = kt_cur_left(&s);

    if (n > INT32_MAX)
        return false;

    uint8_t *w = kt_buf_grow(b, n + 4);
    if (w == NULL)
        return false;
    kt_poke_u32(w, (uint32_t)n);
    if (n > 0)
        memcpy(w + 4, s.p, n);
    return true;
}

bool kt_twrite_double(struct kt_buf *b, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    return kt_buf_put_u64(b, bits);
}

bool kt_twrite_list(struct kt_buf *b, enum kt_ttype elem, uint32_t n)
{
    uint8_t w[5] = {(uint8_t)elem};

    kt_poke_u32(w + 1, n);
    return kt_buf_put(b, w, sizeof w);
}

bool kt_twrite_map(struct kt_buf *b, enum kt_ttype k, enum kt_ttype v,
                   uint32_t n)
{
    uint8_t w[6] = {(uint8_t)k, (uint8_t)v};

    kt_poke_u32(w + 2, n);
    return kt_buf_put(b, w, sizeof w);
}

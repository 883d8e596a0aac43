/* Thrift Binary protocol, as elements: the reader checks every length, count
 * and depth against its limits and against the bytes that are there.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

enum kt_ttype { /* wire type ids */
                KT_T_STOP = 0,
                KT_T_BOOL = 2,
                KT_T_I8 = 3,
                KT_T_DOUBLE = 4,
                KT_T_I16 = 6,
                KT_T_I32 = 8,
                KT_T_I64 = 10,
                KT_T_STRING = 11,
                KT_T_STRUCT = 12,
                KT_T_MAP = 13,
                KT_T_SET = 14,
                KT_T_LIST = 15,
};

struct kt_tlimits {
    uint32_t max_string; /* bytes */
    uint32_t max_count;  /* elements of one container */
    uint32_t max_depth;  /* nested structs and containers */
};
extern const struct kt_tlimits kt_tlimits_default; /* 64 MiB, 16 Mi, 64 */

/* Each reads one element off *in: DONE, MORE (cut short: nothing was touched),
 * BAD (TYPE: unknown type id; RANGE: negative length or count; TOO_BIG,
 * TOO_MANY: above a limit). A bool is a u8: any byte but 0 is true. A container
 * is MORE until the bytes for its count of smallest elements are there, so a
 * count may be trusted with an allocation. An empty one may have element type
 * STOP. */
enum kt_step kt_tread_u8(struct kt_cur *in, uint8_t *ret,
                         struct kt_err *reterr);
enum kt_step kt_tread_i16(struct kt_cur *in, int16_t *ret,
                          struct kt_err *reterr);
enum kt_step kt_tread_i32(struct kt_cur *in, int32_t *ret,
                          struct kt_err *reterr);
enum kt_step kt_tread_i64(struct kt_cur *in, int64_t *ret,
                          struct kt_err *reterr);
enum kt_step kt_tread_double(struct kt_cur *in, double *ret,
                             struct kt_err *reterr);
enum kt_step kt_tread_string(struct kt_cur *in, const struct kt_tlimits *lim,
                             struct kt_cur *ret, struct kt_err *reterr);
/* STOP gives type STOP and id 0. */
enum kt_step kt_tread_field(struct kt_cur *in, enum kt_ttype *ret_type,
                            int16_t *ret_id, struct kt_err *reterr);
enum kt_step kt_tread_list(struct kt_cur *in, const struct kt_tlimits *lim,
                           enum kt_ttype *ret_elem, uint32_t *ret_n,
                           struct kt_err *reterr); /* set and list */
enum kt_step kt_tread_map(struct kt_cur *in, const struct kt_tlimits *lim,
                          enum kt_ttype *ret_key, enum kt_ttype *ret_value,
                          uint32_t *ret_n, struct kt_err *reterr);
/* Skip one value of a type. BAD as above, and TOO_DEEP. */
enum kt_step kt_tskip(struct kt_cur *in, enum kt_ttype type,
                      const struct kt_tlimits *lim, struct kt_err *reterr);

/* Writers: false as kt_buf_put. */
bool kt_twrite_field(struct kt_buf *b, enum kt_ttype type, int16_t id);
bool kt_twrite_stop(struct kt_buf *b);
bool kt_twrite_string(struct kt_buf *b, struct kt_cur s);
bool kt_twrite_double(struct kt_buf *b, double v);
bool kt_twrite_list(struct kt_buf *b, enum kt_ttype elem, uint32_t n);
bool kt_twrite_map(struct kt_buf *b, enum kt_ttype k, enum kt_ttype v,
                   uint32_t n);

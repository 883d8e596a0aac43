/* The 5 bytes in front of every message in DATA.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/bytes.h"
#include "base/err.h"

/*     0        1                        5            5 + len
 *     | packed | len, u32 big-endian    | body ...   |
 *
 * Source: gRPC over HTTP/2, "Length-Prefixed-Message". */
struct kt_prefix {
    uint32_t len; /* bytes of body that follow; the prefix is not counted */
    bool packed;  /* body is compressed; the codec is named in the headers */
};
enum { KT_PREFIX_LEN = 5 };

/* max is the largest len accepted, in bytes.
 *   DONE  *ret is set and in->p moved past 5 bytes
 *   MORE  fewer than 5 bytes are there; nothing was touched
 *   BAD   PREFIX_FLAG (first byte not 0 or 1) or TOO_BIG (len > max); *in and
 *         *ret untouched; scope is the stream */
enum kt_step kt_prefix_decode(struct kt_cur *in, uint32_t max,
                              struct kt_prefix *ret, struct kt_err *reterr);
size_t kt_prefix_encode(uint8_t dst[KT_PREFIX_LEN], struct kt_prefix p);

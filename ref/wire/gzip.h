/* Compressed messages: the encoding "gzip" (RFC 1952), by zlib.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/* Append body, packed as one member; an empty body too. False: above dst's
 * limit, or out of memory; dst may hold a part of it then. */
bool kt_gzip(struct kt_cur body, struct kt_buf *dst);
/* Append what body holds: its members, one behind the other, and nothing else.
 * No more than dst's limit is ever unpacked, whatever body says.
 *   DONE  all of it was appended
 *   BAD   COMPRESSION: no gzip, cut short, or its checksum is wrong; TOO_BIG:
 *         above dst's limit; NOMEM. dst may hold a part of it */
enum kt_step kt_gunzip(struct kt_cur body, struct kt_buf *dst,
                       struct kt_err *reterr);

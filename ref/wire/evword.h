/* One word of a printed line: bare, "quoted", or hex:.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

enum kt_evword_form { KT_EVWORD_BARE, KT_EVWORD_QUOTED, KT_EVWORD_HEX };

/* Append value as a bare word when it is one, quoted when it is UTF-8, else as
 * hex. False as kt_buf_put; what was appended by then stays. */
bool kt_evword_put(struct kt_buf *dst, struct kt_cur value);
bool kt_evword_put_quoted(struct kt_buf *dst, struct kt_cur text);
bool kt_evword_put_hex(struct kt_buf *dst, struct kt_cur bytes);

/* Read one word at *p, which must end at a space, at the end of the line, or at
 * stop ('\0': nowhere else). Its bytes are appended to *dst.
 *   DONE  *p is behind the word; *ret is a view into *dst
 *   BAD   SYNTAX or NOMEM; *p is at the fault, reterr->at is not set */
enum kt_step kt_evword_read(const char **p, char stop, struct kt_buf *dst,
                            struct kt_cur *ret, enum kt_evword_form *ret_form,
                            struct kt_err *reterr);

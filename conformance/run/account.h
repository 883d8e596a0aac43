/* What is expected of the SUT's bytes: dues of lines, and what needs none.
 * Language section 3. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/strm.h"

/* A line that sends a message: counts it and puts it into the ledger. False
 * when the stream is known to be reset: nothing may come of it. msg NULL: any.
 */
bool kt_account_message(struct kt_strm *s, bool to_server,
                        const struct kt_line *line, const struct kt_msg *msg);
void kt_account_half_close(struct kt_strm *s, const struct kt_line *line);
void kt_account_cancel(struct kt_strm *s, const struct kt_line *line);
bool kt_account_return(struct kt_strm *s, const struct kt_line *line);

/* Claim what has come on every stream. False: an entry is wrong, and the case
 * has its fault. */
bool kt_account_claim(struct kt_case *c);
/* May an entry stand there without a line? */
bool kt_account_passable(void *ctx, const struct kt_tape *t,
                         const struct kt_entry *e);

/* Scope of a silence. */
enum kt_scope_of { KT_OF_STREAM, KT_OF_ALL };
/* The first entry (of that stream, or of all) that nothing accounts for; NULL
 * when all is well. *ret_conn gets its connection. */
struct kt_entry *kt_account_stray(struct kt_case *c, struct kt_strm *s,
                                  struct kt_chan **ret_conn);
/* A new connection that no line accounts for; NULL when there is none. */
struct kt_chan *kt_account_stray_conn(struct kt_case *c);
/* The first due that never came and still is due. */
const struct kt_due *kt_account_missing(struct kt_case *c,
                                        struct kt_strm **ret);

/* silence: nothing came that nothing accounts for.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/chan.h"

/* On every connection, and no new one; the fence has passed already. line may
 * be NULL: the end of the case. */
enum kt_do kt_silence_all(struct kt_case *c, const struct kt_line *line);
/* The fault of one entry that nothing accounts for. */
enum kt_do kt_silence_stray(struct kt_case *c, const struct kt_line *line,
                            const struct kt_entry *e,
                            const struct kt_chan *conn);

/* The decoded wire around the first divergence.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/chan.h"

/* Lines of one connection (the last one of the case when NULL), frames and what
 * gRPC makes of them, around the entry seq (0: the end); the one that diverges
 * begins with '*'. */
void kt_wirelog(const struct kt_case *c, const struct kt_chan *conn,
                uint64_t seq, char ***ret, size_t *ret_n);

/* A whole echo-like call: open, send, half-close, recv, recv to the end; by a
 * driver or by the judge. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/ask.h"
#include "run/strm.h"

/* `client call` in a streaming mode through a driver: the requests follow each
 * other; the result (M when the end is OK) is given to a. Takes open. */
void kt_call_start(struct kt_ask *a, json_t *open);
/* An answer of one of its requests. True when it belonged to a call. */
void kt_calls_pump(struct kt_case *c);

/* A call of the runner's own (probe, liveness) on a new stream of that
 * connection (NULL: a new one), played by whichever side is the client. The
 * result is in the ask. */
struct kt_ask *kt_call_probe(struct kt_case *c, struct kt_strm *beside);
/* The same by the driver of the client, on that named connection: a server's
 * settings are in force behind it (language section 4). */
struct kt_ask *kt_call_warm(struct kt_case *c, const char *connection);
/* What that call must give. */
bool kt_call_probe_ok(const struct kt_ask *a, struct kt_buf *ret_got);

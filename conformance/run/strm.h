/* Streams by their names in the scenario.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/chan.h"

/* Made on first mention. */
struct kt_strm *kt_strm_get(struct kt_case *c, const char *name);
void kt_strms_free(struct kt_case *c);
/* NULL while it is not bound. */
struct kt_tape *kt_strm_tape(const struct kt_strm *s, bool to_server);
struct kt_tape *kt_strm_conn_tape(const struct kt_strm *s, bool to_server);
struct kt_shape kt_strm_shape(const struct kt_strm *s, bool to_server);
void kt_strm_bind(struct kt_strm *s, struct kt_chan *conn, uint32_t id);
/* A new stream of the client came in: give it to the name that waits for it. */
void kt_strms_bind_new(struct kt_case *c, struct kt_chan *conn);
/* Ids for "stream=b", "last=b". */
struct kt_names kt_strm_names(struct kt_case *c);
/* The stream has ended for the SUT that writes in this direction: nothing it
 * would still owe is due. */
bool kt_strm_is_over(const struct kt_strm *s);
bool kt_strm_is_folded(const struct kt_strm *s); /* unary, ping-pong */
enum kt_mode kt_strm_mode(const struct kt_strm *s);

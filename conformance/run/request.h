/* Requests of application lines, as the driver protocol spells them.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/meta.h"
#include "run/ask.h"
#include "run/strm.h"

/* Fields of `open` (and of `call`): address, connection, service, method,
 * deadline, metadata, metainfo, compression, settings, tag. The stream is
 * marked as opened. */
json_t *kt_request_open(struct kt_case *c, const struct kt_line *line,
                        struct kt_strm *s);
/* Name of the connection on which `open` starts its stream: that of the first
 * stream, of the one named by on=, its own (on=new), or "*" (on=any). */
const char *kt_request_connection(struct kt_case *c, const struct kt_line *line,
                                  struct kt_strm *s);
/* `client call`: one request where the mode has one, else the whole sequence.
 */
struct kt_ask *kt_request_call(struct kt_case *c, const struct kt_line *line,
                               struct kt_strm *s);
/* line may be NULL: implied by another line of the stream. */
struct kt_ask *kt_request_accept(struct kt_case *c, const struct kt_line *line,
                                 struct kt_strm *s);
struct kt_ask *kt_request_stop(struct kt_case *c, const struct kt_line *line);
json_t *kt_request_return(const struct kt_line *line, struct kt_strm *s);
json_t *kt_request_meta(const struct kt_line *line); /* {"metadata":[…]} */
const char *kt_field_text(const struct kt_fields *f, const char *name);

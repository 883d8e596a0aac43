/* Messages of a scenario: their content, their bytes, and equality by value.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"
#include "script/scn.h"

/* How messages of one direction of a method look on the wire. */
struct kt_shape {
    const struct kt_type *type;   /* of M; NULL: void */
    const struct kt_struct *wrap; /* unary and ping-pong: the Args or Result
                                     struct around it, else NULL */
    bool to_server;
};
/* Of method m; streaming modes have bare messages, MSG-2, MSG-4. */
struct kt_shape kt_shape_of(const struct kt_method *m, bool to_server);

/* What M says, as JSON; new reference. ordinal counts the messages of its
 * stream and direction from 0 and makes the content of size=N. NULL for bytes.
 */
json_t *kt_msg_json(const struct kt_msg *m, uint64_t ordinal);
/* M as the driver protocol writes it: {"json":…} or {"hex":…}. */
json_t *kt_msg_request(const struct kt_msg *m, uint64_t ordinal);
/* Encoded payload, appended to dst; false with *reterr when the JSON does not
 * fit the type. */
bool kt_msg_encode(const struct kt_msg *m, uint64_t ordinal,
                   const struct kt_shape *shape, struct kt_buf *dst,
                   struct kt_err *reterr);
/* The same from JSON that is at hand. */
bool kt_json_encode(const json_t *json, const struct kt_shape *shape,
                    struct kt_buf *dst, struct kt_err *reterr);
/* exception NAME M as the Result struct of a unary method carries it. */
bool kt_exception_encode(const char *name, const json_t *json,
                         const struct kt_shape *shape, struct kt_buf *dst,
                         struct kt_err *reterr);

/* A payload as JSON of M; *ret_exception (may be NULL) gets the name of the
 * exception that a Result holds, else NULL (borrowed from the IDL). NULL with
 * *reterr when it cannot be decoded. */
json_t *kt_msg_decode(struct kt_cur payload, const struct kt_shape *shape,
                      const char **ret_exception, struct kt_err *reterr);

/* Does a message that came equal what the line says? by is its JSON or NULL,
 * bytes its payload or {0}. On false *ret_path says where. */
bool kt_msg_equal(const struct kt_msg *want, uint64_t ordinal,
                  const struct kt_shape *shape, const json_t *by,
                  struct kt_cur bytes, struct kt_buf *ret_path);

/* One line for a report, long texts cut. */
void kt_msg_print(struct kt_buf *dst, const struct kt_msg *m);
void kt_json_print(struct kt_buf *dst, const json_t *j);

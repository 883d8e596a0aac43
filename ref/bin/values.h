/* Values between the driver protocol's JSON and the call layer.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "call/call.h"
#include "idl/idl.h"

/* [["k","v"],…] <-> a list; "-bin" values are base64 in JSON. False: not of
 * that form. */
bool kt_metadata_read(const json_t *pairs, struct kt_hlist *ret);
json_t *kt_metadata_json(const struct kt_hlist *h);
/* {"K":"V"} <-> a list. */
bool kt_object_read(const json_t *obj, struct kt_hlist *ret);
json_t *kt_object_json(const struct kt_hlist *h);

/* {"json":…} or {"hex":…} to the bytes of a value of type. */
enum kt_step kt_message_read(const json_t *msg, const struct kt_type *type,
                             struct kt_buf *dst, struct kt_err *reterr);
/* Bytes to {"json":…,"hex":…}; NULL with *reterr when they are no such value.
 */
json_t *kt_message_json(struct kt_cur bytes, const struct kt_type *type,
                        struct kt_err *reterr);

/* Unary: a value in field id of a struct of one field (Args, Result), MSG-4. */
bool kt_wrap(struct kt_buf *dst, int16_t id, struct kt_cur body);
/* The first field of a wrapper that is a struct: its id and body. DONE; MORE:
 * no such field (null success); BAD. */
enum kt_step kt_unwrap(struct kt_cur wrapper, int16_t *ret_id,
                       struct kt_cur *ret_body, struct kt_err *reterr);
/* kt_type of a struct. */
struct kt_type kt_struct_type(const struct kt_struct *s);

/* gRPC status and Kitex biz status as they stand in trailers.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/hlist.h"

enum kt_grpc { /* gRPC status codes */
               KT_GRPC_OK,
               KT_GRPC_CANCELLED,
               KT_GRPC_UNKNOWN,
               KT_GRPC_INVALID_ARGUMENT,
               KT_GRPC_DEADLINE_EXCEEDED,
               KT_GRPC_NOT_FOUND,
               KT_GRPC_ALREADY_EXISTS,
               KT_GRPC_PERMISSION_DENIED,
               KT_GRPC_RESOURCE_EXHAUSTED,
               KT_GRPC_FAILED_PRECONDITION,
               KT_GRPC_ABORTED,
               KT_GRPC_OUT_OF_RANGE,
               KT_GRPC_UNIMPLEMENTED,
               KT_GRPC_INTERNAL,
               KT_GRPC_UNAVAILABLE,
               KT_GRPC_DATA_LOSS,
               KT_GRPC_UNAUTHENTICATED,
};

const char *kt_grpc_name(uint32_t code);   /* NULL above 16 */
uint32_t kt_grpc_of(const char *name);     /* UINT32_MAX when unknown */
uint32_t kt_grpc_of_h2err(uint32_t h2err); /* RST_STREAM code, ERR-20 */
uint32_t kt_grpc_of_http(uint32_t http);   /* :status or 0, ERR-19 */
uint32_t kt_h2err_graceful(void);          /* Kitex's private 1000, GOAWAY-6 */

/* What the end of a stream says. Texts are decoded. Owns its memory. */
struct kt_status {
    int32_t code; /* grpc-status */
    struct kt_buf message;
    bool has_biz; /* biz-status stood beside a code that is not 0 */
    int32_t biz_code;
    struct kt_buf extra; /* biz-extra as it stood: a JSON object, or empty */
};
void kt_status_init(struct kt_status *s);
void kt_status_fini(struct kt_status *s);
bool kt_status_set(struct kt_status *s, uint32_t code, const char *message);
bool kt_status_copy(struct kt_status *dst, const struct kt_status *src);

/* Read from trailers. BAD, with *ret untouched: NOMEM, MISSING (no
 * grpc-status), SYNTAX or RANGE (grpc-status or biz-status is no int32).
 * RESP-18, ERR-17, ERR-18, BIZ-11, BIZ-14. */
enum kt_step kt_status_read(struct kt_status *ret,
                            const struct kt_hlist *trailers,
                            struct kt_err *reterr);
/* Append grpc-status, grpc-message [, biz-status, biz-extra]. RESP-4. */
bool kt_status_write(const struct kt_status *s, struct kt_hlist *trailers);

/* Header lists as a plain peer writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/hlist.h"
#include "wire/status.h"

/* Lists of this size, for whoever builds one. */
void kt_canon_init(struct kt_hlist *list);

struct kt_canon_request {
    const char *service;   /* "echo.TestService" */
    const char *method;    /* "Echo" */
    const char *authority; /* name of the service that is called */
    bool has_timeout;
    uint64_t timeout_ns;
    const char *encoding; /* grpc-encoding and grpc-accept-encoding, or NULL */
    const struct kt_hlist *metadata; /* as on the wire, or NULL */
};
/* Each appends to *list. HDR-1, 2, 3, 9, 10, 16. */
void kt_canon_request(struct kt_hlist *list, const struct kt_canon_request *r);
/* RESP-1: :status, content-type, metadata. */
void kt_canon_response(struct kt_hlist *list, const struct kt_hlist *metadata);
/* RESP-3, RESP-4: grpc-status, grpc-message, biz, metadata; alone (trailers
 * only) they come behind :status and content-type. */
void kt_canon_trailers(struct kt_hlist *list, const struct kt_status *status,
                       const struct kt_hlist *metadata, bool alone);

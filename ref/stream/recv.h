/* The receiving half of a stream: what may arrive, in which order.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

/* A request is     headers data* (end | trailers)
 * A response is    info* (headers data* trailers | trailers)
 * and a reset may come at any point. Source: gRPC over HTTP/2, "Requests" and
 * "Responses"; RFC 9113 8.1. */
enum kt_rside { KT_R_REQUEST, KT_R_RESPONSE, KT_R_SIDES };

enum kt_rstate {
    KT_R_NONE, /* not a state: forbidden */
    KT_R_WAIT, /* nothing yet */
    KT_R_BODY,
    KT_R_DONE,  /* the proper end */
    KT_R_BARE,  /* a response that ended without trailers, EOF-15 */
    KT_R_RESET, /* by either end */
    KT_R_STATES,
};

enum kt_revent {
    KT_RE_INFO,     /* a 1xx block */
    KT_RE_HEADERS,  /* a block without END_STREAM, or a request's first */
    KT_RE_DATA,     /* content of DATA */
    KT_RE_END,      /* END_STREAM, but not on a header block of its own */
    KT_RE_TRAILERS, /* a block with END_STREAM that is not a request's first */
    KT_RE_RESET,
    KT_RE_EVENTS,
};

struct kt_recv_half {
    enum kt_rside side;
    enum kt_rstate state;
};

void kt_recv_half_init(struct kt_recv_half *r, enum kt_rside side);
/* DONE, the state has moved; or BAD: ORDER (scope stream), it has not. */
enum kt_step kt_recv_half_on(struct kt_recv_half *r, enum kt_revent ev,
                             struct kt_err *reterr);

/* The sending half of a stream: what may be written, in which order.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>

/* A request is     headers message* end
 * A response is    headers message* trailers | trailers
 * and either may be cut by a reset. Source: as stream/recv.h. */
enum kt_sside { KT_S_REQUEST, KT_S_RESPONSE, KT_S_SIDES };

enum kt_sstate {
    KT_S_NONE, /* not a state: forbidden */
    KT_S_WAIT, /* nothing yet */
    KT_S_OPEN,
    KT_S_DONE, /* the end is queued */
    KT_S_RESET,
    KT_S_STATES,
};

enum kt_sevent {
    KT_SE_HEADERS,
    KT_SE_MESSAGE,
    KT_SE_END,
    KT_SE_TRAILERS,
    KT_SE_RESET,
    KT_SE_EVENTS,
};

struct kt_send_half {
    enum kt_sside side;
    enum kt_sstate state;
};

void kt_send_half_init(struct kt_send_half *s, enum kt_sside side);
/* DONE, the state has moved; or BAD: ORDER (scope stream), it has not. */
enum kt_step kt_send_half_on(struct kt_send_half *s, enum kt_sevent ev,
                             struct kt_err *reterr);
/* Would ev be allowed? */
bool kt_send_half_may(const struct kt_send_half *s, enum kt_sevent ev);

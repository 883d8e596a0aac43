/* The receiving half as a table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/recv.h"

/* A row per state, a column per event. An empty cell is KT_R_NONE, so that a
 * forgotten transition fails closed. A reset request is over for good; a
 * response that has its end keeps it (EOF-10, EOF-17). */
/* clang-format off */
static const uint8_t next[KT_R_SIDES][KT_R_STATES][KT_RE_EVENTS] = {
    [KT_R_REQUEST] = {
        /*               INFO         HEADERS      DATA         END          TRAILERS     RESET */
        [KT_R_WAIT]  = { KT_R_NONE,   KT_R_BODY,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_RESET },
        [KT_R_BODY]  = { KT_R_NONE,   KT_R_NONE,   KT_R_BODY,   KT_R_DONE,   KT_R_DONE,   KT_R_RESET },
        [KT_R_DONE]  = { KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_RESET },
        [KT_R_RESET] = { KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET },
    },
    [KT_R_RESPONSE] = {
        [KT_R_WAIT]  = { KT_R_WAIT,   KT_R_BODY,   KT_R_NONE,   KT_R_NONE,   KT_R_DONE,   KT_R_RESET },
        [KT_R_BODY]  = { KT_R_NONE,   KT_R_NONE,   KT_R_BODY,   KT_R_BARE,   KT_R_DONE,   KT_R_RESET },
        [KT_R_DONE]  = { KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_DONE },
        [KT_R_BARE]  = { KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_NONE,   KT_R_BARE },
        [KT_R_RESET] = { KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET,  KT_R_RESET },
    },
};
/* clang-format on */

void kt_recv_half_init(struct kt_recv_half *r, enum kt_rside side)
{
    *r = (struct kt_recv_half){.side = side, .state = KT_R_WAIT};
}

enum kt_step kt_recv_half_on(struct kt_recv_half *r, enum kt_revent ev,
                             struct kt_err *reterr)
{
    const enum kt_rstate to = (enum kt_rstate)next[r->side][r->state][ev];

    if (to == KT_R_NONE)
        return kt_bad(reterr, KT_E_ORDER, KT_SCOPE_STREAM, 0, "H2-4");
    r->state = to;
    return KT_DONE;
}

/* The sending half as a table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/send.h"

/* A row per state, a column per event; an empty cell is forbidden. */
/* clang-format off */
static const uint8_t next[KT_S_SIDES][KT_S_STATES][KT_SE_EVENTS] = {
    [KT_S_REQUEST] = {
        /*               HEADERS      MESSAGE      END          TRAILERS     RESET */
        [KT_S_WAIT]  = { KT_S_OPEN,   KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_RESET },
        [KT_S_OPEN]  = { KT_S_NONE,   KT_S_OPEN,   KT_S_DONE,   KT_S_NONE,   KT_S_RESET },
        [KT_S_DONE]  = { KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_RESET },
        [KT_S_RESET] = { KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_RESET },
    },
    [KT_S_RESPONSE] = {
        [KT_S_WAIT]  = { KT_S_OPEN,   KT_S_NONE,   KT_S_NONE,   KT_S_DONE,   KT_S_RESET },
        [KT_S_OPEN]  = { KT_S_NONE,   KT_S_OPEN,   KT_S_NONE,   KT_S_DONE,   KT_S_RESET },
        [KT_S_DONE]  = { KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_RESET },
        [KT_S_RESET] = { KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_NONE,   KT_S_RESET },
    },
};
/* clang-format on */

void kt_send_half_init(struct kt_send_half *s, enum kt_sside side)
{
    *s = (struct kt_send_half){.side = side, .state = KT_S_WAIT};
}

bool kt_send_half_may(const struct kt_send_half *s, enum kt_sevent ev)
{
    return next[s->side][s->state][ev] != KT_S_NONE;
}

enum kt_step kt_send_half_on(struct kt_send_half *s, enum kt_sevent ev,
                             struct kt_err *reterr)
{
    if (!kt_send_half_may(s, ev))
        return kt_bad(reterr, KT_E_ORDER, KT_SCOPE_STREAM, 0, "EOF-3");
    s->state = (enum kt_sstate)next[s->side][s->state][ev];
    return KT_DONE;
}

/* Lines around a line: folds and narrowing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/fold.h"
#include <string.h>

const struct kt_line *kt_fold_next(const struct kt_steps *steps, size_t pc,
                                   enum kt_side side, enum kt_verb verb,
                                   const char *stream)
{
    for (size_t i = pc; i < steps->n; i++) {
        const struct kt_line *l = &steps->v[i];

        if (l->kind == KT_S_APP && l->app.side == side && l->app.verb == verb &&
            strcmp(l->stream, stream) == 0)
            return l;
    }
    return NULL;
}

uint64_t kt_fold_size(const struct kt_line *line)
{
    uint64_t max = 0;

    if (line->kind == KT_S_APP && line->app.msg.kind == KT_MSG_SIZE)
        max = line->app.msg.size;
    for (size_t i = 0; i < line->out.n; i++)
        if (line->out.v[i].kind == KT_OUT_MSG &&
            line->out.v[i].msg.kind == KT_MSG_SIZE &&
            line->out.v[i].msg.size > max)
            max = line->out.v[i].msg.size;
    return max;
}

int kt_frame_event(enum kt_frame frame)
{
    switch (frame) {
    case KT_F_headers:
        return KT_EV_HEADERS;
    case KT_F_message:
        return KT_EV_MESSAGE;
    case KT_F_half_close:
        return KT_EV_HALF_CLOSE;
    case KT_F_trailers:
        return KT_EV_TRAILERS;
    case KT_F_reset:
        return KT_EV_RESET;
    default:
        return -1;
    }
}

bool kt_verb_implies(const struct kt_line *app, enum kt_frame f)
{
    const bool returns_msg = app->app.ret.kind == KT_OUT_MSG;

    switch (app->app.verb) {
    case KT_V_OPEN:
        return f == KT_F_headers || f == KT_F_HEADERS;
    case KT_V_CALL:
        return f == KT_F_headers || f == KT_F_message || f == KT_F_half_close;
    case KT_V_SEND:
        return f == KT_F_message ||
               (f == KT_F_headers && app->app.side == KT_SERVER);
    case KT_V_HALF_CLOSE:
        return f == KT_F_half_close;
    case KT_V_CANCEL:
        return f == KT_F_reset || f == KT_F_RST_STREAM;
    case KT_V_SEND_HEADER:
        return f == KT_F_headers || f == KT_F_HEADERS;
    case KT_V_RETURN:
        return f == KT_F_trailers || (f == KT_F_message && returns_msg) ||
               (f == KT_F_headers && returns_msg);
    default:
        return false;
    }
}

static bool narrows(const struct kt_line *wire, const struct kt_line *app)
{
    return wire->kind == KT_S_WIRE && !wire->wire.forced &&
           wire->wire.to_server == (app->app.side == KT_CLIENT) &&
           strcmp(wire->stream, app->stream) == 0 &&
           kt_verb_implies(app, wire->wire.frame);
}

const struct kt_line *kt_fold_narrowed(const struct kt_steps *steps, size_t pc)
{
    const struct kt_line *wire = &steps->v[pc];

    for (size_t i = pc; i-- > 0;) {
        const struct kt_line *l = &steps->v[i];

        if (l->kind == KT_S_APP)
            return narrows(wire, l) ? l : NULL;
        if (l->kind != KT_S_WIRE || l->wire.forced ||
            l->wire.to_server != wire->wire.to_server ||
            strcmp(l->stream, wire->stream) != 0)
            return NULL;
    }
    return NULL;
}

size_t kt_fold_narrows(const struct kt_steps *steps, size_t pc)
{
    size_t n = 0;

    while (pc + 1 + n < steps->n &&
           narrows(&steps->v[pc + 1 + n], &steps->v[pc]))
        n++;
    return n;
}

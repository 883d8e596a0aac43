/* A wire line that the SUT must have written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/account.h"
#include "run/inner.h"
#include "run/step.h"
#include <string.h>

/* Nothing more of that kind can come from this writer. */
static bool ended(const struct kt_strm *s, const struct kt_wire *w,
                  const struct kt_tape *t)
{
    if (s->conn && s->conn->ended[w->to_server])
        return true;
    if (!t || kt_frame_on_connection(w))
        return false;
    switch (w->frame) {
    case KT_F_headers:
    case KT_F_message:
    case KT_F_trailers:
    case KT_F_half_close:
    case KT_F_DATA:
    case KT_F_HEADERS:
        return kt_tape_find(t, KT_EV_TRAILERS, 0) ||
               kt_tape_find(t, KT_EV_HALF_CLOSE, 0) ||
               kt_tape_find(t, KT_EV_RESET, 0);
    default:
        return false;
    }
}

/* The due that the line narrows, and its entry. */
static const struct kt_due *narrowed(const struct kt_thread *th,
                                     struct kt_strm *s)
{
    const struct kt_wire *w = &th->line->wire;
    const struct kt_line *app =
        th->steps ? kt_fold_narrowed(th->steps, th->pc) : NULL;
    const int kind = kt_frame_event(w->frame);

    if (!app || kind < 0)
        return NULL;
    return kt_ledger_of(&s->ledger[w->to_server], app, (enum kt_ev)kind);
}

static enum kt_do no(struct kt_case *c, const struct kt_thread *th,
                     struct kt_strm *s, struct kt_found *found)
{
    struct kt_buf got = {.limit = 1 << 16};
    enum kt_do r;

    kt_buf_puts(&got, kt_buf_cstr(&found->got));
    const struct kt_fault f = {
        .reason = found->reason,
        .line = th->line,
        .rule = found->rule,
        .got = kt_buf_cstr(&got),
        .conn = s->conn,
        .seq = found->entry ? found->entry->seq : 0,
    };
    r = kt_case_fault(c, &f);
    if (r == KT_DO_DONE && found->entry) /* noted only: it is that entry */
        found->entry->marks |= KT_M_TAKEN;
    kt_buf_fini(&got);
    return r;
}

static enum kt_do yes(struct kt_case *c, const struct kt_thread *th,
                      struct kt_strm *s, const struct kt_found *found)
{
    kt_case_label(c, th->line, found->label);
    return kt_step_timing(c, th, s, found->entry->at_ns);
}

static enum kt_do frame(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s, bool peek)
{
    const struct kt_wire *w = &th->line->wire;
    const struct kt_names names = kt_strm_names(c);
    const struct kt_shape shape = kt_strm_shape(s, w->to_server);
    const struct kt_due *due = narrowed(th, s);
    struct kt_tape *t = kt_strm_tape(s, w->to_server);
    const struct kt_match_how how = {
        .stream = t,
        .connection = kt_strm_conn_tape(s, w->to_server),
        .tape =
            kt_frame_on_connection(w) ? kt_strm_conn_tape(s, w->to_server) : t,
        .names = &names,
        .shape = &shape,
        .ordinal = due ? due->ordinal : 0,
        .narrows = due != NULL,
        .bound = due && due->claimed && t ? &t->v[due->at] : NULL,
        .ended = ended(s, w, t),
        .bare_ok = c->control_passed,
        .peek = peek,
        .passable = kt_account_passable,
        .ctx = c,
    };
    struct kt_found found;
    enum kt_do r = KT_DO_WAIT;

    switch (kt_match_wire(w, &how, &found)) {
    case KT_MATCH_YES:
        r = peek ? KT_DO_DONE : yes(c, th, s, &found);
        break;
    case KT_MATCH_NO:
        r = peek ? KT_DO_FAIL : no(c, th, s, &found);
        break;
    case KT_MATCH_WAIT:
        r = peek ? KT_DO_WAIT
                 : kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
        break;
    }
    kt_found_fini(&found);
    return r;
}

/* A new connection: the one on which the stream of the line stands. */
static enum kt_do connect(struct kt_case *c, struct kt_thread *th,
                          struct kt_strm *s, bool peek)
{
    if (!s->conn)
        return peek ? KT_DO_WAIT
                    : kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
    if (s->conn->taken)
        return peek ? KT_DO_FAIL
                    : kt_case_fault_text(c, th->line, KT_R_MISMATCH,
                                         "a connection that was there already");
    if (!peek)
        s->conn->taken = true;
    return KT_DO_DONE;
}

enum kt_do kt_step_expect(struct kt_case *c, struct kt_thread *th, bool peek)
{
    struct kt_strm *s = kt_strm_get(c, th->line->stream);

    if (th->line->wire.frame == KT_F_CONNECT)
        return connect(c, th, s, peek);
    return frame(c, th, s, peek);
}

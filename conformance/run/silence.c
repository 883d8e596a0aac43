/* silence: nothing came that nothing accounts for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/account.h"
#include "run/fence.h"
#include "run/inner.h"
#include "run/silence.h"
#include "run/step.h"
#include <string.h>

enum kt_do kt_silence_stray(struct kt_case *c, const struct kt_line *line,
                            const struct kt_entry *e,
                            const struct kt_chan *conn)
{
    struct kt_buf got = {.limit = 1 << 16};
    enum kt_do r;

    kt_event_print(&got, e->ev, 64);
    const struct kt_fault f = {
        .reason = e->ev->kind == KT_EV_CLOSE ? KT_R_CLOSED : KT_R_UNEXPECTED,
        .line = line,
        .expected = "silence",
        .got = kt_buf_cstr(&got),
        .conn = conn,
        .seq = e->seq};
    r = kt_case_fault(c, &f);
    kt_buf_fini(&got);
    return r;
}

/* --- silence FRAME --- */

static bool fits(struct kt_case *c, const struct kt_wire *w,
                 const struct kt_entry *e)
{
    const struct kt_names names = kt_strm_names(c);

    return kt_frame_kind_is(w->frame, e->ev) && !(e->marks & KT_M_TAKEN) &&
           (!w->has_codes || e->ev->kind != KT_EV_RESET ||
            kt_code_match(&w->codes, e->ev->code, kt_h2err_name)) &&
           kt_fields_match(&w->fields, e->ev, &names, NULL);
}

static const struct kt_entry *
in_tape(struct kt_case *c, const struct kt_wire *w, const struct kt_tape *t)
{
    for (size_t i = 0; t && i < t->n; i++)
        if (fits(c, w, &t->v[i]))
            return &t->v[i];
    return NULL;
}

static bool looks_at(const struct kt_case *c, const struct kt_wire *w, int d)
{
    if (!c->sut[d ? KT_CLIENT : KT_SERVER])
        return false;
    return w->frame == KT_F_data || w->to_server == (d == 1);
}

static enum kt_do no_frame(struct kt_case *c, const struct kt_line *line)
{
    const struct kt_strm *s = kt_strm_get(c, line->stream);
    const bool whole = kt_frame_on_connection(&line->wire);

    for (int d = 0; d < 2; d++) {
        const struct kt_entry *e;

        if (!looks_at(c, &line->wire, d))
            continue;
        e = in_tape(c, &line->wire,
                    whole ? kt_strm_conn_tape(s, d) : kt_strm_tape(s, d));
        if (e)
            return kt_silence_stray(c, line, e, s->conn);
    }
    return KT_DO_DONE;
}

/* A connection that an open asks for by name is no news. */
static enum kt_do no_connect(struct kt_case *c, const struct kt_line *line)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        if (!conn->implied && !conn->taken)
            return kt_case_fault_text(c, line, KT_R_UNEXPECTED,
                                      "another connection");
    return KT_DO_DONE;
}

static enum kt_do check(struct kt_case *c, const struct kt_line *line)
{
    struct kt_chan *conn = NULL;
    const struct kt_entry *e;

    if (line->scope == 'f')
        return line->wire.frame == KT_F_CONNECT ? no_connect(c, line)
                                                : no_frame(c, line);
    if (line->scope == 'c')
        return kt_silence_all(c, line);
    e = kt_account_stray(c, kt_strm_get(c, line->stream), &conn);
    return e ? kt_silence_stray(c, line, e, conn) : KT_DO_DONE;
}

enum kt_do kt_silence_all(struct kt_case *c, const struct kt_line *line)
{
    struct kt_chan *conn = NULL;
    const struct kt_entry *e = kt_account_stray(c, NULL, &conn);

    if (e)
        return kt_silence_stray(c, line, e, conn);
    conn = kt_account_stray_conn(c);
    if (conn)
        return kt_case_fault_text(c, line, KT_R_UNEXPECTED,
                                  "a connection that no line asks for");
    return KT_DO_DONE;
}

enum kt_do kt_step_silence(struct kt_case *c, struct kt_thread *th)
{
    enum kt_do r;

    if (!th->fence)
        th->fence = kt_fence_new(c);
    r = kt_fence_quiet(th->fence, th->line);
    return r == KT_DO_DONE ? check(c, th->line) : r;
}

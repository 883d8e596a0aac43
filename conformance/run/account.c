/* What is expected of the SUT's bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/account.h"
#include "base/alloc.h"
#include "check/meta.h"
#include "run/echo.h"
#include "run/fail.h"
#include "run/inner.h"
#include <string.h>

/* --- dues of lines --- */

bool kt_account_message(struct kt_strm *s, bool to_server,
                        const struct kt_line *line, const struct kt_msg *msg)
{
    const uint64_t ordinal = s->sent[to_server]++;

    if (s->reset_known)
        return false;
    struct kt_due *d =
        kt_ledger_put(&s->ledger[to_server], KT_EV_MESSAGE, line);

    d->msg = msg;
    d->ordinal = ordinal;
    return true;
}

void kt_account_half_close(struct kt_strm *s, const struct kt_line *line)
{
    if (!kt_strm_is_over(s))
        kt_ledger_put(&s->ledger[1], KT_EV_HALF_CLOSE, line);
}

void kt_account_cancel(struct kt_strm *s, const struct kt_line *line)
{
    s->cancelled = true;
    if (!kt_strm_is_over(s))
        kt_ledger_put(&s->ledger[1], KT_EV_RESET, line);
}

bool kt_account_return(struct kt_strm *s, const struct kt_line *line)
{
    const enum kt_out_kind kind = line->app.ret.kind;

    if (kind == KT_OUT_MSG)
        kt_account_message(s, false, line, &line->app.ret.msg);
    else if (kind == KT_OUT_EXCEPTION)
        kt_account_message(s, false, line, NULL);
    if (s->reset_known)
        return false;
    kt_ledger_put(&s->ledger[0], KT_EV_TRAILERS, line);
    return true;
}

/* --- claiming --- */

static bool headers_ok(void *ctx, const struct kt_due *due,
                       const struct kt_hlist *h, struct kt_buf *why)
{
    const struct kt_strm *s = ctx;
    char path[384];

    if (due->by->app.side == KT_SERVER)
        return true;
    snprintf(path, sizeof path, "/%s/%s", s->c->service->path,
             s->method ? s->method->name : s->c->scn->method);
    return kt_meta_open_ok(&due->by->app.fields, path, h, why);
}

static bool claim_dir(struct kt_case *c, struct kt_strm *s, bool to_server)
{
    const struct kt_shape shape = kt_strm_shape(s, to_server);
    const struct kt_ledger_how how = {
        .shape = &shape,
        .texts = c->run->opts.kitex_profile ? KT_TEXTS_KITEX : KT_TEXTS_FREE,
        .headers = headers_ok,
        .ctx = s};
    struct kt_tape *t = kt_strm_tape(s, to_server);
    struct kt_buf expected = {.limit = 1 << 16};
    struct kt_ledger_fault fault;
    enum kt_do r;

    if (!t || kt_ledger_claim(&s->ledger[to_server], t, &how, &fault)) {
        return true;
    }
    kt_due_print(&expected, fault.due);
    const struct kt_fault f = {.reason = fault.reason,
                               .line = fault.due->by,
                               .expected = kt_buf_cstr(&expected),
                               .got = kt_buf_cstr(&fault.got),
                               .conn = s->conn,
                               .seq = fault.entry->seq};
    r = kt_case_fault(c, &f);
    kt_buf_fini(&expected);
    kt_buf_fini(&fault.got);
    return r != KT_DO_FAIL;
}

bool kt_account_claim(struct kt_case *c)
{
    for (struct kt_strm *s = c->strms; s; s = s->next)
        for (int d = 0; d < 2; d++)
            if (c->sut[d ? KT_CLIENT : KT_SERVER] && !claim_dir(c, s, d))
                return false;
    return true;
}

/* --- what needs no line --- */

static bool before(const struct kt_tape *t, const struct kt_entry *e,
                   enum kt_ev kind)
{
    const struct kt_entry *x = kt_tape_find(t, kind, 0);

    return x && x < e;
}

/* The server has ended the stream, or somebody has reset it. */
static bool stream_over(const struct kt_seen *seen)
{
    return kt_tape_find(&seen->tape[0], KT_EV_TRAILERS, 0) ||
           kt_tape_find(&seen->tape[0], KT_EV_HALF_CLOSE, 0) ||
           kt_tape_find(&seen->tape[0], KT_EV_RESET, 0);
}

/* On a stream that the judge has reset, until the SUT knows of it. */
static bool reset_by_judge(const struct kt_strm *s, const struct kt_entry *e)
{
    return s && s->reset && (!s->proved_seq || e->seq <= s->proved_seq);
}

/* An answer of HTTP's own: its body is no message, its end no status. */
static bool answered_by_http(const struct kt_seen *seen)
{
    const struct kt_entry *e = kt_tape_find(&seen->tape[0], KT_EV_HEADERS, 0);
    struct kt_cur v;

    return e && kt_hlist_get(e->ev->fields, ":status", 0, &v) &&
           kt_cur_left(&v) == 3 && v.p[0] >= '4';
}

static bool stream_entry(const struct kt_case *c, const struct kt_seen *seen,
                         bool to_server, const struct kt_tape *t,
                         const struct kt_entry *e)
{
    const struct kt_strm *s = seen->strm;
    const enum kt_ev kind = e->ev->kind;

    if (reset_by_judge(s, e) ||
        (s && !kt_entry_whole(e) && kt_ledger_may_begin(&s->ledger[to_server])))
        return true;
    if (!to_server) {
        if (kind == KT_EV_HEADERS || answered_by_http(seen))
            return true;
        if (kind == KT_EV_RESET)
            return (e->ev->code == KT_H2_NO_ERROR &&
                    before(t, e, KT_EV_TRAILERS)) ||
                   (c->stop_allowed && e->ev->code != KT_H2_PROTOCOL_ERROR);
        return s && kt_echo_allows(s, t, e);
    }
    if (kind == KT_EV_HALF_CLOSE || kind == KT_EV_RESET)
        return stream_over(seen) ||
               (kind == KT_EV_RESET && s && e->ev->code == KT_H2_CANCEL &&
                s->deadline_passed);
    return false;
}

static bool connection_entry(const struct kt_case *c,
                             const struct kt_chan *conn, bool to_server,
                             const struct kt_entry *e)
{
    if (e->ev->kind == KT_EV_CLOSE) {
        if (conn->judge_shut || c->stop_allowed || conn->ended[!to_server])
            return true;
        return to_server && !kt_chan_has_stream(conn);
    }
    return e->ev->kind == KT_EV_CONNECT || e->ev->kind == KT_EV_PREFACE;
}

/* GOAWAY is the one frame of a connection that needs a line. */
static bool frame_entry(const struct kt_case *c, const struct kt_entry *e)
{
    return !kt_entry_is_frame(e, KT_FT_GOAWAY) ||
           (c->stop_allowed && e->ev->frame.code == KT_H2_NO_ERROR);
}

static bool accounted(struct kt_case *c, const struct kt_chan *conn,
                      const struct kt_seen *seen, bool to_server,
                      const struct kt_tape *t, const struct kt_entry *e)
{
    if (e->marks & KT_M_ACCOUNTED)
        return true;
    if (e->ev->kind == KT_EV_FRAME)
        return frame_entry(c, e);
    if (seen->id == 0)
        return connection_entry(c, conn, to_server, e);
    return stream_entry(c, seen, to_server, t, e);
}

bool kt_account_passable(void *ctx, const struct kt_tape *t,
                         const struct kt_entry *e)
{
    struct kt_case *c = ctx;

    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        for (size_t i = 0; i < conn->nseen; i++)
            for (int d = 0; d < 2; d++)
                if (&conn->seen[i]->tape[d] == t)
                    return accounted(c, conn, conn->seen[i], d, t, e);
    return false;
}

static bool optional_takes(struct kt_case *c, struct kt_seen *seen,
                           struct kt_chan *conn, bool to_server,
                           struct kt_entry *e)
{
    const struct kt_names names = kt_strm_names(c);

    for (struct kt_option *o = c->options; o; o = o->next) {
        const struct kt_wire *w = &o->line->wire;
        const bool error =
            w->frame == KT_F_connection_error || w->frame == KT_F_stream_error;
        struct kt_found found;
        const struct kt_match_how how = {
            .stream = seen->id ? &seen->tape[to_server] : NULL,
            .connection = kt_chan_tape(conn, 0, to_server),
            .tape = &seen->tape[to_server],
            .names = &names,
            .bound = e,
            .narrows = true,
            .bare_ok = c->control_passed,
            .passable = kt_account_passable,
            .ctx = c,
        };

        if (w->to_server != to_server ||
            (!error && !kt_frame_kind_is(w->frame, e->ev)))
            continue;
        const enum kt_match m = kt_match_wire(w, &how, &found);

        if (m == KT_MATCH_YES && found.label[0])
            kt_case_label(c, o->line, found.label);
        kt_found_fini(&found);
        if (m == KT_MATCH_YES && e->marks & KT_M_ACCOUNTED)
            return true;
    }
    return false;
}

/* --- scopes --- */

static struct kt_entry *stray_of(struct kt_case *c, struct kt_chan *conn,
                                 struct kt_seen *seen)
{
    for (int d = 0; d < 2; d++) {
        struct kt_tape *t = &seen->tape[d];

        if (!c->sut[d ? KT_CLIENT : KT_SERVER])
            continue;
        for (size_t i = 0; i < t->n; i++)
            if (!accounted(c, conn, seen, d, t, &t->v[i]) &&
                !optional_takes(c, seen, conn, d, &t->v[i]))
                return &t->v[i];
    }
    return NULL;
}

struct kt_entry *kt_account_stray(struct kt_case *c, struct kt_strm *s,
                                  struct kt_chan **ret_conn)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        for (size_t i = 0; i < conn->nseen; i++) {
            struct kt_entry *e;

            if (s && conn->seen[i]->strm != s)
                continue;
            e = stray_of(c, conn, conn->seen[i]);
            *ret_conn = conn;
            if (e)
                return e;
        }
    return NULL;
}

static bool carries_a_name(const struct kt_chan *conn)
{
    for (size_t i = 0; i < conn->nseen; i++)
        if (conn->seen[i]->strm)
            return true;
    return false;
}

struct kt_chan *kt_account_stray_conn(struct kt_case *c)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        if (c->sut[KT_CLIENT] && !c->stop_allowed && !conn->implied &&
            !conn->taken && !carries_a_name(conn))
            return conn;
    return NULL;
}

/* A due that cannot come any more without anybody's fault. */
static bool excused(const struct kt_strm *s, bool to_server,
                    const struct kt_due *d)
{
    const struct kt_tape *down = kt_strm_tape(s, false);
    const struct kt_tape *up = kt_strm_tape(s, true);

    if (s->reset || (s->conn && !kt_chan_alive(s->conn)))
        return true;
    if (!down)
        return false;
    if (kt_tape_find(down, KT_EV_RESET, 0) || kt_tape_find(up, KT_EV_RESET, 0))
        return true;
    return to_server && d->kind != KT_EV_HEADERS && kt_strm_is_over(s);
}

const struct kt_due *kt_account_missing(struct kt_case *c, struct kt_strm **ret)
{
    for (struct kt_strm *s = c->strms; s; s = s->next)
        for (int d = 0; d < 2; d++) {
            const struct kt_due *due = kt_ledger_missing(&s->ledger[d]);

            if (!c->sut[d ? KT_CLIENT : KT_SERVER] || !due ||
                excused(s, d, due))
                continue;
            *ret = s;
            return due;
        }
    return NULL;
}

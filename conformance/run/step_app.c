/* Application lines of a side under test: what its driver is asked, and what
 * the line makes it write. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "check/answer.h"
#include "run/account.h"
#include "run/inner.h"
#include "run/request.h"
#include "run/step.h"
#include "run/warm.h"
#include <string.h>

/* --- the client's application --- */

static struct kt_ask *ask(struct kt_case *c, struct kt_thread *th,
                          struct kt_strm *s, const char *op, json_t *fields)
{
    struct kt_ask *a = kt_ask_new(c, th->line->app.side, th->line, s);

    a->settles = true;
    kt_ask_send(a, op, fields);
    return a;
}

/* Several lines are one request: what the others imply comes with it. */
static void open_with_message(struct kt_thread *th, struct kt_strm *s,
                              json_t *req)
{
    const char *name = th->line->stream;
    const struct kt_line *send =
        kt_fold_next(th->steps, th->pc, KT_CLIENT, KT_V_SEND, name);
    const struct kt_line *half =
        kt_fold_next(th->steps, th->pc, KT_CLIENT, KT_V_HALF_CLOSE, name);
    static const struct kt_msg empty = {.kind = KT_MSG_NONE};

    json_object_set_new(req, "message",
                        kt_msg_request(send ? &send->app.msg : &empty, 0));
    kt_account_message(s, true, send ? send : th->line,
                       send ? &send->app.msg : NULL);
    kt_ledger_put(&s->ledger[1], KT_EV_HALF_CLOSE, half ? half : th->line);
}

static enum kt_do open_line(struct kt_case *c, struct kt_thread *th,
                            struct kt_strm *s)
{
    const enum kt_mode mode = kt_strm_mode(s);
    json_t *req = kt_request_open(c, th->line, s);
    struct kt_ask *a;

    kt_ledger_put(&s->ledger[1], KT_EV_HEADERS, th->line);
    if (mode == KT_MODE_SERVER || kt_strm_is_folded(s))
        open_with_message(th, s, req);
    a = ask(c, th, s, kt_strm_is_folded(s) ? "call" : "open", req);
    th->ask = a;
    if (kt_strm_is_folded(s)) {
        a->as_message = true;
        s->whole = a;
    }
    return KT_DO_DONE;
}

/* The one answer of a mode that has one; afterwards it repeats. */
static void read_whole(struct kt_case *c, struct kt_thread *th,
                       struct kt_strm *s)
{
    struct kt_got again;

    if (!s->whole_read) {
        s->whole_read = true;
        th->ask = s->whole;
        if (th->line->as && !s->whole->as)
            s->whole->as = kt_xstrdup(th->line->as);
        return;
    }
    th->ask = kt_ask_new(c, KT_CLIENT, th->line, s);
    th->ask->judge = true;
    kt_got_copy(&again, &s->whole->got);
    if (again.kind == KT_GOT_MSG || again.kind == KT_GOT_OK) {
        kt_got_fini(&again);
        again.kind = KT_GOT_EOF;
    }
    kt_ask_give(th->ask, &again);
}

static struct kt_ask *close_and_recv(struct kt_case *c, struct kt_thread *th,
                                     struct kt_strm *s)
{
    kt_account_half_close(s, th->line);
    s->whole = ask(c, th, s, "close-and-recv", NULL);
    s->whole->as_message = true;
    return s->whole;
}

static void client_recv(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const enum kt_mode mode = kt_strm_mode(s);

    if (mode == KT_MODE_CLIENT && !s->whole)
        close_and_recv(c, th, s);
    if (s->whole) {
        read_whole(c, th, s);
        return;
    }
    th->ask = ask(c, th, s, "recv", NULL);
    th->ask->as_message = true;
    if (kt_outcome_wants_msg(&th->line->out) || th->line->as)
        th->ask->ordinal = s->read[0]++;
}

static enum kt_do client_send(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    const struct kt_msg *m = &th->line->app.msg;
    const uint64_t ordinal = s->sent[1];

    if (kt_strm_mode(s) == KT_MODE_SERVER || s->whole)
        return KT_DO_DONE; /* part of the request that opened it */
    kt_account_message(s, true, th->line, m);
    th->ask = ask(c, th, s, "send",
                  json_pack("{s:o}", "message", kt_msg_request(m, ordinal)));
    return KT_DO_DONE;
}

static enum kt_do client_half_close(struct kt_case *c, struct kt_thread *th,
                                    struct kt_strm *s)
{
    if (kt_strm_mode(s) == KT_MODE_SERVER || kt_strm_is_folded(s))
        return KT_DO_DONE;
    if (kt_strm_mode(s) == KT_MODE_CLIENT) {
        close_and_recv(c, th, s);
        return KT_DO_DONE;
    }
    kt_account_half_close(s, th->line);
    th->ask = ask(c, th, s, "half-close", NULL);
    return KT_DO_DONE;
}

static enum kt_do client_line(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    switch (th->line->app.verb) {
    case KT_V_OPEN:
        return open_line(c, th, s);
    case KT_V_SEND:
        return client_send(c, th, s);
    case KT_V_RECV:
        client_recv(c, th, s);
        break;
    case KT_V_HALF_CLOSE:
        return client_half_close(c, th, s);
    case KT_V_CANCEL:
        kt_account_cancel(s, th->line);
        th->ask = ask(c, th, s, "cancel", NULL);
        break;
    case KT_V_HEADER:
        th->ask = ask(c, th, s, "header", NULL);
        break;
    case KT_V_TRAILER:
        th->ask = ask(c, th, s, "trailer", NULL);
        break;
    case KT_V_FINISH:
        th->ask = ask(c, th, s, "finish", NULL);
        break;
    case KT_V_EVENTS:
        th->ask = ask(c, th, s, "events", NULL);
        break;
    case KT_V_CALL:
        th->ask = kt_request_call(c, th->line, s);
        break;
    default:
        kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, th->line,
                    "no word of a client");
        return KT_DO_FAIL;
    }
    return KT_DO_DONE;
}

/* --- the server's handler --- */

/* The first line of a stream accepts it. DONE when the driver has it. */
static enum kt_do accepted(struct kt_case *c, struct kt_thread *th,
                           struct kt_strm *s)
{
    if (!s->accept)
        s->accept = kt_request_accept(c, NULL, s);
    switch (s->accept->got.kind) {
    case KT_GOT_NONE:
        return kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
    case KT_GOT_OK:
        return KT_DO_DONE;
    default:
        return kt_step_outcome(c, th, s->accept, false);
    }
}

static void unary_recv(struct kt_case *c, struct kt_thread *th,
                       struct kt_strm *s)
{
    const json_t *m = json_object_get(s->accept->got.body, "message");
    struct kt_got got = {.kind = KT_GOT_EOF};

    th->ask = kt_ask_new(c, KT_SERVER, th->line, s);
    th->ask->judge = true;
    if (!s->request_read && m && kt_got_message(&got, m))
        got.kind = KT_GOT_MSG;
    s->request_read = true;
    kt_ask_give(th->ask, &got);
}

static void server_recv(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    if (kt_strm_is_folded(s)) {
        unary_recv(c, th, s);
        return;
    }
    th->ask = ask(c, th, s, "recv", NULL);
    th->ask->as_message = true;
    if (kt_outcome_wants_msg(&th->line->out) || th->line->as)
        th->ask->ordinal = s->read[1]++;
}

static void server_send(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const struct kt_msg *m = &th->line->app.msg;
    const uint64_t ordinal = s->sent[0];
    const bool allowed = kt_account_message(s, false, th->line, m);

    th->ask = ask(c, th, s, "send",
                  json_pack("{s:o}", "message", kt_msg_request(m, ordinal)));
    th->ask->settles = allowed;
}

static enum kt_do server_line(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    switch (th->line->app.verb) {
    case KT_V_RECV:
        server_recv(c, th, s);
        break;
    case KT_V_SEND:
        server_send(c, th, s);
        break;
    case KT_V_SET_HEADER:
        th->ask = ask(c, th, s, "set-header", kt_request_meta(th->line));
        break;
    case KT_V_SEND_HEADER:
        kt_ledger_put(&s->ledger[0], KT_EV_HEADERS, th->line);
        th->ask = ask(c, th, s, "send-header", kt_request_meta(th->line));
        break;
    case KT_V_SET_TRAILER:
        th->ask = ask(c, th, s, "set-trailer", kt_request_meta(th->line));
        break;
    case KT_V_CANCELLED:
        th->ask = ask(c, th, s, "cancelled", NULL);
        break;
    case KT_V_EVENTS:
        th->ask = ask(c, th, s, "events", NULL);
        break;
    case KT_V_RETURN: {
        const bool due = kt_account_return(s, th->line);

        s->returned = true;

        th->ask = ask(c, th, s, "return", kt_request_return(th->line, s));
        th->ask->settles = due;
        break;
    }
    default:
        kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, th->line,
                    "no word of a server");
        return KT_DO_FAIL;
    }
    return KT_DO_DONE;
}

static enum kt_do issue(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const struct kt_app *app = &th->line->app;
    enum kt_do r;

    if (app->side == KT_CLIENT) {
        r = app->verb == KT_V_OPEN || app->verb == KT_V_CALL ? kt_warm(c, th, s)
                                                             : KT_DO_DONE;
        return r == KT_DO_DONE ? client_line(c, th, s) : r;
    }
    if (app->verb == KT_V_STOP) {
        c->stop_allowed = true;
        /* It is over when the last stream is: the script goes on meanwhile. */
        kt_request_stop(c, th->line);
        return KT_DO_DONE;
    }
    if (app->verb == KT_V_ACCEPT) {
        if (!s->accept)
            s->accept = kt_request_accept(c, th->line, s);
        th->ask = s->accept;
        return KT_DO_DONE;
    }
    r = accepted(c, th, s);
    return r == KT_DO_DONE ? server_line(c, th, s) : r;
}

enum kt_do kt_step_app(struct kt_case *c, struct kt_thread *th, bool peek)
{
    struct kt_strm *s = kt_strm_get(c, th->line->stream);
    enum kt_do r;

    if (th->phase == 0) {
        r = issue(c, th, s);
        if (r != KT_DO_DONE)
            return r;
        th->phase = 1;
    }
    /* A call that several lines make is judged where its answer is read. */
    if (th->ask && th->ask == s->whole && th->line->app.verb == KT_V_OPEN)
        return KT_DO_DONE;
    return kt_step_answer(c, th, peek);
}

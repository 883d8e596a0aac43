/* handler echo. SPDX-License-Identifier: Apache-2.0 */
#include "run/echo.h"
#include "base/alloc.h"
#include "run/ask.h"
#include "run/inner.h"
#include "run/write.h"
#include "wire/status.h"
#include <string.h>

/* One call that is echoed: by the judge (a stream of a client under test), or
 * by requests to the driver of the server under test. */
struct kt_echo {
    struct kt_echo *next; /* of the case, driver only */
    struct kt_strm *s;
    struct kt_rx rx;                           /* judge */
    struct kt_ask *accept, *recv, *send, *ret; /* driver */
    enum kt_mode mode;
    json_t *last; /* driver: the last message, as the protocol has it */
    struct kt_buf last_raw; /* judge: its bytes */
    bool has_last, begun, over, window;
};

void kt_echo_free(struct kt_echo *e)
{
    if (!e)
        return;
    kt_rx_fini(&e->rx);
    json_decref(e->last);
    kt_buf_fini(&e->last_raw);
    kt_free(e);
}

static struct kt_echo *echo_new(struct kt_strm *s)
{
    struct kt_echo *e = kt_xalloc(sizeof *e);

    *e = (struct kt_echo){.s = s, .last_raw.limit = SIZE_MAX};
    kt_rx_init(&e->rx, true, false);
    s->echo = e;
    return e;
}

static bool wanted(const struct kt_case *c, const struct kt_strm *s)
{
    return s->echoed || c->scn->echo;
}

/* --- the judge plays it --- */

static void answer(struct kt_echo *e, struct kt_cur payload)
{
    const struct kt_draw d = {.c = e->s->c, .s = e->s};

    if (!e->s->head_sent)
        kt_draw_response(&d, NULL);
    kt_draw_message(&d, payload);
}

static void end_ok(struct kt_echo *e)
{
    const struct kt_draw d = {.c = e->s->c, .s = e->s};
    struct kt_status st;

    kt_status_init(&st);
    kt_draw_trailers(&d, &st, NULL);
    kt_status_fini(&st);
    e->over = true;
}

/* The answer of a mode with one answer: {} when nothing came. */
static void answer_last(struct kt_echo *e)
{
    static const uint8_t empty[] = {KT_T_STOP};

    answer(e, e->has_last ? kt_buf_view(&e->last_raw)
                          : kt_cur_of(empty, sizeof empty));
    end_ok(e);
}

/* Args {1: request} and Result {0: success} differ in one field id. */
static void keep_last(struct kt_echo *e, const struct kt_got *got)
{
    const struct kt_shape down = kt_strm_shape(e->s, false);
    const struct kt_cur raw = got->bytes;
    struct kt_err err;

    kt_buf_clear(&e->last_raw);
    e->has_last = true;
    if (down.wrap && got->msg)
        kt_json_encode(got->msg, &down, &e->last_raw, &err);
    else
        kt_buf_put(&e->last_raw, raw.p, kt_cur_left(&raw));
}

static void on_message(struct kt_echo *e, const struct kt_got *got)
{
    keep_last(e, got);
    switch (kt_strm_mode(e->s)) {
    case KT_MODE_BIDI:
        answer(e, kt_buf_view(&e->last_raw));
        break;
    case KT_MODE_SERVER:
        answer_last(e);
        break;
    case KT_MODE_UNARY:
    case KT_MODE_PINGPONG:
        answer_last(e);
        break;
    case KT_MODE_CLIENT:
        break;
    }
}

static void on_error(struct kt_echo *e, const struct kt_got *got)
{
    const struct kt_draw d = {.c = e->s->c, .s = e->s};
    struct kt_tape *up = kt_strm_tape(e->s, true);
    struct kt_status st;

    e->over = true;
    if (kt_tape_find(up, KT_EV_RESET, 0))
        return;
    kt_status_init(&st);
    if (got->kind == KT_GOT_EOF)
        kt_status_set(&st, KT_GRPC_INTERNAL, "EOF");
    else
        kt_status_set(&st, got->code, got->text ? got->text : "");
    kt_draw_trailers(&d, &st, NULL);
    kt_status_fini(&st);
}

/* Server streaming needs its one request (EOF-25). */
static bool lacks_request(const struct kt_echo *e)
{
    return kt_strm_mode(e->s) == KT_MODE_SERVER && !e->has_last;
}

/* A call of the runner's own is let through windows that the scenario keeps
 * shut, and leaves the connection's as it was. */
static void give_window(struct kt_echo *e)
{
    struct kt_strm *s = e->s;
    enum { SIZE = 18 }; /* prefix and {"message":"alive"} */

    if (e->window || !s->echoed ||
        !kt_setting_off(s->c->scn, KT_SERVER, "window-updates"))
        return;
    e->window = true;
    /* Some clients hold an empty DATA back while the window is zero. */
    kt_draw_window(s, s->id, KT_FLOW_DEFAULT);
    kt_draw_window(s, 0, SIZE);
}

static void judge_echo(struct kt_strm *s)
{
    struct kt_echo *e = s->echo ? s->echo : echo_new(s);
    const struct kt_shape shape = kt_strm_shape(s, true);
    struct kt_got got = {0};

    give_window(e);

    while (!e->over &&
           kt_rx_next(&e->rx, kt_strm_tape(s, true), kt_strm_conn_tape(s, true),
                      s->id, &shape, &got) == KT_DONE) {
        if (got.kind == KT_GOT_MSG || got.kind == KT_GOT_EXCEPTION)
            on_message(e, &got);
        else if (got.kind != KT_GOT_EOF || lacks_request(e))
            on_error(e, &got);
        else if (kt_strm_mode(s) == KT_MODE_BIDI)
            end_ok(e);
        else
            answer_last(e);
        kt_got_fini(&got);
    }
}

/* --- the driver plays it, request by request --- */

static struct kt_ask *ask(struct kt_echo *e, const char *op, json_t *fields)
{
    struct kt_ask *a = kt_ask_new(e->s->c, KT_SERVER, NULL, e->s);

    a->background = true;
    a->as_message = true;
    kt_ask_send(a, op, fields);
    return a;
}

/* match: only the call that carries this tag; NULL: the next one. */
static void accept_next(struct kt_case *c, const char *match)
{
    struct kt_strm *s;
    struct kt_echo *e;
    json_t *req = json_pack("{s:s}", "slot", c->slot->name);
    char name[32];

    snprintf(name, sizeof name, "echo-%u", ++c->echo_count);
    s = kt_strm_get(c, name);
    e = echo_new(s);
    e->next = c->echoes;
    c->echoes = e;
    e->accept = kt_ask_new(c, KT_SERVER, NULL, s);
    e->accept->background = true;
    if (match)
        json_object_set_new(req, "match", json_string(match));
    kt_ask_send(e->accept, "accept", req);
}

static void ret(struct kt_echo *e, json_t *fields)
{
    e->ret = ask(e, "return", fields);
    e->s->returned = true;
    e->over = true;
}

static json_t *last_or_empty(struct kt_echo *e)
{
    return e->last ? json_incref(e->last) : json_pack("{s:{}}", "json");
}

static void accepted(struct kt_echo *e)
{
    const json_t *body = e->accept->got.body;
    const char *name = json_string_value(json_object_get(body, "method"));
    const struct kt_method *m =
        name ? kt_service_method(e->s->c->service, name) : NULL;

    e->mode = m ? m->mode : KT_MODE_BIDI;
    e->s->accepted = true;
    if (e->mode == KT_MODE_UNARY || e->mode == KT_MODE_PINGPONG) {
        e->last = json_incref(json_object_get(body, "message"));
        ret(e, json_pack("{s:o}", "message", last_or_empty(e)));
        return;
    }
    e->recv = ask(e, "recv", NULL);
}

static void received(struct kt_echo *e)
{
    const struct kt_got *g = &e->recv->got;
    json_t *m = json_object_get(g->body, "message");

    if (g->kind == KT_GOT_MSG) {
        json_decref(e->last);
        e->last = json_incref(m);
        kt_got_trim(&e->recv->got);
        e->recv = NULL;
        if (e->mode == KT_MODE_CLIENT)
            e->recv = ask(e, "recv", NULL);
        else
            e->send = ask(e, "send", json_pack("{s:O}", "message", m));
        return;
    }
    if (g->kind == KT_GOT_EOF && e->mode == KT_MODE_CLIENT) {
        e->recv = NULL;
        e->send =
            ask(e, "send", json_pack("{s:o}", "message", last_or_empty(e)));
        return;
    }
    if (g->kind == KT_GOT_EOF && e->mode == KT_MODE_SERVER && !e->last)
        ret(e, json_pack("{s:s}", "error", "EOF"));
    else if (g->kind == KT_GOT_ERROR && !g->has_code)
        ret(e, json_pack("{s:s}", "error", g->text ? g->text : ""));
    else if (g->kind == KT_GOT_ERROR)
        ret(e, json_pack("{s:{s:i,s:s}}", "status", "code", (int)g->code,
                         "message", g->text ? g->text : ""));
    else
        ret(e, json_pack("{s:b}", "ok", 1));
}

static void sent(struct kt_echo *e)
{
    const bool more = e->mode == KT_MODE_BIDI;
    const bool ok = e->send->got.kind == KT_GOT_OK;

    e->send = NULL;
    if (ok && more)
        e->recv = ask(e, "recv", NULL);
    else
        ret(e, json_pack("{s:b}", "ok", 1));
}

static bool has(const struct kt_ask *a)
{
    return a && a->got.kind != KT_GOT_NONE;
}

/* The body of an accept that failed ends its actor: reset, or the end. */
static void driver_echo(struct kt_echo *e)
{
    while (!e->over) {
        if (has(e->accept) && e->accept->got.kind != KT_GOT_OK) {
            e->over = true;
        } else if (has(e->accept)) {
            accepted(e);
            e->accept = NULL;
            e->begun = true;
        } else if (has(e->recv)) {
            received(e);
        } else if (has(e->send)) {
            sent(e);
        } else {
            return;
        }
    }
}

static bool any_waits(const struct kt_case *c)
{
    for (const struct kt_echo *e = c->echoes; e; e = e->next)
        if (!e->over && e->accept)
            return true;
    return false;
}

static void drive(struct kt_case *c)
{
    for (struct kt_echo *e = c->echoes; e; e = e->next)
        driver_echo(e);
    if (c->scn->echo && c->phase < KT_C_CLOSING && !any_waits(c))
        accept_next(c, NULL);
}

static bool driven(const struct kt_case *c)
{
    return c->sut[KT_SERVER] && c->slot &&
           c->run->sut[KT_SERVER].state == KT_SUT_READY;
}

void kt_echo_want(struct kt_strm *s)
{
    s->echoed = true;
    if (driven(s->c) && (!s->c->scn->echo || s->c->phase >= KT_C_CLOSING))
        accept_next(s->c, s->name);
}

void kt_echo_pump(struct kt_case *c)
{
    if (driven(c))
        drive(c);
    if (c->sut[KT_SERVER])
        return;
    for (struct kt_strm *s = c->strms; s; s = s->next)
        if (wanted(c, s) && s->id)
            judge_echo(s);
}

/* --- what echo accounts for --- */

static size_t messages(const struct kt_tape *t, const struct kt_entry *upto)
{
    size_t n = 0;

    for (size_t i = 0; t && i < t->n; i++)
        n += t->v[i].ev->kind == KT_EV_MESSAGE && (!upto || &t->v[i] <= upto);
    return n;
}

bool kt_echo_allows(const struct kt_strm *s, const struct kt_tape *t,
                    const struct kt_entry *e)
{
    if (!wanted(s->c, s))
        return false;
    if (e->ev->kind == KT_EV_TRAILERS)
        return kt_tape_find(t, KT_EV_TRAILERS, 0) == e;
    if (e->ev->kind != KT_EV_MESSAGE)
        return false;
    if (kt_strm_mode(s) != KT_MODE_BIDI)
        return messages(t, e) <= 1;
    return messages(t, e) <= messages(kt_strm_tape(s, true), NULL);
}

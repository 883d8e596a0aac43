/* The judge's application. SPDX-License-Identifier: Apache-2.0 */
#include "run/play.h"
#include "base/alloc.h"
#include "check/meta.h"
#include "run/inner.h"
#include "run/request.h"
#include "run/write.h"
#include "wire/text.h"
#include <string.h>

/* --- connections of the judge's client --- */

struct kt_chan *kt_play_conn(struct kt_case *c, struct kt_strm *s,
                             const char *on)
{
    struct kt_strm *other;

    if (s->conn)
        return s->conn;
    if (on && strcmp(on, "new") == 0)
        return kt_chan_dial(c, s->name, false);
    if (on && strcmp(on, "any") != 0) {
        other = kt_strm_get(c, on);
        return other->conn ? other->conn : kt_play_conn(c, other, NULL);
    }
    if (!c->def_conn || !kt_chan_alive(c->def_conn))
        c->def_conn = kt_chan_dial(c, s->name, false);
    return c->def_conn;
}

/* WAIT until streams may start there. */
static enum kt_do ready(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const char *on = th->line->kind == KT_S_APP
                         ? kt_field_text(&th->line->app.fields, "on")
                         : NULL;

    s->conn = kt_play_conn(c, s, on);
    if (kt_chan_ready(s->conn))
        return KT_DO_DONE;
    if (!kt_chan_alive(s->conn))
        return kt_case_fault_text(c, th->line, KT_R_NO_CONNECTION,
                                  "the connection ended before a stream");
    return kt_step_wait(c, th, s, KT_FAIL, KT_R_NO_CONNECTION);
}

/* The wire lines under the application line at th that give a kind its fields.
 */
static const struct kt_wire *over(struct kt_thread *th, enum kt_frame frame)
{
    const size_t n = kt_fold_narrows(th->steps, th->pc);

    th->skip = n;
    for (size_t i = 1; i <= n; i++) {
        const struct kt_line *l = &th->steps->v[th->pc + i];

        if (l->wire.frame == frame)
            return &l->wire;
    }
    return NULL;
}

/* --- the judge as client --- */

static void opened(struct kt_strm *s, const struct kt_fields *f)
{
    const uint64_t now = kt_clock_now(&s->c->run->clock);
    const uint64_t deadline = kt_field_ns(f, "deadline");
    const char *method = kt_field_text(f, "method");
    const enum kt_mode mode = kt_strm_mode(s);

    if (method)
        s->method = kt_service_method(s->c->service, method);
    s->opened = true;
    s->open_ns = now;
    s->deadline_ns = deadline ? now + deadline : 0;
    kt_rx_init(&s->rx[0], false,
               mode != KT_MODE_BIDI && mode != KT_MODE_SERVER);
}

static void draw_send(struct kt_strm *s, const struct kt_msg *m, bool up,
                      const struct kt_wire *w)
{
    const struct kt_draw d = {.c = s->c, .s = s, .over = w};
    const struct kt_shape shape = kt_strm_shape(s, up);
    struct kt_buf raw = {.limit = SIZE_MAX};
    struct kt_err err;

    if (!kt_msg_encode(m, s->sent[up]++, &shape, &raw, &err))
        kt_case_end(s->c, KT_HARNESS_ERROR, KT_R_HARNESS, NULL, err.detail);
    else
        kt_draw_message(&d, kt_buf_view(&raw));
    kt_buf_fini(&raw);
}

void kt_play_call(struct kt_strm *s, const struct kt_fields *app,
                  const struct kt_msg *m, const struct kt_play_over *o)
{
    const struct kt_draw open = {.c = s->c, .s = s, .over = o->headers};
    const struct kt_draw half = {.c = s->c, .s = s, .over = o->half_close};

    opened(s, app);
    s->rx[0].to_the_end = true;
    kt_draw_request(&open, app);
    draw_send(s, m, true, o->message);
    kt_draw_half_close(&half);
}

struct kt_ask *kt_play_recv(struct kt_case *c, const struct kt_line *line,
                            struct kt_strm *s, enum kt_side side)
{
    struct kt_ask *a = kt_ask_new(c, side, line, s);

    a->judge = true;
    a->reads = true;
    if (!line || line->as || kt_outcome_wants_msg(&line->out))
        a->ordinal = s->read[side == KT_SERVER]++;
    return a;
}

static enum kt_do client_open(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    const struct kt_draw d = {.c = c, .s = s, .over = over(th, KT_F_headers)};
    enum kt_do r = ready(c, th, s);

    if (r != KT_DO_DONE)
        return r;
    opened(s, &th->line->app.fields);
    kt_draw_request(&d, &th->line->app.fields);
    return KT_DO_DONE;
}

static enum kt_do client_call(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    enum kt_do r = ready(c, th, s);

    if (r != KT_DO_DONE)
        return r;
    const struct kt_play_over o = {.headers = over(th, KT_F_headers),
                                   .message = over(th, KT_F_message),
                                   .half_close = over(th, KT_F_half_close)};
    kt_play_call(s, &th->line->app.fields, &th->line->app.msg, &o);
    th->ask = kt_play_recv(c, th->line, s, KT_CLIENT);
    return KT_DO_DONE;
}

/* header and trailer: waits in the pump for what it shows. */
static void shows(struct kt_case *c, struct kt_thread *th, struct kt_strm *s)
{
    th->ask = kt_ask_new(c, th->line->app.side, th->line, s);
    th->ask->judge = true;
}

static enum kt_do client_line(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    struct kt_draw d = {.c = c, .s = s};

    switch (th->line->app.verb) {
    case KT_V_OPEN:
        return client_open(c, th, s);
    case KT_V_CALL:
        return client_call(c, th, s);
    case KT_V_SEND:
        draw_send(s, &th->line->app.msg, true, over(th, KT_F_message));
        break;
    case KT_V_HALF_CLOSE:
        d.over = over(th, KT_F_half_close);
        kt_draw_half_close(&d);
        break;
    case KT_V_CANCEL:
        d.over = over(th, KT_F_reset);
        kt_draw_reset(&d, KT_H2_CANCEL);
        break;
    case KT_V_RECV:
        th->ask = kt_play_recv(c, th->line, s, KT_CLIENT);
        break;
    case KT_V_HEADER:
    case KT_V_TRAILER:
        shows(c, th, s);
        break;
    default:
        kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, th->line,
                    "the judge does not play this");
        return KT_DO_FAIL;
    }
    return KT_DO_DONE;
}

/* --- the judge as server --- */

/* The status that `return` stands for. */
static void status_of(const struct kt_app *app, struct kt_status *st)
{
    const struct kt_outcome *r = &app->ret;
    char *extra;

    if (app->panic) {
        kt_status_set(st, KT_GRPC_INTERNAL, "panic");
    } else if (app->ret_error) {
        kt_status_set(st, KT_GRPC_INTERNAL, app->ret_error);
    } else if (r->kind == KT_OUT_STATUS) {
        kt_status_set(st, r->ncodes ? r->codes[0] : KT_GRPC_UNKNOWN,
                      r->has_text ? r->text.text : "");
    } else if (r->kind == KT_OUT_BIZ) {
        kt_status_set(st, KT_GRPC_INTERNAL, r->has_text ? r->text.text : "");
        st->has_biz = true;
        st->biz_code = r->biz_code;
        extra = r->extra ? json_dumps(r->extra, JSON_COMPACT) : NULL;
        kt_buf_clear(&st->extra);
        if (extra)
            kt_buf_puts(&st->extra, extra);
        free(extra); /* jansson's own */
    }
}

static void return_message(struct kt_strm *s, const struct kt_outcome *ret,
                           struct kt_thread *th)
{
    const struct kt_draw d = {.c = s->c, .s = s};
    const struct kt_shape shape = kt_strm_shape(s, false);
    struct kt_buf raw = {.limit = SIZE_MAX};
    struct kt_err err;
    json_t *j;

    if (!s->head_sent)
        kt_draw_response(&d, s->set_header);
    if (ret->kind == KT_OUT_MSG) {
        draw_send(s, &ret->msg, false, over(th, KT_F_message));
        return;
    }
    j = kt_msg_json(&ret->msg, 0);
    if (kt_exception_encode(ret->name, j, &shape, &raw, &err))
        kt_draw_message(&d, kt_buf_view(&raw));
    json_decref(j);
    kt_buf_fini(&raw);
}

static void server_return(struct kt_case *c, struct kt_thread *th,
                          struct kt_strm *s)
{
    const struct kt_app *app = &th->line->app;
    const struct kt_draw d = {.c = c, .s = s, .over = over(th, KT_F_trailers)};
    struct kt_status st;

    kt_status_init(&st);
    status_of(app, &st);
    if (app->ret.kind == KT_OUT_MSG || app->ret.kind == KT_OUT_EXCEPTION)
        return_message(s, &app->ret, th);
    else if (s->set_header && !s->head_sent)
        kt_draw_response(&d, s->set_header);
    kt_draw_trailers(&d, &st, s->set_trailer);
    kt_status_fini(&st);
}

static struct kt_hlist *metadata(struct kt_hlist **at)
{
    if (!*at) {
        *at = kt_xalloc(sizeof **at);
        kt_hlist_init(*at, 1 << 20, 1024);
    }
    return *at;
}

static void server_send(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const struct kt_draw head = {
        .c = c, .s = s, .over = over(th, KT_F_headers)};

    if (!s->head_sent)
        kt_draw_response(&head, s->set_header);
    draw_send(s, &th->line->app.msg, false, over(th, KT_F_message));
}

static void send_header(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    const struct kt_draw d = {.c = c, .s = s, .over = over(th, KT_F_headers)};
    struct kt_hlist *h = metadata(&s->set_header);

    kt_meta_write(&th->line->app.fields, 0, h);
    kt_draw_response(&d, h);
}

static enum kt_do server_line(struct kt_case *c, struct kt_thread *th,
                              struct kt_strm *s)
{
    switch (th->line->app.verb) {
    case KT_V_RECV:
        th->ask = kt_play_recv(c, th->line, s, KT_SERVER);
        break;
    case KT_V_ACCEPT:
    case KT_V_CANCELLED:
        shows(c, th, s);
        break;
    case KT_V_SEND:
        server_send(c, th, s);
        break;
    case KT_V_SET_HEADER:
        kt_meta_write(&th->line->app.fields, 0, metadata(&s->set_header));
        break;
    case KT_V_SET_TRAILER:
        kt_meta_write(&th->line->app.fields, 0, metadata(&s->set_trailer));
        break;
    case KT_V_SEND_HEADER:
        send_header(c, th, s);
        break;
    case KT_V_RETURN:
        server_return(c, th, s);
        break;
    default:
        kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, th->line,
                    "the judge does not play this");
        return KT_DO_FAIL;
    }
    return KT_DO_DONE;
}

/* A handler of the judge's begins when the stream has come. */
static enum kt_do arrived(struct kt_case *c, struct kt_thread *th,
                          struct kt_strm *s)
{
    if (s->id == 0)
        return kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
    if (!s->arrived)
        kt_rx_init(&s->rx[1], true, false);
    s->arrived = true;
    return KT_DO_DONE;
}

static enum kt_do issue(struct kt_case *c, struct kt_thread *th,
                        struct kt_strm *s)
{
    enum kt_do r;

    if (th->line->app.side == KT_CLIENT)
        return client_line(c, th, s);
    if (th->line->as && th->line->app.verb == KT_V_ACCEPT) {
        shows(c, th, s); /* waits in the background */
        return KT_DO_DONE;
    }
    r = arrived(c, th, s);
    return r == KT_DO_DONE ? server_line(c, th, s) : r;
}

enum kt_do kt_step_play(struct kt_case *c, struct kt_thread *th, bool peek)
{
    struct kt_strm *s = kt_strm_get(c, th->line->stream);
    enum kt_do r;

    if (th->phase == 0) {
        r = issue(c, th, s);
        if (r != KT_DO_DONE)
            return r;
        th->phase = 1;
        kt_play_pump(c);
    }
    if (th->line->as && !th->ask) { /* what the judge sends is ok at once */
        struct kt_got ok = {.kind = KT_GOT_OK};

        th->ask = kt_ask_new(c, th->line->app.side, th->line, s);
        th->ask->judge = true;
        kt_ask_give(th->ask, &ok);
    }
    return kt_step_answer(c, th, peek);
}

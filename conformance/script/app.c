/* Application lines: what client and server do and get.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/step.h"
#include "wire/status.h"
#include <string.h>

static void word_pos(const struct kt_line_in *l, const struct kt_word *w,
                     struct kt_field *f)
{
    f->pos = l->pos;
    f->pos.col = w->col;
}

bool kt_absent_read(struct kt_line_in *l, char group, struct kt_fields *f)
{
    struct kt_field field = {.absent = true, .group = group};
    const struct kt_word *w = kt_line_take(l);

    if (w == NULL)
        return kt_line_bad(l, NULL, "no what?");
    if (group == 0 && (kt_word_is(w, "meta") || kt_word_is(w, "persist") ||
                       kt_word_is(w, "header")))
        return kt_absent_read(l, w->p[0], f);
    word_pos(l, w, &field);
    field.name = kt_word_dup(l, w);
    kt_fields_put(l->arena, f, field);
    return true;
}

static bool group_read(struct kt_line_in *l, char group, struct kt_fields *f)
{
    struct kt_field field;

    if (kt_line_accept(l, "no"))
        return kt_absent_read(l, group, f);
    if (!kt_field_read(l, kt_line_take(l), &field))
        return false;
    field.group = group;
    kt_fields_put(l->arena, f, field);
    return true;
}

bool kt_tail_read(struct kt_line_in *l, struct kt_line *ret, bool *ret_took)
{
    const struct kt_word *w = kt_line_peek(l);

    *ret_took = true;
    if (kt_word_starts(w, "@") && w->n > 1) {
        kt_line_take(l);
        ret->rule = kt_pool_strndup(l->arena, w->p + 1, w->n - 1);
        return true;
    }
    if (kt_line_accept(l, "as")) {
        w = kt_line_take(l);
        if (w == NULL)
            return kt_line_bad(l, w, "as what?");
        ret->as = kt_word_dup(l, w);
        return true;
    }
    if (kt_line_accept(l, "after")) {
        ret->after.given = true;
        if (!kt_time_range_read(l, kt_line_take(l), &ret->after.lo_ns,
                                &ret->after.hi_ns))
            return false;
        if (!kt_line_accept(l, "since"))
            return true;
        w = kt_line_take(l);
        if (w == NULL)
            return kt_line_bad(l, w, "since what?");
        ret->after.since = kt_word_dup(l, w);
        return true;
    }
    *ret_took = false;
    return true;
}

/* deadline=, on=, … of open, call, accept, stop. */
static bool option_read(struct kt_line_in *l, struct kt_app *app,
                        bool *ret_took)
{
    const struct kt_word *w = kt_line_peek(l);
    const char *eq = w && w->p[0] != '{' ? memchr(w->p, '=', w->n) : NULL;
    struct kt_field field;

    *ret_took = true;
    if (kt_line_accept(l, "header"))
        return group_read(l, 'h', &app->fields);
    if (kt_line_accept(l, "meta"))
        return group_read(l, 'm', &app->fields);
    if (kt_line_accept(l, "persist"))
        return group_read(l, 'p', &app->fields);
    if (kt_line_accept(l, "no"))
        return kt_absent_read(l, 0, &app->fields);
    if (eq == NULL || kt_word_starts(w, "size=") || kt_word_is(w, "=")) {
        *ret_took = false;
        return true;
    }
    if (kt_word_find(KT_W_OPTION, w->p, (size_t)(eq - w->p)) == NULL) {
        const struct kt_word name = {w->p, (size_t)(eq - w->p), w->col};
        return kt_word_unknown(l, &name, KT_W_OPTION, "option");
    }
    if (!kt_field_read(l, kt_line_take(l), &field))
        return false;
    kt_fields_put(l->arena, &app->fields, field);
    return true;
}

static bool options_read(struct kt_line_in *l, struct kt_app *app)
{
    bool took = true;

    while (took && kt_line_peek(l) != NULL)
        if (!option_read(l, app, &took))
            return false;
    return true;
}

/* k=v…, "no name" of header, trailer, set-header, … */
static bool fields_read(struct kt_line_in *l, struct kt_fields *f)
{
    const struct kt_word *w;
    struct kt_field field;

    while ((w = kt_line_peek(l)) != NULL && w->p[0] != '@') {
        if (kt_line_accept(l, "no")) {
            if (!kt_absent_read(l, 'h', f))
                return false;
            continue;
        }
        if (memchr(w->p, '=', w->n) == NULL)
            return true;
        if (!kt_field_read(l, kt_line_take(l), &field))
            return false;
        field.group = 'h';
        kt_fields_put(l->arena, f, field);
    }
    return true;
}

static bool events_read(struct kt_line_in *l, struct kt_app *app)
{
    const struct kt_word *w;
    struct kt_field field;

    while ((w = kt_line_peek(l)) != NULL && w->p[0] != '@') {
        struct kt_event_want *last =
            app->nevents ? &app->events[app->nevents - 1] : NULL;

        kt_line_take(l);
        if (memchr(w->p, '=', w->n) != NULL) {
            if (last == NULL)
                return kt_line_bad(l, w, "which event has this field?");
            if (!kt_field_read(l, w, &field))
                return false;
            kt_fields_put(l->arena, &last->fields, field);
            continue;
        }
        app->events = kt_pool_more(l->arena, app->events, app->nevents,
                                   sizeof *app->events);
        app->events[app->nevents++] =
            (struct kt_event_want){.name = kt_word_dup(l, w)};
    }
    return true;
}

static bool return_read(struct kt_line_in *l, struct kt_app *app)
{
    struct kt_outcomes out;
    const struct kt_word *w = kt_line_peek(l);
    size_t n;

    if (kt_line_accept(l, "panic")) {
        app->panic = true;
        return true;
    }
    if (kt_line_accept(l, "error")) {
        w = kt_line_take(l);
        if (w == NULL)
            return kt_line_bad(l, w, "an error has a text");
        app->ret.kind = KT_OUT_ERROR;
        return kt_text_read(l, w, &app->ret_error, &n);
    }
    if (!kt_outcomes_read(l, &out))
        return false;
    if (out.n != 1 || out.v[0].kind == KT_OUT_EOF || out.v[0].ncodes > 1)
        return kt_line_bad(
            l, w,
            "return ok, M, error TEXT, status CODE TEXT, biz CODE TEXT, "
            "exception NAME M, or panic");
    app->ret = out.v[0];
    app->msg = app->ret.msg;
    return true;
}

static bool call_read(struct kt_line_in *l, struct kt_line *ret)
{
    struct kt_app *app = &ret->app;

    if (!options_read(l, app) || !kt_msg_read(l, &app->msg))
        return false;
    if (app->msg.kind == KT_MSG_NONE)
        return kt_line_bad(l, kt_line_peek(l), "a call has a message");
    return !kt_line_accept(l, "=") || kt_outcomes_read(l, &ret->out);
}

static bool send_read(struct kt_line_in *l, struct kt_app *app)
{
    if (!kt_msg_read(l, &app->msg))
        return false;
    return app->msg.kind != KT_MSG_NONE ||
           kt_line_bad(l, kt_line_peek(l),
                       "send what? {…}, size=N, bytes hex:…");
}

static bool cancelled_read(struct kt_line_in *l, struct kt_line *ret)
{
    const struct kt_word *w = kt_line_peek(l);
    struct kt_outcome o = {.kind = KT_OUT_STATUS};

    ret->app.code = KT_NO_CODE;
    if (w == NULL || w->p[0] == '@' || kt_word_is(w, "as") ||
        kt_word_is(w, "after"))
        return true;
    if (!kt_line_split_bars(l))
        return false;
    do {
        o.codes = kt_pool_more(l->arena, o.codes, o.ncodes, sizeof *o.codes);
        if (!kt_status_code_read(l, kt_line_take(l), &o.codes[o.ncodes++]))
            return false;
    } while (kt_line_accept(l, "|"));
    ret->app.code = o.codes[0];
    ret->out.v = kt_pool_alloc(l->arena, sizeof o);
    ret->out.v[0] = o;
    ret->out.n = 1;
    return true;
}

static bool verb_read(struct kt_line_in *l, struct kt_line *ret)
{
    struct kt_app *app = &ret->app;

    switch (app->verb) {
    case KT_V_OPEN:
    case KT_V_ACCEPT:
    case KT_V_STOP:
        return options_read(l, app);
    case KT_V_SEND:
        return send_read(l, app);
    case KT_V_RECV:
    case KT_V_HALF_CLOSE:
    case KT_V_CANCEL:
    case KT_V_FINISH:
        return true;
    case KT_V_HEADER:
    case KT_V_TRAILER:
    case KT_V_SET_HEADER:
    case KT_V_SEND_HEADER:
    case KT_V_SET_TRAILER:
        return fields_read(l, &app->fields);
    case KT_V_EVENTS:
        return events_read(l, app);
    case KT_V_CALL:
        return call_read(l, ret);
    case KT_V_CANCELLED:
        return cancelled_read(l, ret);
    case KT_V_RETURN:
        return return_read(l, app);
    case KT_V_COUNT:
        break;
    }
    return false;
}

bool kt_app_read(struct kt_line_in *l, enum kt_side side, struct kt_line *ret)
{
    const enum kt_word_kind kind =
        side == KT_CLIENT ? KT_W_CLIENT : KT_W_SERVER;
    const struct kt_word *w = kt_line_take(l);
    bool took = true;

    ret->kind = KT_S_APP;
    ret->app.side = side;
    ret->app.code = KT_NO_CODE;
    if (w == NULL)
        return kt_line_bad(l, w, "what does the %s do?",
                           side == KT_CLIENT ? "client" : "server");
    const struct kt_word_def *def = kt_word_find(kind, w->p, w->n);
    if (def == NULL)
        return kt_word_unknown(
            l, w, kind, side == KT_CLIENT ? "client step" : "server step");
    ret->app.verb = (enum kt_verb)def->value;
    if (!verb_read(l, ret))
        return false;
    while (took && kt_line_peek(l) != NULL)
        if (!kt_tail_read(l, ret, &took))
            return false;
    if (kt_line_peek(l) != NULL && ret->out.n == 0 &&
        !kt_outcomes_read(l, &ret->out))
        return false;
    for (took = true; took && kt_line_peek(l) != NULL;)
        if (!kt_tail_read(l, ret, &took))
            return false;
    if (kt_line_peek(l) != NULL)
        return kt_line_bad(l, kt_line_peek(l), "'%.*s' has no place here",
                           (int)kt_line_peek(l)->n, kt_line_peek(l)->p);
    return true;
}

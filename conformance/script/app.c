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

/* A deadline of accept is a range, all other times are one time. */
static bool time_check(struct kt_line_in *l, const struct kt_word *w,
                       enum kt_verb verb, const struct kt_field *f)
{
    const struct kt_pat *v = &f->value;
    uint64_t ns;

    if (strcmp(f->name, "deadline") != 0 && strcmp(f->name, "grace") != 0)
        return true;
    if (verb == KT_V_ACCEPT)
        return v->kind == KT_PAT_RANGE ||
               kt_line_bad(l, w, "accept deadline=A..B, each with ms or s");
    return (v->kind == KT_PAT_LIT && kt_time_read(v->text, v->n, &ns)) ||
           kt_line_bad(l, w, "%s=TIME: 300ms, 2s", f->name);
}

/* Those that are a word in front of k=v. */
static bool is_group(const struct kt_word_def *def)
{
    return strchr("hmpn", def->name[0]) != NULL &&
           strcmp(def->name, "method") != 0;
}

/* "header k=v", "meta K=V", "persist K=V", "no …". */
static bool group_option(struct kt_line_in *l, struct kt_app *app,
                         const struct kt_word_def *def)
{
    const bool no = strcmp(def->name, "no") == 0;

    kt_line_take(l);
    return no ? kt_absent_read(l, 0, &app->fields)
              : group_read(l, def->name[0], &app->fields);
}

/* deadline=, on=, header … of open, call, accept, stop. */
static bool option_read(struct kt_line_in *l, struct kt_app *app,
                        bool *ret_took)
{
    const struct kt_word *w = kt_line_peek(l);
    const char *eq = w->p[0] != '{' ? memchr(w->p, '=', w->n) : NULL;
    const struct kt_word name = {w->p, eq ? (size_t)(eq - w->p) : w->n, w->col};
    const struct kt_word_def *def =
        kt_word_at(KT_W_OPTION, 1u << app->verb, name.p, name.n);
    struct kt_field field;

    *ret_took = true;
    if (eq == NULL && def != NULL && is_group(def))
        return group_option(l, app, def);
    if (eq == NULL || kt_word_starts(w, "size=") || kt_word_is(w, "=")) {
        *ret_took = false;
        return true;
    }
    if (def == NULL || is_group(def))
        return kt_word_unknown(l, &name, KT_W_OPTION, 1u << app->verb,
                               "option of this step");
    if (!kt_field_read(l, kt_line_take(l), &field) ||
        !time_check(l, w, app->verb, &field))
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

static bool tails_read(struct kt_line_in *l, struct kt_line *ret)
{
    bool took = true;

    while (took && kt_line_peek(l) != NULL)
        if (!kt_tail_read(l, ret, &took))
            return false;
    return true;
}

/* A message or the end is what a Recv gives, or a whole call. */
static bool outcome_check(struct kt_line_in *l, const struct kt_word *at,
                          const struct kt_line *s)
{
    const enum kt_verb v = s->app.verb;

    for (size_t i = 0; i < s->out.n && at != NULL; i++) {
        const enum kt_out_kind k = s->out.v[i].kind;

        if (v == KT_V_EVENTS)
            return kt_line_bad(l, at, "this step has no other outcome");
        if ((k == KT_OUT_MSG || k == KT_OUT_EOF) && v != KT_V_RECV &&
            v != KT_V_CALL)
            return kt_line_bad(l, at, "only recv and call give this");
    }
    return true;
}

bool kt_app_read(struct kt_line_in *l, enum kt_side side, struct kt_line *ret)
{
    const enum kt_word_kind kind =
        side == KT_CLIENT ? KT_W_CLIENT : KT_W_SERVER;
    const struct kt_word *w = kt_line_take(l), *at;

    ret->kind = KT_S_APP;
    ret->app.side = side;
    ret->app.code = KT_NO_CODE;
    if (w == NULL)
        return kt_line_bad(l, w, "what does the %s do?",
                           side == KT_CLIENT ? "client" : "server");
    const struct kt_word_def *def = kt_word_find(kind, w->p, w->n);
    if (def == NULL)
        return kt_word_unknown(
            l, w, kind, 0, side == KT_CLIENT ? "client step" : "server step");
    ret->app.verb = (enum kt_verb)def->value;
    if (!verb_read(l, ret) || !tails_read(l, ret))
        return false;
    at = kt_line_peek(l);
    if (at != NULL && ret->out.n == 0 && !kt_outcomes_read(l, &ret->out))
        return false;
    if (!tails_read(l, ret) || !outcome_check(l, at, ret))
        return false;
    return kt_line_peek(l) == NULL || kt_outcome_stray(l);
}

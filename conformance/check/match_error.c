/* stream-error and connection-error: one fault, several legal forms.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/match.h"

static bool code_ok(const struct kt_wire *w, uint32_t code)
{
    return !w->has_codes || kt_code_match(&w->codes, code, kt_h2err_name);
}

static enum kt_match yes(const struct kt_match_how *how, struct kt_entry *e,
                         const char *label, struct kt_found *ret)
{
    ret->entry = e;
    ret->label = label;
    if (!how->peek)
        e->marks |= KT_M_TAKEN;
    return KT_MATCH_YES;
}

static enum kt_match wrong(struct kt_entry *e, struct kt_found *ret)
{
    ret->entry = e;
    ret->reason = KT_R_WRONG_CODE;
    kt_event_print(&ret->got, e->ev, 64);
    return KT_MATCH_NO;
}

static struct kt_entry *first_frame(const struct kt_tape *t, uint8_t type)
{
    for (size_t i = 0; t && i < t->n; i++)
        if (kt_entry_is_frame(&t->v[i], type) && !(t->v[i].marks & KT_M_TAKEN))
            return &t->v[i];
    return NULL;
}

static struct kt_entry *first_close(const struct kt_tape *t)
{
    return t ? kt_tape_find(t, KT_EV_CLOSE, KT_M_TAKEN) : NULL;
}

static bool says_no_error(const struct kt_entry *e)
{
    return kt_entry_is_frame(e, KT_FT_GOAWAY) &&
           e->ev->frame.code == KT_H2_NO_ERROR;
}

/* A graceful GOAWAY may come first; the one with the error counts. */
static struct kt_entry *goaway_of(const struct kt_wire *w,
                                  const struct kt_tape *t)
{
    struct kt_entry *e = first_frame(t, KT_FT_GOAWAY);
    struct kt_entry *const end = t ? t->v + t->n : NULL;

    if (code_ok(w, KT_H2_NO_ERROR))
        return e;
    for (; e != NULL && e < end; e++)
        if (kt_entry_is_frame(e, KT_FT_GOAWAY) && !says_no_error(e))
            return e;
    return NULL;
}

/* Those that tell no error belong to the close. */
static void take_graceful(struct kt_tape *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (says_no_error(&t->v[i]))
            t->v[i].marks |= KT_M_TAKEN;
}

/* GOAWAY(CODE), then the end of the connection. Without the code, or with
 * NO_ERROR in its place, it is bare: RFC 9113 5.4.1 asks for the end, and says
 * only SHOULD of the GOAWAY. */
static enum kt_match connection(const struct kt_wire *w,
                                const struct kt_match_how *how,
                                const char *label, struct kt_found *ret)
{
    struct kt_entry *goaway = goaway_of(w, how->connection);
    struct kt_entry *close = first_close(how->connection);

    if (goaway && !code_ok(w, goaway->ev->frame.code))
        return wrong(goaway, ret);
    if (!close)
        return KT_MATCH_WAIT; /* it belongs to the GOAWAY */
    if (!goaway && !how->bare_ok) {
        ret->entry = close;
        ret->reason = KT_R_BARE_CLOSE;
        kt_event_print(&ret->got, close->ev, 64);
        return KT_MATCH_NO;
    }
    if (!how->peek) {
        take_graceful(how->connection);
        close->marks |= KT_M_TAKEN;
    }
    return goaway ? yes(how, goaway, label, ret)
                  : yes(how, close, "bare-close", ret);
}

static bool is_4xx(const struct kt_event *ev)
{
    struct kt_cur v;

    return ev->fields && kt_hlist_get(ev->fields, ":status", 0, &v) &&
           kt_cur_left(&v) == 3 && v.p[0] == '4';
}

static struct kt_entry *refusal(const struct kt_tape *t)
{
    for (size_t i = 0; t && i < t->n; i++)
        if ((t->v[i].ev->kind == KT_EV_HEADERS ||
             t->v[i].ev->kind == KT_EV_TRAILERS) &&
            is_4xx(t->v[i].ev))
            return &t->v[i];
    return NULL;
}

static enum kt_match stream(const struct kt_wire *w,
                            const struct kt_match_how *how,
                            struct kt_found *ret)
{
    struct kt_entry *reset =
        how->stream ? kt_tape_find(how->stream, KT_EV_RESET, KT_M_TAKEN) : NULL;
    struct kt_entry *http = w->to_server ? NULL : refusal(how->stream);

    if (reset && code_ok(w, reset->ev->code))
        return yes(how, reset, "", ret);
    if (http)
        return yes(how, http, "http-status", ret);
    if (reset)
        return wrong(reset, ret);
    return connection(w, how, "connection-error", ret);
}

enum kt_match kt_match_error(const struct kt_wire *w,
                             const struct kt_match_how *how,
                             struct kt_found *ret)
{
    if (w->frame == KT_F_stream_error)
        return stream(w, how, ret);
    return connection(w, how, "", ret);
}

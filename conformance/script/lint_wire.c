/* Lint of wire lines without '!': each must be harmless, or implied or allowed
 * by an application line of its side, or follow a '!' line of the other side;
 * nothing in it may be illegal; and its transport must have its words.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/lint.h"
#include "script/words.h"
#include <ctype.h>
#include <string.h>

#define F(frame) (1u << KT_F_##frame)

/* What lines above imply or allow, by writer; a reset of one stream may reach
 * another that was opened from it, so streams are told apart by name only
 * where the line opens, sends or ends one. */
struct allowed {
    const char *stream;
    uint32_t frames[2];
};

struct wires {
    struct kt_lint *l;
    struct allowed *v;
    size_t n;
    uint32_t any[2]; /* on any stream */
    bool forced[2];  /* a '!' line of this writer stands above */
};

static struct allowed *get(struct wires *t, const char *name)
{
    for (size_t i = t->n; i-- > 0;)
        if (strcmp(t->v[i].stream, name) == 0)
            return &t->v[i];
    t->v = kt_pool_more(t->l->pool, t->v, t->n, sizeof *t->v);
    t->v[t->n] = (struct allowed){.stream = name};
    return &t->v[t->n++];
}

static const uint32_t head = F(headers) | F(HEADERS) | F(CONTINUATION);
static const uint32_t body = F(message) | F(DATA) | F(data);
static const uint32_t end = F(half_close) | F(DATA);
static const uint32_t tail = F(trailers) | F(HEADERS) | F(CONTINUATION);
static const uint32_t reset = F(reset) | F(RST_STREAM);

static void app_line(struct wires *t, const struct kt_line *s)
{
    uint32_t *now = get(t, s->stream)->frames;
    const bool client = s->app.side == KT_CLIENT;

    t->any[s->app.side] |= F(TT) | F(THRIFT); /* judged with their transport */
    switch (s->app.verb) {
    case KT_V_OPEN:
    case KT_V_CALL:
        now[KT_CLIENT] |= head;
        if (s->app.verb == KT_V_CALL)
            now[KT_CLIENT] |= body | end;
        if (kt_fields_get(&s->app.fields, "deadline"))
            t->any[KT_CLIENT] |= reset;
        if (t->l->scn->echo)
            now[KT_SERVER] |= head | body | tail | F(TT) | F(THRIFT);
        break;
    case KT_V_SEND:
        now[s->app.side] |= client ? body : head | body;
        break;
    case KT_V_HALF_CLOSE:
        now[KT_CLIENT] |= end;
        break;
    case KT_V_CANCEL:
        t->any[KT_CLIENT] |= reset;
        break;
    case KT_V_SEND_HEADER:
        now[KT_SERVER] |= head;
        break;
    case KT_V_RETURN:
        now[KT_SERVER] |= head | tail;
        if (s->app.ret.kind == KT_OUT_MSG ||
            s->app.ret.kind == KT_OUT_EXCEPTION)
            now[KT_SERVER] |= body;
        break;
    case KT_V_STOP:
        t->any[KT_SERVER] |= F(GOAWAY) | F(PING) | F(CLOSE) | reset;
        break;
    default:
        break;
    }
}

static bool harmless(const struct kt_wire *w)
{
    static const uint32_t always = F(SETTINGS) | F(PING) | F(WINDOW_UPDATE) |
                                   F(PRIORITY) | F(FRAME) | F(CONNECT);

    return always & 1u << w->frame ||
           (w->to_server
                ? w->frame == KT_F_CLOSE
                : w->frame == KT_F_headers || w->frame == KT_F_HEADERS);
}

static void implied(struct wires *t, const struct kt_line *s)
{
    const struct kt_wire *w = &s->wire;
    const enum kt_side writer = w->to_server ? KT_CLIENT : KT_SERVER;
    const uint32_t bit = 1u << w->frame;
    const uint32_t *now = get(t, s->stream)->frames;

    if (harmless(w) || t->forced[!writer] || t->any[writer] & bit ||
        now[writer] & bit)
        return;
    /* A '!' line of its own side cannot be meant to be the other's. */
    kt_fault_add(t->l->faults, s->pos,
                 "no line above makes the %s write this: write '%c!' for the "
                 "judge's own hand, or the step that it follows from",
                 w->to_server ? "client" : "server", w->to_server ? '>' : '<');
}

/* --- illegal without '!' --- */

static bool on_connection(enum kt_frame f)
{
    return f == KT_F_SETTINGS || f == KT_F_PING || f == KT_F_GOAWAY;
}

static const char *literal(const struct kt_fields *f, const char *name)
{
    const struct kt_field *x = kt_fields_get(f, name);

    return x && x->value.kind == KT_PAT_LIT ? x->value.text : NULL;
}

static bool has_upper(const char *name)
{
    while (*name != '\0' && !isupper((unsigned char)*name))
        name++;
    return *name != '\0';
}

static const char *illegal_field(const struct kt_wire *w,
                                 const struct kt_field *f)
{
    const bool list = w->frame == KT_F_HEADERS || w->frame == KT_F_headers ||
                      w->frame == KT_F_trailers;

    if (f->absent)
        return NULL;
    if (list && has_upper(f->name))
        return "a field name in upper case";
    if (w->frame == KT_F_trailers && f->name[0] == ':' &&
        strcmp(f->name, ":status") != 0)
        return "a pseudo-header in trailers";
    return NULL;
}

static const char *illegal(const struct kt_wire *w)
{
    const struct kt_field *data = kt_fields_get(&w->fields, "data");
    const char *stream = literal(&w->fields, "stream");
    const char *increment = literal(&w->fields, "increment");
    const char *type = literal(&w->fields, "type");

    if (w->frame == KT_F_STALL)
        return "STALL";
    if (w->frame == KT_F_FRAME && type != NULL && strtoul(type, NULL, 0) <= 9)
        return "FRAME of a type that has a name";
    if (stream != NULL && on_connection(w->frame) && strcmp(stream, "0") != 0)
        return "this frame on a stream";
    if (stream != NULL && strcmp(stream, "0") == 0 && w->frame <= KT_F_FRAME &&
        !on_connection(w->frame) && w->frame != KT_F_WINDOW_UPDATE &&
        w->frame != KT_F_FRAME)
        return "this frame on stream 0";
    if (increment != NULL && strtoull(increment, NULL, 0) == 0)
        return "an increment of 0";
    if (w->frame == KT_F_PING && data != NULL &&
        data->value.kind == KT_PAT_LIT && data->value.n != 8)
        return "a PING that has not 8 bytes";
    for (size_t i = 0; i < w->fields.n; i++)
        if (illegal_field(w, &w->fields.v[i]) != NULL)
            return illegal_field(w, &w->fields.v[i]);
    return NULL;
}

/* --- words that a transport lacks --- */

static bool is_transport(const struct kt_lint *l, const char *name)
{
    for (int side = 0; side < 2; side++) {
        const char *t = literal(&l->scn->settings[side], "transport");

        if (t != NULL && strcmp(t, name) == 0)
            return true;
    }
    return false;
}

static void words(struct wires *t, const struct kt_line *s)
{
    const struct kt_word_def *def =
        kt_word_of(s->wire.frame <= KT_F_STALL ? KT_W_FRAME : KT_W_EVENT,
                   (int)s->wire.frame);
    const bool tt = is_transport(t->l, "ttheader");

    if (tt && def->flags & KT_WF_H2)
        kt_fault_add(t->l->faults, s->pos,
                     "transport ttheader has no %s: lower-case words mean the "
                     "same over it",
                     def->name);
    if (!tt && s->wire.frame == KT_F_TT)
        kt_fault_add(t->l->faults, s->pos,
                     "TT needs 'client transport=ttheader'");
}

static void settings(struct kt_lint *l)
{
    const struct kt_fields *f = l->scn->settings;

    if (!is_transport(l, "ttheader"))
        return;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < f[side].n; i++) {
            const struct kt_field *x = &f[side].v[i];
            const struct kt_word_def *def =
                kt_word_find(KT_W_SETTING, x->name, strlen(x->name));

            if (def->flags & KT_WF_H2)
                kt_fault_add(l->faults, x->pos, "transport ttheader has no %s",
                             x->name);
        }
}

/* --- all lines --- */

static void wire_line(struct wires *t, const struct kt_line *s)
{
    const struct kt_wire *w = &s->wire;
    const char *why = illegal(w);

    words(t, s);
    if (w->frame == KT_F_data)
        kt_fault_add(t->l->faults, s->pos,
                     "data stands behind silence only, did you mean 'DATA'?");
    if (w->forced) {
        t->forced[w->to_server ? KT_CLIENT : KT_SERVER] = true;
        return;
    }
    if (why != NULL)
        kt_fault_add(t->l->faults, s->pos,
                     "%s is the judge's own hand: write '%c!'", why,
                     w->to_server ? '>' : '<');
    else
        implied(t, s);
}

void kt_lint_wire(struct kt_lint *l)
{
    struct wires t = {.l = l};

    settings(l);
    for (size_t i = 0; i < l->n; i++) {
        const struct kt_line *s = l->v[i].s;

        if (l->v[i].mark != KT_MARK_LINE)
            continue;
        if (s->kind == KT_S_APP)
            app_line(&t, s);
        else if (s->kind == KT_S_WIRE)
            wire_line(&t, s);
        else if (s->kind == KT_S_SILENCE && s->scope == 'f')
            words(&t, s);
    }
}

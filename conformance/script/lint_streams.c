/* Lint: which streams are open where, what their mode allows, and what can
 * never be reached. SPDX-License-Identifier: Apache-2.0 */
#include "script/lint.h"
#include "script/words.h"
#include <ctype.h>
#include <string.h>

struct stream {
    const char *name;
    bool opened;    /* by an application line */
    bool begun;     /* by the judge's own headers */
    bool connected; /* the name of a connection only */
    bool half_closed, returned, accepted;
    enum kt_method_mode mode;
    unsigned sends[2], recvs[2];
    const struct kt_line *fold; /* open, until half-close makes the request */
};

struct streams {
    struct kt_lint *l;
    struct stream *v;
    size_t n;
};

static const char *const mode_names[] = {
    "Echo", "EchoClient", "EchoServer", "EchoUnary", "EchoPingPong", "Notify"};

static struct stream *find(struct streams *t, const char *name)
{
    for (size_t i = t->n; i-- > 0;)
        if (strcmp(t->v[i].name, name) == 0)
            return &t->v[i];
    return NULL;
}

static struct stream *get(struct streams *t, const char *name)
{
    struct stream *x = find(t, name);

    if (x != NULL)
        return x;
    t->v = kt_pool_more(t->l->pool, t->v, t->n, sizeof *t->v);
    x = &t->v[t->n++];
    *x = (struct stream){.name = name};
    kt_word_mode(t->l->scn->method, &x->mode);
    return x;
}

static bool is_one(enum kt_method_mode m) /* one request, one answer */
{
    return m == KT_MM_UNARY || m == KT_MM_PINGPONG || m == KT_MM_ONEWAY;
}

static void unknown(struct streams *t, const struct kt_line *s,
                    const char *name)
{
    const char **names = kt_pool_alloc(t->l->pool, (t->n + 1) * sizeof *names);
    char text[160];

    for (size_t i = 0; i < t->n; i++)
        names[i] = t->v[i].name;
    snprintf(text, sizeof text,
             "this can never be reached: no line above it opens stream %s",
             name);
    kt_lint_near(t->l, s->pos, text, name, names, t->n);
}

static const char *literal(const struct kt_fields *f, const char *name)
{
    const struct kt_field *x = kt_fields_get(f, name);

    return x && x->value.kind == KT_PAT_LIT ? x->value.text : NULL;
}

/* on=, from=, stream=, last= name a stream. */
static void reference(struct streams *t, const struct kt_line *s,
                      const char *name)
{
    if (name != NULL && !isdigit((unsigned char)name[0]) &&
        strcmp(name, "new") != 0 && strcmp(name, "any") != 0 &&
        find(t, name) == NULL)
        unknown(t, s, name);
}

/* --- the client's application --- */

static void method_of(struct streams *t, const struct kt_line *s,
                      struct stream *x)
{
    const char *name = literal(&s->app.fields, "method");
    const char *names[8];
    char text[120];
    size_t n = 0;

    if (name == NULL || kt_word_mode(name, &x->mode) || kt_line_may_fail(s))
        return; /* one that nobody knows fails, and may be meant to */
    for (size_t i = 0; i < kt_nwords && n < 8; i++)
        if (kt_words[i].kind == KT_W_METHOD)
            names[n++] = kt_words[i].name;
    snprintf(text, sizeof text, "no method '%s'", name);
    kt_lint_near(t->l, s->pos, text, name, names, n);
}

static void open(struct streams *t, const struct kt_line *s)
{
    struct stream *x;

    reference(t, s, literal(&s->app.fields, "on"));
    reference(t, s, literal(&s->app.fields, "from"));
    x = get(t, s->stream);
    if (x->opened)
        kt_fault_add(t->l->faults, s->pos, "stream %s is open already",
                     x->name);
    x->opened = true;
    method_of(t, s, x);
    if (s->app.verb == KT_V_CALL) {
        x->half_closed = true;
        x->sends[KT_CLIENT] = x->recvs[KT_CLIENT] = 1;
    } else if (x->mode == KT_MM_SERVER || is_one(x->mode)) {
        x->fold = s;
    }
}

static void client_send(struct streams *t, const struct kt_line *s,
                        struct stream *x)
{
    if (x->half_closed && !kt_line_may_fail(s))
        kt_fault_add(t->l->faults, s->pos,
                     "a send behind half-close never works: expect 'error'");
    else if ((x->mode == KT_MM_SERVER || is_one(x->mode)) &&
             x->sends[KT_CLIENT] > 0 && !x->half_closed)
        kt_fault_add(t->l->faults, s->pos,
                     "%s takes one request: this is the second",
                     mode_names[x->mode]);
    x->sends[KT_CLIENT]++;
}

static bool wants_message(const struct kt_line *s)
{
    for (size_t i = 0; i < s->out.n; i++)
        if (s->out.v[i].kind != KT_OUT_MSG)
            return false;
    return s->out.n > 0;
}

static void client_recv(struct streams *t, const struct kt_line *s,
                        struct stream *x)
{
    if (x->opened && x->mode != KT_MM_BIDI && !x->half_closed)
        kt_fault_add(t->l->faults, s->pos,
                     "a client of %s receives behind its half-close only",
                     mode_names[x->mode]);
    else if ((x->mode == KT_MM_CLIENT || is_one(x->mode)) &&
             x->recvs[KT_CLIENT] > 0 && wants_message(s))
        kt_fault_add(t->l->faults, s->pos,
                     "%s gives one answer: this is the second",
                     mode_names[x->mode]);
    x->recvs[KT_CLIENT]++;
}

static void client_line(struct streams *t, const struct kt_line *s)
{
    struct stream *x = find(t, s->stream);

    if (s->app.verb == KT_V_OPEN || s->app.verb == KT_V_CALL) {
        open(t, s);
        return;
    }
    if (x == NULL || (!x->opened && !x->begun)) {
        unknown(t, s, s->stream);
        return;
    }
    if (s->app.verb == KT_V_SEND)
        client_send(t, s, x);
    if (s->app.verb == KT_V_RECV)
        client_recv(t, s, x);
    if (s->app.verb != KT_V_HALF_CLOSE)
        return;
    if (x->fold != NULL && x->sends[KT_CLIENT] == 0)
        kt_fault_add(t->l->faults, s->pos,
                     "%s takes a request: 'send' stands above half-close",
                     mode_names[x->mode]);
    x->half_closed = true;
    x->fold = NULL;
}

/* --- the server's handler --- */

static bool is_action(enum kt_verb v)
{
    return v != KT_V_CANCELLED && v != KT_V_EVENTS;
}

static void server_recv(struct streams *t, const struct kt_line *s,
                        struct stream *x)
{
    if (x->mode != KT_MM_SERVER && !is_one(x->mode))
        return;
    if (s->out.n > 0 && s->out.v[0].kind == KT_OUT_EOF)
        kt_fault_add(t->l->faults, s->pos,
                     "a handler of %s has one request and sees no end of it",
                     mode_names[x->mode]);
    else if (x->recvs[KT_SERVER] > 0)
        kt_fault_add(t->l->faults, s->pos,
                     "a handler of %s has one request: this is the second",
                     mode_names[x->mode]);
    x->recvs[KT_SERVER]++;
}

static void server_send(struct streams *t, const struct kt_line *s,
                        struct stream *x)
{
    if (is_one(x->mode))
        kt_fault_add(t->l->faults, s->pos,
                     "a handler of %s sends nothing: it ends with 'return M'",
                     mode_names[x->mode]);
    else if (x->mode == KT_MM_CLIENT && x->sends[KT_SERVER] > 0)
        kt_fault_add(t->l->faults, s->pos,
                     "%s gives one answer: this is the second",
                     mode_names[x->mode]);
    x->sends[KT_SERVER]++;
}

static void server_return(struct streams *t, const struct kt_line *s,
                          struct stream *x)
{
    const enum kt_out_kind k = s->app.ret.kind;

    if ((k == KT_OUT_MSG || k == KT_OUT_EXCEPTION) && !is_one(x->mode))
        kt_fault_add(t->l->faults, s->pos,
                     "a handler of %s returns no value: 'send' it",
                     mode_names[x->mode]);
    x->returned = true;
}

static void server_line(struct streams *t, const struct kt_line *s)
{
    struct stream *x = find(t, s->stream);

    if (s->app.verb == KT_V_STOP)
        return;
    if (t->l->scn->echo) {
        kt_fault_add(t->l->faults, s->pos,
                     "with 'handler echo' the server has no lines but 'stop'");
        return;
    }
    if (x == NULL || (!x->opened && !x->begun)) {
        unknown(t, s, s->stream);
        return;
    }
    if (x->fold != NULL && t->l->scn->roles & ~(unsigned)KT_ROLE_SERVER)
        kt_fault_add(t->l->faults, s->pos,
                     "no request has come: open, send and half-close of a "
                     "client of %s are one, and its half-close is below",
                     mode_names[x->mode]);
    if (s->app.verb == KT_V_ACCEPT && x->accepted)
        kt_fault_add(t->l->faults, s->pos,
                     "accept is the first line of a handler");
    x->accepted = true;
    if (x->returned && is_action(s->app.verb) && !kt_line_may_fail(s))
        kt_fault_add(t->l->faults, s->pos,
                     "this can never be reached: the handler of stream %s has "
                     "returned; expect 'error'",
                     x->name);
    if (s->app.verb == KT_V_RECV)
        server_recv(t, s, x);
    if (s->app.verb == KT_V_SEND)
        server_send(t, s, x);
    if (s->app.verb == KT_V_RETURN)
        server_return(t, s, x);
}

/* --- the wire, and the script --- */

static void wire_line(struct streams *t, const struct kt_line *s)
{
    const struct kt_wire *w = &s->wire;
    const char *flags = literal(&w->fields, "flags");
    struct stream *x = find(t, s->stream);
    const bool begins = w->forced && w->to_server &&
                        (w->frame == KT_F_HEADERS || w->frame == KT_F_headers);

    reference(t, s, literal(&w->fields, "stream"));
    reference(t, s, literal(&w->fields, "last"));
    if (begins)
        reference(t, s, literal(&w->fields, "on"));
    if (x == NULL && !begins && w->frame != KT_F_CONNECT &&
        strcmp(s->stream, "a") != 0) {
        unknown(t, s, s->stream);
        return;
    }
    x = get(t, s->stream);
    x->begun |= begins;
    x->connected |= w->frame == KT_F_CONNECT;
    if (x->fold != NULL && !w->to_server && !w->forced &&
        t->l->scn->roles & ~(unsigned)KT_ROLE_SERVER)
        kt_fault_add(
            t->l->faults, s->pos,
            "no request has come: the half-close of stream %s is below",
            x->name);
    if (w->to_server && w->forced &&
        (w->frame == KT_F_half_close ||
         (flags != NULL && strstr(flags, "+END_STREAM"))))
        x->half_closed = true;
}

static void script_line(struct streams *t, const struct kt_line *s)
{
    if (s->kind == KT_S_SILENCE && s->scope == 's' &&
        find(t, s->stream) == NULL && strcmp(s->stream, "a") != 0)
        unknown(t, s, s->stream);
    if (s->kind != KT_S_FENCE && s->kind != KT_S_SILENCE &&
        s->kind != KT_S_PROBE)
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].fold != NULL &&
            t->l->scn->roles & ~(unsigned)KT_ROLE_SERVER)
            kt_fault_add(t->l->faults, s->pos,
                         "inside a fold no line may need the peer: stream %s "
                         "is one request up to its half-close",
                         t->v[i].name);
}

static void line(struct streams *t, const struct kt_line *s)
{
    if (s->kind == KT_S_WIRE)
        wire_line(t, s);
    else if (s->kind != KT_S_APP)
        script_line(t, s);
    else if (s->app.side == KT_CLIENT)
        client_line(t, s);
    else
        server_line(t, s);
}

/* Behind an either the last branch counts; each begins where the either does.
 */
static size_t either(struct streams *t, size_t at)
{
    struct kt_lint *l = t->l;
    struct stream *saved = kt_pool_alloc(l->pool, (t->n + 1) * sizeof *saved);
    const size_t n = t->n;

    if (n > 0)
        memcpy(saved, t->v, n * sizeof *saved);
    for (at++; at < l->n && l->v[at].mark != KT_MARK_END; at++) {
        if (l->v[at].mark == KT_MARK_BRANCH) {
            t->n = n;
            if (n > 0)
                memcpy(t->v, saved, n * sizeof *saved);
        } else if (l->v[at].mark == KT_MARK_EITHER) {
            at = either(t, at);
        } else {
            line(t, l->v[at].s);
        }
    }
    return at;
}

void kt_lint_streams(struct kt_lint *l)
{
    struct streams t = {.l = l};

    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].mark == KT_MARK_EITHER)
            i = either(&t, i);
        else if (l->v[i].mark == KT_MARK_LINE)
            line(&t, l->v[i].s);
    }
}

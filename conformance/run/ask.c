/* Requests of a case to the drivers. SPDX-License-Identifier: Apache-2.0 */
#include "run/ask.h"
#include "base/alloc.h"
#include "check/answer.h"
#include "run/inner.h"
#include <string.h>

struct kt_ask *kt_ask_new(struct kt_case *c, enum kt_side side,
                          const struct kt_line *line, struct kt_strm *s)
{
    struct kt_ask *a = kt_xalloc(sizeof *a);

    *a = (struct kt_ask){
        .c = c,
        .side = side,
        .line = line,
        .s = s,
        .as = line && line->as ? kt_xstrdup(line->as) : NULL,
        .issued_ns = kt_clock_now(&c->run->clock),
    };
    if (c->last_ask)
        c->last_ask->next = a;
    else
        c->asks = a;
    c->last_ask = a;
    return a;
}

void kt_ask_send(struct kt_ask *a, const char *op, json_t *fields)
{
    struct kt_case *c = a->c;
    struct kt_sut *sut = &c->run->sut[a->side];
    json_t *req = fields ? fields : json_object();

    json_object_set_new(req, "op", json_string(op));
    json_object_set_new(req, "case", json_string(c->id));
    if (a->s) {
        json_object_set_new(req, "stream", json_string(a->s->name));
        json_object_set_new(
            req, "side",
            json_string(a->side == KT_CLIENT ? "client" : "server"));
    }
    if (sut->state != KT_SUT_READY) { /* it has just died: the case hears */
        struct kt_got gone = {.kind = KT_GOT_GONE};

        json_decref(req);
        kt_ask_give(a, &gone);
        return;
    }
    a->id = kt_driver_ask(sut->driver, req, &c->asker[a->side].base);
}

/* An answer to a line settles what it implied; a failing step implies nothing.
 */
static void settle(struct kt_ask *a)
{
    const bool ok = a->got.kind == KT_GOT_OK || a->got.kind == KT_GOT_MSG ||
                    a->got.kind == KT_GOT_EOF;

    if (!a->settles || !a->s || !a->line)
        return;
    kt_ledger_settle(&a->s->ledger[a->side == KT_CLIENT], a->line, ok);
}

/* The application has seen the judge's reset: nothing may follow. */
static void learn(struct kt_ask *a)
{
    const bool cancelled = a->line && a->line->kind == KT_S_APP &&
                           a->line->app.verb == KT_V_CANCELLED;

    if (a->s && a->s->reset && !a->judge &&
        (a->got.kind == KT_GOT_ERROR || cancelled))
        a->s->reset_known = true;
}

/* What the script leaves open at its end is told by these. */
static void track(struct kt_ask *a)
{
    const bool end = a->got.kind == KT_GOT_EOF || a->got.kind == KT_GOT_ERROR ||
                     a->got.kind == KT_GOT_BIZ ||
                     a->got.kind == KT_GOT_EXCEPTION || a == a->s->whole;

    if (a->judge)
        return;
    if (a == a->s->accept && a->got.kind == KT_GOT_OK)
        a->s->accepted = true;
    if (a->side == KT_CLIENT && a->as_message && end)
        a->s->read_to_end = true;
}

void kt_ask_give(struct kt_ask *a, struct kt_got *got)
{
    kt_got_fini(&a->got);
    a->got = *got;
    *got = (struct kt_got){0};
    if (a->got.at_ns == 0)
        a->got.at_ns = kt_clock_now(&a->c->run->clock);
    a->c->run->moved_ns = kt_clock_now(&a->c->run->clock);
    settle(a);
    learn(a);
    if (a->s)
        track(a);
    kt_case_touch(a->c);
}

void kt_case_on_answer(struct kt_asker *self, uint64_t id,
                       const struct kt_answer *ans)
{
    struct kt_case_asker *from =
        kt_container_of(self, struct kt_case_asker, base);
    struct kt_case *c = from->c;

    for (struct kt_ask *a = c->asks; a; a = a->next) {
        struct kt_got got;

        if (a->judge || a->side != from->side || a->id != id)
            continue;
        kt_got_of_answer(&got, ans, a->as_message,
                         kt_clock_now(&c->run->clock));
        kt_ask_give(a, &got);
        return;
    }
}

struct kt_ask *kt_ask_named(struct kt_case *c, const char *name)
{
    struct kt_ask *last = NULL;

    for (struct kt_ask *a = c->asks; a; a = a->next)
        if (a->as && strcmp(a->as, name) == 0)
            last = a;
    return last;
}

void kt_asks_forget(struct kt_case *c)
{
    for (int side = 0; side < 2; side++)
        if (c->run->sut[side].driver)
            kt_driver_forget(c->run->sut[side].driver, &c->asker[side].base);
}

void kt_asks_free(struct kt_case *c)
{
    while (c->asks) {
        struct kt_ask *a = c->asks;

        c->asks = a->next;
        kt_got_fini(&a->got);
        kt_free(a->as);
        kt_free(a);
    }
    c->last_ask = NULL;
}

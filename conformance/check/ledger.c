/* Implied arrows and the entries that they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/ledger.h"
#include "base/alloc.h"
#include "check/recv.h"
#include "wire/status.h"
#include <string.h>

void kt_ledger_fini(struct kt_ledger *l)
{
    kt_free(l->v);
    *l = (struct kt_ledger){0};
}

struct kt_due *kt_ledger_put(struct kt_ledger *l, enum kt_ev kind,
                             const struct kt_line *by)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 8;
        l->v = kt_xrealloc(l->v, l->cap * sizeof *l->v);
    }
    l->v[l->n] = (struct kt_due){.kind = kind, .by = by};
    return &l->v[l->n++];
}

void kt_ledger_settle(struct kt_ledger *l, const struct kt_line *by, bool ok)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].by == by && l->v[i].state == KT_DUE_OPEN)
            l->v[i].state = ok ? KT_DUE_REQUIRED : KT_DUE_VOID;
}

struct kt_due *kt_ledger_of(const struct kt_ledger *l, const struct kt_line *by,
                            enum kt_ev kind)
{
    for (size_t i = l->n; i-- > 0;)
        if (l->v[i].by == by && l->v[i].kind == kind)
            return &l->v[i];
    return NULL;
}

/* An exception is a message whose Result holds it. */
static bool message_ok(const struct kt_due *d, struct kt_entry *e,
                       const struct kt_ledger_how *how, struct kt_buf *why)
{
    struct kt_buf path = {.limit = 4096}, room = {.limit = SIZE_MAX};
    struct kt_cur raw = {0};
    const char *text = "";
    bool ok = true;

    if (d->msg && d->msg->kind != KT_MSG_NONE) {
        ok = kt_entry_payload(e, &room, &raw, &text) &&
             kt_msg_equal(d->msg, d->ordinal, how->shape, NULL, raw, &path);
        if (!ok)
            kt_buf_printf(why, "another message (%s%s)", text,
                          kt_buf_cstr(&path));
    }
    kt_buf_fini(&room);
    kt_buf_fini(&path);
    return ok;
}

/* What `server return …` must make of the trailers. */
static bool trailers_ok(const struct kt_due *d, struct kt_entry *e,
                        const struct kt_ledger_how *how)
{
    const struct kt_app *app = &d->by->app;
    const struct kt_shape none = {0};
    const struct kt_compare cmp = {.shape = &none, .texts = how->texts};
    struct kt_outcome want = app->ret;
    const struct kt_outcomes all = {&want, 1};
    struct kt_buf path = {.limit = 256};
    struct kt_got got;
    uint32_t internal = KT_GRPC_INTERNAL;

    if (app->verb != KT_V_RETURN)
        return true;
    if (app->panic) {
        want = (struct kt_outcome){
            .kind = KT_OUT_STATUS, .codes = &internal, .ncodes = 1};
    } else if (app->ret_error) {
        want = (struct kt_outcome){.kind = KT_OUT_ERROR};
    } else if (want.kind == KT_OUT_OK || want.kind == KT_OUT_MSG ||
               want.kind == KT_OUT_EXCEPTION) {
        want = (struct kt_outcome){.kind = KT_OUT_EOF};
    }
    kt_got_of_trailers(&got, e->ev->fields);
    const bool ok = kt_outcome_match(&all, &got, &cmp, &path) == KT_R_NONE;
    kt_got_fini(&got);
    kt_buf_fini(&path);
    return ok;
}

static bool entry_ok(const struct kt_due *d, struct kt_entry *e,
                     const struct kt_ledger_how *how, struct kt_buf *why)
{
    switch (d->kind) {
    case KT_EV_MESSAGE:
        return message_ok(d, e, how, why);
    case KT_EV_TRAILERS:
        return trailers_ok(d, e, how);
    case KT_EV_RESET:
        return e->ev->code == KT_H2_CANCEL;
    case KT_EV_HEADERS:
        return !how->headers || how->headers(how->ctx, d, e->ev->fields, why);
    case KT_EV_HALF_CLOSE:
    case KT_EV_FRAME:
    case KT_EV_PREFACE:
    case KT_EV_CONNECT:
    case KT_EV_CLOSE:
        break;
    }
    return true;
}

/* A due whose kind it is and that waits for one, oldest first. */
static struct kt_due *due_for(struct kt_ledger *l, const struct kt_entry *e)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].kind == e->ev->kind && !l->v[i].claimed &&
            l->v[i].state != KT_DUE_VOID)
            return &l->v[i];
    return NULL;
}

static bool informational(const struct kt_entry *e)
{
    struct kt_cur v;

    return e->ev->kind == KT_EV_HEADERS &&
           kt_hlist_get(e->ev->fields, ":status", 0, &v) &&
           kt_cur_left(&v) == 3 && v.p[0] == '1';
}

/* An unfinished message is claimed when it is whole. */
static bool claim_one(struct kt_ledger *l, struct kt_entry *e, size_t at,
                      const struct kt_ledger_how *how,
                      struct kt_ledger_fault *ret)
{
    struct kt_due *d = due_for(l, e);

    if (!d || e->marks & KT_M_CLAIMED || informational(e))
        return true;
    d->claimed = true;
    d->at = at;
    e->marks |= KT_M_CLAIMED;
    if (entry_ok(d, e, how, &ret->got))
        return true;
    ret->reason = d->kind == KT_EV_MESSAGE ? KT_R_WRONG_MESSAGE : KT_R_MISMATCH;
    ret->due = d;
    ret->entry = e;
    if (kt_buf_size(&ret->got) > 0)
        kt_buf_puts(&ret->got, " in ");
    kt_event_print(&ret->got, e->ev, 64);
    return false;
}

bool kt_ledger_claim(struct kt_ledger *l, struct kt_tape *t,
                     const struct kt_ledger_how *how,
                     struct kt_ledger_fault *ret)
{
    *ret = (struct kt_ledger_fault){.got.limit = 1 << 16};
    if (l->n == 0)
        return true;
    for (size_t i = l->next; i < t->n; i++) {
        struct kt_entry *e = &t->v[i];

        if (!kt_entry_whole(e))
            continue;
        if (!claim_one(l, e, i, how, ret))
            return false;
        /* Entries that wait for a due must be looked at again. */
        if (i == l->next &&
            (e->marks & KT_M_CLAIMED || e->ev->kind == KT_EV_FRAME))
            l->next++;
    }
    return true;
}

bool kt_ledger_may_begin(const struct kt_ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].kind == KT_EV_MESSAGE && !l->v[i].claimed)
            return true;
    return false;
}

const struct kt_due *kt_ledger_missing(const struct kt_ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].state == KT_DUE_REQUIRED && !l->v[i].claimed)
            return &l->v[i];
    return NULL;
}

void kt_due_print(struct kt_buf *dst, const struct kt_due *d)
{
    static const char *const names[] = {[KT_EV_HEADERS] = "headers",
                                        [KT_EV_MESSAGE] = "message",
                                        [KT_EV_TRAILERS] = "trailers",
                                        [KT_EV_HALF_CLOSE] = "half-close",
                                        [KT_EV_RESET] = "reset CANCEL"};
    const char *name =
        (size_t)d->kind < sizeof names / sizeof *names ? names[d->kind] : NULL;

    kt_buf_puts(dst, name ? name : "?");
    if (d->kind == KT_EV_MESSAGE && d->msg) {
        kt_buf_puts(dst, " ");
        kt_msg_print(dst, d->msg);
    }
    kt_buf_printf(dst, ", implied by \"%s\"", d->by->text);
}

/* How a case ends. SPDX-License-Identifier: Apache-2.0 */
#include "run/finish.h"
#include "base/alloc.h"
#include "run/account.h"
#include "run/call.h"
#include "run/fence.h"
#include "run/inner.h"
#include "run/patience.h"
#include "run/silence.h"
#include "run/step.h"

struct left {
    json_int_t streams, requests;
};

struct kt_finish {
    struct left left[2]; /* when reset was asked */
    struct kt_fence *fence;
    struct kt_ask *reset[2];
    struct kt_ask *echo;
    uint64_t since_ns; /* of the phase */
    bool begun;
};

static struct kt_finish *state(struct kt_case *c)
{
    if (!c->finish)
        c->finish = kt_xalloc(sizeof *c->finish);
    return c->finish;
}

void kt_finish_free(struct kt_case *c)
{
    if (!c->finish)
        return;
    kt_fence_free(c->finish->fence);
    kt_free(c->finish);
    c->finish = NULL;
}

static void enter(struct kt_case *c, enum kt_case_phase phase)
{
    c->phase = phase;
    state(c)->begun = false;
    kt_case_touch(c);
}

/* --- silence on every connection, then what never came --- */

static enum kt_do missing(struct kt_case *c)
{
    struct kt_strm *s = NULL;
    const struct kt_due *d = kt_account_missing(c, &s);
    struct kt_buf expected = {.limit = 1 << 16};
    enum kt_do r;

    if (!d)
        return KT_DO_DONE;
    kt_due_print(&expected, d);
    const struct kt_fault f = {.reason = KT_R_MISSING,
                               .line = d->by,
                               .expected = kt_buf_cstr(&expected),
                               .got = "nothing",
                               .conn = s->conn};
    r = kt_case_fault(c, &f);
    kt_buf_fini(&expected);
    return r;
}

static void settle_standing(struct kt_case *c)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        for (int side = 0; side < 2; side++)
            if (c->sut[side] && kt_chan_can_fence(conn))
                kt_standing_settle(&conn->standing[side]);
}

static void silence(struct kt_case *c)
{
    struct kt_finish *f = state(c);
    enum kt_do r;

    if (!f->fence)
        f->fence = kt_fence_new(c);
    r = kt_fence_quiet(f->fence, NULL);
    if (r == KT_DO_WAIT)
        return;
    if (r == KT_DO_DONE)
        r = kt_silence_all(c, NULL);
    if (r == KT_DO_DONE)
        r = missing(c);
    if (r == KT_DO_DONE)
        settle_standing(c);
    enter(c, KT_C_CLOSING);
}

/* --- close all, ask what is held --- */

/* What the script itself has left open: an accept of a call that never came, a
 * handler that it did not let return, a stream that it did not read to its end.
 */
static struct left left_open(const struct kt_case *c, int side)
{
    struct left n = {0};

    for (const struct kt_ask *a = c->asks; a; a = a->next)
        n.requests += (int)a->side == side && a->background && !a->judge &&
                      a->id && a->got.kind == KT_GOT_NONE;
    for (const struct kt_strm *s = c->strms; s; s = s->next)
        n.streams += side == KT_SERVER ? s->accepted && !s->returned
                                       : s->opened && !s->read_to_end;
    return n;
}

static void close_all(struct kt_case *c)
{
    struct kt_finish *f = state(c);

    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        kt_chan_close(conn);
    for (int side = 0; side < 2; side++) {
        if (!c->sut[side] || c->run->sut[side].state != KT_SUT_READY)
            continue;
        f->left[side] = left_open(c, side);
        f->reset[side] = kt_ask_new(c, (enum kt_side)side, NULL, NULL);
        f->reset[side]->background = true;
        kt_ask_send(f->reset[side], "reset",
                    side == KT_SERVER && c->slot
                        ? json_pack("{s:s}", "slot", c->slot->name)
                        : NULL);
    }
    f->since_ns = kt_clock_now(&c->run->clock);
    f->begun = true;
}

static json_int_t count(const struct kt_ask *a, const char *what)
{
    return json_integer_value(json_object_get(a->got.body, what));
}

static void held(struct kt_case *c, int side)
{
    const struct kt_ask *a = state(c)->reset[side];
    const struct left *left = &state(c)->left[side];
    char got[128];

    if (a->got.kind != KT_GOT_OK) {
        kt_case_end(c, KT_SUT_HANG, KT_R_NO_ANSWER, NULL,
                    "reset was not answered with ok");
        return;
    }
    if (count(a, "streams") <= left->streams &&
        count(a, "handlers") <= left->streams &&
        count(a, "requests") <= left->requests)
        return;
    snprintf(got, sizeof got,
             "%lld streams, %lld handlers, %lld requests are still held",
             (long long)count(a, "streams"), (long long)count(a, "handlers"),
             (long long)count(a, "requests"));
    const struct kt_fault f = {.verdict = KT_SUT_HANG,
                               .reason = KT_R_HELD,
                               .expected = "nothing is held",
                               .got = got};
    kt_case_fault(c, &f);
}

static bool can_echo(const struct kt_case *c)
{
    return !c->failed && !c->stop_allowed;
}

static bool resets_open(const struct kt_case *c)
{
    for (int side = 0; side < 2; side++)
        if (c->finish->reset[side] &&
            c->finish->reset[side]->got.kind == KT_GOT_NONE)
            return true;
    return false;
}

/* A driver that does not even reset cannot be used any more. */
static void hung(struct kt_case *c)
{
    kt_case_end(c, KT_SUT_HANG, KT_R_NO_ANSWER, NULL, "no answer to reset");
    for (int side = 0; side < 2; side++)
        if (c->finish->reset[side] &&
            c->finish->reset[side]->got.kind == KT_GOT_NONE)
            kt_sut_kill(&c->run->sut[side], "it did not answer reset");
    enter(c, KT_C_OVER);
}

static void closing(struct kt_case *c)
{
    struct kt_finish *f = state(c);

    if (!f->begun)
        close_all(c);
    if (resets_open(c)) {
        const uint64_t end = kt_patience_end(c, f->since_ns, 0);

        if (kt_clock_now(&c->run->clock) >= end)
            hung(c);
        else
            kt_case_wake_at(c, end);
        return;
    }
    for (int side = 0; side < 2; side++)
        if (f->reset[side] && !c->failed)
            held(c, side);
    if (can_echo(c))
        enter(c, KT_C_ECHO);
    else
        enter(c, KT_C_OVER);
}

/* --- it still serves --- */

static void echo(struct kt_case *c)
{
    struct kt_finish *f = state(c);
    struct kt_buf got = {.limit = 1 << 16};

    if (!f->echo) {
        f->since_ns = kt_clock_now(&c->run->clock);
        f->echo = kt_call_probe(c, NULL);
    }
    const uint64_t end = kt_patience_end(c, f->since_ns, 0);

    if (f->echo->got.kind == KT_GOT_NONE &&
        kt_clock_now(&c->run->clock) < end) {
        kt_case_wake_at(c, end);
        return;
    }
    if (!kt_call_probe_ok(f->echo, &got)) {
        const struct kt_fault fault = {.reason = KT_R_NOT_ALIVE,
                                       .expected = "an echo on a new "
                                                   "connection",
                                       .got = kt_buf_cstr(&got)};
        kt_case_fault(c, &fault);
    }
    kt_buf_fini(&got);
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        kt_chan_close(conn);
    enter(c, KT_C_OVER);
}

void kt_finish(struct kt_case *c)
{
    switch (c->phase) {
    case KT_C_SILENCE:
        silence(c);
        break;
    case KT_C_CLOSING:
        closing(c);
        break;
    case KT_C_ECHO:
        echo(c);
        break;
    case KT_C_SETUP:
    case KT_C_SCRIPT:
    case KT_C_OVER:
        break;
    }
}

enum kt_do kt_step_probe(struct kt_case *c, struct kt_thread *th)
{
    struct kt_strm *s = kt_strm_get(c, th->line->stream);
    struct kt_buf got = {.limit = 1 << 16};
    enum kt_do r = KT_DO_DONE;

    if (!th->ask)
        th->ask = kt_call_probe(c, s);
    if (th->ask->got.kind == KT_GOT_NONE)
        return kt_step_wait(c, th, s, KT_FAIL, KT_R_NOT_ALIVE);
    if (!kt_call_probe_ok(th->ask, &got))
        r = kt_case_fault_text(c, th->line, KT_R_NOT_ALIVE, kt_buf_cstr(&got));
    kt_buf_fini(&got);
    return r;
}

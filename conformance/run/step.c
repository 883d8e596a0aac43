/* What all lines share: dispatch, waiting, times, outcomes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/step.h"
#include "run/fold.h"
#include "run/inner.h"
#include "run/patience.h"
#include "run/values.h"
#include <string.h>

enum kt_do kt_step_try(struct kt_case *c, struct kt_thread *th, bool peek)
{
    const struct kt_line *l = th->line;

    if (th->since_ns == 0)
        th->since_ns = kt_clock_now(&c->run->clock);
    switch (l->kind) {
    case KT_S_APP:
        return c->sut[l->app.side] ? kt_step_app(c, th, peek)
                                   : kt_step_play(c, th, peek);
    case KT_S_WIRE:
        if (!l->wire.forced &&
            c->sut[l->wire.to_server ? KT_CLIENT : KT_SERVER])
            return kt_step_expect(c, th, peek);
        return peek ? KT_DO_WAIT : kt_step_write(c, th);
    case KT_S_AWAIT:
        return kt_step_await(c, th, peek);
    case KT_S_PENDING:
        return kt_step_pending(c, th);
    case KT_S_FENCE:
        return kt_step_fence(c, th);
    case KT_S_SILENCE:
        return kt_step_silence(c, th);
    case KT_S_PROBE:
        return kt_step_probe(c, th);
    case KT_S_AT:
        return kt_step_at(c, th);
    case KT_S_EITHER:
    case KT_S_ANY:
    case KT_S_OPTIONAL:
    case KT_S_REPEAT:
        break; /* blocks: case.c */
    }
    return KT_DO_DONE;
}

uint64_t kt_step_base(struct kt_case *c, const struct kt_line *line,
                      const struct kt_strm *s)
{
    const struct kt_ask *a =
        line->after.since ? kt_ask_named(c, line->after.since) : NULL;

    if (a)
        return a->issued_ns;
    return s && s->open_ns ? s->open_ns : c->start_ns;
}

uint64_t kt_step_deadline(struct kt_case *c, const struct kt_thread *th,
                          const struct kt_strm *s)
{
    const struct kt_clock *clock = &c->run->clock;

    if (!th->line->after.given)
        return kt_patience_end(c, th->since_ns, kt_fold_size(th->line));
    if (th->line->after.hi_ns == UINT64_MAX)
        return UINT64_MAX;
    return kt_step_base(c, th->line, s) + th->line->after.hi_ns +
           kt_clock_slack(clock);
}

enum kt_do kt_step_wait(struct kt_case *c, struct kt_thread *th,
                        const struct kt_strm *s, enum kt_verdict late,
                        enum kt_reason reason)
{
    const uint64_t deadline = kt_step_deadline(c, th, s);
    const struct kt_fault f = {
        .verdict = late,
        .reason = th->line->after.given && reason == KT_R_NOTHING_CAME
                      ? KT_R_TOO_LATE
                      : reason,
        .line = th->line,
        .got = "nothing in time",
        .conn = s ? s->conn : NULL,
    };

    if (kt_clock_now(&c->run->clock) >= deadline)
        return kt_case_fault(c, &f);
    kt_case_wake_at(c, deadline);
    return KT_DO_WAIT;
}

enum kt_do kt_step_timing(struct kt_case *c, const struct kt_thread *th,
                          const struct kt_strm *s, uint64_t at_ns)
{
    const struct kt_after *after = &th->line->after;
    const uint64_t base = kt_step_base(c, th->line, s);
    const uint64_t took = at_ns > base ? at_ns - base : 0;
    char got[64];

    if (!after->given)
        return KT_DO_DONE;
    snprintf(got, sizeof got, "after %.1f ms", (double)took / 1e6);
    if (took < after->lo_ns)
        return kt_case_fault_text(c, th->line, KT_R_TOO_EARLY, got);
    if (after->hi_ns != UINT64_MAX &&
        took > after->hi_ns + kt_clock_slack(&c->run->clock))
        return kt_case_fault_text(c, th->line, KT_R_TOO_LATE, got);
    return KT_DO_DONE;
}

/* What the scenario needs was declared, else it would not run. */
static bool was_declared(const struct kt_case *c, enum kt_side side)
{
    return c->scn->nneeds > 0 || c->scn->settings[side].n > 0;
}

static enum kt_verdict verdict_of(const struct kt_case *c,
                                  enum kt_reason reason, enum kt_side side)
{
    if (reason == KT_R_CRASHED)
        return KT_SUT_CRASH;
    return reason == KT_R_UNSUPPORTED && !was_declared(c, side) ? KT_UNSUPPORTED
                                                                : KT_FAIL;
}

/* An answer that is not what the line says. */
static enum kt_do wrong(struct kt_case *c, const struct kt_thread *th,
                        const struct kt_ask *a, enum kt_reason reason,
                        const struct kt_outcomes *want, struct kt_buf *path)
{
    struct kt_buf expected = {.limit = 1 << 16}, got = {.limit = 1 << 16};
    enum kt_do r;

    kt_outcomes_print(&expected, want);
    kt_got_print(&got, &a->got);
    if (kt_buf_size(path) > 0)
        kt_buf_printf(&got, " (differs at %s)", kt_buf_cstr(path));
    const struct kt_fault f = {
        .verdict = verdict_of(c, reason, a->side),
        .reason = reason == KT_R_UNSUPPORTED && was_declared(c, a->side)
                      ? KT_R_REFUSED
                      : reason,
        .line = th->line,
        .expected = kt_buf_cstr(&expected),
        .got = kt_buf_cstr(&got),
        .conn = a->s ? a->s->conn : NULL,
    };
    r = kt_case_fault(c, &f);
    kt_buf_fini(&expected);
    kt_buf_fini(&got);
    return r;
}

/* `cancelled CODE` names the status with which the context ended: the answer is
 * looked at as that status. */
static const struct kt_got *ended_as(const struct kt_ask *a,
                                     struct kt_got *view)
{
    const json_t *code = json_object_get(a->got.body, "code");

    if (!a->line || a->line->kind != KT_S_APP ||
        a->line->app.verb != KT_V_CANCELLED || a->got.kind != KT_GOT_OK ||
        a->line->out.n == 0)
        return &a->got;
    *view = (struct kt_got){.kind = KT_GOT_ERROR,
                            .has_code = json_is_integer(code),
                            .code = (uint32_t)json_integer_value(code)};
    return view;
}

enum kt_do kt_step_outcome(struct kt_case *c, struct kt_thread *th,
                           struct kt_ask *a, bool peek)
{
    const struct kt_shape shape =
        a->s ? kt_strm_shape(a->s, a->side == KT_SERVER) : (struct kt_shape){0};
    /* What a client is told the judge has written, text and all. */
    const bool told = c->role == KT_ROLE_CLIENT && a->side == KT_CLIENT;
    const struct kt_compare how = {
        .shape = &shape,
        .ordinal = a->ordinal,
        .texts = told                         ? KT_TEXTS_EXACT
                 : c->run->opts.kitex_profile ? KT_TEXTS_KITEX
                                              : KT_TEXTS_FREE,
    };
    struct kt_buf path = {.limit = 4096};
    struct kt_got view;
    enum kt_reason reason;
    enum kt_do r = KT_DO_DONE;

    if (a->got.kind == KT_GOT_NONE) {
        if (peek)
            return KT_DO_WAIT;
        return kt_step_wait(c, th, a->s, a->judge ? KT_FAIL : KT_SUT_HANG,
                            a->judge ? KT_R_NOTHING_CAME : KT_R_NO_ANSWER);
    }
    reason = kt_outcome_match(&th->line->out, ended_as(a, &view), &how, &path);
    if (peek)
        r = reason == KT_R_NONE ? KT_DO_DONE : KT_DO_FAIL;
    else if (reason != KT_R_NONE)
        r = wrong(c, th, a, reason, &th->line->out, &path);
    else
        r = kt_step_timing(c, th, a->s, a->got.at_ns);
    if (!peek)
        a->taken = true;
    if (!peek && r == KT_DO_DONE && (!a->s || a != a->s->whole) &&
        (a->as_message || a->reads))
        kt_got_trim(&a->got);
    kt_buf_fini(&path);
    return r;
}

enum kt_do kt_step_answer(struct kt_case *c, struct kt_thread *th, bool peek)
{
    enum kt_do r;

    if (!th->ask || (th->line->as && !peek))
        return KT_DO_DONE;
    r = kt_step_outcome(c, th, th->ask, peek);
    return r == KT_DO_DONE ? kt_values_check(c, th->line, th->ask, peek) : r;
}

enum kt_do kt_step_await(struct kt_case *c, struct kt_thread *th, bool peek)
{
    struct kt_ask *a = kt_ask_named(c, th->line->as);

    if (!a) {
        if (!peek)
            kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, th->line,
                        "no step was issued under this name");
        return KT_DO_FAIL;
    }
    const enum kt_do r = kt_step_outcome(c, th, a, peek);

    return r == KT_DO_DONE && a->line ? kt_values_check(c, a->line, a, peek)
                                      : r;
}

enum kt_do kt_step_at(struct kt_case *c, struct kt_thread *th)
{
    const struct kt_strm *s = kt_strm_get(c, th->line->stream);
    const uint64_t due = kt_step_base(c, th->line, s) + th->line->after.lo_ns;

    if (kt_clock_now(&c->run->clock) >= due)
        return KT_DO_DONE;
    kt_case_wake_at(c, due);
    return KT_DO_WAIT;
}

/* Fence, silence, pending. SPDX-License-Identifier: Apache-2.0 */
#include "run/fence.h"
#include "base/alloc.h"
#include "run/account.h"
#include "run/inner.h"
#include "run/patience.h"
#include "run/step.h"

struct kt_fence *kt_fence_new(struct kt_case *c)
{
    struct kt_fence *f = kt_xalloc(sizeof *f);

    *f = (struct kt_fence){.c = c};
    return f;
}

void kt_fence_free(struct kt_fence *f)
{
    kt_free(f);
}

static void write_settings(struct kt_case *c)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next) {
        conn->fence_at = 0;
        if (!kt_chan_can_fence(conn))
            continue;
        conn->fence_at = kt_endpoint_fence(conn->ep);
        kt_chan_flush(conn);
    }
}

static const struct kt_chan *unacked(const struct kt_case *c)
{
    for (const struct kt_chan *conn = c->conns; conn; conn = conn->next)
        if (conn->fence_at && kt_chan_can_fence(conn) &&
            kt_endpoint_settings_acked(conn->ep) < conn->fence_at)
            return conn;
    return NULL;
}

static enum kt_do await_acks(struct kt_fence *f, const struct kt_line *line)
{
    const uint64_t deadline = kt_patience_end(f->c, f->since_ns, 0);
    const struct kt_chan *conn = unacked(f->c);
    const struct kt_fault fault = {.reason = KT_R_NOTHING_CAME,
                                   .line = line,
                                   .rule = "CONN-10",
                                   .expected = "SETTINGS ack=yes",
                                   .got = "no ack in time",
                                   .conn = conn};

    if (!conn)
        return KT_DO_DONE;
    if (kt_clock_now(&f->c->run->clock) >= deadline)
        return kt_case_fault(f->c, &fault);
    kt_case_wake_at(f->c, deadline);
    return KT_DO_WAIT;
}

static void ask_sync(struct kt_fence *f)
{
    for (int side = 0; side < 2; side++) {
        f->sync[side] = NULL;
        if (!f->c->sut[side] || f->c->run->sut[side].state != KT_SUT_READY)
            continue;
        f->sync[side] = kt_ask_new(f->c, (enum kt_side)side, NULL, NULL);
        f->sync[side]->background = true;
        kt_ask_send(f->sync[side], "sync", NULL);
    }
}

static enum kt_do await_sync(struct kt_fence *f, const struct kt_line *line)
{
    const uint64_t deadline = kt_patience_end(f->c, f->since_ns, 0);
    bool open = false;

    for (int side = 0; side < 2; side++)
        open |= f->sync[side] && f->sync[side]->got.kind == KT_GOT_NONE;
    if (!open)
        return KT_DO_DONE;
    if (kt_clock_now(&f->c->run->clock) >= deadline) {
        kt_case_end(f->c, KT_SUT_HANG, KT_R_NO_ANSWER, line,
                    "no answer to sync");
        return KT_DO_FAIL;
    }
    kt_case_wake_at(f->c, deadline);
    return KT_DO_WAIT;
}

/* What came so far was under way when the judge's resets were; no more is. */
static void prove(struct kt_case *c)
{
    for (struct kt_strm *s = c->strms; s; s = s->next)
        if (s->reset && !s->proved_seq) {
            s->proved_seq = c->seq;
            s->reset_known = true;
        }
}

static void begin(struct kt_fence *f)
{
    if (f->stage == KT_FN_SYNC)
        ask_sync(f);
    else
        write_settings(f->c);
    f->written = true;
    f->since_ns = kt_clock_now(&f->c->run->clock);
}

enum kt_do kt_fence_run(struct kt_fence *f, const struct kt_line *line)
{
    while (f->stage != KT_FN_PASSED) {
        enum kt_do r;

        if (!f->written)
            begin(f);
        r = f->stage == KT_FN_SYNC ? await_sync(f, line) : await_acks(f, line);
        if (r != KT_DO_DONE)
            return r;
        f->stage++;
        f->written = false;
    }
    prove(f->c);
    return KT_DO_DONE;
}

enum kt_do kt_fence_quiet(struct kt_fence *f, const struct kt_line *line)
{
    const struct kt_clock *clock = &f->c->run->clock;
    enum kt_do r = kt_fence_run(f, line);

    if (r != KT_DO_DONE || f->round > 0)
        return r;
    if (f->quiet_until_ns == 0)
        f->quiet_until_ns = kt_clock_now(clock) + kt_clock_quiet(clock);
    if (kt_clock_now(clock) < f->quiet_until_ns) {
        kt_case_wake_at(f->c, f->quiet_until_ns);
        return KT_DO_WAIT;
    }
    f->round = 1;
    f->stage = KT_FN_FIRST;
    return kt_fence_run(f, line);
}

static struct kt_fence *fence_of(struct kt_case *c, struct kt_thread *th)
{
    if (!th->fence)
        th->fence = kt_fence_new(c);
    return th->fence;
}

enum kt_do kt_step_fence(struct kt_case *c, struct kt_thread *th)
{
    return kt_fence_run(fence_of(c, th), th->line);
}

enum kt_do kt_step_pending(struct kt_case *c, struct kt_thread *th)
{
    const enum kt_do r = kt_fence_quiet(fence_of(c, th), th->line);
    const struct kt_ask *a = kt_ask_named(c, th->line->as);
    struct kt_buf got = {.limit = 1 << 16};
    enum kt_do done;

    if (r != KT_DO_DONE || !a || a->got.kind == KT_GOT_NONE)
        return r;
    kt_got_print(&got, &a->got);
    done = kt_case_fault_text(c, th->line, KT_R_NOT_PENDING, kt_buf_cstr(&got));
    kt_buf_fini(&got);
    return done;
}

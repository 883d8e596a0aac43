/* A case: its blocks and lines, evaluated again on every event.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/case.h"
#include "base/alloc.h"
#include "base/must.h"
#include "run/account.h"
#include "run/block.h"
#include "run/echo.h"
#include "run/fail.h"
#include "run/finish.h"
#include "run/inner.h"
#include "run/play.h"
#include "run/setup.h"
#include "run/step.h"
#include "run/warm.h"
#include <string.h>

static void on_timer(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_case *c = kt_container_of(self, struct kt_case, on_timer);

    (void)ev;
    kt_case_touch(c);
}

static const struct kt_service *service_of(const struct kt_run *run,
                                           const struct kt_scn *scn)
{
    const struct kt_idl *idl =
        scn->echo ? run->opts.echo_idl : run->opts.conf_idl;
    const struct kt_service *s = kt_idl_service(idl, scn->service);

    must(s);
    return s;
}

struct kt_case *kt_case_new(struct kt_run *run, const struct kt_scn *scn,
                            bool control_passed)
{
    struct kt_case *c = kt_xalloc(sizeof *c);

    *c = (struct kt_case){
        .run = run,
        .scn = scn,
        .role = run->opts.role,
        .sut = {run->uses[0], run->uses[1]},
        .control_passed = control_passed,
        .stalls = run->clock.stalls,
        .start_ns = kt_clock_now(&run->clock),
        .cpu_start_ns = kt_clock_cpu(),
        .res = {.scn = scn, .role = run->opts.role},
        .on_timer.on = on_timer,
        .service = service_of(run, scn),
    };
    for (int side = 0; side < 2; side++) {
        c->asker[side].base.on = kt_case_on_answer;
        c->asker[side].c = c;
        c->asker[side].side = (enum kt_side)side;
    }
    snprintf(c->id, sizeof c->id, "c%u", ++run->case_count);
    c->timer = kt_timer_new(run->net, &c->on_timer);
    return c;
}

void kt_case_free(struct kt_case *c)
{
    kt_asks_forget(c);
    kt_finish_free(c);
    kt_blocks_free(c);
    kt_setup_free(c);
    kt_chans_free(c);
    kt_warm_free(c);
    kt_calls_free(c);
    kt_asks_free(c);
    kt_strms_free(c);
    kt_result_fini(&c->res);
    kt_timer_free(c->timer);
    kt_free(c);
}

void kt_case_touch(struct kt_case *c)
{
    c->dirty = true;
}

void kt_case_wake_at(struct kt_case *c, uint64_t ns)
{
    if (ns < c->wake_ns)
        c->wake_ns = ns;
}

/* What goes on by itself while the script stands at a line. */
static bool background(struct kt_case *c)
{
    for (struct kt_chan *conn = c->conns; conn; conn = conn->next)
        kt_strms_bind_new(c, conn);
    if (!kt_account_claim(c))
        return false;
    kt_echo_pump(c);
    kt_play_pump(c);
    return !c->failed;
}

static void script(struct kt_case *c)
{
    switch (kt_blocks_run(c)) {
    case KT_DO_WAIT:
        break;
    case KT_DO_DONE:
        c->phase = KT_C_SILENCE;
        kt_case_touch(c);
        break;
    case KT_DO_FAIL:
        must(c->failed);
        break;
    }
}

void kt_case_eval(struct kt_case *c)
{
    c->dirty = false;
    c->wake_ns = UINT64_MAX;
    if (c->phase == KT_C_OVER)
        return;
    if (c->phase > KT_C_SETUP && !c->failed)
        background(c);
    if (c->failed && c->phase < KT_C_CLOSING)
        c->phase = KT_C_CLOSING;
    switch (c->phase) {
    case KT_C_SETUP:
        if (kt_setup(c) == KT_DO_DONE) {
            c->phase = KT_C_SCRIPT;
            kt_case_touch(c);
        }
        break;
    case KT_C_SCRIPT:
        script(c);
        break;
    case KT_C_SILENCE:
    case KT_C_CLOSING:
    case KT_C_ECHO:
        kt_finish(c);
        break;
    case KT_C_OVER:
        return;
    }
    if (c->failed && c->phase < KT_C_CLOSING)
        kt_case_touch(c);
    if (c->wake_ns != UINT64_MAX)
        kt_timer_set(c->timer, c->wake_ns);
    else
        kt_timer_unset(c->timer);
}

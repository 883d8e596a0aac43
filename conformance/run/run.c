/* A run: options and the loop. SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"
#include "base/alloc.h"
#include "run/inner.h"

#define START_NS (10 * KT_S)
enum { JOBS = 8 };

static void on_sut(struct kt_sut_sink *self, struct kt_sut *s)
{
    (void)self; /* the next turn looks at the state */
    (void)s;
}

static void on_nobody(struct kt_asker *self, uint64_t id,
                      const struct kt_answer *a)
{
    (void)self;
    (void)id;
    (void)a;
}

static void defaults(struct kt_run_opts *o)
{
    if (o->jobs == 0)
        o->jobs = JOBS;
    if (o->scale <= 0)
        o->scale = 1;
    if (o->start_ns == 0)
        o->start_ns = START_NS;
}

/* client call {"message":"alive"} */
static void probe_line(struct kt_line *l)
{
    l->kind = KT_S_APP;
    l->text = kt_xstrdup("client call {\"message\":\"alive\"}");
    l->stream = kt_xstrdup("probe");
    l->app.side = KT_CLIENT;
    l->app.verb = KT_V_CALL;
    l->app.msg.kind = KT_MSG_JSON;
    l->app.msg.json = json_pack("{s:s}", "message", "alive");
}

static void probe_line_fini(struct kt_line *l)
{
    kt_free(l->text);
    kt_free(l->stream);
    json_decref(l->app.msg.json);
}

static bool start_suts(struct kt_run *run, struct kt_err *reterr)
{
    for (int side = 0; side < 2; side++)
        if (run->uses[side] && !kt_sut_start(&run->sut[side], reterr))
            return false;
    return true;
}

struct kt_run *kt_run_new(struct kt_net *net, const struct kt_run_opts *o,
                          struct kt_run_sink *sink, struct kt_err *reterr)
{
    struct kt_run *run = kt_xalloc(sizeof *run);

    *run = (struct kt_run){
        .net = net,
        .opts = *o,
        .sink = sink,
        .on_sut.on = on_sut,
        .nobody.on = on_nobody,
        .uses = {[KT_CLIENT] = o->role != KT_ROLE_SERVER,
                 [KT_SERVER] = o->role != KT_ROLE_CLIENT},
    };
    defaults(&run->opts);
    probe_line(&run->probe_line);
    kt_clock_init(&run->clock, net, run->opts.scale);
    run->end_ns = o->budget_ns ? kt_net_now(net) + o->budget_ns : UINT64_MAX;
    for (int side = 0; side < 2; side++)
        kt_sut_init(&run->sut[side], net, &run->opts.sut[side],
                    run->opts.start_ns, &run->on_sut);
    kt_sched_plan(run);
    if (start_suts(run, reterr))
        return run;
    kt_run_free(run);
    return NULL;
}

static void evaluate(struct kt_run *run)
{
    for (struct kt_case *c = run->cases; c; c = c->next)
        if (c->dirty)
            kt_case_eval(c);
}

static bool any_dirty(const struct kt_run *run)
{
    for (const struct kt_case *c = run->cases; c; c = c->next)
        if (c->dirty || c->phase == KT_C_OVER)
            return true;
    return false;
}

enum kt_run_end kt_run_go(struct kt_run *run, const char **ret_why)
{
    while (!run->over) {
        if (run->stop)
            kt_sched_abort(run, KT_RUN_INTERRUPTED, "interrupted");
        kt_sched_turn(run);
        evaluate(run);
        if (run->over || any_dirty(run))
            continue;
        if (kt_net_step(run->net, run->end_ns) > 0 || run->stop)
            continue;
        if (kt_net_now(run->net) >= run->end_ns)
            kt_sched_abort(run, KT_RUN_BUDGET, "the time budget is used up");
        else if (run->clock.simulated)
            kt_sched_abort(run, KT_RUN_NO_SUT, "nothing can happen any more");
    }
    *ret_why = run->why ? run->why : "";
    return run->end;
}

void kt_run_stop(struct kt_run *run)
{
    run->stop = 1;
    kt_net_wake(run->net);
}

void kt_run_free(struct kt_run *run)
{
    if (!run)
        return;
    kt_sched_free(run);
    kt_slots_free(run);
    for (int side = 0; side < 2; side++)
        kt_sut_fini(&run->sut[side]);
    kt_clock_fini(&run->clock);
    probe_line_fini(&run->probe_line);
    kt_free(run->why);
    kt_free(run);
}

static const struct kt_sut *shown(const struct kt_run *run)
{
    return &run->sut[run->uses[KT_SERVER] ? KT_SERVER : KT_CLIENT];
}

const char *kt_run_sut_name(const struct kt_run *run)
{
    return shown(run)->name;
}

const char *kt_run_sut_version(const struct kt_run *run)
{
    return shown(run)->version;
}

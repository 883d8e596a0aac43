/* The queue: which case starts when, controls first, results out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "run/fail.h"
#include "run/inner.h"
#include <string.h>

enum { MAX_TRIES = 3 };

static struct kt_job *job_add(struct kt_run *run, const struct kt_scn *scn,
                              bool selected)
{
    struct kt_job *j = &run->jobs[run->njobs++];

    *j = (struct kt_job){.scn = scn, .selected = selected};
    return j;
}

/* An id names its case, or the first case of its scenario. */
static bool is_called(const struct kt_scn *scn, const char *id)
{
    return strcmp(scn->id, id) == 0 || strcmp(scn->base_id, id) == 0;
}

static struct kt_job *job_called(struct kt_run *run, const char *id)
{
    for (size_t i = 0; i < run->njobs; i++)
        if (is_called(run->jobs[i].scn, id) &&
            run->jobs[i].scn->roles & run->opts.role)
            return &run->jobs[i];
    for (size_t i = 0; i < run->opts.nall; i++)
        if (is_called(run->opts.all[i], id) &&
            run->opts.all[i]->roles & run->opts.role)
            return job_add(run, run->opts.all[i], false);
    return NULL;
}

void kt_sched_plan(struct kt_run *run)
{
    const size_t n = run->opts.nscn;

    run->jobs = kt_xalloc((2 * n + 1) * sizeof *run->jobs);
    for (size_t i = 0; i < n; i++)
        job_add(run, run->opts.scn[i], true);
    for (size_t i = 0; i < run->njobs; i++) {
        struct kt_job *j = &run->jobs[i];
        struct kt_job *c = j->scn->control && !run->opts.controls_passed
                               ? job_called(run, j->scn->control)
                               : NULL;

        j->control = c == j ? NULL : c;
    }
}

static void report(struct kt_run *run, struct kt_job *j, struct kt_result *r)
{
    j->state = KT_JOB_DONE;
    j->verdict = r->verdict;
    if (j->selected)
        run->sink->on(run->sink, r);
    kt_result_fini(r);
}

/* A result without a run: not applicable, or a control that failed. */
static void report_unrun(struct kt_run *run, struct kt_job *j,
                         enum kt_verdict verdict, enum kt_reason reason,
                         const char *text)
{
    struct kt_result r = {
        .scn = j->scn,
        .role = run->opts.role,
        .verdict = verdict,
        .rule = j->scn->nrules ? j->scn->rules[0] : "",
        .reason = kt_reason_code(reason),
        .pos = j->scn->pos,
        .step = kt_xstrdup(""),
        .expected = kt_xstrdup(""),
        .got = kt_xstrdup(text),
        .meaning = kt_xstrdup(kt_reason_text(reason)),
        .sut_stderr = kt_xstrdup(""),
    };

    report(run, j, &r);
}

/* --- what cannot be run here --- */

static const char *missing_cap(const struct kt_sut *sut,
                               const struct kt_scn *scn, enum kt_side side)
{
    for (size_t i = 0; i < scn->nneeds; i++)
        if (!kt_sut_can(sut, scn->needs[i]))
            return scn->needs[i];
    for (size_t i = 0; i < scn->settings[side].n; i++) {
        const char *name = scn->settings[side].v[i].name;

        if (strcmp(name, "transport") != 0 && !kt_setting_is_judges(name) &&
            !kt_sut_can(sut, name))
            return name;
    }
    return NULL;
}

static bool runs_here(struct kt_run *run, struct kt_job *j)
{
    const struct kt_scn *scn = j->scn;

    if (scn->later) {
        report_unrun(run, j, KT_NOT_APPLICABLE, KT_R_LATER, scn->later);
        return false;
    }
    if (!(scn->roles & run->opts.role)) {
        report_unrun(run, j, KT_NOT_APPLICABLE, KT_R_NOT_THIS_ROLE,
                     "the scenario does not have this role");
        return false;
    }
    for (int side = 0; side < 2; side++) {
        struct kt_sut *sut = &run->sut[side];

        if (!run->uses[side])
            continue;
        if (sut->state == KT_SUT_BARE) {
            if (scn->black_box && scn->nneeds == 0)
                continue;
            report_unrun(run, j, KT_NOT_APPLICABLE, KT_R_NO_DRIVER,
                         "needs a driver");
            return false;
        }
        const char *cap = missing_cap(sut, scn, (enum kt_side)side);

        if (!cap && !kt_sut_can_role(sut, (enum kt_side)side))
            cap = "the role";
        if (cap) {
            report_unrun(run, j, KT_NOT_APPLICABLE, KT_R_CAPABILITY, cap);
            return false;
        }
    }
    return true;
}

static bool suts_ready(const struct kt_run *run)
{
    for (int side = 0; side < 2; side++)
        if (run->uses[side] && run->sut[side].state != KT_SUT_READY &&
            run->sut[side].state != KT_SUT_BARE)
            return false;
    return true;
}

static bool is_alone(const struct kt_run *run)
{
    return run->cases && run->cases->scn->isolated;
}

/* A case that may break a weak peer gets processes in which nothing has run,
 * and nothing runs in them afterwards. False: they are starting. */
static bool fresh(struct kt_run *run)
{
    bool all = true;

    for (int side = 0; side < 2; side++) {
        struct kt_sut *sut = &run->sut[side];

        if (!run->uses[side] || sut->state == KT_SUT_BARE || !sut->used)
            continue;
        all = false;
        kt_sut_renew(sut);
    }
    return all;
}

static void mark_used(struct kt_run *run)
{
    for (int side = 0; side < 2; side++)
        run->sut[side].used = true;
}

/* False: not now. */
static bool job_start(struct kt_run *run, struct kt_job *j)
{
    if (j->control && j->control->state != KT_JOB_DONE)
        return false;
    if (!runs_here(run, j))
        return true;
    if (j->control && j->control->verdict != KT_PASS) {
        report_unrun(run, j, KT_INCONCLUSIVE, KT_R_CONTROL,
                     j->control->scn->id);
        return true;
    }
    if (j->scn->isolated && (run->running > 0 || !fresh(run)))
        return false;
    const bool passed =
        j->control || (run->opts.controls_passed && j->scn->control);
    struct kt_case *c = kt_case_new(run, j->scn, passed);

    j->state = KT_JOB_RUNNING;
    mark_used(run);
    j->tries++;
    c->job = j;
    c->next = run->cases;
    run->cases = c;
    run->running++;
    kt_case_touch(c);
    return true;
}

/* Waiting controls that are not selected stand at the end, so the whole list
 * is looked at each time; it is short. */
static void start_jobs(struct kt_run *run)
{
    while (run->first_waiting < run->njobs &&
           run->jobs[run->first_waiting].state == KT_JOB_DONE)
        run->first_waiting++;
    for (size_t i = run->first_waiting; i < run->njobs; i++) {
        if (run->running >= run->opts.jobs || is_alone(run))
            return;
        if (run->jobs[i].state == KT_JOB_WAITING)
            job_start(run, &run->jobs[i]);
        if (!suts_ready(run)) /* they start again for an isolated case */
            return;
    }
}

/* --- what has ended --- */

/* A verdict that a stalled host may have caused. */
static bool is_doubtful(const struct kt_run *run, const struct kt_case *c)
{
    static const enum kt_reason timed[] = {
        KT_R_NOTHING_CAME,  KT_R_TOO_LATE,  KT_R_MISSING, KT_R_NO_ANSWER,
        KT_R_NO_CONNECTION, KT_R_NOT_ALIVE, KT_R_HELD};

    if (run->clock.simulated || c->stalls == run->clock.stalls ||
        c->res.verdict == KT_PASS)
        return false;
    for (size_t i = 0; i < sizeof timed / sizeof *timed; i++)
        if (strcmp(c->res.reason, kt_reason_code(timed[i])) == 0)
            return true;
    return false;
}

static void pass(struct kt_result *r)
{
    r->rule = r->scn->nrules ? r->scn->rules[0] : "";
    r->reason = "";
    r->pos = r->scn->pos;
    r->step = kt_xstrdup("");
    r->expected = kt_xstrdup("");
    r->got = kt_xstrdup("");
    r->meaning = kt_xstrdup("");
    r->sut_stderr = kt_xstrdup("");
}

static void case_over(struct kt_run *run, struct kt_case *c)
{
    struct kt_job *j = c->job;
    struct kt_result r = c->res;

    c->res = (struct kt_result){0};
    r.elapsed_ns = kt_clock_now(&run->clock) - c->start_ns;
    if (run->opts.jobs == 1) /* else it is that of all who ran meanwhile */
        r.cpu_ns = kt_clock_cpu() - c->cpu_start_ns;
    if (r.verdict == KT_PASS)
        pass(&r);
    if (is_doubtful(run, c) && j->tries < MAX_TRIES) {
        j->state = KT_JOB_WAITING;
        run->first_waiting = 0;
        kt_result_fini(&r);
    } else if (is_doubtful(run, c)) {
        r.verdict = KT_INCONCLUSIVE;
        r.reason = kt_reason_code(KT_R_STALLED);
        report(run, j, &r);
    } else {
        report(run, j, &r);
    }
    const bool isolated = c->scn->isolated;

    kt_case_free(c);
    run->running--;
    if (isolated)
        fresh(run);
}

static void reap(struct kt_run *run)
{
    struct kt_case **at = &run->cases;

    while (*at) {
        struct kt_case *c = *at;

        if (c->phase != KT_C_OVER) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        case_over(run, c);
    }
}

/* No case goes on; each could begin again. */
static void drop_cases(struct kt_run *run)
{
    while (run->cases) {
        struct kt_case *c = run->cases;

        run->cases = c->next;
        c->job->state = KT_JOB_WAITING;
        kt_case_free(c);
        run->running--;
    }
    run->first_waiting = 0;
}

static void sut_lost(struct kt_run *run, struct kt_sut *sut)
{
    struct kt_err err;

    for (struct kt_case *c = run->cases; c && !sut->killed; c = c->next)
        if (c->phase != KT_C_OVER)
            kt_case_crashed(c, sut);
    reap(run);
    if (sut->killed) /* by us, for one case that it hung in: not the others' */
        drop_cases(run);
    if (!kt_sut_start(sut, &err))
        kt_sched_abort(run, KT_RUN_NO_SUT, err.detail);
}

void kt_sched_abort(struct kt_run *run, enum kt_run_end end, const char *why)
{
    if (run->over)
        return;
    run->over = true;
    run->end = end;
    kt_free(run->why);
    run->why = kt_xstrdup(why);
}

static bool all_done(const struct kt_run *run)
{
    for (size_t i = run->first_waiting; i < run->njobs; i++)
        if (run->jobs[i].state != KT_JOB_DONE)
            return false;
    return true;
}

void kt_sched_turn(struct kt_run *run)
{
    reap(run);
    for (int side = 0; side < 2 && !run->over; side++) {
        struct kt_sut *sut = &run->sut[side];

        if (!run->uses[side])
            continue;
        if (sut->state == KT_SUT_LOST)
            sut_lost(run, sut);
        if (sut->state == KT_SUT_FAILED)
            kt_sched_abort(run, KT_RUN_NO_SUT, sut->why);
    }
    if (run->over)
        return;
    if (suts_ready(run))
        start_jobs(run);
    if (all_done(run))
        kt_sched_abort(run, KT_RUN_DONE, "");
}

void kt_sched_free(struct kt_run *run)
{
    drop_cases(run);
    kt_free(run->jobs);
    run->jobs = NULL;
}

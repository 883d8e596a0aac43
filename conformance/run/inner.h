/* What the files of a run share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"
#include "run/slots.h"
#include <signal.h>

/* A case of the selection, or a control of one. */
enum kt_job_state { KT_JOB_WAITING, KT_JOB_RUNNING, KT_JOB_DONE };
struct kt_job {
    const struct kt_scn *scn;
    struct kt_job *control; /* NULL if it has none */
    enum kt_job_state state;
    enum kt_verdict verdict; /* DONE */
    bool selected;           /* its result is reported */
    unsigned tries;          /* a stalled host gives another one */
};

struct kt_run {
    struct kt_net *net;
    struct kt_run_opts opts;
    struct kt_run_sink *sink;
    struct kt_clock clock;
    struct kt_sut sut[2];
    bool uses[2]; /* sides under test */
    struct kt_sut_sink on_sut;
    struct kt_asker nobody; /* for requests whose answer is not looked at */
    struct kt_slot *slots;
    unsigned slot_count, case_count;
    struct kt_case *cases; /* running */
    unsigned running;
    struct kt_job *jobs;
    size_t njobs;
    size_t first_waiting;      /* all jobs before it have been started */
    uint64_t moved_ns;         /* bytes or an answer came last, in any case */
    struct kt_line probe_line; /* the runner's own call */
    volatile sig_atomic_t stop;
    uint64_t end_ns; /* of the budget; UINT64_MAX if none */
    bool over;
    enum kt_run_end end;
    char *why;
};

/* --- sched.c --- */
void kt_sched_plan(struct kt_run *run);
/* Start what may start; takes in what has ended. */
void kt_sched_turn(struct kt_run *run);
/* The rest is not run. */
void kt_sched_abort(struct kt_run *run, enum kt_run_end end, const char *why);
void kt_sched_free(struct kt_run *run);

/* --- call.c --- */
void kt_calls_free(struct kt_case *c);

/* --- ask.c --- */
void kt_case_on_answer(struct kt_asker *self, uint64_t id,
                       const struct kt_answer *ans);

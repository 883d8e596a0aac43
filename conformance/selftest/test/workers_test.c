/* Work in processes: each job is done once, and a death or an interruption is
 * told and leaves no child behind. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/workers.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NJOBS = 100 };

struct book { /* shared */
    unsigned char times[NJOBS];
    size_t bad; /* the job that goes wrong */
    pid_t parent;
};

static void count(void *ctx, size_t i)
{
    struct book *b = ctx;

    b->times[i]++;
}

static bool no_child_left(void)
{
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

Test(workers, each_job_is_done_once_by_any_number)
{
    for (unsigned n = 0; n <= 5; n++) {
        struct book *b = kt_shared_new(sizeof *b);
        const struct kt_work w = {.njobs = NJOBS, .job = count, .ctx = b};

        cr_expect_eq(kt_workers_run(n, &w), KT_WORK_DONE, "%u processes", n);
        for (size_t i = 0; i < NJOBS; i++)
            cr_expect_eq(b->times[i], 1, "%u processes, job %zu", n, i);
        cr_expect(no_child_left());
        kt_shared_free(b, sizeof *b);
    }
}

Test(workers, no_job_is_no_fault)
{
    const struct kt_work w = {.job = count};

    cr_expect_eq(kt_workers_run(3, &w), KT_WORK_DONE);
    cr_expect(no_child_left());
}

static void die_once(void *ctx, size_t i)
{
    struct book *b = ctx;

    if (i == b->bad)
        abort();
    count(ctx, i);
}

static void leave_once(void *ctx, size_t i)
{
    struct book *b = ctx;

    if (i == b->bad)
        _exit(3);
    count(ctx, i);
}

static void describe(void *ctx, size_t i, char *dst, size_t n)
{
    (void)ctx;
    snprintf(dst, n, "job %zu", i);
}

Test(workers, a_death_is_told_and_nobody_is_left)
{
    void (*const ways[])(void *, size_t) = {die_once, leave_once};

    for (size_t k = 0; k < 2; k++)
        for (size_t bad = 0; bad < NJOBS; bad += NJOBS - 1) {
            struct book *b = kt_shared_new(sizeof *b);
            const struct kt_work w = {
                .njobs = NJOBS, .job = ways[k], .describe = describe, .ctx = b};

            b->bad = bad;
            cr_expect_eq(kt_workers_run(2, &w), KT_WORK_DIED, "way %zu", k);
            cr_expect_eq(b->times[bad], 0);
            cr_expect(no_child_left());
            kt_shared_free(b, sizeof *b);
        }
}

/* The job asks its parent to end, and goes on for ever. */
static void interrupt(void *ctx, size_t i)
{
    struct book *b = ctx;

    if (i != b->bad)
        return;
    kill(b->parent, SIGINT);
    while (b->parent != getpid())
        pause();
}

Test(workers, an_interruption_ends_all)
{
    for (unsigned n = 1; n <= 3; n++) {
        struct book *b = kt_shared_new(sizeof *b);
        const struct kt_work w = {.njobs = NJOBS, .job = interrupt, .ctx = b};

        b->bad = 7;
        b->parent = getpid();
        cr_expect_eq(kt_workers_run(n, &w), KT_WORK_INTERRUPTED, "%u", n);
        cr_expect(no_child_left());
        kt_shared_free(b, sizeof *b);
    }
}

Test(workers, signals_are_as_before)
{
    const struct kt_work w = {.job = count};
    sigset_t before, after;

    sigprocmask(SIG_BLOCK, NULL, &before);
    kt_workers_run(2, &w);
    sigprocmask(SIG_BLOCK, NULL, &after);
    cr_expect_eq(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
    cr_expect_eq(sigismember(&after, SIGCHLD), 0);
}

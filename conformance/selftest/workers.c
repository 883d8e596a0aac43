/* Work in several processes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/workers.h"
#include "base/must.h"
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    atomic_size_t next, done;
    atomic_size_t at[KT_WORKERS_MAX]; /* job that each is at, from 1; 0: none */
};

void *kt_shared_new(size_t n)
{
    void *p = mmap(NULL, n + 1, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    must(p != MAP_FAILED);
    return p;
}

void kt_shared_free(void *p, size_t n)
{
    munmap(p, n + 1);
}

unsigned kt_workers_usual(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int n = CPU_COUNT(&set);

    return n > KT_WORKERS_MAX ? KT_WORKERS_MAX : (unsigned)n;
}

/* --- signals: held back while work goes on, and waited for --- */

struct held {
    sigset_t set, before;
    struct sigaction chld;
};

/* What is ignored stays so: a shell does that for a command in the background.
 */
static void hold_unless_ignored(sigset_t *set, int sig)
{
    struct sigaction a;

    if (sigaction(sig, NULL, &a) == 0 && a.sa_handler != SIG_IGN)
        sigaddset(set, sig);
}

static void hold_signals(struct held *h)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};

    sigemptyset(&h->set);
    hold_unless_ignored(&h->set, SIGINT);
    hold_unless_ignored(&h->set, SIGTERM);
    sigaddset(&h->set, SIGCHLD);
    sigaction(SIGCHLD, &plain, &h->chld);
    sigprocmask(SIG_BLOCK, &h->set, &h->before);
}

static void release_signals(const struct held *h)
{
    sigaction(SIGCHLD, &h->chld, NULL);
    sigprocmask(SIG_SETMASK, &h->before, NULL);
}

/* Takes one that has come, 0 when none has; or waits for one. */
static int take_signal(const struct held *h, bool wait)
{
    const struct timespec none = {0};
    const int sig =
        wait ? sigwaitinfo(&h->set, NULL) : sigtimedwait(&h->set, NULL, &none);

    return sig > 0 ? sig : 0;
}

/* --- a worker --- */

enum { DISMISSAL = SIGTERM };

static void listen_to(int sig)
{
    sigset_t set;

    signal(sig, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static bool one(struct shared *s, const struct kt_work *w, unsigned self)
{
    const size_t i = atomic_fetch_add(&s->next, 1);

    if (i >= w->njobs)
        return false;
    atomic_store(&s->at[self], i + 1);
    w->job(w->ctx, i);
    atomic_store(&s->at[self], 0);

    const size_t done = atomic_fetch_add(&s->done, 1) + 1;

    if (w->progress != NULL)
        fprintf(stderr, "\r%s %zu/%zu ", w->progress, done, w->njobs);
    return true;
}

/* A child does not outlive its parent, dies of signals as usual, and does not
 * leave by exit(): what stands in the buffers of stdio is its parent's. */
static pid_t start(struct shared *s, const struct kt_work *w, unsigned self,
                   const struct held *h)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    release_signals(h);
    listen_to(DISMISSAL);
    while (getppid() == parent && one(s, w, self))
        ;
    _exit(0);
}

/* --- their parent --- */

struct crew {
    struct shared *s;
    const struct kt_work *w;
    struct held held;
    pid_t pid[KT_WORKERS_MAX];
    unsigned left;
};

static void say_death(const struct crew *c, unsigned who, int status)
{
    const size_t at = atomic_load(&c->s->at[who]);
    char what[256] = "";

    if (at > 0 && c->w->describe != NULL)
        c->w->describe(c->w->ctx, at - 1, what, sizeof what);
    if (WIFSIGNALED(status))
        fprintf(stderr, "selftest: a process has died of signal %d (%s)%s%s\n",
                WTERMSIG(status), strsignal(WTERMSIG(status)),
                *what ? " at " : "", what);
    else
        fprintf(stderr, "selftest: a process has ended with %d%s%s\n",
                WEXITSTATUS(status), *what ? " at " : "", what);
}

/* Those that have ended; false when one did not end well. */
static bool reap(struct crew *c)
{
    bool well = true;

    for (unsigned i = 0; i < KT_WORKERS_MAX; i++) {
        int status = 0;

        if (c->pid[i] == 0 || waitpid(c->pid[i], &status, WNOHANG) == 0)
            continue;
        c->pid[i] = 0;
        c->left--;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            continue;
        say_death(c, i, status);
        well = false;
    }
    return well;
}

static void dismiss(struct crew *c)
{
    for (unsigned i = 0; i < KT_WORKERS_MAX; i++) {
        if (c->pid[i] == 0)
            continue;
        kill(c->pid[i], DISMISSAL);
        waitpid(c->pid[i], NULL, 0);
        c->pid[i] = 0;
    }
    c->left = 0;
}

/* When one has died, or the end is asked for, all end: what they would find is
 * of no use. Ctrl-C at a terminal reaches the children, too, so what they died
 * of is looked at only when nobody asked. */
static enum kt_work_end oversee(struct crew *c)
{
    while (c->left > 0) {
        const int sig = take_signal(&c->held, true);

        if (sig == SIGINT || sig == SIGTERM) {
            dismiss(c);
            return KT_WORK_INTERRUPTED;
        }
        if (sig == SIGCHLD && !reap(c)) {
            dismiss(c);
            return KT_WORK_DIED;
        }
    }
    return KT_WORK_DONE;
}

static enum kt_work_end alone(struct crew *c)
{
    while (one(c->s, c->w, 0)) {
        const int sig = take_signal(&c->held, false);

        if (sig == SIGINT || sig == SIGTERM)
            return KT_WORK_INTERRUPTED;
    }
    return KT_WORK_DONE;
}

static enum kt_work_end together(struct crew *c, unsigned n)
{
    fflush(NULL);
    for (unsigned i = 0; i < n; i++) {
        const pid_t pid = start(c->s, c->w, i, &c->held);

        if (pid < 0) /* those that are there do it all */
            break;
        c->pid[i] = pid;
        c->left++;
    }
    return c->left > 0 ? oversee(c) : alone(c);
}

enum kt_work_end kt_workers_run(unsigned n, const struct kt_work *w)
{
    struct crew c = {.s = kt_shared_new(sizeof *c.s), .w = w};

    hold_signals(&c.held);
    const enum kt_work_end end =
        n <= 1 ? alone(&c)
               : together(&c, n < KT_WORKERS_MAX ? n : KT_WORKERS_MAX);

    must(end != KT_WORK_DONE || atomic_load(&c.s->done) == w->njobs);
    release_signals(&c.held);
    if (w->progress != NULL)
        fprintf(stderr, "\r\033[K");
    kt_shared_free(c.s, sizeof *c.s);
    return end;
}

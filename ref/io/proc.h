/* Child processes of the real world: start, watch, end, blame.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"

struct kt_proc;

struct kt_proc_event {
    struct kt_proc *proc;
    int status; /* exit status, when signal is 0 */
    int signal; /* that killed it */
};

/* Told once, from kt_net_step, when the process has ended and its pipes are
 * read. */
struct kt_proc_sink {
    void (*on)(struct kt_proc_sink *self, const struct kt_proc_event *ev);
};

/* Start argv[0] (searched in PATH when it has no slash) with our environment
 * and the NULL-ended NAME=VALUE list env on top, in a process group of its own.
 * stdin is empty; stdout and stderr are read without ever blocking the child,
 * the last 64 KiB of each are kept. BAD IO with the system's text (detail:
 * "./driver: permission denied"). Only on a real net. */
struct kt_proc *kt_proc_spawn(struct kt_net *net, char **argv, char **env,
                              struct kt_proc_sink *sink, struct kt_err *reterr);
int kt_proc_pid(const struct kt_proc *p); /* 0 once it has ended */
/* NUL-ended, valid until the next step. */
const char *kt_proc_stderr(const struct kt_proc *p);
const char *kt_proc_stdout(const struct kt_proc *p);
/* SIGTERM now, SIGKILL to the whole group at kill_ns if it has not ended by
 * then. */
void kt_proc_stop(struct kt_proc *p, uint64_t kill_ns);
/* SIGKILL to the group if it still runs; nobody is told. Accepts NULL. */
void kt_proc_free(struct kt_proc *p);
/* Resident memory of a process in bytes, from /proc; 0 when it cannot be read.
 */
uint64_t kt_proc_rss(int pid);

/* Work in several processes: one memory that all see, one counter of jobs.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { KT_WORKERS_MAX = 64 };

/* Zeroed memory that children of a fork share; never NULL. */
void *kt_shared_new(size_t n);
void kt_shared_free(void *p, size_t n);

enum kt_work_end {
    KT_WORK_DONE,
    KT_WORK_DIED,        /* a process has died; said on stderr */
    KT_WORK_INTERRUPTED, /* SIGINT or SIGTERM came */
};

struct kt_work {
    size_t njobs;
    /* What a job finds it writes to shared memory. */
    void (*job)(void *ctx, size_t i);
    /* What job i is, for a person; may be NULL. */
    void (*describe)(void *ctx, size_t i, char *dst, size_t n);
    void *ctx;
    const char *progress; /* a word to show on stderr how far it is, or NULL */
};

/* Does every job once, in n children; with n 1 in this process, where one that
 * dies takes all with it. Not all is done when the end is another than DONE. No
 * child is left. */
enum kt_work_end kt_workers_run(unsigned n, const struct kt_work *w);
/* Processors that this process may use. */
unsigned kt_workers_usual(void);

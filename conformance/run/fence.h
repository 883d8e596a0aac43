/* Fence and silence. Language section 7.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

enum kt_fence_stage {
    KT_FN_FIRST,  /* an empty SETTINGS on each connection */
    KT_FN_SYNC,   /* every driver */
    KT_FN_SECOND, /* SETTINGS again */
    KT_FN_PASSED,
};

struct kt_fence {
    struct kt_case *c;
    enum kt_fence_stage stage;
    bool written; /* what the stage writes or asks has gone out */
    uint64_t since_ns;
    struct kt_ask *sync[2];
    /* silence: fence, quiet time, fence */
    unsigned round;
    uint64_t quiet_until_ns;
};

struct kt_fence *kt_fence_new(struct kt_case *c);
void kt_fence_free(struct kt_fence *f);
/* One fence, then the other side has read and begun all. */
enum kt_do kt_fence_run(struct kt_fence *f, const struct kt_line *line);
/* Fence, quiet time, fence. */
enum kt_do kt_fence_quiet(struct kt_fence *f, const struct kt_line *line);

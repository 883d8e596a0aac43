/* The fields of a wire line against one event.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/message.h"
#include "script/scn.h"
#include "wire/event.h"

/* What a name on the line stands for. */
struct kt_names {
    void *ctx;
    /* id of a stream by its name in the scenario; 0 when it has none yet */
    uint32_t (*stream)(void *ctx, const char *name);
};

/* Does the event bear all these fields? On false *ret_why says which does not,
 * as "name=want, got value". */
bool kt_fields_match(const struct kt_fields *f, const struct kt_event *ev,
                     const struct kt_names *names, struct kt_buf *ret_why);
/* A code by number or name: "8", "CANCEL", alternatives, ranges, negations. */
bool kt_code_match(const struct kt_pat *p, uint32_t code,
                   const char *(*name)(uint32_t));
void kt_pat_print(struct kt_buf *dst, const struct kt_pat *p);

/* Is the event of the kind that the line names (no field is looked at)? */
bool kt_frame_kind_is(enum kt_frame want, const struct kt_event *ev);
/* Upper case: looks at frames. */
bool kt_frame_is_upper(enum kt_frame f);

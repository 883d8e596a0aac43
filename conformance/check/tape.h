/* A tape: what one side wrote on one stream of one connection, in order, and
 * which line accounts for each entry. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/event.h"

enum kt_mark {
    KT_M_TAKEN = 1,   /* by a wire line */
    KT_M_CLAIMED = 2, /* implied by an application line that has run */
    KT_M_READ = 4,    /* by a receiver that the judge plays */
    KT_M_ALLOWED = 8, /* by a line, or harmless for good */
    KT_M_PASSED = 16, /* a later entry of its kind was taken first */
};
#define KT_M_ACCOUNTED (KT_M_TAKEN | KT_M_CLAIMED | KT_M_READ | KT_M_ALLOWED)

struct kt_entry {
    const struct kt_event *ev; /* grows while a message is unfinished */
    uint64_t at_ns;
    uint64_t seq;   /* order among all entries of a case */
    unsigned marks; /* enum kt_mark */
};

struct kt_tape {
    struct kt_entry *v;
    size_t n, cap;
};

void kt_tape_fini(struct kt_tape *t);
struct kt_entry *kt_tape_put(struct kt_tape *t, const struct kt_event *ev,
                             uint64_t at_ns, uint64_t seq);
/* First entry of that kind without any of these marks; NULL if none. */
struct kt_entry *kt_tape_find(const struct kt_tape *t, enum kt_ev kind,
                              unsigned without);
/* A message is whole when its length has arrived. */
bool kt_entry_whole(const struct kt_entry *e);
bool kt_entry_is_frame(const struct kt_entry *e, uint8_t type);

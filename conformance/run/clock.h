/* Time of a run: scale, quiet times, slack, and whether the host stood still.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"

#define KT_MS 1000000ull
#define KT_S 1000000000ull

/* A heartbeat measures how late the loop itself is. What a peer is blamed for
 * must have taken longer than that. */
struct kt_clock {
    struct kt_net *net;
    double scale;
    bool simulated;
    struct kt_timer *beat;
    struct kt_sink on_beat;
    uint64_t due_ns;
    uint64_t worst_ns; /* latest beat so far, with decay */
    uint64_t stalls;   /* beats later than the stall limit */
};

void kt_clock_init(struct kt_clock *c, struct kt_net *net, double scale);
void kt_clock_fini(struct kt_clock *c);
uint64_t kt_clock_now(const struct kt_clock *c);
uint64_t kt_clock_cpu(void); /* what this process has used so far, in ns */
/* How long a waiting line waits: 2 s × scale. */
uint64_t kt_clock_patience(const struct kt_clock *c);
uint64_t kt_clock_quiet(const struct kt_clock *c); /* 20 ms × scale */
/* Added to an upper bound: 50 ms × scale, or three times the worst beat. */
uint64_t kt_clock_slack(const struct kt_clock *c);

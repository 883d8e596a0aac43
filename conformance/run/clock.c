/* Time of a run. SPDX-License-Identifier: Apache-2.0 */
#include "run/clock.h"
#include <time.h>

#define BEAT_NS (20 * KT_MS)
/* A loop that was this late may have made an innocent peer look slow. */
#define STALL_NS (100 * KT_MS)

static void beat(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_clock *c = kt_container_of(self, struct kt_clock, on_beat);
    const uint64_t now = kt_net_now(c->net);
    const uint64_t late = now > c->due_ns ? now - c->due_ns : 0;

    (void)ev;
    c->worst_ns -= c->worst_ns / 256;
    if (late > c->worst_ns)
        c->worst_ns = late;
    c->stalls += late > STALL_NS;
    c->due_ns = now + BEAT_NS;
    kt_timer_set(c->beat, c->due_ns);
}

void kt_clock_init(struct kt_clock *c, struct kt_net *net, double scale)
{
    *c = (struct kt_clock){
        .net = net,
        .scale = scale > 0 ? scale : 1,
        .simulated = kt_net_is_simulated(net),
        .on_beat.on = beat,
    };
    if (c->simulated) /* its clock is never late */
        return;
    c->due_ns = kt_net_now(net) + BEAT_NS;
    c->beat = kt_timer_new(net, &c->on_beat);
    kt_timer_set(c->beat, c->due_ns);
}

void kt_clock_fini(struct kt_clock *c)
{
    if (c->beat)
        kt_timer_free(c->beat);
    c->beat = NULL;
}

uint64_t kt_clock_now(const struct kt_clock *c)
{
    return kt_net_now(c->net);
}

uint64_t kt_clock_cpu(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * KT_S + (uint64_t)t.tv_nsec;
}

static uint64_t scaled(const struct kt_clock *c, uint64_t ns)
{
    return (uint64_t)((double)ns * c->scale);
}

uint64_t kt_clock_patience(const struct kt_clock *c)
{
    return scaled(c, 2 * KT_S);
}

uint64_t kt_clock_quiet(const struct kt_clock *c)
{
    return scaled(c, 20 * KT_MS);
}

uint64_t kt_clock_slack(const struct kt_clock *c)
{
    const uint64_t base = scaled(c, 50 * KT_MS);

    if (c->simulated)
        return 0;
    return c->worst_ns * 3 > base ? c->worst_ns * 3 : base;
}

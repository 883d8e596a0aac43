/* Time of a run: scale, and a simulated clock that is never late.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/clock.h"
#include <criterion/criterion.h>

Test(clock, waits_scale_and_a_simulated_host_has_no_slack)
{
    struct kt_net *net = kt_net_sim_new();
    struct kt_clock c;

    kt_clock_init(&c, net, 0.5);
    cr_expect_eq(kt_clock_patience(&c), KT_S);
    cr_expect_eq(kt_clock_quiet(&c), 10 * KT_MS);
    cr_expect_eq(kt_clock_slack(&c), 0u);
    kt_clock_fini(&c);
    kt_net_free(net);
}

Test(clock, a_late_beat_is_a_stall_and_widens_the_slack)
{
    struct kt_net *net = kt_net_uv_new();
    const struct kt_net_event due = {.kind = KT_NET_TIMER};
    struct kt_clock c;

    kt_clock_init(&c, net, 1);
    cr_expect_eq(kt_clock_slack(&c), 50 * KT_MS);
    c.due_ns = kt_net_now(net) - 400 * KT_MS; /* as if it came 400 ms late */
    c.on_beat.on(&c.on_beat, &due);
    cr_expect_eq(c.stalls, 1u);
    cr_expect_geq(kt_clock_slack(&c), 1200 * KT_MS);
    c.on_beat.on(&c.on_beat, &due);
    cr_expect_eq(c.stalls, 1u, "a beat in time is no stall");
    kt_clock_fini(&c);
    kt_net_free(net);
}

/* SIGINT and SIGTERM as events of a real world, so that programs stop cleanly.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"

struct kt_signal_sink {
    void (*on)(struct kt_signal_sink *self, int signo);
};

/* Tell sink about SIGINT and SIGTERM from now on, from kt_net_step; NULL: give
 * them back their default action. False when the system refuses, or on the
 * simulated world, which has none. */
bool kt_net_on_signal(struct kt_net *net, struct kt_signal_sink *sink);

/* How long a case waits for its peer before it gives up.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

/* What began to wait at since_ns waits until then: one patience beyond the last
 * thing that came from any peer of the run, in any of its cases, and in all no
 * longer than five. A peer that serves many cases at once on a busy host is
 * slow to each of them, and still not silent; one that has nothing more to do
 * than this and stays silent is given up. bytes: of a message that must be
 * turned into JSON and back first, without a byte on the wire. */
uint64_t kt_patience_end(const struct kt_case *c, uint64_t since_ns,
                         uint64_t bytes);

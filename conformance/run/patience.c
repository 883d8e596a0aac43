/* SPDX-License-Identifier: Apache-2.0 */
#include "run/patience.h"
#include "run/inner.h"

enum { MAX_PATIENCES = 5, NS_PER_BYTE = 2000 };

uint64_t kt_patience_end(const struct kt_case *c, uint64_t since_ns,
                         uint64_t bytes)
{
    const uint64_t one =
        kt_clock_patience(&c->run->clock) + bytes * NS_PER_BYTE;
    const uint64_t moved =
        c->run->moved_ns > since_ns ? c->run->moved_ns - since_ns : 0;

    return since_ns + (moved < (MAX_PATIENCES - 1) * one ? moved + one
                                                         : MAX_PATIENCES * one);
}

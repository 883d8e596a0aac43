/* HTTP/2 connections through the man in the middle.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"
#include "selftest/mutant.h"

struct kt_relays;

struct kt_relays *kt_relays_new(struct kt_net *net,
                                const struct kt_mutant *mutant,
                                bool sut_is_client);
void kt_relays_free(struct kt_relays *r);
/* An address that leads to target through the mutant; the same for the same
 * target. Valid until free. */
const char *kt_relays_address(struct kt_relays *r, const char *target);

/* The reference driver behind a man in the middle, on the simulated world: its
 * control connection and its HTTP/2 connections pass through one mutant.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"
#include "io/net.h"
#include "selftest/mutant.h"

struct kt_bridge;

/* Starts a reference driver of these services (borrowed) that dials a proxy of
 * the control address. mutant NULL: bytes pass as they are. NULL when memory is
 * short. */
struct kt_bridge *kt_bridge_new(struct kt_net *net,
                                const struct kt_mutant *mutant,
                                bool sut_is_client, const char *control,
                                const char *token,
                                const struct kt_idl *const idl[2]);
void kt_bridge_free(struct kt_bridge *b); /* accepts NULL */

/* A server's settings are in force for a client only after an ack: one echo
 * call on each named connection comes first. Language section 4.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/step.h"

/* Before an open (or call) of the client under test: WAIT while that call is
 * under way. */
enum kt_do kt_warm(struct kt_case *c, struct kt_thread *th, struct kt_strm *s);
void kt_warm_free(struct kt_case *c);

/* handler echo: played through the driver of the server under test, or by the
 * judge against a client. Language section 9.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/strm.h"

struct kt_echo;
void kt_echo_free(struct kt_echo *e);
/* Go on with every echo of the case: called on every evaluation. */
void kt_echo_pump(struct kt_case *c);
/* A stream that the runner itself echoes, also where the scenario's handler is
 * not echo (probe, liveness). */
void kt_echo_want(struct kt_strm *s);
/* An entry of the server's that echo accounts for. */
bool kt_echo_allows(const struct kt_strm *s, const struct kt_tape *t,
                    const struct kt_entry *e);

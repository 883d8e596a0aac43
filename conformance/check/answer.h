/* A driver's answer as a got. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/outcome.h"
#include "driver/driver.h"

/* An OK whose body has "message" is a MSG when as_message is set (recv, call,
 * close-and-recv), and an OK with that body otherwise (accept). A body that is
 * not of the protocol gives UNSUPPORTED with a text that says so. */
void kt_got_of_answer(struct kt_got *ret, const struct kt_answer *a,
                      bool as_message, uint64_t now_ns);
/* {"json":…} or {"hex":"…"} into msg and raw; false when it is neither. */
bool kt_got_message(struct kt_got *g, const json_t *m);

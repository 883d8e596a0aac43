/* What an ok answer says beyond ok: metadata, deadline, code, events.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/ask.h"

/* DONE when the fields of the line hold; peek: FAIL without a fault. */
enum kt_do kt_values_check(struct kt_case *c, const struct kt_line *line,
                           const struct kt_ask *a, bool peek);

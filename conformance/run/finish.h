/* How a case ends: silence, resets, what is still held, an echo. Language
 * section 8. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

/* Goes on with the end of the case; sets its phase, at last KT_C_OVER. */
void kt_finish(struct kt_case *c);
void kt_finish_free(struct kt_case *c);

/* What can be played today: what the reference cannot do, nobody has played.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/scn.h"

/* Why a case cannot be played in that role yet: a word whose meaning comes
 * later, or a capability that the reference lacks. NULL: it can. */
const char *kt_played_waits(void *ctx, const struct kt_scn *scn,
                            enum kt_role role);

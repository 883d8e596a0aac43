/* Modes: which lines are one request to a driver. Language section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/strm.h"

/* The next application line of that side, verb and stream, at or behind pc in
 * the same block; NULL when there is none. */
const struct kt_line *kt_fold_next(const struct kt_steps *steps, size_t pc,
                                   enum kt_side side, enum kt_verb verb,
                                   const char *stream);
/* The application line that the wire line at pc narrows: directly above, of the
 * same sender and stream, implying its kind. NULL when it is an arrow of its
 * own. */
const struct kt_line *kt_fold_narrowed(const struct kt_steps *steps, size_t pc);
/* Does an application line imply (SUT) or write (judge) that kind? */
bool kt_verb_implies(const struct kt_line *app, enum kt_frame frame);
/* Number of wire lines directly under pc that narrow it. */
size_t kt_fold_narrows(const struct kt_steps *steps, size_t pc);
/* Size of the message that a line sends or awaits as size=N; 0 if none. */
uint64_t kt_fold_size(const struct kt_line *line);
/* The event that a lower-case word names; -1 for others. */
int kt_frame_event(enum kt_frame frame);

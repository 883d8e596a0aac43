/* One kind of line each. All are tried again on every event until they are
 * done. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/ask.h"
#include "run/fail.h"
#include "run/fold.h"
#include "run/strm.h"

/* An application line of a side under test: asks the driver. */
enum kt_do kt_step_app(struct kt_case *c, struct kt_thread *th, bool peek);
/* An application line of the judge's side. */
enum kt_do kt_step_play(struct kt_case *c, struct kt_thread *th, bool peek);
/* A wire line that the SUT must have written. */
enum kt_do kt_step_expect(struct kt_case *c, struct kt_thread *th, bool peek);
/* A wire line of the judge. */
enum kt_do kt_step_write(struct kt_case *c, struct kt_thread *th);
enum kt_do kt_step_await(struct kt_case *c, struct kt_thread *th, bool peek);
enum kt_do kt_step_pending(struct kt_case *c, struct kt_thread *th);
enum kt_do kt_step_fence(struct kt_case *c, struct kt_thread *th);
enum kt_do kt_step_silence(struct kt_case *c, struct kt_thread *th);
enum kt_do kt_step_probe(struct kt_case *c, struct kt_thread *th);
enum kt_do kt_step_at(struct kt_case *c, struct kt_thread *th);

/* The answer of an ask against a line's outcomes and times: WAIT while there
 * is none. */
enum kt_do kt_step_outcome(struct kt_case *c, struct kt_thread *th,
                           struct kt_ask *a, bool peek);
/* The same and what the answer's values must be, of the line's own ask; a line
 * under a name is judged where it is awaited. */
enum kt_do kt_step_answer(struct kt_case *c, struct kt_thread *th, bool peek);
/* "after": of something that came at that time. DONE when it is in time. */
enum kt_do kt_step_timing(struct kt_case *c, const struct kt_thread *th,
                          const struct kt_strm *s, uint64_t at_ns);
/* The base of "after" and of "at". */
uint64_t kt_step_base(struct kt_case *c, const struct kt_line *line,
                      const struct kt_strm *s);
/* Wait: NOTHING or NO_ANSWER when the deadline has passed. */
enum kt_do kt_step_wait(struct kt_case *c, struct kt_thread *th,
                        const struct kt_strm *s, enum kt_verdict late,
                        enum kt_reason reason);

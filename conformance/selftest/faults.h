/* The functions that mutants are made of: each changes one thing at a seam, by
 * the parameters of its row. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mutant.h"

/* FIELDS. at, path, nth by n when order is 2. */
void kt_fault_drop(struct kt_unit *u,
                   const struct kt_mutant *m); /* name1; value: only that one */
void kt_fault_set(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value, added if absent */
void kt_fault_change(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value, if present */
void kt_fault_swap(struct kt_unit *u,
                   const struct kt_mutant *m); /* first two values of name1 */
void kt_fault_next_status(
    struct kt_unit *u,
    const struct kt_mutant *m); /* an error code to the next */
void kt_fault_ok_to_two(struct kt_unit *u,
                        const struct kt_mutant *m); /* name1: value 0 to 2 */
void kt_fault_biz_ok(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value beside biz-status */
void kt_fault_block_cut(
    struct kt_unit *u,
    const struct kt_mutant *m); /* blocks of n2 bytes: legal */
void kt_fault_nothing(struct kt_unit *u,
                      const struct kt_mutant *m); /* legal: written anew */
void kt_fault_decode(struct kt_unit *u,
                     const struct kt_mutant *m); /* percent-decode name1 */
void kt_fault_upper(struct kt_unit *u,
                    const struct kt_mutant *m); /* name1 in capitals */
void kt_fault_times(struct kt_unit *u,
                    const struct kt_mutant *m); /* n2 times */
void kt_fault_no_end(struct kt_unit *u,
                     const struct kt_mutant *m); /* END_STREAM off, any seam */

/* MESSAGE. From the n-th on; with order 2 only the n-th. */
void kt_fault_message_times(struct kt_unit *u,
                            const struct kt_mutant *m); /* n2 */
void kt_fault_flag(struct kt_unit *u,
                   const struct kt_mutant *m); /* prefix flag to n2 */
void kt_fault_length(struct kt_unit *u,
                     const struct kt_mutant *m); /* length plus n2 */
void kt_fault_wrap(struct kt_unit *u,
                   const struct kt_mutant *m); /* in field n2 of a struct */
void kt_fault_unwrap(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_spoil(
    struct kt_unit *u,
    const struct kt_mutant *m); /* last byte but one, above n2 bytes */
void kt_fault_cut(struct kt_unit *u,
                  const struct kt_mutant *m); /* frames of n2 bytes: legal */

/* FRAME of type n (a name in value is a flag that must be set: "ack", "end").
 */
void kt_fault_drop_frame(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_spoil_frame(struct kt_unit *u,
                          const struct kt_mutant *m); /* first byte */
void kt_fault_no_end_data(
    struct kt_unit *u, const struct kt_mutant *m); /* END_STREAM of DATA off */
void kt_fault_code(struct kt_unit *u,
                   const struct kt_mutant *m); /* RST_STREAM, GOAWAY: code n2 */
void kt_fault_window(
    struct kt_unit *u,
    const struct kt_mutant *m); /* SETTINGS: initial window n2 */
void kt_fault_after_reset(
    struct kt_unit *u,
    const struct kt_mutant *m); /* DATA behind an RST_STREAM */
void kt_fault_early_end(struct kt_unit *u,
                        const struct kt_mutant *m); /* trailers at half-close */
void kt_fault_split(struct kt_unit *u,
                    const struct kt_mutant *m); /* DATA of n2 bytes: legal */
void kt_fault_pad(struct kt_unit *u, const struct kt_mutant *m); /* legal */
void kt_fault_extra(
    struct kt_unit *u,
    const struct kt_mutant *m); /* a frame of type n2 behind: legal */

/* TURN: op is name1; with order 2 only its n-th. */
void kt_fault_answer(struct kt_turn *t,
                     const struct kt_mutant
                         *m); /* value, JSON, when the answer has member path */
void kt_fault_silent(struct kt_turn *t, const struct kt_mutant *m);
void kt_fault_forget(struct kt_turn *t,
                     const struct kt_mutant *m); /* member value of "ok" */
void kt_fault_code_turn(struct kt_turn *t,
                        const struct kt_mutant *m); /* error code n to n2 */

/* The tables of mutants, one an area, and the short names that their rows are
 * written with. Rows stand in the order of their rules. Only rows_*.c and
 * mutants.c include this. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/faults.h"
#include "wire/status.h"

#define S KT_SUT_SERVER
#define C KT_SUT_CLIENT
#define B KT_SUT_BOTH
#define OUT KT_WAY_OUT
#define IN KT_WAY_IN
#define FIELDS(fn, ...)                                                        \
    .seams = KT_SEAM_FIELDS, .wire = kt_fault_##fn, __VA_ARGS__
#define MESSAGE(fn, ...)                                                       \
    .seams = KT_SEAM_MESSAGE, .wire = kt_fault_##fn, __VA_ARGS__
#define FRAME(fn, ...)                                                         \
    .seams = KT_SEAM_FRAME, .wire = kt_fault_##fn, __VA_ARGS__
#define OPENING(fn, ...)                                                       \
    .seams = KT_SEAM_OPENING, .wire = kt_fault_##fn, __VA_ARGS__
#define TURN(fn, ...) .seams = KT_SEAM_TURN, .turn = kt_fault_##fn, __VA_ARGS__
#define SECOND .order = 2

extern const struct kt_mutant kt_rows_conn[];
extern const size_t kt_rows_conn_n;
extern const struct kt_mutant kt_rows_flow[];
extern const size_t kt_rows_flow_n;
extern const struct kt_mutant kt_rows_message[];
extern const size_t kt_rows_message_n;
extern const struct kt_mutant kt_rows_fields[];
extern const size_t kt_rows_fields_n;
extern const struct kt_mutant kt_rows_end[];
extern const size_t kt_rows_end_n;
extern const struct kt_mutant kt_rows_error[];
extern const size_t kt_rows_error_n;
extern const struct kt_mutant kt_rows_standing[];
extern const size_t kt_rows_standing_n;
extern const struct kt_mutant kt_rows_legal[];
extern const size_t kt_rows_legal_n;

/* Values, messages and outcomes as they stand on lines.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

/* A value with all its forms: docs/scenarios.md, "Values". False: a fault was
 * added. */
bool kt_value_read(struct kt_line_in *l, const struct kt_word *w,
                   struct kt_pat *ret);
/* "…" with JSON escapes; a bare word stands for itself. Bytes, n of them. */
bool kt_text_read(struct kt_line_in *l, const struct kt_word *w, char **ret,
                  size_t *ret_n);
/* Digits, 0x digits, KiB, MiB. */
bool kt_number_read(const char *p, size_t n, uint64_t *ret);
/* "300ms", "5s", "200us", in ns. */
bool kt_time_read(const char *p, size_t n, uint64_t *ret_ns);
/* A..B of times. */
bool kt_time_range_read(struct kt_line_in *l, const struct kt_word *w,
                        uint64_t *ret_lo, uint64_t *ret_hi);
/* name=value at w; "flags" and quoted names included. */
bool kt_field_read(struct kt_line_in *l, const struct kt_word *w,
                   struct kt_field *ret);
void kt_fields_put(struct kt_pool *a, struct kt_fields *f,
                   struct kt_field field);

/* The next words as a message: {…}, size=N, "bytes hex:…". NONE and true when
 * they are none. */
bool kt_msg_read(struct kt_line_in *l, struct kt_msg *ret);
/* hex:…, hex:(…)xN, zeros:N. False when w is none of them, without a fault. */
bool kt_bytes_read(struct kt_line_in *l, const char *p, size_t n, uint8_t **ret,
                   size_t *ret_n);

/* The next words, split at bars, as outcomes, up to what is no outcome. */
bool kt_outcomes_read(struct kt_line_in *l, struct kt_outcomes *ret);
/* Number or name of a gRPC status. */
bool kt_status_code_read(struct kt_line_in *l, const struct kt_word *w,
                         uint32_t *ret);
/* A word is left that nothing takes: a fault. Returns false. */
bool kt_outcome_stray(struct kt_line_in *l);

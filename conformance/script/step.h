/* Parsing of steps: application lines, wire lines, blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/value.h"
#include "script/words.h"

/* Behind "client" or "server": the verb and all that follows. */
bool kt_app_read(struct kt_line_in *l, enum kt_side side, struct kt_line *ret);
/* Behind '>' or '<', '!' and the stream: the frame and all that follows. */
bool kt_wire_read(struct kt_line_in *l, struct kt_line *ret);
/* The fields and the tail of a wire line. */
bool kt_wire_fields_read(struct kt_line_in *l, struct kt_line *ret);
/* Round i of a repeat, into an arena that the caller has. */
void kt_repeat_round(struct kt_pool *arena, struct kt_faults *faults,
                     const char *file, const struct kt_line *repeat, uint64_t i,
                     struct kt_steps *ret);
/* "as NAME", "after A..B [since NAME]", "@ID" at the next words; false only for
 * a fault, *ret_took: whether it was one of them. */
bool kt_tail_read(struct kt_line_in *l, struct kt_line *ret, bool *ret_took);
/* "HEADERS" in "no HEADERS": the next word as the name of an absent field. */
bool kt_absent_read(struct kt_line_in *l, char group, struct kt_fields *f);

/* Source lines of a body, axes replaced. */
struct kt_source {
    char **lines; /* as written, trimmed at their end */
    int *numbers;
    size_t n;
};

/* Parse lines [from, to) of src as steps. All memory goes to the arena. Faults
 * are added; the result holds what could be read. */
void kt_steps_read(struct kt_pool *arena, struct kt_faults *faults,
                   const char *file, const struct kt_source *src, size_t from,
                   size_t to, struct kt_steps *ret);

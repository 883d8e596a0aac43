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
/* name=value at w, and "no" name at the next word, into the wire line. */
bool kt_wire_field_read(struct kt_line_in *l, const struct kt_word *w,
                        struct kt_wire *wire);
bool kt_wire_absent_read(struct kt_line_in *l, struct kt_wire *wire);
/* Codes by HTTP/2 name become their numbers in decimal. */
bool kt_code_resolve(struct kt_line_in *l, const struct kt_word *w,
                     struct kt_pat *p);
/* "as NAME", "after A..B [since NAME]", "@ID" at the next words; false only for
 * a fault, *ret_took: whether it was one of them. */
bool kt_tail_read(struct kt_line_in *l, struct kt_line *ret, bool *ret_took);
/* "HEADERS" in "no HEADERS": the next word as the name of an absent field. */
bool kt_absent_read(struct kt_line_in *l, char group, struct kt_fields *f);

/* Source lines of a file or a body, axes replaced. */
struct kt_source {
    const char **lines; /* trimmed at their end */
    const int **cols;   /* see struct kt_replaced */
    int *numbers;
    size_t n;
};
void kt_source_alloc(struct kt_pool *arena, struct kt_source *s, size_t n);
/* The first word of the line is this one. */
bool kt_source_begins(const char *line, const char *word);

/* Parse lines [from, to) of src as steps. All memory goes to the arena. Faults
 * are added; the result holds what could be read. */
void kt_steps_read(struct kt_pool *arena, struct kt_faults *faults,
                   const char *file, const struct kt_source *src, size_t from,
                   size_t to, struct kt_steps *ret);
/* Lines [from, to) with $i replaced, but not in the body of a repeat among
 * them: there it is that one's. */
void kt_repeat_lines(struct kt_pool *arena, const struct kt_source *src,
                     size_t from, size_t to, uint64_t i, struct kt_source *ret);
/* Round i of a repeat that has been read, into the arena. */
void kt_repeat_round(struct kt_pool *arena, struct kt_faults *faults,
                     const char *file, const struct kt_line *repeat, uint64_t i,
                     struct kt_steps *ret);

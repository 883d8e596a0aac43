/* Axes: the product of a scenario's variants, and $name in its lines.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

struct kt_axis_value {
    const char *name;
    const char *text; /* as it replaces $name */
    bool quoted;      /* stood in double quotes: literal where a value stands */
};

enum {
    KT_AXES_MAX = 16,
    KT_AXES_MAX_CASES = 2000,
    KT_AXIS_MAX_NAMES = 4,
    KT_AXES_MAX_VALUES = KT_AXES_MAX * KT_AXIS_MAX_NAMES,
};

struct kt_axis_cell {
    char *text;
    bool quoted;
};

/* One axis: names that vary together, and rows of as many values. */
struct kt_axis {
    char *names[KT_AXIS_MAX_NAMES];
    size_t nnames;
    struct kt_axis_cell (*rows)[KT_AXIS_MAX_NAMES];
    size_t nrows;
};

struct kt_axes {
    struct kt_axis v[KT_AXES_MAX];
    size_t n;
};

/* What stands behind "axes", added to ret. False: a fault was added. */
bool kt_axes_read(struct kt_line_in *l, struct kt_axes *ret);
size_t kt_axes_count(const struct kt_axes *a); /* 1 without axes */
/* Values of variant i; returns their number. */
size_t kt_axes_values(const struct kt_axes *a, size_t i,
                      struct kt_axis_value v[KT_AXES_MAX_VALUES]);
/* "[a=x,b=1]", "" without axes: the first name of each axis. An id is one word:
 * blanks become '+'. */
char *kt_axes_suffix(struct kt_pool *arena, const struct kt_axes *a, size_t i);

/* A line after replacement; cols[k] is the column, from 1, that byte k of text
 * (its NUL included) had in the file. NULL: they are the same. */
struct kt_replaced {
    const char *text;
    const int *cols;
    int unknown_col; /* of the first $name that is none of v, 0: none */
    const char *unknown;
    size_t unknown_len;
};

/* line with $name and ${name} replaced by v; of names that match, the longest
 * counts. What was quoted keeps its quotes where a value stands (behind '=' or
 * '|', outside a string). A name that is unknown stays as it is. cols: of line,
 * or NULL. */
struct kt_replaced kt_axes_replace(struct kt_pool *arena, const char *line,
                                   const int *cols,
                                   const struct kt_axis_value *v, size_t n);

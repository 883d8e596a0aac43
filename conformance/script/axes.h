/* Axes: the product of a scenario's variants, and $name in its lines.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

struct kt_axis_value {
    const char *name;
    const char *text; /* as it replaces $name */
};

enum { KT_AXES_MAX_NAMES = 16, KT_AXES_MAX_CASES = 2000 };

/* One axis: names that vary together, and rows of as many values. */
struct kt_axis {
    char *names[4];
    size_t nnames;
    char *(*rows)[4];
    size_t nrows;
};

struct kt_axes {
    struct kt_axis v[KT_AXES_MAX_NAMES];
    size_t n;
};

/* What stands behind "axes". False: a fault was added. */
bool kt_axes_read(struct kt_line_in *l, struct kt_axes *ret);
size_t kt_axes_count(const struct kt_axes *a); /* 1 without axes */
/* Values of variant i; returns their number. */
size_t kt_axes_values(const struct kt_axes *a, size_t i,
                      struct kt_axis_value v[KT_AXES_MAX_NAMES * 4]);
/* "[a=x,b=1]", "" without axes: the first name of each axis. */
char *kt_axes_suffix(struct kt_pool *arena, const struct kt_axes *a, size_t i);

/* line with $name and ${name} replaced. A name that is none stays; *ret_unknown
 * (may be NULL) points at the first such '$', but for $i. */
char *kt_axes_replace(struct kt_pool *arena, const char *line,
                      const struct kt_axis_value *v, size_t n,
                      const char **ret_unknown);

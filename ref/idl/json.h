/* What the JSON codecs share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"

/* The way from the top of a value to where the codec is: one on the stack for
 * each level. Printed as ".inner.words[3]" or
 * ".pairs["k"]". */
struct kt_jpath {
    const struct kt_jpath *up;
    const char *name; /* of a field, or a map's key; NULL: an index */
    size_t index;
    bool is_key;
};

/* The tail of the path, when dst is short; "(top)" for the top. */
const char *kt_jpath_print(const struct kt_jpath *p, char *dst, size_t cap);
/* Fill *reterr with "<path>: <text>". */
enum kt_step kt_jpath_bad(const struct kt_jpath *p, enum kt_code code,
                          size_t at, struct kt_err *reterr, const char *fmt,
                          ...) __attribute__((format(printf, 5, 6)));

bool kt_type_is_int(const struct kt_type *t); /* an enum too */
bool kt_type_holds(const struct kt_type *t, int64_t i);

/* A number without a fraction. */
bool kt_json_int(const json_t *j, int64_t *ret);
/* A number, "NaN", "Infinity" or "-Infinity". */
bool kt_json_double(const json_t *j, double *ret);
json_t *kt_json_from_double(double d);
/* The integer that a value of an integer or enum type means. */
bool kt_json_enum(const json_t *j, const struct kt_type *t, int64_t *ret);

/* New references, NULL when out of memory. */
json_t *kt_json_binary(struct kt_cur bytes); /* base64 with padding */
/* An array of [key, value] in the form that map type t has: an object when its
 * keys are strings without NUL. Takes pairs over. */
json_t *kt_json_map(json_t *pairs, const struct kt_type *t);
/* JSON null stands for absent. NULL when absent. */
json_t *kt_json_field(const json_t *obj, const struct kt_idl_field *f);

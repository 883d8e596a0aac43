/* Memory of one parsed file: freed in one call. Regular expressions and JSON
 * values are released with it. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>
#include <regex.h>
#include <stddef.h>

struct kt_arena;

struct kt_arena *kt_arena_new(void);
void kt_arena_free(struct kt_arena *a); /* accepts NULL */

void *kt_arena_alloc(struct kt_arena *a, size_t size); /* zeroed */
char *kt_arena_strndup(struct kt_arena *a, const char *s, size_t n);
char *kt_arena_strdup(struct kt_arena *a, const char *s);
/* v grown to hold n + 1 elements of size bytes; doubles when n is a power of
 * two. */
void *kt_arena_more(struct kt_arena *a, void *v, size_t n, size_t size);
/* Takes the reference. */
json_t *kt_arena_json(struct kt_arena *a, json_t *j);
regex_t *kt_arena_regex(struct kt_arena *a); /* to be compiled by the caller */

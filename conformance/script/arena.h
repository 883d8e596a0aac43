/* Memory of one parsed file: freed in one call. Regular expressions and JSON
 * values are released with it. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>
#include <regex.h>
#include <stddef.h>

struct kt_pool;

struct kt_pool *kt_pool_new(void);
void kt_pool_free(struct kt_pool *a); /* accepts NULL */

void *kt_pool_alloc(struct kt_pool *a, size_t size); /* zeroed */
char *kt_pool_strndup(struct kt_pool *a, const char *s, size_t n);
char *kt_pool_strdup(struct kt_pool *a, const char *s);
/* a, b and c, one behind the other. */
char *kt_pool_join(struct kt_pool *p, const char *a, const char *b,
                   const char *c);
/* v grown to hold n + 1 elements of size bytes; doubles when n is a power of
 * two. */
void *kt_pool_more(struct kt_pool *a, void *v, size_t n, size_t size);
/* Takes the reference. */
json_t *kt_pool_json(struct kt_pool *a, json_t *j);
regex_t *kt_pool_regex(struct kt_pool *a); /* to be compiled by the caller */

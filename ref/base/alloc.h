/* The one door to the heap, so that a test can make any allocation fail.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/* All of ref/ and conformance/ allocate here. NULL when memory is short or the
 * hook says so; ref/ returns KT_E_NOMEM then, conformance/ may use the x forms,
 * which abort. Memory from kt_alloc is zeroed. Free with kt_free. */
void *kt_alloc(size_t size);
void *kt_realloc(void *p, size_t size);
char *kt_strdup(const char *s);
char *kt_strndup(const char *s, size_t n);
void kt_free(void *p);

void *kt_xalloc(size_t size);
void *kt_xrealloc(void *p, size_t size);
char *kt_xstrdup(const char *s);
char *kt_xstrndup(const char *s, size_t n);
char *kt_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Make the n-th allocation from now on fail (1 = the next), and all after it;
 * 0 turns the hook off. For tests. */
void kt_alloc_fail_after(size_t n);
/* Allocations asked for since the last kt_alloc_fail_after. For tests. */
size_t kt_alloc_count(void);

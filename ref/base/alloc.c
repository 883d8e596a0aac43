/* Allocation with a switch that makes it fail.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

static size_t fail_at; /* 0: never */
static size_t asked;

static bool refused(void)
{
    asked++;
    return fail_at != 0 && asked >= fail_at;
}

void kt_alloc_fail_after(size_t n)
{
    fail_at = n;
    asked = 0;
}

size_t kt_alloc_count(void)
{
    return asked;
}

void *kt_alloc(size_t size)
{
    return refused() ? NULL : calloc(1, size ? size : 1);
}

void *kt_realloc(void *p, size_t size)
{
    return refused() ? NULL : realloc(p, size ? size : 1);
}

char *kt_strndup(const char *s, size_t n)
{
    char *copy = kt_alloc(n + 1);

    if (copy != NULL && n > 0)
        memcpy(copy, s, n);
    return copy;
}

char *kt_strdup(const char *s)
{
    return kt_strndup(s, strlen(s));
}

void kt_free(void *p)
{
    free(p);
}

void *kt_xalloc(size_t size)
{
    void *p = kt_alloc(size);

    must(p != NULL);
    return p;
}

void *kt_xrealloc(void *p, size_t size)
{
    void *q = kt_realloc(p, size);

    must(q != NULL);
    return q;
}

char *kt_xstrdup(const char *s)
{
    char *p = kt_strdup(s);

    must(p != NULL);
    return p;
}

char *kt_xstrndup(const char *s, size_t n)
{
    char *p = kt_strndup(s, n);

    must(p != NULL);
    return p;
}

char *kt_xasprintf(const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    must(n >= 0);
    text = kt_xalloc((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

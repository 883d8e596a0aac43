/* Values held against text and numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "script/value.h"
#include "wire/gzip.h"
#include <string.h>

static bool regex_match(const struct kt_pat *p, const char *text, size_t n)
{
    char *copy;
    bool ok;

    if (memchr(text, '\0', n) != NULL)
        return false;
    copy = kt_xstrndup(text, n);
    ok = regexec(p->re, copy, 0, NULL, 0) == 0;
    kt_free(copy);
    return ok;
}

static bool is_text(const struct kt_pat *p, const char *text, size_t n)
{
    return n == p->n && (n == 0 || memcmp(text, p->text, n) == 0);
}

static bool unpacked_is(const struct kt_pat *p, const char *text, size_t n)
{
    struct kt_buf b = {.limit = p->n};
    struct kt_err err;
    const bool ok =
        kt_gunzip(kt_cur_of(text, n), &b, &err) == KT_DONE &&
        is_text(p, (const char *)kt_buf_view(&b).p, kt_buf_size(&b));

    kt_buf_fini(&b);
    return ok;
}

bool kt_pat_match(const struct kt_pat *p, const char *text, size_t n)
{
    uint64_t v;

    switch (p->kind) {
    case KT_PAT_LIT:
        return p->gzip ? unpacked_is(p, text, n) : is_text(p, text, n);
    case KT_PAT_RANGE:
        return kt_number_read(text, n, &v) && v >= p->lo && v <= p->hi;
    case KT_PAT_REGEX:
        return regex_match(p, text, n);
    case KT_PAT_PRESENT:
        return true;
    case KT_PAT_NOT:
        return !kt_pat_match(&p->sub[0], text, n);
    case KT_PAT_ALT:
        for (size_t i = 0; i < p->nsub; i++)
            if (kt_pat_match(&p->sub[i], text, n))
                return true;
    }
    return false;
}

bool kt_pat_match_u64(const struct kt_pat *p, uint64_t v)
{
    char text[24];
    uint64_t lit;

    switch (p->kind) {
    case KT_PAT_LIT:
        return kt_number_read(p->text, p->n, &lit) && lit == v;
    case KT_PAT_RANGE:
        return v >= p->lo && v <= p->hi;
    case KT_PAT_REGEX:
        snprintf(text, sizeof text, "%llu", (unsigned long long)v);
        return regex_match(p, text, strlen(text));
    case KT_PAT_PRESENT:
        return true;
    case KT_PAT_NOT:
        return !kt_pat_match_u64(&p->sub[0], v);
    case KT_PAT_ALT:
        for (size_t i = 0; i < p->nsub; i++)
            if (kt_pat_match_u64(&p->sub[i], v))
                return true;
    }
    return false;
}

const struct kt_pat *kt_pat_write(const struct kt_pat *p)
{
    if (p->kind == KT_PAT_ALT)
        return kt_pat_write(&p->sub[0]);
    return p->kind == KT_PAT_LIT || p->kind == KT_PAT_RANGE ? p : NULL;
}

const struct kt_field *kt_fields_get(const struct kt_fields *f,
                                     const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, name) == 0)
            return &f->v[i];
    return NULL;
}

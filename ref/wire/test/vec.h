/* Golden vectors: "name argument expected text" a line, '#' comments.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/must.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct vec {
    char name[48];
    char arg[600]; /* "-" for none */
    char want[700];
};
enum { VEC_MAX = 400 };

/* All lines of a file. A file that is missing, holds no line or a line that
 * cannot be read aborts: it must never look like a pass. */
static inline size_t vec_load(struct vec *v, const char *file)
{
    char path[512], line[1400];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/%s", KT_VECTORS, file);
    FILE *f = fopen(path, "r");
    must(f != NULL);
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        must(n < VEC_MAX && strchr(line, '\n') != NULL);
        must(sscanf(line, "%47s %599s %699[^\n]", v[n].name, v[n].arg,
                    v[n].want) == 3);
        n++;
    }
    must(feof(f) && n > 0);
    fclose(f);
    return n;
}

/* The bytes of a hex argument, every digit of it. */
static inline struct kt_cur vec_hex(const struct vec *v, uint8_t *dst,
                                    size_t cap)
{
    struct kt_cur c = kt_unhex(dst, cap, v->arg);

    must(strcmp(v->arg, "-") == 0 || 2 * kt_cur_left(&c) == strlen(v->arg));
    return c;
}

/* "BAD CODE scope=conn at=5", with the rule when there is one. */
static inline void vec_bad(char *dst, size_t cap, const struct kt_err *e)
{
    static const char *const scope[] = {"none", "stream", "conn"};

    snprintf(dst, cap, "BAD %s scope=%s at=%zu%s%s", kt_code_name(e->code),
             scope[e->scope], e->at, e->rule[0] ? " rule=" : "", e->rule);
}

#define vec_expect(v, got)                                                     \
    cr_expect(strcmp((got), (v)->want) == 0, "%s: want %s\n  got %s",          \
              (v)->name, (v)->want, (got))

/* Make each allocation of f fail in turn: f must say so, and at last succeed.
 */
static inline void vec_sweep(bool (*f)(void))
{
    size_t n = 1;

    for (;; n++) {
        kt_alloc_fail_after(n);
        const bool ok = f();
        const size_t asked = kt_alloc_count();
        kt_alloc_fail_after(0);
        cr_assert_eq(ok, asked < n, "allocation %zu of %zu: ok=%d", n, asked,
                     ok);
        if (ok)
            break;
    }
    cr_assert(n > 1, "nothing was allocated: nothing was tested");
}

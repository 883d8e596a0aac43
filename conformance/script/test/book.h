/* A catalogue of one scenario, for tests.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/alloc.h"
#include "base/must.h"
#include "script/catalog.h"
#include <criterion/criterion.h>
#include <string.h>

/* R-1 binds both, R-2 the client, R-3 the server. */
#define RULE(id, role)                                                         \
    "rule " id "\nlevel MUST\nrole " role                                      \
    "\ntransport any\nsource kitex observed\nsays It is so.\n\n"
static const char book_rules[] =
    RULE("R-1", "both") RULE("R-2", "client") RULE("R-3", "server");

/* Four lines each: the first step stands on line 5. */
#define HEAD "claim   It works.\nrules   R-1\nmethod  Echo\n\n"
#define CLIENT "claim   It works.\nrules   R-2\nmethod  Echo\n\n"
#define ECHO "claim   It works.\nrules   R-1\nhandler echo\n\n"
#define MODE(m) "claim   It works.\nrules   R-1\nmethod  " m "\n\n"
#define AXES(a) "claim   It works.\nrules   R-1\naxes    " a "\n\n"

/* t/x.scn is text; t/control.scn always works. */
static inline struct kt_catalog *book_of(const char *text)
{
    const struct kt_text_file files[] = {
        {"rules/r.rules", book_rules},
        {"t/control.scn", ECHO "client open\nclient half-close\n"
                               "client recv eof\n"},
        {"t/x.scn", text},
    };
    struct kt_catalog *c = kt_catalog_new();

    kt_catalog_add(c, files, sizeof files / sizeof *files, "");
    kt_catalog_check(c);
    return c;
}

static inline const struct kt_scn *book_case(const struct kt_catalog *c,
                                             const char *id)
{
    size_t n;
    const struct kt_scn *const *v = kt_catalog_cases(c, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i]->id, id) == 0)
            return v[i];
    return NULL;
}

/* All faults, a line each: "5:8 text". Free with kt_free. */
static inline char *book_faults(const struct kt_catalog *c)
{
    const struct kt_faults *f = kt_catalog_faults(c);
    struct kt_buf b = {.limit = 1 << 20};
    char *text;

    for (size_t i = 0; i < f->n; i++)
        must(kt_buf_printf(&b, "%d:%d %s\n", f->v[i].line, f->v[i].col,
                           f->v[i].text));
    text = kt_xstrdup(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

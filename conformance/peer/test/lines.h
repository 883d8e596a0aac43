/* Wire lines for tests, read by the parser of scenarios.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/must.h"
#include "script/step.h"
#include <criterion/criterion.h>
#include <string.h>

struct lines {
    struct kt_pool *pool;
    struct kt_faults faults;
};

static inline struct lines lines_new(void)
{
    return (struct lines){.pool = kt_pool_new()};
}

static inline void lines_free(struct lines *l)
{
    must(l->faults.n == 0);
    kt_faults_fini(&l->faults);
    kt_pool_free(l->pool);
}

/* "NAME=VALUE" or "NAME=hex:…" as a field behind those that w has. */
static inline void add_field(struct lines *l, struct kt_wire *w,
                             const char *text)
{
    const size_t name = strcspn(text, "=");
    struct kt_fields all = {.n = w->fields.n + 1};
    struct kt_field *f;

    must(text[name] == '=');
    all.v = kt_pool_alloc(l->pool, all.n * sizeof *all.v);
    for (size_t i = 0; i < w->fields.n; i++)
        all.v[i] = w->fields.v[i];
    f = &all.v[all.n - 1];
    f->name = kt_pool_strdup(l->pool, text);
    f->name[name] = '\0';
    f->value.text = kt_pool_strdup(l->pool, text + name + 1);
    f->value.n = strlen(f->value.text);
    if (strncmp(f->value.text, "hex:", 4) == 0) {
        const struct kt_cur bytes =
            kt_unhex((uint8_t *)f->value.text, f->value.n, text + name + 5);

        f->value.n = kt_cur_left(&bytes);
    }
    w->fields = all;
}

static inline const struct kt_wire *line(struct lines *l, const char *text);

/* "cut=…", read where every parser takes it. */
static inline void add_cut(struct lines *l, struct kt_wire *w, const char *text)
{
    char bytes[64];
    const struct kt_wire *cut;

    snprintf(bytes, sizeof bytes, "BYTES hex:00 %s", text);
    cut = line(l, bytes);
    w->cut = cut->cut;
    w->cut_each = cut->cut_each;
    w->cuts = cut->cuts;
    w->ncuts = cut->ncuts;
}

/* Lives as long as *l. A line that cannot be read aborts. Behind " % " stand
 * more fields, which the parser does not see: the writer takes more than
 * scenarios may say. */
static inline const struct kt_wire *line(struct lines *l, const char *text)
{
    const struct kt_pos pos = {.file = "test", .line = 1, .col = 1};
    struct kt_line *ret = kt_pool_alloc(l->pool, sizeof *ret);
    static struct kt_line_in in;
    char *copy = kt_pool_strdup(l->pool, text);
    char *more = strstr(copy, " % "), *rest;

    if (more)
        *more = '\0';
    must(kt_line_init(&in, l->pool, &l->faults, pos, copy, NULL));
    if (!kt_wire_read(&in, ret)) {
        fprintf(stderr, "%s: %s\n", text, l->faults.v[0].text);
        abort();
    }
    if (more)
        for (char *f = strtok_r(more + 3, " ", &rest); f;
             f = strtok_r(NULL, " ", &rest))
            (strncmp(f, "cut=", 4) == 0 ? add_cut : add_field)(l, &ret->wire,
                                                               f);
    ret->wire.forced = true;
    return &ret->wire;
}

/* Fields of a header line "client K=V …", for settings. */
static inline struct kt_fields fields(struct lines *l, const char *text)
{
    char full[256];

    snprintf(full, sizeof full, "headers %s", text);
    return line(l, full)->fields;
}

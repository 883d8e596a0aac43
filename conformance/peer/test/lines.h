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

/* Lives as long as *l. A line that cannot be read aborts. */
static inline const struct kt_wire *line(struct lines *l, const char *text)
{
    const struct kt_pos pos = {.file = "test", .line = 1, .col = 1};
    struct kt_line *ret = kt_pool_alloc(l->pool, sizeof *ret);
    static struct kt_line_in in;
    char *copy = kt_pool_strdup(l->pool, text);

    must(kt_line_init(&in, l->pool, &l->faults, pos, copy));
    if (!kt_wire_read(&in, ret)) {
        fprintf(stderr, "%s: %s\n", text, l->faults.v[0].text);
        abort();
    }
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

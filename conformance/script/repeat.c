/* One round of a repeat: its body with $i replaced.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "script/axes.h"
#include "script/step.h"
#include <string.h>

void kt_repeat_round(struct kt_pool *arena, struct kt_faults *faults,
                     const char *file, const struct kt_line *repeat, uint64_t i,
                     struct kt_steps *ret)
{
    char number[24];
    const struct kt_axis_value value = {"i", number};
    struct kt_source src = {0};
    size_t count = 0;

    snprintf(number, sizeof number, "%llu", (unsigned long long)i);
    for (const char *p = repeat->body; *p != '\0'; p++)
        count += *p == '\n';
    src.lines = kt_pool_alloc(arena, (count + 1) * sizeof *src.lines);
    src.numbers = kt_pool_alloc(arena, (count + 1) * sizeof *src.numbers);
    for (const char *p = repeat->body; *p != '\0';) {
        const size_t n = strcspn(p, "\n");
        char *line = kt_pool_strndup(arena, p, n);

        src.lines[src.n] = kt_axes_replace(arena, line, &value, 1, NULL);
        src.numbers[src.n] = repeat->body_line + (int)src.n;
        src.n++;
        p += n + 1;
    }
    kt_steps_read(arena, faults, file, &src, 0, src.n, ret);
}

/* The arena of a round stands in front of its steps. */
struct round {
    struct kt_pool *arena;
    _Alignas(16) struct kt_line v[];
};

void kt_scn_iteration(const struct kt_scn *scn, const struct kt_line *repeat,
                      uint64_t i, struct kt_steps *ret)
{
    struct kt_pool *arena = kt_pool_new();
    struct kt_faults faults = {0};
    struct kt_steps steps;

    kt_repeat_round(arena, &faults, scn->pos.file, repeat, i, &steps);
    must(faults.n == 0); /* linted */
    struct round *r =
        kt_pool_alloc(arena, sizeof *r + steps.n * sizeof *steps.v);
    r->arena = arena;
    if (steps.n > 0)
        memcpy(r->v, steps.v, steps.n * sizeof *steps.v);
    *ret = (struct kt_steps){r->v, steps.n};
}

void kt_steps_fini(struct kt_steps *steps)
{
    if (steps->v == NULL)
        return;
    struct round *r =
        (struct round *)(void *)((char *)steps->v - offsetof(struct round, v));
    kt_pool_free(r->arena);
    *steps = (struct kt_steps){0};
}

/* One round of a repeat: its body with $i replaced.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "script/axes.h"
#include "script/step.h"
#include <string.h>

void kt_source_alloc(struct kt_pool *arena, struct kt_source *s, size_t n)
{
    s->lines = kt_pool_alloc(arena, (n + 1) * sizeof *s->lines);
    s->cols = kt_pool_alloc(arena, (n + 1) * sizeof *s->cols);
    s->numbers = kt_pool_alloc(arena, (n + 1) * sizeof *s->numbers);
    s->n = 0;
}

bool kt_source_begins(const char *line, const char *word)
{
    const size_t n = strlen(word);

    line += strspn(line, " \t");
    return strncmp(line, word, n) == 0 &&
           (line[n] == '\0' || strchr(" \t#", line[n]) != NULL);
}

void kt_repeat_lines(struct kt_pool *arena, const struct kt_source *src,
                     size_t from, size_t to, uint64_t i, struct kt_source *ret)
{
    char number[24];
    const struct kt_axis_value value = {"i", number, false};
    int depth = 0; /* of blocks inside the outermost repeat */

    snprintf(number, sizeof number, "%llu", (unsigned long long)i);
    kt_source_alloc(arena, ret, to - from);
    for (size_t k = from; k < to; k++) {
        const char *line = src->lines[k];
        struct kt_replaced r = {.text = line, .cols = src->cols[k]};

        if (depth > 0)
            depth += kt_source_begins(line, "repeat") ||
                     kt_source_begins(line, "any") ||
                     kt_source_begins(line, "either");
        if (depth == 0)
            r = kt_axes_replace(arena, line, src->cols[k], &value, 1);
        if (depth == 0)
            depth = kt_source_begins(line, "repeat");
        else
            depth -= kt_source_begins(line, "end");
        ret->lines[ret->n] = r.text;
        ret->cols[ret->n] = r.cols;
        ret->numbers[ret->n++] = src->numbers[k];
    }
}

void kt_repeat_round(struct kt_pool *arena, struct kt_faults *faults,
                     const char *file, const struct kt_line *repeat, uint64_t i,
                     struct kt_steps *ret)
{
    struct kt_source body, round;
    size_t count = 0;

    for (const char *p = repeat->body; *p != '\0'; p++)
        count += *p == '\n';
    kt_source_alloc(arena, &body, count);
    for (const char *p = repeat->body; *p != '\0';) {
        const size_t n = strcspn(p, "\n");

        body.lines[body.n] = kt_pool_strndup(arena, p, n);
        body.numbers[body.n] = repeat->body_line + (int)body.n;
        body.n++;
        p += n + 1;
    }
    kt_repeat_lines(arena, &body, 0, body.n, i, &round);
    kt_steps_read(arena, faults, file, &round, 0, round.n, ret);
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
    *ret = (struct kt_steps){r->v, steps.n, steps.n};
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

/* Blocks: sequence, repeat, either, any, optional.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/block.h"
#include "base/alloc.h"
#include "base/must.h"
#include "run/fail.h"
#include "run/fence.h"
#include "run/inner.h"
#include "run/step.h"
#include <string.h>

const struct kt_line *kt_case_line(const struct kt_case *c)
{
    const struct kt_block *b = c->depth ? &c->block[c->depth - 1] : NULL;

    if (!b || b->pc >= b->steps->n)
        return NULL;
    return &b->steps->v[b->pc];
}

static void thread_fini(struct kt_thread *th)
{
    kt_fence_free(th->fence);
    *th = (struct kt_thread){0};
}

static struct kt_block *push(struct kt_case *c, enum kt_block_kind kind,
                             const struct kt_steps *steps)
{
    struct kt_block *b;

    must(c->depth < KT_MAX_DEPTH);
    b = &c->block[c->depth++];
    *b = (struct kt_block){.kind = kind, .steps = steps};
    return b;
}

/* Lines of a round live until the case ends: ledger and answers point at them.
 */
static const struct kt_steps *round_of(struct kt_case *c,
                                       const struct kt_line *repeat, uint64_t i)
{
    struct kt_kept *k = kt_xalloc(sizeof *k);

    kt_scn_iteration(c->scn, repeat, i, &k->steps);
    k->next = c->kept;
    c->kept = k;
    return &k->steps;
}

static void push_repeat(struct kt_case *c, const struct kt_line *line)
{
    struct kt_block *b;

    if (line->times == 0)
        return;
    b = push(c, KT_B_REPEAT, round_of(c, line, 0));
    b->repeat = line;
}

static void push_any(struct kt_case *c, const struct kt_line *line)
{
    const struct kt_steps *steps = &line->branches[0].steps;
    struct kt_block *b = push(c, KT_B_ANY, steps);

    b->all = kt_xalloc((steps->n + 1) * sizeof *b->all);
    for (size_t i = 0; i < steps->n; i++)
        b->all[i] =
            (struct kt_thread){.line = &steps->v[i], .steps = steps, .pc = i};
}

static void pop(struct kt_case *c)
{
    struct kt_block *b = &c->block[--c->depth];

    for (size_t i = 0; b->all && i < b->steps->n; i++)
        thread_fini(&b->all[i]);
    kt_free(b->all);
    thread_fini(&b->th);
    *b = (struct kt_block){0};
}

void kt_blocks_free(struct kt_case *c)
{
    while (c->depth)
        pop(c);
    while (c->kept) {
        struct kt_kept *k = c->kept;

        c->kept = k->next;
        kt_steps_fini(&k->steps);
        kt_free(k);
    }
    while (c->options) {
        struct kt_option *o = c->options;

        c->options = o->next;
        kt_free(o);
    }
}

/* --- either: the first branch whose first line is satisfied --- */

/* First lines of the same request share it: their outcomes tell them apart. */
static void share(struct kt_thread *th, const struct kt_thread *first)
{
    const struct kt_line *a = th->line, *b = first->line;

    if (a->kind != KT_S_APP || b->kind != KT_S_APP || !first->ask)
        return;
    if (a->app.side == b->app.side && a->app.verb == b->app.verb &&
        strcmp(a->stream, b->stream) == 0) {
        th->ask = first->ask;
        th->phase = 1;
    }
}

static void take_branch(struct kt_case *c, const struct kt_line *line, size_t i,
                        struct kt_thread *th)
{
    const struct kt_branch *br = &line->branches[i];
    struct kt_block *b = &c->block[c->depth - 1];

    thread_fini(&b->th);
    b->pc++;
    b = push(c, KT_B_SEQ, &br->steps);
    b->th = *th; /* goes on with what its first line has begun */
    b->th.fence = NULL;
    th->fence = NULL;
    if (br->label[0])
        kt_case_label(c, line, br->label);
}

enum { MAX_BRANCHES = 8 };

static enum kt_do try_either(struct kt_case *c, struct kt_block *b,
                             const struct kt_line *line)
{
    struct kt_thread th[MAX_BRANCHES] = {0};
    struct kt_thread *main = &b->th;
    size_t refused = 0;
    enum kt_do r;

    must(line->nbranches <= MAX_BRANCHES);
    for (size_t i = 0; i < line->nbranches; i++) {
        const struct kt_steps *steps = &line->branches[i].steps;

        th[i] = (struct kt_thread){
            .line = &steps->v[0], .steps = steps, .since_ns = main->since_ns};
        if (i == 0) {
            th[0].ask = main->ask;
            th[0].phase = main->phase;
        } else {
            share(&th[i], &th[0]);
        }
        r = kt_step_try(c, &th[i], true);

        if (i == 0) { /* a request is issued once */
            main->ask = th[0].ask;
            main->phase = th[0].phase;
            main->since_ns = th[0].since_ns;
        }
        if (r == KT_DO_DONE) {
            take_branch(c, line, i, &th[i]);
            return KT_DO_DONE;
        }
        if (c->failed)
            return KT_DO_FAIL;
        refused += r == KT_DO_FAIL;
    }
    main->line = line;
    /* None can be satisfied any more, or none has been for too long. */
    r = refused == line->nbranches
            ? kt_step_try(c, &th[0], false)
            : kt_step_wait(c, main, NULL, KT_FAIL, KT_R_NOTHING_CAME);
    if (r == KT_DO_DONE) { /* noted only: on behind the block */
        b->pc++;
        thread_fini(main);
    }
    return r;
}

static enum kt_do try_any(struct kt_case *c, struct kt_block *b)
{
    bool all = true;

    for (size_t i = 0; i < b->steps->n; i++) {
        struct kt_thread *th = &b->all[i];

        if (th->done)
            continue;
        switch (kt_step_try(c, th, false)) {
        case KT_DO_WAIT:
            all = false;
            break;
        case KT_DO_DONE:
            th->done = true;
            break;
        case KT_DO_FAIL:
            return KT_DO_FAIL;
        }
    }
    return all ? KT_DO_DONE : KT_DO_WAIT;
}

static void add_option(struct kt_case *c, const struct kt_line *line)
{
    struct kt_option *o = kt_xalloc(sizeof *o);

    *o = (struct kt_option){.line = &line->branches[0].steps.v[0],
                            .next = c->options};
    c->options = o;
}

/* --- the walk --- */

static enum kt_do try_line(struct kt_case *c, struct kt_block *b)
{
    const struct kt_line *line = &b->steps->v[b->pc];
    enum kt_do r;

    switch (line->kind) {
    case KT_S_REPEAT:
        b->pc++;
        push_repeat(c, line);
        return KT_DO_DONE;
    case KT_S_ANY:
        b->pc++;
        push_any(c, line);
        return KT_DO_DONE;
    case KT_S_OPTIONAL:
        b->pc++;
        add_option(c, line);
        return KT_DO_DONE;
    case KT_S_EITHER:
        return try_either(c, b, line);
    default:
        break;
    }
    if (b->th.line != line) {
        if (!b->th.line && b->th.ask == NULL)
            thread_fini(&b->th);
        b->th.line = line;
        b->th.steps = b->steps;
        b->th.pc = b->pc;
    }
    r = kt_step_try(c, &b->th, false);
    if (r != KT_DO_DONE)
        return r;
    b->pc += 1 + b->th.skip;
    thread_fini(&b->th);
    return r;
}

/* The block is at its end: another round, or back to the one around it. */
static void leave(struct kt_case *c, struct kt_block *b)
{
    if (b->kind != KT_B_REPEAT || ++b->round >= b->repeat->times) {
        pop(c);
        return;
    }
    b->steps = round_of(c, b->repeat, b->round);
    b->pc = 0;
}

enum kt_do kt_blocks_run(struct kt_case *c)
{
    if (c->depth == 0)
        push(c, KT_B_SEQ, &c->scn->steps);
    while (c->depth > 0) {
        struct kt_block *b = &c->block[c->depth - 1];
        enum kt_do r;

        if (b->kind != KT_B_ANY && b->pc >= b->steps->n) {
            leave(c, b);
            continue;
        }
        r = b->kind == KT_B_ANY ? try_any(c, b) : try_line(c, b);
        if (r != KT_DO_DONE)
            return r;
        if (b->kind == KT_B_ANY)
            pop(c);
    }
    return KT_DO_DONE;
}

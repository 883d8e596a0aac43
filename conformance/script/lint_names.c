/* Lint: every step that is issued "as NAME" is taken up, and nothing else is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/lint.h"
#include <string.h>

struct issued {
    const char *name;
    struct kt_pos pos;
    bool taken, pending;
    int line; /* of the await that took it */
};

struct names {
    struct kt_lint *l;
    struct issued *v;
    size_t n;
};

static struct issued *find(struct names *t, const char *name)
{
    for (size_t i = t->n; i-- > 0;)
        if (strcmp(t->v[i].name, name) == 0)
            return &t->v[i];
    return NULL;
}

static void issue(struct names *t, const struct kt_line *s)
{
    const struct issued *old = find(t, s->as);

    if (old != NULL) {
        kt_fault_add(t->l->faults, s->pos,
                     "a step is issued 'as %s' at line %d already", s->as,
                     old->pos.line);
        return;
    }
    t->v = kt_pool_more(t->l->pool, t->v, t->n, sizeof *t->v);
    t->v[t->n++] = (struct issued){.name = s->as, .pos = s->pos};
}

static void unknown(struct names *t, const struct kt_line *s, const char *name)
{
    const char **names = kt_pool_alloc(t->l->pool, (t->n + 1) * sizeof *names);
    char text[160];

    if (t->l->cut) /* it may be of a round that was not unrolled */
        return;
    for (size_t i = 0; i < t->n; i++)
        names[i] = t->v[i].name;
    snprintf(text, sizeof text, "no step above this one is issued 'as %s'",
             name);
    kt_lint_near(t->l, s->pos, text, name, names, t->n);
}

static void take(struct names *t, const struct kt_ran *r)
{
    struct issued *x = find(t, r->s->as);

    if (x == NULL) {
        unknown(t, r->s, r->s->as);
        return;
    }
    if (r->s->kind == KT_S_PENDING) {
        if (x->taken && r->branches == 0)
            kt_fault_add(t->l->faults, r->s->pos,
                         "the answer of '%s' is taken at line %d already",
                         x->name, x->line);
        x->pending = true;
        return;
    }
    if (x->taken && r->branches == 0) /* branches may each take it */
        kt_fault_add(t->l->faults, r->s->pos,
                     "the answer of '%s' is taken at line %d already", x->name,
                     x->line);
    x->taken = true;
    x->line = r->s->pos.line;
}

void kt_lint_names(struct kt_lint *l)
{
    struct names t = {.l = l};

    for (size_t i = 0; i < l->n; i++) {
        const struct kt_line *s = l->v[i].s;

        if (l->v[i].mark != KT_MARK_LINE)
            continue;
        if (s->kind == KT_S_AWAIT || s->kind == KT_S_PENDING)
            take(&t, &l->v[i]);
        else if (s->kind == KT_S_APP && s->as != NULL)
            issue(&t, s);
        if (s->after.since != NULL && find(&t, s->after.since) == NULL)
            unknown(&t, s, s->after.since);
    }
    for (size_t i = 0; i < t.n; i++)
        if (!t.v[i].taken && !t.v[i].pending && !l->cut)
            kt_fault_add(l->faults, t.v[i].pos,
                         "nothing awaits '%s': await %s OUTCOME, or pending",
                         t.v[i].name, t.v[i].name);
}

/* Lint of one case: its lines unrolled, its outcomes, its rules.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/lint.h"
#include "base/near.h"
#include <string.h>

enum { MAX_ROUNDS = 64, MAX_RAN = 20000 };

void kt_lint_near(struct kt_lint *l, struct kt_pos pos, const char *text,
                  const char *word, const char *const *known, size_t n)
{
    const char *near = kt_near(word, known, n);

    if (near != NULL && strcmp(near, word) != 0)
        kt_fault_add(l->faults, pos, "%s, did you mean '%s'?", text, near);
    else
        kt_fault_add(l->faults, pos, "%s", text);
}

/* --- unrolling --- */

static void push(struct kt_lint *l, enum kt_mark mark, const struct kt_line *s,
                 int branches)
{
    if (l->n >= MAX_RAN) {
        l->cut = true;
        return;
    }
    l->v = kt_pool_more(l->pool, l->v, l->n, sizeof *l->v);
    l->v[l->n++] = (struct kt_ran){mark, s, branches};
}

static void unroll(struct kt_lint *l, const struct kt_steps *steps,
                   int branches);

static void unroll_repeat(struct kt_lint *l, const struct kt_line *s,
                          int branches)
{
    struct kt_steps round;

    for (uint64_t i = 0; i < s->times; i++) {
        if (i == MAX_ROUNDS && i + 1 < s->times) {
            i = s->times - 1;
            l->cut = true;
        }
        round = s->branches[0].steps;
        if (i > 0)
            kt_repeat_round(l->pool, l->faults, l->scn->pos.file, s, i, &round);
        unroll(l, &round, branches);
        if (l->n >= MAX_RAN)
            return;
    }
}

static void unroll(struct kt_lint *l, const struct kt_steps *steps,
                   int branches)
{
    for (size_t i = 0; i < steps->n; i++) {
        const struct kt_line *s = &steps->v[i];

        if (s->kind == KT_S_REPEAT) {
            unroll_repeat(l, s, branches);
            continue;
        }
        const bool either = s->kind == KT_S_EITHER;
        push(l, either ? KT_MARK_EITHER : KT_MARK_LINE, s, branches);
        for (size_t b = 0; b < s->nbranches; b++) {
            if (either)
                push(l, KT_MARK_BRANCH, s, branches);
            unroll(l, &s->branches[b].steps, branches + either);
        }
        if (either)
            push(l, KT_MARK_END, s, branches);
    }
}

/* --- rules at steps --- */

static void step_rule(struct kt_lint *l, struct kt_pos pos, const char *text,
                      const char *id)
{
    const struct kt_rules *rules = l->rules;
    const char *at = text ? strstr(text, id) : NULL;
    const char **names;
    char what[128];

    if (kt_rules_find(rules, id) != NULL)
        return;
    if (at != NULL)
        pos.col += (int)(at - text);
    names = kt_pool_alloc(l->pool, (rules->n + 1) * sizeof *names);
    for (size_t i = 0; i < rules->n; i++)
        names[i] = rules->v[i].id;
    snprintf(what, sizeof what, "no rule '%s'", id);
    kt_lint_near(l, pos, what, id, names, rules->n);
}

static void rules_lint(struct kt_lint *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct kt_line *s = l->v[i].s;

        if (l->v[i].mark == KT_MARK_LINE && s->rule != NULL)
            step_rule(l, s->pos, s->text, s->rule);
        for (size_t k = 0; s->kind == KT_S_WIRE && k < s->wire.nmore; k++)
            if (s->wire.more[k].rule)
                step_rule(l, s->wire.more[k].pos, NULL, s->wire.more[k].rule);
    }
}

/* --- outcomes --- */

bool kt_outcome_fails(const struct kt_outcome *o)
{
    return o->kind != KT_OUT_OK && o->kind != KT_OUT_MSG &&
           o->kind != KT_OUT_EOF;
}

bool kt_line_may_fail(const struct kt_line *s)
{
    for (size_t i = 0; i < s->out.n; i++)
        if (kt_outcome_fails(&s->out.v[i]))
            return true;
    return false;
}

static bool may_succeed(const struct kt_line *s)
{
    if (s->kind == KT_S_APP && s->app.verb == KT_V_CANCELLED)
        return true; /* what it gives is no failure of the step */
    for (size_t i = 0; i < s->out.n; i++)
        if (!kt_outcome_fails(&s->out.v[i]))
            return true;
    return s->out.n == 0;
}

/* What a wire line sees is an error, or may be: trailers of another status. */
static bool wire_fails(const struct kt_wire *w)
{
    const struct kt_field *status = kt_fields_get(&w->fields, "grpc-status");

    switch (w->frame) {
    case KT_F_stream_error:
    case KT_F_connection_error:
    case KT_F_reset:
    case KT_F_RST_STREAM:
    case KT_F_GOAWAY:
    case KT_F_CLOSE:
        return true;
    case KT_F_trailers:
    case KT_F_HEADERS:
        return status != NULL && !status->absent &&
               !kt_pat_match(&status->value, "0", 1);
    default:
        return false;
    }
}

struct sums {
    size_t errors, successes;
    bool client, server; /* something is expected of it */
    bool timed;
};

static void app_sum(struct sums *m, const struct kt_line *s)
{
    const enum kt_verb v = s->app.verb;

    /* The judge's receiver waits for what the other side writes. */
    m->client |= s->app.side == KT_CLIENT || v == KT_V_RECV ||
                 v == KT_V_ACCEPT || v == KT_V_CANCELLED;
    m->server |= s->app.side == KT_SERVER || v == KT_V_RECV || v == KT_V_CALL ||
                 v == KT_V_HEADER || v == KT_V_TRAILER;
    m->timed |= kt_fields_get(&s->app.fields, "deadline") != NULL ||
                kt_fields_get(&s->app.fields, "grace") != NULL;
    m->errors += !may_succeed(s);
    m->successes += may_succeed(s);
}

static void wire_sum(struct sums *m, const struct kt_line *s, bool optional)
{
    m->timed |= kt_fields_get(&s->wire.fields, "grpc-timeout") != NULL;
    if (s->wire.forced)
        return;
    m->errors += wire_fails(&s->wire) && !optional;
    m->successes += !wire_fails(&s->wire) && !optional;
    m->client |= s->wire.to_server && !optional;
    m->server |= !s->wire.to_server && !optional;
}

static void sum(struct kt_lint *l, struct sums *m)
{
    bool optional = false;

    for (size_t i = 0; i < l->n; i++) {
        const struct kt_line *s = l->v[i].s;

        if (l->v[i].mark != KT_MARK_LINE)
            continue;
        m->timed |= s->after.given || s->kind == KT_S_AT;
        if (s->kind == KT_S_APP)
            app_sum(m, s);
        if (s->kind == KT_S_WIRE)
            wire_sum(m, s, optional);
        if (s->kind == KT_S_AWAIT) {
            m->errors += !may_succeed(s);
            m->successes += may_succeed(s);
        }
        m->successes += s->kind == KT_S_PROBE;
        m->client |= s->kind == KT_S_SILENCE || s->kind == KT_S_PENDING;
        m->server |= s->kind == KT_S_SILENCE || s->kind == KT_S_PENDING ||
                     s->kind == KT_S_PROBE;
        optional = s->kind == KT_S_OPTIONAL;
    }
}

static void sums_lint(struct kt_lint *l)
{
    const struct kt_scn *scn = l->scn;
    const bool cost =
        scn->cost.memory || scn->cost.handlers || scn->cost.time_ns;
    struct sums m = {0};

    sum(l, &m);
    if (m.errors > 0 && m.successes == 0 && scn->control == NULL)
        kt_fault_add(l->faults, scn->pos,
                     "every outcome is an error: a 'control' must show that it "
                     "is none without the defect");
    if ((scn->roles & KT_ROLE_SERVER) && !m.server && !cost)
        kt_fault_add(l->faults, scn->pos,
                     "nothing is expected of the server under test");
    if ((scn->roles & KT_ROLE_CLIENT) && !m.client && !cost)
        kt_fault_add(l->faults, scn->pos,
                     "nothing is expected of the client under test");
    if (scn->wall && !m.timed)
        kt_fault_add(l->faults, scn->wall_pos,
                     "a needless 'wall': no line is about time");
}

/* --- capabilities --- */

/* A biz status, given back by a handler or the only outcome. Of branches it is
 * one way of several. */
static bool says_biz(const struct kt_line *s)
{
    if (s->kind == KT_S_APP && s->app.verb == KT_V_RETURN &&
        s->app.ret.kind == KT_OUT_BIZ)
        return true;
    return s->out.n == 1 && s->out.v[0].kind == KT_OUT_BIZ;
}

static bool says_compress(const struct kt_line *s)
{
    return s->kind == KT_S_APP && kt_fields_get(&s->app.fields, "compress");
}

static void need_lint(struct kt_lint *l, const char *cap,
                      bool (*says)(const struct kt_line *s), const char *why)
{
    for (size_t i = 0; i < l->scn->nneeds; i++)
        if (strcmp(l->scn->needs[i], cap) == 0)
            return;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].mark == KT_MARK_LINE && l->v[i].branches == 0 &&
            says(l->v[i].s)) {
            kt_fault_add(l->faults, l->v[i].s->pos, "%s: 'needs %s'", why, cap);
            return;
        }
}

static void needs_lint(struct kt_lint *l)
{
    need_lint(l, "biz", says_biz, "not every library has biz statuses");
    need_lint(l, "gzip", says_compress, "not every library compresses");
}

static void roles_lint(struct kt_lint *l)
{
    if (l->scn->steps.n == 0)
        kt_fault_add(l->faults, l->scn->pos, "no step");
    else if (l->scn->roles == 0 && l->scn->nrules > 0)
        kt_fault_add(l->faults, l->scn->pos,
                     "no side can be under test: each has a '!' line, a "
                     "judge's setting or no rule, or the other has a step that "
                     "only an application has");
}

void kt_lint_case(struct kt_faults *faults, const struct kt_scn *scn,
                  const struct kt_rules *rules)
{
    struct kt_lint l = {.faults = faults, .scn = scn, .rules = rules};
    const size_t before = faults->n;

    l.pool = kt_pool_new();
    unroll(&l, &scn->steps, 0);
    if (l.n >= MAX_RAN)
        kt_fault_add(faults, scn->pos,
                     "more than %d lines, even when each repeat has %d rounds",
                     MAX_RAN, MAX_ROUNDS);
    rules_lint(&l);
    roles_lint(&l);
    if (faults->n == before) { /* else they follow from what is wrong already */
        kt_lint_branches(&l);
        kt_lint_names(&l);
        kt_lint_streams(&l);
        kt_lint_wire(&l);
        needs_lint(&l);
        sums_lint(&l);
    }
    kt_pool_free(l.pool);
}

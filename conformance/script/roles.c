/* Roles, derived: which side of a scenario can be under test.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/scenario.h"
#include <string.h>

bool kt_steps_visit(const struct kt_steps *steps,
                    bool (*on)(void *ctx, const struct kt_line *s), void *ctx)
{
    for (size_t i = 0; i < steps->n; i++) {
        const struct kt_line *s = &steps->v[i];

        if (!on(ctx, s))
            return false;
        for (size_t b = 0; b < s->nbranches; b++)
            if (!kt_steps_visit(&s->branches[b].steps, on, ctx))
                return false;
    }
    return true;
}

static bool performs(enum kt_verb v)
{
    switch (v) {
    case KT_V_RECV:
    case KT_V_ACCEPT:
    case KT_V_HEADER:
    case KT_V_TRAILER:
    case KT_V_CANCELLED:
    case KT_V_EVENTS:
        return false;
    default:
        return true;
    }
}

bool kt_judge_performs(const struct kt_line *s, enum kt_role role)
{
    if (role == KT_ROLE_PAIR)
        return false;
    const bool judge_is_client = role == KT_ROLE_SERVER;
    if (s->kind == KT_S_WIRE)
        return s->wire.to_server == judge_is_client;
    return s->kind == KT_S_APP &&
           (s->app.side == KT_CLIENT) == judge_is_client &&
           performs(s->app.verb);
}

struct marks {     /* what stands on each side */
    bool judge[2]; /* what only the judge does */
    bool app[2];   /* what only an application does */
    bool steps[2]; /* an application line */
    bool fence;    /* its SETTINGS are the judge's */
    const struct kt_line *before;
    const char *later;
};

static void later(struct marks *m, const char *why)
{
    if (m->later == NULL)
        m->later = why;
}

static bool is(const struct kt_fields *f, const char *name, const char *value)
{
    const struct kt_field *x = kt_fields_get(f, name);

    return x != NULL && x->value.text != NULL &&
           strcmp(x->value.text, value) == 0;
}

static void transport_later(struct marks *m, const struct kt_fields *f)
{
    const struct kt_field *x = kt_fields_get(f, "transport");

    if (x == NULL || x->value.text == NULL ||
        strcmp(x->value.text, "http2") == 0)
        return;
    later(m, strcmp(x->value.text, "ttheader") == 0 ? "transport ttheader"
             : strcmp(x->value.text, "framed") == 0 ? "transport framed"
                                                    : "ping-pong");
}

static void method_later(struct marks *m, const char *method)
{
    enum kt_method_mode mode;

    if (kt_word_mode(method, &mode) &&
        (mode == KT_MM_PINGPONG || mode == KT_MM_ONEWAY))
        later(m, "ping-pong");
}

static void app_marks(struct marks *m, const struct kt_app *app)
{
    const struct kt_field *method = kt_fields_get(&app->fields, "method");
    const struct kt_word_def *def = kt_word_of(
        app->side == KT_CLIENT ? KT_W_CLIENT : KT_W_SERVER, (int)app->verb);

    m->steps[app->side] = true;
    m->app[app->side] = m->app[app->side] || app->panic ||
                        (def->flags & KT_WF_APP) ||
                        is(&app->fields, "on", "any");
    if (kt_fields_get(&app->fields, "from"))
        later(m, "chain of three");
    transport_later(m, &app->fields);
    if (method != NULL && method->value.text)
        method_later(m, method->value.text);
}

/* How bytes are cut is no promise of a SUT, and no client ends its stream in
 * the headers of an open: such a line says what the judge writes. */
static bool shapes(const struct kt_line *s, const struct kt_line *before)
{
    const struct kt_wire *w = &s->wire;
    const struct kt_field *flags = kt_fields_get(&w->fields, "flags");

    if (w->cut != KT_CUT_NONE || w->has_part || w->repeat != 1 ||
        kt_fields_get(&w->fields, "hpack"))
        return true;
    return flags != NULL && flags->value.text != NULL &&
           strstr(flags->value.text, "+END_STREAM") && before != NULL &&
           before->kind == KT_S_APP && before->app.verb == KT_V_OPEN &&
           strcmp(before->stream, s->stream) == 0 && w->to_server;
}

static void wire_marks(struct marks *m, const struct kt_line *s)
{
    const enum kt_side writer = s->wire.to_server ? KT_CLIENT : KT_SERVER;

    if (s->kind == KT_S_WIRE && (s->wire.forced || shapes(s, m->before)))
        m->judge[writer] = true;
    if (s->wire.frame == KT_F_TT)
        later(m, "transport ttheader");
    if (s->wire.frame == KT_F_THRIFT)
        later(m, "ping-pong");
}

static bool on_line(void *ctx, const struct kt_line *s)
{
    struct marks *m = ctx;

    if (s->kind == KT_S_APP)
        app_marks(m, &s->app);
    if (s->kind == KT_S_WIRE || (s->kind == KT_S_SILENCE && s->scope == 'f'))
        wire_marks(m, s);
    m->fence = m->fence || s->kind == KT_S_FENCE;
    m->before = s;
    return true;
}

static void setting_marks(struct marks *m, const struct kt_scn *scn,
                          enum kt_side side)
{
    for (size_t i = 0; i < scn->settings[side].n; i++) {
        const struct kt_field *f = &scn->settings[side].v[i];
        const struct kt_word_def *def =
            kt_word_find(KT_W_SETTING, f->name, strlen(f->name));

        m->judge[side] = m->judge[side] || (def->flags & KT_WF_JUDGE);
        m->app[side] = m->app[side] || (def->flags & KT_WF_APP);
        if (def->flags & KT_WF_LATER)
            later(m, strcmp(def->name, "to") == 0 ? "several addresses"
                                                  : "middleware");
    }
    transport_later(m, &scn->settings[side]);
}

static unsigned bound_roles(const struct kt_scn *scn,
                            const struct kt_rules *rules)
{
    unsigned roles = 0;

    for (size_t i = 0; i < scn->nrules; i++) {
        const struct kt_rule *r = kt_rules_find(rules, scn->rules[i]);

        roles |= r ? r->roles : 0;
    }
    return roles;
}

void kt_roles_derive(struct kt_scn *scn, const struct kt_rules *rules)
{
    const unsigned bound = bound_roles(scn, rules);
    struct marks m = {0};

    setting_marks(&m, scn, KT_CLIENT);
    setting_marks(&m, scn, KT_SERVER);
    method_later(&m, scn->method);
    kt_steps_visit(&scn->steps, on_line, &m);
    if (scn->cost.memory || scn->cost.handlers || scn->cost.time_ns)
        later(&m, "cost");
    scn->later = (char *)(uintptr_t)m.later;
    scn->roles = 0;
    if ((bound & KT_ROLE_SERVER) && !m.judge[KT_SERVER] && !m.app[KT_CLIENT])
        scn->roles |= KT_ROLE_SERVER;
    if ((bound & KT_ROLE_CLIENT) && !m.judge[KT_CLIENT] && !m.app[KT_SERVER])
        scn->roles |= KT_ROLE_CLIENT;
    if (bound && !m.judge[KT_CLIENT] && !m.judge[KT_SERVER] && !m.fence)
        scn->roles |= KT_ROLE_PAIR;
    scn->black_box = scn->echo && (scn->roles & KT_ROLE_SERVER) &&
                     scn->settings[KT_SERVER].n == 0 && scn->nneeds == 0 &&
                     !m.steps[KT_SERVER];
}

const char *kt_scn_roles_text(unsigned roles)
{
    static const char *const texts[] = {
        "",     "server",      "client",      "server client",
        "pair", "server pair", "client pair", "server client pair"};

    return texts[roles & 7];
}

static bool step_names(void *ctx, const struct kt_line *s)
{
    const char *rule = ctx;

    if (s->rule != NULL && strcmp(s->rule, rule) == 0)
        return false;
    for (size_t i = 0; s->kind == KT_S_WIRE && i < s->wire.nmore; i++)
        if (s->wire.more[i].rule && strcmp(s->wire.more[i].rule, rule) == 0)
            return false;
    return true;
}

bool kt_scn_names_rule(const struct kt_scn *scn, const char *rule)
{
    for (size_t i = 0; i < scn->nrules; i++)
        if (strcmp(scn->rules[i], rule) == 0)
            return true;
    return !kt_steps_visit(&scn->steps, step_names, (char *)(uintptr_t)rule);
}

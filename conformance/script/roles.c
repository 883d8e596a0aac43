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

struct marks {      /* what stands on each side */
    bool forced[2]; /* a '!' line */
    bool only[2];   /* a step that only an application has */
    const char *later;
};

static void later(struct marks *m, const char *why)
{
    if (m->later == NULL)
        m->later = why;
}

static void app_marks(struct marks *m, const struct kt_app *app)
{
    const struct kt_field *method = kt_fields_get(&app->fields, "method");
    const struct kt_word_def *def;

    for (size_t i = 0; i < kt_nwords; i++) {
        def = &kt_words[i];
        if (def->kind == (app->side == KT_CLIENT ? KT_W_CLIENT : KT_W_SERVER) &&
            def->value == (int)app->verb && (def->flags & KT_WF_SUT_ONLY))
            m->only[app->side] = true;
    }
    m->only[app->side] = m->only[app->side] || app->panic;
    if (kt_fields_get(&app->fields, "from"))
        later(m, "chain of three");
    if (kt_fields_get(&app->fields, "transport"))
        later(m, "ping-pong transports");
    if (kt_fields_get(&app->fields, "compress"))
        later(m, "compression gzip");
    if (method != NULL && method->value.text &&
        strcmp(method->value.text, "EchoPingPong") == 0)
        later(m, "ping-pong transports");
}

static bool on_line(void *ctx, const struct kt_line *s)
{
    struct marks *m = ctx;

    if (s->kind == KT_S_APP)
        app_marks(m, &s->app);
    if (s->kind != KT_S_WIRE)
        return true;
    if (s->wire.forced)
        m->forced[s->wire.to_server ? KT_CLIENT : KT_SERVER] = true;
    if (s->wire.frame == KT_F_TT)
        later(m, "transport ttheader");
    if (s->wire.frame == KT_F_THRIFT)
        later(m, "ping-pong transports");
    return true;
}

static void setting_marks(struct marks *m, const struct kt_scn *scn,
                          enum kt_side side)
{
    for (size_t i = 0; i < scn->settings[side].n; i++) {
        const struct kt_field *f = &scn->settings[side].v[i];
        const struct kt_word_def *def =
            kt_word_find(KT_W_SETTING, f->name, strlen(f->name));

        if (def == NULL)
            continue;
        if (def->flags & KT_WF_JUDGE)
            m->forced[side] = true;
        if (def->flags & KT_WF_SUT_ONLY)
            m->only[side] = true;
        if (def->flags & KT_WF_LATER)
            later(m, strcmp(def->name, "to") == 0 ? "instances to choose from"
                                                  : "middleware");
        if (strcmp(f->name, "transport") == 0 && f->value.text &&
            strcmp(f->value.text, "http2") != 0)
            later(m, "transport ttheader");
    }
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

    kt_steps_visit(&scn->steps, on_line, &m);
    setting_marks(&m, scn, KT_CLIENT);
    setting_marks(&m, scn, KT_SERVER);
    if (strcmp(scn->method, "EchoPingPong") == 0 ||
        strcmp(scn->method, "Notify") == 0)
        later(&m, "ping-pong transports");
    if (scn->cost.memory || scn->cost.handlers || scn->cost.time_ns)
        later(&m, "cost");
    scn->later = (char *)(uintptr_t)m.later;
    scn->roles = 0;
    if ((bound & KT_ROLE_SERVER) && !m.forced[KT_SERVER] && !m.only[KT_CLIENT])
        scn->roles |= KT_ROLE_SERVER;
    if ((bound & KT_ROLE_CLIENT) && !m.forced[KT_CLIENT] && !m.only[KT_SERVER])
        scn->roles |= KT_ROLE_CLIENT;
    if (bound && !m.forced[KT_CLIENT] && !m.forced[KT_SERVER])
        scn->roles |= KT_ROLE_PAIR;
    scn->black_box = scn->echo && (scn->roles & KT_ROLE_SERVER) &&
                     scn->settings[KT_SERVER].n == 0;
}

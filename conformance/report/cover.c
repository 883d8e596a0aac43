/* What covers the rules.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/cover.h"
#include "base/alloc.h"
#include <string.h>

static bool is_due(const struct kt_rule *r)
{
    return r->level == KT_RULE_MUST && (strcmp(r->transport, "http2") == 0 ||
                                        strcmp(r->transport, "any") == 0);
}

/* A pair is judged by every rule, as the runner does. */
static unsigned bound(const struct kt_rule *r, const struct kt_scn *scn)
{
    return scn->roles & (r->roles | KT_ROLE_PAIR);
}

static void add_case(const struct kt_cover_in *in, struct kt_cover_scn *cs,
                     const struct kt_rule *r, const struct kt_scn *scn)
{
    for (unsigned bit = 1; bit <= KT_ROLE_PAIR; bit <<= 1) {
        const char *why;

        if ((bound(r, scn) & bit) == 0)
            continue;
        why = in->waits(in->ctx, scn, (enum kt_role)bit);
        if (why != NULL) {
            cs->waits = cs->waits ? cs->waits : why;
            continue;
        }
        cs->roles |= bit;
        cs->black_box |= scn->black_box && bit == KT_ROLE_SERVER;
    }
}

/* The scenarios that name the rule: cases of one file stand together. */
static void add_scenarios(const struct kt_cover_in *in,
                          struct kt_cover_rule *cr)
{
    size_t n;
    const struct kt_scn *const *v = kt_catalog_cases(in->catalog, &n);
    struct kt_cover_scn *last = NULL;

    for (size_t i = 0; i < n; i++) {
        if (!kt_scn_names_rule(v[i], cr->rule->id))
            continue;
        if (last == NULL || strcmp(last->scn->base_id, v[i]->base_id) != 0) {
            cr->scns =
                kt_xrealloc(cr->scns, (cr->nscns + 1) * sizeof *cr->scns);
            last = &cr->scns[cr->nscns++];
            *last = (struct kt_cover_scn){.scn = v[i]};
        }
        add_case(in, last, cr->rule, v[i]);
    }
}

static void add_mutants(const struct kt_cover_in *in, struct kt_cover_rule *cr)
{
    for (size_t i = 0; i < in->nmutants; i++) {
        if (strcmp(in->mutants[i].rule, cr->rule->id) != 0)
            continue;
        cr->mutants = kt_xrealloc((void *)cr->mutants,
                                  (cr->nmutants + 1) * sizeof *cr->mutants);
        cr->mutants[cr->nmutants++] = &in->mutants[i];
    }
}

/* A pair is both sides. */
static bool is_one_sided(const struct kt_cover_rule *cr)
{
    unsigned roles = 0;

    for (size_t i = 0; i < cr->nscns; i++)
        roles |= cr->scns[i].roles;
    return cr->rule->roles == (KT_ROLE_SERVER | KT_ROLE_CLIENT) &&
           (roles == KT_ROLE_SERVER || roles == KT_ROLE_CLIENT);
}

static enum kt_cover_state state_of(const struct kt_cover_rule *cr)
{
    bool played = false, waits = false;

    for (size_t i = 0; i < cr->nscns; i++) {
        played |= cr->scns[i].roles != 0;
        waits |= cr->scns[i].waits != NULL;
    }
    if (!played)
        return waits ? KT_COVER_WAITS : KT_COVER_NO_SCENARIO;
    return cr->nmutants > 0 ? KT_COVER_FULL : KT_COVER_NO_MUTANT;
}

static struct kt_cover_list *list_of(struct kt_cover *c, const char *name)
{
    for (size_t i = 0; i < c->nlists; i++)
        if (strcmp(c->lists[i].name, name) == 0)
            return &c->lists[i];
    c->lists = kt_xrealloc(c->lists, (c->nlists + 1) * sizeof *c->lists);
    c->lists[c->nlists] = (struct kt_cover_list){.name = name};
    return &c->lists[c->nlists++];
}

static void add_facts(struct kt_cover *c)
{
    const struct kt_facts *f = kt_catalog_facts(c->in.catalog);
    const struct kt_rules *rules = kt_catalog_rules(c->in.catalog);

    for (size_t i = 0; i < f->n; i++) {
        const enum kt_said said = kt_fact_said(&f->v[i], rules);
        struct kt_cover_list *l = list_of(c, f->v[i].list);

        l->total++;
        l->by[said]++;
        c->unsaid += said == KT_SAID_NOT;
    }
}

struct kt_cover *kt_cover_new(const struct kt_cover_in *in)
{
    const struct kt_rules *rules = kt_catalog_rules(in->catalog);
    struct kt_cover *c = kt_xalloc(sizeof *c);

    c->in = *in;
    c->nrules = rules->n;
    c->rules = kt_xalloc((rules->n + 1) * sizeof *c->rules);
    for (size_t i = 0; i < rules->n; i++) {
        struct kt_cover_rule *cr = &c->rules[i];

        cr->rule = &rules->v[i];
        cr->due = is_due(cr->rule);
        add_scenarios(in, cr);
        add_mutants(in, cr);
        cr->state = state_of(cr);
        cr->one_sided = is_one_sided(cr);
        c->due[cr->state] += cr->due;
    }
    for (size_t i = 0; i < in->nmutants; i++)
        c->strays += !kt_cover_knows(c, &in->mutants[i]);
    add_facts(c);
    return c;
}

void kt_cover_free(struct kt_cover *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->nrules; i++) {
        kt_free(c->rules[i].scns);
        kt_free((void *)c->rules[i].mutants);
    }
    kt_free(c->rules);
    kt_free(c->lists);
    kt_free(c);
}

bool kt_cover_knows(const struct kt_cover *c, const struct kt_cover_mutant *m)
{
    return kt_rules_find(kt_catalog_rules(c->in.catalog), m->rule) != NULL;
}

bool kt_cover_complete(const struct kt_cover *c)
{
    return c->due[KT_COVER_NO_SCENARIO] == 0 &&
           c->due[KT_COVER_NO_MUTANT] == 0 && c->strays == 0 && c->unsaid == 0;
}

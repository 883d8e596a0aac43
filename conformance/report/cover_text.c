/* Coverage as text, and as JSON: names in docs/reports.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "report/cover_html.h"
#include <string.h>

const char *kt_cover_why_waits(const struct kt_cover_rule *cr)
{
    for (size_t i = 0; i < cr->nscns; i++)
        if (cr->scns[i].waits != NULL)
            return cr->scns[i].waits;
    return NULL;
}

static bool is_of(const struct kt_cover_rule *cr, bool due,
                  enum kt_cover_state state)
{
    return cr->due == due && cr->state == state;
}

static void put_rule(FILE *out, const struct kt_cover_rule *cr)
{
    const char *why =
        cr->state == KT_COVER_WAITS ? kt_cover_why_waits(cr) : NULL;

    fprintf(out, "  %-11s %-6s %-6s %s%s%s%s\n", cr->rule->id,
            kt_rule_level_name(cr->rule->level), cr->rule->role, cr->rule->says,
            why ? " [waits for: " : "", why ? why : "", why ? "]" : "");
}

/* A head with its count, and a line for each such rule. */
static void put_rules(const struct kt_cover *c, FILE *out, const char *head,
                      bool due, enum kt_cover_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nrules; i++)
        n += is_of(&c->rules[i], due, state);
    fprintf(out, "%s: %zu\n", head, n);
    for (size_t i = 0; i < c->nrules; i++)
        if (is_of(&c->rules[i], due, state))
            put_rule(out, &c->rules[i]);
}

static void put_one_sided(const struct kt_cover *c, FILE *out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nrules; i++)
        n += c->rules[i].due && c->rules[i].one_sided;
    fprintf(out, "MUST of HTTP/2 for both sides, judged on one only: %zu\n", n);
    for (size_t i = 0; i < c->nrules; i++)
        if (c->rules[i].due && c->rules[i].one_sided)
            put_rule(out, &c->rules[i]);
}

static void put_list(const struct kt_cover *c, FILE *out,
                     const struct kt_cover_list *l)
{
    const struct kt_facts *f = kt_catalog_facts(c->in.catalog);
    const struct kt_rules *rules = kt_catalog_rules(c->in.catalog);

    fprintf(out,
            "Facts of %s: %zu; said by a rule %zu, excluded with a reason "
            "%zu, not said: %zu\n",
            l->name, l->total,
            l->total - l->by[KT_SAID_EXCLUDED] - l->by[KT_SAID_NOT],
            l->by[KT_SAID_EXCLUDED], l->by[KT_SAID_NOT]);
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].list, l->name) == 0 &&
            kt_fact_said(&f->v[i], rules) == KT_SAID_NOT)
            fprintf(out, "  %-11s %s:%d %s\n", f->v[i].id, f->v[i].pos.file,
                    f->v[i].pos.line, f->v[i].text);
}

void kt_cover_print(const struct kt_cover *c, FILE *out)
{
    put_rules(c, out, "MUST of HTTP/2 without a scenario", true,
              KT_COVER_NO_SCENARIO);
    put_rules(c, out, "MUST of HTTP/2 without a mutant", true,
              KT_COVER_NO_MUTANT);
    put_rules(c, out,
              "MUST of HTTP/2 covered only by scenarios that are not played "
              "yet",
              true, KT_COVER_WAITS);
    put_one_sided(c, out);
    put_rules(c, out, "Other rules without a scenario", false,
              KT_COVER_NO_SCENARIO);
    put_rules(c, out,
              "Other rules covered only by scenarios that are not played yet",
              false, KT_COVER_WAITS);
    for (size_t i = 0; i < c->nlists; i++)
        put_list(c, out, &c->lists[i]);
    fprintf(out, "Mutants of a rule that is none: %zu\n", c->strays);
    for (size_t i = 0; i < c->in.nmutants; i++)
        if (!kt_cover_knows(c, &c->in.mutants[i]))
            fprintf(out, "  %-28s %s\n", c->in.mutants[i].name,
                    c->in.mutants[i].rule);
    fprintf(out,
            "coverage: %zu rules; MUST of HTTP/2: %zu covered, %zu not played "
            "yet, %zu without a scenario, %zu without a mutant; %zu facts not "
            "said%s\n",
            c->nrules, c->due[KT_COVER_FULL], c->due[KT_COVER_WAITS],
            c->due[KT_COVER_NO_SCENARIO], c->due[KT_COVER_NO_MUTANT], c->unsaid,
            kt_cover_complete(c) ? "" : ": incomplete");
}

/* --- JSON --- */

static json_t *num(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *pack_rule(const struct kt_cover_rule *cr)
{
    static const char *const states[] = {"covered", "no-scenario",
                                         "not-played-yet", "no-mutant"};
    const struct kt_rule *r = cr->rule;
    json_t *scns = json_array(), *mutants = json_array(),
           *covers = json_array();
    json_t *j;

    for (size_t i = 0; i < cr->nscns; i++)
        json_array_append_new(scns, json_string(cr->scns[i].scn->base_id));
    for (size_t i = 0; i < cr->nmutants; i++)
        json_array_append_new(mutants, json_string(cr->mutants[i]->name));
    for (size_t i = 0; i < r->ncovers; i++)
        json_array_append_new(covers, json_string(r->covers[i]));
    j = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:o}", "id",
        r->id, "area", r->area, "level", kt_rule_level_name(r->level), "role",
        r->role, "transport", r->transport, "source", r->source, "disputed",
        r->disputed != NULL, "says", r->says, "coverage", states[cr->state],
        "covers", covers, "scenarios", scns, "mutants", mutants);
    must(j != NULL); /* all of it is UTF-8: the catalogue was read */
    return j;
}

static json_t *pack_ids(const struct kt_cover *c, bool due,
                        enum kt_cover_state state)
{
    json_t *a = json_array();

    for (size_t i = 0; i < c->nrules; i++)
        if (is_of(&c->rules[i], due, state))
            json_array_append_new(a, json_string(c->rules[i].rule->id));
    return a;
}

static json_t *pack_one_sided(const struct kt_cover *c)
{
    json_t *a = json_array();

    for (size_t i = 0; i < c->nrules; i++)
        if (c->rules[i].due && c->rules[i].one_sided)
            json_array_append_new(a, json_string(c->rules[i].rule->id));
    return a;
}

static json_t *pack_lists(const struct kt_cover *c)
{
    json_t *a = json_array();

    for (size_t i = 0; i < c->nlists; i++) {
        const struct kt_cover_list *l = &c->lists[i];

        json_array_append_new(
            a, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "list", l->name,
                         "total", num(l->total), "named",
                         num(l->by[KT_SAID_NAMED]), "rule",
                         num(l->by[KT_SAID_RULE]), "covered",
                         num(l->by[KT_SAID_COVERED]), "excluded",
                         num(l->by[KT_SAID_EXCLUDED]), "unsaid",
                         num(l->by[KT_SAID_NOT])));
    }
    return a;
}

static json_t *pack_unsaid(const struct kt_cover *c)
{
    const struct kt_facts *f = kt_catalog_facts(c->in.catalog);
    const struct kt_rules *rules = kt_catalog_rules(c->in.catalog);
    json_t *a = json_array();

    for (size_t i = 0; i < f->n; i++)
        if (kt_fact_said(&f->v[i], rules) == KT_SAID_NOT)
            json_array_append_new(a, json_string(f->v[i].id));
    return a;
}

static json_t *pack_strays(const struct kt_cover *c)
{
    json_t *a = json_array();

    for (size_t i = 0; i < c->in.nmutants; i++)
        if (!kt_cover_knows(c, &c->in.mutants[i]))
            json_array_append_new(a, json_string(c->in.mutants[i].name));
    return a;
}

json_t *kt_cover_json(const struct kt_cover *c)
{
    json_t *rules = json_array(), *j;

    for (size_t i = 0; i < c->nrules; i++)
        json_array_append_new(rules, pack_rule(&c->rules[i]));
    j = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "rules",
        rules, "uncovered_must", num(c->due[KT_COVER_NO_SCENARIO]),
        "must_without_scenario", pack_ids(c, true, KT_COVER_NO_SCENARIO),
        "must_without_mutant", pack_ids(c, true, KT_COVER_NO_MUTANT),
        "must_not_played_yet", pack_ids(c, true, KT_COVER_WAITS),
        "must_one_sided", pack_one_sided(c), "others_without_scenario",
        pack_ids(c, false, KT_COVER_NO_SCENARIO), "facts", pack_lists(c),
        "unsaid", pack_unsaid(c), "mutants_of_no_rule", pack_strays(c),
        "complete", kt_cover_complete(c));
    must(j != NULL);
    return j;
}

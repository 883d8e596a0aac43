/* The rules, what is excluded, and the lists of facts, as HTML. Anchors: a rule
 * is r-ID, a fact f-ID. SPDX-License-Identifier: Apache-2.0 */
#include "report/cover_html.h"
#include <string.h>

/* --- a rule --- */

static void put_badges(struct kt_html *h, const struct kt_cover_rule *cr)
{
    static const char *const states[] = {NULL, "no scenario", "not played yet",
                                         "no mutant"};
    const struct kt_rule *r = cr->rule;

    kt_html_put(h,
                "<span class=\"b %t\">%t</span> <span class=\"b\">%t</span> "
                "<span class=\"b\">%t</span>",
                kt_rule_level_name(r->level), kt_rule_level_name(r->level),
                strcmp(r->role, "both") == 0 ? "server and client" : r->role,
                r->transport);
    if (r->profile != NULL)
        kt_html_put(h, " <span class=\"b\">profile %t</span>", r->profile);
    if (r->disputed != NULL)
        kt_html_raw(h, " <span class=\"b warn\">disputed</span>");
    if (cr->one_sided)
        kt_html_raw(h, " <span class=\"b warn\">judged on one side</span>");
    if (states[cr->state] != NULL &&
        (cr->due || cr->state != KT_COVER_NO_MUTANT))
        kt_html_put(h, " <span class=\"b warn\">%t</span>", states[cr->state]);
}

static void put_says_facts(struct kt_html *h, const struct kt_cover *c,
                           const struct kt_rule *r)
{
    const struct kt_facts *f = kt_catalog_facts(c->in.catalog);
    bool any = false;

    for (size_t i = 0; i < f->n; i++) {
        if (!kt_fact_said_by(&f->v[i], r))
            continue;
        kt_html_raw(h, any ? ", " : "<dt>Facts</dt><dd>");
        kt_html_put(h, "<a href=\"#f-%t\">%t</a>", f->v[i].id, f->v[i].id);
        any = true;
    }
    if (any)
        kt_html_raw(h, "</dd>\n");
}

static void put_scenarios(struct kt_html *h, const struct kt_cover_rule *cr)
{
    if (cr->nscns == 0)
        return;
    kt_html_raw(h, "<dt>Scenarios</dt><dd><ul>\n");
    for (size_t i = 0; i < cr->nscns; i++) {
        const struct kt_cover_scn *s = &cr->scns[i];

        kt_html_put(h, "<li><code>%t</code> <small>%t%t%t</small> %t</li>\n",
                    s->scn->base_id, kt_scn_roles_text(s->roles),
                    s->black_box ? ", black box" : "",
                    s->roles   ? ""
                    : s->waits ? "not played yet"
                               : "does not bind this role",
                    s->scn->claim);
    }
    kt_html_raw(h, "</ul></dd>\n");
}

static void put_mutants(struct kt_html *h, const struct kt_cover_rule *cr)
{
    if (cr->nmutants == 0)
        return;
    kt_html_raw(h, "<dt>Mutants</dt><dd><ul>\n");
    for (size_t i = 0; i < cr->nmutants; i++)
        kt_html_put(h, "<li><code>%t</code> %t</li>\n", cr->mutants[i]->name,
                    cr->mutants[i]->says);
    kt_html_raw(h, "</ul></dd>\n");
}

static void put_rule(struct kt_html *h, const struct kt_cover *c,
                     const struct kt_cover_rule *cr)
{
    const struct kt_rule *r = cr->rule;
    const char *why = kt_cover_why_waits(cr);

    kt_html_put(h, "<article id=\"r-%t\">\n<h3><a href=\"#r-%t\">%t</a> ",
                r->id, r->id, r->id);
    put_badges(h, cr);
    kt_html_put(h, "</h3>\n<p>%t</p>\n<dl>\n<dt>Source</dt><dd>%t</dd>\n",
                r->says, r->source);
    if (r->disputed != NULL)
        kt_html_put(h, "<dt>Disputed</dt><dd>%t</dd>\n", r->disputed);
    for (size_t i = 0; i < r->nnotes; i++)
        kt_html_put(h, "<dt>Note</dt><dd>%t</dd>\n", r->notes[i]);
    put_says_facts(h, c, r);
    if (cr->state == KT_COVER_WAITS && why != NULL)
        kt_html_put(h, "<dt>Waits for</dt><dd>%t</dd>\n", why);
    put_scenarios(h, cr);
    put_mutants(h, cr);
    kt_html_raw(h, "</dl>\n</article>\n");
}

void kt_cover_html_rules(struct kt_html *h, const struct kt_cover *c)
{
    const char *area = "";

    for (size_t i = 0; i < c->nrules; i++) {
        const struct kt_cover_rule *cr = &c->rules[i];

        if (strcmp(cr->rule->area, area) != 0) {
            area = cr->rule->area;
            kt_html_put(h, "<h2 id=\"a-%t\">%t</h2>\n", area, area);
        }
        put_rule(h, c, cr);
    }
}

/* --- what no rule says --- */

static void fact_text(struct kt_html *h, const struct kt_cover *c,
                      const char *id)
{
    const struct kt_fact *f =
        kt_facts_find(kt_catalog_facts(c->in.catalog), id);

    if (f != NULL)
        kt_html_put(h, "<a href=\"#f-%t\">%t</a></td><td>%t</td>", id, id,
                    f->text);
    else
        kt_html_put(h, "%t</td><td></td>", id);
}

void kt_cover_html_excluded(struct kt_html *h, const struct kt_cover *c)
{
    const struct kt_rules *r = kt_catalog_rules(c->in.catalog);

    kt_html_raw(h, "<h2 id=\"excluded\">Excluded by the rule files</h2>\n"
                   "<table><tr><th>fact</th><th>what it says</th>"
                   "<th>why no rule says it</th></tr>\n");
    for (size_t i = 0; i < r->nexcluded; i++) {
        kt_html_raw(h, "<tr><td>");
        fact_text(h, c, r->excluded[i].id);
        kt_html_put(h, "<td>%t</td></tr>\n", r->excluded[i].why);
    }
    kt_html_raw(h, "</table>\n");
}

/* --- lists of facts --- */

static void put_said(struct kt_html *h, const struct kt_cover *c,
                     const struct kt_fact *f)
{
    const struct kt_rules *rules = kt_catalog_rules(c->in.catalog);
    const char *why = kt_fact_why_not(f, rules);
    bool any = false;

    for (size_t i = 0; i < rules->n; i++) {
        if (!kt_fact_said_by(f, &rules->v[i]))
            continue;
        kt_html_put(h, "%t<a href=\"#r-%t\">%t</a>", any ? " " : "",
                    rules->v[i].id, rules->v[i].id);
        any = true;
    }
    if (!any && why != NULL)
        kt_html_put(h, "<em>Excluded:</em> %t", why);
    else if (!any)
        kt_html_raw(h, "<span class=\"b warn\">not said</span>");
}

void kt_cover_html_list(struct kt_html *h, const struct kt_cover *c,
                        const struct kt_cover_list *l)
{
    const struct kt_facts *facts = kt_catalog_facts(c->in.catalog);
    const char *section = NULL;

    kt_html_put(h, "<h2 id=\"l-%t\">Facts of %t</h2>\n<table>\n", l->name,
                l->name);
    for (size_t i = 0; i < facts->n; i++) {
        const struct kt_fact *f = &facts->v[i];

        if (strcmp(f->list, l->name) != 0)
            continue;
        if (section == NULL || strcmp(section, f->section) != 0)
            kt_html_put(h, "<tr><th colspan=\"3\">%t</th></tr>\n", f->section);
        section = f->section;
        kt_html_put(h, "<tr id=\"f-%t\"><td>%t</td><td>%t</td><td>", f->id,
                    f->id, f->text);
        put_said(h, c, f);
        kt_html_raw(h, "</td></tr>\n");
    }
    kt_html_raw(h, "</table>\n");
}

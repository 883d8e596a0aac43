/* The page of rules: head, summary, what is missing, then the parts of
 * cover_html.c. It needs no other file and no script.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/cover_html.h"
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>ktspec: the rules, and what covers them</title>\n<style>\n"
    ":root { color-scheme: light dark; --line: #8884; --dim: #777;"
    " --warn: #b3261e; --must: #1a5fb4; }\n"
    "@media (prefers-color-scheme: dark) { :root { --dim: #999;"
    " --warn: #ff8a80; --must: #8ab4f8; } }\n"
    "body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem;"
    " margin: 0 auto; padding: 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .2rem .6rem;"
    " border-bottom: 1px solid var(--line); }\n"
    ".n td + td, .n th + th { text-align: right; }\n"
    "article { border-top: 1px solid var(--line); padding: .3rem 0 .8rem; }\n"
    "article > p { margin: .2rem 0 .5rem; }\n"
    "h3 { margin: .6rem 0 0; font-size: 1rem; }\n"
    "dl { margin: 0; display: grid; grid-template-columns: 6rem 1fr;"
    " gap: .2rem .8rem; font-size: .9rem; }\n"
    "dt { color: var(--dim); }\ndd { margin: 0; }\n"
    "dd ul { margin: 0; padding-left: 1rem; }\nsmall { color: var(--dim); }\n"
    "a { color: inherit; text-underline-offset: .15em; }\n"
    ".b { font-size: .75rem; font-weight: normal; border: 1px solid"
    " var(--line); border-radius: .6rem; padding: .05rem .5rem; }\n"
    ".MUST { color: var(--must); border-color: currentColor; }\n"
    ".warn { color: var(--warn); border-color: currentColor; }\n"
    ":target { outline: 2px solid var(--must); outline-offset: .2rem; }\n"
    "</style>\n</head>\n<body>\n<h1>The rules, and what covers them</h1>\n";

/* --- the table of areas --- */

struct sum {
    size_t rules, must, mutants, scns, server, client, black_box;
};

/* The scenarios of one area, each once; a file may name several of its rules.
 */
struct seen {
    struct kt_cover_scn *v;
    size_t n;
};

static void see(struct seen *s, const struct kt_cover_scn *scn)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].scn->base_id, scn->scn->base_id) == 0) {
            s->v[i].roles |= scn->roles;
            s->v[i].black_box |= scn->black_box;
            return;
        }
    s->v = kt_xrealloc(s->v, (s->n + 1) * sizeof *s->v);
    s->v[s->n++] = *scn;
}

static void see_rule(struct seen *s, struct sum *sum,
                     const struct kt_cover_rule *cr)
{
    sum->rules++;
    sum->must += cr->rule->level == KT_RULE_MUST;
    sum->mutants += cr->nmutants;
    for (size_t i = 0; i < cr->nscns; i++)
        see(s, &cr->scns[i]);
}

static void see_end(struct seen *s, struct sum *sum)
{
    for (size_t i = 0; i < s->n; i++) {
        sum->server += (s->v[i].roles & KT_ROLE_SERVER) != 0;
        sum->client += (s->v[i].roles & KT_ROLE_CLIENT) != 0;
        sum->black_box += s->v[i].black_box;
    }
    sum->scns = s->n;
    kt_free(s->v);
    *s = (struct seen){0};
}

static void put_sum(struct kt_html *h, const struct sum *s)
{
    kt_html_put(h,
                "<td>%z</td><td>%z</td><td>%z</td><td>%z</td><td>%z</td>"
                "<td>%z</td><td>%z</td></tr>\n",
                s->rules, s->must, s->scns, s->server, s->client, s->black_box,
                s->mutants);
}

static void put_areas(struct kt_html *h, const struct kt_cover *c)
{
    struct seen seen = {0}, all = {0};
    struct sum sum = {0}, total = {0};

    kt_html_raw(h, "<table class=\"n\">\n<tr><th>area</th><th>rules</th>"
                   "<th>MUST</th><th>scenarios</th><th>of a server</th>"
                   "<th>of a client</th><th>black box</th><th>mutants</th>"
                   "</tr>\n");
    for (size_t i = 0; i < c->nrules; i++) {
        const char *area = c->rules[i].rule->area;

        see_rule(&seen, &sum, &c->rules[i]);
        see_rule(&all, &total, &c->rules[i]);
        if (i + 1 < c->nrules && strcmp(c->rules[i + 1].rule->area, area) == 0)
            continue;
        see_end(&seen, &sum);
        kt_html_put(h, "<tr><td><a href=\"#a-%t\">%t</a></td>", area, area);
        put_sum(h, &sum);
        sum = (struct sum){0};
    }
    see_end(&all, &total);
    kt_html_raw(h, "<tr><th>all</th>");
    put_sum(h, &total);
    kt_html_raw(h, "</table>\n<p><small>Scenarios: files that name a rule of "
                   "the area; one that names rules of two areas counts in "
                   "each, and once in the last row. A server, a client: of "
                   "these, those in which that side is judged.</small></p>\n");
}

/* --- what is missing --- */

static void put_gap(struct kt_html *h, const struct kt_cover *c,
                    enum kt_cover_state state, const char *what)
{
    kt_html_put(h, "<li>%t: %z", what, c->due[state]);
    for (size_t i = 0; i < c->nrules; i++)
        if (c->rules[i].due && c->rules[i].state == state)
            kt_html_put(h, " <a href=\"#r-%t\">%t</a>", c->rules[i].rule->id,
                        c->rules[i].rule->id);
    kt_html_raw(h, "</li>\n");
}

static void put_gaps(struct kt_html *h, const struct kt_cover *c)
{
    kt_html_put(h,
                "<p>%z rules. MUST of HTTP/2 that scenarios and mutants "
                "cover: %z.</p>\n<ul>\n",
                c->nrules, c->due[KT_COVER_FULL]);
    put_gap(h, c, KT_COVER_NO_SCENARIO, "MUST of HTTP/2 without a scenario");
    put_gap(h, c, KT_COVER_NO_MUTANT, "MUST of HTTP/2 without a mutant");
    put_gap(h, c, KT_COVER_WAITS,
            "MUST of HTTP/2 covered only by scenarios that are not played yet");
    for (size_t i = 0; i < c->nlists; i++) {
        const struct kt_cover_list *l = &c->lists[i];

        kt_html_put(h,
                    "<li><a href=\"#l-%t\">Facts of %t</a>: %z; said by a rule "
                    "%z, excluded with a reason %z, not said %z</li>\n",
                    l->name, l->name, l->total,
                    l->total - l->by[KT_SAID_EXCLUDED] - l->by[KT_SAID_NOT],
                    l->by[KT_SAID_EXCLUDED], l->by[KT_SAID_NOT]);
    }
    kt_html_put(h,
                "<li>Mutants of a rule that is none: %z</li>\n"
                "<li><a href=\"#excluded\">Facts that the rule files "
                "exclude</a></li>\n</ul>\n",
                c->strays);
}

bool kt_cover_html(const struct kt_cover *c, struct kt_buf *page)
{
    struct kt_html h = {.b = page};

    kt_html_raw(&h, head);
    put_gaps(&h, c);
    put_areas(&h, c);
    kt_cover_html_rules(&h, c);
    kt_cover_html_excluded(&h, c);
    for (size_t i = 0; i < c->nlists; i++)
        kt_cover_html_list(&h, c, &c->lists[i]);
    kt_html_raw(&h, "</body>\n</html>\n");
    return !h.full;
}

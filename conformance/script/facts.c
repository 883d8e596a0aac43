/* Lists of facts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/facts.h"
#include "base/near.h"
#include "script/words.h"
#include <string.h>

void kt_facts_init(struct kt_facts *f)
{
    *f = (struct kt_facts){.arena = kt_pool_new()};
}

void kt_facts_fini(struct kt_facts *f)
{
    kt_pool_free(f->arena);
    *f = (struct kt_facts){0};
}

const struct kt_fact *kt_facts_find(const struct kt_facts *f, const char *id)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].id, id) == 0)
            return &f->v[i];
    return NULL;
}

struct reading {
    struct kt_facts *facts;
    struct kt_line_in *l;
    const char *list, *section;
    struct kt_fact *fact; /* the last one, or NULL */
};

static void fact_new(struct reading *rd, char *rest)
{
    struct kt_facts *f = rd->facts;
    struct kt_line_in *l = rd->l;
    const size_t n = strcspn(rest, " \t");
    char *id = kt_pool_strndup(f->arena, rest, n);
    char *text = rest + n + strspn(rest + n, " \t");
    const struct kt_fact *old = kt_facts_find(f, id);

    if (!kt_rule_is_id(id))
        kt_line_bad(l, &l->w[1], "'%s' is no id: AREA-NUMBER", id);
    else if (old != NULL)
        kt_line_bad(l, &l->w[1], "fact %s stands at %s:%d already", id,
                    old->pos.file, old->pos.line);
    else if (text[0] == '\0')
        kt_line_bad(l, NULL, "fact %s says what?", id);
    f->v = kt_pool_more(f->arena, f->v, f->n, sizeof *f->v);
    rd->fact = &f->v[f->n++];
    *rd->fact = (struct kt_fact){.id = id,
                                 .text = text,
                                 .section = rd->section,
                                 .list = rd->list,
                                 .pos = l->pos};
}

static void rule_add(struct reading *rd, const char *p, size_t n)
{
    struct kt_fact *f = rd->fact;
    char *id = kt_pool_strndup(rd->facts->arena, p, n);
    struct kt_pos pos = rd->l->pos;

    pos.col = rd->l->w[1].col + (int)(p - rd->l->w[1].p);
    for (size_t i = 0; i < f->nrules; i++)
        if (strcmp(f->rules[i].id, id) == 0)
            kt_fault_add(rd->l->faults, pos, "%s has %s already", f->id, id);
    f->rules =
        kt_pool_more(rd->facts->arena, f->rules, f->nrules, sizeof *f->rules);
    f->rules[f->nrules++] = (struct kt_fact_rule){id, pos};
}

/* How a fact is said: once, in one of the two ways. */
static void mapping_read(struct reading *rd, const char *key, char *rest)
{
    struct kt_fact *f = rd->fact;
    struct kt_line_in *l = rd->l;

    if (f == NULL)
        kt_line_bad(l, &l->w[0],
                    "'%s' of which fact? 'fact ID TEXT' comes first", key);
    else if (f->nrules > 0 || f->excluded != NULL)
        kt_line_bad(l, &l->w[0], "how %s is said stands above already", f->id);
    else if (strcmp(key, "rules") == 0)
        for (const char *p = l->w[1].p; *p != '\0';) {
            const size_t n = strcspn(p, " \t\r");

            rule_add(rd, p, n);
            p += n + strspn(p + n, " \t\r");
        }
    else if (rest[0] != '\0' && rest[strlen(rest) - 1] != '.')
        kt_line_bad(l, NULL, "a reason is a sentence: it ends in a full stop");
    else
        f->excluded = rest;
}

static void line_read(struct reading *rd)
{
    struct kt_line_in *l = rd->l;
    char *rest = kt_line_rest(rd->facts->arena, &l->w[0]);
    const struct kt_word_def *key =
        kt_word_find(KT_W_FACT, l->w[0].p, l->w[0].n);

    if (key == NULL)
        kt_word_unknown(l, &l->w[0], KT_W_FACT, 0, "key of a list of facts");
    else if (rest[0] == '\0')
        kt_line_bad(l, NULL, "'%s' of what?", key->name);
    else if (strcmp(key->name, "section") == 0)
        rd->section = rest;
    else if (strcmp(key->name, "fact") == 0)
        fact_new(rd, rest);
    else
        mapping_read(rd, key->name, rest);
}

void kt_facts_read(struct kt_facts *f, struct kt_faults *faults,
                   const char *name, const char *text)
{
    struct kt_line_in *l = kt_pool_alloc(f->arena, sizeof *l);
    struct reading rd = {.facts = f,
                         .l = l,
                         .list = kt_rules_area(f->arena, name),
                         .section = ""};
    struct kt_pos pos = {kt_pool_strdup(f->arena, name), 0, 1};

    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        const char *line = kt_pool_strndup(f->arena, text, n);

        pos.line++;
        text += n + (text[n] == '\n');
        kt_line_key(l, f->arena, faults, pos, line);
        if (l->w[0].n > 0 && l->w[0].p[0] != '#')
            line_read(&rd);
    }
}

/* --- how a fact is said --- */

bool kt_fact_said_by(const struct kt_fact *f, const struct kt_rule *rule)
{
    for (size_t i = 0; i < f->nrules; i++)
        if (strcmp(f->rules[i].id, rule->id) == 0)
            return true;
    return kt_rule_covers(rule, f->id);
}

const char *kt_fact_why_not(const struct kt_fact *f,
                            const struct kt_rules *rules)
{
    const struct kt_excluded *x = kt_rules_excluded(rules, f->id);

    return f->excluded != NULL ? f->excluded : x != NULL ? x->why : NULL;
}

enum kt_said kt_fact_said(const struct kt_fact *f, const struct kt_rules *rules)
{
    if (f->nrules > 0)
        return KT_SAID_NAMED;
    if (kt_rules_find(rules, f->id) != NULL)
        return KT_SAID_RULE;
    for (size_t i = 0; i < rules->n; i++)
        if (kt_rule_covers(&rules->v[i], f->id))
            return KT_SAID_COVERED;
    return kt_fact_why_not(f, rules) != NULL ? KT_SAID_EXCLUDED : KT_SAID_NOT;
}

/* --- against the rules --- */

static void check_fact(const struct kt_fact *f, const struct kt_rules *rules,
                       struct kt_faults *faults)
{
    for (size_t i = 0; i < f->nrules; i++) {
        struct kt_suggest s;
        char near[64];

        if (kt_rules_find(rules, f->rules[i].id) != NULL)
            continue;
        kt_suggest_init(&s, f->rules[i].id);
        for (size_t k = 0; k < rules->n; k++)
            kt_suggest_try(&s, rules->v[k].id);
        kt_fault_add(faults, f->rules[i].pos, "no rule '%s'%s", f->rules[i].id,
                     kt_suggest_print(&s, near));
    }
    for (size_t i = 0; f->excluded != NULL && i < rules->n; i++)
        if (kt_rule_covers(&rules->v[i], f->id))
            kt_fault_add(faults, f->pos, "%s is excluded, and rule %s says it",
                         f->id, rules->v[i].id);
}

static void check_known(const struct kt_facts *f, struct kt_pos pos,
                        const char *what, const char *id,
                        struct kt_faults *faults)
{
    struct kt_suggest s;
    char near[64];

    if (kt_facts_find(f, id) != NULL)
        return;
    kt_suggest_init(&s, id);
    for (size_t i = 0; i < f->n; i++)
        kt_suggest_try(&s, f->v[i].id);
    kt_fault_add(faults, pos, "%s %s, which is no fact%s", what, id,
                 kt_suggest_print(&s, near));
}

void kt_facts_check(const struct kt_facts *f, const struct kt_rules *rules,
                    struct kt_faults *faults)
{
    for (size_t i = 0; i < f->n; i++)
        check_fact(&f->v[i], rules, faults);
    if (f->n == 0)
        return;
    for (size_t i = 0; i < rules->nexcluded; i++)
        check_known(f, rules->excluded[i].pos, "excludes",
                    rules->excluded[i].id, faults);
    for (size_t i = 0; i < rules->n; i++)
        for (size_t k = 0; k < rules->v[i].ncovers; k++)
            check_known(f, rules->v[i].pos, "covers", rules->v[i].covers[k],
                        faults);
}

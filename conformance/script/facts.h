/* Facts: what the sources say, a sentence each, so that none is left unsaid by
 * the rules. Read from rules/ files: see docs/scenarios.md, "Lists of facts".
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/rules.h"

struct kt_fact_rule {
    char *id;
    struct kt_pos pos;
};

struct kt_fact {
    char *id;
    char *text;
    const char *section;        /* "" above the first */
    struct kt_fact_rule *rules; /* that its list names for it */
    size_t nrules;
    char *excluded;   /* the reason that its list gives, or NULL */
    const char *list; /* the file's name without its ending */
    struct kt_pos pos;
};

struct kt_facts {
    struct kt_fact *v; /* in the order of files, then of lines */
    size_t n;
    struct kt_pool *arena;
};

void kt_facts_init(struct kt_facts *f);
void kt_facts_fini(struct kt_facts *f);
/* Faults are added; what could be read is kept. name and text are not kept. */
void kt_facts_read(struct kt_facts *f, struct kt_faults *faults,
                   const char *name, const char *text);
/* What concerns the rules as well: a rule that is none, a fact that is excluded
 * and yet said, and, where there is a list, a rule file that covers or excludes
 * what is no fact. Call once after reading all. */
void kt_facts_check(const struct kt_facts *f, const struct kt_rules *rules,
                    struct kt_faults *faults);
const struct kt_fact *kt_facts_find(const struct kt_facts *f, const char *id);

/* How a fact is said. Its own list comes first, then the rule files. */
enum kt_said {
    KT_SAID_NOT,
    KT_SAID_NAMED,    /* by the rules that its list names */
    KT_SAID_RULE,     /* by the rule of its id */
    KT_SAID_COVERED,  /* by a rule that covers it */
    KT_SAID_EXCLUDED, /* not by a rule, with a reason */
};
enum kt_said kt_fact_said(const struct kt_fact *f,
                          const struct kt_rules *rules);
/* Whether the rule says the fact, in one of the three ways. */
bool kt_fact_said_by(const struct kt_fact *f, const struct kt_rule *rule);
/* The reason of an excluded one, from its list or a rule file; else NULL. */
const char *kt_fact_why_not(const struct kt_fact *f,
                            const struct kt_rules *rules);

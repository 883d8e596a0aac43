/* Rules: what the protocol asks, each with its source. Read from rules/ files:
 * see docs/scenarios.md, "Rules". SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

enum kt_rule_level { KT_RULE_MUST, KT_RULE_SHOULD, KT_RULE_MAY, KT_RULE_INFO };

struct kt_rule {
    char *id;
    enum kt_rule_level level;
    bool has_level; /* while reading */
    unsigned roles; /* KT_ROLE_SERVER, KT_ROLE_CLIENT or both */
    char *role;     /* as written */
    char *transport;
    char *source;
    char *says;
    char **notes;
    size_t nnotes;
    char *disputed; /* as written behind the word, or NULL */
    char *profile;  /* judged under that profile only, or NULL */
    char **covers;  /* facts that it stands for, beside that of its own id */
    size_t ncovers;
    char *area; /* the file's name without its ending */
    struct kt_pos pos;
};

/* A fact that no rule stands for, and why. */
struct kt_excluded {
    char *id;
    char *why;
    char *area;
    struct kt_pos pos;
};

struct kt_rules {
    struct kt_rule *v; /* in the order of files, then of lines */
    size_t n;
    struct kt_excluded *excluded;
    size_t nexcluded;
    struct kt_pool *arena;
};

void kt_rules_init(struct kt_rules *r);
void kt_rules_fini(struct kt_rules *r);
/* Faults are added; what could be read is kept. name and text are not kept. */
void kt_rules_read(struct kt_rules *r, struct kt_faults *faults,
                   const char *name, const char *text);
/* What concerns several blocks: a fact that is excluded, and a rule or covered
 * as well. Call once after reading. */
void kt_rules_check(const struct kt_rules *r, struct kt_faults *faults);
/* The one of that id, or NULL. */
const struct kt_rule *kt_rules_find(const struct kt_rules *r, const char *id);
const struct kt_excluded *kt_rules_excluded(const struct kt_rules *r,
                                            const char *id);
/* It has the fact's id, or covers it. */
bool kt_rule_covers(const struct kt_rule *r, const char *fact);
bool kt_rule_is_id(const char *s); /* AREA-NUMBER */
/* The name of a file without its folder and ending, in the pool. */
char *kt_rules_area(struct kt_pool *a, const char *name);
const char *kt_rule_level_name(enum kt_rule_level l);

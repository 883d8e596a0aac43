/* Coverage of the rules, both ways: what scenarios and mutants name each, which
 * facts are said by none, which mutants break none.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "script/catalog.h"
#include <jansson.h>

struct kt_cover_mutant {
    const char *name, *rule, *says;
};

/* All of it lives as long as what is made from it. */
struct kt_cover_in {
    const struct kt_catalog *catalog; /* checked, without a fault */
    const struct kt_cover_mutant *mutants;
    size_t nmutants;
    /* Why the case cannot be played in that role yet; NULL: it can. */
    const char *(*waits)(void *ctx, const struct kt_scn *scn,
                         enum kt_role role);
    void *ctx;
};

/* A scenario, all of its cases, as one rule sees it. */
struct kt_cover_scn {
    const struct kt_scn *scn; /* the first case */
    unsigned roles;           /* in which it is played and the rule is bound */
    bool black_box;           /* one of these cases needs no driver */
    const char *waits;        /* no role: why, or NULL: never bound */
};

enum kt_cover_state {
    KT_COVER_FULL,
    KT_COVER_NO_SCENARIO,
    KT_COVER_WAITS, /* no scenario of it can be played yet */
    KT_COVER_NO_MUTANT,
};

struct kt_cover_rule {
    const struct kt_rule *rule;
    bool due; /* a MUST of HTTP/2: the gate asks for scenario and mutant */
    enum kt_cover_state state;
    bool one_sided; /* binds both sides, and is judged on one only */
    struct kt_cover_scn *scns;
    size_t nscns;
    const struct kt_cover_mutant **mutants;
    size_t nmutants;
};

/* One list of facts. */
struct kt_cover_list {
    const char *name;
    size_t total, by[KT_SAID_EXCLUDED + 1]; /* by enum kt_said */
};

struct kt_cover {
    struct kt_cover_in in;
    struct kt_cover_rule *rules; /* in the order of the catalogue */
    size_t nrules;
    struct kt_cover_list *lists; /* in the order of the catalogue */
    size_t nlists;
    size_t due[KT_COVER_NO_MUTANT + 1]; /* MUSTs of HTTP/2, by state */
    size_t strays;                      /* mutants of a rule that is none */
    size_t unsaid;                      /* facts, of all lists */
};

struct kt_cover *kt_cover_new(const struct kt_cover_in *in);
void kt_cover_free(struct kt_cover *c);
/* Nothing that the gate asks for is missing. */
bool kt_cover_complete(const struct kt_cover *c);
/* The mutant breaks a rule that there is. */
bool kt_cover_knows(const struct kt_cover *c, const struct kt_cover_mutant *m);

/* The whole, as text for people: what is missing, by kind, and counts. */
void kt_cover_print(const struct kt_cover *c, FILE *out);
/* The model of docs/reports.md, "Rules". */
json_t *kt_cover_json(const struct kt_cover *c);
/* One self-contained page. False: beyond the buffer's limit. */
bool kt_cover_html(const struct kt_cover *c, struct kt_buf *page);

/* ktspec rules: the rules, and what covers them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/book.h"
#include "bin/verbs.h"
#include "selftest/mutant.h"
#include <jansson.h>
#include <string.h>

static const struct kt_opt opts[] = {
    {"json", 0, NULL,
     "One object: rules with their scenarios and mutants, and uncovered_must."},
    {"coverage", 0, NULL,
     "Both ways: rules without a scenario; exit status 1 when a MUST of HTTP/2 "
     "has none."},
    {"scenarios", 0, "DIR",
     "Those under DIR, in place of those in the binary."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "rules",
    .usage = "[--coverage] [--json]",
    .text = "List the rules: id, level, role, source, sentence, and how many "
            "scenarios and mutants\n"
            "name each.",
    .opts = opts,
    .tail = "Exit status: 0; with --coverage 1 when a MUST is not covered.",
};

/* Base ids of the scenarios that name the rule, each once. */
static json_t *scenarios_of(const struct kt_book *book, const char *id)
{
    json_t *a = json_array();
    const char *last = "";
    size_t n;
    const struct kt_scn *const *v = kt_book_cases(book, &n);

    for (size_t i = 0; i < n; i++) {
        if (!kt_scn_names_rule(v[i], id) || strcmp(v[i]->base_id, last) == 0)
            continue;
        last = v[i]->base_id;
        json_array_append_new(a, json_string(last));
    }
    return a;
}

static json_t *mutants_of(const char *id)
{
    json_t *a = json_array();

    for (size_t i = 0; i < kt_mutants_n(); i++)
        if (strcmp(kt_mutant_at(i)->rule, id) == 0)
            json_array_append_new(a, json_string(kt_mutant_at(i)->name));
    return a;
}

static bool is_due(const struct kt_rule *r)
{
    return r->level == KT_RULE_MUST && (strcmp(r->transport, "http2") == 0 ||
                                        strcmp(r->transport, "any") == 0);
}

static void print_rule(const struct kt_rule *r, size_t scenarios,
                       size_t mutants)
{
    printf("%-11s %-6s %-6s %3zu scenarios %2zu mutants  %s [%s]%s%s\n", r->id,
           kt_rule_level_name(r->level), r->role, scenarios, mutants, r->says,
           r->source, r->disputed ? " disputed: " : "",
           r->disputed ? r->disputed : "");
}

struct sums {
    size_t uncovered;
    json_t *list; /* or NULL: text */
    bool coverage;
};

static void one(const struct kt_book *book, const struct kt_rule *r,
                struct sums *s)
{
    json_t *scenarios = scenarios_of(book, r->id), *mutants = mutants_of(r->id);
    const size_t n = json_array_size(scenarios);

    s->uncovered += n == 0 && is_due(r);
    if (s->list != NULL)
        json_array_append_new(
            s->list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:O, s:O}", "id",
                               r->id, "level", kt_rule_level_name(r->level),
                               "role", r->role, "source", r->source, "disputed",
                               r->disputed != NULL, "says", r->says,
                               "scenarios", scenarios, "mutants", mutants));
    else if (!s->coverage || n == 0)
        print_rule(r, n, json_array_size(mutants));
    json_decref(scenarios);
    json_decref(mutants);
}

static int print_all(const struct kt_book *book, bool json, bool coverage)
{
    const struct kt_rules *rules = kt_catalog_rules(book->catalog);
    struct sums s = {.list = json ? json_array() : NULL, .coverage = coverage};

    for (size_t i = 0; i < rules->n; i++)
        one(book, &rules->v[i], &s);
    if (json) {
        json_t *all = json_pack("{s:o, s:I}", "rules", s.list, "uncovered_must",
                                (json_int_t)s.uncovered);
        json_dumpf(all, stdout, JSON_INDENT(1));
        printf("\n");
        json_decref(all);
    } else {
        printf("%zu rules; %zu MUST without a scenario\n", rules->n,
               s.uncovered);
    }
    return coverage && s.uncovered > 0 ? KT_EXIT_FAIL : KT_EXIT_OK;
}

int kt_verb_rules(char **argv)
{
    const char *value, *dir = NULL;
    bool json = false, coverage = false;
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == KT_OPT_WORD)
            return kt_usage(a.verb, "'%s' has no place here", value);
        json = json || i == 0;
        coverage = coverage || i == 1;
        dir = i == 2 ? value : dir;
    }
    struct kt_book book;
    const int rc = kt_book_open(&book, dir) ? print_all(&book, json, coverage)
                                            : KT_EXIT_USAGE;
    kt_book_close(&book);
    return rc;
}

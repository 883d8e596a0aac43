/* ktspec selftest.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/book.h"
#include "bin/verbs.h"
#include "selftest/selftest.h"

static const struct kt_opt opts[] = {
    {"json", 0, NULL, "One object: mutants, killed, survivors, stubs, …"},
    {"full", 0, NULL,
     "Every case against every mutant, not only those that name its rule: "
     "which scenario\n"
     "kills nothing is told by this run only."},
    {"mutant", 'm', "NAME", "Only this mutant or legal variation."},
    {"list", 0, NULL, "List the mutants: name, rule, what is wrong."},
    {"verbose", 'v', NULL,
     "A line for each mutant, with what killed it first."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "selftest",
    .usage = "[--full] [--json] [--mutant NAME] [-v]",
    .text = "Judge the judge, in one process, on simulated time and a "
            "simulated network: the catalogue\n"
            "against the reference with one deliberate fault at a time. Each "
            "fault must be found by\n"
            "a scenario that names the rule it breaks. The reference itself, "
            "and legal variations of\n"
            "it (padding, CONTINUATION, own PINGs, any segmentation), must not "
            "be found. Six stub\n"
            "servers that serve nothing may pass no negative scenario.",
    .opts = opts,
    .tail = "Exit status: 0 all that holds, 1 it does not.",
};

static int list(void)
{
    for (size_t i = 0; i < kt_mutants_n(); i++)
        printf("%-28s %-10s %s%s\n", kt_mutant_at(i)->name,
               kt_mutant_at(i)->rule, kt_mutant_at(i)->says,
               kt_mutant_at(i)->order == 2 ? " (second-order)" : "");
    for (size_t i = 0; i < kt_antis_n(); i++)
        printf("%-28s %-10s %s\n", kt_anti_at(i)->name, "legal",
               kt_anti_at(i)->says);
    printf("%zu mutants, %zu legal variations\n", kt_mutants_n(), kt_antis_n());
    return KT_EXIT_OK;
}

static int selftest(const struct kt_selftest_opts *o)
{
    struct kt_book book;
    struct kt_book_rules rules = {&book, false};
    struct kt_trial_book trial;
    int rc = KT_EXIT_USAGE;

    if (kt_book_open(&book, NULL)) {
        trial = (struct kt_trial_book){
            .rules = {&rules, kt_book_level, kt_book_bound},
            .echo_idl = book.echo,
            .conf_idl = book.conformance,
        };
        trial.cases = kt_book_cases(&book, &trial.ncases);
        rc = kt_selftest(&trial, o);
    }
    kt_book_close(&book);
    return rc;
}

int kt_verb_selftest(char **argv)
{
    struct kt_selftest_opts o = {.out = stdout};
    const char *value;
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == KT_OPT_WORD)
            return kt_usage(a.verb, "'%s' has no place here", value);
        if (i == 3)
            return list();
        o.json = o.json || i == 0;
        o.full = o.full || i == 1;
        o.verbose = o.verbose || i == 4;
        if (i == 2)
            o.mutant = value;
    }
    if (o.mutant != NULL && kt_mutant_find(o.mutant) == NULL)
        return kt_usage(a.verb, "no mutant '%s'; --list names them", o.mutant);
    return selftest(&o);
}

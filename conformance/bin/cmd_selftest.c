/* ktspec selftest.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/book.h"
#include "bin/verbs.h"
#include "selftest/matrix_file.h"
#include "selftest/selftest.h"
#include <malloc.h>

enum { JSON, MATRIX, STRICT, MUTANT, LIST, VERBOSE, SCENARIOS, JOBS, NO_PRUNE };

static const struct kt_opt opts[] = {
    [JSON] = {"json", 0, NULL,
              "One object: mutants, killed, survivors, stubs, the matrix, …"},
    [MATRIX] = {"matrix", 0, "FILE",
                "Write the kill matrix, by the ending of FILE: .html, .json or "
                ".txt."},
    [STRICT] = {"strict", 0, NULL,
                "A scenario that kills nothing is a fault, too."},
    [MUTANT] = {"mutant", 'm', "NAME",
                "Only this mutant or legal variation; without --matrix only "
                "the cases that name its\n"
                "rule."},
    [LIST] = {"list", 0, NULL, "List the mutants: name, rule, what is wrong."},
    [VERBOSE] = {"verbose", 'v', NULL,
                 "A line for each mutant, with what killed it."},
    [SCENARIOS] = {"scenarios", 0, "DIR",
                   "Use the scenarios under DIR in place of those in the "
                   "binary; its rules/, if there,\n"
                   "in place of the rules."},
    [JOBS] = {"jobs", 'j', "N",
              "Processes, 1 to 64. Default: one for each processor."},
    [NO_PRUNE] = {"no-prune", 0, NULL,
                  "Run a case even where the mutant alters nothing in it. "
                  "Slow; the matrix is the same."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "selftest",
    .usage = "[--json] [--matrix FILE] [--strict] [-j N]\n"
             "--mutant NAME [-v]\n"
             "--list",
    .text = "Judge the judge, on simulated time and a simulated network: every "
            "case of the catalogue\n"
            "against the reference with one deliberate fault at a time. Each "
            "fault must be found by\n"
            "a scenario that names the rule it breaks. The reference itself, "
            "and legal variations of\n"
            "it (padding, CONTINUATION, own PINGs, any segmentation), must not "
            "be found. Six stub\n"
            "servers that serve nothing may pass no negative scenario.",
    .opts = opts,
    .tail = "Exit status: 0 all that holds, 1 it does not, 2 usage, 5 a "
            "process of it has died, 130\n"
            "interrupted.",
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

static int selftest(const struct kt_selftest_opts *o, const char *dir)
{
    struct kt_book book;
    struct kt_book_rules rules = {&book, false};
    struct kt_trial_book trial;
    int rc = KT_EXIT_USAGE;

    if (kt_book_open(&book, dir)) {
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

static bool read_jobs(const char *text, unsigned *ret)
{
    double n;

    if (!kt_read_number(text, &n) || n < 1 || n > KT_WORKERS_MAX ||
        n != (double)(unsigned)n)
        return false;
    *ret = (unsigned)n;
    return true;
}

struct given {
    struct kt_selftest_opts o;
    const char *dir;
    bool list;
};

/* -1: taken; else the exit status. */
static int take(struct given *g, const struct kt_program *verb, int i,
                const char *value)
{
    switch (i) {
    case JSON:
        g->o.json = true;
        break;
    case STRICT:
        g->o.strict = true;
        break;
    case LIST:
        g->list = true;
        break;
    case VERBOSE:
        g->o.verbose = true;
        break;
    case NO_PRUNE:
        g->o.no_prune = true;
        break;
    case SCENARIOS:
        g->dir = value;
        break;
    case MATRIX:
        g->o.matrix = value;
        if (!kt_matrix_can_write(value))
            return kt_usage(verb, "'%s' ends in none of .html, .json, .txt",
                            value);
        break;
    case MUTANT:
        g->o.mutant = value;
        if (kt_mutant_find(value) == NULL)
            return kt_usage(verb, "no mutant '%s'; --list names them", value);
        break;
    case JOBS:
        if (!read_jobs(value, &g->o.jobs))
            return kt_usage(verb, "--jobs is a number from 1 to %d, not '%s'",
                            KT_WORKERS_MAX, value);
        break;
    case KT_OPT_WORD:
        return kt_usage(verb, "'%s' has no place here", value);
    case KT_OPT_HELP:
        return KT_EXIT_OK;
    case KT_OPT_BAD:
        return KT_EXIT_USAGE;
    }
    return -1;
}

int kt_verb_selftest(char **argv)
{
    struct given g = {.o = {.out = stdout}};
    const char *value;
    struct kt_args a;
    int i;

    /* Messages of megabytes come and go, trial by trial: their room stays. */
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 64 << 20);
    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        const int rc = take(&g, a.verb, i, value);

        if (rc >= 0)
            return rc;
    }
    return g.list ? list() : selftest(&g.o, g.dir);
}

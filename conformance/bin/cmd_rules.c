/* ktspec rules: the rules, and what covers them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "bin/book.h"
#include "bin/played.h"
#include "bin/verbs.h"
#include "report/cover.h"
#include "selftest/mutant.h"
#include <errno.h>
#include <string.h>

static const struct kt_opt opts[] = {
    {"json", 0, NULL,
     "One object: rules with their scenarios and mutants, and all that "
     "--coverage tells."},
    {"coverage", 0, NULL,
     "What is missing, both ways: rules without a scenario or a mutant, facts "
     "that no rule\n"
     "says, mutants that break none."},
    {"html", 0, NULL,
     "One page for people: the rules with all that names them, what is "
     "excluded, and the\n"
     "facts; into FILE, or to standard output."},
    {"scenarios", 0, "DIR",
     "Those under DIR, in place of those in the binary."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "rules",
    .usage = "[--coverage] [--json]\n"
             "--html [FILE]",
    .text = "List the rules: id, level, role, source, sentence, and how many "
            "scenarios and mutants\n"
            "name each.",
    .opts = opts,
    .tail = "Exit status: 0; with --coverage 1 when a MUST of HTTP/2 has no "
            "scenario or no mutant,\n"
            "a fact is not said, or a mutant breaks no rule. A MUST whose "
            "scenarios cannot be played\n"
            "yet is printed, and does not count. What names a rule that is "
            "none is a fault of the\n"
            "files: 2.",
};

static struct kt_cover_mutant *all_mutants(size_t *ret_n)
{
    const size_t n = kt_mutants_n();
    struct kt_cover_mutant *v = kt_xalloc((n + 1) * sizeof *v);

    for (size_t i = 0; i < n; i++) {
        const struct kt_mutant *m = kt_mutant_at(i);

        v[i] = (struct kt_cover_mutant){m->name, m->rule, m->says};
    }
    *ret_n = n;
    return v;
}

static void print_rules(const struct kt_cover *c)
{
    for (size_t i = 0; i < c->nrules; i++) {
        const struct kt_cover_rule *cr = &c->rules[i];
        const struct kt_rule *r = cr->rule;

        printf("%-11s %-6s %-6s %3zu scenarios %2zu mutants  %s [%s]%s%s\n",
               r->id, kt_rule_level_name(r->level), r->role, cr->nscns,
               cr->nmutants, r->says, r->source,
               r->disputed ? " disputed: " : "",
               r->disputed ? r->disputed : "");
    }
    printf("%zu rules; %zu MUST without a scenario\n", c->nrules,
           c->due[KT_COVER_NO_SCENARIO]);
}

static void print_json(const struct kt_cover *c)
{
    json_t *all = kt_cover_json(c);

    json_dumpf(all, stdout, JSON_INDENT(1));
    printf("\n");
    json_decref(all);
}

struct asked {
    bool json, coverage, html;
    const char *file; /* of html; NULL: standard output */
    const char *dir;
};

static int print_html(const struct kt_cover *c, const char *file)
{
    FILE *out = file ? fopen(file, "we") : stdout;
    struct kt_buf page;
    bool ok = out != NULL;

    if (ok) {
        kt_buf_init(&page, 64 << 20);
        must(kt_cover_html(c, &page));
        ok = fwrite(page.p + page.start, 1, kt_buf_size(&page), out) ==
             kt_buf_size(&page);
        kt_buf_fini(&page);
        ok = (file ? fclose(out) : fflush(out)) == 0 && ok;
    }
    if (!ok)
        fprintf(stderr, "ktspec: %s: %s\n", file ? file : "standard output",
                strerror(errno));
    return ok ? KT_EXIT_OK : KT_EXIT_USAGE;
}

static int print_all(const struct kt_book *book, const struct asked *a)
{
    struct kt_cover_in in = {.catalog = book->catalog,
                             .waits = kt_played_waits};
    struct kt_cover_mutant *mutants = all_mutants(&in.nmutants);
    int rc = KT_EXIT_OK;

    in.mutants = mutants;
    struct kt_cover *c = kt_cover_new(&in);
    if (a->html)
        rc = print_html(c, a->file);
    else if (a->json)
        print_json(c);
    else if (a->coverage)
        kt_cover_print(c, stdout);
    else
        print_rules(c);
    if (a->coverage && rc == KT_EXIT_OK && !kt_cover_complete(c))
        rc = KT_EXIT_FAIL;
    kt_cover_free(c);
    kt_free(mutants);
    return rc;
}

int kt_verb_rules(char **argv)
{
    const char *value;
    struct asked ask = {0};
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == KT_OPT_WORD && (!ask.html || ask.file != NULL))
            return kt_usage(a.verb, "'%s' has no place here", value);
        if (i == KT_OPT_WORD)
            ask.file = value;
        ask.json = ask.json || i == 0;
        ask.coverage = ask.coverage || i == 1;
        ask.html = ask.html || i == 2;
        ask.dir = i == 3 ? value : ask.dir;
    }
    struct kt_book book;
    const int rc =
        kt_book_open(&book, ask.dir) ? print_all(&book, &ask) : KT_EXIT_USAGE;
    kt_book_close(&book);
    return rc;
}

/* ktspec baseline: make, update, explain a list of known failures.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "bin/book.h"
#include "bin/verbs.h"
#include "check/reason.h"
#include "report/report.h"
#include <string.h>
#include <unistd.h>

static const struct kt_program help = {
    .name = "baseline",
    .usage = "new|update FILE ROLE [SELECTION…] [OPTIONS] -- DRIVER [ARG…]\n"
             "explain FILE",
    .text = "A baseline holds the failures that a system is known to have, one "
            "line each:\n"
            "\n"
            "  ID ROLE REASON[|REASON…] [owner=W] [issue=W] [until=YYYY-MM-DD] "
            " # comment\n"
            "\n"
            "'new' judges and writes FILE, which must not exist; 'update' "
            "judges and edits FILE in\n"
            "place: entries that pass now go, reasons are corrected, new "
            "failures are added at the\n"
            "end; comments and order stay. 'explain' prints each entry with "
            "its claim and rule.",
    .opts = (const struct kt_opt[]){{NULL, 0, NULL, NULL}},
    .tail = "The options are those of 'ktspec run', but --baseline.\n"
            "\n"
            "Exit status: 0 done, 2 usage, 3 the SUT did not start, 5 a defect "
            "of ktspec.",
};

static int explain_line(const struct kt_book *book, char *line)
{
    struct kt_book_rules rules = {book, true};
    size_t n;
    const struct kt_scn *const *v = kt_book_cases(book, &n);
    const size_t len = strcspn(line, " \t\n");

    if (line[0] == '#' || len == 0)
        return 0;
    fputs(line, stdout);
    for (size_t i = 0; i < n; i++) {
        if (strlen(v[i]->id) != len || memcmp(v[i]->id, line, len) != 0)
            continue;
        printf("    %s:%d: %s\n", v[i]->pos.file, v[i]->pos.line, v[i]->claim);
        for (size_t r = 0; r < v[i]->nrules; r++)
            printf("    %s (%s): %s\n", v[i]->rules[r],
                   kt_level_name(kt_book_level(&rules, v[i]->rules[r])),
                   kt_book_says(&rules, v[i]->rules[r]));
        return 1;
    }
    printf("    no such case\n");
    return 1;
}

static int explain(const char *path)
{
    struct kt_book book;
    struct kt_err e;
    char line[2000];
    struct kt_baseline *b = kt_baseline_load(path, &e);
    FILE *f;
    int entries = 0;

    if (b == NULL) {
        fprintf(stderr, "ktspec baseline: %s\n", e.detail);
        return KT_EXIT_USAGE;
    }
    kt_baseline_free(b);
    if (!kt_book_open(&book, NULL))
        return KT_EXIT_USAGE;
    f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f))
        entries += explain_line(&book, line);
    if (f != NULL)
        fclose(f);
    kt_book_close(&book);
    printf("%d entries\n", entries);
    return KT_EXIT_OK;
}

static int write_back(const char *path, bool fresh, struct kt_kept *kept)
{
    struct kt_err e;
    struct kt_baseline *b =
        fresh ? kt_baseline_new(path) : kt_baseline_load(path, &e);
    size_t changes;

    if (b == NULL) {
        fprintf(stderr, "ktspec baseline: %s\n", e.detail);
        return KT_EXIT_USAGE;
    }
    changes = kt_baseline_update(b, kept->v, kept->n);
    if (kt_baseline_save(b, &e) != KT_DONE) {
        fprintf(stderr, "ktspec baseline: %s\n", e.detail);
        kt_baseline_free(b);
        return KT_EXIT_USAGE;
    }
    printf("%s: %zu entries, %zu changes\n", path, kt_baseline_size(b),
           changes);
    kt_baseline_free(b);
    return KT_EXIT_OK;
}

static int judge_and_write(const char *path, bool fresh, struct kt_run_args *ra)
{
    struct kt_kept kept = {0};
    struct kt_err e;
    struct kt_baseline *b = fresh ? NULL : kt_baseline_load(path, &e);
    int rc;

    /* A file that cannot be read is said before the judging, not after. */
    if (!fresh && b == NULL) {
        fprintf(stderr, "ktspec baseline: %s\n", e.detail);
        return KT_EXIT_USAGE;
    }
    kt_baseline_free(b);
    rc = kt_judge(ra, &kept);
    if (rc == KT_EXIT_OK || rc == KT_EXIT_FAIL)
        rc = write_back(path, fresh, &kept);
    kt_judge_done(&kept);
    return rc;
}

/* The options are those of run, so they are read with its table. */
static int read_args(struct kt_run_args *ra, char **argv)
{
    const char *value;
    struct kt_args a;
    int i;

    kt_args_init(&a, &kt_verb_run_help, argv);
    a.at = 0;
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i >= 0 &&
            !kt_run_args_take(ra, kt_verb_run_help.opts[i].name, value))
            return kt_usage(&help, "--%s %s: not a value for it",
                            kt_verb_run_help.opts[i].name, value);
        if (i == KT_OPT_WORD && ra->role == 0 && kt_role_of(value))
            ra->role = kt_role_of(value);
        else if (i == KT_OPT_WORD && ra->nwords < KT_ARGS_MAX_WORDS)
            ra->words[ra->nwords++] = (char *)(uintptr_t)value;
    }
    ra->driver = a.rest;
    if (ra->baseline != NULL)
        return kt_usage(&help, "--baseline has no place here");
    return kt_run_args_check(ra, &help);
}

int kt_verb_baseline(char **argv)
{
    struct kt_run_args ra = {.jobs = 24, .scale = 1};
    char *words[KT_ARGS_MAX_WORDS];
    const char *what = argv[1] ? argv[1] : "";
    const bool fresh = strcmp(what, "new") == 0;

    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
        kt_verb_help(&help, stdout);
        return KT_EXIT_OK;
    }
    if (!fresh && strcmp(what, "update") != 0 && strcmp(what, "explain") != 0)
        return kt_usage(&help, "what: new, update or explain?");
    if (argv[2] == NULL)
        return kt_usage(&help, "which file?");
    if (strcmp(what, "explain") == 0)
        return explain(argv[2]);
    if (fresh && access(argv[2], F_OK) == 0)
        return kt_usage(&help, "%s exists: 'baseline update' edits it",
                        argv[2]);
    ra.words = words;
    const int rc = read_args(&ra, argv + 3);
    return rc >= 0 ? rc : judge_and_write(argv[2], fresh, &ra);
}

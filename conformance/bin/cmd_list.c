/* ktspec list, show, lint: what the catalogue holds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "bin/book.h"
#include "bin/verbs.h"
#include "report/baseline.h"
#include "script/words.h"
#include <jansson.h>
#include <string.h>

static const struct kt_opt list_opts[] = {
    {"json", 0, NULL, "An array with an object for each case."},
    {"role", 0, "ROLE", "Only cases of this role: server, client or pair."},
    {"scenarios", 0, "DIR",
     "Those under DIR, in place of those in the binary."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program list_help = {
    .name = "list",
    .usage = "[SELECTION…] [--json] [--role ROLE]",
    .text = "List the cases of the catalogue: id, the roles in which a case "
            "can run, '*' when it\n"
            "needs no driver, and its claim. SELECTION: ids, globs, @RULE.",
    .opts = list_opts,
    .tail = "",
};

static const struct kt_opt show_opts[] = {
    {"scenarios", 0, "DIR",
     "Those under DIR, in place of those in the binary."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program show_help = {
    .name = "show",
    .usage = "ID",
    .text = "Print one scenario, its rules with their sentences and sources, "
            "and its cases.",
    .opts = show_opts,
    .tail = "",
};

static const struct kt_opt lint_opts[] = {
    {"words", 0, NULL,
     "Print docs/scenarios.md, made from the table of words, instead."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program lint_help = {
    .name = "lint",
    .usage = "[DIR]",
    .text = "Check every scenario and rule file under DIR, or those in the "
            "binary. Each fault is\n"
            "FILE:LINE:COL, what is wrong, and what may be meant.",
    .opts = lint_opts,
    .tail = "Exit status: 0 clean, 2 faults.",
};

static json_t *names(char *const *v, size_t n)
{
    json_t *a = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, json_string(v[i]));
    return a;
}

static json_t *roles_json(unsigned roles)
{
    json_t *a = json_array();

    for (unsigned bit = 1; bit <= KT_ROLE_PAIR; bit <<= 1)
        if (roles & bit)
            json_array_append_new(a,
                                  json_string(kt_role_name((enum kt_role)bit)));
    return a;
}

static json_t *case_json(const struct kt_scn *s)
{
    json_t *j = json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:i, s:b}", "id", s->id, "area", s->area,
        "roles", roles_json(s->roles), "rules", names(s->rules, s->nrules),
        "file", s->pos.file, "line", s->pos.line, "black_box", s->black_box);

    must(j != NULL);
    json_object_set_new(j, "claim", json_string(s->claim));
    json_object_set_new(j, "not_yet",
                        s->later ? json_string(s->later) : json_null());
    return j;
}

static void case_line(const struct kt_scn *s)
{
    printf("%-58s %c%c%c%c %s%s%s%s\n", s->id,
           s->roles & KT_ROLE_SERVER ? 's' : '-',
           s->roles & KT_ROLE_CLIENT ? 'c' : '-',
           s->roles & KT_ROLE_PAIR ? 'p' : '-', s->black_box ? '*' : ' ',
           s->claim, s->later ? " (not yet: " : "", s->later ? s->later : "",
           s->later ? ")" : "");
}

static void print_list(const struct kt_scn *const *v, size_t n, bool json)
{
    json_t *a = json ? json_array() : NULL;

    for (size_t i = 0; i < n; i++)
        if (json)
            json_array_append_new(a, case_json(v[i]));
        else
            case_line(v[i]);
    if (json) {
        json_dumpf(a, stdout, JSON_INDENT(1));
        printf("\n");
        json_decref(a);
    } else {
        printf("%zu cases; s server, c client, p pair, * no driver needed\n",
               n);
    }
}

int kt_verb_list(char **argv)
{
    unsigned roles = KT_ROLE_SERVER | KT_ROLE_CLIENT | KT_ROLE_PAIR;
    const char *value, *dir = NULL;
    char *words[KT_ARGS_MAX_WORDS];
    size_t n = 0;
    bool json = false;
    struct kt_args a;
    int i;

    kt_args_init(&a, &list_help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == KT_OPT_WORD && n < KT_ARGS_MAX_WORDS)
            words[n++] = (char *)(uintptr_t)value;
        else if (i == 0)
            json = true;
        else if (i == 2)
            dir = value;
        else if (i == 1 && (roles = kt_role_of(value)) == 0)
            return kt_usage(a.verb, "'%s' is no role: server, client or pair",
                            value);
    }
    struct kt_book book;
    const struct kt_scn **v = NULL;
    int rc = KT_EXIT_USAGE;
    if (kt_book_open(&book, dir) &&
        kt_book_select(&book, words, n, roles, &v, &n)) {
        print_list(v, n, json);
        rc = KT_EXIT_OK;
    }
    kt_free(v);
    kt_book_close(&book);
    return rc;
}

static void show(const struct kt_book *book, const struct kt_scn *const *v,
                 size_t n)
{
    struct kt_book_rules rules = {book, true};

    printf("# %s\n\n%s\n", v[0]->pos.file,
           kt_catalog_text(book->catalog, v[0]->base_id));
    for (size_t i = 0; i < v[0]->nrules; i++) {
        const char *id = v[0]->rules[i];

        printf("%s (%s, %s): %s\n", id,
               kt_level_name(kt_book_level(&rules, id)),
               kt_book_source(&rules, id), kt_book_says(&rules, id));
    }
    printf("\n");
    print_list(v, n, false);
}

int kt_verb_show(char **argv)
{
    const char *value, *dir = NULL;
    char *word = NULL;
    struct kt_args a;
    int i;

    kt_args_init(&a, &show_help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == 0)
            dir = value;
        else if (word == NULL)
            word = (char *)(uintptr_t)value;
        else
            return kt_usage(a.verb, "one id only");
    }
    if (word == NULL)
        return kt_usage(a.verb, "which one?");
    struct kt_book book;
    const struct kt_scn **v = NULL;
    size_t n;
    int rc = KT_EXIT_USAGE;
    if (kt_book_open(&book, dir) &&
        kt_book_select(&book, &word, 1,
                       KT_ROLE_SERVER | KT_ROLE_CLIENT | KT_ROLE_PAIR, &v,
                       &n)) {
        show(&book, v, n);
        rc = KT_EXIT_OK;
    }
    kt_free(v);
    kt_book_close(&book);
    return rc;
}

static int lint(const char *dir)
{
    struct kt_book book;
    const bool clean = kt_book_open(&book, dir);
    size_t n;

    kt_book_cases(&book, &n);
    printf("lint: %zu files, %zu cases, %zu rules, %s\n",
           kt_catalog_nfiles(book.catalog), n,
           kt_catalog_rules(book.catalog)->n,
           clean ? "no fault" : "faults as above");
    kt_book_close(&book);
    return clean ? KT_EXIT_OK : KT_EXIT_USAGE;
}

int kt_verb_lint(char **argv)
{
    const char *value, *dir = NULL;
    bool words = false;
    struct kt_args a;
    int i;

    kt_args_init(&a, &lint_help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i == 0)
            words = true;
        else if (dir == NULL)
            dir = value;
        else
            return kt_usage(a.verb, "one folder only");
    }
    if (!words)
        return lint(dir);
    struct kt_buf page;
    kt_buf_init(&page, 1 << 20);
    kt_words_print_markdown(&page);
    fputs(kt_buf_cstr(&page), stdout);
    kt_buf_fini(&page);
    return KT_EXIT_OK;
}

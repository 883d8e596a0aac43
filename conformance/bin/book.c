/* The catalogue, the rules and the IDL of a run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/book.h"
#include "base/alloc.h"
#include "base/must.h"
#include "bin/catalog_text.h"
#include "bin/embedded.h"
#include "report/baseline.h"
#include <string.h>

static struct kt_idl *embedded_idl(const char *name)
{
    for (size_t i = 0; i < kt_embedded_idl_n; i++) {
        const struct kt_text_file *f = &kt_embedded_idl[i];
        struct kt_err e;

        if (strcmp(f->path, name) != 0)
            continue;
        struct kt_idl *idl =
            kt_idl_parse(f->path, f->text, strlen(f->text), &e);
        must(idl != NULL);
        return idl;
    }
    must(false); /* it is embedded */
    return NULL;
}

static bool is_rules(const char *path)
{
    return strncmp(path, "rules/", 6) == 0;
}

/* The embedded files, or only those of the rules. */
static void add_embedded(struct kt_catalog *c, bool rules_only)
{
    struct kt_text_file *v = kt_xalloc(kt_embedded_scenarios_n * sizeof *v);
    size_t n = 0;

    for (size_t i = 0; i < kt_embedded_scenarios_n; i++)
        if (!rules_only || is_rules(kt_embedded_scenarios[i].path))
            v[n++] = kt_embedded_scenarios[i];
    kt_catalog_add(c, v, n, "scenarios/");
    kt_free(v);
}

static bool say_faults(const struct kt_catalog *c)
{
    const struct kt_faults *f = kt_catalog_faults(c);

    for (size_t i = 0; i < f->n && i < 20; i++)
        fprintf(stderr, "%s:%d:%d: %s\n", f->v[i].file, f->v[i].line,
                f->v[i].col, f->v[i].text);
    if (f->n > 20)
        fprintf(stderr, "… and %zu more\n", f->n - 20);
    return f->n == 0;
}

/* A folder may bring its own rules; without them it uses ours, which must be
 * there when its scenarios are read. */
static bool add_dir(struct kt_book *book, const char *dir)
{
    struct kt_catalog *probe = kt_catalog_new();
    struct kt_err e;
    bool has_rules;
    const bool ok = kt_catalog_add_dir(probe, dir, &has_rules, &e);

    kt_catalog_free(probe);
    if (!ok) {
        fprintf(stderr, "ktspec: %s\n", e.detail);
        return false;
    }
    if (!has_rules)
        add_embedded(book->catalog, true);
    return kt_catalog_add_dir(book->catalog, dir, &has_rules, &e);
}

bool kt_book_open(struct kt_book *book, const char *dir)
{
    *book = (struct kt_book){.catalog = kt_catalog_new(),
                             .echo = embedded_idl("echo.thrift"),
                             .conformance = embedded_idl("conformance.thrift")};
    if (dir == NULL)
        add_embedded(book->catalog, false);
    else if (!add_dir(book, dir))
        return false;
    kt_catalog_check(book->catalog);
    return say_faults(book->catalog);
}

void kt_book_close(struct kt_book *book)
{
    kt_catalog_free(book->catalog);
    kt_idl_free(book->echo);
    kt_idl_free(book->conformance);
    *book = (struct kt_book){0};
}

const struct kt_scn *const *kt_book_cases(const struct kt_book *book,
                                          size_t *ret_n)
{
    return kt_catalog_cases(book->catalog, ret_n);
}

static void select_all(const struct kt_book *book, unsigned roles,
                       struct kt_selection *sel)
{
    size_t n;
    const struct kt_scn *const *v = kt_book_cases(book, &n);

    sel->v = kt_xalloc((n + 1) * sizeof *sel->v);
    for (size_t i = 0; i < n; i++)
        if (v[i]->roles & roles)
            sel->v[sel->n++] = v[i];
}

bool kt_book_select(const struct kt_book *book, char *const *words, size_t n,
                    unsigned roles, const struct kt_scn ***ret, size_t *ret_n)
{
    struct kt_selection sel = {0};
    struct kt_err e;

    if (n == 0)
        select_all(book, roles, &sel);
    for (size_t i = 0; i < n; i++)
        if (kt_catalog_select(book->catalog, words[i], roles, &sel, &e) !=
            KT_DONE) {
            fprintf(stderr, "ktspec: nothing selected: %s\n", e.detail);
            kt_free(sel.v);
            return false;
        }
    if (sel.n == 0) {
        fprintf(stderr,
                "ktspec: nothing selected: no selected case has this role\n");
        kt_free(sel.v);
        return false;
    }
    *ret = sel.v;
    *ret_n = sel.n;
    return true;
}

static const struct kt_rule *rule_of(void *ctx, const char *rule)
{
    const struct kt_book_rules *r = ctx;

    return kt_rules_find(kt_catalog_rules(r->book->catalog), rule);
}

enum kt_level kt_book_level(void *ctx, const char *rule)
{
    const struct kt_book_rules *rules = ctx;
    const struct kt_rule *r = rule_of(ctx, rule);

    if (r == NULL)
        return KT_MUST; /* a standing check of the judge's own */
    if (r->profile != NULL &&
        !(rules->kitex && strcmp(r->profile, "kitex") == 0))
        return KT_INFO;
    return (enum kt_level)r->level;
}

bool kt_book_bound(void *ctx, const char *rule, enum kt_role role)
{
    const struct kt_rule *r = rule_of(ctx, rule);

    return r == NULL || role == KT_ROLE_PAIR || (r->roles & role) != 0;
}

const char *kt_book_says(void *ctx, const char *rule)
{
    const struct kt_rule *r = rule_of(ctx, rule);

    return r ? r->says : "";
}

const char *kt_book_source(void *ctx, const char *rule)
{
    const struct kt_rule *r = rule_of(ctx, rule);

    return r ? r->source : "";
}

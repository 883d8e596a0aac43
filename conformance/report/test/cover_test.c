/* Coverage: each kind of hole is found, and the page holds everything, escaped.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/cover.h"
#include "base/alloc.h"
#include "base/must.h"
#include <criterion/criterion.h>
#include <string.h>

#define RULE(id, level, role, transport, more)                                 \
    "rule " id "\nlevel " level "\nrole " role "\ntransport " transport        \
    "\nsource kitex observed\nsays It is so.\n" more "\n"
#define SCN(rules)                                                             \
    "claim It works.\nrules " rules                                            \
    "\n\nclient open\nserver return ok\nclient recv eof\n"
#define WAITING(rules)                                                         \
    "claim It waits.\nrules " rules "\nclient middleware=A\n\nclient open\n"   \
    "server return ok\nclient recv eof\n"

/* Nothing is missing here: each case below takes something away, or adds. */
static const char rules[] = RULE("A-1", "MUST", "both", "http2", "covers F-1\n")
    RULE("A-2", "MUST", "server", "any", "")
        RULE("A-3", "MUST", "client", "http2", "")
            RULE("A-4", "SHOULD", "both", "http2", "")
                RULE("A-5", "MUST", "both", "pingpong", "")
                    RULE("A-6", "MUST", "client", "ttheader",
                         "") "excluded F-2\nwhy No peer sees it.\n";
static const char facts[] = "section S\nfact A-1 One\nfact F-1 Two\n"
                            "fact F-2 Three\nfact F-3 Four\n    rules A-2\n"
                            "fact F-4 Five\n    excluded Of a tool.\n";
static const struct kt_cover_mutant mutants[] = {
    {"first", "A-1", "Wrong."},
    {"second", "A-2", "Wrong too."},
    {"third", "A-1", "Wrong again."},
};

static const char *waits(void *ctx, const struct kt_scn *scn, enum kt_role role)
{
    const enum kt_role *never = ctx;

    return scn->later                        ? scn->later
           : never != NULL && *never == role ? "a capability"
                                             : NULL;
}

struct world {
    struct kt_catalog *catalog;
    struct kt_cover *c;
};

static struct world open_world(const struct kt_text_file *files, size_t n,
                               const struct kt_cover_mutant *m, size_t nm,
                               enum kt_role *never)
{
    struct world w = {.catalog = kt_catalog_new()};
    const struct kt_faults *f = kt_catalog_faults(w.catalog);

    kt_catalog_add(w.catalog, files, n, "");
    kt_catalog_check(w.catalog);
    cr_assert_eq(f->n, 0, "%s:%d %s", f->v[0].file, f->v[0].line, f->v[0].text);
    w.c = kt_cover_new(&(struct kt_cover_in){.catalog = w.catalog,
                                             .mutants = m,
                                             .nmutants = nm,
                                             .waits = waits,
                                             .ctx = never});
    return w;
}

static void close_world(struct world *w)
{
    kt_cover_free(w->c);
    kt_catalog_free(w->catalog);
}

static char *printed(const struct kt_cover *c)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    must(f != NULL);
    kt_cover_print(c, f);
    must(fclose(f) == 0);
    return text;
}

static const struct kt_text_file whole[] = {
    {"rules/a.rules", rules},
    {"rules/x.facts", facts},
    {"a/one.scn", SCN("A-1 A-2")},
    {"a/two.scn", WAITING("A-3")},
};
enum { RULES, FACTS, ONE, TWO, NFILES };

Test(cover, what_lacks_nothing_is_complete)
{
    struct world w = open_world(whole, NFILES, mutants, 3, NULL);
    char *text = printed(w.c);

    cr_expect(kt_cover_complete(w.c), "%s", text);
    cr_expect_eq(w.c->due[KT_COVER_FULL], 2);
    cr_expect_eq(w.c->due[KT_COVER_WAITS], 1);
    cr_expect(strstr(text, "are not played yet: 1\n  A-3") != NULL, "%s", text);
    cr_expect(strstr(text, "[waits for: middleware]\n") != NULL, "%s", text);
    cr_expect(strstr(text, "Other rules without a scenario: 3\n") != NULL, "%s",
              text);
    cr_expect(strstr(text, "Facts of x: 5; said by a rule 3, excluded with a "
                           "reason 2, not said: 0\n") != NULL,
              "%s", text);
    cr_expect(strstr(text, "incomplete") == NULL, "%s", text);
    free(text);
    close_world(&w);
}

static enum kt_role server = KT_ROLE_SERVER;

/* What is taken away or put in, and the line that must tell it. */
static const struct {
    int file; /* in place of this one stands text; -1: none */
    const char *text;
    const struct kt_cover_mutant mutants[3];
    enum kt_role *never;
    const char *says;
} holes[] = {
    {ONE,
     SCN("A-1"),
     {{"a", "A-1", ""}, {"b", "A-2", ""}},
     NULL,
     "MUST of HTTP/2 without a scenario: 1\n  A-2 "},
    {-1,
     "",
     {{"a", "A-1", ""}, {"b", "A-1", ""}},
     NULL,
     "MUST of HTTP/2 without a mutant: 1\n  A-2 "},
    {-1,
     "",
     {{"a", "A-1", ""}, {"b", "A-2", ""}, {"c", "A-9", ""}},
     NULL,
     "Mutants of a rule that is none: 1\n  c "},
    {FACTS,
     "fact A-1 One\nfact F-1 Two\nfact F-2 Three\nfact F-3 Four\n",
     {{"a", "A-1", ""}, {"b", "A-2", ""}},
     NULL,
     "not said: 1\n  F-3         rules/x.facts:4 Four\n"},
    {TWO, /* of the wrong side: the client's rule is not judged by it */
     "claim It works.\nrules A-2 A-3\n\nclient open\n>! PING\n"
     "server return ok\nclient recv eof\n",
     {{"a", "A-1", ""}, {"b", "A-2", ""}, {"c", "A-3", ""}},
     NULL,
     "MUST of HTTP/2 without a scenario: 1\n  A-3 "},
};

Test(cover, each_hole_is_found)
{
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        struct kt_text_file files[NFILES];
        size_t n = 0;

        memcpy(files, whole, sizeof files);
        if (holes[i].file >= 0)
            files[holes[i].file].text = holes[i].text;
        while (n < 3 && holes[i].mutants[n].name != NULL)
            n++;
        struct world w =
            open_world(files, NFILES, holes[i].mutants, n, holes[i].never);
        char *text = printed(w.c);
        json_t *j = kt_cover_json(w.c);

        cr_expect(!kt_cover_complete(w.c), "%s", holes[i].says);
        cr_expect(strstr(text, holes[i].says) != NULL, "%s\ngot\n%s",
                  holes[i].says, text);
        cr_expect(strstr(text, ": incomplete\n") != NULL, "%s", text);
        cr_expect(json_is_false(json_object_get(j, "complete")));
        json_decref(j);
        free(text);
        close_world(&w);
    }
}

/* A case that nobody can play in a role does not cover that role. */
Test(cover, a_role_that_cannot_be_played_covers_nothing)
{
    struct world w = open_world(whole, NFILES, mutants, 3, &server);

    cr_expect_eq(w.c->rules[0].state, KT_COVER_FULL);
    cr_expect_eq(w.c->rules[0].scns[0].roles & KT_ROLE_SERVER, 0);
    cr_expect_neq(w.c->rules[0].scns[0].roles & KT_ROLE_CLIENT, 0);
    cr_expect_not(w.c->rules[0].one_sided); /* the pair is both */
    close_world(&w);
}

Test(cover, a_rule_of_both_sides_is_judged_on_both_or_told)
{
    struct kt_text_file files[NFILES];

    memcpy(files, whole, sizeof files);
    files[ONE].text = "claim It works.\nrules A-1 A-2\n\nclient open\n"
                      ">! PING\nserver return ok\nclient recv eof\n";
    struct world w = open_world(files, NFILES, mutants, 3, NULL);
    char *text = printed(w.c);

    cr_expect(w.c->rules[0].one_sided);
    cr_expect_not(w.c->rules[1].one_sided); /* it binds the server alone */
    cr_expect(kt_cover_complete(w.c));
    cr_expect(strstr(text, "judged on one only: 1\n  A-1 ") != NULL, "%s",
              text);
    free(text);
    close_world(&w);
}

Test(cover, the_json_has_both_ways)
{
    struct world w = open_world(whole, NFILES, mutants, 3, NULL);
    json_t *j = kt_cover_json(w.c), *list = json_object_get(j, "rules");
    json_t *rule = json_array_get(list, 0);
    json_t *facts_of = json_array_get(json_object_get(j, "facts"), 0);
    const char *scn, *second;
    int total, named, covered, excluded;

    cr_assert_eq(json_array_size(list), 6);
    cr_assert_eq(json_unpack(rule, "{s:[s], s:[s,s!]}", "scenarios", &scn,
                             "mutants", &second, &second),
                 0);
    cr_expect_str_eq(scn, "a/one");
    cr_expect_str_eq(second, "third");
    cr_assert_eq(json_unpack(facts_of, "{s:i, s:i, s:i, s:i}", "total", &total,
                             "named", &named, "covered", &covered, "excluded",
                             &excluded),
                 0);
    cr_expect(total == 5 && named == 1 && covered == 1 && excluded == 2);
    cr_expect_eq(json_integer_value(json_object_get(j, "uncovered_must")), 0);
    cr_expect(json_is_true(json_object_get(j, "complete")));
    json_decref(j);
    close_world(&w);
}

/* Every tag is closed by its own, in order. */
static bool is_balanced(const char *p)
{
    char open[64][16];
    size_t n = 0;

    while ((p = strchr(p, '<')) != NULL) {
        const bool closes = p[1] == '/';
        char name[16] = "";

        sscanf(p + 1 + closes, "%15[a-z0-9]", name);
        p++;
        if (name[0] == '\0' || strcmp(name, "meta") == 0)
            continue;
        if (closes && (n == 0 || strcmp(open[--n], name) != 0))
            return false;
        must(n < 64);
        if (!closes)
            memcpy(open[n++], name, sizeof name);
    }
    return n == 0;
}

#define EVIL "<script>\"&'</p>"

Test(cover, the_page_holds_all_and_escapes_it)
{
    const struct kt_text_file evil[] = {
        {"rules/a.rules",
         RULE("A-1", "MUST", "both", "http2",
              "note " EVIL "\ndisputed seed=\"" EVIL "\" kitex=\"b\"\n")
             RULE("A-2", "INFO", "client", "http2", "")},
        {"rules/x.facts", "section " EVIL "\nfact A-1 " EVIL "\n"
                          "fact F-4 " EVIL "\n    excluded " EVIL ".\n"},
        {"a/one.scn",
         "claim " EVIL ".\nrules A-1\nhandler echo\n\nclient open\n"
         "client half-close\nclient recv eof\n"}};
    const struct kt_cover_mutant m = {EVIL, "A-1", EVIL};
    static const char *const parts[] = {
        "id=\"r-A-1\"",       "id=\"r-A-2\"",
        "id=\"a-a\"",         "id=\"f-A-1\"",
        "id=\"f-F-4\"",       "href=\"#f-A-1\"",
        "href=\"#r-A-1\"",    "id=\"excluded\"",
        "<code>a/one</code>", "server client pair, black box",
        "no scenario",        "&lt;script&gt;&quot;&amp;&#39;&lt;/p&gt;",
    };
    struct world w = open_world(evil, 3, &m, 1, NULL);
    struct kt_buf page, small;

    kt_buf_init(&page, 1 << 20);
    cr_assert(kt_cover_html(w.c, &page));
    const char *text = kt_buf_cstr(&page);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_expect(strstr(text, parts[i]) != NULL, "no %s in\n%s", parts[i],
                  text);
    cr_expect(strstr(text, "<script") == NULL);
    cr_expect(strstr(text, "src=") == NULL && strstr(text, "http:") == NULL);
    cr_expect(is_balanced(text), "%s", text);
    kt_buf_init(&small, kt_buf_size(&page) - 1);
    cr_expect_not(kt_cover_html(w.c, &small));
    kt_buf_fini(&small);
    kt_buf_fini(&page);
    close_world(&w);
}

Test(cover, the_check_of_the_page_can_fail)
{
    cr_expect(is_balanced("<p><em>x</em></p><meta>"));
    cr_expect_not(is_balanced("<p><em>x</p></em>"));
    cr_expect_not(is_balanced("<p>"));
    cr_expect_not(is_balanced("</p>"));
}

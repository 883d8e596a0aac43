/* The catalogue: selection, aliases, controls, rule files, folders.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANY (KT_ROLE_SERVER | KT_ROLE_CLIENT | KT_ROLE_PAIR)
#define BODY "client open\nserver return ok\nclient recv eof\n"

static const struct kt_text_file files[] = {
    {"eof/b.scn", "claim A.\nrules R-1\naxes n=1,2,*\n\nclient open header "
                  "k=\"$n\"\nserver return ok\nclient recv eof\n"},
    {"eof/a.scn", "claim A.\nrules R-2\nformerly eof/old\n\n" BODY},
    {"rules/r.rules", book_rules},
    {"h2/c.scn", "claim A.\nrules R-3\n\nclient open\nserver return ok @R-1\n"
                 "client recv eof\n"},
};

static struct kt_catalog *open_files(void)
{
    struct kt_catalog *c = kt_catalog_new();

    kt_catalog_add(c, files, sizeof files / sizeof *files, "scenarios/");
    kt_catalog_check(c);
    cr_assert_eq(kt_catalog_faults(c)->n, 0);
    return c;
}

static const struct {
    const char *word;
    unsigned roles;
    const char *is; /* ids; or what the error says, behind '!' */
} selections[] = {
    {"eof/a", ANY, "eof/a"},
    {"eof/b", ANY, "eof/b[n=1] eof/b[n=2] eof/b[n=*]"},
    {"eof/b[n=2]", ANY, "eof/b[n=2]"},
    {"eof/b[n=*]", ANY, "eof/b[n=*]"}, /* an id first, then a glob */
    {"eof/*", ANY, "eof/a eof/b[n=1] eof/b[n=2] eof/b[n=*]"},
    {"*/c", ANY, "h2/c"},
    {"*", KT_ROLE_SERVER, "eof/b[n=1] eof/b[n=2] eof/b[n=*] h2/c"},
    {"@R-2", ANY, "eof/a"},
    {"@R-1", ANY, "eof/b[n=1] eof/b[n=2] eof/b[n=*] h2/c"},
    {"eof/old", ANY, "eof/a"},
    {"eof/a", KT_ROLE_SERVER, ""},
    {"eof/ab", ANY, "!no scenario 'eof/ab', did you mean 'eof/a'?"},
    {"nothing-like-it", ANY, "!no scenario 'nothing-like-it'"},
    {"zz/*", ANY, "!no scenario matches 'zz/*'"},
    {"@R-22", ANY, "!no rule 'R-22', did you mean 'R-2'?"},
};

Test(catalog, a_word_selects_by_id_glob_rule_and_former_id)
{
    struct kt_catalog *c = open_files();

    for (size_t i = 0; i < sizeof selections / sizeof *selections; i++) {
        struct kt_selection sel = {0};
        struct kt_buf b = {.limit = 1000};
        struct kt_err e;

        if (kt_catalog_select(c, selections[i].word, selections[i].roles, &sel,
                              &e) != KT_DONE)
            kt_buf_printf(&b, "!%s", e.detail);
        for (size_t k = 0; k < sel.n; k++)
            kt_buf_printf(&b, "%s%s", k ? " " : "", sel.v[k]->id);
        cr_expect_str_eq(kt_buf_cstr(&b), selections[i].is, "%s gave %s",
                         selections[i].word, kt_buf_cstr(&b));
        kt_buf_fini(&b);
        kt_free(sel.v);
    }
    kt_catalog_free(c);
}

Test(catalog, a_selection_holds_each_case_once)
{
    struct kt_catalog *c = open_files();
    struct kt_selection sel = {0};
    struct kt_err e;

    kt_catalog_select(c, "eof/*", ANY, &sel, &e);
    kt_catalog_select(c, "@R-1", ANY, &sel, &e);
    cr_expect_eq(sel.n, 5);
    cr_expect_str_eq(sel.v[4]->pos.file, "scenarios/h2/c.scn");
    cr_expect_eq(kt_catalog_nfiles(c), 3);
    cr_expect_str_eq(kt_catalog_text(c, "eof/a"), files[1].text);
    cr_expect_null(kt_catalog_text(c, "eof/x"));
    kt_free(sel.v);
    kt_catalog_free(c);
}

Test(catalog, one_id_stands_in_one_file)
{
    struct kt_catalog *c = open_files();
    char *faults;

    kt_catalog_add(c, files, 2, "mine/");
    kt_catalog_check(c);
    faults = book_faults(c);
    cr_expect(strstr(faults, "two cases have the id 'eof/a', here and in ") !=
                  NULL,
              "%s", faults);
    kt_free(faults);
    kt_catalog_free(c);
}

/* A control may ask no more of the side under test than its scenario. */
static const struct {
    const char *needs, *control, *says; /* "": clean */
} controls[] = {
    {"", "claim A.\nrules R-1\n\n" BODY, ""},
    {"", "claim A.\nrules R-1\nneeds unary\n\n" BODY, "needs 'unary'"},
    {"needs unary\n", "claim A.\nrules R-1\nneeds unary\n\n" BODY, ""},
    {"", "claim A.\nrules R-1\nserver max-frame=20000\n\n" BODY,
     "needs 'max-frame'"},
    {"", "claim A.\nrules R-1\nclient max-frame=20000\n\n" BODY, ""},
    {"", "claim A.\nrules R-2\n\n" BODY, "has not the role server"},
    {"",
     "claim A.\nrules R-1\naxes n=1,2\n\nclient open header k=$n\n"
     "server return ok\nclient recv eof\n",
     ""},
};

Test(catalog, a_control_is_held_to_what_it_must_be)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        char *text = kt_xasprintf("claim A.\nrules R-3\ncontrol z/control\n%s\n"
                                  "client open\n>! PING data=0011223344556677\n"
                                  "server return ok\nclient recv eof\n",
                                  controls[i].needs);
        const struct kt_text_file two[] = {
            {"rules/r.rules", book_rules},
            {"a/x.scn", text},
            {"z/control.scn", controls[i].control}};
        struct kt_catalog *c = kt_catalog_new();
        char *faults;

        kt_catalog_add(c, two, 3, "");
        kt_catalog_check(c);
        faults = book_faults(c);
        cr_expect(controls[i].says[0] == '\0'
                      ? faults[0] == '\0'
                      : strstr(faults, controls[i].says) != NULL,
                  "%s\n%s", controls[i].control, faults);
        kt_free(faults);
        kt_free(text);
        kt_catalog_free(c);
    }
}

#define BLOCK                                                                  \
    "rule A-1\nlevel MUST\nrole both\ntransport any\n"                         \
    "source kitex observed\nsays It is so.\n"

static const struct {
    const char *text, *is; /* all faults, without the place of the file */
} rules[] = {
    {BLOCK "\n# a comment\n\n" BLOCK "note v1 one\nnote v2 two\n",
     "10:1 rule A-1 stands at r.rules:1 already\n"},
    {BLOCK "disputed seed=\"a\" kitex=\"b\"\nprofile kitex\n", ""},
    {BLOCK "disputed seed=a\n", "7:10 disputed seed=\"…\" kitex=\"…\"\n"},
    {BLOCK "profile ktex\n", "7:9 no profile 'ktex', did you mean 'kitex'?\n"},
    {BLOCK "lvel MUST\n",
     "7:1 no key of a rule 'lvel', did you mean 'level'?\n"},
    {BLOCK "level SHOULD\n", "7:1 'level' given twice\n"},
    {BLOCK "says Twice.\n", "7:1 'says' given twice\n"},
    {"rule A-1\n", "1:1 rule A-1 has no 'level'\n1:1 rule A-1 has no 'role'\n"
                   "1:1 rule A-1 has no 'says'\n"
                   "1:1 rule A-1 has no 'source'\n"
                   "1:1 rule A-1 has no 'transport'\n"},
    {"level MUST\n", "1:1 a block begins with 'rule ID' or 'excluded ID'\n"},
    {BLOCK "covers B-1 B-2\n\nexcluded A-2\nwhy No peer sees it.\n", ""},
    {BLOCK "covers B-1\ncovers B-2\n", ""},
    {BLOCK "covers\n", "7:7 'covers' of what?\n"},
    {BLOCK "covers b1\n", "7:8 'b1' is no id: AREA-NUMBER\n"},
    {BLOCK "covers B-1 B-1\n", "7:8 A-1 covers B-1 already\n"},
    {BLOCK "covers A-1\n", "7:8 A-1 covers A-1 already\n"},
    {BLOCK "coverz B-1\n",
     "7:1 no key of a rule 'coverz', did you mean 'covers'?\n"},
    {BLOCK "why So.\n", "7:1 'why' belongs to 'excluded'; a rule has 'note'\n"},
    {"excluded A-2\n", "1:1 A-2 is excluded without a 'why'\n"},
    {"excluded A-2\nwhy no stop\n",
     "1:1 A-2 is excluded without a 'why'\n"
     "2:12 a reason is a sentence: it ends in a full stop\n"},
    {"excluded A-2\nwhy One.\nwhy Two.\n", "3:1 'why' given twice\n"},
    {"excluded A-2\nwhy One.\nlevel MUST\n",
     "3:1 'level' in a block of 'excluded': 'why' alone\n"},
    {"excluded A-2\nwhy One.\n\nexcluded A-2\nwhy Two.\n",
     "4:1 A-2 is excluded at r.rules:1 already\n"},
    {"excluded A-1\nwhy One.\n\n" BLOCK,
     "1:1 A-1 is excluded, and rule A-1 at r.rules:4 has its id\n"},
    {BLOCK "covers B-1\n\nexcluded B-1\nwhy One.\n",
     "9:1 B-1 is excluded, and rule A-1 at r.rules:1 covers it\n"},
    {"rule a1\nlevel MUST\nrole both\ntransport any\nsource grpc \"x\"\n"
     "says X.\n",
     "1:8 'a1' is no rule id: AREA-NUMBER\n"},
    {"rule A-1\nlevel MUTS\nrole both\ntransport any\nsource grpc \"x\"\n"
     "says X.\n",
     "1:1 rule A-1 has no 'level'\n2:7 no level 'MUTS', did you mean "
     "'MUST'?\n"},
    {"rule A-1\nlevel MUST\nrole bath\ntransport any\nsource rfc9113 x\n"
     "says X\n",
     "1:1 rule A-1 has no 'role'\n1:1 rule A-1 has no 'says'\n"
     "1:1 rule A-1 has no 'source'\n3:6 no role 'bath', did you mean 'both'?\n"
     "5:8 source rfc9113 6.9.1, a section\n"
     "6:7 a rule is a sentence: it ends in a full stop\n"},
};

Test(catalog, a_rule_file_is_read_whole_or_says_why_not)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct kt_text_file one[] = {{"r.rules", rules[i].text}};
        struct kt_catalog *c = kt_catalog_new();
        char *faults;

        kt_catalog_add(c, one, 1, "");
        kt_catalog_check(c);
        faults = book_faults(c);
        cr_expect_str_eq(faults, rules[i].is, "%s\ngave\n%s", rules[i].text,
                         faults);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

Test(catalog, a_rule_has_all_that_its_block_says)
{
    const struct kt_text_file one[] = {
        {"rules/eof.rules",
         "rule EOF-7\nlevel SHOULD\nrole client\ntransport http2\n"
         "source seed \"Stream Client\"\nsays One sentence.\nnote v1 one\n"
         "note v2 two\ndisputed seed=\"a\" kitex=\"b\"\nprofile kitex\n"}};
    struct kt_catalog *c = kt_catalog_new();

    kt_catalog_add(c, one, 1, "s/");
    const struct kt_rule *r = kt_rules_find(kt_catalog_rules(c), "EOF-7");
    cr_assert_not_null(r);
    cr_expect(r->level == KT_RULE_SHOULD && r->roles == KT_ROLE_CLIENT);
    cr_expect_str_eq(kt_rule_level_name(r->level), "SHOULD");
    cr_expect_str_eq(r->source, "seed \"Stream Client\"");
    cr_expect_str_eq(r->says, "One sentence.");
    cr_expect(r->nnotes == 2 && strcmp(r->notes[1], "v2 two") == 0);
    cr_expect_str_eq(r->disputed, "seed=\"a\" kitex=\"b\"");
    cr_expect_str_eq(r->profile, "kitex");
    cr_expect_str_eq(r->area, "eof");
    cr_expect_str_eq(r->pos.file, "s/rules/eof.rules");
    cr_expect_null(kt_rules_find(kt_catalog_rules(c), "EOF-8"));
    kt_catalog_free(c);
}

static void write_file(const char *dir, const char *name, const char *text,
                       size_t n)
{
    char *path = kt_xasprintf("%s/%s", dir, name);
    FILE *f = fopen(path, "we");

    must(f != NULL && fwrite(text, 1, n, f) == n && fclose(f) == 0);
    kt_free(path);
}

Test(catalog, a_folder_is_read_at_any_depth_and_says_what_cannot_be)
{
    char dir[] = "/tmp/kt-catalog-XXXXXX";
    struct kt_catalog *c = kt_catalog_new();
    struct kt_err e;
    bool has_rules;
    char *sub, *faults;

    must(mkdtemp(dir) != NULL);
    sub = kt_xasprintf("%s/deep", dir);
    must(mkdir(sub, 0700) == 0);
    write_file(dir, "r.rules", book_rules, sizeof book_rules - 1);
    write_file(sub, "x.scn", HEAD BODY, strlen(HEAD BODY));
    write_file(sub, "nul.scn", "claim\0", 6);
    write_file(sub, "readme.txt", "x", 1);
    cr_expect(kt_catalog_add_dir(c, dir, &has_rules, &e));
    cr_expect(has_rules);
    kt_catalog_check(c);
    faults = book_faults(c);
    cr_expect(strstr(faults, "cannot be read") && kt_catalog_faults(c)->n == 1,
              "%s", faults);
    cr_expect_not_null(book_case(c, "deep/x"));
    cr_expect_eq(kt_catalog_nfiles(c), 1);
    kt_free(faults);
    kt_catalog_free(c);
    c = kt_catalog_new();
    cr_expect_not(kt_catalog_add_dir(c, "/nowhere/at/all", &has_rules, &e));
    cr_expect(strstr(e.detail, "/nowhere/at/all") != NULL);
    kt_catalog_free(c);
    char *rm = kt_xasprintf("rm -r '%s'", dir);
    cr_expect_eq(system(rm), 0);
    kt_free(rm);
    kt_free(sub);
}

/* Lists of facts: how each is said, and what is wrong with a list.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#define RULES                                                                  \
    "rule R-1\nlevel MUST\nrole both\ntransport any\n"                         \
    "source kitex observed\nsays It is so.\ncovers F-3\n\n"                    \
    "excluded F-4\nwhy No peer sees it.\n"
#define FACTS "fact F-3 Three\nfact F-4 Four\n"

static struct kt_catalog *open_list(const char *facts)
{
    const struct kt_text_file two[] = {{"rules/a.facts", facts},
                                       {"rules/r.rules", RULES}};
    struct kt_catalog *c = kt_catalog_new();

    kt_catalog_add(c, two, 2, "s/");
    kt_catalog_check(c);
    return c;
}

/* What is wrong with a list, each with its place. */
static const struct {
    const char *text, *is;
} lists[] = {
    {"# nothing but a comment\n", ""},
    {FACTS, ""},
    {"section One\n" FACTS "  # a comment\n\nfact F-5 Five\n    rules R-1\n"
     "fact F-6 Six: 'it\"s {open\n    excluded No peer sees it.\n",
     ""},
    {FACTS "\tfact R-1 In tabs\t\r\n", ""},
    {FACTS "fakt F-5 Five\n",
     "3:1 no key of a list of facts 'fakt', did you mean 'fact'?\n"},
    {FACTS "    rulez R-1\n",
     "3:5 no key of a list of facts 'rulez', did you mean 'rules'?\n"},
    {FACTS "section\n", "3:8 'section' of what?\n"},
    {FACTS "fact\n", "3:5 'fact' of what?\n"},
    {FACTS "fact F-5\n", "3:9 fact F-5 says what?\n"},
    {FACTS "fact f5 Five\n", "3:6 'f5' is no id: AREA-NUMBER\n"},
    {FACTS "fact F-3 Again\n", "3:6 fact F-3 stands at s/rules/a.facts:1 "
                               "already\n"},
    {"    rules R-1\n" FACTS,
     "1:5 'rules' of which fact? 'fact ID TEXT' comes first\n"},
    {FACTS "fact F-5 Five\n    rules\n", "4:10 'rules' of what?\n"},
    {FACTS "fact F-5 Five\n    rules R-1 R-11\n",
     "4:15 no rule 'R-11', did you mean R-1?\n"},
    {FACTS "fact F-5 Five\n    rules R-1  R-1\n", "4:16 F-5 has R-1 already\n"},
    {FACTS "fact F-5 Five\n    rules ZZZ-99\n", "4:11 no rule 'ZZZ-99'\n"},
    {FACTS "fact F-5 Five\n    rules R-1\n    excluded Twice.\n",
     "5:5 how F-5 is said stands above already\n"},
    {FACTS "fact F-5 Five\n    excluded One.\n    rules R-1\n",
     "5:5 how F-5 is said stands above already\n"},
    {FACTS "fact F-5 Five\n    excluded no stop\n",
     "4:21 a reason is a sentence: it ends in a full stop\n"},
    {FACTS "fact R-1 It is so\n    excluded And yet it is not.\n",
     "3:1 R-1 is excluded, and rule R-1 says it\n"},
    {"fact F-3 Three\n    excluded And yet it is covered.\nfact F-4 Four\n",
     "1:1 F-3 is excluded, and rule R-1 says it\n"},
    {"fact F-3 Three\n", "9:1 excludes F-4, which is no fact, did you mean "
                         "F-3?\n"},
    {"fact F-4 Four\n",
     "1:1 covers F-3, which is no fact, did you mean F-4?\n"},
};

Test(facts, a_list_is_read_whole_or_says_why_not)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct kt_catalog *c = open_list(lists[i].text);
        char *faults = book_faults(c);

        cr_expect_str_eq(faults, lists[i].is, "%s\ngave\n%s", lists[i].text,
                         faults);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

Test(facts, each_is_said_in_one_of_four_ways_or_not)
{
    static const struct {
        const char *id;
        enum kt_said said;
        const char *why; /* "": none */
    } want[] = {
        {"R-1", KT_SAID_RULE, ""},
        {"F-3", KT_SAID_COVERED, ""},
        {"F-4", KT_SAID_EXCLUDED, "No peer sees it."},
        {"F-5", KT_SAID_NAMED, ""},
        {"F-6", KT_SAID_EXCLUDED, "It is a tool's."},
        {"F-7", KT_SAID_NOT, ""},
    };
    struct kt_catalog *c =
        open_list(FACTS "section Two\nfact R-1 One\nfact F-5 Five  \n"
                        "    rules R-1\nfact F-6 Six\n"
                        "    excluded It is a tool's.\nfact F-7 Seven\n");
    const struct kt_rules *rules = kt_catalog_rules(c);
    const struct kt_facts *facts = kt_catalog_facts(c);

    cr_assert_eq(kt_catalog_faults(c)->n, 0);
    cr_assert_eq(facts->n, sizeof want / sizeof *want);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct kt_fact *f = kt_facts_find(facts, want[i].id);
        const char *why;

        cr_assert_not_null(f, "%s", want[i].id);
        why = kt_fact_why_not(f, rules);
        cr_expect_eq(kt_fact_said(f, rules), want[i].said, "%s", f->id);
        cr_expect_str_eq(why ? why : "", want[i].why, "%s", f->id);
        cr_expect_eq(kt_fact_said_by(f, kt_rules_find(rules, "R-1")),
                     want[i].said < KT_SAID_EXCLUDED && want[i].said, "%s",
                     f->id);
    }
    const struct kt_fact *five = kt_facts_find(facts, "F-5");
    cr_expect_str_eq(five->text, "Five");
    cr_expect_str_eq(five->section, "Two");
    cr_expect_str_eq(five->list, "a");
    cr_expect_str_eq(kt_facts_find(facts, "F-3")->section, "");
    cr_expect_null(kt_facts_find(facts, "F-99"));
    kt_catalog_free(c);
}

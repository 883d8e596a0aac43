/* Any text as rules and, behind a form feed, as a list of facts: the targets
 * are kt_rules_read and kt_facts_read.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "script/catalog.h"
#include <string.h>

/* In a clean list a fact is said by rules, or excluded, or neither; never both.
 */
static void fact(const struct kt_fact *f, const struct kt_rules *rules)
{
    const enum kt_said said = kt_fact_said(f, rules);
    bool by = false;

    for (size_t i = 0; i < rules->n; i++)
        by |= kt_fact_said_by(f, &rules->v[i]);
    must(by == (said != KT_SAID_NOT && said != KT_SAID_EXCLUDED));
    must((kt_fact_why_not(f, rules) != NULL) == (said == KT_SAID_EXCLUDED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = kt_xstrndup((const char *)data, size), *facts = text;
    char *rules = strsep(&facts, "\f");
    struct kt_catalog *c = kt_catalog_new();
    const struct kt_text_file files[] = {{"rules/r.rules", rules},
                                         {"rules/f.facts", facts ? facts : ""}};

    kt_catalog_add(c, files, 2, "");
    kt_catalog_check(c);
    const struct kt_faults *f = kt_catalog_faults(c);
    for (size_t i = 0; i < f->n; i++) /* each has a place in the text */
        must(f->v[i].line >= 1 && f->v[i].col >= 1 && f->v[i].text[0] != '\0');
    for (size_t i = 0; i < kt_catalog_facts(c)->n && f->n == 0; i++)
        fact(&kt_catalog_facts(c)->v[i], kt_catalog_rules(c));
    kt_catalog_free(c);
    kt_free(text);
    return 0;
}

/* The catalogue: rules, facts and cases, from a folder or from files in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/textfile.h"
#include "script/facts.h"
#include "script/rules.h"
#include "script/scn.h"

struct kt_catalog;

struct kt_catalog *kt_catalog_new(void);
void kt_catalog_free(struct kt_catalog *c);

/* Paths are those under scenarios/: "eof/x.scn", "rules/eof.rules",
 * "rules/seed.facts". All .rules first, then the rest, in the order of paths;
 * prefix stands in front of the path in messages. */
void kt_catalog_add(struct kt_catalog *c, const struct kt_text_file *files,
                    size_t n, const char *prefix);
/* Every .scn, .rules and .facts file under dir, at any depth. A file that
 * cannot be read is a fault. False when dir cannot be opened. */
bool kt_catalog_add_dir(struct kt_catalog *c, const char *dir,
                        bool *ret_has_rules, struct kt_err *reterr);
/* What concerns several files: controls, ids given twice, facts. Call once
 * after adding. */
void kt_catalog_check(struct kt_catalog *c);

const struct kt_faults *kt_catalog_faults(const struct kt_catalog *c);
const struct kt_rules *kt_catalog_rules(const struct kt_catalog *c);
const struct kt_facts *kt_catalog_facts(const struct kt_catalog *c);
const struct kt_scn *const *kt_catalog_cases(const struct kt_catalog *c,
                                             size_t *ret_n);
size_t kt_catalog_nfiles(const struct kt_catalog *c);
/* The text of a scenario file, by its id; NULL when there is none. */
const char *kt_catalog_text(const struct kt_catalog *c, const char *base_id);

/* Append the cases that a selection word names and that have one of the roles:
 * an id (of a case or of a file), a glob, @RULE, a former id. BAD UNKNOWN with
 * "did you mean". */
struct kt_selection {
    const struct kt_scn **v;
    size_t n;
};
enum kt_step kt_catalog_select(const struct kt_catalog *c, const char *word,
                               unsigned roles, struct kt_selection *sel,
                               struct kt_err *reterr);

/* A scenario file into its cases.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/axes.h"
#include "script/rules.h"
#include "script/step.h"

/* What is read of one file. Cases live in the arena. */
struct kt_file {
    struct kt_pool *arena;
    char *name; /* as given */
    char *id;   /* path under scenarios/, without its ending */
    struct kt_scn **cases;
    size_t ncases;
};

/* Read text (of the file name, whose id is id) into all its cases; faults are
 * added. Rules are needed for the roles. */
void kt_file_read(struct kt_file *ret, struct kt_faults *faults,
                  const struct kt_rules *rules, const char *name,
                  const char *id, const char *text);
void kt_file_fini(struct kt_file *f);

/* The roles of a case, and whether it is black box. */
void kt_roles_derive(struct kt_scn *scn, const struct kt_rules *rules);
/* Does the judge perform this line in that role, so that it cannot choose a
 * branch? */
bool kt_judge_performs(const struct kt_line *s, enum kt_role role);
/* Lint of one case, with its file's own faults apart. */
void kt_lint_case(struct kt_faults *faults, const struct kt_scn *scn,
                  const struct kt_rules *rules);

/* Visit every line, nested ones too; stops and returns false when on does. */
bool kt_steps_visit(const struct kt_steps *steps,
                    bool (*on)(void *ctx, const struct kt_line *s), void *ctx);

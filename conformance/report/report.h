/* Reports: text for people, JSON as the model, JUnit for CI. Each is told of
 * every result as it comes, so that an interrupted run leaves a valid one.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/result.h"
#include "report/baseline.h"
#include <stdio.h>

/* What every report needs to know of the run. Strings live as long as it. */
struct kt_run_info {
    const char *sut_name;    /* "" when not known yet */
    const char *sut_version; /* "" likewise */
    enum kt_role role;
    size_t planned;     /* cases */
    const char *repeat; /* how to run one case again: "ktspec run server %s --
                           ./d", %s stands for the quoted id */
    /* The sentence, level and source of a rule; "" when unknown. */
    const char *(*says)(void *ctx, const char *rule);
    const char *(*source)(void *ctx, const char *rule);
    enum kt_level (*level)(void *ctx, const char *rule);
    void *rules_ctx;
};

struct kt_tally {
    size_t by[KT_VERDICT_COUNT];
    size_t total;
    size_t known;    /* failures that the baseline names */
    size_t failed;   /* failures that it does not */
    size_t stale;    /* entries of the baseline that are stale */
    size_t warnings; /* SHOULD notes */
};

/* One report. on_result is called for each result; end once. */
struct kt_report {
    void (*on_result)(struct kt_report *self, const struct kt_result *r,
                      enum kt_expect ex, const struct kt_tally *t);
    void (*end)(struct kt_report *self, const struct kt_tally *t,
                uint64_t elapsed_ns);
    void (*free)(struct kt_report *self);
};

/* Progress and failures as they come, then a summary. Colour and a progress
 * line when out is a terminal. verbose: one line for each case that passes,
 * too. */
struct kt_report *kt_report_text(FILE *out, const struct kt_run_info *info,
                                 bool verbose);
/* path "-": standard output, written at the end. NULL with *reterr when the
 * file cannot be opened. */
struct kt_report *kt_report_json(const char *path,
                                 const struct kt_run_info *info,
                                 struct kt_err *reterr);
struct kt_report *kt_report_junit(const char *path,
                                  const struct kt_run_info *info,
                                  struct kt_err *reterr);
/* KIND=FILE, as given to --report. BAD UNKNOWN for another kind. */
struct kt_report *kt_report_open(const char *spec,
                                 const struct kt_run_info *info,
                                 struct kt_err *reterr);

void kt_tally_add(struct kt_tally *t, const struct kt_result *r,
                  enum kt_expect ex);

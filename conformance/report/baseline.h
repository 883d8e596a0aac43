/* Baselines: the failures that a SUT is known to have, each tied to its reason.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/result.h"

/* One file, one line per entry:
 *
 *     ID ROLE REASON[|REASON…] [owner=W] [issue=W] [until=YYYY-MM-DD]  #
 * comment
 *
 * ID is a case id, axes and branch included. Empty lines and lines that begin
 * with
 * '#' are kept by every edit, as are comments. */
struct kt_baseline;

/* NULL with *reterr (detail: "file:line: …") for a file that cannot be read, an
 * unknown role, reason or word, a date that is none, one (ID, ROLE) twice. */
struct kt_baseline *kt_baseline_load(const char *path, struct kt_err *reterr);
struct kt_baseline *kt_baseline_new(const char *path); /* empty */
void kt_baseline_free(struct kt_baseline *b);
size_t kt_baseline_size(const struct kt_baseline *b);

/* What the entry of a result's case says of it. */
enum kt_expect {
    KT_EX_NONE,   /* no entry: the verdict stands */
    KT_EX_KNOWN,  /* fails as the entry says */
    KT_EX_PASSES, /* stale: passes now */
    KT_EX_OTHER,  /* stale: fails for another reason */
    KT_EX_UNSEEN, /* stale: the case is not judged (not-applicable, unsupported)
                   */
};
/* Marks the entry as seen. inconclusive and harness-error leave an entry alone:
 * KNOWN. */
enum kt_expect kt_baseline_of(struct kt_baseline *b, const struct kt_result *r);

/* After the run: entries that have expired (today: YYYY-MM-DD), or whose case
 * does not exist at all. text is one line without '\n'. */
struct kt_stale_sink {
    void (*on)(struct kt_stale_sink *self, const char *text);
};
/* exists says whether a case of this id and role is in the catalogue. */
struct kt_case_view {
    void *ctx;
    bool (*exists)(void *ctx, const char *id, enum kt_role role);
};
size_t kt_baseline_stale(const struct kt_baseline *b, unsigned roles,
                         struct kt_case_view cases, const char *today,
                         struct kt_stale_sink *sink);

/* Change it by what was seen: entries that pass now go, reasons are corrected,
 * new failures are added at the end with the comment "explain me". Returns the
 * number of changes. */
size_t kt_baseline_update(struct kt_baseline *b,
                          const struct kt_result *results, size_t n);
enum kt_step kt_baseline_save(const struct kt_baseline *b,
                              struct kt_err *reterr);
/* The line of an entry as it stands, or NULL. */
const char *kt_baseline_line(const struct kt_baseline *b, const char *id,
                             enum kt_role role);

const char *kt_role_name(enum kt_role role); /* "server", "client", "pair" */
unsigned kt_role_of(const char *name);       /* 0 when unknown */
/* A verdict that a baseline may excuse and that fails a run otherwise. */
bool kt_verdict_fails(enum kt_verdict v);

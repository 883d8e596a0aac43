/* The outcome of one case: what every report is made from.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/scn.h"

enum kt_verdict { /* design: outcomes; names in the JSON report */
                  KT_PASS,
                  KT_FAIL,
                  KT_SUT_CRASH,
                  KT_SUT_HANG,
                  KT_UNSUPPORTED,
                  KT_NOT_APPLICABLE,
                  KT_INCONCLUSIVE,
                  KT_HARNESS_ERROR,
                  KT_VERDICT_COUNT,
};

const char *kt_verdict_name(enum kt_verdict v); /* "pass", "sut-crash", … */

enum kt_level { KT_MUST, KT_SHOULD, KT_MAY, KT_INFO };
const char *kt_level_name(enum kt_level l);

/* A rule that was broken, or a fact that was recorded, without ending the
 * script. */
struct kt_note {
    enum kt_level level;
    char *rule;   /* "" if none */
    char *reason; /* reason code; "label" for a branch or form that was taken */
    char *text;   /* expected and got, or the label */
    struct kt_pos pos;
};

struct kt_result {
    const struct kt_scn *scn;
    enum kt_role role;
    enum kt_verdict verdict;
    const char *rule;   /* broken rule's id, "" when none applies */
    const char *reason; /* closed list in check/reason.h, "" on pass */
    struct kt_pos pos;  /* of the step that failed; of the scenario on pass */
    uint64_t elapsed_ns;
    uint64_t cpu_ns; /* of the judge; 0 unless cases ran one by one */
    char *step;      /* the line as written */
    char *expected;  /* one line each; may be empty */
    char *got;
    char *meaning; /* a sentence or two: what it means, whose side */
    char **wire;   /* trace lines around the first divergence, the one that
                      diverges begins with '*' */
    size_t nwire;
    char *sut_stderr; /* tail, "" if none */
    struct kt_note *notes;
    size_t nnotes;
};

void kt_result_fini(struct kt_result *r);
void kt_result_note(struct kt_result *r, enum kt_level level, const char *rule,
                    const char *reason, struct kt_pos pos, const char *text);

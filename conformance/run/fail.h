/* The failure block of a case: what stands in its result.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

/* What went wrong on which line. expected and got are copied. */
struct kt_fault {
    enum kt_verdict verdict; /* 0 (pass) means fail */
    enum kt_reason reason;
    const struct kt_line *line; /* NULL: the case itself */
    const char *rule;           /* NULL: the line's, else the scenario's */
    const char *expected, *got;
    const struct kt_chan *conn; /* whose wire is shown; NULL: the first */
    uint64_t seq;               /* of the entry that diverges; 0: the end */
};

/* A fault of the SUT: by the level of its rule a failure (FAIL: the script
 * ends) or a note (DONE: it goes on). */
enum kt_do kt_case_fault(struct kt_case *c, const struct kt_fault *f);
/* Short forms; expected is made from the line. */
enum kt_do kt_case_fault_text(struct kt_case *c, const struct kt_line *line,
                              enum kt_reason reason, const char *got);
/* The verdict stands and the case is cleaned up. */
void kt_case_end(struct kt_case *c, enum kt_verdict verdict,
                 enum kt_reason reason, const struct kt_line *line,
                 const char *got);
/* Its driver has ended. */
void kt_case_crashed(struct kt_case *c, const struct kt_sut *sut);
/* A standing check of a connection. */
void kt_case_standing(struct kt_case *c, struct kt_chan *conn, const char *rule,
                      const char *text);
void kt_case_label(struct kt_case *c, const struct kt_line *line,
                   const char *label);
/* The rule that a fault of this line breaks. */
const char *kt_case_rule(const struct kt_case *c, const struct kt_line *line);

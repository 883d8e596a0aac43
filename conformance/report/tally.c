/* Counting verdicts, and opening a report by its kind.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"
#include <string.h>

void kt_tally_add(struct kt_tally *t, const struct kt_result *r,
                  enum kt_expect ex)
{
    t->by[r->verdict]++;
    t->total++;
    if (ex == KT_EX_KNOWN && kt_verdict_fails(r->verdict))
        t->known++;
    else if (kt_verdict_fails(r->verdict))
        t->failed++;
    if (ex == KT_EX_PASSES || ex == KT_EX_OTHER || ex == KT_EX_UNSEEN)
        t->stale++;
    for (size_t i = 0; i < r->nnotes; i++)
        t->warnings += r->notes[i].level == KT_SHOULD;
}

struct kt_report *kt_report_open(const char *spec,
                                 const struct kt_run_info *info,
                                 struct kt_err *reterr)
{
    const char *eq = strchr(spec, '=');

    if (eq != NULL && eq[1] != '\0' && strncmp(spec, "json=", 5) == 0)
        return kt_report_json(eq + 1, info, reterr);
    if (eq != NULL && eq[1] != '\0' && strncmp(spec, "junit=", 6) == 0)
        return kt_report_junit(eq + 1, info, reterr);
    kt_badf(reterr, KT_E_UNKNOWN, 0,
            "--report %s: a report is json=FILE or junit=FILE (FILE may be -)",
            spec);
    return NULL;
}

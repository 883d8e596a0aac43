/* Results and their names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/result.h"
#include "base/alloc.h"
#include "base/must.h"

const char *kt_verdict_name(enum kt_verdict v)
{
    static const char *const names[KT_VERDICT_COUNT] = {
        [KT_PASS] = "pass",
        [KT_FAIL] = "fail",
        [KT_SUT_CRASH] = "sut-crash",
        [KT_SUT_HANG] = "sut-hang",
        [KT_UNSUPPORTED] = "unsupported",
        [KT_NOT_APPLICABLE] = "not-applicable",
        [KT_INCONCLUSIVE] = "inconclusive",
        [KT_HARNESS_ERROR] = "harness-error",
    };

    must((unsigned)v < KT_VERDICT_COUNT);
    return names[v];
}

const char *kt_level_name(enum kt_level l)
{
    static const char *const names[] = {"MUST", "SHOULD", "MAY", "INFO"};

    must((unsigned)l < sizeof names / sizeof *names);
    return names[l];
}

void kt_result_note(struct kt_result *r, enum kt_level level, const char *rule,
                    const char *reason, struct kt_pos pos, const char *text)
{
    r->notes = kt_xrealloc(r->notes, (r->nnotes + 1) * sizeof *r->notes);
    r->notes[r->nnotes++] = (struct kt_note){
        .level = level,
        .rule = kt_xstrdup(rule),
        .reason = kt_xstrdup(reason),
        .text = kt_xstrdup(text),
        .pos = pos,
    };
}

void kt_result_fini(struct kt_result *r)
{
    for (size_t i = 0; i < r->nwire; i++)
        kt_free(r->wire[i]);
    for (size_t i = 0; i < r->nnotes; i++) {
        kt_free(r->notes[i].rule);
        kt_free(r->notes[i].reason);
        kt_free(r->notes[i].text);
    }
    kt_free(r->wire);
    kt_free(r->notes);
    kt_free(r->step);
    kt_free(r->expected);
    kt_free(r->got);
    kt_free(r->meaning);
    kt_free(r->sut_stderr);
    *r = (struct kt_result){0};
}

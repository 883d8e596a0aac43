/* Runs on the simulated world: a case against the reference with a mutant, or
 * cases against a stub. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/run.h"
#include "selftest/mutant.h"
#include "selftest/stub.h"

/* What a trial needs of the catalogue; borrowed. */
struct kt_trial_book {
    const struct kt_scn *const *cases;
    size_t ncases;
    struct kt_rule_view rules;
    const struct kt_idl *echo_idl, *conf_idl;
};

struct kt_trial_sink {
    void (*on)(struct kt_trial_sink *self, const struct kt_result *r);
};

/* One case alone in a world of its own; mutant NULL: the reference as it is.
 * Its control is not run: the caller knows that it passes. */
void kt_trial_case(const struct kt_trial_book *book, enum kt_role role,
                   const struct kt_mutant *mutant, const struct kt_scn *scn,
                   struct kt_trial_sink *sink);
/* These cases against a stub server, as a black box. */
void kt_trial_stub(const struct kt_trial_book *book, enum kt_stub_kind kind,
                   const struct kt_scn *const *v, size_t n,
                   struct kt_trial_sink *sink);

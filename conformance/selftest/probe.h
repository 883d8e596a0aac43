/* What a mutant would touch: a row that changes nothing, through the same
 * machinery as the rows that it stands for, and offers them all that passes.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mutant.h"

enum { KT_PROBE_MAX = 1024 };

/* Rows of the same seams and ways. Of these, what passes is the same until one
 * of them alters something; so a row that alters nothing in a run of the probe
 * has this very run. */
struct kt_probe {
    struct kt_mutant row; /* play this one */
    const struct kt_mutant *of[KT_PROBE_MAX];
    size_t which[KT_PROBE_MAX]; /* for the caller */
    bool touched[KT_PROBE_MAX]; /* of[i] would alter something */
    size_t n;
};

/* For rows like this one. */
void kt_probe_init(struct kt_probe *p, const struct kt_mutant *like);
/* Does it go through the same machinery? */
bool kt_probe_takes(const struct kt_probe *p, const struct kt_mutant *m);
void kt_probe_add(struct kt_probe *p, const struct kt_mutant *m, size_t which);
/* Before each run. */
void kt_probe_reset(struct kt_probe *p);

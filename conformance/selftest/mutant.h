/* Mutants: deliberate faults of a system under test (SUT), each a row of one
 * table and a small function on what passes a seam. A man in the middle applies
 * them between the judge and a SUT that knows nothing of it.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mitm.h"
#include "selftest/turn.h"

/* Which blocks of fields a function is for. A trailers-only answer is both a
 * response and trailers. */
enum kt_at {
    KT_AT_REQUEST = 1,
    KT_AT_RESPONSE = 2,
    KT_AT_TRAILERS = 4,
};

struct kt_mutant {
    const char *name;
    const char *rule; /* that it breaks; "" of an anti-mutant */
    const char *says; /* what is wrong, one sentence */
    unsigned roles;   /* 1 server, 2 client: what the SUT is */
    unsigned seams;   /* enum kt_seam bits */
    unsigned ways;    /* 1 << enum kt_way */
    unsigned order; /* 2: only the second time, above a size, after …; else 0 */
    const char *equivalent; /* NULL, or why nobody can see it, one sentence: it
                               is no survivor then */
    /* One of these; both NULL: bytes pass as they are. */
    void (*wire)(struct kt_unit *u, const struct kt_mutant *m);
    void (*turn)(struct kt_turn *t, const struct kt_mutant *m);
    /* What the functions take: see each. */
    unsigned at;       /* enum kt_at bits */
    const char *path;  /* NULL, or a part of the request's :path */
    const char *name1; /* a field, an op */
    const char *value;
    const char *value2;
    const char *with; /* a field that must be there; "!x": must not */
    uint64_t n, n2;
};

enum { KT_SUT_SERVER = 1, KT_SUT_CLIENT = 2, KT_SUT_BOTH = 3 };

/* The rows of all tables; anti-mutants are legal variations that nothing may
 * kill. NULL when i is beyond the last. */
size_t kt_mutants_n(void);
const struct kt_mutant *kt_mutant_at(size_t i);
size_t kt_antis_n(void);
const struct kt_mutant *kt_anti_at(size_t i);
/* NULL when there is none of that name. */
const struct kt_mutant *kt_mutant_find(const char *name);

/* What the lines that have run make the SUT write on one stream: implied
 * arrows, and which entry each of them is. Language section 3.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/outcome.h"
#include "check/tape.h"

enum kt_due_state {
    KT_DUE_OPEN,     /* its step has not answered: may come */
    KT_DUE_REQUIRED, /* its step answered ok: must come */
    KT_DUE_VOID,     /* its step failed: a whole one must not come */
};

struct kt_due {
    enum kt_ev kind;
    enum kt_due_state state;
    const struct kt_line *by; /* outlives the case */
    uint64_t ordinal;         /* MESSAGE */
    const struct kt_msg *msg; /* MESSAGE; NULL: any */
    bool claimed;
    size_t at; /* index in the tape, when claimed */
};

struct kt_ledger {
    struct kt_due *v;
    size_t n, cap;
    size_t next; /* entries before it have been looked at */
};

void kt_ledger_fini(struct kt_ledger *l);
struct kt_due *kt_ledger_put(struct kt_ledger *l, enum kt_ev kind,
                             const struct kt_line *by);
/* The step of this line answered: what it implied is required, or void. */
void kt_ledger_settle(struct kt_ledger *l, const struct kt_line *by, bool ok);
/* The latest due of that line and kind; NULL when it implied none. */
struct kt_due *kt_ledger_of(const struct kt_ledger *l, const struct kt_line *by,
                            enum kt_ev kind);

/* What is wrong with an entry that was claimed, or with one that is missing. */
struct kt_ledger_fault {
    enum kt_reason reason;
    const struct kt_due *due;
    struct kt_entry *entry; /* NULL: it never came */
    struct kt_buf got;
};

struct kt_ledger_how {
    const struct kt_shape *shape;
    enum kt_texts texts;
    /* headers: the check against the line that opened or answered */
    bool (*headers)(void *ctx, const struct kt_due *due,
                    const struct kt_hlist *h, struct kt_buf *ret_why);
    void *ctx;
};

/* Claim the entries that have come: each due, in order, takes the first entry
 * of its kind that no other due has. False: one is wrong, see *ret. */
bool kt_ledger_claim(struct kt_ledger *l, struct kt_tape *t,
                     const struct kt_ledger_how *how,
                     struct kt_ledger_fault *ret);
/* An unfinished message may stand for one that is due, even of a step that has
 * failed since. */
bool kt_ledger_may_begin(const struct kt_ledger *l);
/* The first required due that has not come; NULL when all is there. */
const struct kt_due *kt_ledger_missing(const struct kt_ledger *l);
void kt_due_print(struct kt_buf *dst, const struct kt_due *d);

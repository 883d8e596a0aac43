/* A wire line against the tapes: language section 3.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/fields.h"
#include "check/reason.h"
#include "check/tape.h"

enum kt_match {
    KT_MATCH_WAIT, /* nothing yet that decides it */
    KT_MATCH_YES,  /* entries are taken */
    KT_MATCH_NO,   /* it came and is wrong, or can't come any more */
};

struct kt_found {
    enum kt_reason reason;  /* NO */
    const char *label;      /* YES: form that was taken, "" if the plain one */
    const char *rule;       /* NO: of the "&" line that failed, else NULL */
    struct kt_entry *entry; /* YES: the last taken; NO: the one that differs */
    struct kt_buf got;      /* NO: one line, see kt_found_fini */
};
void kt_found_fini(struct kt_found *f);

struct kt_match_how {
    struct kt_tape *stream;     /* of the line's stream, or NULL: not bound */
    struct kt_tape *connection; /* stream 0, or NULL: no connection yet */
    struct kt_tape *tape;       /* which of them the line looks at */
    const struct kt_names *names;
    const struct kt_shape *shape; /* message M */
    uint64_t ordinal;
    struct kt_entry *bound; /* narrows: it must be this one; NULL if free */
    bool narrows;           /* bound counts, even while it is NULL */
    bool ended;             /* nothing more can come from this writer */
    bool bare_ok; /* a bare CLOSE may stand for an error (control passed) */
    bool peek;    /* mark nothing */
    /* may the entry be passed over (harmless, allowed, implied, read)? */
    bool (*passable)(void *ctx, const struct kt_tape *t,
                     const struct kt_entry *e);
    void *ctx;
};

enum kt_match kt_match_wire(const struct kt_wire *w,
                            const struct kt_match_how *how,
                            struct kt_found *ret);
/* Does the frame kind belong to the connection (stream 0)? */
bool kt_frame_on_connection(const struct kt_wire *w);
/* Does naming it only wait, passing over others of its kind? */
bool kt_frame_is_harmless_kind(const struct kt_wire *w);
void kt_wire_print(struct kt_buf *dst, const struct kt_wire *w);
/* Used by its parts. */
bool kt_match_fields(const struct kt_wire *w, const struct kt_match_how *how,
                     struct kt_entry *e, struct kt_found *ret);
enum kt_match kt_match_sum(const struct kt_wire *w,
                           const struct kt_match_how *how,
                           struct kt_found *ret);
enum kt_match kt_match_error(const struct kt_wire *w,
                             const struct kt_match_how *how,
                             struct kt_found *ret);

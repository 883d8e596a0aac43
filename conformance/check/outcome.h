/* What a step gave, and whether that is what its line says.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/message.h"
#include "check/reason.h"

enum kt_got_kind {
    KT_GOT_NONE, /* nothing yet */
    KT_GOT_OK,
    KT_GOT_MSG,
    KT_GOT_EOF,
    KT_GOT_ERROR, /* a status, or an error without a code */
    KT_GOT_BIZ,
    KT_GOT_EXCEPTION,
    KT_GOT_UNSUPPORTED,
    KT_GOT_GONE, /* the driver ended before it answered */
};

/* One answer: of a driver, or of the judge's own receiver. Owns all it holds.
 */
struct kt_got {
    enum kt_got_kind kind;
    json_t *body;        /* OK: the object of the answer, or NULL */
    json_t *msg;         /* MSG, EXCEPTION: its JSON, or NULL (bytes only) */
    struct kt_buf raw;   /* MSG: payload, where a driver gives the bytes */
    struct kt_cur bytes; /* MSG: the same, or those of a tape, which outlives
                            it; p is NULL when they are not known */
    bool has_code;       /* ERROR */
    uint32_t code;       /* ERROR */
    int32_t biz_code;    /* BIZ */
    char *text;     /* ERROR, BIZ, UNSUPPORTED; EXCEPTION: its name; or NULL */
    json_t *extra;  /* BIZ, or NULL */
    uint64_t at_ns; /* when it came */
};

void kt_got_fini(struct kt_got *g);
void kt_got_copy(struct kt_got *dst, const struct kt_got *src);
/* What was looked at need not be kept: only its kind and its codes stay. */
void kt_got_trim(struct kt_got *g);
void kt_got_error(struct kt_got *g, uint32_t code, const char *text);
void kt_got_print(struct kt_buf *dst, const struct kt_got *g);

/* How texts of errors are judged. */
enum kt_texts {
    KT_TEXTS_FREE,
    KT_TEXTS_KITEX, /* behind a handler's text may stand " [biz error]" */
    KT_TEXTS_EXACT,
};

/* How to compare. */
struct kt_compare {
    const struct kt_shape *shape;
    uint64_t ordinal; /* of the message, for size=N */
    enum kt_texts texts;
};

/* NONE when one of the alternatives is met. Else why not, by the alternative
 * that came nearest; *ret_path gets the place in a message. */
enum kt_reason kt_outcome_match(const struct kt_outcomes *want,
                                const struct kt_got *got,
                                const struct kt_compare *how,
                                struct kt_buf *ret_path);
/* True when the alternatives hold a message, whose ordinal then counts. */
bool kt_outcome_wants_msg(const struct kt_outcomes *want);
void kt_outcomes_print(struct kt_buf *dst, const struct kt_outcomes *want);

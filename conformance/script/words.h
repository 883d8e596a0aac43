/* The table of words: every word of the language with its meaning, in one
 * place. The parser looks words up here, and docs/scenarios.md is generated
 * from it. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

enum kt_word_kind {
    KT_W_HEADER,  /* a line before the first step */
    KT_W_SETTING, /* client K=V, server K=V */
    KT_W_CLIENT,  /* client NAME …; value is enum kt_verb */
    KT_W_SERVER,  /* server NAME … */
    KT_W_OPTION,  /* of an application line; where: bits of verbs */
    KT_W_TAIL,    /* at the end of a step */
    KT_W_OUTCOME, /* what a step may give */
    KT_W_MESSAGE, /* how a message is written */
    KT_W_FRAME,   /* upper case; value is enum kt_frame */
    KT_W_EVENT,   /* lower case; value is enum kt_frame */
    KT_W_FIELD,   /* of a wire line; where: bits of frames, value: kt_takes */
    KT_W_VALUE,   /* how a value is written */
    KT_W_SCRIPT,  /* value is enum kt_step_kind */
    KT_W_METHOD,  /* of the two IDLs; value is enum kt_method_mode */
    KT_W_CAP,     /* a capability, for needs */
    KT_W_RULE,    /* a key of a rule file */
    KT_W_FACT,    /* a key of a list of facts */
    KT_W_KINDS,
};

enum {                  /* flags of a word */
       KT_WF_JUDGE = 1, /* a setting that makes its side the judge's */
       KT_WF_APP = 2,   /* only an application has it: never the judge's side */
       KT_WF_LATER = 4, /* known, and not-applicable for now */
       KT_WF_CAP = 8,   /* a setting that needs the capability of its name */
       KT_WF_H2 = 16,   /* a setting or frame of HTTP/2 alone */
       KT_WF_SHAPE = 32,  /* a field that says how bytes are cut: no promise of
                             a SUT, so its side is the judge's */
       KT_WF_NUMBER = 64, /* a setting whose value is a number */
};

enum kt_takes {                 /* what the value of a field may be */
                KT_TAKES_ANY,   /* a value of any form */
                KT_TAKES_NUM,   /* numbers and ranges */
                KT_TAKES_BYTES, /* hex:, zeros:, "…", gzip: */
                KT_TAKES_FLAGS, /* +A,-B */
                KT_TAKES_ID,    /* number or name of a stream */
                KT_TAKES_CODE,  /* number or name of an HTTP/2 error */
                KT_TAKES_YESNO,
                KT_TAKES_HPACK,
                KT_TAKES_PIECE, /* cut=, part=, sum=, repeat=: read on their own
                                 */
};

enum kt_method_mode {
    KT_MM_BIDI,
    KT_MM_CLIENT,
    KT_MM_SERVER,
    KT_MM_UNARY,
    KT_MM_PINGPONG,
    KT_MM_ONEWAY, /* of the conformance IDL only */
};

struct kt_word_def {
    enum kt_word_kind kind;
    const char *name;
    int value;
    unsigned flags;
    uint32_t where;      /* 0: wherever its kind may stand */
    const char *form;    /* how it is written, without Markdown */
    const char *meaning; /* one sentence or two */
};

extern const struct kt_word_def kt_words[];
extern const size_t kt_nwords;

const struct kt_word_def *kt_word_find(enum kt_word_kind kind, const char *p,
                                       size_t n);
/* The one that stands there: bit is 1 << verb or 1 << frame. */
const struct kt_word_def *kt_word_at(enum kt_word_kind kind, uint32_t bit,
                                     const char *p, size_t n);
/* Of a verb or a frame. */
const struct kt_word_def *kt_word_of(enum kt_word_kind kind, int value);
/* The mode of a method; false when there is none of that name. */
bool kt_word_mode(const char *method, enum kt_method_mode *ret);

/* Adds a fault "no WHAT 'x', did you mean 'y'?"; returns false. bit 0: all of
 * the kind. A frame is looked for among the events too. */
bool kt_word_unknown(struct kt_line_in *l, const struct kt_word *w,
                     enum kt_word_kind kind, uint32_t bit, const char *what);

/* docs/scenarios.md, whole: the prose of page.md with the tables in place. */
void kt_words_print_markdown(struct kt_buf *dst);
/* The table of one kind. */
void kt_words_print(struct kt_buf *dst, enum kt_word_kind kind);

/* The table of words: every word of the language with its meaning, in one
 * place. The parser looks words up here, and docs/scenarios.md is generated
 * from it. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/line.h"

enum kt_word_kind {
    KT_W_HEADER,  /* a line before the first step */
    KT_W_SETTING, /* client K=V, server K=V */
    KT_W_CLIENT, /* an application verb, client NAME …; value is enum kt_verb */
    KT_W_SERVER, /* server NAME … */
    KT_W_FRAME,  /* upper case; value is enum kt_frame */
    KT_W_EVENT,  /* lower case */
    KT_W_FIELD,  /* of a wire line */
    KT_W_OPTION, /* of an application line */
    KT_W_SCRIPT,
    KT_W_OUTCOME,
};

enum {                  /* flags of a word */
       KT_WF_JUDGE = 1, /* a setting that makes its side the judge's */
       KT_WF_SUT_ONLY =
           2, /* a step or setting that only a system under test has */
       KT_WF_LATER = 4, /* known, and not-applicable for now */
       KT_WF_CAP = 8,   /* a setting that needs the capability of its name */
};

struct kt_word_def {
    enum kt_word_kind kind;
    const char *name;
    int value;
    unsigned flags;
    const char *form;    /* how it is written, without Markdown */
    const char *meaning; /* one sentence */
};

extern const struct kt_word_def kt_words[];
extern const size_t kt_nwords;

const struct kt_word_def *kt_word_find(enum kt_word_kind kind, const char *p,
                                       size_t n);
/* Adds a fault "no WHAT 'x', did you mean 'y'?"; returns false. */
bool kt_word_unknown(struct kt_line_in *l, const struct kt_word *w,
                     enum kt_word_kind kind, const char *what);
/* The tables of docs/scenarios.md, one for each kind. */
void kt_words_print(struct kt_buf *dst, enum kt_word_kind kind);

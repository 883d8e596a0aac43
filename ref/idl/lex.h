/* The tokens of Thrift IDL.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum kt_tk {
    KT_TK_END,
    KT_TK_IDENT, /* letters, digits, '_' and '.' */
    KT_TK_INT,
    KT_TK_DOUBLE,
    KT_TK_LITERAL, /* len is that of the text between the quotes */
    KT_TK_PUNCT,   /* one of { } ( ) < > [ ] , ; : = * */
};

struct kt_tok {
    enum kt_tk kind;
    uint32_t at; /* byte offset in the text */
    uint32_t len;
};

struct kt_lex {
    const char *text; /* borrowed */
    uint32_t n;
    uint32_t pos;
};

/* The next token, comments skipped. NULL, or what is wrong with the text at
 * ret->at. */
const char *kt_lex_next(struct kt_lex *lx, struct kt_tok *ret);

/* The parser's two halves: parse.c (definitions) and parse_part.c (what they
 * are made of).
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/lex.h"
#include "idl/load.h"
#include "base/near.h"

struct kt_parser {
    struct kt_load *l;
    struct kt_ast_file *f;
    struct kt_lex lx;
    struct kt_tok tok; /* the next one, not taken yet */
};

/* All of these: false (NULL) when *l->err is set. */

bool kt_parse_take(struct kt_parser *p); /* go on to the next token */
bool kt_parse_is(const struct kt_parser *p, const char *word);
/* "expected <what>, got <token><hint>". */
bool kt_parse_unexpected(struct kt_parser *p, const char *what,
                         const char *hint);
/* Take this punctuation or word. */
bool kt_parse_want(struct kt_parser *p, const char *word);
/* Take it if it is there: *ret says so. */
bool kt_parse_maybe(struct kt_parser *p, const char *word, bool *ret);
bool kt_parse_separator(struct kt_parser *p); /* at most one of , ; */
const char *kt_parse_name(struct kt_parser *p, const char *what);
/* A string, its escapes undone; a NUL follows. */
const char *kt_parse_literal(struct kt_parser *p, size_t *ret_n);
bool kt_parse_int(struct kt_parser *p, int64_t *ret);
struct kt_ast_type *kt_parse_type(struct kt_parser *p);
struct kt_ast_value *kt_parse_value(struct kt_parser *p);
/* "(key = "value", ...)", if it is there. ret may be NULL. */
bool kt_parse_notes(struct kt_parser *p, struct kt_ast_note **ret);
/* Fields up to the closing punctuation, which is taken. */
bool kt_parse_fields(struct kt_parser *p, const char *close,
                     struct kt_ast_fields *ret);

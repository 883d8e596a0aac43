/* One line as words, and the reader that every parser of this folder uses.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/arena.h"
#include "script/scn.h"

/* A word: a run without blanks; "…" (JSON escapes) and {…} hold blanks. '|'
 * stands alone where it divides outcomes: see kt_line_split_bars. */
struct kt_word {
    const char *p; /* into the line */
    size_t n;
    int col; /* from 1 */
};

enum { KT_LINE_MAX_WORDS = 400, KT_LINE_MAX = 64 << 10 };

/* What went wrong, kept in order of place. Texts are owned. */
struct kt_fault {
    char *file;
    int line, col;
    char *text;
};
struct kt_faults {
    struct kt_fault *v;
    size_t n;
};
void kt_fault_add(struct kt_faults *f, struct kt_pos pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void kt_faults_sort(struct kt_faults *f);
void kt_faults_fini(struct kt_faults *f);

struct kt_line_in {
    struct kt_pool *arena;
    struct kt_faults *faults;
    struct kt_pos pos; /* col 1 */
    const char *text;  /* NUL-ended, as it stands, comment included */
    const int *cols;   /* column in the file of each byte of text, or NULL */
    struct kt_word w[KT_LINE_MAX_WORDS];
    size_t n;
    size_t at; /* the next word */
    bool bad;  /* a fault was added on this line */
};

/* Split text (not kept: it and cols must outlive l). False when a quote or
 * brace stays open or there are too many words; a fault is added. */
bool kt_line_init(struct kt_line_in *l, struct kt_pool *arena,
                  struct kt_faults *faults, struct kt_pos pos, const char *text,
                  const int *cols);
/* A line "KEY TEXT", for kinds of files whose text is no words: two words, the
 * key and, of length 0, where the text begins. */
void kt_line_key(struct kt_line_in *l, struct kt_pool *arena,
                 struct kt_faults *faults, struct kt_pos pos, const char *text);
/* What stands behind a word, blanks at its ends cut. */
char *kt_line_rest(struct kt_pool *a, const struct kt_word *key);
/* Where p, a place in the text, stands in the file. */
int kt_line_col(const struct kt_line_in *l, const char *p);
struct kt_pos kt_line_pos(const struct kt_line_in *l, const struct kt_word *w);
/* Split the words from at on where '|' stands outside quotes and braces. */
bool kt_line_split_bars(struct kt_line_in *l);

const struct kt_word *
kt_line_peek(const struct kt_line_in *l); /* NULL: none left */
const struct kt_word *kt_line_take(struct kt_line_in *l);
bool kt_line_next_is(const struct kt_line_in *l, const char *word);
bool kt_line_accept(struct kt_line_in *l,
                    const char *word); /* takes it if it is next */

bool kt_word_is(const struct kt_word *w, const char *s);
bool kt_word_starts(const struct kt_word *w, const char *s);
char *kt_word_dup(struct kt_line_in *l, const struct kt_word *w);

/* Adds a fault at the word (NULL: behind the last one); returns false. */
bool kt_line_bad(struct kt_line_in *l, const struct kt_word *w, const char *fmt,
                 ...) __attribute__((format(printf, 3, 4)));
/* "no WHAT 'word', did you mean …?" */
bool kt_line_unknown(struct kt_line_in *l, const struct kt_word *w,
                     const char *what, const char *const *known, size_t n);

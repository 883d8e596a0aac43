/* Options of a verb: a table says what there is, and the same table prints
 * --help. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

struct kt_opt {
    const char *name; /* without "--"; NULL ends the table */
    char letter;      /* 0: none */
    const char *arg;  /* name of its argument, NULL: a flag */
    const char *help; /* lines are broken where '\n' stands */
};

struct kt_program {
    const char *name;
    const char *usage; /* behind "ktspec NAME ", one form a line */
    const char *brief; /* one line, for ktspec --help */
    const char
        *text; /* the description, paragraphs as they are to be printed */
    const struct kt_opt *opts;
    const char *tail; /* EXIT STATUS, EXAMPLES, … */
};

struct kt_args {
    const struct kt_program *verb;
    char **argv; /* NULL-ended, argv[0] is the verb */
    int at;
    char **rest; /* what stands behind "--", or NULL */
};

enum { /* beside indexes of the table, which begin at 0 */
       KT_OPT_END = -1,
       KT_OPT_WORD = -2, /* *ret_value is a word that is no option */
       KT_OPT_BAD = -3,  /* said on stderr: exit with 2 */
       KT_OPT_HELP = -4, /* printed on stdout: exit with 0 */
};

void kt_args_init(struct kt_args *a, const struct kt_program *verb,
                  char **argv);
int kt_args_next(struct kt_args *a, const char **ret_value);

void kt_verb_help(const struct kt_program *verb, FILE *out);
/* "ktspec VERB: …" on stderr; returns 2. */
int kt_usage(const struct kt_program *verb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A number above zero; false when the text is none. */
bool kt_read_number(const char *text, double *ret);
/* "500ms", "5s", "2m" in nanoseconds. */
bool kt_read_time(const char *text, unsigned long long *ret_ns);

/* The verbs of the one binary. Each gets argv with its own name at [0] and
 * returns an exit status. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "bin/opt.h"

int kt_verb_run(char **argv);
int kt_verb_list(char **argv);
int kt_verb_show(char **argv);
int kt_verb_rules(char **argv);
int kt_verb_lint(char **argv);
int kt_verb_driver_check(char **argv);
int kt_verb_baseline(char **argv);
int kt_verb_idl(char **argv);
int kt_verb_selftest(char **argv);

extern const struct kt_program kt_verb_run_help;

enum { /* design: exit codes, never a count */
       KT_EXIT_OK = 0,
       KT_EXIT_FAIL = 1,
       KT_EXIT_USAGE = 2,
       KT_EXIT_INCOMPLETE = 3,
       KT_EXIT_STALE = 4,
       KT_EXIT_HARNESS = 5,
       KT_EXIT_INTERRUPTED = 130,
};

/* One run, from options to exit status: run and baseline share it. */
struct kt_run_args {
    unsigned role;
    char **words; /* selection */
    size_t nwords;
    const char *connect, *control, *token;
    char **driver;           /* behind "--", or NULL */
    const char *side_cmd[2]; /* --client, --server: a command line, or "ref" */
    const char *baseline;
    const char *reports[8];
    size_t nreports;
    double jobs, scale;
    unsigned long long budget_ns;
    bool should, kitex, verbose;
    const char *scenarios;
};
enum { KT_ARGS_MAX_WORDS = 4096 };

/* The options that run and baseline share. True when index i was one of them.
 */
bool kt_run_args_take(struct kt_run_args *ra, const char *name,
                      const char *value);
/* Exit status, or -1: go on. */
int kt_run_args_check(struct kt_run_args *ra, const struct kt_program *verb);

struct kt_result;
/* Judge; with keep, the results are handed over (free each with kt_result_fini,
 * the array with kt_free), and a stale or failing baseline does not matter. */
struct kt_kept {
    struct kt_result *v;
    size_t n;
    void *book; /* close it after the results: kt_judge_done */
};
int kt_judge(const struct kt_run_args *ra, struct kt_kept *keep);
void kt_judge_done(struct kt_kept *keep);

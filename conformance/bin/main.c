/* ktspec: one binary, many verbs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"
#include "bin/programs.h"
#include "bin/verbs.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define KT_VERSION "0.1.0"

static const struct {
    const char *name;
    int (*go)(char **argv);
    const char *brief;
} verbs[] = {
    {"run", kt_verb_run, "judge a server, a client, or both"},
    {"list", kt_verb_list, "the cases of the catalogue"},
    {"show", kt_verb_show, "one scenario, its rules and its cases"},
    {"rules", kt_verb_rules, "the rules and what covers them"},
    {"lint", kt_verb_lint, "check scenario and rule files"},
    {"baseline", kt_verb_baseline,
     "make, update, explain a list of known failures"},
    {"selftest", kt_verb_selftest, "judge the judge: mutants of the reference"},
    {"driver-check", kt_verb_driver_check, "test a driver before any verdict"},
    {"serve", kt_cmd_serve, "a server for any Thrift IDL"},
    {"call", kt_cmd_call, "call a method of any Thrift IDL"},
    {"driver", kt_cmd_driver,
     "the reference implementation as a system under test"},
    {"idl", kt_verb_idl, "check a Thrift IDL file"},
};
enum { NVERBS = sizeof verbs / sizeof *verbs };

static void help(FILE *out)
{
    fprintf(out, "Usage: ktspec VERB …\n\n"
                 "ktspec judges clients and servers of Kitex Thrift Streaming: "
                 "gRPC framing over\n"
                 "HTTP/2 with Thrift payloads. Verbs:\n\n");
    for (size_t i = 0; i < NVERBS; i++)
        fprintf(out, "  %-13s %s\n", verbs[i].name, verbs[i].brief);
    fprintf(out, "\nFirst steps:\n"
                 "  ktspec run server --connect 127.0.0.1:8888     a server of "
                 "the echo IDL, no driver\n"
                 "  ktspec run client -- ./driver                  a client, "
                 "through its driver\n"
                 "  ktspec show eof/server-ends-first              what a "
                 "scenario looks like\n\n"
                 "'ktspec VERB --help' says the rest. Exit status: 0 "
                 "conformant as selected, 1 a\n"
                 "conformance failure, 2 usage, 3 incomplete, 4 stale "
                 "baseline, 5 defect of ktspec,\n"
                 "130 interrupted.\n");
}

static int unknown(const char *word)
{
    const char *names[NVERBS];
    const char *near;

    for (size_t i = 0; i < NVERBS; i++)
        names[i] = verbs[i].name;
    near = kt_near(word, names, NVERBS);
    if (near != NULL)
        fprintf(stderr, "ktspec: no verb '%s', did you mean '%s'?\n", word,
                near);
    else
        fprintf(stderr, "ktspec: no verb '%s'; 'ktspec --help' lists them\n",
                word);
    return KT_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    /* A peer that closes is an answer of write(), not a signal. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        help(stderr);
        return KT_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return KT_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("ktspec " KT_VERSION "\n");
        return KT_EXIT_OK;
    }
    for (size_t i = 0; i < NVERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].go(argv + 1);
    return unknown(argv[1]);
}

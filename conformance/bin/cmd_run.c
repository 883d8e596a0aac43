/* ktspec run: options of a run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"
#include "bin/verbs.h"
#include "report/baseline.h"
#include <malloc.h>
#include <string.h>

static const struct kt_opt opts[] = {
    {"connect", 'c', "ADDR",
     "Judge the server of the echo IDL that listens on HOST:PORT, without a "
     "driver.\n"
     "Scenarios that need one are not-applicable."},
    {"control", 0, "ADDR",
     "Listen on HOST:PORT for a driver that somebody else starts; its address "
     "and\n"
     "token are printed."},
    {"token", 0, "TEXT",
     "The token that such a driver must show. Default: a random one."},
    {"client", 0, "CMD",
     "pair: the client's driver, a command line, or 'ref' for the reference."},
    {"server", 0, "CMD", "pair: the server's driver, likewise."},
    {"scenarios", 0, "DIR",
     "Use the scenarios under DIR in place of those in the binary; its rules/, "
     "if\n"
     "there, in place of the rules."},
    {"jobs", 'j', "N", "Cases at once. Default: 24."},
    {"scale", 0, "X",
     "Stretch every wait and quiet time by X, for slow systems. Default: 1."},
    {"budget", 0, "TIME",
     "Stop after TIME (500ms, 30s, 5m) with what is judged by then; exit "
     "status 3."},
    {"profile", 0, "NAME",
     "kitex: exact error texts, and rules that only Kitex keeps, are judged "
     "too."},
    {"verbose", 'v', NULL,
     "A line for each case, whatever its verdict, and its notes."},
    {"baseline", 'b', "FILE",
     "Known failures. An entry that passes now, fails for another reason, has "
     "expired or\n"
     "matches nothing is stale: exit status 4."},
    {"report", 'r', "KIND=FILE",
     "json=FILE or junit=FILE, '-' for standard output; may be given several "
     "times. A\n"
     "report is valid after each case."},
    {"level", 0, "LEVEL", "should: a broken SHOULD fails, too. Default: must."},
    {NULL, 0, NULL, NULL},
};

const struct kt_program kt_verb_run_help = {
    .name = "run",
    .usage = "server [SELECTION…] --connect ADDR\n"
             "server|client|pair [SELECTION…] [OPTIONS] -- DRIVER [ARG…]\n"
             "server|client [SELECTION…] [OPTIONS] --control ADDR\n"
             "pair [SELECTION…] [OPTIONS] --client CMD --server CMD",
    .text = "Judge a system under test (SUT) by the scenarios of the "
            "catalogue: as a server, as a\n"
            "client, or a client and a server against each other with the "
            "judge as a recording proxy\n"
            "between them.\n"
            "\n"
            "SELECTION is a case id (eof/half-close-first), a glob over ids "
            "('eof/*'), or a rule\n"
            "(@EOF-7); nothing selects all. DRIVER is a program that holds the "
            "SUT and does as it is\n"
            "told: docs/drivers.md.\n"
            "\n"
            "A failure is printed with all that is needed: the rule and its "
            "sentence, the line of the\n"
            "scenario, expected and got, the decoded wire around the first "
            "divergence, and the\n"
            "command that repeats this one case.",
    .opts = opts,
    .tail = "Exit status:\n"
            "  0    conformant as selected (known failures apart)\n"
            "  1    a conformance failure: fail, sut-crash or sut-hang\n"
            "  2    usage, scenario or baseline error; nothing selected\n"
            "  3    incomplete: the SUT did not start or cannot be reached, "
            "the budget was reached\n"
            "  4    a baseline entry is stale (stands above 1)\n"
            "  5    a defect of ktspec\n"
            "  130  interrupted; reports hold what was judged by then\n"
            "\n"
            "Examples:\n"
            "  ktspec run server --connect 127.0.0.1:8888\n"
            "  ktspec run client 'eof/*' @DL-2 -- ./driver\n"
            "  ktspec run server --report junit=out.xml --baseline my.baseline "
            "-- ./driver\n"
            "  ktspec run pair --client ref --server ./driver",
};

static bool text_option(struct kt_run_args *ra, const char *name,
                        const char *value)
{
    const struct {
        const char *name;
        const char **into;
    } texts[] = {
        {"connect", &ra->connect},    {"control", &ra->control},
        {"token", &ra->token},        {"client", &ra->side_cmd[0]},
        {"server", &ra->side_cmd[1]}, {"scenarios", &ra->scenarios},
        {"baseline", &ra->baseline},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].into = value;
            return true;
        }
    return false;
}

bool kt_run_args_take(struct kt_run_args *ra, const char *name,
                      const char *value)
{
    if (text_option(ra, name, value))
        return true;
    if (strcmp(name, "jobs") == 0)
        return kt_read_number(value, &ra->jobs) && ra->jobs >= 1 &&
               ra->jobs <= 256;
    if (strcmp(name, "scale") == 0)
        return kt_read_number(value, &ra->scale) && ra->scale <= 1000;
    if (strcmp(name, "budget") == 0)
        return kt_read_time(value, &ra->budget_ns);
    if (strcmp(name, "level") == 0) {
        ra->should = strcmp(value, "should") == 0;
        return ra->should || strcmp(value, "must") == 0;
    }
    if (strcmp(name, "profile") == 0)
        return ra->kitex = strcmp(value, "kitex") == 0;
    if (strcmp(name, "report") == 0) {
        if (ra->nreports == sizeof ra->reports / sizeof *ra->reports)
            return false;
        ra->reports[ra->nreports++] = value;
        return true;
    }
    return ra->verbose = strcmp(name, "verbose") == 0;
}

static int check_role(const struct kt_run_args *ra,
                      const struct kt_program *verb)
{
    static const char *const roles[] = {"server", "client", "pair"};
    const char *near;

    if (ra->role != 0)
        return -1;
    if (ra->nwords == 0)
        return kt_usage(verb, "which role: server, client or pair?");
    near = kt_near(ra->words[0], roles, 3);
    if (near != NULL)
        return kt_usage(verb, "'%s' is no role, did you mean '%s'?",
                        ra->words[0], near);
    return kt_usage(verb, "'%s' is no role: server, client or pair",
                    ra->words[0]);
}

int kt_run_args_check(struct kt_run_args *ra, const struct kt_program *verb)
{
    const int sides = (ra->side_cmd[0] != NULL) + (ra->side_cmd[1] != NULL);
    const int ways =
        (ra->connect != NULL) + (ra->control != NULL) + (ra->driver != NULL);
    const int rc = check_role(ra, verb);

    if (rc >= 0)
        return rc;
    if (ra->driver != NULL && ra->driver[0] == NULL)
        return kt_usage(verb, "no driver behind '--'");
    if (ra->role == KT_ROLE_PAIR && (ra->connect || ra->control))
        return kt_usage(
            verb,
            "a pair needs drivers: '-- DRIVER', or --client and --server");
    if (ra->role == KT_ROLE_PAIR && sides + ways > 0 &&
        (ways == 1 || sides == 2))
        return -1;
    if (ra->role == KT_ROLE_PAIR)
        return kt_usage(
            verb, "name both drivers: '-- DRIVER', or --client and --server");
    if (sides > 0)
        return kt_usage(verb, "--client and --server are for 'run pair'");
    if (ways != 1)
        return kt_usage(
            verb, "name one system under test: --connect ADDR, --control ADDR, "
                  "or '-- DRIVER'");
    if (ra->connect != NULL && ra->role != KT_ROLE_SERVER)
        return kt_usage(verb,
                        "--connect judges a server; a client needs a driver");
    return -1;
}

int kt_verb_run(char **argv)
{
    struct kt_run_args ra = {.jobs = 24, .scale = 1};
    char *words[KT_ARGS_MAX_WORDS];
    struct kt_args a;
    const char *value;
    int i;

    /* Messages of megabytes come and go: what they took goes back at once. */
    mallopt(M_MMAP_THRESHOLD, 64 << 10);
    mallopt(M_TRIM_THRESHOLD, 256 << 10);
    ra.words = words;
    kt_args_init(&a, &kt_verb_run_help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_HELP)
            return KT_EXIT_OK;
        if (i == KT_OPT_BAD)
            return KT_EXIT_USAGE;
        if (i >= 0 && !kt_run_args_take(&ra, opts[i].name, value))
            return kt_usage(a.verb, "--%s %s: not a value for it", opts[i].name,
                            value);
        if (i == KT_OPT_WORD && ra.nwords == 0 && ra.role == 0 &&
            kt_role_of(value))
            ra.role = kt_role_of(value);
        else if (i == KT_OPT_WORD && ra.nwords < KT_ARGS_MAX_WORDS)
            words[ra.nwords++] = (char *)(uintptr_t)value;
    }
    ra.driver = a.rest;
    i = kt_run_args_check(&ra, a.verb);
    return i >= 0 ? i : kt_judge(&ra, NULL);
}

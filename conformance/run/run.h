/* A run: many scenarios against one system under test (SUT), in one role, on
 * one world. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/result.h"
#include "idl/idl.h"
#include "io/net.h"

/* One SUT. Exactly one way to reach it. */
struct kt_sut_opts {
    char **argv;         /* a driver that is started, NULL-ended */
    const char *control; /* wait on this address for a driver started by hand */
    const char *connect; /* black box: the server's address, no driver */
    const char *token;   /* NULL: a random one; with control, print it */
    /* Called with the control address each time a driver is wanted (also after
     * a crash) when argv is NULL: selftest attaches its own. May be NULL. */
    void (*attach)(void *ctx, const char *control, const char *token);
    void *attach_ctx;
};

/* Rules as the runner needs them. A rule of a profile that is off is INFO. */
struct kt_rule_view {
    void *ctx;
    enum kt_level (*level)(void *ctx, const char *rule);
    bool (*bound)(void *ctx, const char *rule, enum kt_role role);
};

struct kt_run_opts {
    enum kt_role role; /* one */
    /* By side; the role uses the side(s) under test only. In a pair with one
     * driver both are the same command (two processes). */
    struct kt_sut_opts sut[2];
    const struct kt_scn *const *scn; /* selected cases, in order of report */
    size_t nscn;
    const struct kt_scn *const *all; /* whole catalogue: controls are found here
                                        when not selected */
    size_t nall;
    struct kt_rule_view rules;
    const struct kt_idl *echo_idl; /* interop/idl/echo.thrift */
    const struct kt_idl *conf_idl; /* interop/idl/conformance.thrift */
    bool controls_passed; /* controls are not run: the caller knows that they
                             pass */
    unsigned jobs;        /* cases at once; 0: 8 */
    double scale;         /* of waits and quiet times; 0: 1 */
    uint64_t budget_ns;   /* of the whole run; 0: none */
    uint64_t start_ns;    /* patience for hello; 0: 10 s */
    bool kitex_profile;   /* exact error texts are judged */
    enum kt_level level;  /* KT_SHOULD: a SHOULD fails too */
};

/* How the run went, apart from its results. */
enum kt_run_end {
    KT_RUN_DONE,        /* every case has a result */
    KT_RUN_NO_SUT,      /* the SUT did not start or could not be reached */
    KT_RUN_BUDGET,      /* the budget was used up; the rest was not run */
    KT_RUN_INTERRUPTED, /* kt_run_stop */
};

/* Who hears of each result, in the order of the end of cases; *r is valid until
 * the sink returns and may be moved out (then zero *r). */
struct kt_run_sink {
    void (*on)(struct kt_run_sink *self, struct kt_result *r);
};

struct kt_run;

/* Nothing starts yet. NULL with *reterr for options that cannot work: a program
 * that does not exist, an address that cannot be read. */
struct kt_run *kt_run_new(struct kt_net *net, const struct kt_run_opts *o,
                          struct kt_run_sink *sink, struct kt_err *reterr);
/* Steps the world until all is over. KT_RUN_NO_SUT: *ret_why (valid until free)
 * says it in one sentence. */
enum kt_run_end kt_run_go(struct kt_run *run, const char **ret_why);
/* Ends a kt_run_go soon; may be called in a signal handler. */
void kt_run_stop(struct kt_run *run);
void kt_run_free(struct kt_run *run);

/* What the SUT calls itself: hello's implementation and version, or "" (black
 * box: the address). Valid until free. */
const char *kt_run_sut_name(const struct kt_run *run);
const char *kt_run_sut_version(const struct kt_run *run);

/* One call of any method, messages as JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "bin/link.h"
#include "bin/values.h"
#include <stdio.h>

struct kt_caller_opts {
    const char *address;
    const struct kt_service *service;
    const struct kt_method *method;
    json_t *messages;     /* array */
    uint64_t deadline_ns; /* from now; 0: none */
    struct kt_hlist metadata, transient, persistent;
    FILE *out;    /* a line of JSON for each message */
    FILE *err;    /* the status of an error */
    bool verbose; /* headers and trailers on err */
};

enum { /* exit status */
       KT_CALL_EXIT_OK = 0,
       KT_CALL_EXIT_STATUS = 1,
       KT_CALL_EXIT_USAGE = 2,
       KT_CALL_EXIT_CONNECT = 3,
       KT_CALL_EXIT_BIZ = 4,
};

/* Runs the world until the call is over. */
int kt_caller_go(struct kt_net *net, const struct kt_caller_opts *o);

/* An echo server for a service of any IDL, and one with scripted answers.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "bin/link.h"
#include "bin/values.h"

struct kt_serve;

struct kt_serve_opts {
    const struct kt_service *service;
    const char *listen; /* address */
    json_t *scripts;    /* object: method ->
                           {"headers","messages","status"|"biz","trailers"} */
    bool verbose;       /* a line on stderr for each call */
};

/* ret_addr: where it listens. */
struct kt_serve *kt_serve_new(struct kt_net *net, const struct kt_serve_opts *o,
                              char ret_addr[64], struct kt_err *reterr);
/* Graceful: streams may run on for grace_ns. */
void kt_serve_stop(struct kt_serve *s, uint64_t grace_ns);
bool kt_serve_is_over(
    const struct kt_serve *s); /* stopped, and no connection left */
void kt_serve_free(struct kt_serve *s);

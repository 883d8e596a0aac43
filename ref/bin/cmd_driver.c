/* ktspec driver: the reference implementation as a system under test.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "bin/opt.h"
#include "bin/programs.h"
#include "bin/refdriver.h"

static const struct kt_opt opts[] = {
    {"control", 0, "ADDR",
     "Dial this address. Default: KTSPEC_CONTROL of the environment."},
    {"token", 0, "TEXT",
     "Show this token. Default: KTSPEC_TOKEN of the environment."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "driver",
    .usage = "[--control ADDR --token TEXT]",
    .text = "Hold the reference client and server, and do as ktspec says over "
            "the control\n"
            "connection: docs/drivers.md. 'ktspec run' starts it by itself:\n"
            "\n"
            "  ktspec run server -- ktspec driver",
    .opts = opts,
    .tail = "Exit status: 0 the control connection has ended, 2 usage, 3 it "
            "could not be made.",
};

static int drive(const char *control, const char *token)
{
    struct kt_net *net = kt_net_uv_new();
    struct kt_idl *idl[2] = {NULL, NULL};
    struct kt_err e;
    struct kt_refdriver *d = NULL;

    must(net != NULL);
    if (kt_refdriver_idl(idl, &e))
        d = kt_refdriver_new(net, control, token,
                             (const struct kt_idl *[]){idl[0], idl[1]}, &e);
    if (d == NULL) {
        fprintf(stderr, "ktspec driver: %s\n",
                e.detail[0] ? e.detail : kt_code_name(e.code));
        kt_idl_free(idl[0]);
        kt_idl_free(idl[1]);
        kt_net_free(net);
        return 3;
    }
    while (!kt_refdriver_is_over(d))
        kt_net_step(net, UINT64_MAX);
    kt_refdriver_free(d);
    kt_idl_free(idl[0]);
    kt_idl_free(idl[1]);
    kt_net_free(net);
    return 0;
}

int kt_cmd_driver(char **argv)
{
    const char *control = getenv("KTSPEC_CONTROL"),
               *token = getenv("KTSPEC_TOKEN"), *value;
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? 2 : 0;
        if (i == KT_OPT_WORD)
            return kt_usage(&help, "'%s' has no place here", value);
        *(i == 0 ? &control : &token) = value;
    }
    if (control == NULL)
        return kt_usage(&help,
                        "no control address: ktspec run sets KTSPEC_CONTROL");
    return drive(control, token ? token : "");
}

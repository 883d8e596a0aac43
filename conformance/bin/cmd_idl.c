/* ktspec idl check: read a Thrift IDL file as serve and call would.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/verbs.h"
#include "idl/idl.h"
#include <string.h>

static const struct kt_opt opts[] = {
    {"include", 'I', "DIR",
     "Also look for included files in DIR; may be given several times."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "idl",
    .usage = "check FILE [-I DIR]…",
    .text = "Read a Thrift IDL file and what it includes, by the rules of "
            "Kitex's generator, and\n"
            "print its services: each method with its streaming mode and its "
            "HTTP/2 path.",
    .opts = opts,
    .tail = "Exit status: 0 it can be read, 2 it cannot, with file:line:col.",
};

static int check(const char *path, const char *const *dirs, size_t ndirs)
{
    struct kt_err e;
    struct kt_buf text;
    struct kt_idl *idl = kt_idl_load(path, dirs, ndirs, &e);

    if (idl == NULL) {
        fprintf(stderr, "ktspec idl: %s\n", e.detail);
        return KT_EXIT_USAGE;
    }
    kt_buf_init(&text, 16 << 20);
    kt_idl_describe(idl, &text);
    fputs(kt_buf_cstr(&text), stdout);
    kt_buf_fini(&text);
    kt_idl_free(idl);
    return KT_EXIT_OK;
}

int kt_verb_idl(char **argv)
{
    const char *dirs[16], *value, *path = NULL;
    size_t ndirs = 0;
    bool said_check = false;
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? KT_EXIT_USAGE : KT_EXIT_OK;
        if (i >= 0 && ndirs < sizeof dirs / sizeof *dirs)
            dirs[ndirs++] = value;
        else if (!said_check && strcmp(value, "check") == 0)
            said_check = true;
        else
            path = value;
    }
    if (!said_check || path == NULL)
        return kt_usage(&help, "ktspec idl check FILE");
    return check(path, dirs, ndirs);
}

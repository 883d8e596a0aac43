/* ktspec call: call a method of any Thrift IDL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "bin/caller.h"
#include "bin/idl_arg.h"
#include "bin/opt.h"
#include "bin/programs.h"
#include <string.h>

static const struct kt_opt opts[] = {
    {"idl", 'i', "FILE", "The Thrift IDL. Required."},
    {"file", 'f', "FILE",
     "Messages from FILE, one JSON object a line; '-': standard input."},
    {"deadline", 'd', "TIME", "500ms, 5s: sent as grpc-timeout, and kept."},
    {"header", 'H', "K:V",
     "A metadata field; may be given several times. Values of names that\n"
     "end in -bin are base64."},
    {"meta", 0, "K=V", "A transient metainfo value; likewise."},
    {"persist", 0, "K=V", "A persistent metainfo value; likewise."},
    {"verbose", 'v', NULL, "Headers and trailers on standard error, as JSON."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "call",
    .usage = "--idl FILE ADDR SERVICE/METHOD [JSON…] [OPTIONS]",
    .text = "Call one method over HTTP/2: a curl for Kitex Thrift Streaming. "
            "Each JSON is a\n"
            "message (docs/drivers.md section 5: the JSON form of every type); "
            "the request is\n"
            "half-closed behind the last one. Each message of the answer is "
            "printed as it comes,\n"
            "one JSON object a line. All four streaming modes; ping-pong "
            "methods are not called.",
    .opts = opts,
    .tail = "Exit status: 0 the call ended OK, 1 with an error status (on "
            "standard error) or a\n"
            "declared exception, 2 usage, 3 the connection could not be made, "
            "4 a biz status.\n"
            "\n"
            "Examples:\n"
            "  ktspec call -i echo.thrift 127.0.0.1:8888 TestService/Echo "
            "'{\"message\":\"hi\"}'\n"
            "  ktspec call -i echo.thrift 127.0.0.1:8888 "
            "TestService/EchoClient -f - <lines",
};

static bool message_put(struct kt_caller_opts *o, const char *text,
                        const char *where)
{
    json_error_t e;
    json_t *j = json_loads(text, JSON_ALLOW_NUL, &e);

    if (json_is_object(j) && json_array_append_new(o->messages, j) == 0)
        return true;
    kt_usage(&help, "%s: not a JSON object: %s", where,
             j ? "another kind of value" : e.text);
    return false;
}

static bool file_read(struct kt_caller_opts *o, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL, where[300];
    size_t cap = 0;
    bool ok = f != NULL;

    if (f == NULL)
        perror(path);
    for (int number = 1; ok && getline(&line, &cap, f) >= 0; number++) {
        snprintf(where, sizeof where, "%s:%d", path, number);
        if (line[strspn(line, " \t\r\n")] != '\0')
            ok = message_put(o, line, where);
    }
    free(line);
    if (f != NULL && f != stdin)
        fclose(f);
    return ok;
}

/* "K:V" or "K=V". */
static bool pair_put(struct kt_hlist *h, const char *text, char sep,
                     const char *what)
{
    const char *at = strchr(text, sep);
    struct kt_err e;

    if (at == NULL || at == text) {
        kt_usage(&help, "%s '%s': K%cV is due", what, text, sep);
        return false;
    }
    return kt_hlist_put(h, kt_cur_of(text, (size_t)(at - text)),
                        kt_cur_of(at + 1, strlen(at + 1)), &e) == KT_DONE;
}

static bool header_put(struct kt_hlist *h, const char *text)
{
    const char *at = strchr(text, ':');
    json_t *pairs;
    bool ok;

    if (at == NULL || at == text) {
        kt_usage(&help, "-H '%s': k:v is due", text);
        return false;
    }
    pairs = json_pack("[[s%, s]]", text, (size_t)(at - text),
                      at + 1 + strspn(at + 1, " "));
    ok = kt_metadata_read(pairs, h);
    if (!ok)
        kt_usage(&help, "-H '%s': not a metadata field", text);
    json_decref(pairs);
    return ok;
}

struct args {
    const char *idl, *path;
    struct kt_caller_opts o;
};

static bool option(struct args *g, int i, const char *value)
{
    unsigned long long ns;

    switch (i) {
    case 0:
        g->idl = value;
        return true;
    case 1:
        return file_read(&g->o, value);
    case 2:
        if (!kt_read_time(value, &ns)) {
            kt_usage(&help, "--deadline %s: 500ms, 5s, 2m", value);
            return false;
        }
        g->o.deadline_ns = ns;
        return true;
    case 3:
        return header_put(&g->o.metadata, value);
    case 4:
        return pair_put(&g->o.transient, value, '=', "--meta");
    case 5:
        return pair_put(&g->o.persistent, value, '=', "--persist");
    default:
        return g->o.verbose = true;
    }
}

/* -1: go on. */
static int args_read(struct args *g, char **argv)
{
    const char *value;
    struct kt_args a;
    int i;

    kt_args_init(&a, &help, argv);
    while ((i = kt_args_next(&a, &value)) != KT_OPT_END) {
        if (i == KT_OPT_BAD || i == KT_OPT_HELP)
            return i == KT_OPT_BAD ? 2 : 0;
        if (i >= 0 && !option(g, i, value))
            return 2;
        if (i >= 0)
            continue;
        if (g->o.address == NULL)
            g->o.address = value;
        else if (g->path == NULL)
            g->path = value;
        else if (!message_put(&g->o, value, "message"))
            return 2;
    }
    if (g->idl == NULL)
        return kt_usage(&help, "which IDL? --idl FILE");
    return g->path ? -1 : kt_usage(&help, "ADDR and SERVICE/METHOD are due");
}

static int call(struct args *g)
{
    struct kt_idl *idl = kt_idl_arg("call", g->idl);
    int rc = 2;

    if (idl == NULL)
        return 2;
    if (kt_method_arg("call", idl, g->path, &g->o.service, &g->o.method)) {
        if (g->o.method->mode == KT_MODE_PINGPONG) {
            kt_usage(
                &help,
                "%s is a ping-pong method: only streaming modes are called",
                g->o.method->name);
        } else {
            struct kt_net *net = kt_net_uv_new();

            must(net != NULL);
            rc = kt_caller_go(net, &g->o);
            kt_net_free(net);
        }
    }
    kt_idl_free(idl);
    return rc;
}

int kt_cmd_call(char **argv)
{
    struct args g = {
        .o = {.out = stdout, .err = stderr, .messages = json_array()}};
    int rc;

    kt_hlist_init(&g.o.metadata, 64 << 10, 512);
    kt_hlist_init(&g.o.transient, 64 << 10, 512);
    kt_hlist_init(&g.o.persistent, 64 << 10, 512);
    rc = args_read(&g, argv);
    if (rc < 0)
        rc = call(&g);
    kt_hlist_fini(&g.o.metadata);
    kt_hlist_fini(&g.o.transient);
    kt_hlist_fini(&g.o.persistent);
    json_decref(g.o.messages);
    return rc;
}

/* ktspec serve: a server for any Thrift IDL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "bin/idl_arg.h"
#include "bin/opt.h"
#include "bin/programs.h"
#include "bin/serve.h"
#include "io/signal.h"
#include <string.h>

static const struct kt_opt opts[] = {
    {"idl", 'i', "FILE", "The Thrift IDL. Required."},
    {"listen", 'l', "ADDR",
     "HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:8888."},
    {"service", 's', "NAME",
     "Serve this service of the file. Default: its last one."},
    {"script", 0, "FILE",
     "Scripted answers, one JSON object a line:\n"
     "{\"method\":\"M\",\"headers\":[[\"k\",\"v\"]],\"messages\":[{…}],\n"
     " \"status\":{\"code\":5,\"message\":\"…\"} or "
     "\"biz\":{\"code\":1,\"message\":\"…\",\"extra\":{}},\n"
     " \"trailers\":[[\"k\",\"v\"]]}"},
    {"verbose", 'v', NULL, "A line on standard error for each call."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program help = {
    .name = "serve",
    .usage = "--idl FILE [--listen ADDR] [--service NAME] [--script FILE]",
    .text = "Serve Kitex Thrift Streaming over HTTP/2: a netcat for it. "
            "Without a script every\n"
            "method echoes: bidirectional each message at once; client "
            "streaming the last one;\n"
            "server streaming and unary the request. That fits methods whose "
            "request and\n"
            "response encode alike, as those of the seed's IDL do. A method "
            "with a script answers\n"
            "by it: bidirectional at once, client streaming at the end of the "
            "request, others\n"
            "with its message. Ping-pong calls are not served.\n"
            "\n"
            "Prints 'listening on HOST:PORT'. SIGINT and SIGTERM stop "
            "gracefully: streams in\n"
            "flight have 5 seconds.",
    .opts = opts,
    .tail = "Exit status: 0 stopped, 2 usage or a file that cannot be read, 3 "
            "the address cannot\n"
            "be listened on.",
};

struct program {
    struct kt_signal_sink on_signal;
    struct kt_serve *serve;
    int signals;
};

static void on_signal(struct kt_signal_sink *self, int signo)
{
    struct program *p = kt_container_of(self, struct program, on_signal);

    (void)signo;
    kt_serve_stop(p->serve, p->signals++ == 0 ? 5000000000u : 1);
}

static bool script_line(json_t *scripts, const struct kt_service *s,
                        const char *path, const char *line, int number)
{
    json_error_t e;
    json_t *j = json_loads(line, 0, &e);
    const char *method = json_string_value(json_object_get(j, "method"));

    if (method == NULL || kt_service_method(s, method) == NULL) {
        fprintf(stderr, "ktspec serve: %s:%d: %s\n", path, number,
                j == NULL ? e.text
                          : "\"method\" names no method of the service");
        json_decref(j);
        return false;
    }
    json_object_set_new(scripts, method, j);
    return true;
}

static json_t *scripts_load(const char *path, const struct kt_service *s)
{
    FILE *f = fopen(path, "re");
    json_t *scripts = json_object();
    char *line = NULL;
    size_t cap = 0;
    bool ok = f != NULL;

    if (f == NULL)
        perror(path);
    for (int number = 1; ok && getline(&line, &cap, f) >= 0; number++)
        if (line[strspn(line, " \t\r\n")] != '\0')
            ok = script_line(scripts, s, path, line, number);
    free(line);
    if (f != NULL)
        fclose(f);
    if (ok)
        return scripts;
    json_decref(scripts);
    return NULL;
}

static int serve(const struct kt_serve_opts *o)
{
    struct kt_net *net = kt_net_uv_new();
    struct program p = {.on_signal = {on_signal}};
    char addr[64];
    struct kt_err e;

    must(net != NULL);
    p.serve = kt_serve_new(net, o, addr, &e);
    if (p.serve == NULL) {
        fprintf(stderr, "ktspec serve: %s: %s\n", o->listen,
                e.detail[0] ? e.detail : kt_code_name(e.code));
        kt_net_free(net);
        return 3;
    }
    kt_net_on_signal(net, &p.on_signal);
    printf("listening on %s\n", addr);
    fflush(stdout);
    while (!kt_serve_is_over(p.serve))
        kt_net_step(net, UINT64_MAX);
    kt_serve_free(p.serve);
    kt_net_free(net);
    return 0;
}

struct args {
    const char *idl, *listen, *service, *script;
    bool verbose;
};

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
        if (i == KT_OPT_WORD)
            return kt_usage(&help, "'%s' has no place here", value);
        if (i == 0)
            g->idl = value;
        else if (i == 1)
            g->listen = value;
        else if (i == 2)
            g->service = value;
        else if (i == 3)
            g->script = value;
        g->verbose = g->verbose || i == 4;
    }
    return g->idl != NULL ? -1 : kt_usage(&help, "which IDL? --idl FILE");
}

int kt_cmd_serve(char **argv)
{
    struct args g = {.listen = "127.0.0.1:8888"};
    struct kt_serve_opts o;
    int rc = args_read(&g, argv);

    if (rc >= 0)
        return rc;
    struct kt_idl *idl = kt_idl_arg("serve", g.idl);
    if (idl == NULL)
        return 2;
    o = (struct kt_serve_opts){.service =
                                   kt_service_arg("serve", idl, g.service),
                               .listen = g.listen,
                               .verbose = g.verbose};
    rc = o.service ? -1 : 2;
    if (rc < 0 && g.script != NULL &&
        (o.scripts = scripts_load(g.script, o.service)) == NULL)
        rc = 2;
    if (rc < 0)
        rc = serve(&o);
    json_decref(o.scripts);
    kt_idl_free(idl);
    return rc;
}

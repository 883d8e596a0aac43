/* A judge of one reference driver, in the simulated world: it listens, writes
 * JSON lines and keeps the answers. JSON is written with ' for ".
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "bin/refdriver.h"
#include "base/alloc.h"
#include "base/buf.h"
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)

struct judge {
    struct kt_net *net;
    struct kt_sink on_accept, on_tcp;
    struct kt_listener *listener;
    struct kt_tcp *tcp;
    struct kt_refdriver *driver;
    struct kt_idl *idl[2];
    struct kt_buf in;
    json_t *hello, *answers[1000]; /* by id */
    int next_id;
    const char *caseid; /* of requests from now on */
    char addr[64];      /* of the last slot */
};

static inline json_t *quoted(const char *text)
{
    char *copy = kt_xstrdup(text);
    json_error_t e;

    for (char *p = copy; *p; p++)
        *p = *p == '\'' ? '"' : *p;

    json_t *j = json_loads(copy, 0, &e);

    cr_assert_not_null(j, "%s: %s", copy, e.text);
    kt_free(copy);
    return j;
}

static inline void judge_line(struct judge *g, struct kt_cur line)
{
    json_error_t e;
    json_t *j = json_loadb((const char *)line.p, kt_cur_left(&line), 0, &e);
    json_t *id = json_object_get(j, "id");
    const json_int_t n = json_integer_value(id);

    cr_assert_not_null(j, "%s", e.text);
    if (json_object_get(j, "hello")) {
        g->hello = j;
        return;
    }
    cr_assert(json_is_integer(id) && n >= 0 && n < g->next_id);
    cr_assert_null(g->answers[n], "a second answer to %d", (int)n);
    g->answers[n] = j;
}

static inline void judge_on_tcp(struct kt_sink *self,
                                const struct kt_net_event *ev)
{
    struct judge *g = kt_container_of(self, struct judge, on_tcp);

    if (ev->kind == KT_NET_CLOSED)
        g->tcp = NULL;
    if (ev->kind != KT_NET_DATA)
        return;
    kt_buf_put(&g->in, ev->data.p, kt_cur_left(&ev->data));
    for (;;) {
        const struct kt_cur in = kt_buf_view(&g->in);
        const uint8_t *end = in.p ? memchr(in.p, '\n', kt_cur_left(&in)) : NULL;

        if (end == NULL)
            return;
        judge_line(g, (struct kt_cur){in.p, end});
        kt_buf_eat(&g->in, (size_t)(end - in.p) + 1);
    }
}

static inline void judge_on_accept(struct kt_sink *self,
                                   const struct kt_net_event *ev)
{
    struct judge *g = kt_container_of(self, struct judge, on_accept);

    g->tcp = ev->tcp;
    kt_tcp_set_sink(ev->tcp, &g->on_tcp);
}

/* Let the world go on for so long. */
static inline void run(struct judge *g, unsigned ms)
{
    const uint64_t end = kt_net_now(g->net) + ms * MS;

    while (kt_net_now(g->net) < end)
        kt_net_step(g->net, end);
}

static inline void judge_init(struct judge *g)
{
    char addr[64];
    struct kt_err e;

    *g = (struct judge){.net = kt_net_sim_new(),
                        .on_accept = {judge_on_accept},
                        .on_tcp = {judge_on_tcp},
                        .next_id = 1,
                        .caseid = "a"};
    kt_buf_init(&g->in, 64 << 20);
    g->listener = kt_net_listen(g->net, "127.0.0.1:0", &g->on_accept, addr, &e);
    cr_assert(kt_refdriver_idl(g->idl, &e));
    g->driver =
        kt_refdriver_new(g->net, addr, "secret",
                         (const struct kt_idl *[]){g->idl[0], g->idl[1]}, &e);
    cr_assert_not_null(g->driver);
    run(g, 1);
    cr_assert_not_null(g->hello);
}

static inline void judge_fini(struct judge *g)
{
    if (g->tcp)
        kt_tcp_close(g->tcp);
    run(g, 1);
    cr_expect(kt_refdriver_is_over(g->driver));
    kt_refdriver_free(g->driver);
    kt_idl_free(g->idl[0]);
    kt_idl_free(g->idl[1]);
    kt_listener_close(g->listener);
    run(g, 1);
    cr_expect(kt_net_quiet(g->net));
    kt_net_free(g->net);
    kt_buf_fini(&g->in);
    json_decref(g->hello);
    for (int i = 0; i < g->next_id; i++)
        json_decref(g->answers[i]);
}

/* Write a request. who is "side stream", or "" for those about no stream; more
 * is the rest of the object, without braces. */
static inline int later(struct judge *g, const char *who, const char *op,
                        const char *more)
{
    char head[200], side[16] = "", stream[32] = "";
    json_t *req, *rest;
    char *text;

    cr_assert_lt(g->next_id, 999);
    snprintf(head, sizeof head, "{'op':'%s','id':%d,'case':'%s'}", op,
             g->next_id, g->caseid);
    req = quoted(head);
    if (sscanf(who, "%15s %31s", side, stream) == 2) {
        json_object_set_new(req, "side", json_string(side));
        json_object_set_new(req, "stream", json_string(stream));
    }
    text = kt_xasprintf("{%s}", more);
    rest = quoted(text);
    kt_free(text);
    json_object_update(req, rest);
    json_decref(rest);
    text = json_dumps(req, JSON_COMPACT);
    json_decref(req);
    kt_tcp_write(g->tcp, text, strlen(text));
    kt_tcp_write(g->tcp, "\n", 1);
    free(text);
    const int id = g->next_id++;

    run(g, 1);
    return id;
}

/* All that want says is so in got. */
static inline bool says(const json_t *got, json_t *want)
{
    const char *k;
    json_t *v;

    if (!json_is_object(want))
        return json_equal(got, want) != 0;
    json_object_foreach(want, k, v)
    {
        if (!says(json_object_get(got, k), v))
            return false;
    }
    return json_is_object(got);
}

static inline void expect_at(int line, struct judge *g, int id,
                             const char *want)
{
    json_t *w = quoted(want);
    char *got =
        g->answers[id] ? json_dumps(g->answers[id], JSON_COMPACT) : NULL;

    cr_expect(says(g->answers[id], w), "line %d: %s, not %s", line,
              got ? got : "no answer", want);
    free(got);
    json_decref(w);
}
#define expect(g, id, want) expect_at(__LINE__, g, id, want)
#define waits(g, id)                                                           \
    cr_expect_null((g)->answers[id], "it should wait for its answer")
#define ask(g, who, op, more, want)                                            \
    expect_at(__LINE__, g, later(g, who, op, more), want)

#define OK "{'ok':{}}"
#define M(text) "'message':{'json':{'message':'" text "'}}"
#define GOT(text) "{'ok':{" M(text) "}}"
#define CLEAN "{'ok':{'streams':0,'handlers':0,'requests':0}}"

/* A slot named "s", of the conformance service. */
static inline void slot(struct judge *g, const char *settings)
{
    char *more = kt_xasprintf(
        "'slot':'s','service':'conformance.Conformance','settings':{%s}",
        settings);
    const int id = later(g, "", "listen", more);
    const char *addr = json_string_value(
        json_object_get(json_object_get(g->answers[id], "ok"), "address"));

    kt_free(more);
    cr_assert_not_null(addr);
    snprintf(g->addr, sizeof g->addr, "%s", addr);
}

static inline int dial(struct judge *g, const char *stream, const char *op,
                       const char *method, const char *more)
{
    char who[40];
    char *all = kt_xasprintf("'address':'%s','service':'conformance."
                             "Conformance','method':'%s'%s%s",
                             g->addr, method, more[0] ? "," : "", more);

    snprintf(who, sizeof who, "client %s", stream);

    const int id = later(g, who, op, all);

    kt_free(all);
    return id;
}

/* A stream of that name, opened and accepted. Returns the id of the accept. */
static inline int pair(struct judge *g, const char *stream, const char *method,
                       const char *more)
{
    char who[40];
    const int open = dial(g, stream, "open", method, more);

    snprintf(who, sizeof who, "server %s", stream);

    const int accept = later(g, who, "accept", "'slot':'s'");

    expect(g, open, OK);
    expect(g, accept, "{'ok':{}}");
    return accept;
}

static inline void clean(struct judge *g)
{
    const int id = later(g, "", "reset", "'slot':'s'");

    run(g, 600);
    expect(g, id, CLEAN);
}

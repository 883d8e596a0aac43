/* The control side of a bridge: JSON lines both ways, addresses rewritten.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/bridge.h"
#include "base/alloc.h"
#include "base/must.h"
#include "bin/refdriver.h"
#include "selftest/relay.h"
#include <string.h>

enum { MAX_LINE = 64 << 20 };

struct asked { /* a request that waits for its answer */
    struct asked *next;
    json_int_t id;
    json_t *request;
    unsigned nth;
};

struct count { /* how often an op came for a case, stream and side */
    struct count *next;
    unsigned n;
    json_t *memory;
    char key[];
};

struct kt_bridge {
    struct kt_net *net;
    const struct kt_mutant *mutant;
    bool sut_is_client;
    char *control;
    struct kt_refdriver *driver;
    struct kt_listener *listener;
    struct kt_sink on_listener, on_driver, on_judge;
    struct kt_tcp *to_driver, *to_judge;
    struct kt_buf from_driver, from_judge; /* unfinished lines */
    struct kt_relays *relays;
    struct asked *asked;
    struct count *counts;
};

static void put_line(struct kt_tcp *tcp, const json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);

    must(text != NULL);
    if (tcp != NULL) {
        const size_t n = strlen(text);

        text[n] = '\n'; /* in place of the NUL */
        kt_tcp_write(tcp, text, n + 1);
    }
    free(text);
}

static const char *text_of(const json_t *j, const char *key)
{
    const char *s = json_string_value(json_object_get(j, key));

    return s ? s : "";
}

/* Of an op, or (op "") of all of them. */
static struct count *count_of(struct kt_bridge *b, const json_t *req,
                              const char *op)
{
    char *key = kt_xasprintf("%s|%s|%s|%s", op, text_of(req, "case"),
                             text_of(req, "stream"), text_of(req, "side"));
    struct count *c = b->counts;

    while (c != NULL && strcmp(c->key, key) != 0)
        c = c->next;
    if (c == NULL) {
        c = kt_xalloc(sizeof *c + strlen(key) + 1);
        memcpy(c->key, key, strlen(key) + 1);
        c->memory = json_object();
        c->next = b->counts;
        b->counts = c;
    }
    kt_free(key);
    return c;
}

static void run_turn(const struct kt_bridge *b, struct kt_turn *t)
{
    t->op = text_of(t->request, "op");
    if (b->mutant != NULL && b->mutant->turn != NULL)
        b->mutant->turn(t, b->mutant);
}

/* The judge asks: the SUT's client dials a relay in place of the judge. */
static void on_request(struct kt_bridge *b, json_t *req)
{
    struct asked *a = kt_xalloc(sizeof *a);
    struct kt_turn t = {.request = req,
                        .nth = count_of(b, req, text_of(req, "op"))->n++,
                        .memory = count_of(b, req, "")->memory};
    const char *address = text_of(req, "address");

    run_turn(b, &t);
    if (t.answer != NULL) {
        json_object_set(t.answer, "id", json_object_get(req, "id"));
        put_line(b->to_judge, t.answer);
        json_decref(t.answer);
        kt_free(a);
        return;
    }
    if (b->sut_is_client && address[0] != '\0')
        json_object_set_new(req, "address",
                            json_string(kt_relays_address(b->relays, address)));
    *a =
        (struct asked){b->asked, json_integer_value(json_object_get(req, "id")),
                       json_incref(req), t.nth};
    b->asked = a;
    put_line(b->to_driver, req);
}

static struct asked *take_asked(struct kt_bridge *b, json_int_t id)
{
    for (struct asked **at = &b->asked; *at != NULL; at = &(*at)->next)
        if ((*at)->id == id) {
            struct asked *a = *at;

            *at = a->next;
            return a;
        }
    return NULL;
}

/* The driver answers: the judge dials a relay in place of its slot. */
static void on_answer(struct kt_bridge *b, json_t *line)
{
    struct asked *a =
        take_asked(b, json_integer_value(json_object_get(line, "id")));
    json_t *ok = json_object_get(line, "ok");
    struct kt_turn t = {.answer = line};

    if (!b->sut_is_client && json_object_get(ok, "address") != NULL)
        json_object_set_new(
            ok, "address",
            json_string(kt_relays_address(b->relays, text_of(ok, "address"))));
    if (a == NULL) { /* hello, or a request that was not looked at */
        put_line(b->to_judge, line);
        return;
    }
    t.request = a->request;
    t.nth = a->nth;
    t.memory = count_of(b, a->request, "")->memory;
    run_turn(b, &t);
    if (!t.silent)
        put_line(b->to_judge, line);
    json_decref(a->request);
    kt_free(a);
}

/* Nobody looks at turns, and there is no address to be rewritten: the line is
 * not even parsed. */
static bool passes_as_is(const struct kt_bridge *b, struct kt_cur line)
{
    return (b->mutant == NULL || b->mutant->turn == NULL) &&
           b->to_driver != NULL && b->to_judge != NULL &&
           memmem(line.p, kt_cur_left(&line), "\"address\"", 9) == NULL;
}

static void each_line(struct kt_bridge *b, struct kt_buf *in,
                      struct kt_cur data,
                      void (*on)(struct kt_bridge *b, json_t *line))
{
    must(kt_buf_put(in, data.p, kt_cur_left(&data)));
    for (;;) {
        const struct kt_cur c = kt_buf_view(in);
        const uint8_t *end =
            kt_cur_left(&c) ? memchr(c.p, '\n', kt_cur_left(&c)) : NULL;

        if (end == NULL)
            return;
        const size_t n = (size_t)(end - c.p);

        if (passes_as_is(b, kt_cur_of(c.p, n))) {
            kt_tcp_write(in == &b->from_judge ? b->to_driver : b->to_judge, c.p,
                         n + 1);
            kt_buf_eat(in, n + 1);
            continue;
        }
        json_t *line = json_loadb((const char *)c.p, n, JSON_ALLOW_NUL, NULL);
        must(json_is_object(line));
        kt_buf_eat(in, n + 1);
        on(b, line);
        json_decref(line);
    }
}

static void on_driver(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_bridge *b = kt_container_of(self, struct kt_bridge, on_driver);

    if (ev->kind == KT_NET_DATA)
        each_line(b, &b->from_driver, ev->data, on_answer);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED)
        b->to_driver = NULL;
}

static void on_judge(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_bridge *b = kt_container_of(self, struct kt_bridge, on_judge);

    if (ev->kind == KT_NET_DATA)
        each_line(b, &b->from_judge, ev->data, on_request);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED)
        b->to_judge = NULL;
}

static void on_listener(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_bridge *b = kt_container_of(self, struct kt_bridge, on_listener);
    struct kt_err e;

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    b->to_driver = ev->tcp;
    kt_tcp_set_sink(ev->tcp, &b->on_driver);
    b->to_judge = kt_net_connect(b->net, b->control, &b->on_judge, &e);
    must(b->to_judge != NULL);
}

struct kt_bridge *kt_bridge_new(struct kt_net *net,
                                const struct kt_mutant *mutant,
                                bool sut_is_client, const char *control,
                                const char *token,
                                const struct kt_idl *const idl[2])
{
    struct kt_bridge *b = kt_xalloc(sizeof *b);
    char addr[64];
    struct kt_err e;

    b->net = net;
    b->mutant = mutant;
    b->sut_is_client = sut_is_client;
    b->control = kt_xstrdup(control);
    b->on_listener.on = on_listener;
    b->on_driver.on = on_driver;
    b->on_judge.on = on_judge;
    kt_buf_init(&b->from_driver, MAX_LINE);
    kt_buf_init(&b->from_judge, MAX_LINE);
    b->relays = kt_relays_new(net, mutant, sut_is_client);
    b->listener = kt_net_listen(net, "127.0.0.1:0", &b->on_listener, addr, &e);
    must(b->listener != NULL);
    b->driver = kt_refdriver_new(net, addr, token, idl, &e);
    must(b->driver != NULL);
    return b;
}

static void free_lists(struct kt_bridge *b)
{
    while (b->asked != NULL) {
        struct asked *a = b->asked;

        b->asked = a->next;
        json_decref(a->request);
        kt_free(a);
    }
    while (b->counts != NULL) {
        struct count *c = b->counts;

        b->counts = c->next;
        json_decref(c->memory);
        kt_free(c);
    }
}

void kt_bridge_free(struct kt_bridge *b)
{
    if (b == NULL)
        return;
    kt_refdriver_free(b->driver);
    for (int i = 0; i < 2; i++) {
        struct kt_tcp *tcp = i ? b->to_judge : b->to_driver;

        if (tcp == NULL)
            continue;
        kt_tcp_set_sink(tcp, NULL);
        kt_tcp_abort(tcp);
    }
    kt_listener_close(b->listener);
    kt_relays_free(b->relays);
    free_lists(b);
    kt_buf_fini(&b->from_driver);
    kt_buf_fini(&b->from_judge);
    kt_free(b->control);
    kt_free(b);
}

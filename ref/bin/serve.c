/* The server behind ktspec serve.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/serve.h"
#include "base/alloc.h"
#include <string.h>

enum { MAX_MESSAGE = 64 << 20 };

struct conn {
    struct conn *next;
    struct kt_link *link;
};

struct kt_serve {
    struct kt_net *net;
    struct kt_serve_opts o;
    struct kt_served *served;
    struct kt_peer_opts peer;
    struct kt_listener *listener;
    struct kt_sink on_accept;
    struct kt_link_sink on_call;
    struct conn *conns;
    bool stopping;
};

/* What a call needs to remember. */
struct answer {
    const struct kt_method *method;
    struct kt_buf
        held;     /* a message that waits for the window, or the last one */
    bool holds;   /* there is one */
    bool blocked; /* it waits */
    size_t next_message; /* of a script */
    bool done;
};

/* --- echo --- */

static void finish(struct kt_call *c, struct answer *a,
                   const struct kt_status *fault)
{
    const struct kt_return ok = {.outcome = KT_RET_OK};
    struct kt_return bad = {.outcome = KT_RET_STATUS};
    struct kt_buf text;

    a->done = true;
    if (fault == NULL) {
        kt_call_return(c, &ok);
        return;
    }
    /* The message lives until the next call on c, so it is copied. */
    kt_buf_init(&text, 64 << 10);
    const struct kt_cur m = kt_buf_view(&fault->message);
    kt_buf_put(&text, m.p, kt_cur_left(&m));
    bad.code = fault->code;
    bad.message = kt_buf_cstr(&text);
    kt_call_return(c, &bad);
    kt_buf_fini(&text);
}

static void finish_text(struct kt_call *c, struct answer *a, const char *text)
{
    a->done = true;
    kt_call_return(c, &(struct kt_return){.outcome = KT_RET_STATUS,
                                          .code = KT_GRPC_INTERNAL,
                                          .message = text});
}

static bool hold(struct answer *a, struct kt_cur m)
{
    kt_buf_clear(&a->held);
    a->holds = kt_buf_put(&a->held, m.p, kt_cur_left(&m));
    return a->holds;
}

/* Send what is held; false: it waits for the window, or the call has failed. */
static bool send_held(struct kt_call *c, struct answer *a)
{
    const enum kt_step step = kt_call_send(c, kt_buf_view(&a->held));

    a->blocked = step == KT_MORE;
    if (step == KT_DONE)
        return true;
    if (step == KT_BAD)
        finish(c, a, kt_call_fault(c));
    return false;
}

/* A message is echoed whole: it must be a struct of the request's type. */
static bool is_valid(const struct answer *a, struct kt_cur m)
{
    struct kt_err e;

    return kt_tskip(&m, KT_T_STRUCT, &kt_tlimits_default, &e) == KT_DONE &&
           a->method->req != NULL;
}

static void unary(struct kt_call *c, struct answer *a, struct kt_cur wrapper)
{
    struct kt_cur body;
    struct kt_err e;
    int16_t id;

    if (kt_unwrap(wrapper, &id, &body, &e) != KT_DONE) {
        finish_text(c, a, "the request is no argument struct");
        return;
    }
    kt_buf_clear(&a->held);
    if (kt_wrap(&a->held, 0, body) &&
        kt_call_send(c, kt_buf_view(&a->held)) != KT_BAD)
        finish(c, a, NULL);
}

static void on_message(struct kt_call *c, struct answer *a, struct kt_cur m)
{
    if (kt_call_mode(c) == KT_UNARY) {
        unary(c, a, m);
        return;
    }
    if (!is_valid(a, m)) {
        finish_text(c, a, "the message is no Thrift struct");
        return;
    }
    if (!hold(a, m)) {
        finish_text(c, a, "out of memory");
        return;
    }
    if (kt_call_mode(c) == KT_CLIENT_STREAM)
        return; /* the last one is the answer */
    if (send_held(c, a) && kt_call_mode(c) == KT_SERVER_STREAM)
        finish(c, a, NULL);
}

static void on_end(struct kt_call *c, struct answer *a)
{
    static const uint8_t empty[] = {0};

    if (kt_call_mode(c) == KT_CLIENT_STREAM) {
        if (!a->holds)
            hold(a, kt_cur_of(empty, sizeof empty));
        if (send_held(c, a))
            finish(c, a, NULL);
    } else if (kt_call_mode(c) == KT_BIDI) {
        finish(c, a, NULL);
    } else {
        finish_text(c, a, "EOF");
    }
}

static void echo(struct kt_call *c, struct answer *a)
{
    struct kt_cur m;

    if (a->blocked && send_held(c, a) && kt_call_mode(c) != KT_BIDI)
        finish(c, a, NULL);
    while (!a->done && !a->blocked) {
        switch (kt_call_recv(c, &m)) {
        case KT_RECV_MORE:
            return;
        case KT_RECV_MESSAGE:
            on_message(c, a, m);
            break;
        case KT_RECV_EOF:
            on_end(c, a);
            break;
        case KT_RECV_STATUS:
        case KT_RECV_BIZ:
            finish(c, a, kt_call_fault(c));
            break;
        }
    }
}

/* --- scripts --- */

static const json_t *script_of(const struct kt_serve *s,
                               const struct kt_call *c)
{
    return json_object_get(s->o.scripts, kt_call_method(c));
}

/* A script begins when its request is there: bidi at once, client streaming at
 * the end, others with the first message. */
static bool request_is_there(struct kt_call *c, struct answer *a)
{
    struct kt_cur m;
    enum kt_recv got = KT_RECV_MORE;

    if (kt_call_mode(c) == KT_BIDI || a->holds)
        return true;
    do {
        got = kt_call_recv(c, &m);
    } while (got == KT_RECV_MESSAGE && kt_call_mode(c) == KT_CLIENT_STREAM);
    a->holds = got != KT_RECV_MORE;
    return a->holds;
}

static void script_head(struct kt_call *c, const json_t *script)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 64 << 10, 512);
    if (kt_metadata_read(json_object_get(script, "headers"), &h) && h.n > 0)
        kt_call_set_header(c, &h);
    kt_hlist_clear(&h);
    if (kt_metadata_read(json_object_get(script, "trailers"), &h) && h.n > 0)
        kt_call_set_trailer(c, &h);
    kt_hlist_fini(&h);
}

static void script_end(struct kt_call *c, struct answer *a,
                       const json_t *script)
{
    const json_t *status = json_object_get(script, "status"),
                 *biz = json_object_get(script, "biz");
    const json_t *what = status ? status : biz;
    struct kt_return r = {.outcome = KT_RET_OK};
    char *extra = NULL;

    if (what != NULL) {
        const char *text = json_string_value(json_object_get(what, "message"));

        r.outcome = status ? KT_RET_STATUS : KT_RET_BIZ;
        r.code = (int32_t)json_integer_value(json_object_get(what, "code"));
        r.message = text ? text : "";
        if (biz != NULL && json_object_size(json_object_get(biz, "extra")) > 0)
            extra = json_dumps(json_object_get(biz, "extra"), JSON_COMPACT);
        r.extra = extra;
    }
    a->done = true;
    kt_call_return(c, &r);
    free(extra);
}

/* Encode the next message of a script into held. */
static bool script_message(struct kt_call *c, struct answer *a,
                           const json_t *value)
{
    struct kt_buf body;
    struct kt_err e = {0};
    bool ok;

    kt_buf_clear(&a->held);
    if (kt_call_mode(c) != KT_UNARY)
        return kt_json_to_thrift(value, a->method->resp, &a->held, &e) ==
               KT_DONE;
    kt_buf_init(&body, MAX_MESSAGE);
    ok = kt_json_to_thrift(value, a->method->resp, &body, &e) == KT_DONE &&
         kt_wrap(&a->held, 0, kt_buf_view(&body));
    kt_buf_fini(&body);
    return ok;
}

static void play(struct kt_call *c, struct answer *a, const json_t *script)
{
    const json_t *messages = json_object_get(script, "messages");

    if (a->done || !request_is_there(c, a))
        return;
    if (a->next_message == 0)
        script_head(c, script);
    while (a->next_message < json_array_size(messages)) {
        if (!a->blocked &&
            !script_message(c, a, json_array_get(messages, a->next_message))) {
            finish_text(c, a, "the script's message does not fit the IDL");
            return;
        }
        if (!send_held(c, a))
            return;
        a->next_message++;
    }
    script_end(c, a, script);
}

/* --- connections --- */

static void call_new(struct kt_serve *s, struct kt_call *c)
{
    struct answer *a = kt_alloc(sizeof *a);

    if (a == NULL) {
        kt_call_free(c);
        return;
    }
    kt_buf_init(&a->held, MAX_MESSAGE);
    a->method = kt_service_method(s->o.service, kt_call_method(c));
    kt_call_set_user(c, a);
}

static void call_gone(const struct kt_serve *s, struct kt_call *c,
                      struct answer *a)
{
    if (s->o.verbose)
        fprintf(stderr, "%s/%s ended\n", kt_call_service(c), kt_call_method(c));
    kt_buf_fini(&a->held);
    kt_free(a);
    kt_call_set_user(c, NULL);
    kt_call_free(c);
}

static void conn_gone(struct kt_serve *s, struct kt_link *l)
{
    for (struct conn **at = &s->conns; *at != NULL; at = &(*at)->next)
        if ((*at)->link == l) {
            struct conn *gone = *at;

            *at = gone->next;
            kt_free(gone);
            break;
        }
    kt_link_free(l);
}

static void on_call(struct kt_link_sink *self, struct kt_link *l,
                    const struct kt_call_event *ev)
{
    struct kt_serve *s = kt_container_of(self, struct kt_serve, on_call);
    struct answer *a;

    if (ev == NULL) {
        conn_gone(s, l);
        return;
    }
    if (ev->call == NULL)
        return;
    if (ev->kind == KT_CALL_NEW)
        call_new(s, ev->call);
    a = kt_call_user(ev->call);
    if (a == NULL)
        return;
    if (!a->done && script_of(s, ev->call) != NULL)
        play(ev->call, a, script_of(s, ev->call));
    else if (!a->done)
        echo(ev->call, a);
    if (ev->kind == KT_CALL_ENDED)
        call_gone(s, ev->call, a);
    kt_link_touch(l);
}

static void on_accept(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_serve *s = kt_container_of(self, struct kt_serve, on_accept);
    struct conn *conn =
        ev->kind == KT_NET_ACCEPTED ? kt_alloc(sizeof *conn) : NULL;
    struct kt_err e;

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    if (conn != NULL)
        conn->link = kt_link_accept(s->net, ev->tcp, &s->peer, &s->on_call, &e);
    if (conn == NULL || conn->link == NULL) {
        kt_free(conn);
        kt_tcp_abort(ev->tcp);
        return;
    }
    conn->next = s->conns;
    s->conns = conn;
}

static enum kt_call_mode mode_of(enum kt_mode m)
{
    switch (m) {
    case KT_MODE_CLIENT:
        return KT_CLIENT_STREAM;
    case KT_MODE_SERVER:
        return KT_SERVER_STREAM;
    case KT_MODE_UNARY:
        return KT_UNARY;
    case KT_MODE_BIDI:
    case KT_MODE_PINGPONG:
        break;
    }
    return KT_BIDI;
}

static bool serve_methods(struct kt_serve *s)
{
    const struct kt_service *service = s->o.service;

    s->served = kt_alloc((service->nmethods + 1) * sizeof *s->served);
    for (size_t i = 0; s->served != NULL && i < service->nmethods; i++)
        if (service->methods[i].mode != KT_MODE_PINGPONG)
            s->served[s->peer.n_methods++] =
                (struct kt_served){service->name, service->methods[i].name,
                                   mode_of(service->methods[i].mode)};
    s->peer.methods = s->served;
    return s->served != NULL;
}

struct kt_serve *kt_serve_new(struct kt_net *net, const struct kt_serve_opts *o,
                              char ret_addr[64], struct kt_err *reterr)
{
    struct kt_serve *s = kt_alloc(sizeof *s);

    kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
    if (s == NULL)
        return NULL;
    s->net = net;
    s->o = *o;
    s->on_accept.on = on_accept;
    s->on_call.on = on_call;
    if (serve_methods(s))
        s->listener =
            kt_net_listen(net, o->listen, &s->on_accept, ret_addr, reterr);
    if (s->listener != NULL)
        return s;
    kt_serve_free(s);
    return NULL;
}

void kt_serve_stop(struct kt_serve *s, uint64_t grace_ns)
{
    s->stopping = true;
    if (s->listener != NULL)
        kt_listener_close(s->listener);
    s->listener = NULL;
    for (struct conn *c = s->conns, *next; c != NULL; c = next) {
        next = c->next; /* a touch may end it, from a later step */
        kt_peer_stop(kt_link_peer(c->link), grace_ns, kt_net_now(s->net));
        kt_link_touch(c->link);
    }
}

bool kt_serve_is_over(const struct kt_serve *s)
{
    return s->stopping && s->conns == NULL;
}

void kt_serve_free(struct kt_serve *s)
{
    if (s == NULL)
        return;
    if (s->listener != NULL)
        kt_listener_close(s->listener);
    while (s->conns != NULL) {
        struct conn *c = s->conns;

        s->conns = c->next;
        kt_peer_lost(kt_link_peer(c->link), "stopped", kt_net_now(s->net));
        kt_link_touch(c->link); /* ends its calls, which frees their answers */
        kt_link_free(c->link);
        kt_free(c);
    }
    kt_free(s->served);
    kt_free(s);
}

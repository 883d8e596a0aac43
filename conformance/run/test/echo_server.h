/* A small echo server on the judge's own endpoint, with faults, for tests of
 * the runner in a simulated world. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/alloc.h"
#include "io/net.h"
#include "peer/endpoint.h"

enum test_fault {
    TEST_GOOD,
    TEST_CLOSE_AT_ACCEPT,
    TEST_NO_SETTINGS_ACK,
    TEST_SILENT,        /* takes all, answers nothing */
    TEST_WRONG_STATUS,  /* INTERNAL where OK is due */
    TEST_WRONG_MESSAGE, /* {} for every message */
    TEST_TWICE,         /* every message twice */
    TEST_NO_TRAILERS,   /* ends the stream with DATA */
    TEST_LATE_DATA,     /* DATA behind the trailers */
};

struct test_server {
    struct kt_net *net;
    struct kt_listener *listener;
    struct kt_sink on_listener;
    char addr[64];
    enum test_fault fault;
    struct test_conn *conns;
};

struct test_conn {
    struct test_conn *next;
    struct test_server *s;
    struct kt_endpoint *ep;
    struct kt_tcp *tcp;
    struct kt_sink sink;
    size_t seen;
};

static inline void test_conn_flush(struct test_conn *c)
{
    struct kt_cur out;

    while (c->tcp && kt_endpoint_next(c->ep, kt_net_now(c->s->net), &out))
        kt_tcp_write(c->tcp, out.p, kt_cur_left(&out));
}

static inline void test_answer(struct test_conn *c, const struct kt_rec *r)
{
    static const uint8_t empty[] = {0};
    const struct kt_write_how how = {.stream = r->ev.stream};
    const struct kt_cur body = c->s->fault == TEST_WRONG_MESSAGE
                                   ? kt_cur_of(empty, sizeof empty)
                                   : r->ev.body;
    struct kt_hlist head;

    kt_canon_init(&head);
    kt_canon_response(&head, NULL);
    if (r->tag == NULL)
        kt_endpoint_headers(c->ep, r->ev.stream, &head, NULL, &how);
    kt_hlist_fini(&head);
    kt_endpoint_message(c->ep, r->ev.stream, body, NULL, &how);
    if (c->s->fault == TEST_TWICE)
        kt_endpoint_message(c->ep, r->ev.stream, body, NULL, &how);
}

static inline void test_end(struct test_conn *c, uint32_t stream, bool alone)
{
    static const struct kt_wire data = {.frame = KT_F_DATA, .repeat = 1};
    const struct kt_write_how how = {.stream = stream};
    struct kt_hlist list;
    struct kt_status st;

    if (c->s->fault == TEST_NO_TRAILERS) {
        kt_endpoint_half_close(c->ep, stream, NULL);
        return;
    }
    kt_status_init(&st);
    if (c->s->fault == TEST_WRONG_STATUS)
        kt_status_set(&st, KT_GRPC_INTERNAL, "boom");
    kt_canon_init(&list);
    kt_canon_trailers(&list, &st, NULL, alone);
    kt_endpoint_trailers(c->ep, stream, &list, NULL, &how);
    kt_hlist_fini(&list);
    kt_status_fini(&st);
    if (c->s->fault == TEST_LATE_DATA)
        kt_endpoint_line(c->ep, &data, &how);
}

/* An earlier message of the stream has had the headers written. */
static inline bool test_answered(const struct kt_log *log,
                                 const struct kt_rec *r)
{
    for (const struct kt_rec *x = kt_log_first(log, r->ev.stream, true);
         x && x != r; x = x->next)
        if (x->ev.kind == KT_EV_MESSAGE)
            return true;
    return false;
}

static inline void test_conn_work(struct test_conn *c)
{
    const struct kt_log *log = kt_endpoint_log(c->ep);

    for (; c->seen < log->ndone; c->seen++) {
        struct kt_rec *r = log->done[c->seen];

        if (!r->to_server || r->kind != KT_REC_GRPC ||
            c->s->fault == TEST_SILENT)
            continue;
        r->tag = test_answered(log, r) ? r : NULL;
        if (r->ev.kind == KT_EV_MESSAGE)
            test_answer(c, r);
        if (r->ev.kind == KT_EV_HALF_CLOSE)
            test_end(c, r->ev.stream, r->tag == NULL);
    }
    test_conn_flush(c);
}

static inline void test_on_conn(struct kt_sink *self,
                                const struct kt_net_event *ev)
{
    struct test_conn *c = kt_container_of(self, struct test_conn, sink);

    if (ev->kind == KT_NET_DATA)
        kt_endpoint_feed(c->ep, ev->data, kt_net_now(c->s->net));
    if (ev->kind == KT_NET_EOF)
        kt_tcp_close(c->tcp);
    if (ev->kind == KT_NET_CLOSED)
        c->tcp = NULL;
    test_conn_work(c);
}

static inline void test_on_accept(struct kt_sink *self,
                                  const struct kt_net_event *ev)
{
    struct test_server *s =
        kt_container_of(self, struct test_server, on_listener);
    const struct kt_endpoint_opts o = {
        .is_server = true, .no_settings_ack = s->fault == TEST_NO_SETTINGS_ACK};
    struct test_conn *c = kt_xalloc(sizeof *c);

    *c = (struct test_conn){
        .s = s, .tcp = ev->tcp, .sink.on = test_on_conn, .next = s->conns};
    s->conns = c;
    c->ep = kt_endpoint_new(&o);
    kt_tcp_set_sink(c->tcp, &c->sink);
    if (s->fault == TEST_CLOSE_AT_ACCEPT) {
        kt_tcp_close(c->tcp);
        return;
    }
    kt_endpoint_connected(c->ep, kt_net_now(s->net));
    test_conn_flush(c);
}

static inline void test_server_init(struct test_server *s, struct kt_net *net,
                                    enum test_fault fault)
{
    struct kt_err err;

    *s = (struct test_server){
        .net = net, .fault = fault, .on_listener.on = test_on_accept};
    s->listener =
        kt_net_listen(net, "127.0.0.1:0", &s->on_listener, s->addr, &err);
}

/* After kt_net_free. */
static inline void test_server_fini(struct test_server *s)
{
    while (s->conns) {
        struct test_conn *c = s->conns;

        s->conns = c->next;
        kt_endpoint_free(c->ep);
        kt_free(c);
    }
}

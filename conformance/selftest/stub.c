/* Stub servers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/stub.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/must.h"
#include "peer/hpack.h"
#include "wire/frame.h"

enum { MAX_IN = 16 << 20, MAX_OUT = 4096 };

struct conn {
    struct kt_sink sink;
    struct conn *next;
    struct kt_stub *stub;
    struct kt_tcp *tcp;
    struct kt_buf in;
    bool begun;
};

struct kt_stub {
    struct kt_net *net;
    enum kt_stub_kind kind;
    struct kt_listener *listener;
    struct kt_sink on_listener;
    struct conn *conns;
};

const char *kt_stub_name(enum kt_stub_kind k)
{
    static const char *const names[KT_STUB_COUNT] = {
        [KT_STUB_CLOSE] = "close-at-accept",
        [KT_STUB_SETTINGS] = "close-after-settings",
        [KT_STUB_SILENT] = "silent",
        [KT_STUB_OK] = "always-ok",
        [KT_STUB_RST] = "reset-everything",
        [KT_STUB_GOAWAY] = "goaway-everything",
    };

    return names[k];
}

static void put(struct conn *c, struct kt_fhead head, struct kt_cur payload)
{
    uint8_t frame[MAX_OUT];
    const size_t n = kt_cur_left(&payload);

    must(n + KT_FRAME_HEAD <= sizeof frame);
    head.length = (uint32_t)n;
    kt_fhead_encode(frame, head);
    for (size_t i = 0; i < n; i++)
        frame[KT_FRAME_HEAD + i] = payload.p[i];
    kt_tcp_write(c->tcp, frame, KT_FRAME_HEAD + n);
}

static void put_ok(struct conn *c, uint32_t stream)
{
    struct kt_hlist list;
    struct kt_buf block;

    kt_hlist_init(&list, 4096, 16);
    kt_buf_init(&block, MAX_OUT);
    must(kt_hlist_puts(&list, ":status", "200") &&
         kt_hlist_puts(&list, "content-type", "application/grpc+thrift") &&
         kt_hlist_puts(&list, "grpc-status", "0") &&
         kt_hlist_puts(&list, "grpc-message", "") &&
         kt_hpack_literal(&block, &list));
    put(c,
        (struct kt_fhead){.type = KT_FT_HEADERS,
                          .flags = KT_FF_END_HEADERS | KT_FF_END_STREAM,
                          .stream = stream},
        kt_buf_view(&block));
    kt_buf_fini(&block);
    kt_hlist_fini(&list);
}

static void on_request(struct conn *c, uint32_t stream)
{
    static const uint8_t cancel[4] = {0, 0, 0, KT_H2_CANCEL};
    static const uint8_t last[8] = {0};

    if (c->stub->kind == KT_STUB_OK)
        put_ok(c, stream);
    else if (c->stub->kind == KT_STUB_RST)
        put(c, (struct kt_fhead){.type = KT_FT_RST_STREAM, .stream = stream},
            kt_cur_of(cancel, sizeof cancel));
    else
        put(c, (struct kt_fhead){.type = KT_FT_GOAWAY},
            kt_cur_of(last, sizeof last));
}

static void on_frame(struct conn *c, const struct kt_frame_rec *f)
{
    const struct kt_cur none = {0};

    if (f->head.type == KT_FT_HEADERS)
        on_request(c, f->head.stream);
    else if (f->head.type == KT_FT_SETTINGS && !(f->head.flags & KT_FF_ACK))
        put(c, (struct kt_fhead){.type = KT_FT_SETTINGS, .flags = KT_FF_ACK},
            none);
    else if (f->head.type == KT_FT_PING && !(f->head.flags & KT_FF_ACK))
        put(c, (struct kt_fhead){.type = KT_FT_PING, .flags = KT_FF_ACK},
            f->payload);
}

static void on_bytes(struct conn *c, struct kt_cur data)
{
    struct kt_frame_rec f;
    struct kt_err e;

    if (c->stub->kind < KT_STUB_OK ||
        !kt_buf_put(&c->in, data.p, kt_cur_left(&data)))
        return;
    if (!c->begun && kt_buf_size(&c->in) >= KT_PREFACE_LEN) {
        kt_buf_eat(&c->in, KT_PREFACE_LEN);
        c->begun = true;
    }
    while (c->begun) {
        struct kt_cur in = kt_buf_view(&c->in);
        const uint8_t *start = in.p;

        if (kt_frame_decode(&in, 1 << 24, &f, &e) == KT_MORE || in.p == start)
            return;
        on_frame(c, &f);
        kt_buf_eat(&c->in, (size_t)(in.p - start));
    }
}

static void on_conn(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct conn *c = kt_container_of(self, struct conn, sink);

    if (ev->kind == KT_NET_DATA)
        on_bytes(c, ev->data);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED)
        c->tcp = NULL;
}

static void on_listener(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_stub *s = kt_container_of(self, struct kt_stub, on_listener);
    const struct kt_cur none = {0};
    struct conn *c;

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    c = kt_xalloc(sizeof *c);
    c->sink.on = on_conn;
    c->stub = s;
    c->tcp = ev->tcp;
    c->next = s->conns;
    s->conns = c;
    kt_buf_init(&c->in, MAX_IN);
    kt_tcp_set_sink(ev->tcp, &c->sink);
    if (s->kind >= KT_STUB_OK || s->kind == KT_STUB_SETTINGS)
        put(c, (struct kt_fhead){.type = KT_FT_SETTINGS}, none);
    if (s->kind == KT_STUB_CLOSE || s->kind == KT_STUB_SETTINGS)
        kt_tcp_close(ev->tcp);
}

struct kt_stub *kt_stub_new(struct kt_net *net, enum kt_stub_kind kind,
                            char ret_addr[64])
{
    struct kt_stub *s = kt_xalloc(sizeof *s);
    struct kt_err e;

    s->net = net;
    s->kind = kind;
    s->on_listener.on = on_listener;
    s->listener =
        kt_net_listen(net, "127.0.0.1:0", &s->on_listener, ret_addr, &e);
    must(s->listener != NULL);
    return s;
}

void kt_stub_free(struct kt_stub *s)
{
    while (s->conns != NULL) {
        struct conn *c = s->conns;

        s->conns = c->next;
        if (c->tcp != NULL) {
            kt_tcp_set_sink(c->tcp, NULL);
            kt_tcp_abort(c->tcp);
        }
        kt_buf_fini(&c->in);
        kt_free(c);
    }
    kt_listener_close(s->listener);
    kt_free(s);
}

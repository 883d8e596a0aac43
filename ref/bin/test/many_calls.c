/* Test tool: N unary calls, W at a time, over one connection, then exit 0.
 *     kt_many_calls ADDR N W
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "bin/link.h"
#include "wire/tbin.h"
#include <stdlib.h>

struct load {
    struct kt_link_sink sink;
    struct kt_net *net;
    struct kt_link *link;
    long to_open, open, done;
    struct kt_buf request;
};

static void open_one(struct load *l)
{
    const struct kt_call_open o = {
        .service = "echo.TestService", .method = "EchoUnary", .mode = KT_UNARY};
    struct kt_err e;
    struct kt_call *c =
        kt_call_open(kt_link_peer(l->link), &o, kt_net_now(l->net), &e);

    must(c != NULL);
    must(kt_call_send(c, kt_buf_view(&l->request)) == KT_DONE);
    kt_call_half_close(c);
    l->to_open--;
    l->open++;
}

static void on_call(struct kt_link_sink *self, struct kt_link *link,
                    const struct kt_call_event *ev)
{
    struct load *l = kt_container_of(self, struct load, sink);
    struct kt_cur m;

    must(ev != NULL); /* the connection lives */
    if (ev->call == NULL || ev->kind != KT_CALL_READABLE)
        return;
    const enum kt_recv got = kt_call_recv(ev->call, &m);
    if (got == KT_RECV_MORE)
        return;
    must(got == KT_RECV_MESSAGE);
    kt_call_free(ev->call);
    l->open--;
    l->done++;
    if (l->to_open > 0)
        open_one(l);
    kt_link_touch(link);
}

/* Args of {"message":"x"}: field 1, a struct with field 1, a string. */
static void make_request(struct kt_buf *b)
{
    kt_buf_init(b, 100);
    must(kt_twrite_field(b, KT_T_STRUCT, 1) &&
         kt_twrite_field(b, KT_T_STRING, 1) &&
         kt_twrite_string(b, kt_cur_of("x", 1)) && kt_twrite_stop(b) &&
         kt_twrite_stop(b));
}

int main(int argc, char **argv)
{
    struct load l = {.sink = {on_call}};
    struct kt_err e;

    if (argc != 4)
        return 2;
    l.to_open = atol(argv[2]);
    const long total = l.to_open, width = atol(argv[3]);
    l.net = kt_net_uv_new();
    must(l.net != NULL);
    make_request(&l.request);
    l.link =
        kt_link_dial(l.net, argv[1], &(struct kt_peer_opts){0}, &l.sink, &e);
    must(l.link != NULL);
    for (long i = 0; i < width && l.to_open > 0; i++)
        open_one(&l);
    kt_link_touch(l.link);
    while (l.done < total)
        kt_net_step(l.net, UINT64_MAX);
    kt_link_free(l.link);
    kt_buf_fini(&l.request);
    kt_net_free(l.net);
    printf("%ld calls\n", l.done);
    return 0;
}

/* Listening and connecting in the real world.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/uv_world.h"
#include "io/addr.h"
#include "base/alloc.h"
#include <stdio.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

struct uvw_listener {
    struct kt_listener l;
    uv_tcp_t uv;
};

static int to_sockaddr(const struct kt_addr *a, struct sockaddr_storage *ret)
{
    if (a->v6)
        return uv_ip6_addr(a->host, a->port, (struct sockaddr_in6 *)ret);
    return uv_ip4_addr(a->host, a->port, (struct sockaddr_in *)ret);
}

static void on_connection(uv_stream_t *s, int status)
{
    struct uvw_listener *l = s->data;
    struct uvw *w = s->loop->data;

    if (status != 0)
        return;

    /* Out of memory: the connection stays in the backlog of the system. */
    struct uvw_tcp *t = uvw_tcp_new(w);

    if (!t)
        return;

    struct kt_tcp *tcp = uvw_tcp_base(t);

    if (uv_accept(s, (uv_stream_t *)uvw_tcp_handle(t)) != 0) {
        kt_tcp_abort(tcp);
        return;
    }
    tcp->listener = &l->l;
    kt_world_queue(&w->net, &tcp->open, 0);
    uvw_tcp_start(t);
}

static void on_listener_close(uv_handle_t *h)
{
    kt_free(h->data);
}

void uvw_listener_close(struct kt_listener *l)
{
    struct uvw_listener *ul = kt_container_of(l, struct uvw_listener, l);

    uv_close((uv_handle_t *)&ul->uv, on_listener_close);
}

/* The address in full, with the port that the system chose. */
static void bound_address(const uv_tcp_t *uv, struct kt_addr *a)
{
    struct sockaddr_storage ss;
    int len = sizeof ss;

    if (uv_tcp_getsockname(uv, (struct sockaddr *)&ss, &len) != 0)
        return;
    a->port = ntohs(a->v6 ? ((const struct sockaddr_in6 *)&ss)->sin6_port
                          : ((const struct sockaddr_in *)&ss)->sin_port);
}

/* NULL: *ret is the error. */
static struct uvw_listener *listen_at(struct uvw *w, const struct kt_addr *a,
                                      int *ret)
{
    struct uvw_listener *l = kt_alloc(sizeof *l);
    struct sockaddr_storage ss;

    if (!l || uv_tcp_init(&w->loop, &l->uv) != 0) {
        kt_free(l);
        *ret = UV_ENOMEM;
        return NULL;
    }
    l->uv.data = l;
    *ret = to_sockaddr(a, &ss);
    if (*ret == 0)
        *ret = uv_tcp_bind(&l->uv, (struct sockaddr *)&ss, 0);
    if (*ret == 0)
        *ret = uv_listen((uv_stream_t *)&l->uv, BACKLOG, on_connection);
    if (*ret == 0)
        return l;
    uv_close((uv_handle_t *)&l->uv, on_listener_close);
    return NULL;
}

/* For any port the system gives none of which an ended connection is remembered
 * (TIME_WAIT, a minute): some ten thousand listeners a minute use up its range.
 * A port that is named is free then. */
static struct uvw_listener *listen_by_number(struct uvw *w, struct kt_addr *a,
                                             int *ret)
{
    enum { FIRST = 20000, COUNT = 12000, TRIES = 100 };
    static unsigned next;
    struct uvw_listener *l = NULL;

    for (int i = 0; i < TRIES && *ret == UV_EADDRINUSE; i++) {
        a->port =
            (uint16_t)(FIRST + ((unsigned)getpid() * 97u + next++) % COUNT);
        l = listen_at(w, a, ret);
    }
    return l;
}

struct kt_listener *uvw_listen(struct kt_net *net, const char *addr,
                               char ret_addr[64], struct kt_err *reterr)
{
    struct uvw *w = uvw_of(net);
    struct kt_addr a;
    int r;

    if (kt_addr_read(addr, &a, reterr) != KT_DONE)
        return NULL;

    struct uvw_listener *l = listen_at(w, &a, &r);

    if (a.port == 0 && r == UV_EADDRINUSE)
        l = listen_by_number(w, &a, &r);
    if (!l) {
        char what[96];

        snprintf(what, sizeof what, "cannot listen on %.64s", addr);
        uvw_bad(reterr, what, r);
        return NULL;
    }
    bound_address(&l->uv, &a);
    kt_addr_print(ret_addr, &a);
    return &l->l;
}

static void on_connect(uv_connect_t *req, int status)
{
    struct uvw_tcp *t = req->data;

    if (status != 0) {
        uvw_tcp_end(t, status);
        return;
    }
    kt_world_queue(uvw_tcp_base(t)->net, &uvw_tcp_base(t)->open, 0);
    uvw_tcp_start(t);
}

struct kt_tcp *uvw_connect(struct kt_net *net, const char *addr,
                           struct kt_err *reterr)
{
    struct uvw *w = uvw_of(net);
    struct sockaddr_storage ss;
    struct kt_addr a;

    if (kt_addr_read(addr, &a, reterr) != KT_DONE)
        return NULL;

    struct uvw_tcp *t = uvw_tcp_new(w);

    if (!t) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }
    kt_addr_print(uvw_tcp_base(t)->peer, &a);

    uv_connect_t *req = uvw_tcp_connect_req(t);
    int r = to_sockaddr(&a, &ss);

    if (r == 0)
        r = uv_tcp_connect(req, uvw_tcp_handle(t), (struct sockaddr *)&ss,
                           on_connect);
    if (r != 0)
        uvw_tcp_end(t, r);
    return uvw_tcp_base(t);
}

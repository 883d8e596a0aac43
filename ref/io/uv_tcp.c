/* One TCP connection of the real world.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/uv_world.h"
#include "io/addr.h"
#include "base/alloc.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct uvw_tcp {
    struct kt_tcp tcp;
    uv_tcp_t uv;
    uv_connect_t connect;
    uv_shutdown_t fin;
    bool lingers; /* closed, and not all is written yet */
    bool shut;
    bool readable; /* started, and no EOF yet */
};

struct write {
    uv_write_t uv;
    struct uvw_tcp *t;
    char data[];
};

static struct uvw_tcp *end_of(const struct kt_tcp *tcp)
{
    return kt_container_of(tcp, struct uvw_tcp, tcp);
}

uv_tcp_t *uvw_tcp_handle(struct uvw_tcp *t)
{
    return &t->uv;
}

uv_connect_t *uvw_tcp_connect_req(struct uvw_tcp *t)
{
    t->connect.data = t;
    return &t->connect;
}

struct kt_tcp *uvw_tcp_base(struct uvw_tcp *t)
{
    return &t->tcp;
}

struct uvw_tcp *uvw_tcp_new(struct uvw *w)
{
    struct uvw_tcp *t = kt_alloc(sizeof *t);

    if (!t)
        return NULL;
    if (uv_tcp_init(&w->loop, &t->uv) != 0) {
        kt_free(t);
        return NULL;
    }
    t->uv.data = t;
    kt_tcp_init(&t->tcp, &w->net);
    return t;
}

/* ---- the end ---- */

static void on_close(uv_handle_t *h)
{
    struct uvw_tcp *t = h->data;

    kt_tcp_ended(&t->tcp, 0);
}

void uvw_tcp_end(struct uvw_tcp *t, int status)
{
    if (uv_is_closing((uv_handle_t *)&t->uv))
        return;
    t->readable = false;
    if (status != 0 && !t->tcp.closing) {
        if (status == UV_EPIPE) /* written to one who had reset us */
            status = UV_ECONNRESET;
        t->tcp.reset = status == UV_ECONNRESET;
        snprintf(t->tcp.why, sizeof t->tcp.why, "%s", uv_strerror(status));
    }
    uv_close((uv_handle_t *)&t->uv, on_close);
}

void uvw_abort(struct kt_tcp *tcp)
{
    struct uvw_tcp *t = end_of(tcp);
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    uv_os_fd_t fd;

    /* Closing the socket sends a reset then. uv_tcp_close_reset would refuse
     * where a shutdown is under way. */
    if (uv_fileno((uv_handle_t *)&t->uv, &fd) == 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    uvw_tcp_end(t, 0);
}

void uvw_close(struct kt_tcp *tcp)
{
    struct uvw_tcp *t = end_of(tcp);

    t->lingers = t->uv.write_queue_size > 0;
    if (!t->lingers)
        uvw_tcp_end(t, 0);
}

void uvw_tcp_free(struct kt_tcp *tcp)
{
    kt_free(end_of(tcp));
}

/* ---- reading ---- */

/* libuv says EOF after a short read of a socket that has hung up, also when
 * what follows the data is a reset: ask the socket. */
static int pending_error(const struct uvw_tcp *t)
{
    uv_os_fd_t fd;
    int error = 0;
    socklen_t len = sizeof error;

    if (uv_fileno((const uv_handle_t *)&t->uv, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return 0;
    return uv_translate_sys_error(error);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
    struct uvw_tcp *t = s->data;

    if (n == 0)
        return;
    if (n == UV_EOF && pending_error(t) != 0)
        n = UV_ECONNRESET;
    if (n < 0 && n != UV_EOF) {
        uvw_tcp_end(t, (int)n);
        return;
    }

    const bool eof = n == UV_EOF;
    struct kt_seg *seg = kt_seg_new(&t->tcp, buf->base, eof ? 0 : (size_t)n);

    if (!seg) {
        uvw_tcp_end(t, UV_ENOMEM);
        return;
    }
    seg->fin = eof;
    kt_world_queue(t->tcp.net, &seg->ev, 0);
    if (eof) {
        t->readable = false;
        uv_read_stop(s);
    }
}

void uvw_tcp_start(struct uvw_tcp *t)
{
    t->readable = true;
    uv_tcp_nodelay(&t->uv, 1);
    uvw_tcp_peer(t);
    if (!t->tcp.paused)
        uv_read_start((uv_stream_t *)&t->uv, uvw_alloc, on_read);
}

void uvw_pause(struct kt_tcp *tcp)
{
    struct uvw_tcp *t = end_of(tcp);

    if (!tcp->paused && tcp->held.head)
        kt_world_queue(tcp->net, &tcp->resume, 0);
    if (!t->readable)
        return;
    if (tcp->paused)
        uv_read_stop((uv_stream_t *)&t->uv);
    else
        uv_read_start((uv_stream_t *)&t->uv, uvw_alloc, on_read);
}

void uvw_consumed(struct kt_tcp *tcp, size_t n)
{
    (void)tcp;
    (void)n;
}

/* ---- writing ---- */

static void on_written(uv_write_t *req, int status)
{
    struct write *w = req->data;
    struct uvw_tcp *t = w->t;

    kt_free(w);
    if (status != 0) {
        uvw_tcp_end(t, status);
        return;
    }
    if (t->uv.write_queue_size > 0)
        return;
    kt_world_queue(t->tcp.net, &t->tcp.drained, 0);
    if (t->lingers)
        uvw_tcp_end(t, 0);
}

/* What the system does not take at once waits in a copy. */
static bool queue_rest(struct uvw_tcp *t, const char *p, size_t n)
{
    struct write *w = kt_alloc(sizeof *w + n);

    if (!w)
        return false;
    w->uv.data = w;
    w->t = t;
    memcpy(w->data, p, n);

    uv_buf_t buf = uv_buf_init(w->data, (unsigned)n);
    const int r = uv_write(&w->uv, (uv_stream_t *)&t->uv, &buf, 1, on_written);

    if (r != 0) {
        kt_free(w);
        uvw_tcp_end(t, r);
    }
    return true;
}

bool uvw_write(struct kt_tcp *tcp, const void *p, size_t n)
{
    struct uvw_tcp *t = end_of(tcp);
    const char *at = p;

    if (t->shut || uv_is_closing((uv_handle_t *)&t->uv))
        return true;
    while (n > 0) {
        const size_t part = n < UINT32_MAX / 2 ? n : UINT32_MAX / 2;
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)at, (unsigned)part);
        const int r = uv_try_write((uv_stream_t *)&t->uv, &buf, 1);

        /* An error is said by the queued write's callback, later. */
        if (r <= 0)
            return queue_rest(t, at, n);
        at += r;
        n -= (size_t)r;
    }
    kt_world_queue(tcp->net, &tcp->drained, 0);
    return true;
}

size_t uvw_queued(const struct kt_tcp *tcp)
{
    return end_of(tcp)->uv.write_queue_size;
}

static void on_shut(uv_shutdown_t *req, int status)
{
    (void)req;
    (void)status;
}

void uvw_shutdown(struct kt_tcp *tcp)
{
    struct uvw_tcp *t = end_of(tcp);

    if (t->shut)
        return;
    t->shut = true;
    uv_shutdown(&t->fin, (uv_stream_t *)&t->uv, on_shut);
}

/* ---- who is there ---- */

void uvw_tcp_peer(struct uvw_tcp *t)
{
    struct sockaddr_storage ss;
    int len = sizeof ss;
    struct kt_addr a = {0};

    if (uv_tcp_getpeername(&t->uv, (struct sockaddr *)&ss, &len) != 0)
        return;
    a.v6 = ss.ss_family == AF_INET6;
    if (a.v6) {
        const struct sockaddr_in6 *in6 = (const void *)&ss;

        uv_ip6_name(in6, a.host, sizeof a.host);
        a.port = ntohs(in6->sin6_port);
    } else {
        const struct sockaddr_in *in = (const void *)&ss;

        uv_ip4_name(in, a.host, sizeof a.host);
        a.port = ntohs(in->sin_port);
    }
    kt_addr_print(t->tcp.peer, &a);
}

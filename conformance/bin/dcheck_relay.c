/* A relay that counts connections, and a look whether anybody listens.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "base/alloc.h"

struct link { /* one connection, and the one it is copied to */
    struct kt_dc_relay *r;
    struct link *next, **at;
    struct {
        struct link *l;
        struct kt_sink sink;
        struct kt_tcp *tcp;
        bool eof;
    } end[2];
};

struct kt_dc_relay {
    struct kt_net *net;
    struct kt_listener *listener;
    struct kt_sink on_listener;
    const char *address;
    struct link *links;
    unsigned accepted;
    bool idle;
};

static void drop(struct link *l)
{
    if (l->end[0].tcp != NULL || l->end[1].tcp != NULL)
        return;
    *l->at = l->next;
    if (l->next != NULL)
        l->next->at = l->at;
    l->r->idle = l->r->links == NULL;
    kt_free(l);
}

/* A FIN goes on as one; when both have sent theirs, it is over. */
static void on_eof(struct link *l, int i)
{
    l->end[i].eof = true;
    if (l->end[!i].tcp != NULL && !l->end[!i].eof) {
        kt_tcp_shutdown(l->end[!i].tcp);
        return;
    }
    for (int k = 0; k < 2; k++)
        if (l->end[k].tcp != NULL)
            kt_tcp_close(l->end[k].tcp);
}

static void on_end(struct link *l, int i, const struct kt_net_event *ev)
{
    struct kt_tcp *other = l->end[!i].tcp;

    if (ev->kind == KT_NET_EOF)
        on_eof(l, i);
    if (ev->kind == KT_NET_DATA && other != NULL)
        kt_tcp_write(other, ev->data.p, kt_cur_left(&ev->data));
    if (ev->kind != KT_NET_CLOSED)
        return;
    l->end[i].tcp = NULL;
    if (other != NULL)
        kt_tcp_close(other);
    drop(l);
}

static void on_near(struct kt_sink *self, const struct kt_net_event *ev)
{
    on_end(kt_container_of(self, struct link, end[0].sink), 0, ev);
}

static void on_far(struct kt_sink *self, const struct kt_net_event *ev)
{
    on_end(kt_container_of(self, struct link, end[1].sink), 1, ev);
}

static void on_listener(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_dc_relay *r =
        kt_container_of(self, struct kt_dc_relay, on_listener);
    struct link *l = kt_xalloc(sizeof *l);
    struct kt_err e;

    l->r = r;
    l->next = r->links;
    l->at = &r->links;
    if (l->next != NULL)
        l->next->at = &l->next;
    r->links = l;
    r->accepted++;
    r->idle = false;
    l->end[0].sink.on = on_near;
    l->end[1].sink.on = on_far;
    l->end[0].tcp = ev->tcp;
    kt_tcp_set_sink(ev->tcp, &l->end[0].sink);
    if (r->address != NULL)
        l->end[1].tcp = kt_net_connect(r->net, r->address, &l->end[1].sink, &e);
}

struct kt_dc_relay *kt_dc_relay_new(struct kt_net *net, const char *address,
                                    char ret_addr[64])
{
    struct kt_dc_relay *r = kt_xalloc(sizeof *r);
    struct kt_err e;

    r->net = net;
    r->address = address;
    r->idle = true;
    r->on_listener.on = on_listener;
    r->listener =
        kt_net_listen(net, "127.0.0.1:0", &r->on_listener, ret_addr, &e);
    if (r->listener != NULL)
        return r;
    kt_free(r);
    return NULL;
}

void kt_dc_relay_free(struct kt_dc_relay *r)
{
    if (r == NULL)
        return;
    kt_listener_close(r->listener);
    while (r->links != NULL) {
        struct link *l = r->links;

        for (int i = 0; i < 2; i++)
            if (l->end[i].tcp != NULL) {
                kt_tcp_set_sink(l->end[i].tcp, NULL);
                kt_tcp_abort(l->end[i].tcp);
                l->end[i].tcp = NULL;
            }
        drop(l);
    }
    kt_free(r);
}

unsigned kt_dc_relay_accepted(const struct kt_dc_relay *r)
{
    return r->accepted;
}

const bool *kt_dc_relay_idle(const struct kt_dc_relay *r)
{
    return &r->idle;
}

/* ---- knocking ---- */

struct knock {
    struct kt_sink sink;
    bool connected, over;
};

static void on_knock(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct knock *k = kt_container_of(self, struct knock, sink);

    if (ev->kind == KT_NET_CONNECTED) {
        k->connected = true;
        kt_tcp_abort(ev->tcp);
    }
    k->over |= ev->kind == KT_NET_CLOSED;
}

bool kt_dc_reachable(struct kt_dc *c, const char *address)
{
    struct knock k = {.sink.on = on_knock};
    struct kt_err e;
    struct kt_tcp *tcp = kt_net_connect(c->net, address, &k.sink, &e);

    if (tcp == NULL)
        return false;
    if (!kt_dc_until(c, &k.over)) {
        kt_tcp_set_sink(tcp, NULL);
        kt_tcp_abort(tcp);
    }
    return k.connected;
}

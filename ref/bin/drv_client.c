/* The client side of the reference driver: connections by name, calls.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "bin/drv.h"
#include <string.h>

static void links_free(struct kt_drv_links *entry)
{
    kt_free(entry->caseid);
    kt_free(entry->name);
    kt_free(entry->addr);
    kt_free(entry);
}

/* The streams of a link lose it; those that wait are answered first. */
static void forget_link(struct kt_refdriver *d, struct kt_link *l)
{
    for (struct kt_drv_stream *s = d->streams; s != NULL; s = s->next) {
        if (s->link != l || s->call == NULL)
            continue;
        s->ended = true;
    }
}

void kt_drv_on_client(struct kt_link_sink *self, struct kt_link *l,
                      const struct kt_call_event *ev)
{
    struct kt_refdriver *d =
        kt_container_of(self, struct kt_refdriver, on_client);
    struct kt_drv_stream *s;

    if (ev == NULL) {
        /* Kept until its case ends: calls may still be read. */
        forget_link(d, l);
        return;
    }
    if (ev->call == NULL && ev->kind == KT_CALL_OPENED) {
        for (s = d->streams; s != NULL; s = s->next)
            if (s->link == l)
                kt_drv_progress(s);
        return;
    }
    s = ev->call ? kt_call_user(ev->call) : NULL;
    if (s != NULL)
        kt_drv_on_stream_event(s, ev->kind);
}

void kt_drv_links_close(struct kt_refdriver *d, const char *caseid)
{
    struct kt_drv_links **at = &d->links;

    while (*at != NULL) {
        struct kt_drv_links *entry = *at;

        if (caseid != NULL && strcmp(entry->caseid, caseid) != 0) {
            at = &entry->next;
            continue;
        }
        *at = entry->next;
        kt_link_free(entry->link);
        links_free(entry);
    }
}

static struct kt_link *dial(struct kt_refdriver *d, const json_t *req,
                            const char *name, struct kt_err *reterr)
{
    struct kt_drv_links *entry = kt_alloc(sizeof *entry);
    struct kt_peer_opts o = {.authority = kt_drv_text(req, "address")};

    if (entry == NULL)
        return NULL;
    kt_drv_settings(json_object_get(req, "settings"), &o);
    entry->caseid = kt_strdup(kt_drv_text(req, "case"));
    entry->name = kt_strdup(name);
    entry->addr = kt_strdup(kt_drv_text(req, "address"));
    o.authority = entry->addr; /* borrowed for the peer's life */
    if (entry->caseid != NULL && entry->name != NULL && entry->addr != NULL)
        entry->link =
            kt_link_dial(d->net, entry->addr, &o, &d->on_client, reterr);
    if (entry->link == NULL) {
        links_free(entry);
        return NULL;
    }
    entry->next = d->links;
    d->links = entry;
    return entry->link;
}

/* The live link of that name and case, or a new one. */
static struct kt_link *link_by_name(struct kt_refdriver *d, const json_t *req,
                                    const char *name, struct kt_err *reterr)
{
    const char *caseid = kt_drv_text(req, "case");

    for (struct kt_drv_links *l = d->links; l != NULL; l = l->next)
        if (strcmp(l->caseid, caseid) == 0 && strcmp(l->name, name) == 0 &&
            !kt_link_is_gone(l->link) &&
            kt_peer_can_open(kt_link_peer(l->link)))
            return l->link;
    return dial(d, req, name, reterr);
}

/* "*": a pool of N, used in turn; N from settings.connections, 1 by default. */
static struct kt_link *link_for(struct kt_refdriver *d, const json_t *req,
                                struct kt_err *reterr)
{
    const char *name = kt_drv_text(req, "connection");
    const json_int_t pool =
        kt_drv_int(json_object_get(req, "settings"), "connections");
    char shared[32];

    if (strcmp(name, "*") != 0)
        return link_by_name(d, req, name, reterr);
    snprintf(shared, sizeof shared, "*%u",
             d->next_shared++ % (unsigned)(pool > 0 ? pool : 1));
    return link_by_name(d, req, shared, reterr);
}

static enum kt_call_mode mode_of(const struct kt_method *m, bool unary)
{
    if (unary && m->mode == KT_MODE_UNARY)
        return KT_UNARY;
    switch (m->mode) {
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

struct lists { /* of one open */
    struct kt_hlist metadata, transient, persistent;
};

static bool lists_read(struct lists *l, const json_t *req)
{
    const json_t *info = json_object_get(req, "metainfo");

    kt_hlist_init(&l->metadata, 64 << 10, 512);
    kt_hlist_init(&l->transient, 64 << 10, 512);
    kt_hlist_init(&l->persistent, 64 << 10, 512);
    return kt_metadata_read(json_object_get(req, "metadata"), &l->metadata) &&
           (!json_is_true(json_object_get(req, "tag")) ||
            kt_hlist_puts(&l->metadata, "ktspec-stream",
                          kt_drv_text(req, "stream"))) &&
           kt_object_read(json_object_get(info, "transient"), &l->transient) &&
           kt_object_read(json_object_get(info, "persistent"), &l->persistent);
}

static void lists_fini(struct lists *l)
{
    kt_hlist_fini(&l->metadata);
    kt_hlist_fini(&l->transient);
    kt_hlist_fini(&l->persistent);
}

static bool start(struct kt_drv_stream *s, const json_t *req, struct lists *l,
                  bool unary, struct kt_err *reterr)
{
    const uint64_t now = kt_net_now(s->d->net);
    const json_int_t ms = kt_drv_int(req, "deadline_ms");
    const struct kt_service *service =
        kt_drv_service(s->d, kt_drv_text(req, "service"));
    const struct kt_call_open o = {
        .service = service->path,
        .method = s->method->name,
        .mode = mode_of(s->method, unary),
        .deadline_ns = ms > 0 ? now + (uint64_t)ms * 1000000 : 0,
        .metadata = &l->metadata,
        .transient = &l->transient,
        .persistent = &l->persistent,
        .gzip = strcmp(kt_drv_text(req, "compress"), "gzip") == 0,
    };

    s->call = kt_call_open(kt_link_peer(s->link), &o, now, reterr);
    if (s->call != NULL)
        kt_call_set_user(s->call, s);
    return s->call != NULL;
}

/* The one message of a server-streaming or unary call, and the half-close. */
static bool send_first(struct kt_drv_stream *s, const json_t *msg, bool unary,
                       struct kt_err *reterr)
{
    struct kt_buf body, wrapped;
    bool ok;

    kt_buf_init(&body, KT_DRV_MAX_IN);
    kt_buf_init(&wrapped, KT_DRV_MAX_IN);
    ok = kt_message_read(msg, s->method->req, &body, reterr) == KT_DONE;
    if (ok && unary)
        ok = kt_wrap(&wrapped, 1, kt_buf_view(&body)) &&
             kt_call_send(s->call, kt_buf_view(&wrapped)) != KT_BAD;
    else if (ok)
        ok = kt_call_send(s->call, kt_buf_view(&body)) != KT_BAD;
    if (ok)
        kt_call_half_close(s->call);
    kt_buf_fini(&body);
    kt_buf_fini(&wrapped);
    return ok;
}

static const struct kt_method *method_for(struct kt_refdriver *d,
                                          const json_t *req)
{
    const struct kt_service *s = kt_drv_service(d, kt_drv_text(req, "service"));

    return s ? kt_service_method(s, kt_drv_text(req, "method")) : NULL;
}

static void fail(struct kt_refdriver *d, json_int_t id, struct kt_drv_stream *s,
                 const struct kt_err *e, const char *what)
{
    kt_drv_error(d, id, KT_GRPC_UNAVAILABLE, e->detail[0] ? e->detail : what);
    if (s != NULL)
        kt_drv_stream_free(s);
}

void kt_drv_open(struct kt_refdriver *d, const json_t *req, json_int_t id,
                 bool unary)
{
    const struct kt_method *method = method_for(d, req);
    const json_t *msg = json_object_get(req, "message");
    const char *transport = kt_drv_text(req, "transport");
    const char *compress = kt_drv_text(req, "compress");
    struct kt_drv_stream *s;
    struct kt_err e = {0};
    struct lists l;

    if (transport[0] != '\0' && strcmp(transport, "http2") != 0) {
        kt_drv_answer(d, id, "unsupported", json_string("HTTP/2 only"));
        return;
    }
    if (compress[0] != '\0' && strcmp(compress, "gzip") != 0) {
        kt_drv_answer(d, id, "unsupported", json_string("gzip only"));
        return;
    }
    if (method == NULL || method->mode == KT_MODE_PINGPONG ||
        kt_drv_stream_of(d, req)) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL,
                     method ? "no such stream to open" : "no such method");
        return;
    }
    s = kt_drv_stream_new(d, kt_drv_text(req, "case"),
                          kt_drv_text(req, "stream"), false);
    if (s == NULL || (s->link = link_for(d, req, &e)) == NULL) {
        fail(d, id, s, &e, "out of memory");
        return;
    }
    s->method = method;
    s->unary_call = method->mode == KT_MODE_UNARY;
    const bool ok = lists_read(&l, req) && start(s, req, &l, unary, &e) &&
                    (msg == NULL || send_first(s, msg, s->unary_call, &e));
    lists_fini(&l);
    if (!ok) {
        fail(d, id, s, &e, "the call cannot be opened");
        return;
    }
    s->next = d->streams;
    d->streams = s;
    kt_drv_put(&s->q[unary ? KT_Q_RECV : KT_Q_OPEN], req, id);
    kt_drv_progress(s);
}

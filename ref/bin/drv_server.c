/* The handler side of the reference driver: slots, calls that come, what they
 * return. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "bin/drv.h"
#include <string.h>

struct kt_drv_slot *kt_drv_slot_of(struct kt_refdriver *d, const json_t *req)
{
    const char *name = kt_drv_text(req, "slot");

    for (struct kt_drv_slot *s = d->slots; s != NULL; s = s->next)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

static enum kt_call_mode mode_of(enum kt_mode m)
{
    switch (m) {
    case KT_MODE_BIDI:
        return KT_BIDI;
    case KT_MODE_CLIENT:
        return KT_CLIENT_STREAM;
    case KT_MODE_SERVER:
        return KT_SERVER_STREAM;
    case KT_MODE_UNARY:
    case KT_MODE_PINGPONG:
        break;
    }
    return KT_UNARY;
}

/* --- calls that come --- */

static bool tagged(const struct kt_drv_stream *s, const char *name)
{
    struct kt_cur v;

    return kt_hlist_get(kt_call_metadata(s->call), "ktspec-stream", 0, &v) &&
           kt_cur_is(v, name);
}

static bool is_tagged(const struct kt_drv_stream *s)
{
    struct kt_cur v;

    return kt_hlist_get(kt_call_metadata(s->call), "ktspec-stream", 0, &v);
}

static json_t *accept_json(struct kt_drv_stream *s)
{
    const uint64_t deadline = kt_call_deadline(s->call),
                   now = kt_net_now(s->d->net);
    json_t *j = json_pack(
        "{s:s, s:o, s:{s:o, s:o}}", "method", s->method->name, "metadata",
        kt_metadata_json(kt_call_metadata(s->call)), "metainfo", "transient",
        kt_object_json(kt_call_transient(s->call)), "persistent",
        kt_object_json(kt_call_persistent(s->call)));

    if (deadline != UINT64_MAX)
        json_object_set_new(
            j, "deadline_ms",
            json_integer(
                deadline > now ? (json_int_t)((deadline - now) / 1000000) : 0));
    if (s->argument != NULL)
        json_object_set(j, "message", s->argument);
    return j;
}

/* Hand an arrived call to an accept that fits. */
static bool hand_over(struct kt_drv_slot *slot, struct kt_drv_op *op)
{
    const char *match = kt_drv_text(op->req, "match");

    for (struct kt_drv_stream **at = &slot->arrived; *at != NULL;
         at = &(*at)->next) {
        struct kt_drv_stream *s = *at;

        if (match[0] != '\0' && is_tagged(s) && !tagged(s, match))
            continue;
        char *caseid = kt_strdup(kt_drv_text(op->req, "case"));
        char *name = kt_strdup(kt_drv_text(op->req, "stream"));
        if (caseid == NULL || name == NULL) {
            kt_free(caseid);
            kt_free(name);
            return false;
        }
        kt_free(s->caseid);
        kt_free(s->name);
        s->caseid = caseid;
        s->name = name;
        *at = s->next;
        s->next = slot->d->streams;
        slot->d->streams = s;
        kt_drv_answer(slot->d, op->id, "ok", accept_json(s));
        return true;
    }
    return false;
}

static void match_accepts(struct kt_drv_slot *slot)
{
    struct kt_drv_op **at = &slot->accepts.head;

    while (*at != NULL) {
        struct kt_drv_op *op = *at;

        if (!hand_over(slot, op)) {
            at = &op->next;
            continue;
        }
        *at = op->next;
        json_decref(op->req);
        kt_free(op);
    }
    slot->accepts.tail = at;
}

/* Unary: the argument is read before a handler runs. False: not all there. */
static bool read_argument(struct kt_drv_stream *s)
{
    struct kt_cur wrapper, body;
    struct kt_err e = {0};
    int16_t id = 0;
    struct kt_return bad = {.outcome = KT_RET_STATUS,
                            .code = KT_GRPC_INTERNAL,
                            .message = "the request is no argument struct"};

    switch (kt_call_recv(s->call, &wrapper)) {
    case KT_RECV_MORE:
        return false;
    case KT_RECV_MESSAGE:
        if (kt_unwrap(wrapper, &id, &body, &e) == KT_DONE)
            s->argument = kt_message_json(body, s->method->req, &e);
        break;
    case KT_RECV_EOF:
        bad.message = "EOF";
        break;
    case KT_RECV_STATUS:
    case KT_RECV_BIZ:
        bad.code = kt_call_fault(s->call)->code;
        bad.message = "the request failed";
    }
    if (s->argument == NULL)
        kt_call_return(s->call, &bad);
    return true;
}

static void arrived_put(struct kt_drv_slot *slot, struct kt_drv_stream *s)
{
    struct kt_drv_stream **at = &slot->arrived;

    while (*at != NULL)
        at = &(*at)->next;
    s->next = NULL;
    *at = s;
    match_accepts(slot);
}

static void on_new(struct kt_drv_slot *slot, struct kt_link *l,
                   struct kt_call *call)
{
    struct kt_drv_stream *s = kt_drv_stream_new(slot->d, "", "", true);

    if (s == NULL) {
        kt_call_free(call);
        return;
    }
    s->link = l;
    s->call = call;
    s->method = kt_service_method(slot->service, kt_call_method(call));
    kt_call_set_user(call, s);
    if (s->method->mode != KT_MODE_UNARY) {
        arrived_put(slot, s);
        return;
    }
    s->next = slot->reading;
    slot->reading = s;
}

static void unlink_stream(struct kt_drv_stream **list,
                          const struct kt_drv_stream *s)
{
    while (*list != s)
        list = &(*list)->next;
    *list = s->next;
}

/* A unary call: it arrives once its argument is there. */
static void on_unary(struct kt_drv_slot *slot, struct kt_drv_stream *s)
{
    if (!read_argument(s))
        return;
    unlink_stream(&slot->reading, s);
    if (s->argument != NULL) {
        arrived_put(slot, s);
        return;
    }
    kt_call_set_user(s->call, NULL);
    s->call = NULL; /* its trailers are to go out: the peer frees it */
    kt_drv_stream_free(s);
}

/* Free those of a list that belong to the link; NULL: all. */
static void list_drop(struct kt_drv_stream **list, const struct kt_link *l)
{
    while (*list != NULL) {
        struct kt_drv_stream *s = *list;

        if (l != NULL && s->link != l) {
            list = &s->next;
            continue;
        }
        *list = s->next;
        kt_drv_stream_free(s);
    }
}

static bool is_used(const struct kt_refdriver *d, const struct kt_link *l)
{
    for (const struct kt_drv_stream *s = d->streams; s != NULL; s = s->next)
        if (s->link == l)
            return true;
    return false;
}

void kt_drv_slot_sweep(struct kt_drv_slot *slot)
{
    struct kt_drv_links **at = &slot->links;

    while (*at != NULL) {
        struct kt_drv_links *entry = *at;

        if (!kt_link_is_gone(entry->link) || is_used(slot->d, entry->link)) {
            at = &entry->next;
            continue;
        }
        *at = entry->next;
        kt_link_free(entry->link);
        kt_free(entry);
    }
}

static void answer_stops(struct kt_drv_slot *slot)
{
    for (const struct kt_drv_links *l = slot->links; l != NULL; l = l->next)
        if (!kt_link_is_gone(l->link))
            return;
    while (slot->stops.head != NULL) {
        kt_drv_ok(slot->d, slot->stops.head->id);
        kt_drv_drop(&slot->stops);
    }
}

static void on_call(struct kt_link_sink *self, struct kt_link *l,
                    const struct kt_call_event *ev)
{
    struct kt_drv_slot *slot =
        kt_container_of(self, struct kt_drv_slot, on_call);
    struct kt_drv_stream *s;

    if (ev == NULL) {
        list_drop(&slot->arrived, l);
        list_drop(&slot->reading, l);
        answer_stops(slot);
        kt_drv_settle(slot->d);
        kt_drv_slot_sweep(slot); /* what streams still need is kept */
        return;
    }
    if (ev->call == NULL)
        return;
    if (ev->kind == KT_CALL_NEW)
        on_new(slot, l, ev->call);
    s = kt_call_user(ev->call);
    if (s == NULL)
        return;
    if (s->method->mode == KT_MODE_UNARY && s->argument == NULL)
        on_unary(slot, s);
    else
        kt_drv_on_stream_event(s, ev->kind);
}

/* --- slots --- */

static void on_accept(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_drv_slot *slot =
        kt_container_of(self, struct kt_drv_slot, on_accept);
    struct kt_drv_links *entry;
    struct kt_err e;

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    entry = kt_alloc(sizeof *entry);
    if (entry != NULL)
        entry->link = kt_link_accept(slot->d->net, ev->tcp, &slot->opts,
                                     &slot->on_call, &e);
    if (entry == NULL || entry->link == NULL) {
        kt_free(entry);
        kt_tcp_abort(ev->tcp);
        return;
    }
    entry->next = slot->links;
    slot->links = entry;
}

static bool serve(struct kt_drv_slot *slot)
{
    const struct kt_service *s = slot->service;

    slot->served = kt_alloc((s->nmethods + 1) * sizeof *slot->served);
    if (slot->served == NULL)
        return false;
    for (size_t i = 0; i < s->nmethods; i++)
        if (s->methods[i].mode != KT_MODE_PINGPONG)
            slot->served[slot->opts.n_methods++] = (struct kt_served){
                s->name, s->methods[i].name, mode_of(s->methods[i].mode)};
    slot->opts.methods = slot->served;
    return true;
}

void kt_drv_listen(struct kt_refdriver *d, const json_t *req, json_int_t id)
{
    const struct kt_service *service =
        kt_drv_service(d, kt_drv_text(req, "service"));
    struct kt_drv_slot *slot;
    char addr[64];
    struct kt_err e = {0};

    if (service == NULL || kt_drv_slot_of(d, req) != NULL) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL,
                     service ? "the slot exists" : "no such service");
        return;
    }
    slot = kt_alloc(sizeof *slot);
    if (slot != NULL) {
        slot->d = d;
        slot->service = service;
        slot->name = kt_strdup(kt_drv_text(req, "slot"));
        slot->on_accept.on = on_accept;
        slot->on_call.on = on_call;
        kt_drv_settings(json_object_get(req, "settings"), &slot->opts);
        if (slot->name != NULL && serve(slot))
            slot->listener = kt_net_listen(d->net, "127.0.0.1:0",
                                           &slot->on_accept, addr, &e);
    }
    if (slot == NULL || slot->listener == NULL) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL,
                     e.detail[0] ? e.detail : "out of memory");
        kt_drv_slot_free(slot);
        return;
    }
    slot->next = d->slots;
    d->slots = slot;
    kt_drv_answer(d, id, "ok", json_pack("{s:s}", "address", addr));
}

void kt_drv_slot_drop(struct kt_drv_slot *slot)
{
    list_drop(&slot->arrived, NULL);
    list_drop(&slot->reading, NULL);
    kt_drv_ops_give_up(slot->d, &slot->accepts);
}

/* The connection goes with its slot: requests that wait hear of it first. */
static void link_drop(struct kt_refdriver *d, struct kt_link *l)
{
    kt_peer_lost(kt_link_peer(l), "the server is closed", kt_net_now(d->net));
    kt_link_touch(l);
    for (struct kt_drv_stream *s = d->streams; s != NULL; s = s->next) {
        if (s->link != l)
            continue;
        for (int q = 0; q < KT_DRV_QUEUES; q++)
            kt_drv_ops_give_up(d, &s->q[q]);
        s->call = NULL;
        s->link = NULL;
    }
    kt_link_free(l);
}

void kt_drv_slot_free(struct kt_drv_slot *slot)
{
    if (slot == NULL)
        return;
    kt_drv_slot_drop(slot);
    if (slot->listener != NULL)
        kt_listener_close(slot->listener);
    while (slot->links != NULL) {
        struct kt_drv_links *entry = slot->links;

        slot->links = entry->next;
        link_drop(slot->d, entry->link);
        kt_free(entry);
    }
    answer_stops(slot);
    kt_free(slot->name);
    kt_free(slot->served);
    kt_free(slot);
}

void kt_drv_unlisten(struct kt_refdriver *d, const json_t *req, json_int_t id)
{
    struct kt_drv_slot *slot = kt_drv_slot_of(d, req);

    if (slot == NULL) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "no such slot");
        return;
    }
    for (struct kt_drv_slot **at = &d->slots; *at != NULL; at = &(*at)->next)
        if (*at == slot) {
            *at = slot->next;
            break;
        }
    kt_drv_slot_free(slot);
    kt_drv_ok(d, id);
}

void kt_drv_accept(struct kt_refdriver *d, const json_t *req, json_int_t id)
{
    struct kt_drv_slot *slot = kt_drv_slot_of(d, req);

    if (slot == NULL) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "no such slot");
        return;
    }
    if (!kt_drv_put(&slot->accepts, req, id))
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "out of memory");
    match_accepts(slot);
}

void kt_drv_stop(struct kt_refdriver *d, const json_t *req, json_int_t id)
{
    struct kt_drv_slot *slot = kt_drv_slot_of(d, req);
    const json_t *grace = json_object_get(req, "grace_ms");
    const uint64_t ns =
        grace ? (uint64_t)json_integer_value(grace) * 1000000 : 5000000000u;

    if (slot == NULL || !kt_drv_put(&slot->stops, req, id)) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "no such slot");
        return;
    }
    if (slot->listener != NULL)
        kt_listener_close(slot->listener);
    slot->listener = NULL;
    for (struct kt_drv_links *l = slot->links, *next; l != NULL; l = next) {
        next = l->next; /* a touch may close it, never at once */
        kt_peer_stop(kt_link_peer(l->link), ns, kt_net_now(d->net));
        kt_link_touch(l->link);
    }
    answer_stops(slot);
}

/* --- what a handler returns --- */

static const struct kt_idl_field *exception_field(const struct kt_drv_stream *s,
                                                  const char *name)
{
    for (size_t i = 0; i < s->method->result->nfields; i++) {
        const struct kt_idl_field *f = &s->method->result->fields[i];

        if (f->id != 0 && f->type->str && strcmp(f->type->str->name, name) == 0)
            return f;
    }
    return NULL;
}

/* Send one answer: the bare struct, or in unary its wrapper. */
static bool send_answer(struct kt_drv_stream *s, const json_t *msg,
                        const struct kt_type *type, int16_t field)
{
    struct kt_buf body, wrapped;
    struct kt_err e;
    bool ok;

    kt_buf_init(&body, KT_DRV_MAX_IN);
    kt_buf_init(&wrapped, KT_DRV_MAX_IN);
    ok = kt_message_read(msg, type, &body, &e) == KT_DONE;
    if (ok && s->method->mode == KT_MODE_UNARY)
        ok = kt_wrap(&wrapped, field, kt_buf_view(&body)) &&
             kt_call_send(s->call, kt_buf_view(&wrapped)) != KT_BAD;
    else if (ok)
        ok = kt_call_send(s->call, kt_buf_view(&body)) != KT_BAD;
    kt_buf_fini(&body);
    kt_buf_fini(&wrapped);
    return ok;
}

static bool answer_of(struct kt_drv_stream *s, const json_t *req,
                      struct kt_return *r)
{
    const json_t *message = json_object_get(req, "message");
    const json_t *exception = json_object_get(req, "exception");
    const struct kt_idl_field *f;

    r->outcome = KT_RET_OK;
    if (message != NULL)
        return send_answer(s, message, s->method->resp, 0);
    if (exception == NULL)
        return true;
    f = exception_field(s, kt_drv_text(exception, "name"));
    if (f != NULL && s->method->mode == KT_MODE_UNARY)
        return send_answer(s, json_object_get(exception, "message"), f->type,
                           f->id);
    /* In the streaming modes an exception is an error like any other: IDL-8. */
    r->outcome = KT_RET_ERROR;
    r->message = kt_drv_text(exception, "name");
    return true;
}

static bool fault_of(const json_t *req, struct kt_return *r, char **ret_extra)
{
    const json_t *status = json_object_get(req, "status"),
                 *biz = json_object_get(req, "biz");
    const json_t *extra = json_object_get(biz, "extra");

    if (json_is_true(json_object_get(req, "panic"))) {
        *r = (struct kt_return){.outcome = KT_RET_PANIC, .message = "asked to"};
    } else if (json_is_string(json_object_get(req, "error"))) {
        *r = (struct kt_return){.outcome = KT_RET_ERROR,
                                .message = kt_drv_text(req, "error")};
    } else if (status != NULL) {
        *r = (struct kt_return){KT_RET_STATUS,
                                (int32_t)kt_drv_int(status, "code"),
                                kt_drv_text(status, "message"), NULL};
    } else if (biz != NULL) {
        if (json_object_size(extra) > 0)
            *ret_extra = json_dumps(extra, JSON_COMPACT);
        *r = (struct kt_return){KT_RET_BIZ, (int32_t)kt_drv_int(biz, "code"),
                                kt_drv_text(biz, "message"), *ret_extra};
    } else {
        return false;
    }
    return true;
}

void kt_drv_return(struct kt_drv_stream *s, const json_t *req, json_int_t id)
{
    struct kt_return r = {0};
    char *extra = NULL;

    if (s->returned) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL,
                     "the handler has returned already");
        return;
    }
    if (!fault_of(req, &r, &extra) && !answer_of(s, req, &r) &&
        kt_call_cancelled(s->call) == NULL) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL, "the answer cannot be sent");
        return;
    }
    s->returned = true;
    kt_call_return(s->call, &r);
    free(extra);
    kt_drv_ok(s->d, id);
    kt_drv_progress(s);
}

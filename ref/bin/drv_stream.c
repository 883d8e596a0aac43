/* Streams of the reference driver: waiting requests, and what they get.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "bin/drv.h"
#include <string.h>

/* --- queues --- */

bool kt_drv_put(struct kt_drv_ops *q, const json_t *req, json_int_t id)
{
    struct kt_drv_op *op = kt_alloc(sizeof *op);

    if (op == NULL)
        return false;
    op->req = json_incref((json_t *)(uintptr_t)req);
    op->id = id;
    if (q->tail == NULL || q->head == NULL)
        q->tail = &q->head;
    *q->tail = op;
    q->tail = &op->next;
    return true;
}

void kt_drv_drop(struct kt_drv_ops *q)
{
    struct kt_drv_op *op = q->head;

    q->head = op->next;
    if (q->head == NULL)
        q->tail = NULL;
    json_decref(op->req);
    kt_free(op);
}

void kt_drv_ops_fini(struct kt_drv_ops *q)
{
    while (q->head != NULL)
        kt_drv_drop(q);
}

void kt_drv_ops_give_up(struct kt_refdriver *d, struct kt_drv_ops *q)
{
    while (q->head != NULL) {
        kt_drv_error(d, q->head->id, KT_GRPC_CANCELLED,
                     "given up: the case is over");
        kt_drv_drop(q);
    }
}

size_t kt_drv_ops_count(const struct kt_drv_ops *q)
{
    size_t n = 0;

    for (const struct kt_drv_op *op = q->head; op != NULL; op = op->next)
        n++;
    return n;
}

/* --- streams --- */

struct kt_drv_stream *kt_drv_stream_new(struct kt_refdriver *d,
                                        const char *caseid, const char *name,
                                        bool server)
{
    struct kt_drv_stream *s = kt_alloc(sizeof *s);

    if (s == NULL)
        return NULL;
    s->d = d;
    s->server = server;
    s->caseid = kt_strdup(caseid);
    s->name = kt_strdup(name);
    if (s->caseid != NULL && s->name != NULL)
        return s;
    kt_drv_stream_free(s);
    return NULL;
}

struct kt_drv_stream *kt_drv_stream_of(struct kt_refdriver *d,
                                       const json_t *req)
{
    const char *caseid = kt_drv_text(req, "case"),
               *name = kt_drv_text(req, "stream");
    const bool server = strcmp(kt_drv_text(req, "side"), "server") == 0;

    for (struct kt_drv_stream *s = d->streams; s != NULL; s = s->next)
        if (s->server == server && strcmp(s->name, name) == 0 &&
            strcmp(s->caseid, caseid) == 0)
            return s;
    return NULL;
}

void kt_drv_stream_free(struct kt_drv_stream *s)
{
    struct kt_link *link = s->call ? s->link : NULL;

    if (s->call != NULL) {
        kt_call_set_user(s->call, NULL);
        if (s->server && !s->returned)
            kt_call_return(s->call,
                           &(struct kt_return){.outcome = KT_RET_STATUS,
                                               .code = KT_GRPC_CANCELLED,
                                               .message = "aborted"});
        kt_call_free(s->call);
    }
    for (int q = 0; q < KT_DRV_QUEUES; q++)
        kt_drv_ops_give_up(s->d, &s->q[q]);
    json_decref(s->argument);
    kt_free(s->caseid);
    kt_free(s->name);
    kt_free(s);
    if (link != NULL)
        kt_link_touch(link);
}

const struct kt_type *kt_drv_in_type(const struct kt_drv_stream *s)
{
    return s->server ? s->method->req : s->method->resp;
}

const struct kt_type *kt_drv_out_type(const struct kt_drv_stream *s)
{
    return s->server ? s->method->resp : s->method->req;
}

/* --- receiving --- */

static void answer_message(struct kt_drv_stream *s, json_int_t id,
                           struct kt_cur body)
{
    struct kt_err e;
    json_t *msg = kt_message_json(body, kt_drv_in_type(s), &e);

    if (msg != NULL)
        kt_drv_answer(s->d, id, "ok", json_pack("{s:o}", "message", msg));
    else
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL,
                     e.detail[0] ? e.detail : kt_code_name(e.code));
}

/* The result wrapper of a unary call: field 0, or that of a declared exception.
 */
static void answer_result(struct kt_drv_stream *s, json_int_t id,
                          struct kt_cur wrapper)
{
    const struct kt_idl_field *field = NULL;
    struct kt_cur body;
    struct kt_err e = {0};
    int16_t fid = 0;

    if (kt_unwrap(wrapper, &fid, &body, &e) != KT_DONE) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL,
                     e.detail[0] ? e.detail : "no result");
        return;
    }
    for (size_t i = 0; i < s->method->result->nfields; i++)
        if (s->method->result->fields[i].id == fid)
            field = &s->method->result->fields[i];
    if (fid == 0 || field == NULL) {
        answer_message(s, id, body);
        return;
    }
    json_t *msg = kt_message_json(body, field->type, &e);
    if (msg == NULL) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL, e.detail);
        return;
    }
    kt_drv_answer(s->d, id, "exception",
                  json_pack("{s:s, s:o}", "name", field->type->str->name,
                            "message", msg));
}

/* The head of the receive queue; false: it must wait. */
static bool try_recv(struct kt_drv_stream *s)
{
    const json_int_t id = s->q[KT_Q_RECV].head->id;
    struct kt_cur body;

    if (s->returned) {
        kt_drv_error(s->d, id, KT_GRPC_CANCELLED, "the handler has returned");
        kt_drv_drop(&s->q[KT_Q_RECV]);
        return true;
    }

    switch (kt_call_recv(s->call, &body)) {
    case KT_RECV_MORE:
        return false;
    case KT_RECV_MESSAGE:
        if (s->unary_call)
            answer_result(s, id, body);
        else
            answer_message(s, id, body);
        break;
    case KT_RECV_EOF:
        kt_drv_answer(s->d, id, "eof", json_true());
        break;
    case KT_RECV_STATUS:
    case KT_RECV_BIZ:
        kt_drv_status(s->d, id, kt_call_fault(s->call));
        break;
    }
    kt_drv_drop(&s->q[KT_Q_RECV]);
    return true;
}

/* --- sending --- */

static bool send_message(struct kt_drv_stream *s, const struct kt_drv_op *op)
{
    struct kt_buf b;
    struct kt_err e = {0};
    bool done = true;

    kt_buf_init(&b, KT_DRV_MAX_IN);
    if (kt_message_read(json_object_get(op->req, "message"), kt_drv_out_type(s),
                        &b, &e) != KT_DONE) {
        kt_drv_error(s->d, op->id, KT_GRPC_INTERNAL,
                     e.detail[0] ? e.detail : kt_code_name(e.code));
    } else {
        switch (kt_call_send(s->call, kt_buf_view(&b))) {
        case KT_DONE:
            kt_drv_ok(s->d, op->id);
            break;
        case KT_MORE:
            done = false;
            break;
        case KT_BAD:
            kt_drv_status(s->d, op->id, kt_call_fault(s->call));
            break;
        }
    }
    kt_buf_fini(&b);
    return done;
}

static bool try_send(struct kt_drv_stream *s)
{
    const struct kt_drv_op *op = s->q[KT_Q_SEND].head;
    const char *name = kt_drv_text(op->req, "op");

    if (strcmp(name, "half-close") == 0) {
        kt_call_half_close(s->call);
        kt_drv_ok(s->d, op->id);
    } else if (!send_message(s, op)) {
        return false;
    }
    kt_drv_drop(&s->q[KT_Q_SEND]);
    return true;
}

/* --- waiting for facts --- */

static bool try_header(struct kt_drv_stream *s)
{
    const json_int_t id = s->q[KT_Q_HEADER].head->id;
    const struct kt_hlist *h;

    switch (kt_call_header(s->call, &h)) {
    case KT_MORE:
        return false;
    case KT_DONE:
        kt_drv_answer(s->d, id, "ok",
                      json_pack("{s:o}", "metadata", kt_metadata_json(h)));
        break;
    case KT_BAD:
        kt_drv_status(s->d, id, kt_call_fault(s->call));
        break;
    }
    kt_drv_drop(&s->q[KT_Q_HEADER]);
    return true;
}

static json_t *status_json(const struct kt_status *st)
{
    const struct kt_cur m = kt_buf_view(&st->message);

    return json_pack("{s:i, s:s%}", "code", st->code, "message",
                     m.p ? (const char *)m.p : "", kt_cur_left(&m));
}

static bool try_cancelled(struct kt_drv_stream *s)
{
    const struct kt_status *st = kt_call_cancelled(s->call);

    if (st == NULL)
        return false;
    kt_drv_answer(s->d, s->q[KT_Q_CANCELLED].head->id, "ok", status_json(st));
    kt_drv_drop(&s->q[KT_Q_CANCELLED]);
    return true;
}

/* An open is answered when its HEADERS are out, or when it failed before. */
static bool try_open(struct kt_drv_stream *s)
{
    const json_int_t id = s->q[KT_Q_OPEN].head->id;
    struct kt_cur body;

    if (kt_call_stream(s->call) != 0 && kt_link_is_connected(s->link))
        kt_drv_ok(s->d, id);
    else if (!s->ended)
        return false;
    else if (kt_call_recv(s->call, &body) == KT_RECV_STATUS)
        kt_drv_status(s->d, id, kt_call_fault(s->call));
    else
        kt_drv_error(s->d, id, KT_GRPC_UNAVAILABLE,
                     "the stream was not opened");
    kt_drv_drop(&s->q[KT_Q_OPEN]);
    return true;
}

void kt_drv_progress(struct kt_drv_stream *s)
{
    static bool (*const tries[KT_DRV_QUEUES])(struct kt_drv_stream *) = {
        [KT_Q_SEND] = try_send,     [KT_Q_RECV] = try_recv,
        [KT_Q_HEADER] = try_header, [KT_Q_CANCELLED] = try_cancelled,
        [KT_Q_OPEN] = try_open,
    };

    for (int q = 0; s->call != NULL && q < KT_DRV_QUEUES; q++)
        while (s->q[q].head != NULL && tries[q](s))
            ;
    if (s->call != NULL)
        kt_link_touch(s->link);
    kt_drv_settle(s->d);
}

bool kt_drv_is_held(const struct kt_drv_stream *s)
{
    if (s->call == NULL || s->ended)
        return false;
    /* A handler that was told of its end holds nothing. */
    return !s->server || (!s->returned && kt_call_cancelled(s->call) == NULL);
}

void kt_drv_on_stream_event(struct kt_drv_stream *s, enum kt_call_kind kind)
{
    s->ended = s->ended || kind == KT_CALL_ENDED;
    kt_drv_progress(s);
}

/* --- ops --- */

static void put_and_go(struct kt_drv_stream *s, enum kt_drv_queue q,
                       const json_t *req, json_int_t id)
{
    if (!kt_drv_put(&s->q[q], req, id))
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL, "out of memory");
    kt_drv_progress(s);
}

static void op_events(struct kt_drv_stream *s, json_int_t id)
{
    json_t *list = json_array();
    struct kt_rpc_event ev;
    char text[24];

    while (s->call != NULL && kt_call_next_rpc_event(s->call, &ev)) {
        json_t *fields = json_object();

        snprintf(text, sizeof text, "%zu", ev.size);
        if (!ev.failed &&
            (ev.kind == KT_RPC_STREAM_SEND || ev.kind == KT_RPC_STREAM_RECV))
            json_object_set_new(fields, "size", json_string(text));
        snprintf(text, sizeof text, "%d", ev.code);
        if (ev.failed || ev.kind == KT_RPC_FINISH)
            json_object_set_new(fields, "error",
                                json_string(!ev.failed ? "nil"
                                            : ev.biz   ? "biz"
                                                       : text));
        json_array_append_new(
            list, json_pack("[s, o]", kt_rpc_name(ev.kind), fields));
    }
    kt_drv_answer(s->d, id, "ok", json_pack("{s:o}", "events", list));
}

static void op_ctx(struct kt_drv_stream *s, json_int_t id)
{
    const uint64_t deadline = kt_call_deadline(s->call),
                   now = kt_net_now(s->d->net);
    const struct kt_status *st = kt_call_cancelled(s->call);
    json_t *j = json_object();

    if (deadline != UINT64_MAX)
        json_object_set_new(
            j, "deadline_ms",
            json_integer(
                deadline > now ? (json_int_t)((deadline - now) / 1000000) : 0));
    if (st != NULL)
        json_object_set_new(j, "cancelled", status_json(st));
    kt_drv_answer(s->d, id, "ok", j);
}

static void op_header_out(struct kt_drv_stream *s, const char *op,
                          const json_t *req, json_int_t id)
{
    struct kt_hlist md;
    enum kt_step step;

    kt_hlist_init(&md, 64 << 10, 512);
    if (!kt_metadata_read(json_object_get(req, "metadata"), &md)) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL,
                     "metadata is an array of pairs");
        kt_hlist_fini(&md);
        return;
    }
    if (strcmp(op, "set-header") == 0)
        step = kt_call_set_header(s->call, &md);
    else if (strcmp(op, "send-header") == 0)
        step = kt_call_send_header(s->call, &md);
    else
        step = kt_call_set_trailer(s->call, &md);
    if (step == KT_DONE)
        kt_drv_ok(s->d, id);
    else
        kt_drv_status(s->d, id, kt_call_fault(s->call));
    kt_hlist_fini(&md);
    kt_drv_progress(s);
}

static bool server_op(struct kt_drv_stream *s, const char *op,
                      const json_t *req, json_int_t id)
{
    if (strcmp(op, "return") == 0)
        kt_drv_return(s, req, id);
    else if (strcmp(op, "cancelled") == 0)
        put_and_go(s, KT_Q_CANCELLED, req, id);
    else if (strcmp(op, "ctx") == 0)
        op_ctx(s, id);
    else if (strcmp(op, "set-header") == 0 || strcmp(op, "send-header") == 0 ||
             strcmp(op, "set-trailer") == 0)
        op_header_out(s, op, req, id);
    else
        return false;
    return true;
}

static bool client_op(struct kt_drv_stream *s, const char *op,
                      const json_t *req, json_int_t id)
{
    if (strcmp(op, "half-close") == 0) {
        put_and_go(s, KT_Q_SEND, req, id);
    } else if (strcmp(op, "close-and-recv") == 0) {
        kt_call_half_close(s->call);
        put_and_go(s, KT_Q_RECV, req, id);
    } else if (strcmp(op, "cancel") == 0) {
        kt_call_cancel(s->call);
        kt_drv_ok(s->d, id);
        kt_drv_progress(s);
    } else if (strcmp(op, "header") == 0) {
        put_and_go(s, KT_Q_HEADER, req, id);
    } else if (strcmp(op, "trailer") == 0) {
        kt_drv_answer(s->d, id, "ok",
                      json_pack("{s:o}", "metadata",
                                kt_metadata_json(kt_call_trailer(s->call))));
    } else if (strcmp(op, "finish") == 0) {
        kt_call_finish(s->call);
        kt_drv_ok(s->d, id);
    } else {
        return false;
    }
    return true;
}

bool kt_drv_stream_op(struct kt_drv_stream *s, const char *op,
                      const json_t *req, json_int_t id)
{
    if (s->call == NULL) {
        kt_drv_error(s->d, id, KT_GRPC_INTERNAL,
                     "the stream does not exist (any more)");
        return true;
    }
    if (strcmp(op, "send") == 0)
        put_and_go(s, KT_Q_SEND, req, id);
    else if (strcmp(op, "recv") == 0)
        put_and_go(s, KT_Q_RECV, req, id);
    else if (strcmp(op, "events") == 0)
        op_events(s, id);
    else
        return s->server ? server_op(s, op, req, id)
                         : client_op(s, op, req, id);
    return true;
}

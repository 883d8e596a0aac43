/* The client behind ktspec call.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/caller.h"
#include <string.h>

enum { MAX_MESSAGE = 64 << 20 };

struct caller {
    const struct kt_caller_opts *o;
    struct kt_link_sink sink;
    struct kt_link *link;
    struct kt_call *call;
    size_t next; /* message to send */
    bool half_closed, header_said, over;
    int exit;
};

static bool is_unary(const struct caller *c)
{
    return c->o->method->mode == KT_MODE_UNARY;
}

static void say_fields(const struct caller *c, const char *what,
                       const struct kt_hlist *h)
{
    json_t *j = kt_metadata_json(h);
    char *text = json_dumps(j, JSON_COMPACT);

    fprintf(c->o->err, "%s %s\n", what, text ? text : "");
    free(text);
    json_decref(j);
}

static void say_header(struct caller *c)
{
    const struct kt_hlist *h;

    if (c->header_said || !c->o->verbose ||
        kt_call_header(c->call, &h) != KT_DONE)
        return;
    c->header_said = true;
    say_fields(c, "headers", h);
}

static void end(struct caller *c, int exit)
{
    if (c->o->verbose)
        say_fields(c, "trailers", kt_call_trailer(c->call));
    c->over = true;
    c->exit = exit;
}

static void say_bytes(FILE *f, struct kt_cur c)
{
    fwrite(c.p, 1, kt_cur_left(&c), f);
}

static void end_with_fault(struct caller *c, bool biz)
{
    const struct kt_status *st = kt_call_fault(c->call);
    const char *name = kt_grpc_name((uint32_t)st->code);
    const bool refused = kt_link_never_connected(c->link);

    if (biz)
        fprintf(c->o->err, "biz status %d: ", st->biz_code);
    else
        fprintf(c->o->err, "status %d%s%s: ", st->code, name ? " " : "",
                name ? name : "");
    say_bytes(c->o->err, kt_buf_view(&st->message));
    if (biz && kt_buf_size(&st->extra) > 0) {
        fputs(" extra ", c->o->err);
        say_bytes(c->o->err, kt_buf_view(&st->extra));
    }
    fputc('\n', c->o->err);
    end(c, biz       ? KT_CALL_EXIT_BIZ
           : refused ? KT_CALL_EXIT_CONNECT
                     : KT_CALL_EXIT_STATUS);
}

static bool say_value(struct caller *c, struct kt_cur body,
                      const struct kt_type *type)
{
    struct kt_err e = {0};
    json_t *msg = kt_message_json(body, type, &e),
           *value = json_object_get(msg, "json");

    if (msg == NULL) {
        fprintf(c->o->err, "a message that the IDL cannot read: %s\n",
                e.detail[0] ? e.detail : kt_code_name(e.code));
        return false;
    }
    json_dumpf(value, c->o->out, JSON_COMPACT);
    fputc('\n', c->o->out);
    fflush(c->o->out);
    json_decref(msg);
    return true;
}

static void on_result(struct caller *c, struct kt_cur wrapper)
{
    struct kt_cur body;
    struct kt_err e;
    int16_t id = 0;

    if (kt_unwrap(wrapper, &id, &body, &e) != KT_DONE) {
        fprintf(c->o->err, "the answer is no result struct\n");
        end(c, KT_CALL_EXIT_STATUS);
        return;
    }
    for (size_t i = 0; i < c->o->method->result->nfields; i++) {
        const struct kt_idl_field *f = &c->o->method->result->fields[i];

        if (f->id != id)
            continue;
        if (id != 0)
            fprintf(c->o->err, "exception %s\n", f->type->str->name);
        end(c, say_value(c, body, f->type) && id == 0 ? KT_CALL_EXIT_OK
                                                      : KT_CALL_EXIT_STATUS);
        return;
    }
    fprintf(c->o->err, "the result has an unknown field %d\n", id);
    end(c, KT_CALL_EXIT_STATUS);
}

static void receive(struct caller *c)
{
    struct kt_cur m;

    while (!c->over) {
        switch (kt_call_recv(c->call, &m)) {
        case KT_RECV_MORE:
            return;
        case KT_RECV_MESSAGE:
            say_header(c);
            if (is_unary(c))
                on_result(c, m);
            else if (!say_value(c, m, c->o->method->resp))
                end(c, KT_CALL_EXIT_STATUS);
            break;
        case KT_RECV_EOF:
            say_header(c);
            end(c, KT_CALL_EXIT_OK);
            break;
        case KT_RECV_STATUS:
            say_header(c);
            end_with_fault(c, false);
            break;
        case KT_RECV_BIZ:
            say_header(c);
            end_with_fault(c, true);
            break;
        }
    }
}

/* The next message, encoded; it was checked before the call began. */
static bool encode(const struct caller *c, size_t i, struct kt_buf *dst,
                   struct kt_err *reterr)
{
    struct kt_buf body;
    bool ok;

    kt_buf_init(&body, MAX_MESSAGE);
    ok = kt_json_to_thrift(json_array_get(c->o->messages, i), c->o->method->req,
                           &body, reterr) == KT_DONE;
    if (ok && is_unary(c))
        ok = kt_wrap(dst, 1, kt_buf_view(&body));
    else if (ok)
        ok = kt_buf_put(dst, body.p, kt_buf_size(&body));
    kt_buf_fini(&body);
    return ok;
}

static void send_some(struct caller *c)
{
    struct kt_buf b;
    struct kt_err e;
    enum kt_step step = KT_DONE;

    kt_buf_init(&b, MAX_MESSAGE);
    while (step == KT_DONE && c->next < json_array_size(c->o->messages)) {
        kt_buf_clear(&b);
        if (encode(c, c->next, &b, &e))
            step = kt_call_send(c->call, kt_buf_view(&b));
        c->next += step == KT_DONE;
    }
    kt_buf_fini(&b);
    if (c->next == json_array_size(c->o->messages) && !c->half_closed) {
        c->half_closed = true;
        kt_call_half_close(c->call);
    }
}

static void on_event(struct kt_link_sink *self, struct kt_link *l,
                     const struct kt_call_event *ev)
{
    struct caller *c = kt_container_of(self, struct caller, sink);

    (void)ev;
    if (c->call == NULL || c->over)
        return;
    say_header(c);
    send_some(c);
    receive(c);
    kt_link_touch(l);
}

static int fail(const struct kt_caller_opts *o, const struct kt_err *e,
                int exit)
{
    fprintf(o->err, "ktspec call: %s\n",
            e->detail[0] ? e->detail : kt_code_name(e->code));
    return exit;
}

static enum kt_call_mode mode_of(const struct kt_method *m)
{
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

static int check_messages(const struct kt_caller_opts *o)
{
    const size_t n = json_array_size(o->messages);
    struct kt_buf b;
    struct kt_err e = {0};
    enum kt_step step = KT_DONE;

    if ((o->method->mode == KT_MODE_SERVER ||
         o->method->mode == KT_MODE_UNARY) &&
        n != 1) {
        kt_badf(&e, KT_E_MISSING, 0, "%s takes one message, %zu were given",
                o->method->name, n);
        return fail(o, &e, KT_CALL_EXIT_USAGE);
    }
    kt_buf_init(&b, MAX_MESSAGE);
    for (size_t i = 0; step == KT_DONE && i < n; i++) {
        kt_buf_clear(&b);
        step = kt_json_to_thrift(json_array_get(o->messages, i), o->method->req,
                                 &b, &e);
    }
    kt_buf_fini(&b);
    return step == KT_DONE ? KT_CALL_EXIT_OK : fail(o, &e, KT_CALL_EXIT_USAGE);
}

static int run(struct kt_net *net, struct caller *c)
{
    const struct kt_caller_opts *o = c->o;
    const uint64_t now = kt_net_now(net);
    const struct kt_peer_opts peer = {.authority = o->address};
    struct kt_err e = {0};

    c->sink.on = on_event;
    c->link = kt_link_dial(net, o->address, &peer, &c->sink, &e);
    if (c->link == NULL)
        return fail(o, &e, KT_CALL_EXIT_USAGE);
    c->call = kt_call_open(
        kt_link_peer(c->link),
        &(struct kt_call_open){
            .service = o->service->path,
            .method = o->method->name,
            .mode = mode_of(o->method),
            .deadline_ns = o->deadline_ns ? now + o->deadline_ns : 0,
            .metadata = &o->metadata,
            .transient = &o->transient,
            .persistent = &o->persistent,
        },
        now, &e);
    if (c->call == NULL)
        return fail(o, &e, KT_CALL_EXIT_USAGE);
    send_some(c);
    kt_link_touch(c->link);
    while (!c->over)
        kt_net_step(net, UINT64_MAX);
    return c->exit;
}

int kt_caller_go(struct kt_net *net, const struct kt_caller_opts *o)
{
    struct caller c = {.o = o};
    int rc = check_messages(o);

    if (rc != KT_CALL_EXIT_OK)
        return rc;
    rc = run(net, &c);
    kt_link_free(c.link);
    return rc;
}

/* The control connection of the reference driver, and its ops.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/refdriver.h"
#include "base/alloc.h"
#include "base/must.h"
#include "bin/drv.h"
#include "bin/embedded.h"
#include <string.h>

#define RESET_PATIENCE_NS 500000000u

const char *kt_drv_text(const json_t *req, const char *key)
{
    const char *s = json_string_value(json_object_get(req, key));

    return s ? s : "";
}

json_int_t kt_drv_int(const json_t *req, const char *key)
{
    return json_integer_value(json_object_get(req, key));
}

/* connections: dials are counted where they are made. read-timeout: is for
 * ping-pong calls, and none are served. */
void kt_drv_settings(const json_t *settings, struct kt_peer_opts *o)
{
    o->initial_window = (uint32_t)kt_drv_int(settings, "initial-window");
    o->max_frame = (uint32_t)kt_drv_int(settings, "max-frame");
    o->max_concurrent = (uint32_t)kt_drv_int(settings, "max-concurrent");
    o->table_size = (uint32_t)kt_drv_int(settings, "table-size");
    o->trace = true;
}

static void put_line(struct kt_refdriver *d, json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    const size_t n = text ? strlen(text) : 0;

    if (text != NULL && d->tcp != NULL) {
        text[n] = '\n'; /* in place of the NUL */
        kt_tcp_write(d->tcp, text, n + 1);
    }
    free(text);
    json_decref(line);
}

void kt_drv_answer(struct kt_refdriver *d, json_int_t id, const char *kind,
                   json_t *value)
{
    json_t *line = json_object();

    json_object_set_new(line, "id", json_integer(id));
    json_object_set_new(line, kind, value);
    put_line(d, line);
}

void kt_drv_ok(struct kt_refdriver *d, json_int_t id)
{
    kt_drv_answer(d, id, "ok", json_object());
}

void kt_drv_error(struct kt_refdriver *d, json_int_t id, int code,
                  const char *message)
{
    kt_drv_answer(d, id, "error",
                  json_pack("{s:i, s:s}", "code", code, "message", message));
}

static json_t *text_of(const struct kt_buf *b)
{
    const struct kt_cur c = kt_buf_view(b);
    json_t *j = json_stringn((const char *)c.p, kt_cur_left(&c));

    return j ? j : json_string("");
}

void kt_drv_status(struct kt_refdriver *d, json_int_t id,
                   const struct kt_status *st)
{
    json_t *j = json_object();
    json_error_t e;

    json_object_set_new(j, "message", text_of(&st->message));
    json_object_set_new(j, "code",
                        json_integer(st->has_biz ? st->biz_code : st->code));
    if (st->has_biz && kt_buf_size(&st->extra) > 0) {
        const struct kt_cur c = kt_buf_view(&st->extra);
        json_t *extra = json_loadb((const char *)c.p, kt_cur_left(&c), 0, &e);

        if (json_is_object(extra) && json_object_size(extra) > 0)
            json_object_set(j, "extra", extra);
        json_decref(extra);
    }
    kt_drv_answer(d, id, st->has_biz ? "biz" : "error", j);
}

const struct kt_service *kt_drv_service(const struct kt_refdriver *d,
                                        const char *name)
{
    for (int i = 0; i < 2; i++) {
        const struct kt_service *s = kt_idl_service(d->idl[i], name);

        if (s != NULL)
            return s;
    }
    return NULL;
}

const char *const kt_refdriver_caps[] = {
    "unary",        "stop",           "events",     "panic",
    "metainfo",     "exception",      "biz",        "initial-window",
    "max-frame",    "max-concurrent", "table-size", "connections",
    "read-timeout", "compress",       "gzip"};
const size_t kt_refdriver_ncaps =
    sizeof kt_refdriver_caps / sizeof *kt_refdriver_caps;

static void say_hello(struct kt_refdriver *d, const char *token)
{
    json_t *list = json_array();

    for (size_t i = 0; i < kt_refdriver_ncaps; i++)
        json_array_append_new(list, json_string(kt_refdriver_caps[i]));
    put_line(d, json_pack("{s:{s:i, s:s, s:s, s:s, s:s, s:[s,s], s:[s], s:o}}",
                          "hello", "protocol", 1, "token", token,
                          "implementation", "ktspec-ref", "version", "0.1.0",
                          "language", "c", "roles", "client", "server",
                          "transports", "http2", "capabilities", list));
}

/* What a case holds: streams, handlers, requests. */
static void count_held(const struct kt_refdriver *d, const json_t *req,
                       json_int_t held[3])
{
    const char *caseid = kt_drv_text(req, "case");

    for (const struct kt_drv_stream *s = d->streams; s != NULL; s = s->next) {
        if (strcmp(s->caseid, caseid) != 0)
            continue;
        held[s->server] += kt_drv_is_held(s);
        for (int q = 0; q < KT_DRV_QUEUES; q++)
            held[2] += (json_int_t)kt_drv_ops_count(&s->q[q]);
    }
}

/* An accept that no call came for is not held by anybody. */
static void count_slot(const struct kt_drv_slot *slot, json_int_t held[3])
{
    for (const struct kt_drv_stream *s = slot->arrived; s != NULL; s = s->next)
        held[1] += kt_drv_is_held(s);
}

static void drop_case(struct kt_refdriver *d, const char *caseid)
{
    struct kt_drv_stream **at = &d->streams;

    while (*at != NULL) {
        struct kt_drv_stream *s = *at;

        if (strcmp(s->caseid, caseid) != 0) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        kt_drv_stream_free(s);
    }
    kt_drv_links_close(d, caseid);
}

/* False when something is held that may still go by itself, and late is false.
 */
static bool try_reset(struct kt_refdriver *d, const struct kt_drv_op *op,
                      bool late)
{
    const char *caseid = kt_drv_text(op->req, "case");
    struct kt_drv_slot *slot = kt_drv_slot_of(d, op->req);
    json_int_t held[3] = {0};

    count_held(d, op->req, held);
    if (slot != NULL)
        count_slot(slot, held);
    if (!late && held[0] + held[1] + held[2] > 0)
        return false;
    drop_case(d, caseid);
    if (slot != NULL)
        kt_drv_slot_drop(slot);
    for (struct kt_drv_slot *s = d->slots; s != NULL; s = s->next)
        kt_drv_slot_sweep(s);
    kt_drv_answer(d, op->id, "ok",
                  json_pack("{s:I, s:I, s:I}", "streams", held[0], "handlers",
                            held[1], "requests", held[2]));
    return true;
}

static void settle(struct kt_refdriver *d, bool late)
{
    struct kt_drv_op **at = &d->resets.head;

    if (d->settling)
        return;
    d->settling = true; /* what is freed below tells of itself */
    while (*at != NULL) {
        struct kt_drv_op *op = *at;

        if (!try_reset(d, op, late)) {
            at = &op->next;
            continue;
        }
        *at = op->next;
        json_decref(op->req);
        kt_free(op);
    }
    d->resets.tail = d->resets.head ? at : NULL;
    d->settling = false;
}

void kt_drv_settle(struct kt_refdriver *d)
{
    if (d->resets.head != NULL)
        kt_timer_set(d->settle_timer, kt_net_now(d->net));
}

static void on_settle_timer(struct kt_sink *self, const struct kt_net_event *ev)
{
    (void)ev;
    settle(kt_container_of(self, struct kt_refdriver, on_settle_timer), false);
}

static void on_reset_timer(struct kt_sink *self, const struct kt_net_event *ev)
{
    (void)ev;
    settle(kt_container_of(self, struct kt_refdriver, on_reset_timer), true);
}

/* What is on its way when the case ends gets a moment to arrive. */
static void op_reset(struct kt_refdriver *d, const json_t *req, json_int_t id)
{
    if (!kt_drv_put(&d->resets, req, id)) {
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "out of memory");
        return;
    }
    settle(d, false);
    if (d->resets.head != NULL)
        kt_timer_set(d->reset_timer, kt_net_now(d->net) + RESET_PATIENCE_NS);
}

/* Ops that need no stream; false: none of these. */
static bool general_op(struct kt_refdriver *d, const char *op,
                       const json_t *req, json_int_t id)
{
    static const struct {
        const char *op;
        void (*go)(struct kt_refdriver *d, const json_t *req, json_int_t id);
    } ops[] = {
        {"listen", kt_drv_listen}, {"unlisten", kt_drv_unlisten},
        {"accept", kt_drv_accept}, {"stop", kt_drv_stop},
        {"reset", op_reset},
    };

    if (strcmp(op, "sync") == 0) {
        kt_drv_ok(d, id); /* requests begin when they are read */
        return true;
    }
    if (strcmp(op, "open") == 0 || strcmp(op, "call") == 0) {
        kt_drv_open(d, req, id, strcmp(op, "call") == 0);
        return true;
    }
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(ops[i].op, op) == 0) {
            ops[i].go(d, req, id);
            return true;
        }
    return false;
}

static bool is_known(const char *op)
{
    static const char *const names[] = {
        "recv",   "send",      "set-header", "send-header", "set-trailer",
        "return", "cancelled", "ctx",        "half-close",  "cancel",
        "header", "trailer",   "finish",     "events",      "close-and-recv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], op) == 0)
            return true;
    return false;
}

static void on_request(struct kt_refdriver *d, const json_t *req)
{
    const char *op = kt_drv_text(req, "op");
    const json_int_t id = kt_drv_int(req, "id");
    struct kt_drv_stream *s;

    if (general_op(d, op, req, id))
        return;
    if (!is_known(op)) {
        kt_drv_answer(d, id, "unsupported", json_string("no such op"));
        return;
    }
    s = kt_drv_stream_of(d, req);
    if (s == NULL)
        kt_drv_error(d, id, KT_GRPC_INTERNAL, "no such stream");
    else if (!kt_drv_stream_op(s, op, req, id))
        kt_drv_answer(d, id, "unsupported", json_string("not on this side"));
}

static void on_line(struct kt_refdriver *d, struct kt_cur line)
{
    json_error_t e;
    json_t *req = json_loadb((const char *)line.p, kt_cur_left(&line),
                             JSON_ALLOW_NUL, &e);

    if (json_is_object(req))
        on_request(d, req);
    json_decref(req);
}

static void on_bytes(struct kt_refdriver *d, struct kt_cur data)
{
    const uint8_t *end;

    if (!kt_buf_put(&d->in, data.p, kt_cur_left(&data))) {
        kt_tcp_abort(d->tcp);
        return;
    }
    for (;;) {
        const struct kt_cur in = kt_buf_view(&d->in);

        end = kt_cur_left(&in) ? memchr(in.p, '\n', kt_cur_left(&in)) : NULL;
        if (end == NULL)
            return;
        on_line(d, (struct kt_cur){in.p, end});
        kt_buf_eat(&d->in, (size_t)(end - in.p) + 1);
    }
}

static void on_tcp(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_refdriver *d = kt_container_of(self, struct kt_refdriver, on_tcp);

    if (ev->kind == KT_NET_DATA)
        on_bytes(d, ev->data);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED) {
        d->tcp = NULL;
        d->over = true;
    }
}

bool kt_refdriver_idl(struct kt_idl *ret[2], struct kt_err *reterr)
{
    ret[1] = NULL;
    for (int i = 0; i < 2; i++) {
        const struct kt_text_file *f = &kt_embedded_idl[i];

        ret[i] = kt_idl_parse(f->path, f->text, strlen(f->text), reterr);
        if (ret[i] == NULL) {
            kt_idl_free(ret[0]);
            return false;
        }
    }
    return true;
}

struct kt_refdriver *kt_refdriver_new(struct kt_net *net, const char *control,
                                      const char *token,
                                      const struct kt_idl *const idl[2],
                                      struct kt_err *reterr)
{
    struct kt_refdriver *d = kt_alloc(sizeof *d);

    if (d == NULL) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }
    d->net = net;
    d->on_tcp.on = on_tcp;
    d->on_client.on = kt_drv_on_client;
    d->on_reset_timer.on = on_reset_timer;
    d->reset_timer = kt_timer_new(net, &d->on_reset_timer);
    d->on_settle_timer.on = on_settle_timer;
    d->settle_timer = kt_timer_new(net, &d->on_settle_timer);
    kt_buf_init(&d->in, KT_DRV_MAX_IN);
    d->idl[0] = idl[0];
    d->idl[1] = idl[1];
    if (d->reset_timer && d->settle_timer)
        d->tcp = kt_net_connect(net, control, &d->on_tcp, reterr);
    if (d->tcp == NULL) {
        kt_refdriver_free(d);
        return NULL;
    }
    say_hello(d, token);
    return d;
}

bool kt_refdriver_is_over(const struct kt_refdriver *d)
{
    return d->over;
}

void kt_refdriver_free(struct kt_refdriver *d)
{
    if (d == NULL)
        return;
    while (d->streams != NULL) {
        struct kt_drv_stream *s = d->streams;

        d->streams = s->next;
        kt_drv_stream_free(s);
    }
    kt_drv_links_close(d, NULL);
    while (d->slots != NULL) {
        struct kt_drv_slot *slot = d->slots;

        d->slots = slot->next;
        kt_drv_slot_free(slot);
    }
    if (d->tcp != NULL) {
        kt_tcp_set_sink(d->tcp, NULL);
        kt_tcp_close(d->tcp);
    }
    kt_drv_ops_fini(&d->resets);
    kt_timer_free(d->reset_timer);
    kt_timer_free(d->settle_timer);
    kt_buf_fini(&d->in);
    kt_free(d);
}

/* A peer: bytes, time and events of one connection, and its calls.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "call/impl.h"
#include <stdio.h>

static void set_defaults(struct kt_peer *p)
{
    struct kt_peer_opts *o = &p->o;

    p->limits = o->limits ? *o->limits : kt_limits_default;
    if (o->authority == NULL)
        o->authority = "localhost";
    if (o->user_agent == NULL)
        o->user_agent = "ktspec";
    if (o->max_concurrent == 0)
        o->max_concurrent = p->limits.max_streams;
}

static struct kt_conn *make_conn(const struct kt_peer *p, struct kt_err *reterr)
{
    const struct kt_conn_opts o = {
        .server = p->role == KT_PEER_SERVER,
        .initial_window = p->o.initial_window,
        .max_frame = p->o.max_frame,
        .max_concurrent = p->o.max_concurrent,
        .table_size = p->o.table_size,
        .max_fields = p->limits.max_fields,
        .max_field_n = p->limits.max_field_n,
    };

    return kt_conn_new(&o, reterr);
}

struct kt_peer *kt_peer_new(enum kt_peer_role role,
                            const struct kt_peer_opts *o, struct kt_err *reterr)
{
    struct kt_peer *p = kt_alloc(sizeof *p);

    if (p == NULL) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_CONN, 0, NULL);
        return NULL;
    }
    p->role = role;
    p->grace_due_ns = UINT64_MAX;
    if (o)
        p->o = *o;
    set_defaults(p);
    p->conn = make_conn(p, reterr);
    /* what kt_call_new reckons with */
    if (p->o.initial_window < 65535)
        p->o.initial_window = 65535;
    if (p->o.max_frame == 0)
        p->o.max_frame = KT_FRAME_MAX_DEFAULT;
    if (p->conn)
        return p;
    kt_free(p);
    return NULL;
}

void kt_peer_free(struct kt_peer *p)
{
    if (p == NULL)
        return;
    p->lost = true; /* no more resets */
    while (p->all)
        kt_call_free(p->all);
    kt_conn_free(p->conn);
    kt_free(p);
}

/* ---- what the connection tells ---------------------------------------- */

/* The connection takes no more streams: those that wait never start. */
static void on_goaway(struct kt_peer *p)
{
    p->pending |= 1U << KT_PEER_DRAINING;
    for (struct kt_call *c = p->all; c; c = c->next)
        if (p->role == KT_PEER_CLIENT && c->id == 0)
            kt_client_give_up(c, KT_GRPC_UNAVAILABLE,
                              "the connection is draining", KT_H2_CANCEL);
}

static void on_end(struct kt_call *c)
{
    struct kt_err e;

    if (c->peer->role == KT_PEER_CLIENT) {
        kt_client_end(c);
        return;
    }
    if (c->ended || c->returned)
        return;
    kt_recv_half_on(&c->rx, KT_RE_END, &e);
    kt_call_raise(c, KT_CALL_READABLE);
}

static enum kt_step on_headers(struct kt_peer *p,
                               const struct kt_conn_event *ev,
                               struct kt_call *c, struct kt_err *reterr)
{
    if (ev->first)
        return kt_server_headers(p, ev->stream, ev->fields, ev->end, reterr);
    if (c && p->role == KT_PEER_CLIENT)
        kt_client_headers(c, ev->fields, ev->end);
    else if (c && ev->end) /* trailers of a request say nothing more */
        on_end(c);
    return KT_DONE;
}

static void on_closed(struct kt_call *c, const struct kt_conn_event *ev)
{
    if (c->peer->role == KT_PEER_CLIENT)
        kt_client_closed(c, ev);
    else
        kt_server_closed(c, ev);
}

static enum kt_step on_event(struct kt_peer *p, const struct kt_conn_event *ev,
                             struct kt_err *reterr)
{
    struct kt_call *c = ev->stream ? kt_conn_user(ev->stream) : NULL;

    if (ev->kind == KT_CONN_GOAWAY && p->role == KT_PEER_CLIENT)
        on_goaway(p);
    if (ev->kind == KT_CONN_HEADERS)
        return on_headers(p, ev, c, reterr);
    if (c == NULL)
        return KT_DONE; /* its user is gone */
    switch (ev->kind) {
    case KT_CONN_DATA:
        kt_call_on_data(c, ev->data);
        break;
    case KT_CONN_END:
        on_end(c);
        break;
    case KT_CONN_OPENED:
        c->id = kt_conn_stream_id(ev->stream);
        kt_call_raise(c, KT_CALL_OPENED);
        break;
    case KT_CONN_SENT:
        if (kt_quota_sent(&c->quota, ev->n))
            kt_call_raise(c, KT_CALL_WRITABLE);
        break;
    case KT_CONN_CLOSED:
        on_closed(c, ev);
        break;
    case KT_CONN_HEADERS:
    case KT_CONN_GOAWAY:
        break;
    }
    return KT_DONE;
}

static enum kt_step drain(struct kt_peer *p, struct kt_err *reterr)
{
    struct kt_conn_event ev;
    enum kt_step s = KT_DONE;
    struct kt_err e;

    while (kt_conn_event(p->conn, &ev))
        if (on_event(p, &ev, &e) == KT_BAD) {
            s = KT_BAD;
            *reterr = e;
        }
    return s;
}

/* The connection is of no more use: every call ends. */
static void go_down(struct kt_peer *p, const char *why)
{
    char text[256];

    if (p->down)
        return;
    p->down = true;
    p->pending |= 1U << KT_PEER_CLOSED;
    snprintf(
        text, sizeof text,
        p->role == KT_PEER_CLIENT
            ? "connection error: desc = \"error reading from server, error=%s\""
            : "transport: %s [triggered by remote service]",
        why);
    for (struct kt_call *c = p->all; c; c = c->next) {
        if (p->role == KT_PEER_CLIENT) /* ERR-22 */
            kt_client_give_up(c, KT_GRPC_UNAVAILABLE, text, KT_H2_CANCEL);
        else /* CANCEL-11 */
            kt_server_cancel(c, KT_GRPC_CANCELLED, text);
    }
}

static void go_failed(struct kt_peer *p)
{
    char why[192];

    snprintf(why, sizeof why, "ReadFrame encountered err: %s",
             kt_conn_why(p->conn));
    go_down(p, why);
}

/* ---- input, output, time ---------------------------------------------- */

enum kt_step kt_peer_input(struct kt_peer *p, struct kt_cur in, uint64_t now_ns,
                           struct kt_err *reterr)
{
    enum kt_step s = KT_DONE;

    kt_peer_tick(p, now_ns);
    if (p->down)
        return kt_bad(reterr, KT_E_CLOSED, KT_SCOPE_CONN, 0, NULL);
    while (kt_cur_left(&in) > 0 && s == KT_DONE) {
        struct kt_err e;

        s = kt_conn_input(p->conn, &in, now_ns, reterr);
        if (drain(p, &e) == KT_BAD && s == KT_DONE) {
            s = KT_BAD;
            *reterr = e;
        }
    }
    if (s != KT_DONE)
        go_failed(p);
    return s;
}

struct kt_cur kt_peer_output(struct kt_peer *p)
{
    struct kt_err e;

    if (p->lost)
        return kt_cur_of(NULL, 0);

    const struct kt_cur out = kt_conn_output(p->conn);

    if (drain(p, &e) == KT_BAD || kt_conn_has_failed(p->conn))
        go_failed(p);
    return out;
}

void kt_peer_wrote(struct kt_peer *p, size_t n)
{
    if (!p->lost)
        kt_conn_wrote(p->conn, n);
}

void kt_peer_lost(struct kt_peer *p, const char *why, uint64_t now_ns)
{
    if (p->lost)
        return;
    p->now_ns = now_ns;
    go_down(p, why ? why : "connection EOF");
    p->lost = true;
    for (struct kt_call *c = p->all; c; c = c->next) {
        c->stream = NULL;
        if (p->role == KT_PEER_SERVER)
            kt_call_raise(c, KT_CALL_ENDED);
    }
}

static void expire(struct kt_call *c)
{
    static const char text[] = "context deadline exceeded"; /* DL-2, DL-11 */

    if (c->peer->role == KT_PEER_CLIENT)
        kt_client_give_up(c, KT_GRPC_DEADLINE_EXCEEDED, text, KT_H2_CANCEL);
    else
        kt_server_cancel(c, KT_GRPC_DEADLINE_EXCEEDED, text);
}

/* GOAWAY-6: the grace has run out. */
static void end_grace(struct kt_peer *p)
{
    p->grace_due_ns = UINT64_MAX;
    for (struct kt_call *c = p->all; c; c = c->next) {
        if (p->role == KT_PEER_CLIENT)
            kt_client_give_up(c, KT_GRPC_UNAVAILABLE, "graceful shutdown",
                              KT_H2_CANCEL);
        else
            kt_server_cancel(c, KT_GRPC_UNAVAILABLE, "graceful shutdown");
    }
    if (p->role == KT_PEER_SERVER && !p->down)
        kt_conn_reset_all(p->conn, kt_h2err_graceful());
}

static bool is_live(const struct kt_call *c)
{
    return !c->ended && !c->returned;
}

void kt_peer_tick(struct kt_peer *p, uint64_t now_ns)
{
    p->now_ns = now_ns;
    kt_conn_tick(p->conn, now_ns);
    for (struct kt_call *c = p->all; c; c = c->next)
        if (is_live(c) && now_ns >= c->deadline_ns)
            expire(c);
    if (now_ns >= p->grace_due_ns)
        end_grace(p);
}

uint64_t kt_peer_deadline(const struct kt_peer *p)
{
    uint64_t due = p->down ? UINT64_MAX : kt_conn_deadline(p->conn);

    if (p->grace_due_ns < due)
        due = p->grace_due_ns;
    for (const struct kt_call *c = p->all; c; c = c->next)
        if (is_live(c) && c->deadline_ns < due)
            due = c->deadline_ns;
    return due;
}

bool kt_peer_is_over(const struct kt_peer *p)
{
    return p->lost || kt_conn_is_over(p->conn);
}

void kt_peer_stop(struct kt_peer *p, uint64_t grace_ns, uint64_t now_ns)
{
    p->now_ns = now_ns;
    if (p->stopping || p->down)
        return;
    p->stopping = true;
    p->grace_due_ns =
        grace_ns < UINT64_MAX - now_ns ? now_ns + grace_ns : UINT64_MAX;
    p->pending |= 1U << KT_PEER_DRAINING;
    kt_conn_shutdown(p->conn, now_ns);
}

bool kt_peer_can_open(const struct kt_peer *p)
{
    return p->role == KT_PEER_CLIENT && !p->down && kt_conn_can_open(p->conn);
}

size_t kt_peer_open_calls(const struct kt_peer *p)
{
    size_t n = 0;

    for (const struct kt_call *c = p->all; c; c = c->next)
        n += is_live(c);
    return n;
}

void *kt_peer_user(const struct kt_peer *p)
{
    return p->user;
}

void kt_peer_set_user(struct kt_peer *p, void *user)
{
    p->user = user;
}

/* ---- events ----------------------------------------------------------- */

static enum kt_call_kind lowest(unsigned *bits)
{
    unsigned kind = 0;

    while (!(*bits & 1U << kind))
        kind++;
    *bits &= ~(1U << kind);
    return (enum kt_call_kind)kind;
}

bool kt_peer_next_event(struct kt_peer *p, struct kt_call_event *ret)
{
    struct kt_call *c = p->ready;

    if (c) {
        *ret = (struct kt_call_event){lowest(&c->pending), c};
        if (c->pending)
            return true;
        c->is_ready = false;
        p->ready = c->ready_next;
        if (p->ready == NULL)
            p->ready_tail = NULL;
        return true;
    }
    if (p->pending == 0)
        return false;
    *ret = (struct kt_call_event){lowest(&p->pending), NULL};
    return true;
}

/* What is common to both ends of a call.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "call/impl.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PREFIX = 5, MAX_TEXT = 512 };

const struct kt_limits kt_limits_default = {
    .max_message = 64 << 20,
    .max_queue = 64 << 10,
    .max_fields = 64 << 10,
    .max_field_n = 512,
    .max_streams = 256,
    .max_rpc_events = 1024,
};

static void init_lists(struct kt_call *c, const struct kt_limits *lim)
{
    struct kt_hlist *const lists[] = {&c->head,      &c->trailer,
                                      &c->transient, &c->persistent,
                                      &c->put_head,  &c->put_trailer};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        kt_hlist_init(lists[i], lim->max_fields, lim->max_field_n);
}

struct kt_call *kt_call_new(struct kt_peer *p)
{
    struct kt_call *c = kt_alloc(sizeof *c);
    const struct kt_limits *lim = &p->limits;

    if (c == NULL)
        return NULL;
    c->peer = p;
    c->deadline_ns = UINT64_MAX;
    kt_status_init(&c->end);
    kt_status_init(&c->fault);
    kt_status_init(&c->broken_why);
    init_lists(c, lim);
    kt_send_half_init(&c->tx,
                      p->role == KT_PEER_CLIENT ? KT_S_REQUEST : KT_S_RESPONSE);
    kt_recv_half_init(&c->rx,
                      p->role == KT_PEER_CLIENT ? KT_R_RESPONSE : KT_R_REQUEST);
    /* what may be held: one message that is given window ahead, and a window */
    kt_deframe_init(&c->in, lim->max_message,
                    (size_t)lim->max_message + PREFIX + p->o.initial_window +
                        p->o.max_frame);
    c->quota.max = lim->max_queue;
    kt_buf_init(&c->tapped, SIZE_MAX);
    kt_buf_init(&c->told, SIZE_MAX);
    kt_buf_init(&c->packed, SIZE_MAX);
    kt_buf_init(&c->unpacked, lim->max_message);
    c->next = p->all;
    if (p->all)
        p->all->prev = c;
    p->all = c;
    return c;
}

static void leave_ready(struct kt_call *c)
{
    struct kt_peer *p = c->peer;
    struct kt_call *before = NULL;

    for (struct kt_call *w = p->ready; w != c; w = w->ready_next)
        before = w;
    if (before)
        before->ready_next = c->ready_next;
    else
        p->ready = c->ready_next;
    if (p->ready_tail == c)
        p->ready_tail = before;
}

static void leave_peer(struct kt_call *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->peer->all = c->next;
    if (c->next)
        c->next->prev = c->prev;
    if (c->is_ready)
        leave_ready(c);
}

void kt_call_unlink_stream(struct kt_call *c)
{
    struct kt_conn_stream *s = c->stream;

    c->stream = NULL;
    if (s == NULL || c->peer->lost)
        return;
    /* what a handler has returned still goes out */
    if (c->returned)
        kt_conn_detach(s);
    else
        kt_conn_release(s);
}

void kt_call_free(struct kt_call *c)
{
    if (c == NULL)
        return;
    kt_call_unlink_stream(c);
    leave_peer(c);
    kt_free(c->service);
    kt_free(c->method);
    kt_free(c->source);
    kt_status_fini(&c->end);
    kt_status_fini(&c->fault);
    kt_status_fini(&c->broken_why);
    kt_hlist_fini(&c->head);
    kt_hlist_fini(&c->trailer);
    kt_hlist_fini(&c->transient);
    kt_hlist_fini(&c->persistent);
    kt_hlist_fini(&c->put_head);
    kt_hlist_fini(&c->put_trailer);
    kt_deframe_fini(&c->in);
    kt_buf_fini(&c->tapped);
    kt_buf_fini(&c->told);
    kt_buf_fini(&c->packed);
    kt_buf_fini(&c->unpacked);
    kt_free(c->rpc.v);
    kt_free(c);
}

void kt_call_raise(struct kt_call *c, enum kt_call_kind kind)
{
    struct kt_peer *p = c->peer;

    c->pending |= 1U << kind;
    if (c->is_ready)
        return;
    c->is_ready = true;
    c->ready_next = NULL;
    if (p->ready_tail)
        p->ready_tail->ready_next = c;
    else
        p->ready = c;
    p->ready_tail = c;
}

void kt_call_say(struct kt_status *s, uint32_t code, const char *fmt, ...)
{
    char text[MAX_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (kt_status_set(s, code, text))
        return;
    kt_status_fini(s);
    s->code = (int32_t)code;
}

enum kt_step kt_call_blame(struct kt_call *c, uint32_t code, const char *text)
{
    kt_call_say(&c->fault, code, "%s", text);
    return KT_BAD;
}

void kt_call_over(struct kt_call *c)
{
    if (c->ended)
        return;
    c->ended = true;
    kt_call_raise(c, KT_CALL_READABLE);
    if (c->peer->role == KT_PEER_CLIENT) {
        kt_call_raise(c, KT_CALL_ENDED);
        kt_call_raise(c, KT_CALL_HEADER);
    }
    if (c->quota.blocked)
        kt_call_raise(c, KT_CALL_WRITABLE);
}

bool kt_call_single(const struct kt_call *c)
{
    return c->peer->role == KT_PEER_CLIENT &&
           (c->mode == KT_CLIENT_STREAM || c->mode == KT_UNARY);
}

void kt_call_tap_fields(struct kt_call *c, enum kt_tap_at at,
                        struct kt_hlist *list)
{
    const struct kt_tap *tap = c->peer->o.tap;

    if (tap && tap->fields)
        tap->fields(tap->ctx, at, c, list);
}

const char *kt_call_service(const struct kt_call *c)
{
    return c->service;
}

const char *kt_call_method(const struct kt_call *c)
{
    return c->method;
}

enum kt_call_mode kt_call_mode(const struct kt_call *c)
{
    return c->mode;
}

uint32_t kt_call_stream(const struct kt_call *c)
{
    return c->id;
}

void *kt_call_user(const struct kt_call *c)
{
    return c->user;
}

void kt_call_set_user(struct kt_call *c, void *user)
{
    c->user = user;
}

const struct kt_status *kt_call_fault(const struct kt_call *c)
{
    return &c->fault;
}

uint64_t kt_call_deadline(const struct kt_call *c)
{
    return c->deadline_ns;
}

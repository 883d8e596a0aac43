/* Messages out and in: quota, window, the order of messages and ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/impl.h"
#include "wire/prefix.h"
#include <string.h>

static const char done_text[] = "the stream is done";
static const char second_text[] =
    "KITEX: grpc client streaming protocol violation: get <nil>, want <EOF>";

/* ---- out -------------------------------------------------------------- */

/* How the call ended, as the fault of a Send: without the biz status, of which
 * only Recv tells (BIZ-18). */
static void blame_end(struct kt_call *c)
{
    if (c->peer->role == KT_PEER_SERVER && c->returned) /* EOF-19 */
        kt_call_blame(c, KT_GRPC_CANCELLED,
                      "transport: canceled by business handler returning");
    else if (!c->ended || c->end.code == KT_GRPC_OK) /* EOF-3, EOF-13 */
        kt_call_blame(c, KT_GRPC_INTERNAL, done_text);
    else if (!kt_status_copy(&c->fault, &c->end))
        kt_call_say(&c->fault, (uint32_t)c->end.code, "out of memory");
    c->fault.has_biz = false;
}

static bool may_send(struct kt_call *c)
{
    return !c->ended && !c->returned && c->stream &&
           (kt_send_half_may(&c->tx, KT_SE_MESSAGE) ||
            kt_send_half_may(&c->tx, KT_SE_HEADERS));
}

static bool tap_out(struct kt_call *c, struct kt_cur *head, struct kt_cur *body)
{
    const struct kt_tap *tap = c->peer->o.tap;

    if (tap == NULL || tap->message == NULL)
        return true;
    kt_buf_clear(&c->tapped);
    if (!kt_buf_put(&c->tapped, head->p, kt_cur_left(head)) ||
        !kt_buf_put(&c->tapped, body->p, kt_cur_left(body)))
        return false;
    tap->message(tap->ctx, KT_TAP_MESSAGE_OUT, c, &c->tapped);
    *head = kt_buf_view(&c->tapped);
    *body = kt_cur_of(NULL, 0);
    return true;
}

static enum kt_step put_message(struct kt_call *c, struct kt_cur body)
{
    const struct kt_prefix p = {.len = (uint32_t)kt_cur_left(&body),
                                .packed = c->packs};
    uint8_t b[KT_PREFIX_LEN];
    struct kt_err e;

    if (kt_cur_left(&body) > UINT32_MAX)
        return kt_call_blame(c, KT_GRPC_RESOURCE_EXHAUSTED, "too long");
    if (c->peer->role == KT_PEER_SERVER && kt_server_start(c) != KT_DONE)
        return KT_BAD;

    struct kt_cur head = kt_cur_of(b, kt_prefix_encode(b, p));
    if (!tap_out(c, &head, &body) || !kt_conn_send(c->stream, head, body))
        return kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
    c->quota.queued += kt_cur_left(&head) + kt_cur_left(&body);
    return kt_send_half_on(&c->tx, KT_SE_MESSAGE, &e);
}

enum kt_step kt_call_send(struct kt_call *c, struct kt_cur message)
{
    const bool events = c->mode != KT_UNARY; /* UNARY-6 */
    enum kt_step s = KT_BAD;

    if (!may_send(c))
        blame_end(c);
    else if (!kt_quota_put(&c->quota, 0))
        return KT_MORE;
    else if (!kt_call_pack(c, &message))
        kt_call_blame(c, KT_GRPC_INTERNAL, "out of memory");
    else
        s = put_message(c, message);
    if (events)
        kt_call_trace(c, KT_RPC_STREAM_SEND,
                      s == KT_DONE ? kt_cur_left(&message) : 0,
                      s == KT_DONE ? NULL : &c->fault);
    if (s != KT_DONE && c->peer->role == KT_PEER_CLIENT)
        kt_call_trace_finish(c, &c->fault);
    return s;
}

/* ---- in --------------------------------------------------------------- */

static void forget(struct kt_call *c)
{
    kt_deframe_drop(&c->in);
    c->credit = (struct kt_credit){0};
    c->waiting = false;
}

void kt_call_break(struct kt_call *c, uint32_t code, const char *text)
{
    forget(c);
    if (c->peer->role == KT_PEER_SERVER) {
        kt_call_say(&c->broken_why, code, "%s", text);
        c->broken = true;
        kt_call_raise(c, KT_CALL_READABLE);
        return;
    }
    kt_client_give_up(c, code, text, KT_H2_CANCEL);
    kt_call_say(&c->end, code, "%s", text); /* also after an OK end */
}

static void break_by(struct kt_call *c, const struct kt_err *e)
{
    switch (e->code) {
    case KT_E_TOO_BIG:
        kt_call_break(c, KT_GRPC_RESOURCE_EXHAUSTED,
                      "received message larger than max");
        return;
    case KT_E_PREFIX_FLAG:
        kt_call_break(c, KT_GRPC_INTERNAL,
                      "flag of a message prefix is neither 0 nor 1");
        return;
    case KT_E_UNKNOWN:
        kt_call_break(c, KT_GRPC_INTERNAL, /* MSG-8 */
                      "kitex compression algorithm not found");
        return;
    case KT_E_COMPRESSION:
        kt_call_break(c, KT_GRPC_INTERNAL, /* COMP-9 */
                      "compressed message cannot be unpacked");
        return;
    case KT_E_TRUNCATED:
        kt_call_break(c, KT_GRPC_INTERNAL, "unexpected EOF"); /* MSG-15 */
        return;
    default:
        kt_call_break(c, KT_GRPC_INTERNAL, "malformed message");
    }
}

void kt_call_on_data(struct kt_call *c, struct kt_cur data)
{
    struct kt_err e;
    const size_t n = kt_cur_left(&data);

    if (c->ended || c->returned || c->broken)
        return; /* EOF-12: nobody will read it */
    if (kt_recv_half_on(&c->rx, KT_RE_DATA, &e) != KT_DONE) {
        kt_call_break(c, KT_GRPC_INTERNAL, "DATA out of order");
        return;
    }
    if (!kt_deframe_put(&c->in, data)) {
        kt_call_break(c, KT_GRPC_RESOURCE_EXHAUSTED, "out of memory");
        return;
    }

    const bool ready = kt_deframe_ready(&c->in);
    kt_conn_credit(c->stream,
                   kt_credit_came(&c->credit, n, c->waiting && !ready));
    if (ready)
        kt_call_raise(c, KT_CALL_READABLE);
}

static enum kt_recv wait_more(struct kt_call *c, bool give)
{
    c->waiting = true;
    if (give && c->stream)
        kt_conn_credit(c->stream, kt_credit_wait(&c->credit));
    return KT_RECV_MORE;
}

static enum kt_recv fail(struct kt_call *c, const struct kt_status *why)
{
    if (!kt_status_copy(&c->fault, why))
        kt_call_say(&c->fault, (uint32_t)why->code, "out of memory");
    return why->has_biz ? KT_RECV_BIZ : KT_RECV_STATUS;
}

/* The body, as the application gets it; size is what it was on the wire. */
static enum kt_recv hand_out(struct kt_call *c, size_t size, struct kt_cur body,
                             struct kt_cur *ret)
{
    const struct kt_tap *tap = c->peer->o.tap;

    c->waiting = false;
    const size_t give = kt_credit_took(&c->credit, KT_PREFIX_LEN + size);
    if (c->stream)
        kt_conn_credit(c->stream, give);
    *ret = body;
    if (tap == NULL || tap->message == NULL)
        return KT_RECV_MESSAGE;
    kt_buf_clear(&c->told);
    if (kt_buf_put(&c->told, body.p, kt_cur_left(&body))) {
        tap->message(tap->ctx, KT_TAP_MESSAGE_IN, c, &c->told);
        *ret = kt_buf_view(&c->told);
    }
    return KT_RECV_MESSAGE;
}

/* Nothing complete is left, and nothing will come. */
static enum kt_recv at_end(struct kt_call *c)
{
    const bool proper = c->rx.state == KT_R_DONE;
    struct kt_err e;

    if (c->broken)
        return fail(c, &c->broken_why);
    if (proper && c->end.code == KT_GRPC_OK &&
        kt_deframe_end(&c->in, &e) != KT_DONE) {
        break_by(c, &e);
        return at_end(c);
    }
    if (c->peer->role == KT_PEER_SERVER)
        return proper ? KT_RECV_EOF : fail(c, &c->end);
    return c->end.code == KT_GRPC_OK ? KT_RECV_EOF : fail(c, &c->end);
}

static bool nothing_more(const struct kt_call *c)
{
    return c->ended || c->broken || c->rx.state == KT_R_DONE;
}

static enum kt_recv recv_stream(struct kt_call *c, struct kt_cur *ret)
{
    struct kt_message m;
    struct kt_err e;

    switch (kt_deframe_next(&c->in, &m, &e)) {
    case KT_DONE: {
        struct kt_cur body = m.body;

        if (!m.packed || kt_call_unpack(c, &body, &e) == KT_DONE)
            return hand_out(c, kt_cur_left(&m.body), body, ret);
        break_by(c, &e);
        return at_end(c);
    }
    case KT_MORE:
        return nothing_more(c) ? at_end(c) : wait_more(c, true);
    case KT_BAD:
        break_by(c, &e);
        return at_end(c);
    }
    return KT_RECV_MORE;
}

/* Before the end nothing is handed out, and a second message is one too many:
 * EOF-28. */
static enum kt_recv single_waits(struct kt_call *c)
{
    struct kt_err e;
    size_t size = 0;

    switch (kt_deframe_peek(&c->in, &size, &e)) {
    case KT_DONE:
        if (kt_deframe_size(&c->in) == size)
            return wait_more(c, false);
        kt_call_break(c, KT_GRPC_INTERNAL, second_text);
        return at_end(c);
    case KT_MORE:
        return wait_more(c, true);
    case KT_BAD:
        break_by(c, &e);
        return at_end(c);
    }
    return KT_RECV_MORE;
}

static enum kt_recv recv_single(struct kt_call *c, struct kt_cur *ret)
{
    if (!c->ended)
        return single_waits(c);
    if (c->end.code != KT_GRPC_OK || c->answered)
        return at_end(c);

    const enum kt_recv r = recv_stream(c, ret);
    if (r == KT_RECV_MESSAGE && kt_deframe_size(&c->in) > 0) {
        kt_call_break(c, KT_GRPC_INTERNAL, second_text);
        return at_end(c);
    }
    if (r == KT_RECV_EOF && c->mode == KT_UNARY) { /* UNARY-10 */
        kt_call_break(c, KT_GRPC_INTERNAL, "EOF");
        return at_end(c);
    }
    c->answered = r == KT_RECV_MESSAGE;
    return r;
}

enum kt_recv kt_call_recv(struct kt_call *c, struct kt_cur *ret)
{
    const bool single = kt_call_single(c);
    const enum kt_recv r = single ? recv_single(c, ret) : recv_stream(c, ret);
    const bool bad = r == KT_RECV_STATUS || r == KT_RECV_BIZ;

    if (r == KT_RECV_MORE)
        return r;
    if (c->mode != KT_UNARY && r != KT_RECV_EOF &&
        !(bad && c->rpc.end_told)) /* TRACE-8, UNARY-6 */
        kt_call_trace(c, KT_RPC_STREAM_RECV, bad ? 0 : kt_cur_left(ret),
                      bad ? &c->fault : NULL);
    c->rpc.end_told |= bad;
    if (c->peer->role == KT_PEER_CLIENT && (single || r != KT_RECV_MESSAGE))
        kt_call_trace_finish(c, bad ? &c->fault : NULL);
    return r;
}

/* A client and a server back to back in memory, for tests of calls.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/alloc.h"
#include "base/must.h"
#include "call/call.h"
#include <criterion/criterion.h>
#include <string.h>

struct pair {
    struct kt_peer *cl, *sv;
    struct kt_call *c, *s; /* the last call opened, and the last accepted */
    uint64_t now;
    size_t piece;    /* bytes in one input */
    unsigned events; /* kinds seen since they were last looked at, bits */
};

static const struct kt_served pair_methods[] = {
    {"TestService", "Echo", KT_BIDI},
    {"TestService", "EchoClient", KT_CLIENT_STREAM},
    {"TestService", "EchoServer", KT_SERVER_STREAM},
    {"TestService", "EchoUnary", KT_UNARY},
};

static inline struct kt_peer_opts pair_opts(void)
{
    return (struct kt_peer_opts){
        .methods = pair_methods,
        .n_methods = sizeof pair_methods / sizeof *pair_methods,
        .trace = true,
    };
}

static inline struct pair pair_new(const struct kt_peer_opts *client,
                                   const struct kt_peer_opts *server)
{
    const struct kt_peer_opts o = pair_opts();
    struct kt_err e;
    struct pair p = {
        .cl = kt_peer_new(KT_PEER_CLIENT, client ? client : &o, &e),
        .sv = kt_peer_new(KT_PEER_SERVER, server ? server : &o, &e),
        .now = 1000,
        .piece = SIZE_MAX,
    };

    must(p.cl && p.sv);
    return p;
}

static inline void pair_free(struct pair *p)
{
    kt_peer_free(p->cl);
    kt_peer_free(p->sv);
}

static inline void pair_events(struct pair *p)
{
    struct kt_call_event ev;

    while (kt_peer_next_event(p->sv, &ev)) {
        p->events |= 1U << ev.kind;
        if (ev.kind == KT_CALL_NEW)
            p->s = ev.call;
    }
    while (kt_peer_next_event(p->cl, &ev))
        p->events |= 1U << ev.kind;
}

static inline bool pair_carry(struct pair *p, struct kt_peer *from,
                              struct kt_peer *to)
{
    struct kt_cur out = kt_peer_output(from);
    const size_t n = kt_cur_left(&out);
    struct kt_err e;

    while (kt_cur_left(&out) > 0) {
        const size_t left = kt_cur_left(&out);

        if (kt_peer_input(to,
                          kt_cur_cut(&out, left < p->piece ? left : p->piece),
                          p->now, &e) == KT_BAD)
            break;
    }
    kt_peer_wrote(from, n);
    return n > 0;
}

/* Until neither has anything to say. */
static inline void pair_run(struct pair *p)
{
    for (bool more = true; more;) {
        more = pair_carry(p, p->cl, p->sv);
        more = pair_carry(p, p->sv, p->cl) || more;
        pair_events(p);
    }
}

static inline void pair_at(struct pair *p, uint64_t now)
{
    p->now = now;
    kt_peer_tick(p->cl, now);
    kt_peer_tick(p->sv, now);
    pair_run(p);
}

static inline void pair_open_with(struct pair *p, const struct kt_call_open *o)
{
    struct kt_err e;

    p->s = NULL;
    p->c = kt_call_open(p->cl, o, p->now, &e);
    must(p->c);
    pair_run(p);
}

static inline void pair_open(struct pair *p, const char *method,
                             enum kt_call_mode mode)
{
    const struct kt_call_open o = {
        .service = "echo.TestService", .method = method, .mode = mode};

    pair_open_with(p, &o);
    must(p->s);
}

static inline struct kt_cur text(const char *s)
{
    return kt_cur_of(s, strlen(s));
}

static inline void send_ok(struct kt_call *c, const char *s)
{
    cr_assert_eq(kt_call_send(c, text(s)), KT_DONE, "send %s", s);
}

static inline void recv_is(struct kt_call *c, const char *want)
{
    struct kt_cur got;

    cr_assert_eq(kt_call_recv(c, &got), KT_RECV_MESSAGE, "want %s", want);
    cr_expect(kt_cur_is(got, want), "got %.*s, want %s", (int)kt_cur_left(&got),
              got.p, want);
}

static inline void recv_gives(struct kt_call *c, enum kt_recv want)
{
    struct kt_cur got;
    const enum kt_recv r = kt_call_recv(c, &got);

    cr_expect_eq(r, want, "got %d, want %d", r, want);
}

static inline void fault_is(struct kt_call *c, int32_t code, const char *text_)
{
    const struct kt_status *s = kt_call_fault(c);
    const struct kt_cur m = kt_buf_view(&s->message);

    cr_expect_eq(s->code, code, "code %d, want %d (%.*s)", s->code, code,
                 (int)kt_cur_left(&m), m.p);
    if (text_)
        cr_expect(kt_cur_is(m, text_), "got '%.*s', want '%s'",
                  (int)kt_cur_left(&m), m.p, text_);
}

/* Recv says so, and again; then it is the end of it. */
static inline void recv_fails(struct kt_call *c, int32_t code,
                              const char *text_)
{
    recv_gives(c, KT_RECV_STATUS);
    fault_is(c, code, text_);
    recv_gives(c, KT_RECV_STATUS);
    fault_is(c, code, text_);
}

static inline void send_fails(struct kt_call *c, int32_t code,
                              const char *text_)
{
    cr_expect_eq(kt_call_send(c, text("late")), KT_BAD);
    fault_is(c, code, text_);
}

static inline void ret(struct kt_call *s, enum kt_returned outcome,
                       int32_t code, const char *message)
{
    const struct kt_return r = {
        .outcome = outcome, .code = code, .message = message};

    cr_expect_eq(kt_call_return(s, &r), KT_DONE);
}

/* The RPC events as one line: "start send=3 recv=2 finish". */
static inline const char *events_of(struct kt_call *c)
{
    static const char *const name[] = {"start", "send", "recv", "finish"};
    static char line[512];
    struct kt_rpc_event e;
    size_t n = 0;

    line[0] = 0;
    while (kt_call_next_rpc_event(c, &e)) {
        const char *gap = n ? " " : "";
        const bool sized =
            e.kind == KT_RPC_STREAM_SEND || e.kind == KT_RPC_STREAM_RECV;

        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", gap,
                              name[e.kind]);
        if (e.failed)
            n += (size_t)snprintf(line + n, sizeof line - n, "!%d%s", e.code,
                                  e.biz ? "biz" : "");
        else if (sized)
            n += (size_t)snprintf(line + n, sizeof line - n, "=%zu", e.size);
    }
    return line;
}

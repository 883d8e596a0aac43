/* RPC events of a call: a ring that forgets its oldest.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "call/impl.h"
#include <string.h>

enum { FIRST = 16 };

static bool room(struct kt_rpc_ring *r, size_t max)
{
    if (r->n < r->cap)
        return true;

    const size_t cap = r->cap ? r->cap * 2 : FIRST;
    if (cap > max)
        return false;
    struct kt_rpc_event *v = kt_alloc(cap * sizeof *v);
    if (v == NULL)
        return false;
    for (size_t i = 0; i < r->n; i++)
        v[i] = r->v[(r->head + i) % r->cap];
    kt_free(r->v);
    r->v = v;
    r->cap = cap;
    r->head = 0;
    return true;
}

void kt_call_trace(struct kt_call *c, enum kt_rpc_kind kind, size_t size,
                   const struct kt_status *failure)
{
    struct kt_rpc_ring *r = &c->rpc;

    if (!c->peer->o.trace)
        return;
    if (!room(r, c->peer->limits.max_rpc_events)) {
        if (r->cap == 0)
            return;
        r->head = (r->head + 1) % r->cap;
        r->n--;
    }

    struct kt_rpc_event *e = &r->v[(r->head + r->n++) % r->cap];

    *e = (struct kt_rpc_event){.kind = kind, .size = size};
    if (failure == NULL)
        return;
    e->failed = true;
    e->biz = failure->has_biz;
    e->code = e->biz ? failure->biz_code : failure->code;
}

/* TRACE-2..4: once; the clean end and a biz status are no errors. */
void kt_call_trace_finish(struct kt_call *c, const struct kt_status *failure)
{
    const bool fails = failure && failure->code != 0 && !failure->has_biz;

    if (c->rpc.finished)
        return;
    c->rpc.finished = true;
    kt_call_trace(c, KT_RPC_FINISH, 0, fails ? failure : NULL);
}

bool kt_call_next_rpc_event(struct kt_call *c, struct kt_rpc_event *ret)
{
    struct kt_rpc_ring *r = &c->rpc;

    if (r->n == 0)
        return false;
    *ret = r->v[r->head];
    r->head = (r->head + 1) % r->cap;
    r->n--;
    return true;
}

const char *kt_rpc_name(enum kt_rpc_kind k)
{
    switch (k) {
    case KT_RPC_START:
        return "rpc-start";
    case KT_RPC_STREAM_SEND:
        return "stream-send";
    case KT_RPC_STREAM_RECV:
        return "stream-recv";
    case KT_RPC_FINISH:
        return "rpc-finish";
    }
    return "";
}

/* Standing checks: streams, and what is fed to which part.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/standing.h"
#include "base/alloc.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void kt_standing_init(struct kt_standing *s, bool sut_is_server,
                      kt_standing_fn *fn, void *ctx)
{
    *s = (struct kt_standing){
        .sut_is_server = sut_is_server,
        .begun = sut_is_server, /* a server has no preface */
        .fn = fn,
        .ctx = ctx,
        .peer_initial = KT_FLOW_DEFAULT,
    };
    kt_settings_line_init(&s->asked);
}

void kt_standing_fini(struct kt_standing *s)
{
    kt_free(s->v);
    s->v = NULL;
    s->n = s->cap = 0;
}

void kt_standing_say(struct kt_standing *s, const char *rule, const char *fmt,
                     ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    s->fn(s->ctx, rule, text);
}

/* Index of the first stream whose id is not below id. */
static size_t place(const struct kt_standing *s, uint32_t id)
{
    size_t lo = 0, hi = s->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (s->v[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct kt_std_stream *kt_standing_stream(struct kt_standing *s, uint32_t id)
{
    const size_t i = place(s, id);

    if (i < s->n && s->v[i].id == id)
        return &s->v[i];
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 8;
        s->v = kt_xrealloc(s->v, s->cap * sizeof *s->v);
    }
    memmove(s->v + i + 1, s->v + i, (s->n - i) * sizeof *s->v);
    s->v[i] = (struct kt_std_stream){.id = id};
    s->n++;
    return &s->v[i];
}

static void beginning(struct kt_standing *s, const struct kt_event *ev)
{
    if (ev->kind == KT_EV_PREFACE) {
        if (s->begun)
            kt_standing_say(s, "STD-2", "a preface where none belongs");
        s->begun = true;
        return;
    }
    if (!s->begun) {
        kt_standing_say(s, "STD-2", "the first bytes are no preface");
        s->begun = true;
    }
    if (s->settled)
        return;
    s->settled = true;
    if (ev->frame.head.type != KT_FT_SETTINGS ||
        ev->frame.head.flags & KT_FF_ACK)
        kt_standing_say(s, "STD-2", "the first frame is no SETTINGS");
}

void kt_standing_on(struct kt_standing *s, bool from_sut,
                    const struct kt_event *ev)
{
    if (s->damaged)
        return;
    switch (ev->kind) {
    case KT_EV_FRAME:
        if (from_sut) {
            beginning(s, ev);
            kt_standing_frame(s, &ev->frame);
        } else {
            kt_standing_peer_frame(s, &ev->frame);
        }
        break;
    case KT_EV_PREFACE:
        if (from_sut)
            beginning(s, ev);
        break;
    case KT_EV_HEADERS:
    case KT_EV_MESSAGE:
    case KT_EV_HALF_CLOSE:
    case KT_EV_TRAILERS:
        if (from_sut)
            kt_standing_grpc(s, ev);
        break;
    case KT_EV_RESET: /* judged as a frame */
    case KT_EV_CONNECT:
    case KT_EV_CLOSE:
        break;
    }
}

void kt_standing_broken(struct kt_standing *s, uint32_t stream,
                        const struct kt_err *err)
{
    if (s->damaged || (err->scope == KT_SCOPE_STREAM && stream &&
                       kt_standing_stream(s, stream)->http_error))
        return;
    kt_standing_say(s, err->rule && *err->rule ? err->rule : "STD-1", "%s%s%s",
                    kt_code_name(err->code), *err->detail ? ": " : "",
                    err->detail);
    if (err->scope == KT_SCOPE_CONN)
        s->damaged = true;
}

void kt_standing_settle(struct kt_standing *s)
{
    if (s->damaged)
        return;
    if (s->asked.pending > 0)
        kt_standing_say(s, "CONN-10", "%zu SETTINGS without an ack",
                        s->asked.pending);
    if (s->npings > 0)
        kt_standing_say(s, "CONN-11", "%zu PING without an ack", s->npings);
    s->asked.pending = 0;
    s->npings = 0;
}

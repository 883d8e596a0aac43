/* What gRPC makes of frames: headers, messages, ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/observe_inner.h"
#include <stdio.h>
#include <string.h>

static void fault(struct kt_observer *o, uint32_t stream, enum kt_code code,
                  const char *rule, const char *what)
{
    struct kt_err e;

    kt_badf(&e, code, 0, "%s", what);
    e.scope = KT_SCOPE_STREAM;
    e.rule = rule;
    kt_obs_fault(o, stream, e);
}

/* --- messages --- */

static void message_done(struct kt_observer *o, struct kt_obs_stream *s)
{
    if (s->msg)
        kt_log_done(o->log, s->msg, o->now_ns);
    s->msg = NULL;
    s->nprefix = 0;
    s->dropped = false;
}

static void message_begin(struct kt_observer *o, struct kt_obs_stream *s)
{
    const struct kt_event ev = {
        .kind = KT_EV_MESSAGE, .stream = s->id, .length = UINT32_MAX};

    s->msg = kt_log_put(o->log, KT_REC_GRPC, o->to_server, &ev, o->now_ns);
}

/* The prefix is all there. Another flag than 0 and 1 is told, and the message
 * read on: its length is as good as any. */
static void prefix(struct kt_observer *o, struct kt_obs_stream *s)
{
    struct kt_cur c = kt_cur_of(s->prefix, sizeof s->prefix);
    struct kt_prefix p = {.len = kt_peek_u32(s->prefix + 1), .packed = true};
    struct kt_err e;

    if (kt_prefix_decode(&c, UINT32_MAX, &p, &e) == KT_BAD)
        kt_obs_fault(o, s->id, e);
    s->left = p.len;
    if (s->msg) {
        s->msg->ev.length = p.len;
        s->msg->ev.compressed = p.packed;
        o->log->changes++;
    }
    if (p.len == 0)
        message_done(o, s);
}

static void prefix_bytes(struct kt_observer *o, struct kt_obs_stream *s,
                         struct kt_cur *in)
{
    const size_t want = KT_PREFIX_LEN - s->nprefix;
    const size_t n = kt_cur_left(in) < want ? kt_cur_left(in) : want;

    if (s->nprefix == 0)
        message_begin(o, s);
    memcpy(s->prefix + s->nprefix, kt_cur_cut(in, n).p, n);
    s->nprefix += n;
    if (s->nprefix == KT_PREFIX_LEN)
        prefix(o, s);
}

static void body_bytes(struct kt_observer *o, struct kt_obs_stream *s,
                       struct kt_cur *in)
{
    const size_t n = kt_cur_left(in) < s->left ? kt_cur_left(in) : s->left;
    const struct kt_cur part = kt_cur_cut(in, n);

    s->left -= (uint32_t)n;
    if (s->msg && !s->dropped &&
        !kt_log_grow(o->log, s->msg, part, o->now_ns)) {
        s->dropped = true;
        fault(o, s->id, KT_E_TOO_BIG, "", "the message is too long to be kept");
    }
    if (s->left == 0)
        message_done(o, s);
}

/* --- ends --- */

void kt_obs_over(struct kt_observer *o, struct kt_obs_stream *s)
{
    message_done(o, s);
}

static void end_stream(struct kt_observer *o, struct kt_obs_stream *s)
{
    if (s->nprefix > 0)
        fault(o, s->id, KT_E_TRUNCATED, "STD-14",
              "the stream ends inside a message");
    s->ended = true;
    kt_obs_over(o, s);
}

/* True, and told, when this side may write nothing more here. */
static bool after_end(struct kt_observer *o, const struct kt_obs_stream *s,
                      const char *what)
{
    char text[80];

    if (!s->ended && !s->reset)
        return false;
    snprintf(text, sizeof text, "%s after the %s of the stream", what,
             s->reset ? "reset" : "end");
    fault(o, s->id, KT_E_CLOSED, "STD-7", text);
    return true;
}

void kt_obs_data(struct kt_observer *o, const struct kt_frame_rec *f)
{
    struct kt_obs_stream *s = kt_obs_stream(o, f->head.stream);
    struct kt_cur in = f->body;

    if (after_end(o, s, "DATA"))
        return;
    while (in.p < in.end) {
        if (s->nprefix < KT_PREFIX_LEN)
            prefix_bytes(o, s, &in);
        else
            body_bytes(o, s, &in);
    }
    if (!(f->head.flags & KT_FF_END_STREAM))
        return;
    end_stream(o, s);
    kt_obs_event(o, KT_EV_HALF_CLOSE, s->id);
}

void kt_obs_reset(struct kt_observer *o, const struct kt_frame_rec *f)
{
    struct kt_obs_stream *s = kt_obs_stream(o, f->head.stream);
    struct kt_rec *r = kt_obs_event(o, KT_EV_RESET, s->id);

    if (r)
        r->ev.code = f->code;
    s->reset = true;
    kt_obs_over(o, s);
}

/* --- headers --- */

static bool is_interim(const struct kt_hlist *h)
{
    struct kt_cur v;

    return kt_hlist_get(h, ":status", 0, &v) && kt_cur_left(&v) == 3 &&
           v.p[0] == '1';
}

/* Which event a block with these fields is. */
static enum kt_ev block_kind(const struct kt_observer *o,
                             const struct kt_obs_stream *s)
{
    if (!o->block_end)
        return KT_EV_HEADERS;
    return o->to_server && !s->headed ? KT_EV_HEADERS : KT_EV_TRAILERS;
}

static void block_event(struct kt_observer *o, struct kt_obs_stream *s,
                        const struct kt_hlist *fields)
{
    const enum kt_ev kind = block_kind(o, s);
    const bool interim = !o->to_server && !o->block_end && is_interim(fields);
    struct kt_rec *r = kt_obs_event(o, kind, s->id);
    struct kt_cur v;

    s->headed = s->headed || !interim;
    if (r == NULL)
        return;
    r->ev.fields = fields;
    r->ev.trailers_only =
        kind == KT_EV_TRAILERS && kt_hlist_get(fields, ":status", 0, &v);
    r->interim = interim;
}

void kt_obs_block(struct kt_observer *o, const struct kt_hlist *fields)
{
    struct kt_obs_stream *s = kt_obs_stream(o, o->block_stream);

    if (o->block_closed) {
        after_end(o, s, "HEADERS");
        return;
    }
    if (o->block_end)
        end_stream(o, s);
    if (fields)
        block_event(o, s, fields);
    if (o->block_end && o->to_server)
        kt_obs_event(o, KT_EV_HALF_CLOSE, s->id);
}

/* Frames off a run of bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/observe_inner.h"
#include "base/alloc.h"
#include <stdio.h>
#include <string.h>

enum {
    MAX_FRAME_FOREVER = 0xffffff,
    MAX_BLOCK = 1 << 20,
    MAX_FIELDS = 10000,
    TABLE_DEFAULT = 4096,
};

struct kt_observer *kt_observer_new(struct kt_log *log, bool to_server)
{
    struct kt_observer *o = kt_xalloc(sizeof *o);

    o->log = log;
    o->to_server = to_server;
    o->hpack = kt_inflate_new();
    o->max_frame = KT_FRAME_MAX_DEFAULT;
    o->table = TABLE_DEFAULT;
    kt_buf_init(&o->in, SIZE_MAX);
    kt_buf_init(&o->block, MAX_BLOCK);
    return o;
}

void kt_observer_free(struct kt_observer *o)
{
    if (o == NULL)
        return;
    if (o->other)
        o->other->other = NULL;
    kt_inflate_free(o->hpack);
    kt_buf_fini(&o->in);
    kt_buf_fini(&o->block);
    kt_free(o->v);
    kt_free(o->pending);
    kt_free(o);
}

void kt_observer_pair(struct kt_observer *a, struct kt_observer *b)
{
    a->other = b;
    b->other = a;
}

void kt_observer_fold(struct kt_observer *o, bool on)
{
    o->fold = on;
    o->last = NULL;
}

const struct kt_observed *kt_observer_state(const struct kt_observer *o)
{
    return &o->state;
}

struct kt_obs_stream *kt_obs_stream(struct kt_observer *o, uint32_t id)
{
    size_t lo = 0, hi = o->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (o->v[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < o->n && o->v[lo].id == id)
        return &o->v[lo];
    if (o->n == o->cap) {
        o->cap = o->cap ? o->cap * 2 : 8;
        o->v = kt_xrealloc(o->v, o->cap * sizeof *o->v);
    }
    memmove(o->v + lo + 1, o->v + lo, (o->n - lo) * sizeof *o->v);
    o->n++;
    o->v[lo] = (struct kt_obs_stream){.id = id};
    return &o->v[lo];
}

void kt_obs_fault(struct kt_observer *o, uint32_t stream, struct kt_err err)
{
    kt_log_fault(o->log, o->to_server, stream, &err, o->now_ns);
}

struct kt_rec *kt_obs_event(struct kt_observer *o, enum kt_ev kind,
                            uint32_t stream)
{
    const struct kt_event ev = {.kind = kind, .stream = stream};

    return kt_log_put(o->log, KT_REC_GRPC, o->to_server, &ev, o->now_ns);
}

static void fault(struct kt_observer *o, uint32_t stream, enum kt_code code,
                  const char *rule, const char *what)
{
    struct kt_err e;

    kt_badf(&e, code, 0, "%s", what);
    e.scope = KT_SCOPE_CONN;
    e.rule = rule;
    kt_obs_fault(o, stream, e);
}

/* --- header blocks --- */

static void lose_hpack(struct kt_observer *o)
{
    kt_inflate_free(o->hpack);
    o->hpack = NULL;
}

static void block_finish(struct kt_observer *o)
{
    struct kt_hlist list;
    struct kt_err e;
    bool good = o->hpack != NULL;

    kt_hlist_init(&list, MAX_BLOCK, MAX_FIELDS);
    if (good && kt_inflate_block(o->hpack, kt_buf_view(&o->block), &list, &e) !=
                    KT_DONE) {
        e.scope = KT_SCOPE_CONN;
        kt_obs_fault(o, o->block_stream, e);
        lose_hpack(o);
        good = false;
    }
    o->state.block_open = false;
    kt_buf_clear(&o->block);
    if (good && o->block_frame)
        kt_log_fields(o->log, o->block_frame, &list);
    if (!o->block_push)
        kt_obs_block(o,
                     good && o->block_frame ? o->block_frame->ev.fields : NULL);
    o->block_frame = NULL;
    kt_hlist_fini(&list);
}

static void block_add(struct kt_observer *o, const struct kt_frame_rec *f)
{
    if (o->hpack && !kt_buf_put(&o->block, f->body.p, kt_cur_left(&f->body))) {
        fault(o, o->block_stream, KT_E_TOO_BIG, "",
              "the header block is too long to be read");
        lose_hpack(o);
    }
    if (f->head.flags & KT_FF_END_HEADERS)
        block_finish(o);
}

static void block_begin(struct kt_observer *o, const struct kt_frame_rec *f,
                        struct kt_rec *r)
{
    const struct kt_obs_stream *s = kt_obs_stream(o, f->head.stream);

    if (o->state.block_open) /* the one before has no end */
        lose_hpack(o);
    kt_buf_clear(&o->block);
    o->state.block_open = true;
    o->block_push = f->head.type == KT_FT_PUSH_PROMISE;
    o->block_frame = o->block_push ? NULL : r;
    o->block_stream = f->head.stream;
    o->block_end = !o->block_push && f->head.flags & KT_FF_END_STREAM;
    o->block_closed = s->ended || s->reset;
    block_add(o, f);
}

/* --- frames --- */

static bool same_frame(const struct kt_rec *r, const struct kt_frame_rec *f)
{
    const struct kt_frame_rec *g = &r->ev.frame;

    return g->head.type == f->head.type && g->head.flags == f->head.flags &&
           g->head.stream == f->head.stream &&
           g->head.reserved == f->head.reserved && g->payload.p != NULL &&
           kt_cur_eq(g->payload, f->payload);
}

/* Frames that make no events, so that many of them can be one entry. */
static bool can_fold(uint8_t type)
{
    return type == KT_FT_PRIORITY || type == KT_FT_SETTINGS ||
           type == KT_FT_PING || type == KT_FT_WINDOW_UPDATE ||
           type > KT_FT_CONTINUATION;
}

static struct kt_rec *frame_entry(struct kt_observer *o,
                                  const struct kt_frame_rec *f)
{
    const struct kt_event ev = {
        .kind = KT_EV_FRAME, .stream = f->head.stream, .frame = *f};
    struct kt_log *log = o->log;

    if (o->fold && log->n > 0 && log->v[log->n - 1] == o->last &&
        can_fold(f->head.type) && same_frame(o->last, f)) {
        o->last->times++;
        log->changes++;
        return o->last;
    }
    o->last = kt_log_put(log, KT_REC_FRAME, o->to_server, &ev, o->now_ns);
    return o->last;
}

static void check_contiguous(struct kt_observer *o,
                             const struct kt_frame_rec *f)
{
    const bool more = f->head.type == KT_FT_CONTINUATION;

    if (o->state.block_open && (!more || f->head.stream != o->block_stream))
        fault(o, f->head.stream, KT_E_PROTOCOL, "STD-3",
              "a frame inside a header block");
    if (!o->state.block_open && more)
        fault(o, f->head.stream, KT_E_PROTOCOL, "STD-3",
              "CONTINUATION continues nothing");
}

static void frame_good(struct kt_observer *o, const struct kt_frame_rec *f,
                       struct kt_rec *r)
{
    switch (f->head.type) {
    case KT_FT_DATA:
        kt_obs_data(o, f);
        break;
    case KT_FT_HEADERS:
    case KT_FT_PUSH_PROMISE:
        block_begin(o, f, r);
        break;
    case KT_FT_CONTINUATION:
        if (o->state.block_open && f->head.stream == o->block_stream)
            block_add(o, f);
        break;
    case KT_FT_RST_STREAM:
        kt_obs_reset(o, f);
        break;
    case KT_FT_SETTINGS:
        kt_obs_settings(o, f);
        break;
    default:
        break;
    }
}

static bool has_block(uint8_t type)
{
    return type == KT_FT_HEADERS || type == KT_FT_PUSH_PROMISE ||
           type == KT_FT_CONTINUATION;
}

static void frame_bad(struct kt_observer *o, const struct kt_frame_rec *f,
                      struct kt_err e)
{
    if (e.rule == NULL || e.rule[0] == '\0')
        e.rule = "STD-1";
    if (e.detail[0] == '\0')
        snprintf(e.detail, sizeof e.detail, "%s of %u bytes on stream %u",
                 kt_ftype_name(f->head.type) ? kt_ftype_name(f->head.type)
                                             : "a frame",
                 f->head.length, f->head.stream);
    kt_obs_fault(o, f->head.stream, e);
    if (has_block(f->head.type)) /* a part of the HPACK stream is missing */
        lose_hpack(o);
}

/* The head alone is judged: the payload passes by unread. */
static void frame_too_long(struct kt_observer *o, struct kt_fhead head)
{
    const struct kt_frame_rec f = {.head = head};
    struct kt_err e;

    frame_entry(o, &f);
    kt_badf(&e, KT_E_FRAME_SIZE, 0, "%u bytes, %u are allowed", head.length,
            o->max_frame);
    e.scope = KT_SCOPE_CONN;
    frame_bad(o, &f, e);
    o->skip = head.length;
}

static bool take_frame(struct kt_observer *o, struct kt_cur *in)
{
    struct kt_frame_rec f;
    struct kt_err e;

    if (kt_cur_left(in) < KT_FRAME_HEAD)
        return false;

    const struct kt_fhead head = kt_fhead_decode(in->p);
    if (head.length > o->max_frame) {
        in->p += KT_FRAME_HEAD;
        frame_too_long(o, head);
        return true;
    }
    if (kt_cur_left(in) - KT_FRAME_HEAD < head.length)
        return false;

    const enum kt_step s = kt_frame_decode(in, MAX_FRAME_FOREVER, &f, &e);
    struct kt_rec *r = frame_entry(o, &f);
    check_contiguous(o, &f);
    if (s == KT_DONE)
        frame_good(o, &f, r);
    else
        frame_bad(o, &f, e);
    return true;
}

/* False: it can't be one. */
static bool take_preface(struct kt_observer *o, struct kt_cur *in)
{
    const struct kt_event ev = {.kind = KT_EV_PREFACE};
    const size_t n = kt_cur_left(in);
    const size_t look = n < KT_PREFACE_LEN ? n : KT_PREFACE_LEN;

    if (memcmp(in->p, KT_PREFACE, look) != 0) {
        fault(o, 0, KT_E_PROTOCOL, "STD-2",
              "the first bytes are not the preface");
        o->state.lost = true;
        return false;
    }
    if (n < KT_PREFACE_LEN)
        return true;
    in->p += KT_PREFACE_LEN;
    o->state.preface = true;
    kt_log_put(o->log, KT_REC_FRAME, o->to_server, &ev, o->now_ns);
    return true;
}

static void skip(struct kt_observer *o, struct kt_cur *in)
{
    const size_t n = kt_cur_left(in) < o->skip ? kt_cur_left(in) : o->skip;

    in->p += n;
    o->skip -= n;
}

static void parse(struct kt_observer *o, struct kt_cur *in)
{
    while (in->p < in->end) {
        const uint8_t *before = in->p;

        if (o->to_server && !o->state.preface) {
            if (!take_preface(o, in))
                return;
        } else if (o->skip > 0) {
            skip(o, in);
        } else if (!take_frame(o, in)) {
            return;
        }
        if (in->p == before)
            return;
    }
}

void kt_observer_feed(struct kt_observer *o, struct kt_cur bytes,
                      uint64_t now_ns)
{
    struct kt_cur in = bytes;

    o->now_ns = now_ns;
    o->state.bytes += kt_cur_left(&bytes);
    if (o->state.lost || bytes.p == bytes.end)
        return;
    if (kt_buf_size(&o->in) == 0) {
        parse(o, &in);
        kt_buf_put(&o->in, in.p, kt_cur_left(&in));
    } else {
        kt_buf_put(&o->in, in.p, kt_cur_left(&in));
        in = kt_buf_view(&o->in);
        const uint8_t *begin = in.p;

        parse(o, &in);
        kt_buf_eat(&o->in, (size_t)(in.p - begin));
    }
    if (o->state.lost)
        kt_buf_fini(&o->in);
}

void kt_observer_close(struct kt_observer *o, bool reset, uint64_t now_ns)
{
    const struct kt_event ev = {.kind = KT_EV_CLOSE, .reset = reset};

    o->now_ns = now_ns;
    for (size_t i = 0; i < o->n; i++)
        kt_obs_over(o, &o->v[i]);
    if (!o->state.lost && !reset && (kt_buf_size(&o->in) > 0 || o->skip > 0))
        fault(o, 0, KT_E_TRUNCATED, "STD-1", "the bytes end inside a frame");
    o->state.lost = true;
    kt_log_put(o->log, KT_REC_FRAME, o->to_server, &ev, now_ns);
}

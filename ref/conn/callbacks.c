/* The border to nghttp2: each callback appends a record and returns.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "conn/session.h"
#include <stdio.h>
#include <string.h>

enum { MAX_CONTINUATIONS = 64, SECOND = 1000000000 };

bool kt_budget_spend(struct kt_budget *b, uint64_t now_ns)
{
    const uint64_t step = SECOND / b->rate;
    const uint64_t more = (now_ns - b->at_ns) / step;

    b->at_ns += more * step;
    b->left = more < b->size - b->left ? b->left + (uint32_t)more : b->size;
    if (b->left == 0)
        return false;
    b->left--;
    return true;
}

struct kt_conn_event *kt_conn_record(struct kt_conn *c, enum kt_conn_kind kind,
                                     struct kt_conn_stream *s)
{
    if (c->ev_n == c->ev_cap) {
        const size_t cap = c->ev_cap ? c->ev_cap * 2 : 16;
        void *p = kt_realloc(c->ev, cap * sizeof *c->ev);

        if (p == NULL) {
            c->nomem = true;
            return NULL;
        }
        c->ev = p;
        c->ev_cap = cap;
    }

    struct kt_conn_event *e = &c->ev[c->ev_n++];

    *e = (struct kt_conn_event){.kind = kind, .stream = s};
    return e;
}

static int recorded(const struct kt_conn_event *e)
{
    return e ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* A header list for the block that begins. They are kept for the next. Blocks
 * move when there are more, so records name them by number until handed out. */
static bool next_block(struct kt_conn *c)
{
    if (c->block_n == c->block_cap) {
        const size_t cap = c->block_cap ? c->block_cap * 2 : 4;
        struct kt_hlist *p = kt_realloc(c->blocks, cap * sizeof *p);

        if (p == NULL)
            return false;
        c->blocks = p;
        for (size_t i = c->block_cap; i < cap; i++)
            kt_hlist_init(&p[i], c->o.max_fields, c->o.max_field_n);
        c->block_cap = cap;
    }
    c->block = &c->blocks[c->block_n++];
    kt_hlist_clear(c->block);
    c->in_block = true;
    return true;
}

/* RFC 9113 5.1.1: an id that was left out can never be used; nghttp2 would
 * ignore the frame. False: it was used. */
static bool note_id(struct kt_conn *c, int32_t id)
{
    enum { MAX = sizeof c->gaps / sizeof *c->gaps };

    for (size_t i = 0; i < c->n_gaps && i < MAX; i++)
        if (c->gaps[i].from <= id && id <= c->gaps[i].to)
            return false;
    if (id <= c->seen || id % 2 == 0)
        return true;
    if (id > c->seen + 2) {
        c->gaps[c->n_gaps % MAX].from = c->seen + 2;
        c->gaps[c->n_gaps % MAX].to = id - 2;
        c->n_gaps++;
    }
    c->seen = id;
    return true;
}

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd,
                          void *user)
{
    struct kt_conn *c = user;
    bool ok = true;
    (void)session;

    switch (hd->type) {
    case NGHTTP2_CONTINUATION:
        ok = ++c->continuations <= MAX_CONTINUATIONS;
        break;
    case NGHTTP2_HEADERS:
        c->continuations = 0;
        if (c->o.server && !note_id(c, hd->stream_id))
            return NGHTTP2_ERR_CALLBACK_FAILURE; /* H2-2: PROTOCOL_ERROR */
        break;
    case NGHTTP2_RST_STREAM:
        ok = !c->o.server || kt_budget_spend(&c->resets, c->now_ns);
        break;
    case NGHTTP2_PING:
    case NGHTTP2_SETTINGS:
    case NGHTTP2_PRIORITY:
        ok = kt_budget_spend(&c->controls, c->now_ns);
        break;
    default:
        break;
    }
    c->flooded |= !ok;
    return ok ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* A stream that is not taken: GOAWAY-4, MAX_CONCURRENT_STREAMS. */
static bool refuse(struct kt_conn *c, int32_t id)
{
    const int rv =
        nghttp2_submit_rst_stream(c->session, 0, id, NGHTTP2_REFUSED_STREAM);
    const bool paid = kt_budget_spend(&c->resets, c->now_ns);

    c->nomem |= rv == NGHTTP2_ERR_NOMEM;
    c->flooded |= !paid;
    return rv != NGHTTP2_ERR_NOMEM && paid;
}

static int on_begin_headers(nghttp2_session *session,
                            const nghttp2_frame *frame, void *user)
{
    struct kt_conn *c = user;
    const int32_t id = frame->hd.stream_id;

    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        if (c->n_streams >= c->o.max_concurrent || c->drain == KT_DRAIN_LAST)
            return refuse(c, id) ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
                                 : NGHTTP2_ERR_CALLBACK_FAILURE;

        struct kt_conn_stream *s = kt_conn_stream_new(c);

        if (s == NULL) {
            c->nomem = true;
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
        s->id = c->last = id;
        s->released = true; /* until the first event names it */
        c->n_streams++;
        nghttp2_session_set_stream_user_data(session, id, s);
    }
    if (!next_block(c)) {
        c->nomem = true;
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_len, const uint8_t *value,
                     size_t value_len, uint8_t flags, void *user)
{
    struct kt_conn *c = user;
    struct kt_err e;
    (void)session, (void)frame, (void)flags;

    if (kt_hlist_put(c->block, kt_cur_of(name, name_len),
                     kt_cur_of(value, value_len), &e) == KT_DONE)
        return 0;
    if (e.code != KT_E_NOMEM)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* RST, H2-13 */
    c->nomem = true;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* Else nghttp2 would leave the bad field out and go on: H2-5. */
static int on_invalid_header(nghttp2_session *session,
                             const nghttp2_frame *frame, const uint8_t *name,
                             size_t name_len, const uint8_t *value,
                             size_t value_len, uint8_t flags, void *user)
{
    (void)session, (void)frame, (void)name, (void)name_len;
    (void)value, (void)value_len, (void)flags, (void)user;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *data, size_t len, void *user)
{
    struct kt_conn *c = user;
    struct kt_conn_stream *s =
        nghttp2_session_get_stream_user_data(session, id);
    (void)flags;

    c->arrived += len;
    if (s == NULL)
        return 0;

    struct kt_conn_event *e = kt_conn_record(c, KT_CONN_DATA, s);

    if (e)
        e->data = kt_cur_of(data, len);
    return recorded(e);
}

static int on_headers(struct kt_conn *c, struct kt_conn_stream *s,
                      const nghttp2_frame *frame)
{
    struct kt_conn_event *e = kt_conn_record(c, KT_CONN_HEADERS, s);

    c->in_block = false;
    if (e == NULL)
        return recorded(e);
    e->n = c->block_n - 1; /* which block; see kt_conn_event */
    e->end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    s->remote_end = e->end;
    e->first = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    if (e->first)
        s->released = false;
    return 0;
}

static int on_goaway(struct kt_conn *c, const nghttp2_goaway *g)
{
    struct kt_conn_event *e = kt_conn_record(c, KT_CONN_GOAWAY, NULL);

    c->got_goaway = true;
    c->goaway_last = g->last_stream_id;
    if (e)
        e->code = g->error_code;
    return recorded(e);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *user)
{
    struct kt_conn *c = user;
    struct kt_conn_stream *s =
        frame->hd.stream_id
            ? nghttp2_session_get_stream_user_data(session, frame->hd.stream_id)
            : NULL;

    switch (frame->hd.type) {
    case NGHTTP2_GOAWAY:
        return on_goaway(c, &frame->goaway);
    case NGHTTP2_PING:
        c->drain_acked |= (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
        return 0;
    case NGHTTP2_HEADERS:
        return s ? on_headers(c, s, frame) : 0;
    case NGHTTP2_RST_STREAM:
        if (s)
            s->peer_reset = true;
        return 0;
    case NGHTTP2_DATA:
        if (s == NULL || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
            return 0;
        s->remote_end = true;
        return recorded(kt_conn_record(c, KT_CONN_END, s));
    default:
        return 0;
    }
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code,
                    void *user)
{
    struct kt_conn *c = user;
    struct kt_conn_stream *s =
        nghttp2_session_get_stream_user_data(session, id);

    if (s == NULL)
        return 0;
    s->closed = true;
    c->n_streams--;
    if (s->released) {
        kt_conn_bury(s);
        return 0;
    }

    struct kt_conn_event *e = kt_conn_record(c, KT_CONN_CLOSED, s);

    if (e == NULL)
        return recorded(e);
    e->code = code;
    e->by_peer = s->peer_reset;
    e->unprocessed = c->got_goaway && !s->peer_reset && id > c->goaway_last;
    return 0;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame,
                   void *user)
{
    struct kt_conn *c = user;
    (void)session;

    if (frame->hd.type == NGHTTP2_GOAWAY &&
        frame->goaway.error_code != NGHTTP2_NO_ERROR)
        kt_conn_fail(c, "");
    if (!c->o.server || frame->hd.type != NGHTTP2_HEADERS ||
        !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;

    const struct kt_conn_stream *s =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    /* EOF-10: the rest of the request is not wanted any more. After a plain
     * END_STREAM (no gRPC) it is read to its end, as HTTP servers do. */
    if (s && !s->remote_end)
        return nghttp2_submit_rst_stream(session, 0, s->id, NGHTTP2_NO_ERROR);
    return 0;
}

static int on_error(nghttp2_session *session, int code, const char *msg,
                    size_t len, void *user)
{
    struct kt_conn *c = user;
    (void)session, (void)code, (void)len;

    snprintf(c->why, sizeof c->why, "%s", msg);
    return 0;
}

/* Content for DATA: what is queued, and its end. */
ssize_t kt_conn_read(nghttp2_session *session, int32_t id, uint8_t *buf,
                     size_t length, uint32_t *flags,
                     nghttp2_data_source *source, void *user)
{
    struct kt_conn *c = user;
    struct kt_conn_stream *s = source->ptr;
    const size_t held = kt_buf_size(&s->out);
    const size_t n = held < length ? held : length;
    (void)session, (void)id;

    if (n == 0 && (!s->end || s->said_all)) {
        s->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    if (n > 0) {
        struct kt_conn_event *last =
            c->ev_n > c->ev_at ? &c->ev[c->ev_n - 1] : NULL;

        if (!last || last->kind != KT_CONN_SENT || last->stream != s)
            last = kt_conn_record(c, KT_CONN_SENT, s);
        if (last == NULL)
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        last->n += n;
        memcpy(buf, s->out.p + s->out.start, n);
        kt_buf_eat(&s->out, n);
    }
    if (n < held || !s->end)
        return (ssize_t)n;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (s->has_trailers) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        if (!kt_conn_submit_trailers(s))
            return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return (ssize_t)n;
}

void kt_conn_callbacks(nghttp2_session_callbacks *cb)
{
    nghttp2_session_callbacks_set_on_begin_frame_callback(cb, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(cb,
                                                            on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(cb, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(cb,
                                                             on_invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(cb, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(cb, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(cb, on_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(cb, on_sent);
    nghttp2_session_callbacks_set_error_callback2(cb, on_error);
}

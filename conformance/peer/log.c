/* The log of one connection.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/log.h"
#include "base/alloc.h"
#include <string.h>

static const uint8_t nothing[1];

void kt_log_init(struct kt_log *log)
{
    *log = (struct kt_log){0};
}

static void rec_free(struct kt_rec *r)
{
    if (r->list)
        kt_hlist_fini(r->list);
    kt_free(r->list);
    kt_free(r->own);
    kt_free(r->err);
    kt_free(r);
}

void kt_log_fini(struct kt_log *log)
{
    for (size_t i = 0; i < log->n; i++)
        rec_free(log->v[i]);
    kt_free(log->v);
    kt_free(log->done);
    kt_free(log->streams);
    kt_log_init(log);
}

/* Index of the first stream whose id is not below id. */
static size_t place(const struct kt_log *log, uint32_t id)
{
    size_t lo = 0, hi = log->nstreams;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (log->streams[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static struct kt_log_stream *stream_of(struct kt_log *log, uint32_t id)
{
    const size_t i = place(log, id);

    if (i < log->nstreams && log->streams[i].id == id)
        return &log->streams[i];
    if (log->nstreams == log->cap_streams) {
        log->cap_streams = log->cap_streams ? log->cap_streams * 2 : 8;
        log->streams =
            kt_xrealloc(log->streams, log->cap_streams * sizeof *log->streams);
    }
    memmove(log->streams + i + 1, log->streams + i,
            (log->nstreams - i) * sizeof *log->streams);
    log->nstreams++;
    log->streams[i] = (struct kt_log_stream){.id = id};
    return &log->streams[i];
}

static void list_put(struct kt_rec ***v, size_t *n, size_t *cap,
                     struct kt_rec *r)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        *v = kt_xrealloc(*v, *cap * sizeof **v);
    }
    (*v)[(*n)++] = r;
}

static void chain(struct kt_log *log, struct kt_rec *r)
{
    struct kt_log_stream *s = stream_of(log, r->ev.stream);
    const int d = r->to_server;

    if (s->last[d])
        s->last[d]->next = r;
    else
        s->first[d] = r;
    s->last[d] = r;
}

static struct kt_rec *append(struct kt_log *log, const struct kt_rec *from,
                             uint64_t now_ns)
{
    struct kt_rec *r = kt_xalloc(sizeof *r);

    *r = *from;
    r->at_ns = now_ns;
    r->seq = log->n;
    r->times = 1;
    log->bytes += sizeof *r;
    log->changes++;
    list_put(&log->v, &log->n, &log->cap, r);
    chain(log, r);
    if (!r->open)
        kt_log_done(log, r, now_ns);
    return r;
}

static void put_fault(struct kt_log *log, bool to_server, uint32_t stream,
                      const struct kt_err *err, uint64_t now_ns)
{
    struct kt_rec from = {.kind = KT_REC_FAULT,
                          .to_server = to_server,
                          .ev.stream = stream,
                          .err = kt_xalloc(sizeof *err)};

    *from.err = *err;
    append(log, &from, now_ns);
}

/* Room for what comes next; the first refusal is told. */
static bool room(struct kt_log *log, size_t bytes, bool to_server,
                 uint64_t now_ns)
{
    struct kt_err full;

    if (log->full)
        return false;
    if (log->n < KT_LOG_MAX_RECS && bytes <= KT_LOG_MAX_BYTES - log->bytes)
        return true;
    log->full = true;
    kt_badf(&full, KT_E_NOMEM, 0, "the log is full");
    put_fault(log, to_server, 0, &full, now_ns);
    return false;
}

/* Frames whose payload may be as long as the reader allows, and says little.
 */
static bool is_bulk(uint8_t type)
{
    return type == KT_FT_DATA || type == KT_FT_HEADERS ||
           type == KT_FT_PUSH_PROMISE || type >= KT_FT_CONTINUATION;
}

static void keep_payload(struct kt_log *log, struct kt_rec *r)
{
    struct kt_frame_rec *f = &r->ev.frame;
    const size_t n = kt_cur_left(&f->payload);
    const size_t body = kt_cur_left(&f->body);

    if (f->payload.p == NULL || (is_bulk(f->head.type) && n > KT_LOG_KEEP)) {
        f->payload = f->body = (struct kt_cur){0};
        return;
    }
    if (n == 0) {
        f->payload = f->body = kt_cur_of(nothing, 0);
        return;
    }
    const size_t at = body ? (size_t)(f->body.p - f->payload.p) : 0;
    r->own = kt_xalloc(n);
    r->own_cap = n;
    log->bytes += n;
    memcpy(r->own, f->payload.p, n);
    f->payload = kt_cur_of(r->own, n);
    f->body = kt_cur_of(r->own + at, body);
}

struct kt_rec *kt_log_put(struct kt_log *log, enum kt_rec_kind kind,
                          bool to_server, const struct kt_event *ev,
                          uint64_t now_ns)
{
    struct kt_rec from = {.kind = kind, .to_server = to_server, .ev = *ev};
    const size_t bytes = kt_cur_left(&ev->frame.payload);

    if (!room(log, bytes, to_server, now_ns))
        return NULL;
    from.ev.fields = NULL;
    from.open = ev->kind == KT_EV_MESSAGE;
    if (kind == KT_REC_FRAME && ev->kind == KT_EV_FRAME)
        keep_payload(log, &from);
    return append(log, &from, now_ns);
}

void kt_log_fault(struct kt_log *log, bool to_server, uint32_t stream,
                  const struct kt_err *err, uint64_t now_ns)
{
    if (room(log, 0, to_server, now_ns))
        put_fault(log, to_server, stream, err, now_ns);
}

void kt_log_connect(struct kt_log *log, uint64_t now_ns)
{
    const struct kt_event ev = {.kind = KT_EV_CONNECT};

    kt_log_put(log, KT_REC_FRAME, true, &ev, now_ns);
}

void kt_log_fields(struct kt_log *log, struct kt_rec *r, struct kt_hlist *list)
{
    r->list = kt_xalloc(sizeof *r->list);
    *r->list = *list;
    kt_hlist_init(list, list->max_size, list->max_n);
    r->ev.fields = r->list;
    log->bytes +=
        sizeof *r->list + r->list->text.cap + r->list->cap * sizeof *r->list->v;
    log->changes++;
}

bool kt_log_grow(struct kt_log *log, struct kt_rec *r, struct kt_cur bytes,
                 uint64_t now_ns)
{
    const size_t held = kt_cur_left(&r->ev.body), n = kt_cur_left(&bytes);

    log->changes++;
    if (n > KT_LOG_MAX_MESSAGE - held || !room(log, n, r->to_server, now_ns))
        return false;
    if (n > r->own_cap - held) {
        size_t cap = r->own_cap ? r->own_cap * 2 : 256;

        if (r->ev.length <= KT_LOG_KEEP && r->own_cap == 0)
            cap = r->ev.length;
        while (cap < held + n)
            cap *= 2;
        if (cap > r->ev.length && held + n <= r->ev.length)
            cap = r->ev.length; /* it grows no further */
        r->own = kt_xrealloc(r->own, cap);
        r->own_cap = cap;
    }
    if (n > 0)
        memcpy(r->own + held, bytes.p, n);
    log->bytes += n;
    r->ev.body = kt_cur_of(r->own, held + n);
    return true;
}

void kt_log_done(struct kt_log *log, struct kt_rec *r, uint64_t now_ns)
{
    r->open = false;
    r->end_ns = now_ns;
    log->changes++;
    list_put(&log->done, &log->ndone, &log->cap_done, r);
}

struct kt_rec *kt_log_first(const struct kt_log *log, uint32_t stream,
                            bool to_server)
{
    const size_t i = place(log, stream);

    if (i == log->nstreams || log->streams[i].id != stream)
        return NULL;
    return log->streams[i].first[to_server];
}

static bool print_fault(struct kt_buf *dst, const struct kt_rec *r)
{
    const char *rule = r->err->rule && *r->err->rule ? r->err->rule : "-";

    return (r->ev.stream == 0 ? kt_buf_printf(dst, "! %s %s",
                                              kt_code_name(r->err->code), rule)
                              : kt_buf_printf(dst, "! %s %s stream=%u",
                                              kt_code_name(r->err->code), rule,
                                              r->ev.stream)) &&
           (r->err->detail[0] == '\0' ||
            kt_buf_printf(dst, " %s", r->err->detail));
}

bool kt_rec_print(struct kt_buf *dst, const struct kt_rec *r, size_t max_bytes)
{
    if (!kt_buf_puts(dst, r->to_server ? "> " : "< "))
        return false;
    if (r->kind == KT_REC_FAULT)
        return print_fault(dst, r);
    return kt_event_print(dst, &r->ev, max_bytes) &&
           (r->times == 1 ||
            kt_buf_printf(dst, " repeat=%llu", (unsigned long long)r->times));
}

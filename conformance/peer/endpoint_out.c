/* What the endpoint writes: lines on their way out, and what they do to windows
 * and states. SPDX-License-Identifier: Apache-2.0 */
#include "peer/endpoint_inner.h"
#include "base/alloc.h"
#include "base/must.h"

enum { SEGMENT = 64 << 10 };

static void job_free(struct kt_ep_job *j)
{
    kt_written_fini(&j->w);
    kt_free(j);
}

void kt_ep_jobs_free(struct kt_endpoint *ep)
{
    while (ep->first) {
        struct kt_ep_job *j = ep->first;

        ep->first = j->next;
        job_free(j);
    }
    ep->last = NULL;
}

/* --- effects --- */

static void opens_stream(struct kt_endpoint *ep, uint32_t id)
{
    if (!ep->opts.is_server && id % 2 == 1 && id >= ep->next_id)
        ep->next_id = id + 2;
}

static void stream_frame(struct kt_endpoint *ep, const struct kt_fhead *h,
                         uint64_t times)
{
    struct kt_ep_stream *s = kt_ep_stream(ep, h->stream);

    switch (h->type) {
    case KT_FT_DATA:
        s->used += (int64_t)(h->length * times);
        ep->used += (int64_t)(h->length * times);
        s->ended |= h->flags & KT_FF_END_STREAM;
        break;
    case KT_FT_HEADERS:
        opens_stream(ep, h->stream);
        s->ended |= h->flags & KT_FF_END_STREAM;
        break;
    case KT_FT_RST_STREAM:
        s->reset = true;
        kt_ep_drop(ep, s);
        break;
    default:
        break;
    }
}

static void effect(struct kt_endpoint *ep, const struct kt_fhead *h,
                   uint64_t times)
{
    if (h->type == KT_FT_HEADERS || h->type == KT_FT_PUSH_PROMISE ||
        h->type == KT_FT_CONTINUATION)
        ep->block_open = !(h->flags & KT_FF_END_HEADERS);
    if (h->stream != 0) {
        stream_frame(ep, h, times);
        return;
    }
    if (h->type != KT_FT_SETTINGS)
        return;
    if (h->flags & KT_FF_ACK)
        ep->acks += times;
    else
        ep->sent += times;
}

static void effects(struct kt_endpoint *ep, const struct kt_written *w)
{
    struct kt_cur in = kt_buf_view(&w->bytes);

    while (!w->raw && kt_cur_left(&in) >= KT_FRAME_HEAD) {
        const struct kt_fhead h = kt_fhead_decode(in.p);

        if (kt_cur_left(&in) - KT_FRAME_HEAD < h.length)
            return; /* its head says more than there is */
        effect(ep, &h, w->repeat);
        in.p += KT_FRAME_HEAD + h.length;
    }
}

static bool is_plain(const struct kt_written *w)
{
    return w->ncuts == 0 && w->repeat == 1;
}

/* Small plain lines share a segment. */
static bool joins(struct kt_endpoint *ep, const struct kt_written *w)
{
    struct kt_ep_job *j = ep->last;

    if (j == NULL || j->at > 0 || !is_plain(&j->w) || !is_plain(w) ||
        kt_buf_size(&j->w.bytes) + kt_buf_size(&w->bytes) > SEGMENT)
        return false;
    must(kt_buf_put(&j->w.bytes, w->bytes.p + w->bytes.start,
                    kt_buf_size(&w->bytes)));
    return true;
}

void kt_ep_put(struct kt_endpoint *ep, struct kt_written *w)
{
    struct kt_ep_job *j;

    if (ep->shut || kt_buf_size(&w->bytes) == 0) {
        kt_written_fini(w);
        return;
    }
    effects(ep, w);
    if (joins(ep, w)) {
        kt_written_fini(w);
        return;
    }
    j = kt_xalloc(sizeof *j);
    j->w = *w;
    kt_written_init(w);
    if (ep->last)
        ep->last->next = j;
    else
        ep->first = j;
    ep->last = j;
}

/* --- given out --- */

static void put(struct kt_endpoint *ep, const struct kt_ep_job *j, size_t lo,
                size_t hi)
{
    must(kt_buf_put(&ep->segment, j->w.bytes.p + j->w.bytes.start + lo,
                    hi - lo));
}

/* Whole rounds of a short line; false when it is no such line. */
static bool put_rounds(struct kt_endpoint *ep, struct kt_ep_job *j)
{
    const size_t size = kt_buf_size(&j->w.bytes);
    uint64_t n = SEGMENT / size;

    if (j->w.repeat == 1 || j->w.ncuts > 0 || n == 0)
        return false;
    if (n > j->w.repeat - j->round)
        n = j->w.repeat - j->round;
    for (uint64_t i = 0; i < n; i++)
        put(ep, j, 0, size);
    j->round += n;
    return true;
}

static void put_piece(struct kt_endpoint *ep, struct kt_ep_job *j)
{
    const size_t size = kt_buf_size(&j->w.bytes);
    size_t end = size;

    if (j->cut < j->w.ncuts)
        end = j->w.cuts[j->cut++];
    else if (j->w.ncuts == 0 && end - j->at > SEGMENT)
        end = j->at + SEGMENT;
    put(ep, j, j->at, end);
    j->at = end;
    if (end < size)
        return;
    j->at = j->cut = 0;
    j->round++;
}

bool kt_endpoint_next(struct kt_endpoint *ep, uint64_t now_ns,
                      struct kt_cur *ret)
{
    struct kt_ep_job *j = ep->first;

    if (!ep->connected || ep->shut || j == NULL)
        return false;
    kt_buf_clear(&ep->segment);
    kt_observer_fold(ep->own, j->w.repeat > 1);
    if (!put_rounds(ep, j))
        put_piece(ep, j);
    if (j->round == j->w.repeat) {
        ep->first = j->next;
        if (ep->first == NULL)
            ep->last = NULL;
        job_free(j);
    }
    *ret = kt_buf_view(&ep->segment);
    kt_observer_feed(ep->own, *ret, now_ns);
    return true;
}

bool kt_endpoint_idle(const struct kt_endpoint *ep)
{
    return ep->shut || ep->first == NULL;
}

bool kt_endpoint_line(struct kt_endpoint *ep, const struct kt_wire *w,
                      const struct kt_write_how *how)
{
    struct kt_write_how full = *how;
    struct kt_written out;

    if (full.last == 0)
        full.last = ep->last_id;
    kt_written_init(&out);
    if (!kt_write_line(w, &full, ep->deflate, &out)) {
        kt_written_fini(&out);
        return false;
    }
    kt_ep_put(ep, &out);
    kt_ep_flush_automatic(ep);
    kt_ep_pump(ep);
    return true;
}

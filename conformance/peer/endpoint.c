/* The judge's end of one connection.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/endpoint_inner.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

enum { WINDOW_DEFAULT = 65535 };

/* --- options --- */

static bool is_no(const struct kt_pat *p)
{
    return p->kind == KT_PAT_LIT && p->n == 2 && memcmp(p->text, "no", 2) == 0;
}

static void option(struct kt_endpoint_opts *o, const struct kt_field *f)
{
    const uint16_t id = kt_setting_of(f->name);
    char num[24];
    struct kt_cur text;
    uint64_t v;

    if (strcmp(f->name, "preface") == 0)
        o->no_preface = is_no(&f->value);
    if (strcmp(f->name, "settings-ack") == 0)
        o->no_settings_ack = is_no(&f->value);
    if (strcmp(f->name, "ping-ack") == 0)
        o->no_ping_ack = is_no(&f->value);
    if (strcmp(f->name, "window-updates") == 0)
        o->no_window_updates = is_no(&f->value);
    if (id == 0 || !kt_write_value(&f->value, num, &text) ||
        !kt_write_number(text, &v))
        return;
    o->set[id].given = true;
    o->set[id].value = (uint32_t)v;
}

void kt_endpoint_opts_read(struct kt_endpoint_opts *o,
                           const struct kt_fields *settings)
{
    for (size_t i = 0; i < settings->n; i++)
        option(o, &settings->v[i]);
}

/* --- made --- */

struct kt_endpoint *kt_endpoint_new(const struct kt_endpoint_opts *o)
{
    struct kt_endpoint *ep = kt_xalloc(sizeof *ep);

    ep->opts = *o;
    kt_log_init(&ep->log);
    ep->own = kt_observer_new(&ep->log, !o->is_server);
    ep->sut = kt_observer_new(&ep->log, o->is_server);
    kt_observer_pair(ep->own, ep->sut);
    ep->deflate = kt_deflate_new();
    kt_buf_init(&ep->automatic, 4 << 20);
    kt_buf_init(&ep->segment, SIZE_MAX);
    ep->next_id = 1;
    ep->given = WINDOW_DEFAULT;
    ep->sut_initial = WINDOW_DEFAULT;
    return ep;
}

void kt_endpoint_free(struct kt_endpoint *ep)
{
    if (ep == NULL)
        return;
    for (size_t i = 0; i < ep->n; i++)
        kt_ep_drop(ep, &ep->v[i]);
    kt_ep_jobs_free(ep);
    kt_observer_free(ep->own);
    kt_observer_free(ep->sut);
    kt_deflate_free(ep->deflate);
    kt_buf_fini(&ep->automatic);
    kt_buf_fini(&ep->segment);
    kt_log_fini(&ep->log);
    kt_free(ep->v);
    kt_free(ep);
}

struct kt_log *kt_endpoint_log(struct kt_endpoint *ep)
{
    return &ep->log;
}

static size_t place(const struct kt_endpoint *ep, uint32_t id)
{
    size_t lo = 0, hi = ep->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (ep->v[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct kt_ep_stream *kt_ep_find(const struct kt_endpoint *ep, uint32_t id)
{
    const size_t i = place(ep, id);

    return i < ep->n && ep->v[i].id == id ? &ep->v[i] : NULL;
}

struct kt_ep_stream *kt_ep_stream(struct kt_endpoint *ep, uint32_t id)
{
    const size_t i = place(ep, id);

    if (i < ep->n && ep->v[i].id == id)
        return &ep->v[i];
    if (ep->n == ep->cap) {
        ep->cap = ep->cap ? ep->cap * 2 : 8;
        ep->v = kt_xrealloc(ep->v, ep->cap * sizeof *ep->v);
    }
    memmove(ep->v + i + 1, ep->v + i, (ep->n - i) * sizeof *ep->v);
    ep->n++;
    ep->v[i] = (struct kt_ep_stream){.id = id};
    return &ep->v[i];
}

/* --- by itself --- */

void kt_ep_automatic(struct kt_endpoint *ep, const struct kt_frame_rec *f)
{
    struct kt_frame_rec g = *f;
    struct kt_buf payload = {.limit = SIZE_MAX};
    uint8_t head[KT_FRAME_HEAD];

    must(kt_frame_put_payload(&payload, &g));
    g.head.length = (uint32_t)kt_buf_size(&payload);
    kt_fhead_encode(head, g.head);
    /* What a flood asks for while a block of ours stays open is dropped. */
    if (kt_buf_size(&ep->automatic) + sizeof head + g.head.length <=
        ep->automatic.limit) {
        must(kt_buf_put(&ep->automatic, head, sizeof head) &&
             kt_buf_put(&ep->automatic, payload.p, g.head.length));
        ep->held += g.head.type == KT_FT_SETTINGS && g.head.flags == 0;
    }
    kt_buf_fini(&payload);
}

void kt_ep_flush_automatic(struct kt_endpoint *ep)
{
    struct kt_written w;
    const struct kt_cur all = kt_buf_view(&ep->automatic);

    if (ep->block_open || all.p == all.end)
        return;
    kt_written_init(&w);
    must(kt_buf_put(&w.bytes, all.p, kt_cur_left(&all)));
    kt_buf_clear(&ep->automatic);
    ep->held = 0;
    kt_ep_put(ep, &w);
}

static void first_settings(struct kt_endpoint *ep)
{
    struct kt_written w;
    struct kt_buf body = {.limit = SIZE_MAX};
    struct kt_frame_rec f = {.head = {.type = KT_FT_SETTINGS}};

    if (!ep->opts.is_server) {
        kt_written_init(&w);
        must(kt_buf_put(&w.bytes, KT_PREFACE, KT_PREFACE_LEN));
        w.raw = true;
        kt_ep_put(ep, &w);
    }
    for (uint16_t id = 1; id < 7; id++)
        if (ep->opts.set[id].given)
            must(kt_buf_put_u16(&body, id) &&
                 kt_buf_put_u32(&body, ep->opts.set[id].value));
    f.body = kt_buf_view(&body);
    kt_ep_automatic(ep, &f);
    kt_buf_fini(&body);
    kt_ep_flush_automatic(ep);
}

static void give_back(struct kt_endpoint *ep, const struct kt_fhead *h)
{
    const struct kt_ep_stream *s = kt_ep_find(ep, h->stream);
    struct kt_frame_rec f = {.head = {.type = KT_FT_WINDOW_UPDATE},
                             .increment = h->length};

    if (ep->opts.no_window_updates || h->length == 0)
        return;
    kt_ep_automatic(ep, &f);
    if (h->flags & KT_FF_END_STREAM || (s && (s->reset || s->sut_reset)))
        return;
    f.head.stream = h->stream;
    kt_ep_automatic(ep, &f);
}

static void on_settings(struct kt_endpoint *ep, const struct kt_frame_rec *f)
{
    const struct kt_frame_rec ack = {
        .head = {.type = KT_FT_SETTINGS, .flags = KT_FF_ACK}};
    uint16_t id;
    uint32_t value;

    if (f->head.flags & KT_FF_ACK) {
        ep->acked++;
        return;
    }
    ep->sut_sent++;
    for (size_t i = 0; kt_settings_at(f->body, i, &id, &value); i++) {
        if (id == KT_SET_INITIAL_WINDOW)
            ep->sut_initial = value;
        if (id == KT_SET_HEADER_TABLE_SIZE)
            kt_deflate_table(ep->deflate, value);
    }
    if (!ep->opts.no_settings_ack)
        kt_ep_automatic(ep, &ack);
}

static void on_ping(struct kt_endpoint *ep, const struct kt_frame_rec *f)
{
    const struct kt_frame_rec ack = {
        .head = {.type = KT_FT_PING, .flags = KT_FF_ACK}, .body = f->body};

    if (!(f->head.flags & KT_FF_ACK) && kt_cur_left(&f->body) == 8 &&
        !ep->opts.no_ping_ack)
        kt_ep_automatic(ep, &ack);
}

static void on_window(struct kt_endpoint *ep, const struct kt_frame_rec *f)
{
    if (f->head.stream == 0)
        ep->given += f->increment;
    else
        kt_ep_stream(ep, f->head.stream)->given += f->increment;
}

static void on_reset(struct kt_endpoint *ep, uint32_t id)
{
    struct kt_ep_stream *s = kt_ep_stream(ep, id);

    s->sut_reset = true;
    kt_ep_drop(ep, s);
}

static void on_frame(struct kt_endpoint *ep, const struct kt_frame_rec *f)
{
    switch (f->head.type) {
    case KT_FT_SETTINGS:
        if (f->head.stream == 0 && f->head.length % 6 == 0)
            on_settings(ep, f);
        break;
    case KT_FT_PING:
        on_ping(ep, f);
        break;
    case KT_FT_WINDOW_UPDATE:
        on_window(ep, f);
        break;
    case KT_FT_RST_STREAM:
        on_reset(ep, f->head.stream);
        break;
    case KT_FT_HEADERS:
        if (ep->opts.is_server && f->head.stream > ep->last_id)
            ep->last_id = f->head.stream;
        break;
    case KT_FT_DATA:
        give_back(ep, &f->head);
        break;
    default:
        break;
    }
}

/* What the SUT wrote since the last look. */
static void look(struct kt_endpoint *ep)
{
    while (ep->seen < ep->log.n) {
        const struct kt_rec *r = ep->log.v[ep->seen++];

        if (r->to_server == ep->opts.is_server && r->kind == KT_REC_FRAME &&
            r->ev.kind == KT_EV_FRAME)
            on_frame(ep, &r->ev.frame);
    }
    kt_ep_flush_automatic(ep);
    kt_ep_pump(ep);
}

/* --- the connection --- */

void kt_endpoint_connected(struct kt_endpoint *ep, uint64_t now_ns)
{
    ep->connected = true;
    kt_log_connect(&ep->log, now_ns);
    if (!ep->opts.no_preface)
        first_settings(ep);
}

void kt_endpoint_feed(struct kt_endpoint *ep, struct kt_cur bytes,
                      uint64_t now_ns)
{
    if (ep->sut_closed)
        return;
    kt_observer_feed(ep->sut, bytes, now_ns);
    look(ep);
}

void kt_endpoint_closed(struct kt_endpoint *ep, bool reset, uint64_t now_ns)
{
    if (!ep->sut_closed)
        kt_observer_close(ep->sut, reset, now_ns);
    ep->sut_closed = true;
    if (reset && !ep->shut) {
        ep->shut = true;
        kt_ep_jobs_free(ep);
    }
}

void kt_endpoint_shut(struct kt_endpoint *ep, bool reset, uint64_t now_ns)
{
    if (ep->shut)
        return;
    ep->shut = true;
    kt_ep_jobs_free(ep);
    kt_observer_close(ep->own, reset, now_ns);
}

void kt_endpoint_stall(struct kt_endpoint *ep)
{
    ep->stalled = true;
}

bool kt_endpoint_stalled(const struct kt_endpoint *ep)
{
    return ep->stalled;
}

bool kt_endpoint_ready(const struct kt_endpoint *ep)
{
    return ep->sent > 0 && ep->acked > 0 && ep->sut_sent > 0 &&
           (ep->acks > 0 || ep->opts.no_settings_ack);
}

bool kt_endpoint_has_settings(const struct kt_endpoint *ep)
{
    return ep->sent > 0;
}

uint64_t kt_endpoint_fence(struct kt_endpoint *ep)
{
    const struct kt_frame_rec f = {.head = {.type = KT_FT_SETTINGS}};

    kt_ep_automatic(ep, &f);
    kt_ep_flush_automatic(ep);
    return ep->sent + ep->held;
}

uint64_t kt_endpoint_settings_sent(const struct kt_endpoint *ep)
{
    return ep->sent;
}

uint64_t kt_endpoint_settings_acked(const struct kt_endpoint *ep)
{
    return ep->acked;
}

uint32_t kt_endpoint_new_stream(struct kt_endpoint *ep)
{
    const uint32_t id = ep->next_id;

    ep->next_id += 2;
    return id;
}

uint32_t kt_endpoint_last_stream(const struct kt_endpoint *ep)
{
    return ep->last_id;
}

int64_t kt_endpoint_window(const struct kt_endpoint *ep, uint32_t stream)
{
    const struct kt_ep_stream *s = kt_ep_find(ep, stream);

    if (stream == 0)
        return ep->given - ep->used;
    return (int64_t)ep->sut_initial + (s ? s->given - s->used : 0);
}

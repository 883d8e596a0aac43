/* The man in the middle: bytes to frames, and each to its seam.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/mitm.h"
#include "base/alloc.h"
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/inner.h"
#include <string.h>

struct kt_mitm *kt_mitm_new(const struct kt_mutant *mutant, bool sut_is_client)
{
    struct kt_mitm *m = kt_xalloc(sizeof *m);

    m->mutant = mutant;
    m->sut_is_client = sut_is_client;
    kt_buf_init(&m->after, KT_MITM_BUF);
    for (int i = 0; i < 2; i++) {
        struct kt_mitm_way *w = &m->way[i];

        kt_buf_init(&w->in, KT_MITM_BUF);
        kt_buf_init(&w->out, KT_MITM_BUF);
        kt_buf_init(&w->block, KT_MITM_BLOCK);
        kt_buf_init(&w->raw, 2 * KT_MITM_BLOCK);
        w->z = kt_inflate_new();
        must(w->z);
        w->window = 65535;
        w->begun = !kt_mitm_is_request(m, (enum kt_way)i);
        w->blind = !mutant || mutant->seams == KT_SEAM_TURN ||
                   mutant->seams == KT_SEAM_WRITE;
    }
    return m;
}

void kt_mitm_free(struct kt_mitm *m)
{
    if (!m)
        return;
    while (m->streams) {
        struct kt_mstream *s = m->streams;

        m->streams = s->next;
        kt_buf_fini(&s->held);
        kt_buf_fini(&s->part[0]);
        kt_buf_fini(&s->part[1]);
        kt_free(s);
    }
    for (int i = 0; i < 2; i++) {
        kt_buf_fini(&m->way[i].in);
        kt_buf_fini(&m->way[i].out);
        kt_buf_fini(&m->way[i].block);
        kt_buf_fini(&m->way[i].raw);
        kt_inflate_free(m->way[i].z);
        kt_mitm_forget(m, (enum kt_way)i, UINT32_MAX);
    }
    kt_buf_fini(&m->after);
    kt_free(m);
}

bool kt_mitm_is_request(const struct kt_mitm *m, enum kt_way way)
{
    return m->sut_is_client == (way == KT_OUT);
}

bool kt_mitm_is_at(const struct kt_mitm *m, enum kt_way way, unsigned seams)
{
    return m->mutant && (m->mutant->seams & seams) &&
           (m->mutant->ways & 1u << way);
}

struct kt_mstream *kt_mitm_stream(struct kt_mitm *m, uint32_t id)
{
    struct kt_mstream **at = &m->streams;

    if (id == 0)
        return NULL;
    for (; *at; at = &(*at)->next)
        if ((*at)->id == id)
            return *at;
    if (m->nstreams == KT_MITM_STREAMS)
        return NULL;

    struct kt_mstream *s = kt_xalloc(sizeof *s);

    s->id = id;
    s->nth = m->nstreams++;
    kt_buf_init(&s->held, KT_MITM_BUF);
    kt_buf_init(&s->part[0], KT_MITM_BUF);
    kt_buf_init(&s->part[1], KT_MITM_BUF);
    *at = s;
    return s;
}

void kt_unit_init(struct kt_unit *u, struct kt_mitm *m, enum kt_way way,
                  enum kt_seam seam, struct kt_mstream *s, struct kt_fhead head)
{
    memset(u, 0, sizeof *u); /* padding, too: a probe compares all bytes */
    u->mitm = m;
    u->seam = seam;
    u->way = way;
    u->request = kt_mitm_is_request(m, way);
    u->s = s;
    u->head = head;
    u->times = 1;
}

void kt_unit_run(struct kt_unit *u)
{
    if (kt_mitm_is_at(u->mitm, u->way, u->seam) && u->mitm->mutant->wire)
        u->mitm->mutant->wire(u, u->mitm->mutant);
}

/* The initial window, and table sizes that a block may use. */
static void on_settings(struct kt_mitm *m, enum kt_way way,
                        const struct kt_frame_rec *f)
{
    uint16_t id;
    uint32_t value;

    if (f->head.flags & KT_FF_ACK)
        m->way[way].acks++;
    for (size_t i = 0; kt_settings_at(f->body, i, &id, &value); i++) {
        if (id == KT_SET_INITIAL_WINDOW)
            m->way[way].window = value;
        if (id == KT_SET_MAX_CONCURRENT)
            m->way[way].places = value;
        if (id == KT_SET_HEADER_TABLE_SIZE && value > 4096)
            kt_inflate_table(m->way[kt_way_back(way)].z, value);
    }
}

static void put_padded(struct kt_unit *u, struct kt_buf *wire)
{
    struct kt_frame_rec f = {.head = u->head, .pad = u->pad};

    f.body = kt_buf_view(u->bytes);
    f.head.flags |= KT_FF_PADDED;
    f.head.length = (uint32_t)kt_buf_size(u->bytes) + 1 + u->pad;

    uint8_t head[KT_FRAME_HEAD];

    kt_fhead_encode(head, f.head);
    must(kt_buf_put(wire, head, sizeof head) && kt_frame_put_payload(wire, &f));
}

static void put_frame(struct kt_unit *u, struct kt_buf *wire)
{
    const struct kt_cur payload = kt_buf_view(u->bytes);
    uint8_t head[KT_FRAME_HEAD];

    u->head.length = (uint32_t)kt_cur_left(&payload);
    kt_fhead_encode(head, u->head);
    must(kt_buf_put(wire, head, sizeof head) &&
         kt_buf_put(wire, payload.p, kt_cur_left(&payload)));
}

/* A dropped DATA still ends its stream when it said so. */
static void emit_frame(struct kt_unit *u)
{
    struct kt_buf wire;

    kt_buf_init(&wire, KT_MITM_BUF);
    for (unsigned i = 0; i < u->times; i++) {
        if (u->pad && u->head.type == KT_FT_DATA)
            put_padded(u, &wire);
        else
            put_frame(u, &wire);
    }
    kt_unit_emit(u, kt_buf_view(&wire));
    kt_buf_fini(&wire);
}

static void to_frame_seam(struct kt_mitm *m, enum kt_way way,
                          struct kt_mstream *s, const struct kt_frame_rec *f,
                          struct kt_cur raw)
{
    struct kt_buf payload;
    struct kt_unit u;

    kt_unit_init(&u, m, way, KT_SEAM_FRAME, s, f->head);
    u.nth = m->way[way].seen[f->head.type];
    if (!kt_mitm_is_at(m, way, KT_SEAM_FRAME)) {
        kt_unit_emit(&u, raw);
        return;
    }
    kt_buf_init(&payload, KT_MITM_BUF);
    must(kt_buf_put(&payload, f->payload.p, kt_cur_left(&f->payload)));
    u.bytes = &payload;
    kt_unit_run(&u);
    emit_frame(&u);
    kt_buf_fini(&payload);
}

static void note_end(struct kt_mstream *s, enum kt_way way,
                     const struct kt_frame_rec *f)
{
    if (f->head.type == KT_FT_DATA) {
        s->bytes[way] += kt_cur_left(&f->body);
        if (f->head.flags & KT_FF_END_STREAM)
            s->ended[way] = true;
    }
    if (f->head.type == KT_FT_RST_STREAM)
        s->reset[way] = true;
}

static void on_frame(struct kt_mitm *m, enum kt_way way,
                     const struct kt_frame_rec *f, struct kt_cur raw)
{
    struct kt_mitm_way *w = &m->way[way];
    const uint8_t type = f->head.type;
    struct kt_mstream *s = kt_mitm_stream(m, f->head.stream);

    if (type == KT_FT_SETTINGS)
        on_settings(m, way, f);
    if (type == KT_FT_HEADERS || type == KT_FT_CONTINUATION)
        kt_mitm_block(m, way, f, raw);
    else if (s && s->swallow[way])
        ;
    else if (type == KT_FT_DATA && s &&
             kt_mitm_is_at(m, way, KT_SEAM_MESSAGE | KT_SEAM_REST))
        kt_mitm_data(m, way, s, f);
    else
        to_frame_seam(m, way, s, f, raw);
    if (s)
        note_end(s, way, f);
    w->seen[type]++;
}

/* Bytes that are no frames pass from here on; so does what is oversized, as its
 * receiver may answer before all of it has come. */
static void go_blind(struct kt_mitm *m, enum kt_way way)
{
    struct kt_mitm_way *w = &m->way[way];
    const struct kt_cur raw = kt_buf_view(&w->raw);
    const struct kt_cur in = kt_buf_view(&w->in);

    must(kt_buf_put(&w->out, raw.p, kt_cur_left(&raw)) &&
         kt_buf_put(&w->out, in.p, kt_cur_left(&in)));
    kt_buf_clear(&w->raw);
    kt_buf_clear(&w->in);
    w->blind = true;
}

/* Bytes that are no frames go to their seam; false: they pass no further. */
static bool to_raw_seam(struct kt_mitm *m, enum kt_way way, enum kt_seam seam,
                        struct kt_fhead head)
{
    struct kt_mitm_way *w = &m->way[way];
    struct kt_unit u;

    kt_unit_init(&u, m, way, seam, NULL, head);
    u.nth = w->pieces;
    u.bytes = &w->in;
    kt_unit_run(&u);
    if (u.times > 0)
        return true;
    kt_buf_clear(&w->in);
    w->deaf = true;
    return false;
}

static bool is_foreign(struct kt_cur in)
{
    const size_t n = kt_cur_left(&in);

    return memcmp(in.p, KT_PREFACE, n < KT_PREFACE_LEN ? n : KT_PREFACE_LEN) !=
           0;
}

/* The preface passes; false while it is not whole, or there is none. */
static bool read_preface(struct kt_mitm *m, enum kt_way way)
{
    struct kt_mitm_way *w = &m->way[way];
    const struct kt_cur in = kt_buf_view(&w->in);
    const size_t n = kt_cur_left(&in);

    if (w->begun)
        return true;
    if ((is_foreign(in) || n < KT_PREFACE_LEN) &&
        !to_raw_seam(m, way, KT_SEAM_OPENING, (struct kt_fhead){0}))
        return false;

    const bool foreign = is_foreign(in); /* a function may have mended it */

    w->pieces++;
    if (foreign) {
        go_blind(m, way);
        m->way[kt_way_back(way)].blind = true;
    }
    if (foreign || n < KT_PREFACE_LEN)
        return false;
    must(kt_buf_put(&w->out, in.p, KT_PREFACE_LEN));
    kt_buf_eat(&w->in, KT_PREFACE_LEN);
    w->begun = true;
    return true;
}

/* One frame off the bytes that came; false when there is none. */
static bool read_frame(struct kt_mitm *m, enum kt_way way)
{
    struct kt_mitm_way *w = &m->way[way];
    struct kt_cur in = kt_buf_view(&w->in);
    struct kt_frame_rec f = {0};
    struct kt_err e;

    if (kt_cur_left(&in) < KT_FRAME_HEAD)
        return false;
    f.head = kt_fhead_decode(in.p);

    const size_t n = KT_FRAME_HEAD + (size_t)f.head.length;
    const bool inside = kt_buf_size(&w->raw) > 0;

    if (f.head.length > KT_FRAME_MAX_DEFAULT &&
        !to_raw_seam(m, way, KT_SEAM_LONG, f.head))
        return false;
    if (f.head.length > KT_FRAME_MAX_DEFAULT ||
        inside != (f.head.type == KT_FT_CONTINUATION)) {
        go_blind(m, way);
        return false;
    }
    if (kt_cur_left(&in) < n)
        return false;
    f.payload = kt_cur_of(in.p + KT_FRAME_HEAD, f.head.length);
    if (kt_frame_read(&f, &e) != KT_DONE)
        f.body = f.payload;
    on_frame(m, way, &f, kt_cur_of(in.p, n));
    kt_buf_eat(&w->in, n);
    return true;
}

void kt_mitm_feed(struct kt_mitm *m, enum kt_way way, struct kt_cur bytes,
                  uint64_t now_ns)
{
    struct kt_mitm_way *w = &m->way[way];

    m->now_ns = now_ns;
    if (w->deaf)
        return;
    must(kt_buf_put(w->blind ? &w->out : &w->in, bytes.p, kt_cur_left(&bytes)));
    if (w->blind || !read_preface(m, way))
        return;
    while (!w->blind && read_frame(m, way))
        ;
    if (w->blind) /* since a frame of these bytes: what is behind it, too */
        go_blind(m, way);
}

void kt_mitm_end(struct kt_mitm *m, enum kt_way way)
{
    struct kt_unit u;

    kt_unit_init(&u, m, way, KT_SEAM_END, NULL, (struct kt_fhead){0});
    kt_unit_run(&u);
    m->way[way].unnoticed = u.times == 0;
    if (!m->way[way].blind)
        go_blind(m, way);
}

/* What the judge writes. SPDX-License-Identifier: Apache-2.0 */
#include "run/write.h"
#include "base/must.h"
#include "check/meta.h"
#include "run/fail.h"
#include "run/inner.h"
#include "run/request.h"
#include "wire/gzip.h"
#include <string.h>

static uint32_t stream_of(void *ctx, const char *name)
{
    const struct kt_names names = kt_strm_names(ctx);

    return names.stream(ctx, name);
}

static struct kt_write_how how_of(struct kt_case *c, const struct kt_strm *s)
{
    return (struct kt_write_how){
        .stream = s->id, .stream_of = stream_of, .ctx = c};
}

static bool can_write(const struct kt_strm *s)
{
    return s->conn && s->conn->ep && !s->conn->judge_shut && !s->reset;
}

/* A driver finds its stream by this metadata (docs/drivers.md, accept). */
static void put_tag(const struct kt_strm *s, struct kt_hlist *h)
{
    const struct kt_run *run = s->c->run;

    if (s->c->sut[KT_SERVER] && run->sut[KT_SERVER].state != KT_SUT_BARE)
        kt_hlist_puts(h, "ktspec-stream", s->name);
}

static void request_list(const struct kt_strm *s, const struct kt_fields *app,
                         struct kt_hlist *ret)
{
    static const struct kt_fields none;
    const struct kt_fields *f = app ? app : &none;
    const uint64_t deadline = kt_field_ns(f, "deadline");
    struct kt_hlist metadata;
    struct kt_canon_request r = {
        .service = s->c->service->path,
        .method = s->method ? s->method->name : s->c->scn->method,
        .authority = s->c->service->name,
        .has_timeout = deadline > 0,
        .timeout_ns = deadline,
        .encoding = kt_field_text(f, "compress"),
        .metadata = &metadata,
    };

    kt_canon_init(&metadata);
    kt_canon_init(ret);
    kt_meta_write(f, 'h', &metadata);
    kt_metainfo_write(f, &metadata);
    put_tag(s, &metadata);
    kt_canon_request(ret, &r);
    kt_hlist_fini(&metadata);
}

static void begin_bare(struct kt_case *c, struct kt_chan *ch)
{
    static const struct kt_wire settings = {.frame = KT_F_SETTINGS,
                                            .repeat = 1};
    static uint8_t preface[] = KT_PREFACE;
    struct kt_field data = {
        .name = (char *)(uintptr_t) "data",
        .value = {.text = (char *)preface, .n = KT_PREFACE_LEN}};
    const struct kt_wire bytes = {
        .frame = KT_F_BYTES, .fields = {&data, 1}, .repeat = 1};
    const struct kt_write_how how = {.ctx = c};

    if (!ch->bare || kt_endpoint_settings_sent(ch->ep) > 0)
        return;
    if (!ch->begun)
        kt_endpoint_line(ch->ep, &bytes, &how);
    kt_endpoint_line(ch->ep, &settings, &how);
    ch->begun = true;
}

static bool has_flag(const struct kt_wire *w, const char *flag)
{
    const struct kt_field *f = w ? kt_fields_get(&w->fields, "flags") : NULL;

    return f && f->value.kind == KT_PAT_LIT && strstr(f->value.text, flag);
}

/* The judge's client gives a stream its id when it first writes on it. */
static void take_id(struct kt_strm *s, const struct kt_wire *w)
{
    const struct kt_field *f = w ? kt_fields_get(&w->fields, "stream") : NULL;
    uint32_t id = 0;

    if (s->id || s->c->sut[KT_CLIENT])
        return;
    if (f && f->value.kind == KT_PAT_LIT)
        id = (uint32_t)strtoul(f->value.text, NULL, 10);
    kt_strm_bind(s, s->conn, id ? id : kt_endpoint_new_stream(s->conn->ep));
}

void kt_draw_request(const struct kt_draw *d, const struct kt_fields *app)
{
    struct kt_strm *s = d->s;
    struct kt_write_how how;
    struct kt_hlist list;

    if (!can_write(s))
        return;
    begin_bare(d->c, s->conn);
    take_id(s, d->over);
    s->packs = app && kt_field_text(app, "compress");
    how = how_of(d->c, s);
    request_list(s, app, &list);
    kt_endpoint_headers(s->conn->ep, s->id, &list, d->over, &how);
    s->ended = has_flag(d->over, "+END_STREAM");
    s->head_sent = true;
    kt_hlist_fini(&list);
    kt_chan_flush(s->conn);
}

/* Only what the client accepts, COMP-5. */
static bool may_pack(const struct kt_strm *s)
{
    const struct kt_tape *t = kt_strm_tape(s, true);
    const struct kt_entry *e = t ? kt_tape_find(t, KT_EV_HEADERS, 0) : NULL;
    struct kt_cur v;

    return s->gzip && e &&
           kt_hlist_get(e->ev->fields, "grpc-accept-encoding", 0, &v) &&
           memmem(v.p, kt_cur_left(&v), "gzip", 4) != NULL;
}

void kt_draw_response(const struct kt_draw *d, const struct kt_hlist *metadata)
{
    struct kt_strm *s = d->s;
    const struct kt_write_how how = how_of(d->c, s);
    struct kt_hlist list;

    if (!can_write(s) || s->ended)
        return;
    kt_canon_init(&list);
    s->packs = may_pack(s);
    kt_canon_response(&list, metadata);
    if (s->packs)
        must(kt_hlist_puts(&list, "grpc-encoding", "gzip"));
    kt_endpoint_headers(s->conn->ep, s->id, &list, d->over, &how);
    s->head_sent = true;
    kt_hlist_fini(&list);
    kt_chan_flush(s->conn);
}

static bool says_plain(const struct kt_wire *w)
{
    const struct kt_field *f =
        w ? kt_fields_get(&w->fields, "compressed") : NULL;

    return f && f->value.kind == KT_PAT_LIT && strcmp(f->value.text, "0") == 0;
}

void kt_draw_message(const struct kt_draw *d, struct kt_cur payload)
{
    struct kt_strm *s = d->s;
    struct kt_write_how how = how_of(d->c, s);
    struct kt_buf packed = {.limit = SIZE_MAX};

    if (!can_write(s) || s->ended)
        return;
    how.packed = s->packs && !says_plain(d->over);
    if (how.packed) {
        must(kt_gzip(payload, &packed));
        payload = kt_buf_view(&packed);
    }
    kt_endpoint_message(s->conn->ep, s->id, payload, d->over, &how);
    kt_buf_fini(&packed);
    kt_chan_flush(s->conn);
}

void kt_draw_half_close(const struct kt_draw *d)
{
    struct kt_strm *s = d->s;

    if (!can_write(s) || s->ended)
        return;
    kt_endpoint_half_close(s->conn->ep, s->id, d->over);
    s->ended = true;
    kt_chan_flush(s->conn);
}

void kt_draw_reset(const struct kt_draw *d, uint32_t code)
{
    struct kt_strm *s = d->s;

    if (!can_write(s) || s->id == 0)
        return;
    kt_endpoint_reset(s->conn->ep, s->id, code, d->over);
    s->reset = true;
    kt_chan_flush(s->conn);
}

void kt_draw_window(struct kt_strm *s, uint32_t id, uint32_t increment)
{
    char number[2][16];
    struct kt_field f[2] = {{.name = (char *)(uintptr_t) "stream"},
                            {.name = (char *)(uintptr_t) "increment"}};
    const struct kt_wire w = {
        .frame = KT_F_WINDOW_UPDATE, .fields = {f, 2}, .repeat = 1};
    const struct kt_write_how how = {.ctx = s->c};

    if (!can_write(s))
        return;
    for (int i = 0; i < 2; i++) {
        snprintf(number[i], sizeof number[i], "%u", i ? increment : id);
        f[i].value.text = number[i];
        f[i].value.n = strlen(number[i]);
    }
    kt_endpoint_line(s->conn->ep, &w, &how);
    kt_chan_flush(s->conn);
}

static void trailers_list(const struct kt_strm *s, const struct kt_status *st,
                          const struct kt_hlist *metadata, struct kt_hlist *ret)
{
    struct kt_status ok;

    kt_status_init(&ok);
    kt_canon_init(ret);
    kt_canon_trailers(ret, st ? st : &ok, metadata, !s->head_sent);
    kt_status_fini(&ok);
}

void kt_draw_trailers(const struct kt_draw *d, const struct kt_status *st,
                      const struct kt_hlist *metadata)
{
    struct kt_strm *s = d->s;
    const struct kt_write_how how = how_of(d->c, s);
    struct kt_hlist list;

    if (!can_write(s) || s->ended)
        return;
    trailers_list(s, st, metadata, &list);
    kt_endpoint_trailers(s->conn->ep, s->id, &list, d->over, &how);
    s->ended = true;
    kt_hlist_fini(&list);
    kt_chan_flush(s->conn);
}

/* --- lines of their own --- */

/* Connection words: what the owner of the socket does. */
static bool connection_word(struct kt_chan *ch, const struct kt_wire *w)
{
    switch (w->frame) {
    case KT_F_CLOSE:
        if (strcmp(w->word, "rst") == 0)
            kt_chan_abort(ch);
        else if (strcmp(w->word, "fin") == 0)
            kt_chan_shutdown(ch);
        else
            kt_chan_close(ch);
        return true;
    case KT_F_STALL:
        kt_chan_stall(ch);
        return true;
    case KT_F_CONNECT:
        return true;
    default:
        return false;
    }
}

/* After these the connection stands in the middle of something, or its bytes
 * are no frames: a fence would not be answered. */
static void note_damage(struct kt_chan *ch, const struct kt_wire *w)
{
    ch->damaged |= w->frame == KT_F_BYTES && !ch->bare;
    if (w->frame == KT_F_HEADERS || w->frame == KT_F_CONTINUATION)
        ch->damaged = has_flag(w, "-END_HEADERS");
    ch->begun |= w->frame == KT_F_BYTES;
}

static bool is_interim(const struct kt_wire *w)
{
    const struct kt_field *f = kt_fields_get(&w->fields, ":status");

    return f && f->value.kind == KT_PAT_LIT && f->value.text[0] == '1';
}

static void note_stream(struct kt_strm *s, const struct kt_wire *w)
{
    switch (w->frame) {
    case KT_F_HEADERS:
        s->untagged = true; /* exactly the fields of the line */
        /* fall through */
    case KT_F_headers:
        s->head_sent |= !is_interim(w);
        s->opened = true;
        if (s->open_ns == 0)
            s->open_ns = kt_clock_now(&s->c->run->clock);
        s->ended |= has_flag(w, "+END_STREAM");
        break;
    case KT_F_trailers:
    case KT_F_half_close:
        s->ended = true;
        break;
    case KT_F_RST_STREAM:
    case KT_F_reset:
        s->reset = true;
        break;
    case KT_F_message:
    case KT_F_DATA:
        s->ended |= has_flag(w, "+END_STREAM");
        break;
    default:
        break;
    }
}

static void canon_of(struct kt_strm *s, const struct kt_wire *w,
                     struct kt_hlist *ret)
{
    if (w->frame == KT_F_trailers) {
        trailers_list(s, NULL, NULL, ret);
    } else if (w->to_server) {
        request_list(s, NULL, ret);
    } else {
        kt_canon_init(ret);
        kt_canon_response(ret, NULL);
    }
}

/* M of a message line; a part or a forced one does not count as another. */
static bool payload_of(struct kt_strm *s, const struct kt_wire *w,
                       struct kt_buf *ret)
{
    const struct kt_shape shape = kt_strm_shape(s, w->to_server);
    struct kt_err err;

    if (w->frame != KT_F_message)
        return true;
    if (kt_msg_encode(&w->msg, s->sent[w->to_server]++, &shape, ret, &err))
        return true;
    kt_case_end(s->c, KT_HARNESS_ERROR, KT_R_HARNESS, NULL, err.detail);
    return false;
}

bool kt_draw_line(struct kt_case *c, struct kt_strm *s,
                  const struct kt_line *line)
{
    const struct kt_wire *w = &line->wire;
    struct kt_write_how how;
    struct kt_hlist canon;
    struct kt_buf payload = {.limit = SIZE_MAX};

    if (!s->conn || !s->conn->ep)
        return false;
    if (connection_word(s->conn, w))
        return true;
    if (!kt_frame_on_connection(w)) {
        begin_bare(c, s->conn);
        take_id(s, w);
    }
    how = how_of(c, s);
    canon_of(s, w, &canon);
    how.canon = &canon;
    how.end_stream = w->frame == KT_F_trailers || w->frame == KT_F_half_close;
    if (payload_of(s, w, &payload)) {
        how.payload = kt_buf_view(&payload);
        note_damage(s->conn, w);
        note_stream(s, w);
        kt_endpoint_line(s->conn->ep, w, &how);
    }
    kt_hlist_fini(&canon);
    kt_buf_fini(&payload);
    kt_chan_flush(s->conn);
    return true;
}

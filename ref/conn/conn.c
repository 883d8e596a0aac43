/* The life of a connection: set-up, input, output, drain, end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "conn/session.h"
#include "wire/frame.h"
#include <stdio.h>
#include <string.h>

enum {
    SLICE = 16 << 10,    /* input between two readings of events */
    OUT_FULL = 64 << 10, /* output that is enough for one write */
    OUT_MAX = 1 << 20,   /* and with the frame that went over */
    MAX_SEND_FIELDS = 1 << 20,
    KEEP_BLOCKS = 4,       /* header lists whose memory is kept */
    BURST = 1000,          /* resets, and SETTINGS PING PRIORITY, at once */
    RATE = 100,            /* and a second */
    REMEMBERED = 2 * BURST /* closed streams that nghttp2 keeps, at the most */
};
static const uint64_t NOTICE_NS = 1000000000; /* GOAWAY-2 */
static const uint8_t drain_ping[8] = {1, 6, 1, 8, 0, 3, 3, 9};
static const char drain_text[] = "graceful shutdown";

static void *mem_malloc(size_t n, void *user)
{
    (void)user;
    return kt_alloc(n);
}

static void mem_free(void *p, void *user)
{
    (void)user;
    kt_free(p);
}

static void *mem_calloc(size_t n, size_t size, void *user)
{
    (void)user;
    return kt_alloc(n * size); /* zeroed; nghttp2 asks for small arrays */
}

static void *mem_realloc(void *p, size_t n, void *user)
{
    (void)user;
    return kt_realloc(p, n);
}

static bool make_session(struct kt_conn *c)
{
    nghttp2_mem mem = {NULL, mem_malloc, mem_free, mem_calloc, mem_realloc};
    nghttp2_session_callbacks *cb = NULL;
    nghttp2_option *opt = NULL;
    int rv = NGHTTP2_ERR_NOMEM;

    if (nghttp2_session_callbacks_new(&cb) == 0 &&
        nghttp2_option_new(&opt) == 0) {
        kt_conn_callbacks(cb);
        nghttp2_option_set_no_auto_window_update(opt, 1);
        nghttp2_option_set_max_send_header_block_length(opt, MAX_SEND_FIELDS);
        rv = c->o.server
                 ? nghttp2_session_server_new3(&c->session, cb, c, opt, &mem)
                 : nghttp2_session_client_new3(&c->session, cb, c, opt, &mem);
    }
    nghttp2_option_del(opt);
    nghttp2_session_callbacks_del(cb);
    return rv == 0;
}

/* nghttp2 takes a stream above an acknowledged MAX_CONCURRENT_STREAMS as an
 * error of the whole connection. We refuse that stream only (RFC 9113 5.1.2),
 * so nghttp2 is told a higher limit than the peer. It must be told one: it is
 * also the number of closed streams that it remembers. */
static uint32_t library_limit(const struct kt_conn_opts *o)
{
    return o->max_concurrent > UINT32_MAX - REMEMBERED
               ? UINT32_MAX
               : o->max_concurrent + REMEMBERED;
}

/* CONN-2, CONN-6. */
static bool submit_settings(struct kt_conn *c)
{
    nghttp2_settings_entry iv[6];
    size_t n = 0;
    const struct kt_conn_opts *o = &c->o;

    if (o->server || o->max_frame)
        iv[n++] = (nghttp2_settings_entry){KT_SET_MAX_FRAME,
                                           o->max_frame ? o->max_frame : SLICE};
    if (o->server)
        iv[n++] =
            (nghttp2_settings_entry){KT_SET_MAX_CONCURRENT, library_limit(o)};
    else
        iv[n++] = (nghttp2_settings_entry){KT_SET_ENABLE_PUSH, 0};
    if (o->initial_window)
        iv[n++] =
            (nghttp2_settings_entry){KT_SET_INITIAL_WINDOW, o->initial_window};
    if (o->table_size)
        iv[n++] =
            (nghttp2_settings_entry){KT_SET_HEADER_TABLE_SIZE, o->table_size};
    iv[n++] = (nghttp2_settings_entry){KT_SET_MAX_HEADER_LIST, o->max_fields};
    if (nghttp2_submit_settings(c->session, 0, iv, n) != 0)
        return false;
    if (o->initial_window <= NGHTTP2_INITIAL_CONNECTION_WINDOW_SIZE)
        return true;
    return nghttp2_session_set_local_window_size(
               c->session, 0, 0, (int32_t)o->initial_window) == 0;
}

/* The true limit goes into the very first frame: see library_limit. */
static void patch_concurrent(struct kt_buf *out, uint32_t limit)
{
    struct kt_cur v = kt_buf_view(out);
    uint8_t *p = out->p + out->start;

    for (size_t at = KT_FRAME_HEAD; at + 6 <= kt_cur_left(&v); at += 6)
        if (kt_peek_u16(p + at) == KT_SET_MAX_CONCURRENT) {
            kt_poke_u32(p + at + 2, limit);
            return;
        }
    must(false); /* it is in every SETTINGS of ours */
}

static bool first_output(struct kt_conn *c)
{
    const uint8_t *p;
    const ssize_t n = nghttp2_session_mem_send(c->session, &p);

    if (n < 0 || !kt_buf_put(&c->out, p, (size_t)n))
        return false;
    if (c->o.server)
        patch_concurrent(&c->out, c->o.max_concurrent);
    return true;
}

struct kt_conn *kt_conn_new(const struct kt_conn_opts *o, struct kt_err *reterr)
{
    const struct kt_budget full = {.left = BURST, .size = BURST, .rate = RATE};
    struct kt_conn *c = kt_alloc(sizeof *c);

    if (c) {
        c->o = *o;
        c->seen = -1;
        c->resets = c->controls = full;
        kt_buf_init(&c->out, OUT_MAX);
        if (make_session(c) && submit_settings(c) && first_output(c))
            return c;
    }
    kt_conn_free(c);
    kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_CONN, 0, NULL);
    return NULL;
}

static void free_streams(struct kt_conn_stream **list)
{
    while (*list) {
        struct kt_conn_stream *s = *list;

        *list = s->next;
        kt_conn_stream_free(s);
    }
}

void kt_conn_free(struct kt_conn *c)
{
    if (c == NULL)
        return;
    nghttp2_session_del(c->session);
    free_streams(&c->all);
    free_streams(&c->dead);
    for (size_t i = 0; i < c->block_cap; i++)
        kt_hlist_fini(&c->blocks[i]);
    kt_free(c->blocks);
    kt_free(c->ev);
    kt_buf_fini(&c->out);
    kt_free(c);
}

/* Every record has been read: what they named may go. */
static void begin(struct kt_conn *c)
{
    must(c->ev_at == c->ev_n);
    c->ev_at = c->ev_n = 0;
    /* a block may be half received: it stays, as number 0 */
    const bool open = c->block && c->block_n > 0 && c->in_block;
    if (open && c->block != &c->blocks[0]) {
        struct kt_hlist t = c->blocks[0];

        c->blocks[0] = *c->block;
        *c->block = t;
    }
    for (size_t i = KEEP_BLOCKS; i < c->block_n; i++) {
        kt_hlist_fini(&c->blocks[i]);
        kt_hlist_init(&c->blocks[i], c->o.max_fields, c->o.max_field_n);
    }
    c->block = open ? &c->blocks[0] : NULL;
    c->block_n = open ? 1 : 0;
    free_streams(&c->dead);
}

void kt_conn_fail(struct kt_conn *c, const char *why)
{
    c->failed = true;
    if (c->why[0] == 0 || why[0] != 0)
        snprintf(c->why, sizeof c->why, "%s", why);
}

/* nghttp2 gave up in the middle; it can still say good-bye. */
static enum kt_step give_up(struct kt_conn *c, int rv, struct kt_err *reterr)
{
    const bool flood = c->flooded || rv == NGHTTP2_ERR_FLOODED;
    const bool nomem = c->nomem || rv == NGHTTP2_ERR_NOMEM;
    const uint32_t code = flood   ? NGHTTP2_ENHANCE_YOUR_CALM
                          : nomem ? NGHTTP2_INTERNAL_ERROR
                                  : NGHTTP2_PROTOCOL_ERROR;

    if (rv != NGHTTP2_ERR_BAD_CLIENT_MAGIC) /* that peer speaks no HTTP/2 */
        nghttp2_session_terminate_session(c->session, code);
    kt_conn_fail(c, nghttp2_strerror(rv));
    return kt_bad(reterr,
                  flood   ? KT_E_TOO_MANY
                  : nomem ? KT_E_NOMEM
                          : KT_E_PROTOCOL,
                  KT_SCOPE_CONN, 0, "H2-9");
}

/* Written by hand: once nghttp2 knows of a GOAWAY it drops new streams without
 * a word, and it cannot put a text into its first. */
static bool put_goaway(struct kt_conn *c, int32_t last)
{
    const uint32_t len = 8 + sizeof drain_text - 1;
    uint8_t b[KT_FRAME_HEAD + 8];

    kt_fhead_encode(b, (struct kt_fhead){.length = len, .type = KT_FT_GOAWAY});
    kt_poke_u32(b + KT_FRAME_HEAD, (uint32_t)last);
    kt_poke_u32(b + KT_FRAME_HEAD + 4, KT_H2_NO_ERROR);
    return kt_buf_put(&c->out, b, sizeof b) && kt_buf_puts(&c->out, drain_text);
}

static void drain_on(struct kt_conn *c)
{
    if (c->drain != KT_DRAIN_NOTICE ||
        (!c->drain_acked && c->now_ns < c->drain_due_ns))
        return;
    c->drain = KT_DRAIN_LAST;
    if (!put_goaway(c, c->last))
        kt_conn_fail(c, "out of memory");
}

enum kt_step kt_conn_input(struct kt_conn *c, struct kt_cur *in,
                           uint64_t now_ns, struct kt_err *reterr)
{
    const size_t left = kt_cur_left(in);
    const size_t n = left < SLICE ? left : SLICE;

    begin(c);
    c->now_ns = now_ns;
    if (c->failed)
        return kt_bad(reterr, KT_E_CLOSED, KT_SCOPE_CONN, 0, NULL);

    const struct kt_cur slice = kt_cur_cut(in, n);
    ssize_t rv = nghttp2_session_mem_recv(c->session, slice.p, n);

    if (rv >= 0 && c->arrived > 0)
        rv = nghttp2_session_consume_connection(c->session, c->arrived);
    c->arrived = 0;
    if (rv < 0)
        return give_up(c, (int)rv, reterr);
    drain_on(c);
    return KT_DONE;
}

/* Does a header block go on in the next frame? p is the start of one. */
static bool is_open_block(const uint8_t *p, size_t n)
{
    if (n < KT_FRAME_HEAD)
        return false;

    const struct kt_fhead h = kt_fhead_decode(p);

    return (h.type == KT_FT_HEADERS || h.type == KT_FT_CONTINUATION) &&
           !(h.flags & KT_FF_END_HEADERS);
}

/* Frames until there is enough for one write. */
static bool pump(struct kt_conn *c)
{
    bool open = false;

    while (kt_buf_size(&c->out) < OUT_FULL || open) {
        const uint8_t *p;
        const ssize_t n = nghttp2_session_mem_send(c->session, &p);

        if (n == 0)
            return true;
        if (n < 0 || !kt_buf_put(&c->out, p, (size_t)n))
            return false;
        open = is_open_block(p, (size_t)n);
    }
    return true;
}

struct kt_cur kt_conn_output(struct kt_conn *c)
{
    begin(c);
    /* twice: what is closed while writing makes room for who waits */
    const bool ok = kt_conn_start_waiting(c) && pump(c) &&
                    kt_conn_start_waiting(c) && pump(c);

    if (!ok)
        kt_conn_fail(c, "out of memory");
    return kt_buf_view(&c->out);
}

void kt_conn_wrote(struct kt_conn *c, size_t n)
{
    kt_buf_eat(&c->out, n);
}

bool kt_conn_event(struct kt_conn *c, struct kt_conn_event *ret)
{
    if (c->ev_at == c->ev_n)
        return false;
    *ret = c->ev[c->ev_at++];
    if (ret->kind == KT_CONN_HEADERS)
        ret->fields = &c->blocks[ret->n];
    return true;
}

void kt_conn_tick(struct kt_conn *c, uint64_t now_ns)
{
    c->now_ns = now_ns;
    drain_on(c);
}

uint64_t kt_conn_deadline(const struct kt_conn *c)
{
    return c->drain == KT_DRAIN_NOTICE && !c->failed ? c->drain_due_ns
                                                     : UINT64_MAX;
}

bool kt_conn_is_over(const struct kt_conn *c)
{
    if (kt_buf_size(&c->out) > 0 || nghttp2_session_want_write(c->session))
        return false;
    if (c->failed)
        return true;
    /* A server serves on after a client's GOAWAY (GOAWAY-16), but not for an
     * idle connection: nghttp2 reads nothing more from it. */
    return (c->drain == KT_DRAIN_LAST || c->got_goaway) && c->n_streams == 0 &&
           !c->wait_head;
}

bool kt_conn_has_failed(const struct kt_conn *c)
{
    return c->failed;
}

const char *kt_conn_why(const struct kt_conn *c)
{
    return c->failed ? c->why : "";
}

void kt_conn_shutdown(struct kt_conn *c, uint64_t now_ns)
{
    if (c->drain != KT_RUN || c->failed)
        return;
    c->now_ns = now_ns;
    if (!c->o.server) {
        c->drain = KT_DRAIN_LAST;
        return;
    }
    c->drain = KT_DRAIN_NOTICE;
    c->drain_acked = false;
    c->drain_due_ns = now_ns + NOTICE_NS;
    if (!put_goaway(c, INT32_MAX) ||
        nghttp2_submit_ping(c->session, 0, drain_ping) != 0)
        kt_conn_fail(c, "out of memory");
}

bool kt_conn_can_open(const struct kt_conn *c)
{
    return !c->o.server && !c->failed && !c->got_goaway && c->drain == KT_RUN;
}

size_t kt_conn_max_send_fields(const struct kt_conn *c)
{
    const uint32_t theirs = nghttp2_session_get_remote_settings(
        c->session, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE);

    return theirs < MAX_SEND_FIELDS ? theirs : MAX_SEND_FIELDS;
}

bool kt_conn_reset_all(struct kt_conn *c, uint32_t code)
{
    bool ok = true;

    for (struct kt_conn_stream *s = c->all; s; s = s->next)
        ok = kt_conn_reset(s, code) && ok;
    return ok;
}

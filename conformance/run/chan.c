/* Connections of a case. SPDX-License-Identifier: Apache-2.0 */
#include "run/chan.h"
#include "base/alloc.h"
#include "run/fail.h"
#include "run/inner.h"
#include "run/setup.h"
#include "run/socket.h"
#include <string.h>

enum {
    /* Frames of stream 0 beyond this many are judged by the standing checks
     * only: a flood must not be searched again for every line. */
    MAX_CONNECTION_ENTRIES = 20000,
    /* What the system holds of ours before the endpoint waits. */
    MAX_QUEUED = 1 << 18,
};

/* --- what was seen, by stream --- */

struct kt_seen *kt_chan_seen(struct kt_chan *ch, uint32_t id)
{
    size_t lo = 0, hi = ch->nseen;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (ch->seen[mid]->id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < ch->nseen && ch->seen[lo]->id == id)
        return ch->seen[lo];
    if (ch->nseen == ch->cap_seen) {
        ch->cap_seen = ch->cap_seen ? ch->cap_seen * 2 : 4;
        ch->seen = kt_xrealloc(ch->seen, ch->cap_seen * sizeof *ch->seen);
    }
    memmove(ch->seen + lo + 1, ch->seen + lo,
            (ch->nseen - lo) * sizeof *ch->seen);
    ch->seen[lo] = kt_xalloc(sizeof **ch->seen);
    ch->seen[lo]->id = id;
    ch->nseen++;
    return ch->seen[lo];
}

struct kt_tape *kt_chan_tape(struct kt_chan *ch, uint32_t id, bool to_server)
{
    return &kt_chan_seen(ch, id)->tape[to_server];
}

static void to_tape(struct kt_chan *ch, const struct kt_rec *r)
{
    struct kt_tape *t = kt_chan_tape(ch, r->ev.stream, r->to_server);

    if (r->kind == KT_REC_FAULT)
        return;
    if (r->ev.kind == KT_EV_CLOSE)
        ch->ended[r->to_server] = true;
    if (r->ev.stream == 0 && r->ev.kind == KT_EV_FRAME &&
        t->n >= MAX_CONNECTION_ENTRIES)
        return;
    kt_tape_put(t, &r->ev, r->at_ns, ++ch->c->seq);
}

/* Each entry once, when it is complete. */
static void judge(struct kt_chan *ch, const struct kt_rec *r)
{
    for (int side = 0; side < 2; side++) {
        const bool own = r->to_server == (side == KT_CLIENT);

        if (!ch->c->sut[side] || (r->kind == KT_REC_FAULT && !own))
            continue;
        if (r->kind == KT_REC_FAULT)
            kt_standing_broken(&ch->standing[side], r->ev.stream, r->err);
        for (uint64_t i = 0; r->kind != KT_REC_FAULT && i < r->times; i++)
            kt_standing_on(&ch->standing[side], own, &r->ev);
    }
}

void kt_chan_absorb(struct kt_chan *ch)
{
    const struct kt_log *log = ch->log;

    if (log->changes != ch->changes)
        ch->c->run->moved_ns = kt_clock_now(&ch->c->run->clock);
    ch->changes = log->changes;
    while (ch->taken_in < log->n)
        to_tape(ch, log->v[ch->taken_in++]);
    while (ch->judged < log->ndone)
        judge(ch, log->done[ch->judged++]);
}

static void on_standing(void *ctx, const char *rule, const char *text)
{
    struct kt_chan *ch = ctx;

    kt_case_standing(ch->c, ch, rule, text);
}

/* --- made --- */

static struct kt_chan *chan_new(struct kt_case *c, const char *name)
{
    struct kt_chan *ch = kt_xalloc(sizeof *ch);
    struct kt_chan **at = &c->conns;

    ch->c = c;
    ch->name = kt_xstrdup(name);
    ch->early.limit = SIZE_MAX;
    for (int side = 0; side < 2; side++)
        kt_standing_init(&ch->standing[side], side == KT_SERVER, on_standing,
                         ch);
    kt_chan_seen(ch, 0);
    while (*at)
        at = &(*at)->next;
    *at = ch;
    return ch;
}

static void be_endpoint(struct kt_chan *ch, enum kt_side side)
{
    struct kt_endpoint_opts o = {.is_server = side == KT_SERVER};

    /* The last echo of a case is a plain one. */
    if (ch->c->phase < KT_C_ECHO)
        kt_endpoint_opts_read(&o, &ch->c->scn->settings[side]);
    o.no_preface |= ch->bare;
    ch->ep = kt_endpoint_new(&o);
    ch->log = kt_endpoint_log(ch->ep);
    kt_socket_judge(&ch->sock[0], ch);
}

static void no_address(struct kt_chan *ch, const struct kt_err *err)
{
    ch->ended[0] = ch->ended[1] = true;
    kt_case_end(ch->c, KT_HARNESS_ERROR, KT_R_HARNESS, NULL, err->detail);
}

struct kt_chan *kt_chan_dial(struct kt_case *c, const char *name, bool bare)
{
    struct kt_chan *ch = chan_new(c, name);
    struct kt_err err;

    ch->bare = bare;
    ch->implied = true;
    be_endpoint(ch, KT_CLIENT);
    ch->sock[0].tcp = kt_net_connect(c->run->net, kt_setup_server(c),
                                     &ch->sock[0].sink, &err);
    if (!ch->sock[0].tcp)
        no_address(ch, &err);
    return ch;
}

static void be_proxy(struct kt_chan *ch, struct kt_tcp *tcp)
{
    struct kt_err err;

    kt_log_init(&ch->own_log);
    ch->log = &ch->own_log;
    for (int d = 0; d < 2; d++) {
        ch->watch[d] = kt_observer_new(ch->log, d == 1);
        kt_socket_proxy(&ch->sock[d], ch);
    }
    kt_observer_pair(ch->watch[0], ch->watch[1]);
    kt_log_connect(ch->log, kt_clock_now(&ch->c->run->clock));
    ch->sock[1].tcp = tcp;
    ch->sock[1].up = true;
    kt_tcp_set_sink(tcp, &ch->sock[1].sink);
    ch->sock[0].tcp = kt_net_connect(ch->c->run->net, kt_setup_server(ch->c),
                                     &ch->sock[0].sink, &err);
    if (!ch->sock[0].tcp)
        no_address(ch, &err);
}

struct kt_chan *kt_chan_accept(struct kt_case *c, struct kt_tcp *tcp)
{
    struct kt_chan *ch = chan_new(c, "");

    if (c->sut[KT_SERVER]) {
        be_proxy(ch, tcp);
        return ch;
    }
    be_endpoint(ch, KT_SERVER);
    ch->sock[0].tcp = tcp;
    ch->sock[0].up = true;
    kt_tcp_set_sink(tcp, &ch->sock[0].sink);
    kt_endpoint_connected(ch->ep, kt_clock_now(&c->run->clock));
    kt_chan_flush(ch);
    kt_chan_absorb(ch);
    return ch;
}

static void chan_free(struct kt_chan *ch)
{
    kt_socket_drop(&ch->sock[0]);
    kt_socket_drop(&ch->sock[1]);
    for (size_t i = 0; i < ch->nseen; i++) {
        kt_tape_fini(&ch->seen[i]->tape[0]);
        kt_tape_fini(&ch->seen[i]->tape[1]);
        kt_free(ch->seen[i]);
    }
    kt_standing_fini(&ch->standing[0]);
    kt_standing_fini(&ch->standing[1]);
    kt_observer_free(ch->watch[0]);
    kt_observer_free(ch->watch[1]);
    if (ch->log == &ch->own_log)
        kt_log_fini(&ch->own_log);
    kt_endpoint_free(ch->ep);
    kt_buf_fini(&ch->early);
    kt_free(ch->seen);
    kt_free(ch->name);
    kt_free(ch);
}

void kt_chans_free(struct kt_case *c)
{
    while (c->conns) {
        struct kt_chan *ch = c->conns;

        c->conns = ch->next;
        chan_free(ch);
    }
    c->def_conn = NULL;
}

/* --- asked --- */

bool kt_chan_up(const struct kt_chan *ch)
{
    return ch->sock[0].up;
}

bool kt_chan_alive(const struct kt_chan *ch)
{
    return !ch->ended[0] && !ch->ended[1] && !ch->judge_shut;
}

bool kt_chan_ready(const struct kt_chan *ch)
{
    if (!ch->ep || !kt_chan_up(ch) || !kt_chan_alive(ch))
        return false;
    return ch->bare || kt_endpoint_ready(ch->ep);
}

/* A GOAWAY of the server's that does not take the stream in. */
static bool is_refused(const struct kt_seen *conn, uint32_t id)
{
    for (size_t i = 0; i < conn->tape[0].n; i++)
        if (kt_entry_is_frame(&conn->tape[0].v[i], KT_FT_GOAWAY) &&
            conn->tape[0].v[i].ev->frame.last < id)
            return true;
    return false;
}

static bool stream_is_open(const struct kt_seen *seen)
{
    const struct kt_tape *up = &seen->tape[1], *down = &seen->tape[0];

    return seen->id && up->n > 0 && !kt_tape_find(up, KT_EV_RESET, 0) &&
           !kt_tape_find(down, KT_EV_RESET, 0) &&
           !kt_tape_find(down, KT_EV_TRAILERS, 0) &&
           !kt_tape_find(down, KT_EV_HALF_CLOSE, 0);
}

bool kt_chan_has_stream(const struct kt_chan *ch)
{
    for (size_t i = 0; i < ch->nseen; i++)
        if (stream_is_open(ch->seen[i]) &&
            !is_refused(ch->seen[0], ch->seen[i]->id))
            return true;
    return false;
}

bool kt_chan_can_fence(const struct kt_chan *ch)
{
    return ch->ep && kt_chan_alive(ch) && !kt_endpoint_stalled(ch->ep) &&
           kt_endpoint_has_settings(ch->ep) && !ch->damaged;
}

bool kt_chan_busy(const struct kt_chan *ch)
{
    return ch->ep && kt_chan_alive(ch) && !kt_endpoint_idle(ch->ep);
}

/* --- written and ended --- */

void kt_chan_flush(struct kt_chan *ch)
{
    const uint64_t now = kt_clock_now(&ch->c->run->clock);
    struct kt_socket *s = &ch->sock[0];
    struct kt_cur out;

    if (!ch->ep)
        return;
    while (s->tcp && s->up && !ch->judge_shut &&
           kt_tcp_queued(s->tcp) < MAX_QUEUED &&
           kt_endpoint_next(ch->ep, now, &out))
        kt_tcp_write(s->tcp, out.p, kt_cur_left(&out));
    kt_chan_absorb(ch);
}

static void shut(struct kt_chan *ch, bool reset)
{
    if (ch->ep && !ch->judge_shut)
        kt_endpoint_shut(ch->ep, reset, kt_clock_now(&ch->c->run->clock));
    ch->judge_shut = true;
    kt_chan_absorb(ch);
}

void kt_chan_close(struct kt_chan *ch)
{
    shut(ch, false);
    kt_socket_close(&ch->sock[0]);
    kt_socket_close(&ch->sock[1]);
}

void kt_chan_shutdown(struct kt_chan *ch)
{
    shut(ch, false);
    if (ch->sock[0].tcp)
        kt_tcp_shutdown(ch->sock[0].tcp);
}

void kt_chan_abort(struct kt_chan *ch)
{
    shut(ch, true);
    if (ch->sock[0].tcp)
        kt_tcp_abort(ch->sock[0].tcp);
}

void kt_chan_stall(struct kt_chan *ch)
{
    kt_endpoint_stall(ch->ep);
    if (ch->sock[0].tcp)
        kt_tcp_pause(ch->sock[0].tcp, true);
}

/* Standing checks on frames: states, order, sizes, windows, acks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/standing.h"
#include <string.h>

static const char *name(const struct kt_frame_rec *f)
{
    const char *n = kt_ftype_name(f->head.type);

    return n ? n : "an unknown frame";
}

/* --- the other side: what it allows and asks --- */

static struct kt_std_ping *find_ping(struct kt_standing *s,
                                     const struct kt_frame_rec *f)
{
    for (size_t i = 0; i < s->npings; i++)
        if (memcmp(s->pings[i].data, f->body.p, 8) == 0)
            return &s->pings[i];
    return NULL;
}

static void peer_ping(struct kt_standing *s, const struct kt_frame_rec *f)
{
    struct kt_std_ping *p;

    if (f->head.flags & KT_FF_ACK || kt_cur_left(&f->body) != 8)
        return;
    p = find_ping(s, f);
    if (p) {
        p->times++;
    } else if (s->npings == KT_STD_PINGS) {
        s->pings_lost = true;
    } else {
        p = &s->pings[s->npings++];
        memcpy(p->data, f->body.p, 8);
        p->times = 1;
    }
}

static void peer_stream(struct kt_standing *s, const struct kt_frame_rec *f)
{
    struct kt_std_stream *st = kt_standing_stream(s, f->head.stream);

    st->touched = true;
    switch (f->head.type) {
    case KT_FT_HEADERS:
        if (s->sut_is_server)
            st->opened = true;
        st->peer_ended |= f->head.flags & KT_FF_END_STREAM;
        break;
    case KT_FT_DATA:
        st->peer_ended |= f->head.flags & KT_FF_END_STREAM;
        st->peer.used += f->head.length;
        s->peer_conn.used += f->head.length;
        break;
    case KT_FT_RST_STREAM:
        st->peer_reset = true;
        break;
    case KT_FT_WINDOW_UPDATE:
        st->flow.given += f->increment;
        break;
    }
}

void kt_standing_peer_frame(struct kt_standing *s, const struct kt_frame_rec *f)
{
    if (f->head.stream != 0) {
        peer_stream(s, f);
        return;
    }
    switch (f->head.type) {
    case KT_FT_SETTINGS:
        if (!(f->head.flags & KT_FF_ACK))
            kt_settings_line_put(&s->asked, f->body);
        break;
    case KT_FT_PING:
        peer_ping(s, f);
        break;
    case KT_FT_GOAWAY: /* read when the next SETTINGS are acked */
        if (!s->drains && s->draining == 0)
            s->draining = s->asked.pending + 1;
        break;
    case KT_FT_WINDOW_UPDATE:
        s->conn.given += f->increment;
        break;
    }
}

/* --- the SUT --- */

static void block_order(struct kt_standing *s, const struct kt_frame_rec *f)
{
    const bool more = f->head.type == KT_FT_CONTINUATION;

    if (s->block && (!more || f->head.stream != s->block))
        kt_standing_say(s, "STD-3", "%s inside the header block of stream %u",
                        name(f), s->block);
    if (!s->block && more)
        kt_standing_say(s, "STD-3", "CONTINUATION without HEADERS");
    if (f->head.type != KT_FT_HEADERS && !more)
        return;
    s->block = f->head.flags & KT_FF_END_HEADERS ? 0 : f->head.stream;
}

/* Another initial window moves every stream's. */
static void initial(struct kt_standing *s, uint32_t v)
{
    s->peer_initial = v;
    for (size_t i = 0; i < s->n; i++)
        if (v <= INT32_MAX && s->v[i].peer.given > 0 &&
            kt_flow_room(&s->v[i].peer, v) > INT32_MAX)
            kt_standing_say(s, "STD-10", "SETTINGS make the window of %u %lld",
                            s->v[i].id,
                            (long long)kt_flow_room(&s->v[i].peer, v));
}

static void setting(struct kt_standing *s, uint16_t id, uint32_t v)
{
    const bool bad =
        (id == KT_SET_ENABLE_PUSH && (v > 1 || (v == 1 && s->sut_is_server))) ||
        (id == KT_SET_INITIAL_WINDOW && v > INT32_MAX) ||
        (id == KT_SET_MAX_FRAME && (v < 16384 || v > 16777215));

    if (bad)
        kt_standing_say(s, "STD-4", "%s=%u", kt_setting_name(id), v);
    if (id == KT_SET_INITIAL_WINDOW)
        initial(s, v);
}

static void settings(struct kt_standing *s, const struct kt_frame_rec *f)
{
    uint16_t id = 0;
    uint32_t v = 0;

    if (f->head.flags & KT_FF_ACK) {
        if (!kt_settings_line_ack(&s->asked))
            kt_standing_say(s, "STD-4", "an ack without SETTINGS");
        if (s->draining > 0)
            s->drains = --s->draining == 0;
        return;
    }
    for (size_t i = 0; kt_settings_at(f->body, i, &id, &v); i++)
        setting(s, id, v);
}

static void ping(struct kt_standing *s, const struct kt_frame_rec *f)
{
    struct kt_std_ping *p;

    if (!(f->head.flags & KT_FF_ACK) || kt_cur_left(&f->body) != 8)
        return;
    p = find_ping(s, f);
    if (p && --p->times == 0)
        *p = s->pings[--s->npings];
    else if (!p && !s->pings_lost)
        kt_standing_say(s, "CONN-11", "an ack of a PING that was not sent");
}

/* touched: it is enough that the other side has been there. */
static void idle(struct kt_standing *s, const struct kt_std_stream *st,
                 const struct kt_frame_rec *f, bool touched)
{
    if (!st->opened && !touched)
        kt_standing_say(s, "STD-6", "%s on stream %u, which nobody opened",
                        name(f), st->id);
}

static void window(struct kt_standing *s, const struct kt_frame_rec *f)
{
    struct kt_flow *w = &s->peer_conn;
    uint32_t initial = KT_FLOW_DEFAULT;

    if (f->head.stream) {
        struct kt_std_stream *st = kt_standing_stream(s, f->head.stream);

        w = &st->peer;
        initial = s->peer_initial;
        idle(s, st, f, st->touched);
    }
    w->given += f->increment;
    if (kt_flow_room(w, initial) > INT32_MAX)
        kt_standing_say(s, "STD-10", "the window of stream %u is %lld",
                        f->head.stream, (long long)kt_flow_room(w, initial));
}

static void goaway(struct kt_standing *s, const struct kt_frame_rec *f)
{
    if (s->goaway && f->last > s->goaway_last)
        kt_standing_say(s, "STD-15", "GOAWAY last=%u after last=%u", f->last,
                        s->goaway_last);
    s->goaway = true;
    s->goaway_last = f->last;
}

static void spend(struct kt_standing *s, struct kt_std_stream *st,
                  uint32_t length)
{
    const uint32_t initial = kt_settings_initial(&s->asked);
    const int64_t room = kt_flow_room(&st->flow, initial);
    const int64_t conn = kt_flow_room(&s->conn, KT_FLOW_DEFAULT);

    if (length > 0 && (int64_t)length > room)
        kt_standing_say(s, "FLOW-12",
                        "DATA of %u bytes on stream %u, its window is %lld",
                        length, st->id, (long long)room);
    if (length > 0 && (int64_t)length > conn)
        kt_standing_say(s, "FLOW-12",
                        "DATA of %u bytes, the connection's window is %lld",
                        length, (long long)conn);
    st->flow.used += length;
    s->conn.used += length;
}

static size_t active(const struct kt_standing *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].opened && !s->v[i].sut_reset && !s->v[i].peer_reset &&
             !s->v[i].peer_ended;
    return n;
}

/* HEADERS of a client that open a stream. */
static void open_stream(struct kt_standing *s, struct kt_std_stream *st)
{
    if (st->id % 2 == 0 || st->id <= s->last_id)
        kt_standing_say(s, "STD-5", "stream %u after stream %u", st->id,
                        s->last_id);
    st->opened = true;
    s->last_id = st->id;
    if (s->drains)
        kt_standing_say(s, "STD-18", "stream %u behind a GOAWAY", st->id);
    if (active(s) > kt_settings_concurrent(&s->asked))
        kt_standing_say(s, "STD-17", "%zu streams at once", active(s));
}

static void stream_frame(struct kt_standing *s, const struct kt_frame_rec *f)
{
    const uint8_t type = f->head.type;
    const bool content = type == KT_FT_DATA || type == KT_FT_HEADERS;
    struct kt_std_stream *st = kt_standing_stream(s, f->head.stream);

    if (type == KT_FT_PRIORITY || type > KT_FT_CONTINUATION)
        return;
    if ((content && (st->sut_ended || st->sut_reset)) ||
        (type == KT_FT_RST_STREAM && st->sut_reset))
        kt_standing_say(s, "STD-7", "%s on stream %u, which the SUT has %s",
                        name(f), st->id, st->sut_reset ? "reset" : "ended");
    if (type == KT_FT_HEADERS && !s->sut_is_server && !st->opened)
        open_stream(s, st);
    else if (content || type == KT_FT_RST_STREAM)
        idle(s, st, f, !content && st->touched);
    if (content && s->sut_is_server && s->goaway && st->id > s->goaway_last)
        kt_standing_say(s, "STD-19", "%s on stream %u, above GOAWAY's last %u",
                        name(f), st->id, s->goaway_last);
    if (type == KT_FT_DATA) {
        spend(s, st, f->head.length);
        st->body += kt_cur_left(&f->body);
    }
    st->sut_ended |= content && f->head.flags & KT_FF_END_STREAM;
    st->sut_reset |= type == KT_FT_RST_STREAM;
}

void kt_standing_frame(struct kt_standing *s, const struct kt_frame_rec *f)
{
    if (f->head.length > kt_settings_max_frame(&s->asked))
        kt_standing_say(s, "STD-8", "%s of %u bytes", name(f), f->head.length);
    block_order(s, f);
    switch (f->head.type) {
    case KT_FT_SETTINGS:
        settings(s, f);
        return;
    case KT_FT_PING:
        ping(s, f);
        return;
    case KT_FT_GOAWAY:
        goaway(s, f);
        return;
    case KT_FT_WINDOW_UPDATE:
        window(s, f);
        return;
    case KT_FT_PUSH_PROMISE:
        kt_standing_say(s, "STD-16", "PUSH_PROMISE on stream %u",
                        f->head.stream);
        return;
    default:
        if (f->head.stream)
            stream_frame(s, f);
    }
}

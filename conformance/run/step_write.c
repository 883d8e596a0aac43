/* A wire line of the judge. SPDX-License-Identifier: Apache-2.0 */
#include "run/inner.h"
#include "run/play.h"
#include "run/request.h"
#include "run/write.h"

/* A connection that begins with these is left bare: the judge writes nothing
 * of its own on it. */
static bool begins_bare(const struct kt_wire *w)
{
    return w->frame == KT_F_CONNECT || w->frame == KT_F_BYTES;
}

/* WAIT until there is a connection to write on. */
static enum kt_do connection(struct kt_case *c, struct kt_thread *th,
                             struct kt_strm *s)
{
    const struct kt_wire *w = &th->line->wire;

    if (c->sut[KT_CLIENT]) /* the client dials: it is there or it comes */
        return s->conn ? KT_DO_DONE
                       : kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
    if (w->frame == KT_F_CONNECT && th->phase == 0) {
        s->conn = kt_chan_dial(c, s->name, true);
        if (!c->def_conn)
            c->def_conn = s->conn;
    } else if (!s->conn && begins_bare(w) && !c->def_conn) {
        s->conn = c->def_conn = kt_chan_dial(c, s->name, true);
    } else if (!s->conn) {
        const bool begins =
            w->frame == KT_F_headers || w->frame == KT_F_HEADERS;

        s->conn =
            kt_play_conn(c, s, begins ? kt_field_text(&w->fields, "on") : NULL);
    }
    th->phase = 1;
    if (kt_chan_ready(s->conn) ||
        (kt_chan_up(s->conn) && kt_frame_on_connection(w)))
        return KT_DO_DONE;
    if (!kt_chan_alive(s->conn)) /* the rest of the line is dropped */
        return KT_DO_DONE;
    return kt_step_wait(c, th, s, KT_FAIL, KT_R_NO_CONNECTION);
}

/* A server's lines wait for their stream; those of the connection do not. */
static enum kt_do stream(struct kt_case *c, struct kt_thread *th,
                         struct kt_strm *s)
{
    if (!c->sut[KT_CLIENT] || s->id || kt_frame_on_connection(&th->line->wire))
        return KT_DO_DONE;
    return kt_step_wait(c, th, s, KT_FAIL, KT_R_NOTHING_CAME);
}

/* A repeated line is over when all is written, the SUT has closed, or has taken
 * nothing for as long as a line waits. */
static enum kt_do drained(struct kt_case *c, struct kt_thread *th,
                          const struct kt_strm *s)
{
    const uint64_t now = kt_clock_now(&c->run->clock);
    const uint64_t patience = kt_clock_patience(&c->run->clock);
    const size_t queued =
        s->conn->sock[0].tcp ? kt_tcp_queued(s->conn->sock[0].tcp) : 0;

    if (!kt_chan_busy(s->conn))
        return KT_DO_DONE;
    if (queued != th->queued || s->conn->log->n != th->logged) {
        th->queued = queued;
        th->logged = s->conn->log->n;
        th->since_ns = now;
    }
    if (now >= th->since_ns + patience)
        return KT_DO_DONE;
    kt_case_wake_at(c, th->since_ns + patience);
    return KT_DO_WAIT;
}

enum kt_do kt_step_write(struct kt_case *c, struct kt_thread *th)
{
    struct kt_strm *s = kt_strm_get(c, th->line->stream);
    enum kt_do r;

    if (th->phase < 2) {
        r = connection(c, th, s);
        if (r == KT_DO_DONE)
            r = stream(c, th, s);
        if (r != KT_DO_DONE)
            return r;
        kt_draw_line(c, s, th->line);
        th->phase = 2;
    }
    if (th->line->wire.repeat > 1 && s->conn)
        return drained(c, th, s);
    return KT_DO_DONE;
}

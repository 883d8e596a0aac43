/* What the judge's application waits for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/meta.h"
#include "run/call.h"
#include "run/inner.h"
#include "run/play.h"
#include "wire/status.h"
#include "wire/text.h"

static bool informational(const struct kt_event *ev)
{
    struct kt_cur v;

    return kt_hlist_get(ev->fields, ":status", 0, &v) && kt_cur_left(&v) == 3 &&
           v.p[0] == '1';
}

static void give_list(struct kt_ask *a, const struct kt_hlist *h, uint64_t at)
{
    struct kt_got got = {
        .kind = KT_GOT_OK,
        .body =
            json_pack("{s:o}", "metadata", h ? kt_meta_seen(h) : json_array()),
        .at_ns = at,
    };

    kt_ask_give(a, &got);
}

/* Response headers; a trailers-only response has none (RESP-13). */
static void header(struct kt_ask *a)
{
    const struct kt_tape *t = kt_strm_tape(a->s, false);

    for (size_t i = 0; t && i < t->n; i++) {
        const struct kt_event *ev = t->v[i].ev;

        if (ev->kind == KT_EV_TRAILERS) {
            give_list(a, NULL, t->v[i].at_ns);
            return;
        }
        if (ev->kind == KT_EV_HEADERS && !informational(ev)) {
            give_list(a, ev->fields, t->v[i].at_ns);
            return;
        }
    }
}

static void trailer(struct kt_ask *a)
{
    const struct kt_tape *t = kt_strm_tape(a->s, false);
    const struct kt_entry *e = t ? kt_tape_find(t, KT_EV_TRAILERS, 0) : NULL;

    if (e)
        give_list(a, e->ev->fields, e->at_ns);
}

static void accept(struct kt_ask *a)
{
    const struct kt_tape *t = kt_strm_tape(a->s, true);
    const struct kt_entry *e = t ? kt_tape_find(t, KT_EV_HEADERS, 0) : NULL;
    struct kt_got got = {.kind = KT_GOT_OK};
    struct kt_cur v;
    struct kt_err err;
    uint64_t ns = 0;

    if (!e)
        return;
    got.at_ns = e->at_ns;
    got.body = json_pack("{s:o,s:o}", "metadata", kt_meta_seen(e->ev->fields),
                         "metainfo", kt_metainfo_seen(e->ev->fields));
    if (kt_hlist_get(e->ev->fields, "grpc-timeout", 0, &v) &&
        kt_timeout_decode(v, &ns, &err) == KT_DONE)
        json_object_set_new(got.body, "deadline_ms",
                            json_integer((json_int_t)(ns / KT_MS)));
    kt_ask_give(a, &got);
}

static void cancelled(struct kt_ask *a)
{
    const struct kt_tape *t = kt_strm_tape(a->s, true);
    const struct kt_tape *conn = kt_strm_conn_tape(a->s, true);
    const struct kt_entry *e = t ? kt_tape_find(t, KT_EV_RESET, 0) : NULL;
    struct kt_got got = {.kind = KT_GOT_OK};

    if (!e && conn)
        e = kt_tape_find(conn, KT_EV_CLOSE, 0);
    if (!e)
        return;
    got.at_ns = e->at_ns;
    got.body = json_pack("{s:i}", "code", KT_GRPC_CANCELLED);
    kt_ask_give(a, &got);
}

/* The judge's client gives up by itself at its deadline (language section 4).
 */
static bool gives_up(struct kt_case *c, struct kt_ask *a)
{
    struct kt_strm *s = a->s;

    if (a->side != KT_CLIENT || s->deadline_ns == 0)
        return false;
    if (kt_clock_now(&c->run->clock) < s->deadline_ns) {
        kt_case_wake_at(c, s->deadline_ns);
        return false;
    }
    kt_rx_end(&s->rx[0], KT_GRPC_DEADLINE_EXCEEDED, "deadline");
    return true;
}

static void read_next(struct kt_case *c, struct kt_ask *a)
{
    struct kt_strm *s = a->s;
    const bool up = a->side == KT_SERVER;
    const struct kt_shape shape = kt_strm_shape(s, up);
    struct kt_got got = {0};

    if (!s->opened && !s->arrived)
        return;
    if (kt_rx_next(&s->rx[up], kt_strm_tape(s, up), kt_strm_conn_tape(s, up),
                   s->id, &shape, &got) == KT_DONE ||
        (gives_up(c, a) &&
         kt_rx_next(&s->rx[up], kt_strm_tape(s, up), kt_strm_conn_tape(s, up),
                    s->id, &shape, &got) == KT_DONE)) {
        if (got.at_ns == 0)
            got.at_ns = kt_clock_now(&c->run->clock);
        kt_ask_give(a, &got);
    }
}

static void pump(struct kt_case *c, struct kt_ask *a)
{
    if (a->reads) {
        read_next(c, a);
        return;
    }
    if (!a->line || a->line->kind != KT_S_APP)
        return;
    switch (a->line->app.verb) {
    case KT_V_HEADER:
        header(a);
        break;
    case KT_V_TRAILER:
        trailer(a);
        break;
    case KT_V_ACCEPT:
        accept(a);
        break;
    case KT_V_CANCELLED:
        cancelled(a);
        break;
    default:
        break;
    }
}

/* A probe of the judge's waits for its connection only. */
static void start_probes(struct kt_case *c)
{
    static const struct kt_play_over plain;
    const struct kt_app *app = &c->run->probe_line.app;

    for (struct kt_strm *s = c->strms; s; s = s->next)
        if (s->probe && kt_chan_ready(s->conn)) {
            s->probe = false;
            kt_play_call(s, &app->fields, &app->msg, &plain);
        }
}

/* A deadline of the SUT's own client lets it reset the stream. */
static void pass_deadlines(struct kt_case *c)
{
    for (struct kt_strm *s = c->strms; s; s = s->next) {
        if (!c->sut[KT_CLIENT] || s->deadline_ns == 0 || s->deadline_passed)
            continue;
        s->deadline_passed =
            kt_clock_now(&c->run->clock) + 2 * KT_MS >= s->deadline_ns;
        if (!s->deadline_passed)
            kt_case_wake_at(c, s->deadline_ns);
    }
}

void kt_play_pump(struct kt_case *c)
{
    kt_calls_pump(c);
    start_probes(c);
    pass_deadlines(c);
    for (struct kt_ask *a = c->asks; a; a = a->next)
        if (a->judge && a->got.kind == KT_GOT_NONE)
            pump(c, a);
}

/* The judge's own receiver. SPDX-License-Identifier: Apache-2.0 */
#include "check/recv.h"
#include "base/alloc.h"
#include "base/must.h"
#include "wire/gzip.h"
#include "wire/status.h"
#include <string.h>

void kt_rx_init(struct kt_rx *rx, bool server, bool to_the_end)
{
    *rx = (struct kt_rx){.server = server, .to_the_end = to_the_end};
}

void kt_rx_fini(struct kt_rx *rx)
{
    kt_got_fini(&rx->end);
    kt_got_fini(&rx->held);
}

void kt_rx_end(struct kt_rx *rx, uint32_t code, const char *text)
{
    if (rx->ended)
        return;
    rx->ended = true;
    kt_got_error(&rx->end, code, text);
}

bool kt_entry_payload(const struct kt_entry *e, struct kt_buf *room,
                      struct kt_cur *ret, const char **ret_why)
{
    *ret = e->ev->body;
    if (e->ev->compressed) {
        struct kt_err err;

        *ret_why = "a compressed message that is no gzip";
        if (kt_gunzip(e->ev->body, room, &err) == KT_BAD)
            return false;
        *ret = kt_buf_view(room);
    }
    return true;
}

static bool number_of(const struct kt_hlist *h, const char *name, uint32_t *ret)
{
    struct kt_cur v;
    char text[16] = "";

    if (!kt_hlist_get(h, name, 0, &v) || kt_cur_left(&v) >= sizeof text ||
        v.p == v.end)
        return false;
    memcpy(text, v.p, kt_cur_left(&v));
    if (strspn(text, "0123456789") != kt_cur_left(&v))
        return false;
    *ret = (uint32_t)strtoul(text, NULL, 10);
    return true;
}

void kt_got_of_trailers(struct kt_got *ret, const struct kt_hlist *h)
{
    struct kt_status st;
    struct kt_err err;
    uint32_t http = 0;

    kt_status_init(&st);
    *ret = (struct kt_got){.kind = KT_GOT_EOF};
    if (kt_hlist_count(h, "grpc-status") == 0 &&
        number_of(h, ":status", &http) && http != 200) {
        kt_got_error(ret, kt_grpc_of_http(http), "HTTP status");
    } else if (kt_status_read(&st, h, &err) == KT_BAD) {
        kt_got_error(ret, KT_GRPC_UNKNOWN, "trailers without a valid status");
    } else if (st.has_biz && st.code != 0) {
        ret->kind = KT_GOT_BIZ;
        ret->biz_code = st.biz_code;
        ret->text = kt_xstrdup(kt_buf_cstr(&st.message));
        ret->extra = json_loads(kt_buf_cstr(&st.extra), 0, NULL);
    } else if (st.code != 0) {
        kt_got_error(ret, (uint32_t)st.code, kt_buf_cstr(&st.message));
    }
    kt_status_fini(&st);
}

static void read_message(const struct kt_entry *e, const struct kt_shape *shape,
                         struct kt_got *ret)
{
    const char *why = "a message that cannot be decoded", *exception = NULL;
    struct kt_err err;

    *ret = (struct kt_got){
        .kind = KT_GOT_MSG, .raw.limit = SIZE_MAX, .at_ns = e->at_ns};
    if (kt_entry_payload(e, &ret->raw, &ret->bytes, &why))
        ret->msg = kt_msg_decode(ret->bytes, shape, &exception, &err);
    if (!ret->msg) {
        kt_got_error(ret, KT_GRPC_INTERNAL, why);
    } else if (exception) {
        ret->kind = KT_GOT_EXCEPTION;
        ret->text = kt_xstrdup(exception);
    }
    ret->at_ns = e->at_ns;
}

static void end_with(struct kt_rx *rx, struct kt_got end, uint64_t at_ns)
{
    rx->ended = true;
    rx->end = end;
    rx->end.at_ns = at_ns;
}

/* A response's headers end the stream when they are no gRPC answer. */
static void read_headers(struct kt_rx *rx, const struct kt_entry *e)
{
    struct kt_got end = {0};
    uint32_t http = 200;

    if (rx->server || !number_of(e->ev->fields, ":status", &http) ||
        http == 200 || http < 200)
        return;
    kt_got_error(&end, kt_grpc_of_http(http), "HTTP status");
    end_with(rx, end, e->at_ns);
}

static void read_reset(struct kt_rx *rx, const struct kt_entry *e)
{
    struct kt_got end = {0};

    kt_got_error(&end,
                 rx->server ? (uint32_t)KT_GRPC_CANCELLED
                            : kt_grpc_of_h2err(e->ev->code),
                 "reset by the peer");
    end_with(rx, end, e->at_ns);
}

static void read_half_close(struct kt_rx *rx, const struct kt_entry *e)
{
    struct kt_got end = {.kind = KT_GOT_EOF};

    if (!rx->server)
        kt_got_error(&end, KT_GRPC_INTERNAL,
                     "the stream ended without trailers");
    end_with(rx, end, e->at_ns);
}

/* One entry; DONE when *ret was set by it, MORE when not. */
static enum kt_step read_entry(struct kt_rx *rx, struct kt_entry *e,
                               const struct kt_shape *shape, struct kt_got *ret)
{
    struct kt_got end;

    switch (e->ev->kind) {
    case KT_EV_MESSAGE:
        read_message(e, shape, ret);
        return KT_DONE;
    case KT_EV_HEADERS:
        read_headers(rx, e);
        break;
    case KT_EV_TRAILERS:
        kt_got_of_trailers(&end, e->ev->fields);
        end_with(rx, end, e->at_ns);
        break;
    case KT_EV_HALF_CLOSE:
        read_half_close(rx, e);
        break;
    case KT_EV_RESET:
        read_reset(rx, e);
        break;
    case KT_EV_FRAME:
    case KT_EV_PREFACE:
    case KT_EV_CONNECT:
    case KT_EV_CLOSE:
        break;
    }
    return KT_MORE;
}

/* The connection is gone, or has refused this stream. */
static void read_connection(struct kt_rx *rx, const struct kt_tape *t,
                            uint32_t id)
{
    struct kt_got end = {0};

    for (size_t i = 0; t && i < t->n && !rx->ended; i++) {
        const struct kt_event *ev = t->v[i].ev;
        const bool away = kt_entry_is_frame(&t->v[i], KT_FT_GOAWAY) &&
                          !rx->server && ev->frame.last < id;

        if (ev->kind != KT_EV_CLOSE && !away)
            continue;
        kt_got_error(&end, rx->server ? KT_GRPC_CANCELLED : KT_GRPC_UNAVAILABLE,
                     away ? "the connection is draining"
                          : "the connection ended");
        end_with(rx, end, t->v[i].at_ns);
    }
}

/* One result for the whole: the message counts only with an OK end. */
static enum kt_step whole(struct kt_rx *rx, struct kt_got *ret)
{
    if (!rx->ended)
        return KT_MORE;
    if (rx->end.kind == KT_GOT_EOF && rx->held.kind != KT_GOT_NONE) {
        *ret = rx->held;
        rx->held = (struct kt_got){0};
        ret->at_ns = rx->end.at_ns;
        return KT_DONE;
    }
    kt_got_copy(ret, &rx->end);
    return KT_DONE;
}

/* Has the stream ended behind an unfinished message? (A standing check says so
 * by itself; the reader goes on to the end.) */
static bool ended_behind(const struct kt_tape *t, size_t i)
{
    for (i++; i < t->n; i++)
        if (t->v[i].ev->kind == KT_EV_TRAILERS ||
            t->v[i].ev->kind == KT_EV_RESET ||
            t->v[i].ev->kind == KT_EV_HALF_CLOSE)
            return true;
    return false;
}

/* Reads to the next message, or to the end. */
static enum kt_step advance(struct kt_rx *rx, struct kt_tape *t,
                            const struct kt_shape *shape, struct kt_got *ret)
{
    while (t && rx->next < t->n && !rx->ended) {
        struct kt_entry *e = &t->v[rx->next];

        if (!kt_entry_whole(e) && !ended_behind(t, rx->next))
            return KT_MORE;
        rx->next++;
        if (!kt_entry_whole(e))
            continue;
        if (e->ev->kind != KT_EV_FRAME)
            e->marks |= KT_M_READ;
        if (read_entry(rx, e, shape, ret) == KT_DONE)
            return KT_DONE;
    }
    return KT_MORE;
}

enum kt_step kt_rx_next(struct kt_rx *rx, struct kt_tape *stream,
                        struct kt_tape *connection, uint32_t id,
                        const struct kt_shape *shape, struct kt_got *ret)
{
    struct kt_got one;

    while (!rx->ended) {
        if (advance(rx, stream, shape, &one) == KT_MORE)
            break;
        if (!rx->to_the_end) {
            *ret = one;
            return KT_DONE;
        }
        kt_got_fini(&rx->held); /* a second message: the last one stands */
        rx->held = one;
    }
    if (!rx->ended)
        read_connection(rx, connection, id);
    if (rx->to_the_end)
        return whole(rx, ret);
    if (!rx->ended)
        return KT_MORE;
    kt_got_copy(ret, &rx->end);
    return KT_DONE;
}

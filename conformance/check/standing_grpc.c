/* Standing checks on headers, messages and trailers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/standing.h"
#include "wire/text.h"
#include <string.h>

static bool one_is(const struct kt_hlist *h, const char *name, const char *want)
{
    struct kt_cur v;

    return kt_hlist_count(h, name) == 1 && kt_hlist_get(h, name, 0, &v) &&
           kt_cur_is(v, want);
}

/* application/grpc, alone or with +sub or ;parameter behind it. */
static bool is_grpc(const struct kt_hlist *h)
{
    static const char grpc[] = "application/grpc";
    const size_t n = sizeof grpc - 1;
    struct kt_cur v;

    if (!kt_hlist_get(h, "content-type", 0, &v) || kt_cur_left(&v) < n ||
        memcmp(v.p, grpc, n) != 0)
        return false;
    return kt_cur_left(&v) == n || v.p[n] == '+' || v.p[n] == ';';
}

static void well_formed(struct kt_standing *s, uint32_t id,
                        const struct kt_hlist *h, enum kt_hkind kind)
{
    struct kt_err err = {0};

    if (kt_hlist_check(h, kind, &err) == KT_BAD)
        kt_standing_say(s, "STD-9", "headers of stream %u: %s %s", id,
                        kt_code_name(err.code), err.detail);
}

static void bin_values(struct kt_standing *s, const struct kt_hlist *h)
{
    struct kt_buf out = {.limit = 1 << 20};
    struct kt_err err;

    for (size_t i = 0; i < h->n; i++) {
        const struct kt_cur name = kt_hlist_name(h, i);

        if (!kt_is_bin_name(name))
            continue;
        kt_buf_clear(&out);
        if (kt_b64_decode(&out, kt_hlist_value(h, i), &err) == KT_BAD)
            kt_standing_say(s, "META-14", "%.*s is not base64",
                            (int)kt_cur_left(&name), (const char *)name.p);
    }
    kt_buf_fini(&out);
}

static void announce(struct kt_std_stream *st, const struct kt_hlist *h)
{
    struct kt_cur v;

    st->packed =
        kt_hlist_get(h, "grpc-encoding", 0, &v) && !kt_cur_is(v, "identity");
}

static void size(struct kt_std_stream *st, const struct kt_hlist *h)
{
    struct kt_cur v;

    if (!kt_hlist_get(h, "content-length", 0, &v))
        return;
    st->sized = true;
    for (st->size = 0; v.p < v.end; v.p++)
        st->size = st->size * 10 + (uint64_t)(*v.p - '0');
}

static void sized(struct kt_standing *s, const struct kt_std_stream *st)
{
    if (st->sized && !st->http_error && st->size != st->body)
        kt_standing_say(s, "STD-20", "content-length %llu, DATA of %llu bytes",
                        (unsigned long long)st->size,
                        (unsigned long long)st->body);
}

static void request(struct kt_standing *s, struct kt_std_stream *st,
                    const struct kt_hlist *h)
{
    struct kt_cur v;
    struct kt_err err;
    uint64_t ns = 0;

    well_formed(s, st->id, h, KT_HK_REQUEST);
    bin_values(s, h);
    announce(st, h);
    size(st, h);
    if (!one_is(h, ":method", "POST"))
        kt_standing_say(s, "HDR-2", ":method is not POST");
    if (!one_is(h, "te", "trailers"))
        kt_standing_say(s, "HDR-2", "te is not trailers");
    if (!kt_hlist_get(h, ":path", 0, &v) || v.p == v.end || *v.p != '/')
        kt_standing_say(s, "HDR-3", ":path does not begin with a slash");
    if (kt_hlist_count(h, "content-type") != 1 || !is_grpc(h))
        kt_standing_say(s, "HDR-10", "content-type is not of gRPC");
    if (kt_hlist_count(h, "grpc-timeout") > 1 ||
        (kt_hlist_get(h, "grpc-timeout", 0, &v) &&
         kt_timeout_decode(v, &ns, &err) == KT_BAD))
        kt_standing_say(s, "HDR-16", "grpc-timeout is not one timeout");
}

/* What every response head must say, also the one of trailers-only. */
static void response_head(struct kt_standing *s, struct kt_std_stream *st,
                          const struct kt_hlist *h)
{
    well_formed(s, st->id, h, KT_HK_RESPONSE);
    bin_values(s, h);
    announce(st, h);
    size(st, h);
    st->http_error = !one_is(h, ":status", "200");
    if (!st->http_error &&
        (kt_hlist_count(h, "content-type") != 1 || !is_grpc(h)))
        kt_standing_say(s, "RESP-1", "content-type is not of gRPC");
}

static bool informational(const struct kt_hlist *h)
{
    struct kt_cur v;

    return kt_hlist_get(h, ":status", 0, &v) && kt_cur_left(&v) == 3 &&
           v.p[0] == '1';
}

static void response(struct kt_standing *s, struct kt_std_stream *st,
                     const struct kt_hlist *h)
{
    if (informational(h))
        return;
    if (st->headed)
        kt_standing_say(s, "STD-11", "headers twice on stream %u", st->id);
    st->headed = true;
    response_head(s, st, h);
    if (kt_hlist_count(h, "grpc-status") > 0)
        kt_standing_say(s, "STD-12", "grpc-status in headers of stream %u",
                        st->id);
}

static bool all_digits(struct kt_cur v)
{
    if (v.p == v.end || kt_cur_left(&v) > 10)
        return false;
    for (; v.p < v.end; v.p++)
        if (*v.p < '0' || *v.p > '9')
            return false;
    return true;
}

static bool plain(struct kt_cur v)
{
    for (; v.p < v.end; v.p++)
        if (*v.p < 0x20 || *v.p > 0x7e)
            return false;
    return true;
}

static void trailers(struct kt_standing *s, struct kt_std_stream *st,
                     const struct kt_event *ev)
{
    const struct kt_hlist *h = ev->fields;
    struct kt_cur v;

    if (ev->trailers_only) {
        response_head(s, st, h);
    } else {
        well_formed(s, st->id, h, KT_HK_TRAILERS);
        bin_values(s, h);
    }
    st->trailed = true;
    sized(s, st);
    if (st->http_error)
        return;
    if (kt_hlist_count(h, "grpc-status") != 1)
        kt_standing_say(s, "STD-12", "grpc-status %zu times on stream %u",
                        kt_hlist_count(h, "grpc-status"), st->id);
    else if (!kt_hlist_get(h, "grpc-status", 0, &v) || !all_digits(v))
        kt_standing_say(s, "STD-12", "grpc-status is no number");
    if (kt_hlist_count(h, "grpc-message") > 1)
        kt_standing_say(s, "STD-12", "grpc-message twice");
    if (kt_hlist_get(h, "grpc-message", 0, &v) && !plain(v))
        kt_standing_say(s, "ERR-15", "grpc-message is not percent-encoded");
}

static void message(struct kt_standing *s, struct kt_std_stream *st,
                    const struct kt_event *ev)
{
    if (st->http_error)
        return;
    if (s->sut_is_server && !st->headed)
        kt_standing_say(s, "STD-11", "a message before headers on stream %u",
                        st->id);
    if (ev->compressed && !st->packed)
        kt_standing_say(s, "MSG-8",
                        "a compressed message without grpc-encoding");
}

void kt_standing_grpc(struct kt_standing *s, const struct kt_event *ev)
{
    struct kt_std_stream *st = kt_standing_stream(s, ev->stream);

    switch (ev->kind) {
    case KT_EV_HEADERS:
        if (s->sut_is_server) {
            response(s, st, ev->fields);
            break;
        }
        if (st->headed)
            kt_standing_say(s, "STD-7", "headers twice on stream %u", st->id);
        else
            request(s, st, ev->fields);
        st->headed = true;
        break;
    case KT_EV_MESSAGE:
        message(s, st, ev);
        break;
    case KT_EV_TRAILERS:
        if (s->sut_is_server)
            trailers(s, st, ev);
        else
            kt_standing_say(s, "STD-7", "a client's trailers on stream %u",
                            st->id);
        break;
    case KT_EV_HALF_CLOSE:
        sized(s, st);
        if (s->sut_is_server && !st->http_error)
            kt_standing_say(s, "STD-13", "stream %u ends without trailers",
                            st->id);
        break;
    default:
        break;
    }
}

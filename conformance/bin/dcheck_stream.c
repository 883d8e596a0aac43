/* Checks of streams that go well: modes, values, order, and what may not hold
 * up what. SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "base/alloc.h"
#include <string.h>

/* ---- each mode, with so many messages ---- */

enum { MAX_COUNT = 8 };

static char *nth(const char *way, int i, char ret[32])
{
    snprintf(ret, 32, "%s-%d", way, i);
    return ret;
}

static bool bidi(struct kt_dc_talk *t, int n)
{
    char text[32];

    if (!kt_dc_pair(t, NULL))
        return false;
    for (int i = 0; i < n; i++)
        if (!kt_dc_up(t, nth("up", i, text)))
            return false;
    for (int i = 0; i < n; i++)
        if (!kt_dc_down(t, nth("down", i, text)))
            return false;
    return kt_dc_finish(t);
}

static bool accepts(struct kt_dc_talk *t, struct kt_dc_ask *open)
{
    struct kt_dc_ask *accept =
        kt_dc_server(t, "accept", "{s:s}", "slot", t->slot);

    return (open == NULL || kt_dc_ok(t->c, open)) && kt_dc_ok(t->c, accept);
}

static bool client_stream(struct kt_dc_talk *t, int n)
{
    struct kt_dc *c = t->c;
    struct kt_dc_ask *answer;
    char text[32];

    if (!accepts(t, kt_dc_call(t, "open", "a", "EchoClient", NULL)))
        return false;
    for (int i = 0; i < n; i++)
        if (!kt_dc_up(t, nth("up", i, text)))
            return false;
    answer = kt_dc_client(t, "close-and-recv", NULL);
    return kt_dc_eof(c, kt_dc_server(t, "recv", NULL)) &&
           kt_dc_ok(c, kt_dc_server(t, "return", "{s:o}", "message",
                                    kt_dc_msg("sum"))) &&
           kt_dc_text(c, answer, "sum");
}

static bool server_stream(struct kt_dc_talk *t, int n)
{
    struct kt_dc *c = t->c;
    char text[32];

    if (!accepts(t, kt_dc_call(t, "open", "a", "EchoServer",
                               json_pack("{s:o}", "message",
                                         kt_dc_msg("question")))) ||
        !kt_dc_text(c, kt_dc_server(t, "recv", NULL), "question"))
        return false;
    for (int i = 0; i < n; i++)
        if (!kt_dc_down(t, nth("down", i, text)))
            return false;
    return kt_dc_ok(c, kt_dc_server(t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_eof(c, kt_dc_client(t, "recv", NULL));
}

static bool unary(struct kt_dc_talk *t, int n)
{
    struct kt_dc *c = t->c;

    for (int i = 0; i < n; i++) {
        char name[32], text[32];
        struct kt_dc_ask *call, *accept;

        nth("s", i, name);
        call = kt_dc_call(
            t, "call", name, "EchoUnary",
            json_pack("{s:o}", "message", kt_dc_msg(nth("up", i, text))));
        accept =
            kt_dc_on(t, "server", name, "accept", "{s:s}", "slot", t->slot);
        if (!kt_dc_text(c, accept, text) ||
            !kt_dc_ok(c, kt_dc_on(t, "server", name, "return", "{s:o}",
                                  "message", kt_dc_msg("down"))) ||
            !kt_dc_text(c, call, "down"))
            return false;
    }
    return true;
}

bool kt_dc_check_conversation(struct kt_dc *c)
{
    static bool (*const modes[])(struct kt_dc_talk * t, int n) = {
        bidi, client_stream, server_stream, unary};
    struct kt_dc_talk t;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) &&
           modes[c->check->mode](&t, c->check->count) && kt_dc_end(&t);
}

/* ---- values ---- */

/* Both ways, whatever the message is. */
static bool value(struct kt_dc_talk *t, const json_t *v)
{
    struct kt_dc *c = t->c;

    for (int i = 0; i < 2; i++) {
        const char *from = i ? "server" : "client";
        const char *to = i ? "client" : "server";
        struct kt_dc_ask *send = kt_dc_on(t, from, "a", "send", "{s:{s:o}}",
                                          "message", "json", json_deep_copy(v));

        if (!kt_dc_ok(c, send) ||
            !kt_dc_message(c, kt_dc_on(t, to, "a", "recv", NULL),
                           json_deep_copy(v)))
            return false;
    }
    return true;
}

static bool values(struct kt_dc *c, const char *service,
                   const char *const *texts)
{
    struct kt_dc_talk t;
    bool good = kt_dc_begin(c, &t, service, NULL) && kt_dc_pair(&t, NULL);

    for (; good && *texts != NULL; texts++) {
        json_t *v = json_loads(*texts, JSON_ALLOW_NUL, NULL);

        good = value(&t, v);
        json_decref(v);
    }
    return good && kt_dc_finish(&t) && kt_dc_end(&t);
}

bool kt_dc_check_texts(struct kt_dc *c)
{
    static const char *const texts[] = {
        "{}",
        "{\"message\":\"\"}",
        "{\"message\":\"a \\\"quoted\\\" \\\\ line\\n and \\t more\"}",
        "{\"message\":\"\\u00e9 \\u4e16 \\ud83d\\ude00 \\u2028 <&>\"}",
        "{\"message\":\"\\u0001\\u0000\\u001f\"}",
        NULL};

    return values(c, KT_DC_ECHO, texts);
}

bool kt_dc_check_types(struct kt_dc *c)
{
    static const char *const texts[] = {
        "{\"flag\":true,\"tiny\":-128,\"small\":-32768,\"medium\":2147483647}",
        "{\"large\":-9223372036854775808,\"at\":9007199254740993}",
        "{\"flag\":false,\"tiny\":0,\"real\":0.5}",
        "{\"real\":\"-Infinity\"}",
        "{\"real\":\"NaN\"}",
        "{\"blob\":\"AP+A\",\"color\":7}",
        "{\"blob\":\"\",\"words\":[]}",
        "{\"inner\":{\"name\":\"n\"},\"choice\":{\"number\":5}}",
        "{\"words\":[\"\",\"w\"],\"numbers\":[3],\"pairs\":{\"k\":\"v\"}}",
        "{\"inners\":[[-2,{\"number\":1}]],\"matrix\":[[1,2],[]]}",
        "{\"groups\":{\"g\":[{\"name\":\"x\"},{}]}}",
        NULL};

    return values(c, KT_DC_CONF, texts);
}

bool kt_dc_check_large(struct kt_dc *c)
{
    enum { SIZE = 1 << 20 };
    char *text = kt_xalloc(SIZE + 1);
    struct kt_dc_talk t;
    bool good;

    memset(text, 'x', SIZE);
    good = kt_dc_begin(c, &t, KT_DC_ECHO, NULL) && kt_dc_pair(&t, NULL) &&
           kt_dc_up(&t, text) && kt_dc_down(&t, text) && kt_dc_finish(&t) &&
           kt_dc_end(&t);
    kt_free(text);
    return good;
}

/* ---- bytes ---- */

bool kt_dc_check_hex(struct kt_dc *c)
{
    /* Field 99, an i32 that nobody knows, then the message. */
    static const char odd[] = "080063000000070b000100000002686900";
    struct kt_dc_talk t;
    struct kt_dc_ask *recv;
    const char *hex;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) || !kt_dc_pair(&t, NULL) ||
        !kt_dc_ok(c,
                  kt_dc_client(&t, "send", "{s:{s:s}}", "message", "hex", odd)))
        return false;
    recv = kt_dc_server(&t, "recv", NULL);
    if (!kt_dc_text(c, recv, "hi"))
        return false;
    hex = json_string_value(
        json_object_get(json_object_get(recv->body, "message"), "hex"));
    if (hex != NULL && strcmp(hex, odd) != 0)
        return kt_dc_fail(c, recv, odd, "hex %s", hex);
    return kt_dc_finish(&t) && kt_dc_end(&t);
}

bool kt_dc_check_malformed(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *recv;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) || !kt_dc_pair(&t, NULL) ||
        !kt_dc_ok(c, kt_dc_client(&t, "send", "{s:{s:s}}", "message", "hex",
                                  "0b00010000000fff")))
        return false;
    recv = kt_dc_server(&t, "recv", NULL);
    if (!kt_dc_any(c, recv))
        return false;
    if (recv->kind != KT_ANS_ERROR)
        return kt_dc_wrong(c, recv, "error: 15 bytes announced, one there");
    return kt_dc_any(c, kt_dc_server(&t, "return", "{s:s}", "error", "x")) &&
           kt_dc_reset(&t, KT_DC_WHATEVER, KT_DC_WHATEVER, KT_DC_WHATEVER) &&
           kt_dc_end(&t);
}

bool kt_dc_check_message_missing(struct kt_dc *c)
{
    struct kt_dc_talk t;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) && kt_dc_pair(&t, NULL) &&
           kt_dc_refusal(c, kt_dc_client(&t, "send", NULL)) &&
           kt_dc_refusal(c, kt_dc_client(&t, "send", "{s:{s:s}}", "message",
                                         "hex", "0b0")) &&
           kt_dc_refusal(c, kt_dc_client(&t, "send", "{s:{s:{s:i}}}", "message",
                                         "json", "message", 5)) &&
           kt_dc_up(&t, "still there") && kt_dc_finish(&t) && kt_dc_end(&t);
}

/* ---- what may not hold up what ---- */

static bool synced(struct kt_dc_talk *t)
{
    return kt_dc_ok(t->c, kt_dc_ask(t->c, "sync", "{s:s}", "case", t->name));
}

static bool other_case(struct kt_dc *c)
{
    struct kt_dc_talk t;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) && bidi(&t, 1) && kt_dc_end(&t);
}

bool kt_dc_check_recv_blocks(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *down, *up;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) || !kt_dc_pair(&t, NULL))
        return false;
    down = kt_dc_client(&t, "recv", NULL);
    up = kt_dc_server(&t, "recv", NULL);
    return synced(&t) && other_case(c) && kt_dc_open(c, down) &&
           kt_dc_open(c, up) &&
           kt_dc_ok(c, kt_dc_client(&t, "send", "{s:o}", "message",
                                    kt_dc_msg("up"))) &&
           kt_dc_text(c, up, "up") && synced(&t) && kt_dc_open(c, down) &&
           kt_dc_ok(c, kt_dc_server(&t, "send", "{s:o}", "message",
                                    kt_dc_msg("down"))) &&
           kt_dc_text(c, down, "down") && kt_dc_finish(&t) && kt_dc_end(&t);
}

static bool in_order(struct kt_dc_talk *t, const char *from, const char *to)
{
    enum { N = 100 };
    struct kt_dc_ask *send[N], *recv[N];
    char text[32];

    for (int i = 0; i < N; i++) {
        if (i % 2 == 0)
            recv[i / 2] = kt_dc_on(t, to, "a", "recv", NULL);
        send[i] = kt_dc_on(t, from, "a", "send", "{s:o}", "message",
                           kt_dc_msg(nth("m", i, text)));
    }
    for (int i = N / 2; i < N; i++)
        recv[i] = kt_dc_on(t, to, "a", "recv", NULL);
    for (int i = 0; i < N; i++)
        if (!kt_dc_ok(t->c, send[i]) ||
            !kt_dc_text(t->c, recv[i], nth("m", i, text)))
            return false;
    return true;
}

bool kt_dc_check_order(struct kt_dc *c)
{
    struct kt_dc_talk t;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) && kt_dc_pair(&t, NULL) &&
           in_order(&t, "client", "server") &&
           in_order(&t, "server", "client") && kt_dc_finish(&t) &&
           kt_dc_end(&t);
}

bool kt_dc_check_accept_first(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *accept;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    accept = kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot);
    return synced(&t) && kt_dc_open(c, accept) &&
           kt_dc_ok(c, kt_dc_call(&t, "open", "a", "Echo", NULL)) &&
           kt_dc_ok(c, accept) && kt_dc_up(&t, "up") && kt_dc_finish(&t) &&
           kt_dc_end(&t);
}

static struct kt_dc_ask *accept_match(struct kt_dc_talk *t, const char *stream)
{
    return kt_dc_on(t, "server", stream, "accept", "{s:s, s:s}", "slot",
                    t->slot, "match", stream);
}

static bool tagged(struct kt_dc_talk *t, const char *stream)
{
    return kt_dc_metadata(t->c, accept_match(t, stream),
                          json_pack("[[s, s]]", "ktspec-stream", stream)) &&
           kt_dc_ok(t->c, kt_dc_on(t, "server", stream, "send", "{s:o}",
                                   "message", kt_dc_msg(stream))) &&
           kt_dc_text(t->c, kt_dc_on(t, "client", stream, "recv", NULL),
                      stream);
}

static bool closed(struct kt_dc_talk *t, const char *stream)
{
    return kt_dc_ok(t->c, kt_dc_on(t, "server", stream, "return", "{s:b}", "ok",
                                   1)) &&
           kt_dc_eof(t->c, kt_dc_on(t, "client", stream, "recv", NULL));
}

bool kt_dc_check_accept_match(struct kt_dc *c)
{
    static const char *const names[] = {"a", "b", "c"};
    struct kt_dc_talk t;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    for (int i = 0; i < 3; i++)
        if (!kt_dc_ok(c, kt_dc_call(&t, "open", names[i], "Echo",
                                    json_pack("{s:b}", "tag", 1))))
            return false;
    return tagged(&t, "b") && tagged(&t, "c") && tagged(&t, "a") &&
           closed(&t, "a") && closed(&t, "b") && closed(&t, "c") &&
           kt_dc_end(&t);
}

bool kt_dc_check_two_cases(struct kt_dc *c)
{
    struct kt_dc_talk t, u;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) &&
           kt_dc_begin(c, &u, KT_DC_ECHO, NULL) && kt_dc_pair(&t, NULL) &&
           kt_dc_pair(&u, NULL) && kt_dc_up(&t, "t up") &&
           kt_dc_up(&u, "u up") && kt_dc_down(&u, "u down") &&
           kt_dc_finish(&u) && kt_dc_end(&u) && kt_dc_down(&t, "t down") &&
           kt_dc_finish(&t) && kt_dc_end(&t);
}

/* ---- connections ---- */

static bool one_for_a_name(struct kt_dc_talk *t, const struct kt_dc_relay *r)
{
    static const struct {
        const char *stream, *connection;
        unsigned seen;
    } opens[] = {{"a", "x", 1}, {"b", "x", 1}, {"c", "y", 2}};
    struct kt_dc *c = t->c;

    for (size_t i = 0; i < 3; i++) {
        const char *name = opens[i].stream;

        if (!kt_dc_ok(c, kt_dc_call(t, "open", name, "Echo",
                                    json_pack("{s:s}", "connection",
                                              opens[i].connection))) ||
            !kt_dc_ok(c, kt_dc_on(t, "server", name, "accept", "{s:s}", "slot",
                                  t->slot)))
            return false;
        if (kt_dc_relay_accepted(r) != opens[i].seen)
            return kt_dc_fail(c, NULL, "one TCP connection to a name",
                              "%u to %u names", kt_dc_relay_accepted(r),
                              opens[i].seen);
    }
    return closed(t, "a") && closed(t, "b") && closed(t, "c");
}

bool kt_dc_check_connections(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_relay *r;
    char behind[64];
    bool good;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    snprintf(behind, sizeof behind, "%s", t.address);
    r = kt_dc_relay_new(c->net, behind, t.address);
    if (r == NULL)
        return kt_dc_skip(c, "no port of this host is free");
    good = one_for_a_name(&t, r) && kt_dc_reset(&t, 0, 0, 0);
    if (good && !kt_dc_until(c, kt_dc_relay_idle(r)))
        good = kt_dc_fail(c, NULL, "reset closes the case's connections",
                          "one is open still");
    kt_dc_relay_free(r);
    return good && kt_dc_end(&t);
}

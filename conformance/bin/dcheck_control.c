/* Checks of the control connection: hello, requests that make no sense, many
 * requests at once, the end. SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"
#include "bin/dcheck.h"
#include "script/scn.h"
#include <string.h>

/* ---- hello ---- */

static const char *const known_roles[] = {"client", "server", NULL};
static const char *const known_transports[] = {"http2", "ttheader", "pingpong",
                                               NULL};
static const char *const known_capabilities[] = {"unary",
                                                 "stop",
                                                 "events",
                                                 "middleware",
                                                 "gzip",
                                                 "chain",
                                                 "panic",
                                                 "metainfo",
                                                 "compress",
                                                 "exception",
                                                 "biz",
                                                 "initial-window",
                                                 "max-frame",
                                                 "max-concurrent",
                                                 "table-size",
                                                 "connections",
                                                 "read-timeout",
                                                 "transport",
                                                 "recv-middleware",
                                                 "send-middleware",
                                                 NULL};

static size_t count(const char *const *names)
{
    size_t n = 0;

    while (names[n] != NULL)
        n++;
    return n;
}

static bool known(struct kt_dc *c, const char *key, const json_t *v,
                  const char *const *names)
{
    const char *s = json_string_value(v), *near;

    for (size_t i = 0; s != NULL && names[i] != NULL; i++)
        if (strcmp(names[i], s) == 0)
            return true;
    near = s ? kt_near(s, names, count(names)) : NULL;
    return kt_dc_fail(c, NULL, "only names of docs/drivers.md",
                      "\"%s\" has \"%s\"%s%s%s", key, s ? s : "no string",
                      near ? ", did you mean \"" : "", near ? near : "",
                      near ? "\"?" : "");
}

static bool names_are_known(struct kt_dc *c, const char *key,
                            const char *const *names)
{
    const json_t *list = json_object_get(kt_driver_hello(c->driver)->raw, key);

    if (!json_is_array(list))
        return kt_dc_fail(c, NULL, "an array of names", "\"%s\" is none", key);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!known(c, key, json_array_get(list, i), names))
            return false;
    return true;
}

bool kt_dc_check_hello(struct kt_dc *c)
{
    static const char *const texts[] = {"implementation", "version",
                                        "language"};
    const json_t *hello = kt_driver_hello(c->driver)->raw;

    for (size_t i = 0; i < 3; i++) {
        const char *s = json_string_value(json_object_get(hello, texts[i]));

        if (s == NULL || s[0] == '\0')
            return kt_dc_fail(c, NULL, "a text that is not empty",
                              "\"%s\" is none", texts[i]);
    }
    return names_are_known(c, "roles", known_roles) &&
           names_are_known(c, "transports", known_transports) &&
           names_are_known(c, "capabilities", known_capabilities);
}

/* ---- requests that make no sense ---- */

bool kt_dc_check_unknown_op(struct kt_dc *c)
{
    struct kt_dc_ask *q = kt_dc_ask(c, "no-such-op", "{s:s}", "case", "x");

    if (!kt_dc_any(c, q))
        return false;
    return q->kind == KT_ANS_UNSUPPORTED || kt_dc_wrong(c, q, "unsupported");
}

bool kt_dc_check_unknown_stream(struct kt_dc *c)
{
    static const struct {
        const char *side, *op;
    } asks[] = {
        {"client", "recv"},   {"client", "send"},    {"client", "half-close"},
        {"client", "cancel"}, {"client", "trailer"}, {"server", "recv"},
        {"server", "send"},   {"server", "return"},  {"server", "ctx"},
    };

    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
        if (!kt_dc_refusal(c,
                           kt_dc_ask(c, asks[i].op, "{s:s, s:s, s:s, s:o}",
                                     "case", "nobody", "stream", "a", "side",
                                     asks[i].side, "message", kt_dc_msg("m"))))
            return false;
    return kt_dc_any(c, kt_dc_ask(c, "reset", "{s:s}", "case", "nobody"));
}

bool kt_dc_check_missing_fields(struct kt_dc *c)
{
    static const char *const requests[] = {
        "{}",
        "{'case':'m'}",
        "{'op':'listen'}",
        "{'op':'listen','slot':'m'}",
        "{'op':'unlisten'}",
        "{'op':'accept','case':'m','stream':'a','side':'server'}",
        "{'op':'open','case':'m','stream':'a','side':'client'}",
        "{'op':'call','case':'m','stream':'b','side':'client'}",
        "{'op':'recv','case':'m'}",
        "{'op':'send','case':'m','side':'server'}",
        "{'op':'return','case':'m','stream':'c','side':'server'}",
        "{'op':'stop'}",
    };

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        char text[120];
        json_t *req;

        snprintf(text, sizeof text, "%s", requests[i]);
        for (char *p = text; *p != '\0'; p++)
            *p = *p == '\'' ? '"' : *p;
        req = json_loads(text, 0, NULL);
        if (!kt_dc_refusal(c, kt_dc_send(c, req)))
            return false;
    }
    return kt_dc_any(c, kt_dc_ask(c, "reset", "{s:s}", "case", "m")) &&
           kt_dc_ok(c, kt_dc_ask(c, "sync", "{s:s}", "case", "m"));
}

/* ---- sync, reset, many at once ---- */

bool kt_dc_check_sync(struct kt_dc *c)
{
    return kt_dc_ok(c, kt_dc_ask(c, "sync", "{s:s}", "case", "fresh"));
}

bool kt_dc_check_reset_empty(struct kt_dc *c)
{
    struct kt_dc_talk t = {.c = c, .name = "empty", .slot = "none"};

    return kt_dc_reset(&t, 0, 0, 0) && kt_dc_reset(&t, 0, 0, 0);
}

bool kt_dc_check_burst(struct kt_dc *c)
{
    enum { N = 200 };
    struct kt_dc_ask *q[N];

    for (int i = 0; i < N; i++) {
        char name[16];

        snprintf(name, sizeof name, "burst-%d", i % 20);
        q[i] = i % 4 == 3 ? kt_dc_ask(c, "recv", "{s:s, s:s, s:s}", "case",
                                      name, "stream", "a", "side", "client")
                          : kt_dc_ask(c, "sync", "{s:s}", "case", name);
    }
    for (int i = 0; i < N; i++)
        if (!(i % 4 == 3 ? kt_dc_refusal(c, q[i]) : kt_dc_ok(c, q[i])))
            return false;
    for (int i = 0; i < 20; i++) {
        struct kt_dc_talk t = {.c = c, .slot = "none"};

        snprintf(t.name, sizeof t.name, "burst-%d", i);
        if (!kt_dc_reset(&t, 0, 0, 0))
            return false;
    }
    return true;
}

/* ---- the end ---- */

/* Something that must not keep it: a stream with a Recv that waits. */
static bool hold(struct kt_dc *c)
{
    struct kt_dc_talk t;

    if (c->roles != (KT_ROLE_SERVER | KT_ROLE_CLIENT))
        return true;
    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) || !kt_dc_pair(&t, NULL))
        return false;
    kt_dc_client(&t, "recv", NULL);
    return kt_dc_ok(c, kt_dc_ask(c, "sync", "{s:s}", "case", t.name));
}

bool kt_dc_check_exit(struct kt_dc *c)
{
    const uint64_t begin = kt_net_now(c->net), patience = c->patience_ns;
    const char *text = "";

    if (c->argv == NULL)
        return kt_dc_skip(c, "ktspec did not start this driver");
    if (!hold(c))
        return false;
    kt_driver_stop(c->driver);
    c->patience_ns = 4000000000u; /* kt_driver_stop kills by then */
    kt_dc_until(c, &c->told_gone);
    c->patience_ns = patience;
    kt_driver_blame(c->driver, &text);
    if (strstr(text, "exited") == NULL)
        return kt_dc_fail(
            c, NULL, "the process exits within 2 s of the connection's end",
            "%s after %.1f s", text,
            (double)(kt_net_now(c->net) - begin) / 1e9);
    return true;
}

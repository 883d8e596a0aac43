/* Checks of what hello declared: each capability honours one request.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include <string.h>

/* ---- unary ---- */

static bool unary(struct kt_dc_talk *t, const char *service,
                  struct kt_dc_ask **ret_call)
{
    struct kt_dc *c = t->c;

    if (!kt_dc_begin(c, t, service, NULL))
        return false;
    *ret_call =
        kt_dc_call(t, "call", "a", "EchoUnary",
                   json_pack("{s:o}", "message", kt_dc_msg("question")));
    return kt_dc_text(c, kt_dc_server(t, "accept", "{s:s}", "slot", t->slot),
                      "question");
}

bool kt_dc_check_unary_metadata(struct kt_dc *c)
{
    struct kt_dc_talk t = {.c = c};
    struct kt_dc_ask *call;

    return unary(&t, KT_DC_ECHO, &call) &&
           kt_dc_ok(c, kt_dc_server(&t, "set-header", "{s:[[s, s]]}",
                                    "metadata", "h", "1")) &&
           kt_dc_ok(c, kt_dc_server(&t, "set-trailer", "{s:[[s, s]]}",
                                    "metadata", "t", "2")) &&
           kt_dc_ok(c, kt_dc_server(&t, "return", "{s:o}", "message",
                                    kt_dc_msg("answer"))) &&
           kt_dc_text(c, call, "answer") &&
           kt_dc_metadata(c, kt_dc_client(&t, "header", NULL),
                          json_pack("[[s, s]]", "h", "1")) &&
           kt_dc_metadata(c, kt_dc_client(&t, "trailer", NULL),
                          json_pack("[[s, s]]", "t", "2")) &&
           kt_dc_end(&t);
}

static bool is_oops(struct kt_dc *c, struct kt_dc_ask *q)
{
    const char *name = json_string_value(json_object_get(q->body, "name"));
    const json_t *m =
        json_object_get(json_object_get(q->body, "message"), "json");

    if (q->kind == KT_ANS_EXCEPTION && strcmp(name, "Oops") == 0 &&
        json_integer_value(json_object_get(m, "code")) == 4)
        return true;
    return kt_dc_wrong(c, q, "exception Oops {\"code\":4}");
}

bool kt_dc_check_exception(struct kt_dc *c)
{
    struct kt_dc_talk t = {.c = c};
    struct kt_dc_ask *call;

    return unary(&t, KT_DC_CONF, &call) &&
           kt_dc_ok(c, kt_dc_server(&t, "return", "{s:{s:s, s:{s:{s:i}}}}",
                                    "exception", "name", "Oops", "message",
                                    "json", "code", 4)) &&
           kt_dc_any(c, call) && is_oops(c, call) && kt_dc_end(&t);
}

bool kt_dc_check_ping_pong(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *call;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    call = kt_dc_call(&t, "call", "a", "EchoPingPong",
                      json_pack("{s:s, s:o}", "transport", "framed", "message",
                                kt_dc_msg("question")));
    return kt_dc_text(c, kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot),
                      "question") &&
           kt_dc_ok(c, kt_dc_server(&t, "return", "{s:o}", "message",
                                    kt_dc_msg("answer"))) &&
           kt_dc_text(c, call, "answer") && kt_dc_end(&t);
}

/* ---- streams with something declared ---- */

/* One message each way, between client and server with these. */
static bool exchange(struct kt_dc *c, json_t *listen, json_t *open)
{
    struct kt_dc_talk t;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, listen)) {
        json_decref(open);
        return false;
    }
    return kt_dc_pair(&t, open) && kt_dc_up(&t, "up") &&
           kt_dc_down(&t, "down") && kt_dc_finish(&t) && kt_dc_end(&t);
}

bool kt_dc_check_ttheader(struct kt_dc *c)
{
    return exchange(c, NULL, json_pack("{s:s}", "transport", "ttheader"));
}

bool kt_dc_check_compress(struct kt_dc *c)
{
    if (!kt_driver_can(c->driver, "compress"))
        return kt_dc_skip(c, "only a client that can compress could test it");
    return exchange(c, NULL, json_pack("{s:s}", "compress", "gzip"));
}

bool kt_dc_check_chain(struct kt_dc *c)
{
    return kt_dc_skip(c, "no request of its own yet");
}

static const struct {
    const char *name, *listen, *open;
} settings[] = {
    {"initial-window", "{\"initial-window\":131072}",
     "{\"initial-window\":131072}"},
    {"max-frame", "{\"max-frame\":32768}", "{\"max-frame\":32768}"},
    {"max-concurrent", "{\"max-concurrent\":10}", "{}"},
    {"table-size", "{\"table-size\":8192}", "{\"table-size\":8192}"},
    {"connections", "{}", "{\"connections\":2}"},
    {"read-timeout", "{\"read-timeout\":60000}", "{}"},
    {"transport", "{}", "{\"transport\":\"http2\"}"},
};

bool kt_dc_check_setting(struct kt_dc *c)
{
    const int i = c->check->mode;
    json_t *open =
        json_pack("{s:o}", "settings", json_loads(settings[i].open, 0, NULL));

    if (strcmp(settings[i].name, "connections") == 0)
        json_object_set_new(open, "connection", json_string("*"));
    return exchange(c, json_loads(settings[i].listen, 0, NULL), open);
}

/* ---- events ---- */

static bool is_event(const json_t *ev)
{
    const json_t *fields = json_array_get(ev, 1);
    const char *key;
    json_t *v;

    if (json_array_size(ev) != 2 || !json_is_string(json_array_get(ev, 0)) ||
        !json_is_object(fields))
        return false;
    json_object_foreach((json_t *)(uintptr_t)fields, key, v)
    {
        if (!json_is_string(v))
            return false;
    }
    return true;
}

static int times(const json_t *events, const char *name)
{
    int n = 0;

    for (size_t i = 0; i < json_array_size(events); i++) {
        const char *s =
            json_string_value(json_array_get(json_array_get(events, i), 0));

        n += s != NULL && strcmp(s, name) == 0;
    }
    return n;
}

static bool events(struct kt_dc *c, struct kt_dc_ask *q, json_t **ret)
{
    *ret = NULL;
    if (!kt_dc_ok(c, q))
        return false;
    *ret = json_object_get(q->body, "events");
    if (!json_is_array(*ret))
        return kt_dc_fail(c, q, "ok with \"events\", an array", "none");
    for (size_t i = 0; i < json_array_size(*ret); i++)
        if (!is_event(json_array_get(*ret, i)))
            return kt_dc_fail(c, q, "each event is [name, {key: text}]",
                              "number %zu is not", i + 1);
    return true;
}

static bool seen(struct kt_dc *c, struct kt_dc_ask *q, const char *name,
                 int want)
{
    json_t *all;
    char expected[80], *text;

    if (!events(c, q, &all))
        return false;
    if (times(all, name) == want)
        return true;
    snprintf(expected, sizeof expected, "%s, %d times", name, want);
    text = json_dumps(all, JSON_COMPACT);
    kt_dc_fail(c, q, expected, "%s", text);
    free(text);
    return false;
}

bool kt_dc_check_events(struct kt_dc *c)
{
    struct kt_dc_talk t;

    return kt_dc_begin(c, &t, KT_DC_ECHO, NULL) && kt_dc_pair(&t, NULL) &&
           kt_dc_up(&t, "up") && kt_dc_up(&t, "more") &&
           kt_dc_down(&t, "down") &&
           seen(c, kt_dc_client(&t, "events", NULL), "stream-send", 2) &&
           seen(c, kt_dc_client(&t, "events", NULL), "stream-send", 0) &&
           seen(c, kt_dc_server(&t, "events", NULL), "stream-recv", 2) &&
           kt_dc_finish(&t) &&
           seen(c, kt_dc_client(&t, "events", NULL), "rpc-finish", 1) &&
           kt_dc_end(&t);
}

bool kt_dc_check_middleware(struct kt_dc *c)
{
    static const struct {
        const char *setting, *event;
    } kinds[] = {{"middleware", "mw.M.in"},
                 {"recv-middleware", "recv.M.in"},
                 {"send-middleware", "send.M.in"}};
    const char *name = kinds[c->check->mode].setting;
    struct kt_dc_talk t;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, json_pack("{s:[s]}", name, "M")) ||
        !kt_dc_pair(&t, json_pack("{s:{s:[s]}}", "settings", name, "M")) ||
        !kt_dc_up(&t, "up") || !kt_dc_down(&t, "down"))
        return false;
    return (!kt_driver_can(c->driver, "events") ||
            (seen(c, kt_dc_client(&t, "events", NULL),
                  kinds[c->check->mode].event, 1) &&
             seen(c, kt_dc_server(&t, "events", NULL),
                  kinds[c->check->mode].event, 1))) &&
           kt_dc_finish(&t) && kt_dc_end(&t);
}

/* ---- panic, stop, metainfo ---- */

bool kt_dc_check_panic(struct kt_dc *c)
{
    struct kt_dc_talk t;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) || !kt_dc_pair(&t, NULL) ||
        !kt_dc_ok(c, kt_dc_server(&t, "return", "{s:b}", "panic", 1)) ||
        !kt_dc_error(c, kt_dc_client(&t, "recv", NULL), KT_DC_ANY_CODE) ||
        !kt_dc_reset(&t, 0, 0, 0))
        return false;
    snprintf(t.name, sizeof t.name, "after-%u", c->ncases);
    return kt_dc_pair(&t, NULL) && kt_dc_up(&t, "up") && kt_dc_finish(&t) &&
           kt_dc_end(&t);
}

bool kt_dc_check_stop(struct kt_dc *c)
{
    struct kt_dc_talk t;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) ||
        !kt_dc_ok(c, kt_dc_ask(c, "stop", "{s:s, s:s, s:i}", "case", t.name,
                               "slot", t.slot, "grace_ms", 500)))
        return false;
    if (kt_dc_reachable(c, t.address))
        return kt_dc_fail(c, NULL, "nobody listens after stop",
                          "a TCP connection to %s", t.address);
    return kt_dc_reset(&t, 0, 0, 0) &&
           kt_dc_any(c, kt_dc_ask(c, "unlisten", "{s:s}", "slot", t.slot));
}

static bool has(struct kt_dc *c, struct kt_dc_ask *q, const char *kind,
                const char *key, const char *value)
{
    const json_t *all = json_object_get(q->body, "metainfo");
    const char *got =
        json_string_value(json_object_get(json_object_get(all, kind), key));

    return (got != NULL && strcmp(got, value) == 0) ||
           kt_dc_fail(c, q, value, "%s %s is %s", kind, key,
                      got ? got : "absent");
}

bool kt_dc_check_metainfo(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *accept;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) ||
        !kt_dc_ok(c, kt_dc_call(&t, "open", "a", "Echo",
                                json_pack("{s:{s:{s:s}, s:{s:s}}}", "metainfo",
                                          "transient", "TR", "tv", "persistent",
                                          "PE", "pv"))))
        return false;
    accept = kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot);
    return kt_dc_ok(c, accept) && has(c, accept, "transient", "TR", "tv") &&
           has(c, accept, "persistent", "PE", "pv") && kt_dc_finish(&t) &&
           kt_dc_end(&t);
}

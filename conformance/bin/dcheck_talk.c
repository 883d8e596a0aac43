/* A case between the driver's own client and its own server.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

bool kt_dc_begin(struct kt_dc *c, struct kt_dc_talk *t, const char *service,
                 json_t *settings)
{
    struct kt_dc_ask *q;
    const char *address;

    *t = (struct kt_dc_talk){.c = c, .service = service};
    c->ncases++;
    snprintf(t->name, sizeof t->name, "case-%u", c->ncases);
    snprintf(t->slot, sizeof t->slot, "slot-%u", c->ncases);
    q = kt_dc_ask(c, "listen", "{s:s, s:s, s:o*}", "slot", t->slot, "service",
                  service, "settings", settings);
    if (!kt_dc_ok(c, q))
        return false;
    address = json_string_value(json_object_get(q->body, "address"));
    if (address == NULL || strlen(address) >= sizeof t->address)
        return kt_dc_fail(c, q, "ok with an \"address\", HOST:PORT",
                          "none that can be read");
    snprintf(t->address, sizeof t->address, "%s", address);
    return true;
}

static bool counts(const struct kt_dc_ask *q, const char *key, int want)
{
    const json_t *v = json_object_get(q->body, key);

    if (!json_is_integer(v))
        return false;
    if (want == KT_DC_SOME)
        return json_integer_value(v) > 0;
    return want == KT_DC_WHATEVER || json_integer_value(v) == want;
}

static const char *amount(int n, char ret[16])
{
    snprintf(ret, 16, "%d", n);
    return n == KT_DC_SOME ? "above 0" : n == KT_DC_WHATEVER ? "any" : ret;
}

bool kt_dc_reset(struct kt_dc_talk *t, int streams, int handlers, int requests)
{
    struct kt_dc *c = t->c;
    struct kt_dc_ask *q =
        kt_dc_ask(c, "reset", "{s:s, s:s}", "case", t->name, "slot", t->slot);
    char expected[100], a[16], b[16], d[16], *got;

    if (!kt_dc_ok(c, q))
        return false;
    if (counts(q, "streams", streams) && counts(q, "handlers", handlers) &&
        counts(q, "requests", requests))
        return true;
    snprintf(expected, sizeof expected, "streams %s, handlers %s, requests %s",
             amount(streams, a), amount(handlers, b), amount(requests, d));
    got = json_dumps(q->body, JSON_COMPACT);
    kt_dc_fail(c, q, expected, "%s", got);
    free(got);
    return false;
}

static bool unlisten(struct kt_dc_talk *t)
{
    return kt_dc_ok(t->c,
                    kt_dc_ask(t->c, "unlisten", "{s:s}", "slot", t->slot));
}

bool kt_dc_end(struct kt_dc_talk *t)
{
    return kt_dc_reset(t, 0, 0, 0) && unlisten(t);
}

struct kt_dc_ask *kt_dc_on(struct kt_dc_talk *t, const char *side,
                           const char *stream, const char *op, const char *fmt,
                           ...)
{
    json_t *req = json_pack("{s:s, s:s, s:s, s:s}", "op", op, "case", t->name,
                            "side", side, "stream", stream);
    json_t *fields = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (fmt != NULL)
        fields = json_vpack_ex(NULL, 0, fmt, ap);
    va_end(ap);
    must(fmt == NULL || fields != NULL);
    json_object_update(req, fields);
    json_decref(fields);
    return kt_dc_send(t->c, req);
}

struct kt_dc_ask *kt_dc_call(struct kt_dc_talk *t, const char *op,
                             const char *stream, const char *method,
                             json_t *extra)
{
    json_t *req = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "op",
                            op, "case", t->name, "side", "client", "stream",
                            stream, "address", t->address, "connection", "main",
                            "service", t->service, "method", method);

    json_object_update(req, extra);
    json_decref(extra);
    return kt_dc_send(t->c, req);
}

static bool accepted(struct kt_dc_talk *t, struct kt_dc_ask *open,
                     struct kt_dc_ask *accept)
{
    const char *method;

    if (!kt_dc_ok(t->c, open) || !kt_dc_ok(t->c, accept))
        return false;
    method = json_string_value(json_object_get(accept->body, "method"));
    if (method != NULL && strcmp(method, "Echo") == 0)
        return true;
    return kt_dc_fail(t->c, accept, "ok with \"method\":\"Echo\"", "%s",
                      method ? method : "no method");
}

bool kt_dc_pair(struct kt_dc_talk *t, json_t *extra)
{
    struct kt_dc_ask *open = kt_dc_call(t, "open", "a", "Echo", extra);

    return accepted(t, open,
                    kt_dc_server(t, "accept", "{s:s}", "slot", t->slot));
}

json_t *kt_dc_msg(const char *text)
{
    return json_pack("{s:{s:s}}", "json", "message", text);
}

static bool across(struct kt_dc_talk *t, const char *from, const char *to,
                   const char *text)
{
    struct kt_dc_ask *send =
        kt_dc_on(t, from, "a", "send", "{s:o}", "message", kt_dc_msg(text));
    struct kt_dc_ask *recv = kt_dc_on(t, to, "a", "recv", NULL);

    return kt_dc_ok(t->c, send) && kt_dc_text(t->c, recv, text);
}

bool kt_dc_up(struct kt_dc_talk *t, const char *text)
{
    return across(t, "client", "server", text);
}

bool kt_dc_down(struct kt_dc_talk *t, const char *text)
{
    return across(t, "server", "client", text);
}

bool kt_dc_finish(struct kt_dc_talk *t)
{
    struct kt_dc *c = t->c;

    return kt_dc_ok(c, kt_dc_client(t, "half-close", NULL)) &&
           kt_dc_eof(c, kt_dc_server(t, "recv", NULL)) &&
           kt_dc_ok(c, kt_dc_server(t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_eof(c, kt_dc_client(t, "recv", NULL));
}

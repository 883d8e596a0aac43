/* Requests of application lines, as the driver protocol spells them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/request.h"
#include "base/alloc.h"
#include "check/meta.h"
#include "run/account.h"
#include "run/call.h"
#include "run/inner.h"
#include <stdlib.h>
#include <string.h>

const char *kt_field_text(const struct kt_fields *f, const char *name)
{
    const struct kt_field *x = kt_fields_get(f, name);

    return x && x->value.kind == KT_PAT_LIT ? x->value.text : NULL;
}

const char *kt_request_connection(struct kt_case *c, const struct kt_line *line,
                                  struct kt_strm *s)
{
    const char *on = kt_field_text(&line->app.fields, "on");

    if (on && strcmp(on, "any") == 0)
        return "*";
    if (on && strcmp(on, "new") == 0)
        return s->name;
    if (on)
        return kt_strm_get(c, on)->conn_name;
    if (!c->def_name[0])
        snprintf(c->def_name, sizeof c->def_name, "%s", s->name);
    return c->def_name;
}

static void mark_open(struct kt_case *c, const struct kt_line *line,
                      struct kt_strm *s)
{
    const char *method = kt_field_text(&line->app.fields, "method");

    s->opened = true;
    s->gzip = kt_field_text(&line->app.fields, "compress") != NULL;
    s->tagged = line->as != NULL || c->role == KT_ROLE_PAIR;
    s->open_ns = kt_clock_now(&c->run->clock);
    snprintf(s->conn_name, sizeof s->conn_name, "%s",
             kt_request_connection(c, line, s));
    s->on_any = strcmp(s->conn_name, "*") == 0;
    if (method)
        s->method = kt_service_method(c->service, method);
    if (kt_field_ns(&line->app.fields, "deadline"))
        s->deadline_ns =
            s->open_ns + kt_field_ns(&line->app.fields, "deadline");
}

static void put(json_t *o, const char *key, json_t *v)
{
    if (v)
        json_object_set_new(o, key, v);
}

json_t *kt_request_open(struct kt_case *c, const struct kt_line *line,
                        struct kt_strm *s)
{
    const struct kt_fields *f = &line->app.fields;
    const uint64_t deadline = kt_field_ns(f, "deadline");
    const char *compress = kt_field_text(f, "compress");
    json_t *o;

    mark_open(c, line, s);
    o = json_pack("{s:s,s:s,s:s,s:s}", "address", c->listen_addr, "connection",
                  s->conn_name, "service", c->scn->service, "method",
                  s->method ? s->method->name : c->scn->method);
    if (deadline)
        put(o, "deadline_ms", json_integer((json_int_t)(deadline / KT_MS)));
    put(o, "metadata", kt_meta_request(f, 'h'));
    put(o, "metainfo", kt_metainfo_request(f));
    put(o, "compress", compress ? json_string(compress) : NULL);
    put(o, "settings", kt_settings_request(c->scn, KT_CLIENT));
    if (s->tagged)
        put(o, "tag", json_true());
    return o;
}

struct kt_ask *kt_request_call(struct kt_case *c, const struct kt_line *line,
                               struct kt_strm *s)
{
    json_t *req = kt_request_open(c, line, s);
    const struct kt_msg *m = &line->app.msg;
    const char *transport = kt_field_text(&line->app.fields, "transport");
    struct kt_ask *a = kt_ask_new(c, KT_CLIENT, line, s);

    a->as_message = true;
    kt_ledger_put(&s->ledger[1], KT_EV_HEADERS, line);
    a->settles = true;
    if (!kt_strm_is_folded(s)) {
        kt_call_start(a, req);
        return a;
    }
    s->whole = a;
    s->whole_read = true;
    kt_account_message(s, true, line, m);
    kt_ledger_put(&s->ledger[1], KT_EV_HALF_CLOSE, line);
    json_object_set_new(req, "message", kt_msg_request(m, 0));
    put(req, "transport", transport ? json_string(transport) : NULL);
    kt_ask_send(a, "call", req);
    return a;
}

struct kt_ask *kt_request_accept(struct kt_case *c, const struct kt_line *line,
                                 struct kt_strm *s)
{
    struct kt_ask *a = kt_ask_new(c, KT_SERVER, line, s);
    json_t *o = json_pack("{s:s}", "slot", c->slot ? c->slot->name : "");

    a->background = true; /* a call that never comes is not held by the SUT */
    /* Both the driver of a pair and the judge's own client tag their calls. */
    if (!s->untagged)
        json_object_set_new(o, "match", json_string(s->name));
    kt_ask_send(a, "accept", o);
    return a;
}

struct kt_ask *kt_request_stop(struct kt_case *c, const struct kt_line *line)
{
    const uint64_t grace = kt_field_ns(&line->app.fields, "grace");
    struct kt_ask *a = kt_ask_new(c, KT_SERVER, line, NULL);
    json_t *o = json_pack("{s:s}", "slot", c->slot ? c->slot->name : "");

    if (grace)
        put(o, "grace_ms", json_integer((json_int_t)(grace / KT_MS)));
    kt_ask_send(a, "stop", o);
    return a;
}

json_t *kt_request_meta(const struct kt_line *line)
{
    json_t *all = kt_meta_request(&line->app.fields, 0);

    return json_pack("{s:o}", "metadata", all ? all : json_array());
}

static json_t *biz(const struct kt_outcome *ret)
{
    json_t *o = json_pack("{s:i,s:s}", "code", (int)ret->biz_code, "message",
                          ret->has_text ? ret->text.text : "");

    if (ret->extra)
        json_object_set(o, "extra", ret->extra);
    return o;
}

json_t *kt_request_return(const struct kt_line *line, struct kt_strm *s)
{
    const struct kt_app *app = &line->app;
    const struct kt_outcome *ret = &app->ret;

    if (app->panic)
        return json_pack("{s:b}", "panic", 1);
    if (app->ret_error)
        return json_pack("{s:s}", "error", app->ret_error);
    switch (ret->kind) {
    case KT_OUT_MSG:
        return json_pack("{s:o}", "message",
                         kt_msg_request(&ret->msg, s->sent[0] - 1));
    case KT_OUT_STATUS:
        return json_pack("{s:{s:i,s:s}}", "status", "code",
                         ret->ncodes ? (int)ret->codes[0] : 2, "message",
                         ret->has_text ? ret->text.text : "");
    case KT_OUT_BIZ:
        return json_pack("{s:o}", "biz", biz(ret));
    case KT_OUT_EXCEPTION:
        return json_pack("{s:{s:s,s:o}}", "exception", "name", ret->name,
                         "message", kt_msg_request(&ret->msg, 0));
    case KT_OUT_OK:
    case KT_OUT_EOF:
    case KT_OUT_ERROR:
        break;
    }
    return json_pack("{s:b}", "ok", 1);
}

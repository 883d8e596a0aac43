/* Checks of what goes otherwise: errors, cancel, deadlines, metadata, and what
 * reset finds. SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include <string.h>

static bool begin(struct kt_dc *c, struct kt_dc_talk *t, json_t *extra)
{
    if (kt_dc_begin(c, t, KT_DC_ECHO, NULL))
        return kt_dc_pair(t, extra);
    json_decref(extra);
    return false;
}

static bool synced(struct kt_dc_talk *t)
{
    return kt_dc_ok(t->c, kt_dc_ask(t->c, "sync", "{s:s}", "case", t->name));
}

/* ---- the end of a handler, and of a case ---- */

bool kt_dc_check_return_beside_recv(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *up, *down;

    if (!begin(c, &t, NULL))
        return false;
    up = kt_dc_server(&t, "recv", NULL);
    down = kt_dc_client(&t, "recv", NULL);
    return synced(&t) && kt_dc_open(c, up) && kt_dc_open(c, down) &&
           kt_dc_ok(c, kt_dc_server(&t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_eof(c, down) && kt_dc_any(c, up) &&
           kt_dc_refusal(c, kt_dc_server(&t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_end(&t);
}

/* The slot serves on after a case that was cut off. */
static bool again(struct kt_dc_talk *t)
{
    t->c->ncases++;
    snprintf(t->name, sizeof t->name, "case-%u", t->c->ncases);
    return kt_dc_pair(t, NULL) && kt_dc_up(t, "up") && kt_dc_finish(t) &&
           kt_dc_end(t);
}

bool kt_dc_check_reset_held(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *up, *down;

    if (!begin(c, &t, NULL))
        return false;
    up = kt_dc_server(&t, "recv", NULL);
    down = kt_dc_client(&t, "recv", NULL);
    return synced(&t) && kt_dc_reset(&t, KT_DC_SOME, KT_DC_SOME, KT_DC_SOME) &&
           kt_dc_any(c, up) && kt_dc_any(c, down) &&
           kt_dc_refusal(c, kt_dc_client(&t, "recv", NULL)) &&
           kt_dc_reset(&t, 0, 0, 0) && again(&t);
}

/* ---- errors ---- */

static bool says(struct kt_dc *c, struct kt_dc_ask *q, const char *text)
{
    return strstr(q->message, text) != NULL ||
           kt_dc_fail(c, q, text, "the message \"%s\"", q->message);
}

bool kt_dc_check_status(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *recv;

    if (!begin(c, &t, NULL) || !kt_dc_down(&t, "first") ||
        !kt_dc_ok(c, kt_dc_server(&t, "return", "{s:{s:i, s:s}}", "status",
                                  "code", 7, "message", "not you")))
        return false;
    recv = kt_dc_client(&t, "recv", NULL);
    return kt_dc_error(c, recv, 7) && says(c, recv, "not you") && kt_dc_end(&t);
}

bool kt_dc_check_error(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *recv;

    if (!begin(c, &t, NULL) || !kt_dc_down(&t, "first") ||
        !kt_dc_ok(c, kt_dc_server(&t, "return", "{s:s}", "error", "it broke")))
        return false;
    recv = kt_dc_client(&t, "recv", NULL);
    return kt_dc_error(c, recv, KT_DC_ANY_CODE) && says(c, recv, "it broke") &&
           kt_dc_end(&t);
}

bool kt_dc_check_biz(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *recv;
    const char *v;

    if (!begin(c, &t, NULL) || !kt_dc_down(&t, "first") ||
        !kt_dc_ok(c, kt_dc_server(&t, "return", "{s:{s:i, s:s, s:{s:s}}}",
                                  "biz", "code", 1001, "message", "no stock",
                                  "extra", "sku", "a<b")))
        return false;
    recv = kt_dc_client(&t, "recv", NULL);
    if (!kt_dc_any(c, recv))
        return false;
    v = json_string_value(json_object_get(recv->extra, "sku"));
    if (recv->kind != KT_ANS_BIZ || recv->biz_code != 1001 ||
        strcmp(recv->message, "no stock") != 0 || v == NULL ||
        strcmp(v, "a<b") != 0)
        return kt_dc_fail(c, recv, "biz 1001 \"no stock\" {\"sku\":\"a<b\"}",
                          "kind %d, biz code %d, \"%s\", sku %s", recv->kind,
                          recv->biz_code, recv->message, v ? v : "absent");
    return kt_dc_end(&t);
}

/* ---- cancel and deadline ---- */

bool kt_dc_check_cancel(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *recv, *cancelled;

    if (!begin(c, &t, NULL))
        return false;
    recv = kt_dc_client(&t, "recv", NULL);
    cancelled = kt_dc_server(&t, "cancelled", NULL);
    return synced(&t) && kt_dc_open(c, cancelled) &&
           kt_dc_ok(c, kt_dc_client(&t, "cancel", NULL)) &&
           kt_dc_error(c, recv, 1) &&
           kt_dc_integer(c, cancelled, "code", 0, UINT32_MAX) &&
           kt_dc_any(c, kt_dc_server(&t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_end(&t);
}

static bool no_deadline(struct kt_dc_talk *t)
{
    struct kt_dc_ask *ctx = kt_dc_server(t, "ctx", NULL);

    if (!kt_dc_ok(t->c, ctx))
        return false;
    return json_object_get(ctx->body, "deadline_ms") == NULL ||
           kt_dc_fail(t->c, ctx, "no deadline_ms: the call has none",
                      "one is there");
}

bool kt_dc_check_deadline(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *accept;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL) ||
        !kt_dc_ok(c, kt_dc_call(&t, "open", "a", "Echo",
                                json_pack("{s:i}", "deadline_ms", 60000))))
        return false;
    accept = kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot);
    return kt_dc_integer(c, accept, "deadline_ms", 1, 60000) &&
           kt_dc_integer(c, kt_dc_server(&t, "ctx", NULL), "deadline_ms", 1,
                         60000) &&
           kt_dc_finish(&t) && kt_dc_end(&t) && begin(c, &t, NULL) &&
           no_deadline(&t) && kt_dc_finish(&t) && kt_dc_end(&t);
}

bool kt_dc_check_deadline_passes(struct kt_dc *c)
{
    const uint64_t begun = kt_net_now(c->net);
    struct kt_dc_talk t;
    struct kt_dc_ask *recv, *cancelled;

    if (!begin(c, &t, json_pack("{s:i}", "deadline_ms", 300)))
        return false;
    recv = kt_dc_client(&t, "recv", NULL);
    cancelled = kt_dc_server(&t, "cancelled", NULL);
    if (!kt_dc_error(c, recv, 4))
        return false;
    if (kt_net_now(c->net) - begun < 250000000u)
        return kt_dc_fail(c, recv, "an error after 300 ms", "one before that");
    return kt_dc_any(c, cancelled) &&
           kt_dc_any(c, kt_dc_server(&t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_end(&t);
}

/* ---- metadata ---- */

static bool metadata(struct kt_dc *c, const char *name, const char *v,
                     const char *w)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *header, *set, *send;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    if (!kt_dc_ok(c, kt_dc_call(&t, "open", "a", "Echo",
                                json_pack("{s:[[s, s], [s, s]]}", "metadata",
                                          name, v, name, w))) ||
        !kt_dc_metadata(c, kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot),
                        json_pack("[[s, s], [s, s]]", name, v, name, w)))
        return false;
    header = kt_dc_client(&t, "header", NULL);
    set = kt_dc_server(&t, "set-header", "{s:[[s, s]]}", "metadata", name, v);
    if (!kt_dc_ok(c, set) || !synced(&t) || !kt_dc_open(c, header))
        return false;
    send =
        kt_dc_server(&t, "send-header", "{s:[[s, s]]}", "metadata", "h2", "2");
    return kt_dc_ok(c, send) &&
           kt_dc_metadata(c, header, json_pack("[[s, s]]", name, v)) &&
           kt_dc_ok(c, kt_dc_server(&t, "set-trailer", "{s:[[s, s], [s, s]]}",
                                    "metadata", name, v, name, w)) &&
           kt_dc_finish(&t) &&
           kt_dc_metadata(c, kt_dc_client(&t, "trailer", NULL),
                          json_pack("[[s, s], [s, s]]", name, v, name, w)) &&
           kt_dc_end(&t);
}

bool kt_dc_check_metadata(struct kt_dc *c)
{
    return metadata(c, "ktspec-k", "v", "w x");
}

bool kt_dc_check_metadata_bin(struct kt_dc *c)
{
    return metadata(c, "ktspec-k-bin", "AP+AAQ==", "aGk=");
}

/* ---- finish ---- */

bool kt_dc_check_finish(struct kt_dc *c)
{
    struct kt_dc_talk t;

    return begin(c, &t, NULL) && kt_dc_up(&t, "up") &&
           kt_dc_ok(c, kt_dc_client(&t, "finish", NULL)) &&
           kt_dc_any(c, kt_dc_server(&t, "return", "{s:b}", "ok", 1)) &&
           kt_dc_any(c, kt_dc_client(&t, "recv", NULL)) && kt_dc_end(&t);
}

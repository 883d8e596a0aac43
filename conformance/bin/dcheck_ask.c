/* Requests of a check, and what it wants for an answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "base/alloc.h"
#include "base/must.h"
#include <string.h>

enum { SHOWN = 300 }; /* bytes of a line in a report */

/* ---- asking ---- */

static void on_answer(struct kt_asker *self, uint64_t id,
                      const struct kt_answer *a)
{
    struct kt_dc_ask *q = kt_container_of(self, struct kt_dc_ask, asker);

    (void)id;
    q->done = true;
    q->kind = a->kind;
    q->body = json_incref(a->body);
    q->has_code = a->has_code;
    q->code = a->code;
    q->biz_code = a->biz_code;
    q->message = kt_xstrdup(a->message);
    q->extra = json_incref(a->extra);
}

static char *cut(char *text)
{
    if (text != NULL && strlen(text) > SHOWN)
        memcpy(text + SHOWN - 3, "...", 4);
    return text;
}

static char *dump(const json_t *v)
{
    char *text = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *own = cut(kt_xstrdup(text ? text : "nothing"));

    free(text);
    return own;
}

struct kt_dc_ask *kt_dc_send(struct kt_dc *c, json_t *req)
{
    struct kt_dc_ask *q = kt_xalloc(sizeof *q);

    must(req != NULL);
    q->asker.on = on_answer;
    q->c = c;
    q->text = dump(req);
    q->next = c->asks;
    c->asks = q;
    kt_driver_ask(c->driver, req, &q->asker);
    return q;
}

struct kt_dc_ask *kt_dc_ask(struct kt_dc *c, const char *op, const char *fmt,
                            ...)
{
    json_t *req = json_pack("{s:s}", "op", op), *fields = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (fmt != NULL)
        fields = json_vpack_ex(NULL, 0, fmt, ap);
    va_end(ap);
    must(fmt == NULL || fields != NULL);
    json_object_update(req, fields);
    json_decref(fields);
    return kt_dc_send(c, req);
}

void kt_dc_drop_asks(struct kt_dc *c)
{
    while (c->asks != NULL) {
        struct kt_dc_ask *q = c->asks;

        c->asks = q->next;
        if (c->driver != NULL)
            kt_driver_forget(c->driver, &q->asker);
        json_decref(q->body);
        json_decref(q->extra);
        kt_free(q->message);
        kt_free(q->text);
        kt_free(q);
    }
}

/* ---- verdicts ---- */

bool kt_dc_fail(struct kt_dc *c, const struct kt_dc_ask *q,
                const char *expected, const char *fmt, ...)
{
    char got[SHOWN + 1];
    va_list ap;

    if (c->verdict != KT_DC_OK)
        return false;
    c->verdict = KT_DC_FAIL;
    va_start(ap, fmt);
    vsnprintf(got, sizeof got, fmt, ap);
    va_end(ap);
    c->request = q ? kt_xstrdup(q->text) : NULL;
    c->expected = kt_xstrdup(expected);
    c->got = kt_xstrdup(got);
    return false;
}

bool kt_dc_skip(struct kt_dc *c, const char *fmt, ...)
{
    char got[SHOWN + 1];
    va_list ap;

    if (c->verdict != KT_DC_OK)
        return false;
    c->verdict = KT_DC_SKIP;
    va_start(ap, fmt);
    vsnprintf(got, sizeof got, fmt, ap);
    va_end(ap);
    c->got = kt_xstrdup(got);
    return false;
}

static const char *show(const struct kt_dc_ask *q, char ret[SHOWN + 1])
{
    static const char *const names[] = {
        [KT_ANS_OK] = "ok",
        [KT_ANS_EOF] = "eof",
        [KT_ANS_ERROR] = "error",
        [KT_ANS_BIZ] = "biz",
        [KT_ANS_EXCEPTION] = "exception",
        [KT_ANS_UNSUPPORTED] = "unsupported",
        [KT_ANS_GONE] = "no answer, the driver is gone",
    };
    char *body = dump(q->body);

    if (q->body != NULL)
        snprintf(ret, SHOWN + 1, "%s %s", names[q->kind], body);
    else if (q->kind == KT_ANS_ERROR && q->has_code)
        snprintf(ret, SHOWN + 1, "error, code %u: %s", q->code, q->message);
    else if (q->kind == KT_ANS_BIZ)
        snprintf(ret, SHOWN + 1, "biz, code %d: %s", q->biz_code, q->message);
    else
        snprintf(ret, SHOWN + 1, "%s%s%s", names[q->kind],
                 q->message[0] ? ": " : "", q->message);
    kt_free(body);
    return ret;
}

/* Wait for an answer of any kind. */
static bool wait(struct kt_dc *c, struct kt_dc_ask *q, const char *expected)
{
    if (c->verdict != KT_DC_OK)
        return false;
    if (!kt_dc_until(c, &q->done))
        return kt_dc_fail(c, q, expected, "no answer in %.1f s",
                          (double)c->patience_ns / 1e9);
    if (q->kind == KT_ANS_GONE)
        return kt_dc_fail(c, q, expected, "the driver is gone: %s", q->message);
    return true;
}

bool kt_dc_wrong(struct kt_dc *c, const struct kt_dc_ask *q,
                 const char *expected)
{
    char text[SHOWN + 1];

    if (q->kind == KT_ANS_UNSUPPORTED && c->check->optional)
        return kt_dc_skip(c, "unsupported: %s", q->message);
    return kt_dc_fail(c, q, expected, "%s", show(q, text));
}

static bool kind(struct kt_dc *c, struct kt_dc_ask *q, enum kt_ans_kind want,
                 const char *expected)
{
    if (!wait(c, q, expected))
        return false;
    return q->kind == want || kt_dc_wrong(c, q, expected);
}

bool kt_dc_any(struct kt_dc *c, struct kt_dc_ask *q)
{
    return wait(c, q, "an answer");
}

bool kt_dc_ok(struct kt_dc *c, struct kt_dc_ask *q)
{
    return kind(c, q, KT_ANS_OK, "ok");
}

bool kt_dc_eof(struct kt_dc *c, struct kt_dc_ask *q)
{
    return kind(c, q, KT_ANS_EOF, "eof");
}

bool kt_dc_error(struct kt_dc *c, struct kt_dc_ask *q, int code)
{
    char expected[40] = "an error with a code";

    if (code != KT_DC_ANY_CODE)
        snprintf(expected, sizeof expected, "an error with code %d", code);
    if (!kind(c, q, KT_ANS_ERROR, expected))
        return false;
    if (q->has_code && (code == KT_DC_ANY_CODE || q->code == (uint32_t)code))
        return true;
    return kt_dc_wrong(c, q, expected);
}

bool kt_dc_refusal(struct kt_dc *c, struct kt_dc_ask *q)
{
    if (!wait(c, q, "error or unsupported"))
        return false;
    return q->kind == KT_ANS_ERROR || q->kind == KT_ANS_UNSUPPORTED ||
           kt_dc_wrong(c, q, "error or unsupported");
}

static bool same(struct kt_dc *c, struct kt_dc_ask *q, const json_t *want)
{
    const json_t *m = json_object_get(q->body, "message");
    char *expected, text[SHOWN + 1];

    if (json_equal(json_object_get(m, "json"), want))
        return true;
    expected = dump(want);
    kt_dc_fail(c, q, expected, "%s", show(q, text));
    kt_free(expected);
    return false;
}

bool kt_dc_message(struct kt_dc *c, struct kt_dc_ask *q, json_t *want)
{
    const bool good =
        kind(c, q, KT_ANS_OK, "ok with the message") && same(c, q, want);

    json_decref(want);
    return good;
}

bool kt_dc_text(struct kt_dc *c, struct kt_dc_ask *q, const char *text)
{
    return kt_dc_message(c, q, json_pack("{s:s}", "message", text));
}

bool kt_dc_open(struct kt_dc *c, struct kt_dc_ask *q)
{
    if (c->verdict != KT_DC_OK)
        return false;
    return !q->done || kt_dc_wrong(c, q, "nothing yet: it should wait");
}

static bool holds(const json_t *pairs, const json_t *want)
{
    size_t at = 0;

    for (size_t i = 0; i < json_array_size(pairs); i++)
        at += at < json_array_size(want) &&
              json_equal(json_array_get(pairs, i), json_array_get(want, at));
    return at == json_array_size(want);
}

bool kt_dc_metadata(struct kt_dc *c, struct kt_dc_ask *q, json_t *want)
{
    char *expected = dump(want), text[SHOWN + 1];
    bool good = kind(c, q, KT_ANS_OK, expected);

    if (good && !holds(json_object_get(q->body, "metadata"), want))
        good = kt_dc_fail(c, q, expected, "%s", show(q, text));
    kt_free(expected);
    json_decref(want);
    return good;
}

bool kt_dc_integer(struct kt_dc *c, struct kt_dc_ask *q, const char *key,
                   json_int_t low, json_int_t high)
{
    char expected[80];
    const json_t *v;

    snprintf(expected, sizeof expected, "ok with \"%s\" in %lld..%lld", key,
             (long long)low, (long long)high);
    if (!kind(c, q, KT_ANS_OK, expected))
        return false;
    v = json_object_get(q->body, key);
    if (json_is_integer(v) && json_integer_value(v) >= low &&
        json_integer_value(v) <= high)
        return true;
    return kt_dc_wrong(c, q, expected);
}

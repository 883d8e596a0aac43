/* A driver's answer as a got. SPDX-License-Identifier: Apache-2.0 */
#include "check/answer.h"
#include "base/alloc.h"
#include <string.h>

static bool put_hex(struct kt_got *g, const char *hex, size_t n)
{
    if (n % 2)
        return false;
    g->raw = (struct kt_buf){.limit = SIZE_MAX};
    for (size_t i = 0; i < n; i += 2) {
        const int hi = kt_hex_digit(hex[i]), lo = kt_hex_digit(hex[i + 1]);

        if (hi < 0 || lo < 0 ||
            !kt_buf_put_u8(&g->raw, (uint8_t)(hi << 4 | lo)))
            return false;
    }
    g->bytes = kt_buf_view(&g->raw);
    return true;
}

bool kt_got_message(struct kt_got *g, const json_t *m)
{
    json_t *j = json_object_get(m, "json");
    const json_t *h = json_object_get(m, "hex");

    if (j)
        g->msg = json_incref(j);
    if (h && !put_hex(g, json_string_value(h), json_string_length(h)))
        return false;
    return j || h;
}

static void bad(struct kt_got *g, const char *why)
{
    kt_got_fini(g);
    g->kind = KT_GOT_UNSUPPORTED;
    g->text = kt_xasprintf("the answer is not of the protocol: %s", why);
}

static void take_ok(struct kt_got *g, const struct kt_answer *a,
                    bool as_message)
{
    const json_t *m = json_object_get(a->body, "message");

    g->kind = KT_GOT_OK;
    g->body = json_incref(a->body);
    if (!as_message || !m)
        return;
    g->kind = KT_GOT_MSG;
    if (!kt_got_message(g, m))
        bad(g, "\"message\" has neither \"json\" nor \"hex\"");
}

static void take_exception(struct kt_got *g, const struct kt_answer *a)
{
    const char *name = json_string_value(json_object_get(a->body, "name"));

    g->kind = KT_GOT_EXCEPTION;
    g->text = kt_xstrdup(name ? name : "");
    if (!kt_got_message(g, json_object_get(a->body, "message")))
        bad(g, "an exception without its message");
}

void kt_got_of_answer(struct kt_got *ret, const struct kt_answer *a,
                      bool as_message, uint64_t now_ns)
{
    *ret = (struct kt_got){0};
    switch (a->kind) {
    case KT_ANS_OK:
        take_ok(ret, a, as_message);
        break;
    case KT_ANS_EOF:
        ret->kind = KT_GOT_EOF;
        break;
    case KT_ANS_ERROR:
        ret->kind = KT_GOT_ERROR;
        ret->has_code = a->has_code;
        ret->code = a->code;
        ret->text = kt_xstrdup(a->message ? a->message : "");
        break;
    case KT_ANS_BIZ:
        ret->kind = KT_GOT_BIZ;
        ret->biz_code = a->biz_code;
        ret->text = kt_xstrdup(a->message ? a->message : "");
        ret->extra = json_incref(a->extra);
        break;
    case KT_ANS_EXCEPTION:
        take_exception(ret, a);
        break;
    case KT_ANS_UNSUPPORTED:
        ret->kind = KT_GOT_UNSUPPORTED;
        ret->text = kt_xstrdup(a->message ? a->message : "");
        break;
    case KT_ANS_GONE:
        ret->kind = KT_GOT_GONE;
        break;
    }
    ret->at_ns = now_ns;
}

/* Requests out, answers in: matching by id, and what an answer says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "driver/inner.h"
#include <string.h>

static void wait_put(struct kt_driver *d, uint64_t id, struct kt_asker *asker)
{
    if (d->nwaits == d->cap_waits) {
        d->cap_waits = d->cap_waits ? 2 * d->cap_waits : 16;
        d->waits = kt_xrealloc(d->waits, d->cap_waits * sizeof *d->waits);
    }
    d->waits[d->nwaits++] = (struct kt_drv_wait){id, asker};
}

static void send_line(struct kt_driver *d, const json_t *req)
{
    char *text = json_dumps(req, JSON_COMPACT | JSON_ENSURE_ASCII);
    size_t n;

    must(text != NULL);
    n = strlen(text);
    text[n] = '\n'; /* in place of the NUL: one write, one segment */
    kt_tcp_write(d->tcp, text, n + 1);
    free(text);
}

uint64_t kt_driver_ask(struct kt_driver *d, json_t *req, struct kt_asker *asker)
{
    const uint64_t id = d->next_id++;

    json_object_set_new(req, "id", json_integer((json_int_t)id));
    wait_put(d, id, asker);
    if (d->state == KT_DRV_READY)
        send_line(d, req);
    else
        kt_timer_set(d->patience, kt_net_now(d->net)); /* answers GONE */
    json_decref(req);
    return id;
}

void kt_driver_forget(struct kt_driver *d, struct kt_asker *asker)
{
    for (size_t i = 0; i < d->nwaits; i++)
        if (d->waits[i].asker == asker)
            d->waits[i].asker = NULL;
}

size_t kt_driver_outstanding(const struct kt_driver *d)
{
    return d->nwaits;
}

void kt_drv_orphan_all(struct kt_driver *d)
{
    const struct kt_answer gone = {.kind = KT_ANS_GONE, .message = d->text};

    while (d->nwaits > 0) {
        const struct kt_drv_wait w = d->waits[0];

        d->nwaits--;
        memmove(d->waits, d->waits + 1, d->nwaits * sizeof *d->waits);
        if (w.asker != NULL)
            w.asker->on(w.asker, w.id, &gone);
    }
}

static const char *text_of(const json_t *obj, const char *key)
{
    const char *s = json_string_value(json_object_get(obj, key));

    return s ? s : "";
}

static bool read_error(const json_t *err, struct kt_answer *ret)
{
    const json_t *code = json_object_get(err, "code");

    if (!json_is_object(err) || (code != NULL && !json_is_integer(code)))
        return false;
    ret->kind = KT_ANS_ERROR;
    ret->message = text_of(err, "message");
    ret->has_code = code != NULL;
    ret->code = (uint32_t)json_integer_value(code);
    return true;
}

static bool read_biz(json_t *biz, struct kt_answer *ret)
{
    const json_t *code = json_object_get(biz, "code");
    json_t *extra = json_object_get(biz, "extra");

    if (!json_is_integer(code) || json_integer_value(code) < INT32_MIN ||
        json_integer_value(code) > INT32_MAX)
        return false;
    ret->kind = KT_ANS_BIZ;
    ret->message = text_of(biz, "message");
    ret->biz_code = (int32_t)json_integer_value(code);
    ret->extra = json_is_object(extra) ? extra : NULL;
    return true;
}

/* False when the line is none of the answers of docs/drivers.md section 2. */
static bool read_answer(const json_t *line, struct kt_answer *ret)
{
    json_t *v;

    *ret = (struct kt_answer){.message = ""};
    v = json_object_get(line, "ok");
    if (v != NULL) {
        ret->kind = KT_ANS_OK;
        ret->body = v;
        return json_is_object(v);
    }
    if (json_is_true(json_object_get(line, "eof"))) {
        ret->kind = KT_ANS_EOF;
        return true;
    }
    v = json_object_get(line, "error");
    if (v != NULL)
        return read_error(v, ret);
    v = json_object_get(line, "biz");
    if (v != NULL)
        return read_biz(v, ret);
    v = json_object_get(line, "exception");
    if (v != NULL) {
        ret->kind = KT_ANS_EXCEPTION;
        ret->body = v;
        return json_is_object(v);
    }
    ret->kind = KT_ANS_UNSUPPORTED;
    ret->message = text_of(line, "unsupported");
    return json_is_string(json_object_get(line, "unsupported"));
}

static bool wait_take(struct kt_driver *d, uint64_t id, struct kt_asker **ret)
{
    for (size_t i = 0; i < d->nwaits; i++)
        if (d->waits[i].id == id) {
            *ret = d->waits[i].asker;
            d->nwaits--;
            memmove(d->waits + i, d->waits + i + 1,
                    (d->nwaits - i) * sizeof *d->waits);
            return true;
        }
    return false;
}

static void on_answer(struct kt_driver *d, const json_t *line)
{
    const json_t *id = json_object_get(line, "id");
    struct kt_asker *asker;
    struct kt_answer a;

    if (!json_is_integer(id) || !read_answer(line, &a)) {
        kt_drv_gone(d, KT_BLAME_PROTOCOL,
                    "line %zu of the driver is no answer: docs/drivers.md "
                    "section 2",
                    d->line_no);
        return;
    }
    if (!wait_take(d, (uint64_t)json_integer_value(id), &asker)) {
        kt_drv_gone(d, KT_BLAME_PROTOCOL,
                    "line %zu answers request %lld, which is not outstanding",
                    d->line_no, (long long)json_integer_value(id));
        return;
    }
    if (asker != NULL)
        asker->on(asker, (uint64_t)json_integer_value(id), &a);
}

static unsigned bits_of(const json_t *names, const char *const *known)
{
    unsigned bits = 0;
    size_t i;
    json_t *v;

    json_array_foreach(
        names, i, v) for (unsigned b = 0; known[b] != NULL;
                          b++) if (json_is_string(v) &&
                                   strcmp(json_string_value(v), known[b]) == 0)
        bits |= 1u << b;
    return bits;
}

static const char *hello_fault(const struct kt_driver *d, const json_t *h)
{
    const json_t *protocol = json_object_get(h, "protocol");

    if (!json_is_object(h))
        return "its first line is no hello";
    if (json_integer_value(protocol) != 1)
        return "it speaks another version of the driver protocol than 1";
    if (strcmp(text_of(h, "token"), d->token) != 0)
        return "its token is not the one in KTSPEC_TOKEN";
    if (!json_is_array(json_object_get(h, "roles")) ||
        json_array_size(json_object_get(h, "roles")) == 0)
        return "its hello names no role";
    return NULL;
}

static void on_hello(struct kt_driver *d, json_t *line)
{
    static const char *const roles[] = {"server", "client", NULL};
    static const char *const transports[] = {"http2", "ttheader", "pingpong",
                                             NULL};
    json_t *h = json_object_get(line, "hello");
    const char *fault = hello_fault(d, h);

    if (fault != NULL) {
        kt_drv_gone(d, KT_BLAME_PROTOCOL, "%s", fault);
        return;
    }
    d->hello_json = json_incref(h);
    d->hello = (struct kt_hello){
        .implementation = text_of(h, "implementation"),
        .version = text_of(h, "version"),
        .language = text_of(h, "language"),
        .roles = bits_of(json_object_get(h, "roles"), roles),
        .transports = bits_of(json_object_get(h, "transports"), transports),
        .capabilities = json_object_get(h, "capabilities"),
    };
    d->state = KT_DRV_READY;
    kt_timer_unset(d->patience);
    d->sink->on(d->sink, d);
}

void kt_drv_line(struct kt_driver *d, struct kt_cur line)
{
    json_error_t e;
    json_t *j = json_loadb((const char *)line.p, kt_cur_left(&line), 0, &e);

    if (!json_is_object(j))
        kt_drv_gone(d, KT_BLAME_PROTOCOL,
                    "line %zu of the driver is not JSON: %s", d->line_no,
                    j ? "no object" : e.text);
    else if (d->state == KT_DRV_STARTING)
        on_hello(d, j);
    else
        on_answer(d, j);
    json_decref(j);
}

bool kt_driver_can(const struct kt_driver *d, const char *capability)
{
    size_t i;
    json_t *v;

    json_array_foreach(d->hello.capabilities, i,
                       v) if (json_is_string(v) &&
                              strcmp(json_string_value(v), capability) ==
                                  0) return true;
    return false;
}

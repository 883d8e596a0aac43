/* Requests out, answers in: matching by id, and what an answer says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "driver/inner.h"
#include <string.h>

/* ---- requests ---- */

static void wait_put(struct kt_driver *d, uint64_t id, struct kt_asker *asker)
{
    if (d->nwaits == d->cap_waits) {
        d->cap_waits = d->cap_waits ? 2 * d->cap_waits : 16;
        d->waits = kt_xrealloc(d->waits, d->cap_waits * sizeof *d->waits);
    }
    d->waits[d->nwaits++] = (struct kt_drv_wait){id, asker};
}

static void tap(struct kt_driver *d, bool to_driver, struct kt_cur line)
{
    if (d->tap != NULL)
        d->tap->on(d->tap, to_driver, line);
}

static void send_line(struct kt_driver *d, const json_t *req)
{
    char *text = json_dumps(req, JSON_COMPACT | JSON_ENSURE_ASCII);
    size_t n;

    must(text != NULL);
    n = strlen(text);
    tap(d, true, kt_cur_of(text, n));
    text[n] = '\n'; /* in place of the NUL: one write, one segment */
    if (d->state == KT_DRV_STARTING)
        must(kt_buf_put(&d->early, text, n + 1));
    else if (d->tcp != NULL) /* else GONE is on its way */
        must(kt_tcp_write(d->tcp, text, n + 1));
    free(text);
}

void kt_drv_flush_early(struct kt_driver *d)
{
    const struct kt_cur all = kt_buf_view(&d->early);

    if (kt_cur_left(&all) > 0)
        must(kt_tcp_write(d->tcp, all.p, kt_cur_left(&all)));
    kt_buf_fini(&d->early);
}

uint64_t kt_driver_ask(struct kt_driver *d, json_t *req, struct kt_asker *asker)
{
    const uint64_t id = d->next_id++;

    json_object_set_new(req, "id", json_integer((json_int_t)id));
    wait_put(d, id, asker);
    if (d->state == KT_DRV_GONE)
        kt_timer_set(d->tell, kt_net_now(d->net));
    else
        send_line(d, req);
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

static struct kt_drv_wait wait_remove(struct kt_driver *d, size_t i)
{
    const struct kt_drv_wait w = d->waits[i];

    d->nwaits--;
    memmove(d->waits + i, d->waits + i + 1, (d->nwaits - i) * sizeof *d->waits);
    return w;
}

void kt_drv_orphan_all(struct kt_driver *d)
{
    const struct kt_answer gone = {.kind = KT_ANS_GONE, .message = d->text};
    const uint64_t end = d->next_id; /* what is asked meanwhile waits */

    while (d->nwaits > 0 && d->waits[0].id < end) {
        const struct kt_drv_wait w = wait_remove(d, 0);

        if (w.asker != NULL)
            w.asker->on(w.asker, w.id, &gone);
    }
}

/* ---- answers: docs/drivers.md section 2 ---- */

static bool read_ok(json_t *v, struct kt_answer *ret)
{
    ret->body = v;
    return json_is_object(v);
}

static bool read_eof(json_t *v, struct kt_answer *ret)
{
    (void)ret;
    return json_is_true(v);
}

static bool read_text(const json_t *v, const char **ret)
{
    if (v == NULL)
        return true;
    *ret = json_string_value(v);
    return *ret != NULL;
}

static bool in_range(const json_t *v, json_int_t low, json_int_t high)
{
    return json_is_integer(v) && json_integer_value(v) >= low &&
           json_integer_value(v) <= high;
}

static bool read_error(json_t *v, struct kt_answer *ret)
{
    const json_t *code = json_object_get(v, "code");

    ret->has_code = code != NULL;
    ret->code = (uint32_t)json_integer_value(code);
    return json_is_object(v) &&
           (code == NULL || in_range(code, 0, UINT32_MAX)) &&
           read_text(json_object_get(v, "message"), &ret->message);
}

static bool read_biz(json_t *v, struct kt_answer *ret)
{
    const json_t *code = json_object_get(v, "code");
    json_t *extra = json_object_get(v, "extra");

    ret->biz_code = (int32_t)json_integer_value(code);
    ret->extra = extra;
    return in_range(code, INT32_MIN, INT32_MAX) &&
           (extra == NULL || json_is_object(extra)) &&
           read_text(json_object_get(v, "message"), &ret->message);
}

static bool read_exception(json_t *v, struct kt_answer *ret)
{
    ret->body = v;
    return json_is_string(json_object_get(v, "name"));
}

static bool read_unsupported(json_t *v, struct kt_answer *ret)
{
    ret->message = json_string_value(v);
    return ret->message != NULL;
}

static const struct {
    const char *key;
    enum kt_ans_kind kind;
    bool (*read)(json_t *v, struct kt_answer *ret);
} kinds[] = {
    {"ok", KT_ANS_OK, read_ok},
    {"eof", KT_ANS_EOF, read_eof},
    {"error", KT_ANS_ERROR, read_error},
    {"biz", KT_ANS_BIZ, read_biz},
    {"exception", KT_ANS_EXCEPTION, read_exception},
    {"unsupported", KT_ANS_UNSUPPORTED, read_unsupported},
};

/* False when the line is none of the answers, or several of them. */
static bool read_answer(const json_t *line, struct kt_answer *ret)
{
    unsigned found = 0;

    *ret = (struct kt_answer){.message = ""};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        json_t *v = json_object_get(line, kinds[i].key);

        if (v == NULL)
            continue;
        found++;
        ret->kind = kinds[i].kind;
        if (!kinds[i].read(v, ret))
            return false;
    }
    return found == 1;
}

static bool wait_take(struct kt_driver *d, uint64_t id, struct kt_asker **ret)
{
    for (size_t i = 0; i < d->nwaits; i++)
        if (d->waits[i].id == id) {
            *ret = wait_remove(d, i).asker;
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

void kt_drv_line(struct kt_driver *d, struct kt_cur line)
{
    json_error_t e;
    json_t *j;

    tap(d, false, line);
    /* A Thrift string may hold U+0000. */
    j = json_loadb((const char *)line.p, kt_cur_left(&line), JSON_ALLOW_NUL,
                   &e);
    if (!json_is_object(j))
        kt_drv_gone(d, KT_BLAME_PROTOCOL,
                    "line %zu of the driver is not JSON: %s", d->line_no,
                    j ? "no object" : e.text);
    else if (d->state == KT_DRV_STARTING)
        kt_drv_hello(d, j);
    else
        on_answer(d, j);
    json_decref(j);
}

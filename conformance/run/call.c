/* A whole call, step by step. SPDX-License-Identifier: Apache-2.0 */
#include "run/call.h"
#include "base/alloc.h"
#include "run/account.h"
#include "run/echo.h"
#include "run/inner.h"
#include "run/play.h"
#include "run/request.h"
#include <string.h>

enum stage { OPENING, SENDING, CLOSING, READING, ENDING, OVER };

/* By a driver: each request follows the answer of the one before. */
struct kt_call {
    struct kt_call *next;
    struct kt_ask *a; /* gets the result */
    struct kt_ask *sub;
    enum stage stage;
    struct kt_got held; /* the message that waits for the end */
};

static struct kt_ask *sub(struct kt_call *k, const char *op, json_t *fields)
{
    struct kt_ask *a = kt_ask_new(k->a->c, KT_CLIENT, NULL, k->a->s);

    a->as_message = true;
    kt_ask_send(a, op, fields);
    return a;
}

void kt_call_start(struct kt_ask *a, json_t *open)
{
    struct kt_call *k = kt_xalloc(sizeof *k);
    const struct kt_line *l = a->line;

    *k = (struct kt_call){.a = a, .next = a->c->calls};
    a->c->calls = k;
    kt_account_message(a->s, true, l, &l->app.msg);
    kt_account_half_close(a->s, l);
    a->s->read[0]++;
    k->sub = sub(k, "open", open);
}

static void finish(struct kt_call *k, struct kt_got *got)
{
    k->stage = OVER;
    kt_ask_give(k->a, got);
}

/* The end: M when it is OK, else what ended it. */
static void end(struct kt_call *k, struct kt_got *got)
{
    if (got->kind == KT_GOT_EOF && k->held.kind == KT_GOT_MSG) {
        finish(k, &k->held);
        return;
    }
    finish(k, got);
}

static void advance(struct kt_call *k)
{
    const struct kt_line *l = k->a->line;
    struct kt_got got;

    kt_got_copy(&got, &k->sub->got);
    if (got.kind == KT_GOT_MSG && k->stage == READING) {
        k->held = got;
        k->stage = ENDING;
        k->sub = sub(k, "recv", NULL);
        return;
    }
    if (got.kind != KT_GOT_OK || k->stage >= READING) {
        end(k, &got);
        kt_got_fini(&got);
        return;
    }
    kt_got_fini(&got);
    k->stage++;
    if (k->stage == SENDING)
        k->sub =
            sub(k, "send",
                json_pack("{s:o}", "message", kt_msg_request(&l->app.msg, 0)));
    else if (k->stage == CLOSING)
        k->sub = sub(k, "half-close", NULL);
    else
        k->sub = sub(k, "recv", NULL);
}

void kt_calls_pump(struct kt_case *c)
{
    for (struct kt_call *k = c->calls; k; k = k->next)
        while (k->stage != OVER && k->sub->got.kind != KT_GOT_NONE)
            advance(k);
}

void kt_calls_free(struct kt_case *c)
{
    while (c->calls) {
        struct kt_call *k = c->calls;

        c->calls = k->next;
        kt_got_fini(&k->held);
        kt_free(k);
    }
}

/* --- the runner's own call --- */

static struct kt_ask *probe_by_driver(struct kt_case *c, struct kt_strm *s,
                                      const char *connection)
{
    const struct kt_line *line = &c->run->probe_line;
    struct kt_ask *a = kt_ask_new(c, KT_CLIENT, line, s);
    json_t *open;

    a->as_message = true;
    a->settles = true;
    kt_ledger_put(&s->ledger[1], KT_EV_HEADERS, line);
    open = kt_request_open(c, line, s);
    s->tagged = true;
    json_object_set_new(open, "tag", json_true());
    json_object_set_new(open, "connection", json_string(connection));
    kt_call_start(a, open);
    return a;
}

static struct kt_ask *probe_by_judge(struct kt_case *c, struct kt_strm *s,
                                     struct kt_strm *beside)
{
    struct kt_ask *a = kt_play_recv(c, NULL, s, KT_CLIENT);

    s->conn = beside ? beside->conn : NULL;
    if (!s->conn)
        s->conn = kt_play_conn(c, s, "new");
    s->probe = true; /* goes out as soon as its connection is ready */
    kt_case_touch(c);
    return a;
}

static struct kt_strm *probe_stream(struct kt_case *c)
{
    char name[32];
    struct kt_strm *s;

    snprintf(name, sizeof name, "probe-%u", ++c->probe_count);
    s = kt_strm_get(c, name);
    s->method = kt_service_method(c->service, "Echo");
    kt_echo_want(s);
    return s;
}

struct kt_ask *kt_call_probe(struct kt_case *c, struct kt_strm *beside)
{
    struct kt_strm *s = probe_stream(c);

    if (!c->sut[KT_CLIENT])
        return probe_by_judge(c, s, beside);
    return probe_by_driver(c, s, beside ? beside->conn_name : s->name);
}

struct kt_ask *kt_call_warm(struct kt_case *c, const char *connection)
{
    return probe_by_driver(c, probe_stream(c), connection);
}

bool kt_call_probe_ok(const struct kt_ask *a, struct kt_buf *ret_got)
{
    const struct kt_shape shape = kt_strm_shape(a->s, false);

    kt_got_print(ret_got, &a->got);
    return a->got.kind == KT_GOT_MSG &&
           kt_msg_equal(&a->c->run->probe_line.app.msg, 0, &shape, a->got.msg,
                        a->got.bytes, NULL);
}

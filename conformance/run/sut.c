/* One system under test behind its driver.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/sut.h"
#include "base/alloc.h"
#include <string.h>

static void set(char **dst, const char *text)
{
    kt_free(*dst);
    *dst = kt_xstrdup(text ? text : "");
}

static void ready(struct kt_sut *s)
{
    const struct kt_hello *h = kt_driver_hello(s->driver);

    set(&s->name, h->implementation);
    set(&s->version, h->version);
    s->ever = true;
    s->state = KT_SUT_READY;
}

static void gone(struct kt_sut *s)
{
    const char *text = "";

    kt_driver_blame(s->driver, &text);
    if (!s->why || !*s->why)
        set(&s->why, text);
    set(&s->tail, kt_driver_stderr(s->driver));
    s->state = s->ever ? KT_SUT_LOST : KT_SUT_FAILED;
}

static void on_driver(struct kt_driver_sink *self, struct kt_driver *d)
{
    struct kt_sut *s = kt_container_of(self, struct kt_sut, on_driver);

    switch (kt_driver_state(d)) {
    case KT_DRV_STARTING:
        return;
    case KT_DRV_READY:
        ready(s);
        break;
    case KT_DRV_GONE:
        if (s->state == KT_SUT_LOST) /* killed: it has been told already */
            return;
        gone(s);
        break;
    }
    s->sink->on(s->sink, s);
}

void kt_sut_init(struct kt_sut *s, struct kt_net *net,
                 const struct kt_sut_opts *opts, uint64_t start_ns,
                 struct kt_sut_sink *sink)
{
    *s = (struct kt_sut){
        .net = net,
        .opts = opts,
        .sink = sink,
        .start_ns = start_ns,
        .on_driver.on = on_driver,
    };
    set(&s->name, opts->connect);
    set(&s->version, "");
}

static void hear_nothing(struct kt_sink *self, const struct kt_net_event *ev)
{
    (void)self;
    (void)ev;
}

static struct kt_sink nobody = {hear_nothing};

void kt_sut_fini(struct kt_sut *s)
{
    if (s->knock) {
        kt_tcp_set_sink(s->knock, &nobody);
        kt_tcp_abort(s->knock);
    }
    s->knock = NULL;
    if (s->driver)
        kt_driver_free(s->driver);
    kt_free(s->why);
    kt_free(s->tail);
    kt_free(s->name);
    kt_free(s->version);
    s->driver = NULL;
    s->why = s->tail = s->name = s->version = NULL;
}

/* A black box is there when it takes a connection. */
static void on_knock(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_sut *s = kt_container_of(self, struct kt_sut, on_knock);

    if (ev->kind == KT_NET_CONNECTED) {
        s->state = KT_SUT_BARE;
        kt_tcp_close(s->knock);
        s->sink->on(s->sink, s);
    }
    if (ev->kind != KT_NET_CLOSED)
        return;
    s->knock = NULL;
    if (s->state == KT_SUT_BARE)
        return;
    kt_free(s->why);
    s->why =
        kt_xasprintf("nobody listens at %s: %s", s->opts->connect, ev->why);
    s->state = KT_SUT_FAILED;
    s->sink->on(s->sink, s);
}

static bool knock(struct kt_sut *s, struct kt_err *reterr)
{
    s->on_knock.on = on_knock;
    s->state = KT_SUT_STARTING;
    s->knock = kt_net_connect(s->net, s->opts->connect, &s->on_knock, reterr);
    return s->knock != NULL;
}

bool kt_sut_start(struct kt_sut *s, struct kt_err *reterr)
{
    if (s->opts->connect)
        return knock(s, reterr);
    const struct kt_driver_opts o = {
        .argv = s->opts->argv,
        .control = s->opts->control,
        .token = s->opts->token,
        .start_ns = s->start_ns,
        .sink = &s->on_driver,
    };

    if (s->driver)
        kt_driver_free(s->driver);
    set(&s->why, "");
    s->driver = kt_driver_new(s->net, &o, reterr);
    if (!s->driver) {
        set(&s->why, reterr->detail);
        s->state = KT_SUT_FAILED;
        return false;
    }
    s->state = KT_SUT_STARTING;
    s->generation++;
    s->used = s->killed = false;
    if (!o.argv && s->opts->attach)
        s->opts->attach(s->opts->attach_ctx, kt_driver_control(s->driver),
                        kt_driver_token(s->driver));
    return true;
}

void kt_sut_kill(struct kt_sut *s, const char *why)
{
    if (s->state != KT_SUT_READY)
        return;
    s->killed = true;
    set(&s->why, why);
    set(&s->tail, kt_driver_stderr(s->driver));
    s->state = KT_SUT_LOST;
    kt_driver_stop(s->driver);
    s->sink->on(s->sink, s);
}

void kt_sut_renew(struct kt_sut *s)
{
    struct kt_err err;

    if (s->state != KT_SUT_READY)
        return;
    kt_sut_start(s, &err); /* frees, and so ends, the one that is there */
}

bool kt_sut_can(const struct kt_sut *s, const char *capability)
{
    return s->state == KT_SUT_READY && kt_driver_can(s->driver, capability);
}

bool kt_sut_can_role(const struct kt_sut *s, enum kt_side side)
{
    if (s->state != KT_SUT_READY)
        return false;
    return kt_driver_hello(s->driver)->roles &
           (side == KT_SERVER ? KT_ROLE_SERVER : KT_ROLE_CLIENT);
}

bool kt_sut_can_transport(const struct kt_sut *s, unsigned transport)
{
    return s->state == KT_SUT_READY &&
           kt_driver_hello(s->driver)->transports & transport;
}

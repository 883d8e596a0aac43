/* A world for the tests of the driver connection.
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"
#include <criterion/criterion.h>
#include <string.h>

static void on_answer(struct kt_asker *self, uint64_t id,
                      const struct kt_answer *a)
{
    struct ask *q = kt_container_of(self, struct ask, asker);
    char *body = a->body ? json_dumps(a->body, JSON_COMPACT) : NULL;
    struct kt_driver *again = q->again;

    q->n++;
    q->id = id;
    q->a = *a;
    snprintf(q->message, sizeof q->message, "%s", a->message);
    snprintf(q->body, sizeof q->body, "%s", body ? body : "");
    free(body);
    q->again = NULL;
    if (again != NULL)
        kt_driver_ask(again, json_object(), &q->asker);
    if (q->stop != NULL)
        kt_driver_stop(q->stop);
    if (q->free != NULL)
        kt_driver_free(q->free);
}

struct ask ask_of(void)
{
    return (struct ask){.asker.on = on_answer};
}

void on_driver(struct kt_driver_sink *self, struct kt_driver *d)
{
    struct world *w = kt_container_of(self, struct world, sink);

    w->told[kt_driver_state(d)]++;
    if (w->free_then && kt_driver_state(d) == KT_DRV_GONE) {
        kt_driver_free(d);
        w->d = NULL;
    }
}

static void on_peer(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct world *w = kt_container_of(self, struct world, on_peer);

    if (ev->kind == KT_NET_CONNECTED)
        w->peer_open = true;
    if (ev->kind == KT_NET_DATA)
        kt_buf_put(&w->got, ev->data.p, kt_cur_left(&ev->data));
    if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    if (ev->kind == KT_NET_CLOSED) {
        w->peer_open = false;
        w->peer = NULL;
    }
}

void step_while(struct world *w, bool (*cond)(struct world *w))
{
    const uint64_t end = kt_net_now(w->net) + 20 * S;

    while (cond(w) && kt_net_now(w->net) < end)
        if (kt_net_step(w->net, end) == 0)
            return;
}

bool starting(struct world *w)
{
    return kt_driver_state(w->d) == KT_DRV_STARTING;
}

bool not_gone(struct world *w)
{
    return w->told[KT_DRV_GONE] == 0;
}

bool unanswered(struct world *w)
{
    return w->d != NULL && kt_driver_outstanding(w->d) > 0;
}

bool nothing_got(struct world *w)
{
    return kt_buf_size(&w->got) == 0 ||
           strchr(kt_buf_cstr(&w->got), '\n') == NULL;
}

void world_begin(struct world *w, bool simulated,
                 const struct kt_driver_opts *o)
{
    struct kt_driver_opts all = *o;
    struct kt_err e = {0};

    *w = (struct world){.sink.on = on_driver, .on_peer.on = on_peer};
    kt_buf_init(&w->got, 1 << 20);
    w->net = simulated ? kt_net_sim_new() : kt_net_uv_new();
    all.sink = &w->sink;
    all.start_ns = all.start_ns ? all.start_ns : 10 * S;
    w->d = kt_driver_new(w->net, &all, &e);
    cr_assert(w->d != NULL, "%s", e.detail);
}

void world_end(struct world *w)
{
    kt_driver_free(w->d);
    kt_net_free(w->net);
    kt_buf_fini(&w->got);
}

void say(struct world *w, const char *line)
{
    kt_tcp_write(w->peer, line, strlen(line));
    kt_tcp_write(w->peer, "\n", 1);
}

void dial(struct world *w)
{
    struct kt_err e = {0};

    w->peer = kt_net_connect(w->net, kt_driver_control(w->d), &w->on_peer, &e);
    cr_assert(w->peer != NULL);
    while (!w->peer_open)
        cr_assert(kt_net_step(w->net, kt_net_now(w->net) + 5 * S) > 0);
}

void world_ready(struct world *w, bool simulated)
{
    world_begin(w, simulated, &(struct kt_driver_opts){.token = "tok"});
    dial(w);
    say(w, HELLO);
    step_while(w, starting);
    cr_assert(kt_driver_state(w->d) == KT_DRV_READY);
}

void blamed(struct world *w, enum kt_blame blame, const char *part)
{
    const char *text = "";

    step_while(w, not_gone);
    cr_expect(w->told[KT_DRV_GONE] == 1, "told of GONE %d times: %s",
              w->told[KT_DRV_GONE], part);
    if (w->d == NULL)
        return;
    cr_expect(kt_driver_blame(w->d, &text) == blame, "blame is %d: %s",
              kt_driver_blame(w->d, &text), text);
    cr_expect(strstr(text, part) != NULL, "'%s' lacks '%s'", text, part);
}

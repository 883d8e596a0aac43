/* The life of a driver: control connection, process, and whose fault its end
 * was. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "driver/inner.h"
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>

static const char *signal_name(int sig, char text[16])
{
    const char *name = sigabbrev_np(sig);

    snprintf(text, 16, "SIG%s", name ? name : "?");
    return text;
}

void kt_drv_gone(struct kt_driver *d, enum kt_blame blame, const char *fmt, ...)
{
    va_list ap;

    if (d->state == KT_DRV_GONE)
        return;
    d->state = KT_DRV_GONE;
    d->blame = blame;
    va_start(ap, fmt);
    vsnprintf(d->text, sizeof d->text, fmt, ap);
    va_end(ap);
    kt_timer_unset(d->patience);
    if (d->tcp != NULL)
        kt_tcp_abort(d->tcp);
    if (d->proc != NULL)
        kt_proc_stop(d->proc, kt_net_now(d->net) + KT_DRV_KILL_NS);
    kt_drv_orphan_all(d);
    d->sink->on(d->sink, d);
}

/* Split what came in into lines. A callback may end the driver half-way. */
static void on_bytes(struct kt_driver *d, struct kt_cur data)
{
    if (!kt_buf_put(&d->in, data.p, kt_cur_left(&data))) {
        kt_drv_gone(d, KT_BLAME_PROTOCOL,
                    "a line of the driver is above %d MiB",
                    KT_DRV_MAX_LINE >> 20);
        return;
    }
    while (d->state != KT_DRV_GONE) {
        struct kt_cur in = kt_buf_view(&d->in);
        const size_t n = kt_cur_left(&in);
        const uint8_t *end =
            n > d->scanned ? memchr(in.p + d->scanned, '\n', n - d->scanned)
                           : NULL;

        if (end == NULL) {
            d->scanned = n;
            return;
        }
        d->line_no++;
        kt_drv_line(d, kt_cur_of(in.p, (size_t)(end - in.p)));
        kt_buf_eat(&d->in, (size_t)(end - in.p) + 1);
        d->scanned = 0;
    }
}

/* The control connection ended: the process, if we have one, says why. */
static void on_hangup(struct kt_driver *d)
{
    d->tcp = NULL;
    if (d->state == KT_DRV_GONE)
        return;
    if (d->proc == NULL) {
        kt_drv_gone(d, KT_BLAME_HANGUP, "closed the control connection");
        return;
    }
    kt_timer_set(d->patience, kt_net_now(d->net) + KT_DRV_EXIT_NS);
}

static void on_tcp(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_tcp);

    if (ev->kind == KT_NET_DATA && d->state != KT_DRV_GONE)
        on_bytes(d, ev->data);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED)
        on_hangup(d);
}

static void on_listener(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_listener);

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    if (d->tcp != NULL || d->state != KT_DRV_STARTING) {
        kt_tcp_abort(ev->tcp);
        return;
    }
    d->tcp = ev->tcp;
    kt_tcp_set_sink(d->tcp, &d->on_tcp);
}

static void on_patience(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_patience);

    (void)ev;
    if (d->state == KT_DRV_STARTING)
        kt_drv_gone(d, KT_BLAME_NO_START,
                    d->tcp ? "connected, but sent no hello in time"
                           : "did not connect to the control address in time");
    else if (d->state == KT_DRV_READY)
        kt_drv_gone(d, KT_BLAME_HANGUP,
                    "closed the control connection and lives on");
    else
        kt_drv_orphan_all(d);
}

static void on_exit_of(struct kt_driver *d, const struct kt_proc_event *ev)
{
    char name[16];

    if (ev->signal != 0)
        kt_drv_gone(d, KT_BLAME_SIGNAL, "killed by %s",
                    signal_name(ev->signal, name));
    else if (d->state == KT_DRV_STARTING)
        kt_drv_gone(d, KT_BLAME_NO_START,
                    "exited with status %d before its hello", ev->status);
    else
        kt_drv_gone(d, KT_BLAME_EXIT, "exited with status %d", ev->status);
}

static void on_proc(struct kt_proc_sink *self, const struct kt_proc_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_proc);

    on_exit_of(d, ev);
}

static char *random_token(void)
{
    uint8_t raw[12];

    must(getrandom(raw, sizeof raw, 0) == sizeof raw);
    return kt_xasprintf("%08x%08x%08x", kt_peek_u32(raw), kt_peek_u32(raw + 4),
                        kt_peek_u32(raw + 8));
}

static enum kt_step start(struct kt_driver *d, char **argv,
                          struct kt_err *reterr)
{
    char *env[3];

    env[0] = kt_xasprintf("KTSPEC_CONTROL=%s", d->control);
    env[1] = kt_xasprintf("KTSPEC_TOKEN=%s", d->token);
    env[2] = NULL;
    d->proc = kt_proc_spawn(d->net, argv, env, &d->on_proc, reterr);
    kt_free(env[0]);
    kt_free(env[1]);
    return d->proc ? KT_DONE : KT_BAD;
}

struct kt_driver *kt_driver_new(struct kt_net *net,
                                const struct kt_driver_opts *o,
                                struct kt_err *reterr)
{
    struct kt_driver *d = kt_xalloc(sizeof *d);

    d->net = net;
    d->sink = o->sink;
    d->next_id = 1;
    d->on_listener.on = on_listener;
    d->on_tcp.on = on_tcp;
    d->on_patience.on = on_patience;
    d->on_proc.on = on_proc;
    kt_buf_init(&d->in, KT_DRV_MAX_LINE);
    d->token = o->token ? kt_xstrdup(o->token) : random_token();
    d->patience = kt_timer_new(net, &d->on_patience);
    kt_timer_set(d->patience, kt_net_now(net) + o->start_ns);
    d->listener = kt_net_listen(net, o->control ? o->control : "127.0.0.1:0",
                                &d->on_listener, d->control, reterr);
    if (d->listener == NULL ||
        (o->argv != NULL && start(d, o->argv, reterr) != KT_DONE)) {
        kt_driver_free(d);
        return NULL;
    }
    return d;
}

void kt_driver_stop(struct kt_driver *d)
{
    kt_drv_gone(d, KT_BLAME_STOPPED, "stopped");
}

void kt_driver_free(struct kt_driver *d)
{
    if (d == NULL)
        return;
    if (d->tcp != NULL) {
        kt_tcp_set_sink(d->tcp, NULL);
        kt_tcp_abort(d->tcp);
    }
    if (d->listener != NULL)
        kt_listener_close(d->listener);
    kt_timer_free(d->patience);
    kt_proc_free(d->proc);
    json_decref(d->hello_json);
    kt_buf_fini(&d->in);
    kt_free(d->waits);
    kt_free(d->token);
    kt_free(d);
}

enum kt_driver_state kt_driver_state(const struct kt_driver *d)
{
    return d->state;
}

const struct kt_hello *kt_driver_hello(const struct kt_driver *d)
{
    return &d->hello;
}

const char *kt_driver_control(const struct kt_driver *d)
{
    return d->control;
}

const char *kt_driver_token(const struct kt_driver *d)
{
    return d->token;
}

enum kt_blame kt_driver_blame(const struct kt_driver *d, const char **ret_text)
{
    *ret_text = d->text;
    return d->blame;
}

const char *kt_driver_stderr(const struct kt_driver *d)
{
    return d->proc ? kt_proc_stderr(d->proc) : "";
}

int kt_driver_pid(const struct kt_driver *d)
{
    return d->proc ? kt_proc_pid(d->proc) : 0;
}

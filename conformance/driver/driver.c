/* The life of a driver: control connection, process, and whose fault its end
 * was. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "driver/inner.h"
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>

/* ---- memory: a callback may free the driver that calls it ---- */

static void destroy(struct kt_driver *d)
{
    json_decref(d->hello_json);
    kt_buf_fini(&d->in);
    kt_buf_fini(&d->early);
    kt_free(d->waits);
    kt_free(d->token);
    kt_free(d);
}

static void enter(struct kt_driver *d)
{
    d->inside++;
}

static void leave(struct kt_driver *d)
{
    if (--d->inside == 0 && d->doomed)
        destroy(d);
}

/* ---- the end ---- */

static void tell_soon(struct kt_driver *d)
{
    kt_timer_set(d->tell, kt_net_now(d->net));
}

static void end(struct kt_driver *d, enum kt_blame blame)
{
    d->state = KT_DRV_GONE;
    d->blame = blame;
    kt_timer_unset(d->patience);
    tell_soon(d);
}

void kt_drv_gone(struct kt_driver *d, enum kt_blame blame, const char *fmt, ...)
{
    va_list ap;

    if (d->state == KT_DRV_GONE)
        return;
    va_start(ap, fmt);
    vsnprintf(d->text, sizeof d->text, fmt, ap);
    va_end(ap);
    end(d, blame);
    if (d->tcp != NULL)
        kt_tcp_abort(d->tcp);
    if (d->proc != NULL && !d->exited)
        kt_proc_stop(d->proc, kt_net_now(d->net) + KT_DRV_KILL_NS);
}

void kt_driver_stop(struct kt_driver *d)
{
    if (d->state == KT_DRV_GONE)
        return;
    end(d, KT_BLAME_STOPPED);
    snprintf(d->text, sizeof d->text, "stopped");
    if (d->tcp != NULL)
        kt_tcp_close(d->tcp);
    if (d->proc == NULL || d->exited)
        return;
    if (d->tcp != NULL)
        kt_timer_set(d->patience, kt_net_now(d->net) + KT_DRV_EXIT_NS);
    else
        kt_proc_stop(d->proc, kt_net_now(d->net) + KT_DRV_KILL_NS);
}

/* Stopped by us, and its process has not ended yet. */
static bool stopping(const struct kt_driver *d)
{
    return d->blame == KT_BLAME_STOPPED && d->proc != NULL && !d->exited;
}

static void on_tell(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_tell);

    (void)ev;
    enter(d);
    kt_drv_orphan_all(d);
    if (!d->doomed && !d->told && !stopping(d)) {
        d->told = true;
        d->sink->on(d->sink, d);
    }
    leave(d);
}

/* ---- the process ---- */

static const char *how(const struct kt_driver *d, char ret[64])
{
    const char *name;

    if (d->end.signal == 0) {
        snprintf(ret, 64, "exited with status %d", d->end.status);
        return ret;
    }
    name = sigabbrev_np(d->end.signal);
    if (name != NULL)
        snprintf(ret, 64, "killed by SIG%s", name);
    else
        snprintf(ret, 64, "killed by signal %d", d->end.signal);
    return ret;
}

static void gone_by_exit(struct kt_driver *d)
{
    char text[64], report[200];
    const char *crash = kt_drv_report(kt_driver_stderr(d), report);

    how(d, text);
    if (crash != NULL && (d->end.signal != 0 || d->end.status != 0))
        kt_drv_gone(d, KT_BLAME_SIGNAL, "%s: %s", text, crash);
    else if (d->end.signal != 0)
        kt_drv_gone(d, KT_BLAME_SIGNAL, "%s", text);
    else if (d->state == KT_DRV_STARTING)
        kt_drv_gone(d, KT_BLAME_NO_START, "%s before its hello", text);
    else
        kt_drv_gone(d, KT_BLAME_EXIT, "%s", text);
}

static void on_proc(struct kt_proc_sink *self, const struct kt_proc_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_proc);
    char text[64];

    enter(d);
    d->exited = true;
    d->end = *ev;
    if (d->state == KT_DRV_GONE) {
        kt_timer_unset(d->patience);
        if (d->blame == KT_BLAME_STOPPED)
            snprintf(d->text, sizeof d->text, "stopped: %s", how(d, text));
        tell_soon(d);
    } else if (d->tcp != NULL) { /* what it wrote before comes first */
        kt_timer_set(d->patience, kt_net_now(d->net) + KT_DRV_REST_NS);
    } else {
        gone_by_exit(d);
    }
    leave(d);
}

/* ---- the control connection ---- */

static bool keep(struct kt_driver *d, struct kt_cur part)
{
    const size_t n = kt_cur_left(&part);

    if (kt_buf_size(&d->in) + n <= KT_DRV_MAX_LINE &&
        kt_buf_put(&d->in, part.p, n))
        return true;
    kt_drv_gone(d, KT_BLAME_PROTOCOL, "line %zu of the driver is above %d MiB",
                d->line_no + 1, KT_DRV_MAX_LINE >> 20);
    return false;
}

/* Split what came in into lines. A callback may end the driver half-way. */
static void on_bytes(struct kt_driver *d, struct kt_cur data)
{
    while (kt_cur_left(&data) > 0 && d->state != KT_DRV_GONE) {
        const uint8_t *lf = memchr(data.p, '\n', kt_cur_left(&data));
        const size_t n = lf ? (size_t)(lf - data.p) : kt_cur_left(&data);

        if (!keep(d, kt_cur_cut(&data, n)) || lf == NULL)
            return;
        kt_cur_cut(&data, 1);
        d->line_no++;
        kt_drv_line(d, kt_buf_view(&d->in));
        if (d->in.cap > KT_DRV_KEEP) /* one big message is no rule */
            kt_buf_fini(&d->in);
        else
            kt_buf_clear(&d->in);
    }
}

/* The control connection ended: the process, if we have one, says why. */
static void on_hangup(struct kt_driver *d)
{
    d->tcp = NULL;
    d->hung_up = true;
    if (d->state == KT_DRV_GONE)
        return;
    if (d->exited)
        gone_by_exit(d);
    else if (d->proc != NULL)
        kt_timer_set(d->patience, kt_net_now(d->net) + KT_DRV_EXIT_NS);
    else if (d->state == KT_DRV_STARTING)
        kt_drv_gone(d, KT_BLAME_NO_START,
                    "closed the control connection before its hello");
    else
        kt_drv_gone(d, KT_BLAME_HANGUP, "closed the control connection");
}

static void on_tcp(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_tcp);

    enter(d);
    if (ev->kind == KT_NET_DATA)
        on_bytes(d, ev->data);
    else if (ev->kind == KT_NET_EOF)
        kt_tcp_close(ev->tcp);
    else if (ev->kind == KT_NET_CLOSED)
        on_hangup(d);
    leave(d);
}

static void on_listener(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_listener);

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    if (d->tcp != NULL || d->hung_up || d->state != KT_DRV_STARTING) {
        kt_tcp_abort(ev->tcp);
        return;
    }
    d->tcp = ev->tcp;
    kt_tcp_set_sink(d->tcp, &d->on_tcp);
}

static void start_is_over(struct kt_driver *d)
{
    const char *why = "did not connect to the control address in time";

    if (d->tcp != NULL)
        why = "connected, but sent no hello in time";
    else if (d->hung_up)
        why = "closed the control connection before its hello and lives on";
    kt_drv_gone(d, KT_BLAME_NO_START, "%s", why);
}

static void on_patience(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_driver *d = kt_container_of(self, struct kt_driver, on_patience);

    (void)ev;
    enter(d);
    if (d->state == KT_DRV_GONE)
        kt_proc_stop(d->proc, kt_net_now(d->net) + KT_DRV_KILL_NS);
    else if (d->exited)
        gone_by_exit(d);
    else if (d->state == KT_DRV_STARTING)
        start_is_over(d);
    else
        kt_drv_gone(d, KT_BLAME_HANGUP,
                    "closed the control connection and lives on");
    leave(d);
}

/* ---- the beginning ---- */

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

static struct kt_driver *blank(struct kt_net *net,
                               const struct kt_driver_opts *o)
{
    struct kt_driver *d = kt_xalloc(sizeof *d);

    d->net = net;
    d->sink = o->sink;
    d->tap = o->tap;
    d->next_id = 1;
    d->on_listener.on = on_listener;
    d->on_tcp.on = on_tcp;
    d->on_patience.on = on_patience;
    d->on_tell.on = on_tell;
    d->on_proc.on = on_proc;
    kt_buf_init(&d->in, KT_DRV_MAX_LINE);
    kt_buf_init(&d->early, KT_DRV_MAX_LINE);
    d->token = o->token ? kt_xstrdup(o->token) : random_token();
    d->patience = kt_timer_new(net, &d->on_patience);
    d->tell = kt_timer_new(net, &d->on_tell);
    must(d->patience != NULL && d->tell != NULL);
    return d;
}

struct kt_driver *kt_driver_new(struct kt_net *net,
                                const struct kt_driver_opts *o,
                                struct kt_err *reterr)
{
    struct kt_driver *d = blank(net, o);

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

void kt_driver_free(struct kt_driver *d)
{
    if (d == NULL)
        return;
    d->state = KT_DRV_GONE; /* whoever is in a loop over it leaves that */
    d->doomed = true;
    d->nwaits = 0;
    if (d->tcp != NULL) {
        kt_tcp_set_sink(d->tcp, NULL);
        kt_tcp_abort(d->tcp);
    }
    kt_listener_close(d->listener);
    kt_timer_free(d->patience);
    kt_timer_free(d->tell);
    kt_proc_free(d->proc);
    d->proc = NULL;
    if (d->inside == 0)
        destroy(d);
}

/* ---- what is known ---- */

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

/* A child process, its output and its end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/proc.h"
#include "io/uv_world.h"
#include "base/alloc.h"
#include "base/must.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { OUT, ERR, KEPT = 64 * 1024 };

/* What a stream has said lately: at least the last KEPT bytes of it. */
struct tail {
    uv_pipe_t uv;
    struct kt_proc *p;
    size_t len;
    char text[2 * KEPT + 1];
};

struct kt_proc {
    struct uvw *w;
    struct kt_proc_sink *sink;
    struct kt_proc *next, **link;
    uv_process_t uv;
    struct tail tails[2];
    struct kt_ev ev;
    struct kt_timer *killer;
    struct kt_sink on_timer;
    struct kt_proc_event end;
    int pid;
    int open; /* handles that are not closed yet */
    bool exited;
    bool freed; /* by the caller; it goes when it has been reaped */
};

/* ---- output ---- */

static void keep(struct tail *t, const char *p, size_t n)
{
    if (n > KEPT) {
        p += n - KEPT;
        n = KEPT;
    }
    if (t->len + n > sizeof t->text - 1) {
        memmove(t->text, t->text + t->len - KEPT, KEPT);
        t->len = KEPT;
    }
    for (size_t i = 0; i < n; i++) /* it is read as a C string */
        t->text[t->len++] = p[i] ? p[i] : ' ';
    t->text[t->len] = 0;
}

static const char *last(const struct tail *t)
{
    return t->text + (t->len > KEPT ? t->len - KEPT : 0);
}

static void on_output(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
    if (n > 0)
        keep(s->data, buf->base, (size_t)n);
    if (n < 0)
        uv_read_stop(s);
}

/* What the child wrote before it exited may still be in the pipe. Bounded: an
 * orphan that goes on writing must not keep us here. */
static void drain(struct tail *t)
{
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)&t->uv, &fd) != 0)
        return;
    for (int i = 0; i < 64; i++) {
        const ssize_t n = read(fd, t->p->w->read, UVW_READ);

        if (n <= 0)
            return;
        keep(t, t->p->w->read, (size_t)n);
    }
}

const char *kt_proc_stdout(const struct kt_proc *p)
{
    return last(&p->tails[OUT]);
}

const char *kt_proc_stderr(const struct kt_proc *p)
{
    return last(&p->tails[ERR]);
}

/* ---- the end ---- */

static void exit_fire(struct kt_ev *ev)
{
    struct kt_proc *p = kt_container_of(ev, struct kt_proc, ev);

    if (!p->freed && p->sink)
        p->sink->on(p->sink, &p->end);
}

static void release(struct kt_proc *p)
{
    if (--p->open > 0)
        return;
    *p->link = p->next;
    if (p->next)
        p->next->link = p->link;
    kt_free(p);
}

static void on_pipe_closed(uv_handle_t *h)
{
    release(((struct tail *)h->data)->p);
}

static void on_proc_closed(uv_handle_t *h)
{
    release(h->data);
}

static void close_all(struct kt_proc *p)
{
    for (int i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&p->tails[i].uv, on_pipe_closed);
    if (p->uv.type == UV_PROCESS) /* uv_spawn has been reached */
        uv_close((uv_handle_t *)&p->uv, on_proc_closed);
}

static void on_exit_cb(uv_process_t *uv, int64_t status, int signo)
{
    struct kt_proc *p = uv->data;

    p->exited = true;
    p->end = (struct kt_proc_event){
        .proc = p, .status = (int)status, .signal = signo};
    if (p->freed) {
        close_all(p);
        return;
    }
    drain(&p->tails[OUT]);
    drain(&p->tails[ERR]);
    kt_timer_unset(p->killer);
    kt_world_queue(&p->w->net, &p->ev, 0);
}

/* The whole group, so that no orphan survives. */
static void kill_group(const struct kt_proc *p)
{
    kill(-p->pid, SIGKILL);
}

static void on_killer(struct kt_sink *s, const struct kt_net_event *ev)
{
    (void)ev;
    kill_group(kt_container_of(s, struct kt_proc, on_timer));
}

void kt_proc_stop(struct kt_proc *p, uint64_t kill_ns)
{
    if (p->exited)
        return;
    kill(-p->pid, SIGTERM);
    kt_timer_set(p->killer, kill_ns);
}

/* Take the exit out of the queue, if it stands there. */
static void unqueue(struct kt_proc *p)
{
    struct kt_segs rest = {0};
    struct kt_ev *ev;

    while (p->ev.queued && (ev = kt_segs_take(&p->w->net.due)))
        if (ev != &p->ev)
            kt_segs_put(&rest, ev);
    if (p->ev.queued)
        p->w->net.due = rest;
    p->ev.queued = false;
}

void kt_proc_free(struct kt_proc *p)
{
    if (!p || p->freed)
        return;
    kill_group(p);
    unqueue(p);
    kt_timer_free(p->killer);
    p->freed = true;
    if (p->exited)
        close_all(p);
}

/* The world ends: nobody will look at the loop again, so reap here. What has
 * been sent SIGKILL does not make us wait. */
void uvw_procs_free(struct uvw *w)
{
    for (struct kt_proc *p = w->procs; p; p = p->next) {
        const bool running = !p->exited;

        kt_proc_free(p);
        if (!running)
            continue;
        waitpid(p->pid, NULL, 0);
        close_all(p);
    }
}

int kt_proc_pid(const struct kt_proc *p)
{
    return p->exited ? 0 : p->pid;
}

/* ---- the beginning ---- */

static bool given(char *const *extra, const char *entry)
{
    for (; extra && *extra; extra++) {
        const size_t n = strcspn(*extra, "=") + 1;

        if (strncmp(*extra, entry, n) == 0)
            return true;
    }
    return false;
}

/* Ours with extra's in place of those of the same name. */
static char **join_env(char **extra)
{
    size_t n = 1, k = 0;

    for (char **e = environ; *e; e++)
        n++;
    for (char **e = extra; e && *e; e++)
        n++;

    char **env = kt_alloc(n * sizeof *env);

    if (!env)
        return NULL;
    for (char **e = extra; e && *e; e++)
        env[k++] = *e;
    for (char **e = environ; *e; e++)
        if (!given(extra, *e))
            env[k++] = *e;
    return env;
}

static struct kt_proc *proc_new(struct uvw *w, struct kt_proc_sink *sink)
{
    struct kt_proc *p = kt_alloc(sizeof *p);

    if (!p)
        return NULL;
    p->w = w;
    p->sink = sink;
    p->ev.fire = exit_fire;
    p->on_timer.on = on_killer;
    p->killer = kt_timer_new(&w->net, &p->on_timer);
    if (!p->killer) {
        kt_free(p);
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        must(uv_pipe_init(&w->loop, &p->tails[i].uv, 0) == 0);
        p->tails[i].uv.data = &p->tails[i];
        p->tails[i].p = p;
    }
    p->uv.data = p;
    p->open = 2;
    p->next = w->procs;
    p->link = &w->procs;
    if (p->next)
        p->next->link = &p->next;
    w->procs = p;
    return p;
}

static int spawn(struct kt_proc *p, char **argv, char **extra)
{
    /* The common mistake needs no fork to be seen. */
    if (strchr(argv[0], '/') && access(argv[0], X_OK) != 0)
        return uv_translate_sys_error(errno);

    uv_stdio_container_t io[3] = {{.flags = UV_IGNORE}};
    char **env = join_env(extra);

    for (int i = 0; i < 2; i++) {
        io[i + 1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        io[i + 1].data.stream = (uv_stream_t *)&p->tails[i].uv;
    }

    const uv_process_options_t options = {
        .exit_cb = on_exit_cb,
        .file = argv[0],
        .args = argv,
        .env = env,
        .flags = UV_PROCESS_DETACHED, /* a group of its own */
        .stdio_count = 3,
        .stdio = io,
    };

    if (!env)
        return UV_ENOMEM;
    p->open++;

    const int r = uv_spawn(&p->w->loop, &p->uv, &options);

    kt_free(env);
    return r;
}

struct kt_proc *kt_proc_spawn(struct kt_net *net, char **argv, char **env,
                              struct kt_proc_sink *sink, struct kt_err *reterr)
{
    struct kt_proc *p = net->simulated ? NULL : proc_new(uvw_of(net), sink);

    if (!p) {
        kt_bad(reterr, KT_E_NOMEM, KT_SCOPE_NONE, 0, NULL);
        return NULL;
    }

    const int r = spawn(p, argv, env);

    if (r != 0) {
        char what[120];

        snprintf(what, sizeof what, "%.100s", argv[0]);
        uvw_bad(reterr, what, r);
        kt_timer_free(p->killer);
        p->freed = p->exited = true;
        close_all(p);
        return NULL;
    }
    p->pid = uv_process_get_pid(&p->uv);
    for (int i = 0; i < 2; i++)
        uv_read_start((uv_stream_t *)&p->tails[i].uv, uvw_alloc, on_output);
    return p;
}

/* ---- memory ---- */

uint64_t kt_proc_rss(int pid)
{
    char path[48], line[128];
    unsigned long kib = 0;

    snprintf(path, sizeof path, "/proc/%d/status", pid);

    FILE *f = fopen(path, "r");

    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %lu", &kib) == 1)
            break;
    fclose(f);
    return (uint64_t)kib * 1024;
}

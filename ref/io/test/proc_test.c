/* Claims about child processes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/proc.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t second = 1000ull * 1000 * 1000;

struct child {
    struct kt_net *net;
    struct kt_proc_sink sink;
    struct kt_proc *p;
    struct kt_proc_event end;
    unsigned ends;
};

static void on_end(struct kt_proc_sink *s, const struct kt_proc_event *ev)
{
    struct child *c = kt_container_of(s, struct child, sink);

    cr_assert_eq(ev->proc, c->p);
    c->end = *ev;
    c->ends++;
}

/* words: what the helper shall do, with blanks between. */
static void start(struct child *c, const char *words, char **env)
{
    static char text[256], helper[] = HELPER;
    char *argv[16] = {helper};
    struct kt_err err = {0};
    size_t n = 1;

    snprintf(text, sizeof text, "%s", words);
    for (char *w = strtok(text, " "); w && n < 15; w = strtok(NULL, " "))
        argv[n++] = w;
    c->sink.on = on_end;
    c->ends = 0;
    c->p = kt_proc_spawn(c->net, argv, env, &c->sink, &err);
    cr_assert(c->p, "%s", err.detail);
}

static void wait_end(struct child *c)
{
    const uint64_t end = kt_net_now(c->net) + 10 * second;

    while (c->ends == 0 && kt_net_now(c->net) < end)
        kt_net_step(c->net, end);
    cr_assert_eq(c->ends, 1);
    cr_expect_eq(kt_proc_pid(c->p), 0);
}

/* Until the child has said it is ready. */
static void wait_output(struct child *c, const char *text)
{
    const uint64_t end = kt_net_now(c->net) + 10 * second;

    while (!strstr(kt_proc_stdout(c->p), text) && kt_net_now(c->net) < end)
        kt_net_step(c->net, kt_net_now(c->net) + second / 100);
    cr_assert(strstr(kt_proc_stdout(c->p), text));
}

/* State and group of a process as /proc tells them. */
static bool runs_in(const char *number, int group)
{
    char path[300], state = 'Z';
    int pgrp = 0;

    snprintf(path, sizeof path, "/proc/%s/stat", number);

    FILE *f = fopen(path, "r");

    if (!f)
        return false;
    if (fscanf(f, "%*d (%*[^)]) %c %*d %d", &state, &pgrp) != 2)
        pgrp = 0;
    fclose(f);
    return pgrp == group && state != 'Z';
}

/* Nobody of it runs; a dead orphan may wait for init to take notice. */
static bool group_is_gone(int group)
{
    DIR *d = opendir("/proc");
    bool gone = true;

    cr_assert(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9')
            gone &= !runs_in(e->d_name, group);
    closedir(d);
    return gone;
}

static void wait_gone(struct kt_net *net, int group)
{
    for (int i = 0; i < 100 && !group_is_gone(group); i++)
        kt_net_step(net, kt_net_now(net) + second / 50);
    cr_expect(group_is_gone(group));
}

Test(proc, output_status_and_environment_are_seen)
{
    struct child c = {.net = kt_net_uv_new()};
    char *env[] = {"KT_A=one", "HOME=/nowhere", NULL};

    setenv("KT_B", "ours", 1);
    start(&c, "stdin env:KT_A env:HOME env:KT_B err:bad exit:7", env);
    cr_expect(kt_proc_pid(c.p) > 0);
    wait_end(&c);
    cr_expect_eq(c.end.status, 7);
    cr_expect_eq(c.end.signal, 0);
    cr_expect_str_eq(kt_proc_stdout(c.p),
                     "stdin ends\nKT_A=one\nHOME=/nowhere\nKT_B=ours\n");
    cr_expect_str_eq(kt_proc_stderr(c.p), "bad\n");
    kt_proc_free(c.p);

    /* A megabyte does not block the child; its end is kept, and is text. */
    start(&c, "flood:1000000 out:end", NULL);
    wait_end(&c);
    cr_expect_eq(strlen(kt_proc_stdout(c.p)), 64 * 1024);
    cr_expect_str_eq(kt_proc_stdout(c.p) + 64 * 1024 - 5, " end\n");
    kt_proc_free(c.p);
    kt_net_free(c.net);
}

Test(proc, a_stop_is_gentle_first_and_then_not)
{
    struct child c = {.net = kt_net_uv_new()};

    start(&c, "gentle out:ready pause", NULL);
    wait_output(&c, "ready");
    kt_proc_stop(c.p, kt_net_now(c.net) + 5 * second);
    wait_end(&c);
    cr_expect_eq(c.end.status, 3);
    kt_proc_free(c.p);

    start(&c, "deaf out:ready pause", NULL);
    wait_output(&c, "ready");
    kt_proc_stop(c.p, kt_net_now(c.net) + second / 20);
    wait_end(&c);
    cr_expect_eq(c.end.signal, SIGKILL);
    kt_proc_free(c.p);
    kt_net_free(c.net);
}

Test(proc, nothing_survives_a_free)
{
    struct child c = {.net = kt_net_uv_new()};

    start(&c, "orphan out:ready", NULL); /* leaves an orphan */

    int pid = kt_proc_pid(c.p);
    struct child d = {.net = c.net};

    wait_end(&c);
    cr_expect_not(group_is_gone(pid));
    kt_proc_free(c.p);
    wait_gone(c.net, pid);
    start(&d, "orphan orphan out:ready pause", NULL);
    wait_output(&d, "ready");
    pid = kt_proc_pid(d.p);
    cr_expect(kt_proc_rss(pid) > 100 * 1024);
    cr_expect_not(group_is_gone(pid));
    kt_proc_free(d.p);
    wait_gone(d.net, pid);
    cr_expect_eq(kt_proc_rss(0), 0);

    /* And of a world that is freed with a child in it. */
    start(&d, "out:ready pause", NULL);
    wait_output(&d, "ready");
    pid = kt_proc_pid(d.p);
    kt_net_free(d.net);
    d.net = kt_net_uv_new();
    wait_gone(d.net, pid);
    kt_net_free(d.net);
}

Test(proc, what_cannot_run_is_said)
{
    static const struct {
        char *argv0;
        const char *want;
    } v[] = {{"/nonexistent/driver", "no such file"},
             {"/etc/passwd", "permission denied"}};
    struct kt_net *net = kt_net_uv_new();

    for (size_t i = 0; i < 2; i++) {
        char *argv[] = {v[i].argv0, NULL};
        struct kt_err err = {0};
        struct kt_proc_sink sink = {on_end};

        cr_expect_null(kt_proc_spawn(net, argv, NULL, &sink, &err));
        cr_expect_eq(err.code, KT_E_IO);
        cr_expect(strstr(err.detail, v[i].argv0), "%s", err.detail);
        cr_expect(strstr(err.detail, v[i].want), "%s", err.detail);
    }
    kt_net_free(net);
}

/* ktspec driver-check: a driver is tested before it is believed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "base/alloc.h"
#include "base/must.h"
#include "bin/verbs.h"
#include "report/baseline.h"
#include <fnmatch.h>
#include <string.h>

enum { MAX_WORDS = 64, MAX_CHECKS = 128 };

static const struct kt_opt opts[] = {
    {"role", 0, "ROLE",
     "server or client: only the checks of that side. Default: what hello "
     "declares."},
    {"control", 0, "ADDR",
     "Wait on HOST:PORT for a driver that somebody else starts; its address "
     "and\n"
     "token are printed."},
    {"token", 0, "TEXT", "The token that such a driver must show."},
    {"patience", 0, "TIME",
     "For one answer, with --control and for hello twice that: 500ms, 5s. "
     "Default: 5s."},
    {"record", 0, "FILE",
     "Write the control connection there, an object a line: who said it, and "
     "what."},
    {"list", 0, NULL, "Print the checks, start nothing."},
    {NULL, 0, NULL, NULL},
};

static const struct kt_program verb = {
    .name = "driver-check",
    .usage = "[CHECK…] [OPTIONS] -- DRIVER [ARG…]\n"
             "[CHECK…] [OPTIONS] --control ADDR\n"
             "--list",
    .brief = "test a driver before any verdict",
    .text = "Test a driver (docs/drivers.md) by itself: its answers, its "
            "order, its honesty about what it\n"
            "holds, and one request for each thing it declares. A driver with "
            "both roles talks to itself;\n"
            "with one role, what needs the other side is skipped and said. "
            "CHECK is a name or a glob.",
    .opts = opts,
    .tail = "Exit status: 0 all is well, 1 a check failed, 2 usage, 3 the "
            "driver did not start.",
};

struct args {
    const char *words[MAX_WORDS];
    size_t nwords;
    const char *record;
    bool list;
};

struct sums {
    unsigned by[4];
    enum kt_dc_verdict of[MAX_CHECKS]; /* by index of the table */
};

/* ---- the session ---- */

static void on_driver(struct kt_driver_sink *self, struct kt_driver *d)
{
    struct kt_dc *c = kt_container_of(self, struct kt_dc, sink);

    c->told_gone |= kt_driver_state(d) == KT_DRV_GONE;
}

static void on_line(struct kt_driver_tap *self, bool to_driver,
                    struct kt_cur line)
{
    struct kt_dc *c = kt_container_of(self, struct kt_dc, tap);

    if (c->record != NULL)
        fprintf(c->record, "{\"to\":\"%s\",\"line\":%.*s}\n",
                to_driver ? "driver" : "ktspec", (int)kt_cur_left(&line),
                (const char *)line.p);
}

bool kt_dc_until(struct kt_dc *c, const bool *flag)
{
    const uint64_t end = kt_net_now(c->net) + c->patience_ns;

    while (!*flag && kt_net_now(c->net) < end)
        kt_net_step(c->net, end);
    return *flag;
}

bool kt_dc_start(struct kt_dc *c, struct kt_err *reterr)
{
    const struct kt_driver_opts o = {
        .argv = c->argv,
        .control = c->control,
        .token = c->token,
        .start_ns = c->control ? 60000000000u : 2 * c->patience_ns,
        .sink = &c->sink,
        .tap = &c->tap,
    };

    kt_dc_drop_asks(c);
    kt_driver_free(c->driver);
    c->told_gone = false;
    c->driver = kt_driver_new(c->net, &o, reterr);
    if (c->driver == NULL)
        return false;
    if (c->argv == NULL) {
        printf("waiting for a driver: KTSPEC_CONTROL=%s KTSPEC_TOKEN=%s\n",
               kt_driver_control(c->driver), kt_driver_token(c->driver));
        fflush(stdout);
    }
    while (kt_driver_state(c->driver) == KT_DRV_STARTING)
        kt_net_step(c->net, UINT64_MAX);
    return kt_driver_state(c->driver) == KT_DRV_READY;
}

/* ---- one check ---- */

static const char *const words[] = {"ok", "FAIL", "skip", "skip"};

static void item(const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        printf("        %-9s %s\n", label, text);
}

/* The last lines of what the driver wrote. */
static void stderr_item(const char *text)
{
    const char *at = text + strlen(text);
    int lines = 0;

    while (at > text && lines < 6) {
        at--;
        lines += at > text && at[-1] == '\n';
    }
    for (const char *label = "stderr"; *at != '\0'; label = "") {
        const int n = (int)strcspn(at, "\n");

        printf("        %-9s %.*s\n", label, n, at);
        at += n + (at[n] == '\n');
    }
}

static void report(struct kt_dc *c)
{
    const struct kt_dc_check *k = c->check;
    char section[40];

    printf("%-5s %-22s %s", words[c->verdict], k->name, k->claim);
    if (c->verdict == KT_DC_SKIP || c->verdict == KT_DC_UNSEEN)
        printf(" (%s)", c->got ? c->got : "");
    printf("\n");
    if (c->verdict == KT_DC_FAIL) {
        snprintf(section, sizeof section, "docs/drivers.md, section %d",
                 k->section);
        item("request", c->request);
        item("expected", c->expected);
        item("got", c->got);
        item("see", section);
        if (c->driver != NULL)
            stderr_item(kt_driver_stderr(c->driver));
    }
    fflush(stdout);
}

static const char *side_name(unsigned roles)
{
    if (roles == KT_ROLE_SERVER)
        return "server";
    return roles == KT_ROLE_CLIENT ? "client" : "client and server";
}

static bool declared(const struct kt_dc *c, const char *name)
{
    const struct kt_hello *h = kt_driver_hello(c->driver);

    if (strcmp(name, "pingpong") == 0)
        return (h->transports & KT_TR_PINGPONG) != 0;
    if (strcmp(name, "ttheader") == 0)
        return (h->transports & KT_TR_TTHEADER) != 0;
    return kt_driver_can(c->driver, name);
}

static enum kt_dc_verdict verdict_of(const struct sums *s, const char *name)
{
    size_t i = 0;

    while (kt_dc_checks[i].name != NULL &&
           strcmp(kt_dc_checks[i].name, name) != 0)
        i++;
    must(kt_dc_checks[i].name != NULL); /* "after" names one that there is */
    return s->of[i];
}

/* Whether the check can be made; else the verdict is a skip with its reason. */
static bool possible(struct kt_dc *c, const struct sums *s)
{
    const struct kt_dc_check *k = c->check;
    const enum kt_dc_verdict before =
        k->after ? verdict_of(s, k->after) : KT_DC_OK;

    if ((k->roles & ~c->roles) != 0)
        return kt_dc_skip(c, "needs the %s side",
                          side_name(k->roles & ~c->roles));
    if (k->needs != NULL && !declared(c, k->needs))
        return kt_dc_skip(c, "'%s' is not declared", k->needs);
    if (before == KT_DC_FAIL || before == KT_DC_SKIP)
        return kt_dc_skip(c, "'%s' did not pass", k->after);
    return true;
}

/* A driver that is gone, or in an unknown state, is started anew. */
static bool ready(struct kt_dc *c)
{
    struct kt_err e = {0};
    const char *text = "";

    if (c->driver != NULL && kt_driver_state(c->driver) == KT_DRV_READY)
        return true;
    if (kt_dc_start(c, &e))
        return true;
    if (c->driver != NULL)
        kt_driver_blame(c->driver, &text);
    return kt_dc_fail(c, NULL, "the driver starts again", "%s%s", e.detail,
                      text);
}

static void run_check(struct kt_dc *c, const struct sums *s)
{
    const char *text = "";
    bool good;

    if (!ready(c) || !possible(c, s)) /* what is declared, hello says */
        return;
    good = c->check->go(c);
    must(good == (c->verdict == KT_DC_OK));
    if (good && c->told_gone && c->check->go != kt_dc_check_exit) {
        kt_driver_blame(c->driver, &text);
        kt_dc_fail(c, NULL, "a driver that lives on", "%s", text);
    }
    if (c->verdict == KT_DC_OK)
        kt_dc_drop_asks(c);
}

/* After a failure nobody knows what the driver holds. */
static void restart_later(struct kt_dc *c)
{
    kt_dc_drop_asks(c);
    if (c->argv == NULL || c->driver == NULL)
        return;
    kt_driver_free(c->driver);
    c->driver = NULL;
}

static void check(struct kt_dc *c, size_t i, struct sums *s)
{
    const uint64_t cases = c->ncases;

    c->check = &kt_dc_checks[i];
    c->verdict = KT_DC_OK;
    run_check(c, s);
    report(c);
    s->of[i] = c->verdict;
    s->by[c->verdict]++;
    if (c->verdict == KT_DC_FAIL ||
        (c->verdict == KT_DC_SKIP && c->ncases != cases))
        restart_later(c);
    kt_free(c->request);
    kt_free(c->expected);
    kt_free(c->got);
    c->request = c->expected = c->got = NULL;
}

/* ---- all of them ---- */

static bool selected(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->nwords; i++)
        if (fnmatch(a->words[i], name, 0) == 0)
            return true;
    return a->nwords == 0;
}

static int no_start(struct kt_dc *c, const struct kt_err *e)
{
    const char *text = "";
    enum kt_blame blame = KT_BLAME_NO_START;

    if (c->driver != NULL)
        blame = kt_driver_blame(c->driver, &text);
    if (blame != KT_BLAME_PROTOCOL) {
        fprintf(stderr, "ktspec driver-check: the driver did not start: %s%s\n",
                e->detail, text);
        if (c->driver != NULL && kt_driver_stderr(c->driver)[0] != '\0')
            fprintf(stderr, "%s", kt_driver_stderr(c->driver));
        return KT_EXIT_INCOMPLETE;
    }
    c->check = &kt_dc_checks[0];
    kt_dc_fail(c, NULL, "a hello", "%s", text);
    report(c);
    printf("\n0 ok, 1 failed; the rest was not run\n");
    return KT_EXIT_FAIL;
}

static void greet(struct kt_dc *c)
{
    const struct kt_hello *h = kt_driver_hello(c->driver);

    c->roles = c->roles ? c->roles & h->roles : h->roles;
    printf("driver of %s %s (%s), checked as %s\n\n", h->implementation,
           h->version, h->language, side_name(c->roles));
}

static int run(struct kt_dc *c, const struct args *a)
{
    struct kt_err e = {0};
    struct sums s = {0};

    if (!kt_dc_start(c, &e))
        return no_start(c, &e);
    greet(c);
    for (size_t i = 0; kt_dc_checks[i].name != NULL; i++) {
        must(i < MAX_CHECKS);
        s.of[i] = KT_DC_UNSEEN;
        if (selected(a, kt_dc_checks[i].name))
            check(c, i, &s);
    }
    printf("\n%u ok, %u failed, %u skipped\n", s.by[KT_DC_OK], s.by[KT_DC_FAIL],
           s.by[KT_DC_SKIP]);
    return s.by[KT_DC_FAIL] > 0 ? KT_EXIT_FAIL : KT_EXIT_OK;
}

static int session(struct kt_dc *c, const struct args *a)
{
    int rc;

    c->net = kt_net_uv_new();
    must(c->net != NULL);
    c->sink.on = on_driver;
    c->tap.on = on_line;
    if (a->record != NULL) {
        c->record = fopen(a->record, "w");
        if (c->record == NULL)
            return kt_usage(&verb, "cannot write %s", a->record);
    }
    rc = run(c, a);
    if (c->record != NULL)
        fclose(c->record);
    kt_dc_drop_asks(c);
    kt_driver_free(c->driver);
    kt_free(c->request);
    kt_free(c->expected);
    kt_free(c->got);
    kt_net_free(c->net);
    return rc;
}

/* ---- the command line ---- */

static int list(void)
{
    for (const struct kt_dc_check *k = kt_dc_checks; k->name != NULL; k++)
        printf("%-22s %s\n", k->name, k->claim);
    return KT_EXIT_OK;
}

static bool take(struct kt_dc *c, struct args *a, const char *name,
                 const char *value)
{
    unsigned long long ns;

    if (strcmp(name, "role") == 0) {
        c->roles = kt_role_of(value);
        return c->roles == KT_ROLE_SERVER || c->roles == KT_ROLE_CLIENT;
    }
    if (strcmp(name, "patience") == 0) {
        if (!kt_read_time(value, &ns))
            return false;
        c->patience_ns = ns;
    } else if (strcmp(name, "control") == 0) {
        c->control = value;
    } else if (strcmp(name, "token") == 0) {
        c->token = value;
    } else if (strcmp(name, "record") == 0) {
        a->record = value;
    } else {
        a->list = true;
    }
    return true;
}

static int words_are_known(const struct args *a)
{
    for (size_t i = 0; i < a->nwords; i++) {
        const struct kt_dc_check *k = kt_dc_checks;

        while (k->name != NULL && fnmatch(a->words[i], k->name, 0) != 0)
            k++;
        if (k->name == NULL)
            return kt_usage(&verb, "no check '%s'; --list prints them",
                            a->words[i]);
    }
    return -1;
}

static int usage_of(const struct kt_dc *c, const struct args *a)
{
    if ((c->argv != NULL) == (c->control != NULL))
        return kt_usage(&verb, "name one driver: '-- DRIVER' or --control "
                               "ADDR");
    if (c->argv != NULL && c->argv[0] == NULL)
        return kt_usage(&verb, "no driver behind '--'");
    return words_are_known(a);
}

int kt_verb_driver_check(char **argv)
{
    struct kt_dc c = {.patience_ns = 5000000000u};
    struct args a = {0};
    struct kt_args in;
    const char *value;
    int i;

    kt_args_init(&in, &verb, argv);
    while ((i = kt_args_next(&in, &value)) != KT_OPT_END) {
        if (i == KT_OPT_HELP)
            return KT_EXIT_OK;
        if (i == KT_OPT_BAD)
            return KT_EXIT_USAGE;
        if (i >= 0 && !take(&c, &a, opts[i].name, value))
            return kt_usage(&verb, "--%s %s: not a value for it", opts[i].name,
                            value);
        if (i == KT_OPT_WORD && a.nwords == MAX_WORDS)
            return kt_usage(&verb, "too many names of checks");
        if (i == KT_OPT_WORD)
            a.words[a.nwords++] = value;
    }
    if (a.list)
        return list();
    c.argv = in.rest;
    i = usage_of(&c, &a);
    return i >= 0 ? i : session(&c, &a);
}

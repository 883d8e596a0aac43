/* One run from options to exit status: driver commands, reports, baseline,
 * signals. SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "bin/book.h"
#include "bin/command.h"
#include "bin/verbs.h"
#include "report/report.h"
#include <signal.h>
#include <string.h>
#include <time.h>

enum { MAX_REPORTS = 9 };

struct judge {
    const struct kt_run_args *ra;
    struct kt_book book;
    struct kt_book_rules rules;
    const struct kt_scn **scn;
    size_t nscn;
    struct kt_command cmd[2];
    struct kt_baseline *baseline;
    struct kt_run_info info;
    char *repeat;
    struct kt_report *reports[MAX_REPORTS];
    size_t nreports;
    struct kt_tally tally;
    struct kt_run_sink sink;
    struct kt_stale_sink stale_sink;
    struct kt_kept *keep;
    struct kt_run *run;
};

static struct kt_run *volatile running; /* for the signal handler */

static void on_signal(int sig)
{
    (void)sig;
    if (running != NULL)
        kt_run_stop(running);
}

static void on_result(struct kt_run_sink *self, struct kt_result *r)
{
    struct judge *j = kt_container_of(self, struct judge, sink);
    const enum kt_expect ex =
        j->baseline ? kt_baseline_of(j->baseline, r) : KT_EX_NONE;

    kt_tally_add(&j->tally, r, ex);
    j->info.sut_name = kt_run_sut_name(j->run);
    j->info.sut_version = kt_run_sut_version(j->run);
    for (size_t i = 0; i < j->nreports; i++)
        j->reports[i]->on_result(j->reports[i], r, ex, &j->tally);
    if (j->keep == NULL)
        return;
    j->keep->v = kt_xrealloc(j->keep->v, (j->keep->n + 1) * sizeof *r);
    j->keep->v[j->keep->n++] = *r;
    memset(r, 0, sizeof *r);
}

static void on_stale(struct kt_stale_sink *self, const char *text)
{
    (void)self;
    fprintf(stderr, "ktspec: stale: %s\n", text);
}

static bool case_exists(void *ctx, const char *id, enum kt_role role)
{
    const struct kt_book *book = ctx;
    size_t n;
    const struct kt_scn *const *v = kt_book_cases(book, &n);

    for (size_t i = 0; i < n; i++)
        if ((v[i]->roles & role) != 0 && strcmp(v[i]->id, id) == 0)
            return true;
    return false;
}

static void count_stale(struct judge *j)
{
    const struct kt_case_view view = {&j->book, case_exists};
    const time_t now = time(NULL);
    struct tm tm;
    char today[16];

    must(localtime_r(&now, &tm) != NULL);
    strftime(today, sizeof today, "%Y-%m-%d", &tm);
    j->stale_sink.on = on_stale;
    if (j->baseline != NULL)
        j->tally.stale += kt_baseline_stale(j->baseline, j->ra->role, view,
                                            today, &j->stale_sink);
}

/* The command that repeats one case; "%s" stands for its id. */
static char *repeat_text(const struct kt_run_args *ra)
{
    struct kt_buf b;
    char *text;

    kt_buf_init(&b, 64 << 10);
    kt_buf_printf(&b, "ktspec run %s %%s",
                  kt_role_name((enum kt_role)ra->role));
    if (ra->scenarios != NULL)
        kt_buf_printf(&b, " --scenarios %s", ra->scenarios);
    if (ra->kitex)
        kt_buf_puts(&b, " --profile kitex");
    if (ra->connect != NULL)
        kt_buf_printf(&b, " --connect %s", ra->connect);
    if (ra->control != NULL)
        kt_buf_printf(&b, " --control %s", ra->control);
    for (int side = 0; side < 2; side++)
        if (ra->side_cmd[side] != NULL)
            kt_buf_printf(&b, " --%s '%s'",
                          side == KT_CLIENT ? "client" : "server",
                          ra->side_cmd[side]);
    for (char **w = ra->driver; w != NULL && *w != NULL; w++)
        kt_buf_printf(&b, "%s %s", w == ra->driver ? " --" : "", *w);
    text = kt_xstrdup(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return text;
}

static void fill_info(struct judge *j)
{
    j->repeat = repeat_text(j->ra);
    j->info = (struct kt_run_info){
        .sut_name = "",
        .sut_version = "",
        .role = (enum kt_role)j->ra->role,
        .planned = j->nscn,
        .repeat = j->repeat,
        .says = kt_book_says,
        .source = kt_book_source,
        .level = kt_book_level,
        .rules_ctx = &j->rules,
    };
}

static bool open_reports(struct judge *j)
{
    struct kt_err e;
    bool on_stdout = false;

    for (size_t i = 0; i < j->ra->nreports; i++) {
        struct kt_report *r = kt_report_open(j->ra->reports[i], &j->info, &e);

        if (r == NULL) {
            fprintf(stderr, "ktspec run: %s\n", e.detail);
            return false;
        }
        j->reports[j->nreports++] = r;
        on_stdout =
            on_stdout || strcmp(strchr(j->ra->reports[i], '='), "=-") == 0;
    }
    /* A report that is read by a program has standard output to itself. */
    j->reports[j->nreports++] =
        kt_report_text(on_stdout ? stderr : stdout, &j->info, j->ra->verbose);
    return true;
}

static bool prepare(struct judge *j)
{
    const struct kt_run_args *ra = j->ra;
    struct kt_err e;

    if (!kt_book_open(&j->book, ra->scenarios) ||
        !kt_book_select(&j->book, ra->words, ra->nwords, ra->role, &j->scn,
                        &j->nscn))
        return false;
    j->rules = (struct kt_book_rules){&j->book, ra->kitex};
    if (ra->baseline != NULL && j->keep == NULL) {
        j->baseline = kt_baseline_load(ra->baseline, &e);
        if (j->baseline == NULL) {
            fprintf(stderr, "ktspec run: %s\n", e.detail);
            return false;
        }
    }
    fill_info(j);
    for (int side = 0; side < 2; side++)
        kt_command_init(&j->cmd[side], ra->side_cmd[side], ra->driver);
    return open_reports(j);
}

static void fill_opts(struct judge *j, struct kt_run_opts *o)
{
    const struct kt_run_args *ra = j->ra;

    *o = (struct kt_run_opts){
        .role = (enum kt_role)ra->role,
        .scn = j->scn,
        .nscn = j->nscn,
        .all = kt_book_cases(&j->book, &o->nall),
        .rules = {&j->rules, kt_book_level, kt_book_bound},
        .echo_idl = j->book.echo,
        .conf_idl = j->book.conformance,
        .jobs = (unsigned)ra->jobs,
        .scale = ra->scale,
        .budget_ns = ra->budget_ns,
        .kitex_profile = ra->kitex,
        .level = ra->should ? KT_SHOULD : KT_MUST,
    };
    kt_book_cases(&j->book, &o->nall);
    for (int side = 0; side < 2; side++)
        o->sut[side] = (struct kt_sut_opts){
            .argv = j->cmd[side].argv,
            .control = ra->control,
            .connect = ra->connect,
            .token = ra->token,
        };
}

static int exit_status(const struct judge *j, enum kt_run_end end)
{
    if (j->tally.by[KT_HARNESS_ERROR] > 0)
        return KT_EXIT_HARNESS;
    if (end == KT_RUN_INTERRUPTED)
        return KT_EXIT_INTERRUPTED;
    if (end == KT_RUN_NO_SUT || end == KT_RUN_BUDGET)
        return KT_EXIT_INCOMPLETE;
    if (j->tally.stale > 0)
        return KT_EXIT_STALE;
    return j->tally.failed > 0 ? KT_EXIT_FAIL : KT_EXIT_OK;
}

static int go(struct judge *j, struct kt_net *net)
{
    struct kt_run_opts o;
    struct kt_err e;
    const char *why = "";

    fill_opts(j, &o);
    j->sink.on = on_result;
    j->run = kt_run_new(net, &o, &j->sink, &e);
    if (j->run == NULL) {
        fprintf(stderr, "ktspec run: %s\n", e.detail);
        return KT_EXIT_USAGE;
    }
    running = j->run;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    const uint64_t start = kt_net_now(net);
    const enum kt_run_end end = kt_run_go(j->run, &why);
    running = NULL;
    count_stale(j);
    j->info.sut_name = kt_run_sut_name(j->run);
    j->info.sut_version = kt_run_sut_version(j->run);
    for (size_t i = 0; i < j->nreports; i++)
        j->reports[i]->end(j->reports[i], &j->tally, kt_net_now(net) - start);
    if (end != KT_RUN_DONE)
        fprintf(stderr, "ktspec run: %s\n",
                end == KT_RUN_INTERRUPTED ? "interrupted" : why);
    kt_run_free(j->run);
    return exit_status(j, end);
}

static void cleanup(struct judge *j)
{
    for (size_t i = 0; i < j->nreports; i++)
        j->reports[i]->free(j->reports[i]);
    for (int side = 0; side < 2; side++)
        kt_command_fini(&j->cmd[side]);
    kt_baseline_free(j->baseline);
    kt_free(j->scn);
    kt_free(j->repeat);
    if (j->keep != NULL && j->keep->n > 0) {
        /* The results point into the book. */
        struct kt_book *book = kt_xalloc(sizeof *book);

        *book = j->book;
        j->keep->book = book;
        return;
    }
    kt_book_close(&j->book);
}

int kt_judge(const struct kt_run_args *ra, struct kt_kept *keep)
{
    struct judge j = {.ra = ra, .keep = keep};
    int rc = KT_EXIT_USAGE;

    if (prepare(&j)) {
        struct kt_net *net = kt_net_uv_new();

        must(net != NULL);
        rc = go(&j, net);
        kt_net_free(net);
    }
    cleanup(&j);
    return rc;
}

void kt_judge_done(struct kt_kept *keep)
{
    for (size_t i = 0; i < keep->n; i++)
        kt_result_fini(&keep->v[i]);
    kt_free(keep->v);
    if (keep->book != NULL)
        kt_book_close(keep->book);
    kt_free(keep->book);
    *keep = (struct kt_kept){0};
}

/* Claims about the end of a driver: who is told, once, and whose fault it was.
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"
#include <criterion/criterion.h>
#include <string.h>

/* ---- the end ---- */

Test(driver, a_hang_up_answers_every_asker_once)
{
    for (int sim = 0; sim < 2; sim++) {
        struct world w;
        struct ask q[3] = {ask_of(), ask_of(), ask_of()};

        world_ready(&w, sim);
        for (int i = 0; i < 3; i++)
            kt_driver_ask(w.d, json_object(), &q[i].asker);
        kt_driver_forget(w.d, &q[1].asker);
        q[2].again = w.d;
        kt_tcp_close(w.peer);
        blamed(&w, KT_BLAME_HANGUP, "closed the control connection");
        step_while(&w, unanswered);
        cr_expect(q[0].n == 1 && q[0].a.kind == KT_ANS_GONE);
        cr_expect(q[1].n == 0);
        cr_expect(q[2].n == 2 && q[2].a.kind == KT_ANS_GONE,
                  "asked again from within: %d", q[2].n);
        world_end(&w);
    }
}

Test(driver, whoever_asks_a_driver_that_is_gone_hears_it)
{
    struct world w;
    struct ask q = ask_of();

    world_ready(&w, true);
    kt_tcp_abort(w.peer);
    blamed(&w, KT_BLAME_HANGUP, "closed");
    for (int i = 1; i <= 3; i++) {
        kt_driver_ask(w.d, json_object(), &q.asker);
        cr_expect(q.n == i - 1, "answered inside kt_driver_ask");
        step_while(&w, unanswered);
        cr_expect(q.n == i && q.a.kind == KT_ANS_GONE);
    }
    cr_expect(w.told[KT_DRV_GONE] == 1);
    world_end(&w);
}

Test(driver, whoever_asks_before_hello_waits_for_it)
{
    struct world w;
    struct ask q = ask_of();

    world_begin(&w, true, &(struct kt_driver_opts){.token = "tok"});
    kt_driver_ask(w.d, json_pack("{ss}", "op", "sync"), &q.asker);
    dial(&w);
    say(&w, HELLO);
    step_while(&w, nothing_got);
    cr_expect_str_eq(kt_buf_cstr(&w.got), "{\"op\":\"sync\",\"id\":1}\n");
    say(&w, "{\"id\":1,\"ok\":{}}");
    step_while(&w, unanswered);
    cr_expect(q.n == 1 && q.a.kind == KT_ANS_OK);
    world_end(&w);

    q = ask_of();
    world_begin(&w, true, &(struct kt_driver_opts){.start_ns = S});
    kt_driver_ask(w.d, json_object(), &q.asker);
    blamed(&w, KT_BLAME_NO_START, "did not connect");
    cr_expect(q.n == 1 && q.a.kind == KT_ANS_GONE);
    world_end(&w);
}

Test(driver, a_late_answer_to_one_who_forgot_is_dropped)
{
    struct world w;
    struct ask q = ask_of();

    world_ready(&w, true);
    kt_driver_ask(w.d, json_object(), &q.asker);
    kt_driver_ask(w.d, json_object(), &q.asker);
    kt_driver_forget(w.d, &q.asker);
    cr_expect(kt_driver_outstanding(w.d) == 2);
    say(&w, "{\"id\":2,\"ok\":{}}");
    say(&w, "{\"id\":1,\"eof\":true}");
    step_while(&w, unanswered);
    cr_expect(q.n == 0);
    cr_expect(kt_driver_state(w.d) == KT_DRV_READY);
    world_end(&w);
}

Test(driver, it_may_be_stopped_and_freed_inside_any_callback)
{
    for (int sim = 0; sim < 2; sim++) {
        struct world w;
        struct ask q = ask_of(), other = ask_of();

        world_ready(&w, sim); /* stop inside an answer */
        q.stop = w.d;
        kt_driver_ask(w.d, json_object(), &q.asker);
        kt_driver_ask(w.d, json_object(), &other.asker);
        say(&w, "{\"id\":1,\"ok\":{}}");
        say(&w, "{\"id\":2,\"ok\":{}}");
        blamed(&w, KT_BLAME_STOPPED, "stopped");
        cr_expect(q.n == 1 && q.a.kind == KT_ANS_OK);
        cr_expect(other.n == 1 && other.a.kind == KT_ANS_GONE);
        world_end(&w);

        world_ready(&w, sim); /* free inside an answer */
        q = ask_of();
        q.free = w.d;
        kt_driver_ask(w.d, json_object(), &q.asker);
        say(&w, "{\"id\":1,\"ok\":{}}");
        say(&w, "nonsense");
        while (q.n == 0)
            cr_assert(kt_net_step(w.net, kt_net_now(w.net) + S) > 0);
        w.d = NULL;
        world_end(&w);

        world_ready(&w, sim); /* free when told of GONE */
        w.free_then = true;
        q = ask_of();
        kt_driver_ask(w.d, json_object(), &q.asker);
        say(&w, "nonsense");
        blamed(&w, KT_BLAME_PROTOCOL, "");
        cr_expect(q.n == 1 && w.d == NULL);
        world_end(&w);

        world_ready(&w, sim); /* free while being told of GONE as an asker */
        q = ask_of();
        q.free = w.d;
        kt_driver_ask(w.d, json_object(), &q.asker);
        kt_driver_ask(w.d, json_object(), &other.asker);
        say(&w, "nonsense");
        while (q.n == 0)
            cr_assert(kt_net_step(w.net, kt_net_now(w.net) + S) > 0);
        w.d = NULL;
        cr_expect(w.told[KT_DRV_GONE] == 0);
        world_end(&w);
    }
}

Test(driver, stop_tells_nobody_before_the_next_step)
{
    struct world w;
    struct ask q = ask_of();

    world_ready(&w, true);
    kt_driver_ask(w.d, json_object(), &q.asker);
    kt_driver_stop(w.d);
    kt_driver_stop(w.d);
    cr_expect(kt_driver_state(w.d) == KT_DRV_GONE);
    cr_expect(q.n == 0 && w.told[KT_DRV_GONE] == 0);
    blamed(&w, KT_BLAME_STOPPED, "stopped");
    cr_expect(q.n == 1 && q.a.kind == KT_ANS_GONE);
    world_end(&w);
}

/* ---- processes ---- */

static void run_helper(struct world *w, const char *words)
{
    char text[300], *argv[16] = {(char[]){HELPER}}, *save = NULL;
    int n = 1;

    snprintf(text, sizeof text, "%s", words);
    for (char *p = strtok_r(text, "|", &save); p != NULL;
         p = strtok_r(NULL, "|", &save))
        argv[n++] = p;
    world_begin(w, false, &(struct kt_driver_opts){.argv = argv});
    step_while(w, starting);
}

Test(driver, the_end_of_a_process_is_told_with_its_cause)
{
    static const struct {
        const char *words;
        enum kt_blame blame;
        const char *text;
    } ends[] = {
        {"exit:3", KT_BLAME_NO_START, "exited with status 3 before its hello"},
        {"dial|exit:0", KT_BLAME_NO_START, "status 0 before its hello"},
        {"dial|hello|line|exit:0", KT_BLAME_EXIT, "exited with status 0"},
        {"dial|hello|line|exit:7", KT_BLAME_EXIT, "exited with status 7"},
        {"dial|hello|line|kill:6", KT_BLAME_SIGNAL, "killed by SIGABRT"},
        {"dial|hello|line|kill:9", KT_BLAME_SIGNAL, "killed by SIGKILL"},
        {"dial|hello|line|kill:40", KT_BLAME_SIGNAL, "killed by signal 40"},
        {"dial|hello|line|err:SUMMARY: AddressSanitizer: double-free|exit:1",
         KT_BLAME_SIGNAL,
         "exited with status 1: SUMMARY: AddressSanitizer: double-free"},
        {"dial|hello|line|err:panic: it cannot be|exit:2", KT_BLAME_SIGNAL,
         "exited with status 2: panic: it cannot be"},
        {"dial|hello|line|say:noise|pause", KT_BLAME_PROTOCOL, "not JSON"},
    };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct world w;
        struct ask q = ask_of();

        run_helper(&w, ends[i].words);
        kt_driver_ask(w.d, json_object(), &q.asker);
        blamed(&w, ends[i].blame, ends[i].text);
        step_while(&w, unanswered);
        cr_expect(q.n == 1 && q.a.kind == KT_ANS_GONE, "%s: asker told %d",
                  ends[i].words, q.n);
        world_end(&w);
    }
}

Test(driver, what_a_process_wrote_before_it_exited_still_counts)
{
    struct world w;
    struct ask q = ask_of();

    run_helper(&w, "dial|hello|err:one|err:two|line|"
                   "say:{\"id\":1,\"eof\":true}|exit:0");
    kt_driver_ask(w.d, json_object(), &q.asker);
    blamed(&w, KT_BLAME_EXIT, "exited with status 0");
    cr_expect(q.n == 1 && q.a.kind == KT_ANS_EOF, "%s", q.message);
    cr_expect_str_eq(kt_driver_stderr(w.d), "one\ntwo\n");
    world_end(&w);
}

Test(driver, one_that_hangs_up_and_lives_on_is_named)
{
    struct world w;
    struct ask q = ask_of();

    run_helper(&w, "dial|hello|line|hangup|pause");
    kt_driver_ask(w.d, json_object(), &q.asker);
    blamed(&w, KT_BLAME_HANGUP, "lives on");
    world_end(&w);
}

Test(driver, stop_waits_for_the_process_to_follow)
{
    struct world w;
    uint64_t begin;

    run_helper(&w, "dial|hello|line|exit:0");
    cr_expect(kt_driver_pid(w.d) > 0);
    kt_driver_stop(w.d);
    blamed(&w, KT_BLAME_STOPPED, "stopped: exited with status 0");
    cr_expect(kt_driver_pid(w.d) == 0);
    world_end(&w);

    run_helper(&w, "dial|hello|pause");
    begin = kt_net_now(w.net);
    kt_driver_stop(w.d);
    blamed(&w, KT_BLAME_STOPPED, "stopped: killed by SIGTERM");
    cr_expect(kt_net_now(w.net) - begin >= 2 * S);
    world_end(&w);

    run_helper(&w, "deaf|dial|hello|pause");
    kt_driver_stop(w.d);
    blamed(&w, KT_BLAME_STOPPED, "stopped: killed by SIGKILL");
    world_end(&w);
}

Test(driver, what_cannot_begin_says_why)
{
    struct kt_net *net = kt_net_sim_new();
    struct kt_driver_sink sink = {on_driver};
    struct kt_driver_opts o = {.control = "here", .sink = &sink};
    struct kt_err e = {0};

    cr_expect(kt_driver_new(net, &o, &e) == NULL);
    cr_expect(e.detail[0] != '\0');
    kt_driver_free(NULL);
    kt_net_free(net);
}

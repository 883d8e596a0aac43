/* The reference driver against docs/drivers.md: client and server at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

static void many(struct judge *g, int n, const char *who, const char *op,
                 const char *more, const char *want)
{
    for (int i = 0; i < n; i++)
        ask(g, who, op, more, want);
}

static void bidi(struct judge *g, int n)
{
    pair(g, "x", "Echo", "");
    many(g, n, "client x", "send", M("up"), OK);
    many(g, n, "server x", "recv", "", GOT("up"));
    many(g, n, "server x", "send", M("down"), OK);
    many(g, n, "client x", "recv", "", GOT("down"));
    ask(g, "client x", "half-close", "", OK);
    ask(g, "server x", "recv", "", "{'eof':true}");
    ask(g, "server x", "return", "'ok':true", OK);
    ask(g, "client x", "recv", "", "{'eof':true}");
    clean(g);
}

static void client_stream(struct judge *g, int n)
{
    int last;

    pair(g, "x", "EchoClient", "");
    many(g, n, "client x", "send", M("up"), OK);
    many(g, n, "server x", "recv", "", GOT("up"));
    last = later(g, "client x", "close-and-recv", "");
    waits(g, last);
    ask(g, "server x", "recv", "", "{'eof':true}");
    ask(g, "server x", "return", M("down"), OK);
    expect(g, last, GOT("down"));
    clean(g);
}

static void server_stream(struct judge *g, int n)
{
    pair(g, "x", "EchoServer", M("up"));
    ask(g, "server x", "recv", "", GOT("up"));
    many(g, n, "server x", "send", M("down"), OK);
    ask(g, "server x", "return", "'ok':true", OK);
    many(g, n, "client x", "recv", "", GOT("down"));
    ask(g, "client x", "recv", "", "{'eof':true}");
    clean(g);
}

static void unary(struct judge *g)
{
    const int call = dial(g, "x", "call", "EchoUnary", M("up"));

    waits(g, call);
    ask(g, "server x", "accept", "'slot':'s'",
        "{'ok':{'method':'EchoUnary'," M("up") "}}");
    ask(g, "server x", "return", M("down"), OK);
    expect(g, call, GOT("down"));
    clean(g);
}

Test(driver, runs_the_four_modes)
{
    static const int counts[] = {0, 1, 3};
    struct judge g;

    judge_init(&g);
    cr_expect_str_eq(json_string_value(json_object_get(
                         json_object_get(g.hello, "hello"), "token")),
                     "secret");
    slot(&g, "");
    for (int i = 0; i < 3; i++) {
        bidi(&g, counts[i]);
        client_stream(&g, counts[i]);
        server_stream(&g, counts[i]);
        unary(&g);
    }
    judge_fini(&g);
}

static void waiting_requests(struct judge *g)
{
    int up[2], down[2], header;

    pair(g, "x", "Echo", "");
    header = later(g, "client x", "header", "");
    for (int i = 0; i < 2; i++) {
        up[i] = later(g, "server x", "recv", "");
        down[i] = later(g, "client x", "recv", "");
    }
    ask(g, "", "sync", "", OK);
    waits(g, up[0]);
    waits(g, header);
    ask(g, "client x", "send", M("1"), OK); /* a waiting recv is no bar */
    expect(g, up[0], GOT("1"));
    waits(g, up[1]);
    ask(g, "server x", "send", M("2"), OK);
    expect(g, header, "{'ok':{}}");
    expect(g, down[0], GOT("2"));
    ask(g, "client x", "half-close", "", OK);
    expect(g, up[1], "{'eof':true}");
    ask(g, "client x", "send", M("3"), "{'error':{'code':13}}");
    ask(g, "server x", "send", M("4"), OK); /* half of it is open */
    expect(g, down[1], GOT("4"));
    ask(g, "server x", "return", "'ok':true", OK);
    ask(g, "client x", "recv", "", "{'eof':true}");
    ask(g, "client x", "recv", "", "{'eof':true}"); /* it stays so */
    clean(g);
}

static void return_before_half_close(struct judge *g)
{
    int recv;

    pair(g, "x", "Echo", "");
    recv = later(g, "server x", "recv", "");
    ask(g, "server x", "send", M("last"), OK);
    ask(g, "server x", "return", "'ok':true", OK);
    cr_expect_not_null(json_object_get(g->answers[recv], "error"));
    ask(g, "server x", "return", "'ok':true", "{'error':{}}");
    ask(g, "client x", "recv", "", GOT("last"));
    ask(g, "client x", "recv", "", "{'eof':true}");
    ask(g, "client x", "send", M("late"), "{'error':{'code':13}}");
    clean(g);
}

Test(driver, half_closes_in_any_order)
{
    struct judge g;

    judge_init(&g);
    slot(&g, "");
    waiting_requests(&g);
    return_before_half_close(&g);
    judge_fini(&g);
}

Test(driver, returns_what_it_is_told)
{
    static const struct {
        const char *ret, *recv;
    } of[] = {
        {"'status':{'code':5,'message':'no such'}",
         "{'error':{'code':5,'message':'no such [biz error]'}}"},
        {"'error':'boom'",
         "{'error':{'code':13,'message':'boom [biz error]'}}"},
        {"'biz':{'code':1001,'message':'poor','extra':{'k':'v'}}",
         "{'biz':{'code':1001,'message':'poor','extra':{'k':'v'}}}"},
        {"'biz':{'code':-7,'message':''}", "{'biz':{'code':-7,'message':''}}"},
        {"'panic':true", "{'error':{'code':13}}"},
        {"'exception':{'name':'Oops','message':{'json':{'code':3}}}",
         "{'error':{'code':13,'message':'Oops [biz error]'}}"},
    };
    struct judge g;
    int call;

    judge_init(&g);
    slot(&g, "");
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        pair(&g, "x", "Echo", "");
        ask(&g, "server x", "send", M("first"), OK);
        ask(&g, "server x", "return", of[i].ret, OK);
        ask(&g, "client x", "recv", "", GOT("first"));
        ask(&g, "client x", "recv", "", of[i].recv);
        ask(&g, "client x", "recv", "", of[i].recv);
        clean(&g);
    }
    for (size_t i = 0; i < sizeof of / sizeof *of - 1; i++) {
        call = dial(&g, "x", "call", "EchoUnary", M("up"));
        ask(&g, "server x", "accept", "'slot':'s'", "{'ok':{}}");
        ask(&g, "server x", "return", of[i].ret, OK);
        expect(&g, call, of[i].recv);
        clean(&g);
    }
    call = dial(&g, "x", "call", "EchoUnary", M("up"));
    ask(&g, "server x", "accept", "'slot':'s'", "{'ok':{}}");
    ask(&g, "server x", "return",
        "'exception':{'name':'Oops','message':{'json':{'code':3,'why':'w'}}}",
        OK);
    expect(&g, call,
           "{'exception':{'name':'Oops','message':{'json':{'code':3,'why':'w'}"
           "}}}");
    clean(&g);
    judge_fini(&g);
}

/* Is [name, value] among the pairs of the answer? */
static bool has(const struct judge *g, int id, const char *name,
                const char *value)
{
    const json_t *list =
        json_object_get(json_object_get(g->answers[id], "ok"), "metadata");
    size_t i;
    json_t *p;

    json_array_foreach(list, i, p)
    {
        if (strcmp(json_string_value(json_array_get(p, 0)), name) == 0 &&
            strcmp(json_string_value(json_array_get(p, 1)), value) == 0)
            return true;
    }
    return false;
}

Test(driver, carries_metadata)
{
    struct judge g;
    int id;

    judge_init(&g);
    slot(&g, "");
    id = pair(&g, "x", "Echo",
              "'tag':true,'metadata':[['k','1'],['k','2'],['raw-bin','AP8=']],"
              "'metainfo':{'transient':{'T_K':'tv'},'persistent':{'P':'pv'}}");
    cr_expect(has(&g, id, "k", "1") && has(&g, id, "k", "2"));
    cr_expect(has(&g, id, "raw-bin", "AP8="));
    cr_expect(has(&g, id, "ktspec-stream", "x"));
    expect(&g, id,
           "{'ok':{'metainfo':{'transient':{'T_K':'tv'},'persistent':{'P':'pv'}"
           "}}}");
    ask(&g, "server x", "set-header", "'metadata':[['h','1']]", OK);
    id = later(&g, "client x", "header", "");
    waits(&g, id);
    ask(&g, "server x", "send-header", "'metadata':[['h2-bin','AA==']]", OK);
    cr_expect(has(&g, id, "h", "1") && has(&g, id, "h2-bin", "AA=="));
    ask(&g, "server x", "set-header", "'metadata':[['h','3']]", "{'error':{}}");
    ask(&g, "server x", "send-header", "'metadata':[]", "{'error':{}}");
    ask(&g, "server x", "set-trailer", "'metadata':[['t','1']]", OK);
    ask(&g, "server x", "set-trailer", "'metadata':[['u','2']]", OK);
    ask(&g, "server x", "set-trailer", "'metadata':{}", "{'error':{}}");
    id = later(&g, "client x", "trailer", "");
    expect(&g, id, "{'ok':{'metadata':[]}}"); /* it never waits */
    ask(&g, "server x", "return", "'ok':true", OK);
    ask(&g, "client x", "recv", "", "{'eof':true}");
    id = later(&g, "client x", "trailer", "");
    cr_expect(has(&g, id, "t", "1") && has(&g, id, "u", "2"));
    clean(&g);
    judge_fini(&g);
}

static json_int_t code_of(const struct judge *g, int id, const char *kind)
{
    return json_integer_value(
        json_object_get(json_object_get(g->answers[id], kind), "code"));
}

static void deadline(struct judge *g)
{
    const int accept = pair(g, "x", "Echo", "'deadline_ms':100");
    const int recv = later(g, "client x", "recv", "");
    const int ended = later(g, "server x", "cancelled", "");
    const json_int_t left = json_integer_value(json_object_get(
        json_object_get(g->answers[accept], "ok"), "deadline_ms"));
    int ctx = later(g, "server x", "ctx", "");

    cr_expect(left > 90 && left <= 100, "%d", (int)left);
    cr_expect_not_null(
        json_object_get(json_object_get(g->answers[ctx], "ok"), "deadline_ms"));
    cr_expect_null(
        json_object_get(json_object_get(g->answers[ctx], "ok"), "cancelled"));
    run(g, 50);
    waits(g, recv);
    waits(g, ended);
    run(g, 50);
    expect(g, recv, "{'error':{'code':4}}");
    /* Its own deadline, or the client's reset, whichever comes first. */
    cr_expect(code_of(g, ended, "ok") == 4 || code_of(g, ended, "ok") == 1);
    ctx = later(g, "server x", "ctx", "");
    expect(g, ctx, "{'ok':{'deadline_ms':0,'cancelled':{}}}");
    ask(g, "client x", "send", M("late"), "{'error':{'code':4}}");
    clean(g);
}

static void cancel(struct judge *g)
{
    int recv[2], ended;

    pair(g, "x", "Echo", "");
    recv[0] = later(g, "client x", "recv", "");
    recv[1] = later(g, "server x", "recv", "");
    ended = later(g, "server x", "cancelled", "");
    waits(g, ended);
    ask(g, "client x", "cancel", "", OK);
    expect(g, recv[0], "{'error':{'code':1}}");
    expect(g, recv[1], "{'error':{'code':1}}");
    expect(g, ended, "{'ok':{'code':1}}");
    ask(g, "server x", "cancelled", "", "{'ok':{'code':1}}");
    ask(g, "client x", "send", M("late"), "{'error':{'code':1}}");
    ask(g, "server x", "send", M("late"), "{'error':{'code':1}}");
    ask(g, "server x", "return", "'ok':true", OK);
    clean(g);
}

/* The client's case ends: the handler, of another case, hears of it. */
static void connection_lost(struct judge *g)
{
    int ended, reset;

    dial(g, "x", "open", "Echo", "");
    g->caseid = "b";
    ask(g, "server x", "accept", "'slot':'s'", "{'ok':{}}");
    ended = later(g, "server x", "cancelled", "");
    g->caseid = "a";
    reset = later(g, "", "reset", "");
    run(g, 600);
    expect(g, reset, "{'ok':{'streams':1,'handlers':0,'requests':0}}");
    g->caseid = "b";
    expect(g, ended, "{'ok':{'code':1}}");
    ask(g, "server x", "cancelled", "", "{'ok':{'code':1}}");
    ask(g, "server x", "recv", "", "{'error':{'code':1}}");
    ask(g, "server x", "return", "'ok':true", OK);
    clean(g);
    g->caseid = "a";
}

Test(driver, hears_of_every_end)
{
    struct judge g;

    judge_init(&g);
    slot(&g, "");
    deadline(&g);
    cancel(&g);
    connection_lost(&g);
    bidi(&g, 1);
    judge_fini(&g);
}

Test(driver, tells_events)
{
    struct judge g;

    judge_init(&g);
    slot(&g, "");
    pair(&g, "x", "Echo", "");
    ask(&g, "client x", "send", M("up"), OK); /* field, length, text, stop */
    ask(&g, "server x", "recv", "", GOT("up"));
    ask(&g, "server x", "return", "'status':{'code':5,'message':'m'}", OK);
    ask(&g, "client x", "recv", "", "{'error':{'code':5}}");
    ask(&g, "client x", "events", "",
        "{'ok':{'events':[['rpc-start',{}],['stream-send',{'size':'10'}],"
        "['stream-recv',{'error':'5'}],['rpc-finish',{'error':'5'}]]}}");
    ask(&g, "client x", "events", "", "{'ok':{'events':[]}}");
    ask(&g, "server x", "events", "",
        "{'ok':{'events':[['rpc-start',{}],['stream-recv',{'size':'10'}],"
        "['rpc-finish',{'error':'5'}]]}}");
    ask(&g, "client x", "finish", "", OK);
    clean(&g);
    judge_fini(&g);
}

Test(driver, counts_what_a_case_held)
{
    struct judge g;
    int recv[2], id;

    judge_init(&g);
    slot(&g, "");
    pair(&g, "x", "Echo", "");
    recv[0] = later(&g, "client x", "recv", "");
    recv[1] = later(&g, "server x", "recv", "");
    g.caseid = "b"; /* another case, in the middle of its own */
    pair(&g, "x", "Echo", "'connection':'c'");
    g.caseid = "a";
    id = later(&g, "", "reset", "");
    waits(&g, id); /* what is on its way gets a moment */
    run(&g, 600);
    expect(&g, id, "{'ok':{'streams':1,'handlers':1,'requests':2}}");
    expect(&g, recv[0], "{'error':{}}");
    expect(&g, recv[1], "{'error':{}}");
    ask(&g, "client x", "recv", "", "{'error':{}}"); /* forgotten */
    id = later(&g, "", "reset", "");
    expect(&g, id, CLEAN);
    g.caseid = "b";
    ask(&g, "client x", "send", M("up"), OK);
    ask(&g, "server x", "recv", "", GOT("up"));
    ask(&g, "server x", "return", "'ok':true", OK);
    ask(&g, "client x", "recv", "", "{'eof':true}");
    dial(&g, "y", "open", "Echo", ""); /* nobody accepts it */
    id = later(&g, "", "reset", "'slot':'s'");
    run(&g, 600);
    expect(&g, id, "{'ok':{'streams':1,'handlers':1,'requests':0}}");
    id = later(&g, "server z", "accept", "'slot':'s'");
    clean(&g); /* an accept that nothing came for is not held */
    expect(&g, id, "{'error':{}}");
    bidi(&g, 1);
    judge_fini(&g);
}

Test(driver, stops_with_grace)
{
    struct judge g;
    int stop, ended;

    judge_init(&g);
    slot(&g, "");
    pair(&g, "x", "Echo", "");
    stop = later(&g, "", "stop", "'slot':'s','grace_ms':5000");
    run(&g, 500);
    waits(&g, stop);
    ask(&g, "client x", "send", M("still"), OK);
    ask(&g, "server x", "recv", "", GOT("still"));
    ask(&g, "server x", "return", "'ok':true", OK);
    ask(&g, "client x", "recv", "", "{'eof':true}");
    run(&g, 5);
    expect(&g, stop, OK);
    expect(&g, dial(&g, "y", "open", "Echo", ""), "{'error':{'code':14}}");
    clean(&g);
    ask(&g, "", "unlisten", "'slot':'s'", OK);

    slot(&g, ""); /* the name is free again */
    pair(&g, "x", "Echo", "");
    ended = later(&g, "server x", "cancelled", "");
    stop = later(&g, "", "stop", "'slot':'s','grace_ms':100");
    run(&g, 80);
    waits(&g, stop);
    waits(&g, ended);
    run(&g, 1500);
    expect(&g, stop, OK);
    expect(&g, ended, "{'ok':{'code':14}}");
    ask(&g, "client x", "recv", "", "{'error':{}}");
    ask(&g, "", "stop", "'slot':'s'", OK); /* nothing is left of it */
    clean(&g);
    judge_fini(&g);
}

Test(driver, unlistens)
{
    struct judge g;
    int recv, ended, srecv, stop;

    judge_init(&g);
    slot(&g, "");
    pair(&g, "x", "Echo", "");
    recv = later(&g, "client x", "recv", "");
    ended = later(&g, "server x", "cancelled", "");
    srecv = later(&g, "server x", "recv", "");
    stop = later(&g, "", "stop", "'slot':'s','grace_ms':9000");
    ask(&g, "", "unlisten", "'slot':'s'", OK);
    expect(&g, stop, OK);
    expect(&g, recv, "{'error':{'code':14}}");
    expect(&g, ended, "{'ok':{}}");
    expect(&g, srecv, "{'error':{}}");
    expect(&g, dial(&g, "y", "open", "Echo", ""), "{'error':{'code':14}}");
    ask(&g, "", "unlisten", "'slot':'s'", "{'error':{}}");
    ask(&g, "", "stop", "'slot':'s'", "{'error':{}}");
    ask(&g, "server z", "accept", "'slot':'s'", "{'error':{}}");
    ask(&g, "", "reset", "", CLEAN);
    judge_fini(&g);
}

Test(driver, keeps_to_the_limits_of_streams)
{
    struct judge g;
    int open;

    judge_init(&g);
    slot(&g, "'max-concurrent':1");
    pair(&g, "x", "Echo", "'connection':'c'");
    open = dial(&g, "y", "open", "Echo", "'connection':'c'");
    waits(&g, open);
    pair(&g, "z", "Echo", "'connection':'d'"); /* a connection of its own */
    waits(&g, open);
    ask(&g, "client x", "cancel", "", OK);
    run(&g, 5);
    expect(&g, open, OK);
    ask(&g, "server y", "accept", "'slot':'s'", "{'ok':{}}");
    ask(&g, "client y", "cancel", "", OK);
    ask(&g, "client z", "cancel", "", OK);
    clean(&g);

    pair(&g, "x", "Echo", "'connection':'*','settings':{'connections':2}");
    pair(&g, "y", "Echo", "'connection':'*','settings':{'connections':2}");
    open = dial(&g, "z", "open", "Echo",
                "'connection':'*','settings':{'connections':2}");
    waits(&g, open); /* both are full */
    ask(&g, "client x", "cancel", "", OK);
    ask(&g, "client y", "cancel", "", OK);
    run(&g, 5);
    expect(&g, open, OK);
    ask(&g, "client z", "cancel", "", OK);
    run(&g, 5);
    later(&g, "", "reset", "'slot':'s'");
    judge_fini(&g);
}

Test(driver, tells_calls_apart)
{
    struct judge g;
    int b;

    judge_init(&g);
    slot(&g, "");
    b = later(&g, "server b", "accept", "'slot':'s','match':'b'");
    expect(&g, dial(&g, "a", "open", "Echo", "'tag':true"), OK);
    waits(&g, b);
    expect(&g, dial(&g, "b", "open", "EchoClient", "'tag':true"), OK);
    expect(&g, b, "{'ok':{'method':'EchoClient'}}");
    ask(&g, "server a", "accept", "'slot':'s','match':'a'",
        "{'ok':{'method':'Echo'}}");
    ask(&g, "client a", "cancel", "", OK);
    ask(&g, "client b", "cancel", "", OK);
    clean(&g);
    judge_fini(&g);
}

Test(driver, refuses_what_makes_no_sense)
{
    struct judge g;

    judge_init(&g);
    slot(&g, "");
    ask(&g, "", "dance", "", "{'unsupported':'no such op'}");
    ask(&g, "client x", "recv", "", "{'error':{}}");
    ask(&g, "", "listen", "'slot':'s','service':'echo.TestService'",
        "{'error':{}}");
    ask(&g, "", "listen", "'slot':'t','service':'echo.Nobody'", "{'error':{}}");
    expect(&g, dial(&g, "x", "open", "Nothing", ""), "{'error':{}}");
    expect(&g, dial(&g, "x", "open", "EchoPingPong", ""), "{'error':{}}");
    expect(&g, dial(&g, "x", "call", "EchoUnary", "'transport':'framed'"),
           "{'unsupported':'HTTP/2 only'}");
    pair(&g, "x", "Echo", "");
    expect(&g, dial(&g, "x", "open", "Echo", ""), "{'error':{}}");
    ask(&g, "client x", "return", "'ok':true",
        "{'unsupported':'not on this side'}");
    ask(&g, "server x", "half-close", "", "{'unsupported':'not on this side'}");
    ask(&g, "client x", "send", "", "{'error':{}}");
    ask(&g, "client x", "send", "'message':{'json':{'nobody':1}}",
        "{'error':{}}");
    ask(&g, "client x", "send", "'message':{'hex':'0'}", "{'error':{}}");
    ask(&g, "client x", "send", "'message':{'hex':'0b0001000000026869'}", OK);
    ask(&g, "server x", "recv", "", "{'error':{'code':13}}"); /* cut short */
    ask(&g, "client x", "send", "'message':{'hex':'0b000100000002686900'}", OK);
    ask(&g, "server x", "recv", "",
        "{'ok':{'message':{'json':{'message':'hi'},"
        "'hex':'0b000100000002686900'}}}");
    kt_tcp_write(g.tcp, "nonsense\n[]\n\n", 13);
    ask(&g, "client x", "cancel", "", OK);
    clean(&g);
    judge_fini(&g);
}

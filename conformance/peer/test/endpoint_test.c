/* Endpoint against endpoint, in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/endpoint.h"
#include "lines.h"

/* Two ends and what is between them. */
struct wire {
    struct lines lines;
    struct kt_endpoint *end[2]; /* by side */
    uint64_t now;
    size_t step; /* feed in parts of so many bytes; 0: as given */
    size_t segments[2], bytes[2];
};

static void feed(struct wire *w, int to, struct kt_cur c)
{
    while (c.p < c.end) {
        size_t n = kt_cur_left(&c);

        if (w->step && n > w->step)
            n = w->step;
        kt_endpoint_feed(w->end[to], kt_cur_cut(&c, n), w->now);
    }
}

/* Until neither has anything to say. */
static void pump(struct wire *w)
{
    struct kt_cur c;
    bool any = true;

    while (any) {
        any = false;
        for (int from = 0; from < 2; from++)
            while (kt_endpoint_next(w->end[from], w->now, &c)) {
                any = true;
                w->segments[from]++;
                w->bytes[from] += kt_cur_left(&c);
                feed(w, !from, c);
            }
        w->now++;
    }
}

static struct wire wire_new(const char *client, const char *server)
{
    struct wire w = {.lines = lines_new()};
    const char *text[2] = {client, server};

    for (int side = 0; side < 2; side++) {
        struct kt_endpoint_opts o = {.is_server = side == KT_SERVER};
        const struct kt_fields f = fields(&w.lines, text[side]);

        kt_endpoint_opts_read(&o, &f);
        w.end[side] = kt_endpoint_new(&o);
    }
    return w;
}

static void connect_both(struct wire *w)
{
    kt_endpoint_connected(w->end[0], w->now);
    kt_endpoint_connected(w->end[1], w->now);
    pump(w);
}

static void wire_free(struct wire *w)
{
    kt_endpoint_free(w->end[0]);
    kt_endpoint_free(w->end[1]);
    lines_free(&w->lines);
}

static void forced(struct wire *w, int side, uint32_t stream, const char *text)
{
    const struct kt_write_how how = {.stream = stream};

    must(kt_endpoint_line(w->end[side], line(&w->lines, text), &how));
}

/* Lines of one direction, of stream 0 or of one kind; '\n' behind each. */
static const char *entries(struct wire *w, int side, bool to_server, bool grpc,
                           struct kt_buf *dst)
{
    const struct kt_log *log = kt_endpoint_log(w->end[side]);

    kt_buf_clear(dst);
    for (size_t i = 0; i < log->n; i++) {
        const struct kt_rec *r = log->v[i];

        if (r->to_server != to_server ||
            (r->kind != KT_REC_FAULT && (r->kind == KT_REC_GRPC) != grpc))
            continue;
        must(kt_rec_print(dst, r, 32));
        kt_buf_puts(dst, "\n");
    }
    return kt_buf_cstr(dst);
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;

    for (text = strstr(text, word); text; text = strstr(text + 1, word))
        n++;
    return n;
}

static void open_stream(struct wire *w, uint32_t id)
{
    const struct kt_canon_request r = {.service = "echo.TestService",
                                       .method = "Echo",
                                       .authority = "TestService"};
    struct kt_hlist list;

    kt_canon_init(&list);
    kt_canon_request(&list, &r);
    kt_endpoint_headers(w->end[KT_CLIENT], id, &list, NULL, NULL);
    kt_hlist_fini(&list);
}

static void answer(struct wire *w, uint32_t id)
{
    struct kt_hlist list;

    kt_canon_init(&list);
    kt_canon_response(&list, NULL);
    kt_endpoint_headers(w->end[KT_SERVER], id, &list, NULL, NULL);
    kt_hlist_fini(&list);
}

static void trail(struct wire *w, uint32_t id, bool alone)
{
    struct kt_hlist list;
    struct kt_status ok;

    kt_status_init(&ok);
    kt_canon_init(&list);
    kt_canon_trailers(&list, &ok, NULL, alone);
    kt_endpoint_trailers(w->end[KT_SERVER], id, &list, NULL, NULL);
    kt_hlist_fini(&list);
    kt_status_fini(&ok);
}

static void say(struct wire *w, int side, uint32_t id, const char *text)
{
    kt_endpoint_message(w->end[side], id, kt_cur_of(text, strlen(text)), NULL,
                        NULL);
}

static const char conversation[2][400] = {
    "< headers stream=1 :status=200 content-type=application/grpc+thrift\n"
    "< message stream=1 compressed=0 length=2 payload=hex:796f\n"
    "< trailers stream=1 grpc-status=0 grpc-message=\"\"\n",
    "> headers stream=1 :method=POST :scheme=http "
    ":path=/echo.TestService/Echo :authority=TestService "
    "content-type=application/grpc+thrift user-agent=ktspec te=trailers\n"
    "> message stream=1 compressed=0 length=2 payload=hex:6869\n"
    "> half-close stream=1\n",
};

Test(endpoint, a_conversation_is_logged_alike_at_both_ends)
{
    static const size_t steps[] = {0, 1, 7};
    struct kt_buf text = {.limit = 1 << 16};

    for (size_t i = 0; i < 3; i++) {
        struct wire w = wire_new("", "max-concurrent=9 table-size=100");

        w.step = steps[i];
        connect_both(&w);
        for (int side = 0; side < 2; side++) {
            cr_expect(kt_endpoint_ready(w.end[side]));
            cr_expect(kt_endpoint_idle(w.end[side]));
            cr_expect_eq(kt_endpoint_settings_sent(w.end[side]), 1);
            cr_expect_eq(kt_endpoint_settings_acked(w.end[side]), 1);
        }
        cr_expect_eq(kt_endpoint_new_stream(w.end[0]), 1);
        open_stream(&w, 1);
        say(&w, KT_CLIENT, 1, "hi");
        kt_endpoint_half_close(w.end[0], 1, NULL);
        pump(&w);
        cr_expect_eq(kt_endpoint_last_stream(w.end[1]), 1);
        answer(&w, 1);
        say(&w, KT_SERVER, 1, "yo");
        trail(&w, 1, false);
        pump(&w);
        for (int side = 0; side < 2; side++)
            for (int dir = 0; dir < 2; dir++)
                cr_expect_str_eq(entries(&w, side, dir, true, &text),
                                 conversation[dir], "%s", kt_buf_cstr(&text));
        cr_expect_str_eq(entries(&w, 1, false, false, &text),
                         "< SETTINGS table-size=100 max-concurrent=9\n"
                         "< SETTINGS ack=yes\n"
                         "< WINDOW_UPDATE stream=0 increment=7\n"
                         "< WINDOW_UPDATE stream=1 increment=7\n"
                         "< HEADERS stream=1 flags=+END_HEADERS :status=200 "
                         "content-type=application/grpc+thrift\n"
                         "< DATA stream=1 length=7 "
                         "data=hex:0000000002796f\n"
                         "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS "
                         "grpc-status=0 grpc-message=\"\"\n",
                         "%s", kt_buf_cstr(&text));
        wire_free(&w);
    }
    kt_buf_fini(&text);
}

Test(endpoint, queued_data_waits_for_windows_and_forced_data_does_not)
{
    struct wire w =
        wire_new("window-updates=no", "initial-window=10 window-updates=no");
    struct kt_endpoint *c = w.end[KT_CLIENT];
    struct kt_buf text = {.limit = 1 << 16};

    connect_both(&w);
    open_stream(&w, 1);
    say(&w, KT_CLIENT, 1, "0123456789abcdef");
    kt_endpoint_half_close(c, 1, NULL);
    pump(&w);
    cr_expect(kt_endpoint_blocked(c, 1) && kt_endpoint_blocked(c, 0));
    cr_expect(kt_endpoint_idle(c));
    cr_expect_eq(kt_endpoint_window(c, 1), 0);
    cr_expect_eq(kt_endpoint_window(c, 0), 65525);
    forced(&w, KT_CLIENT, 1, "DATA length=3");
    pump(&w);
    cr_expect_eq(kt_endpoint_window(c, 1), -3);
    forced(&w, KT_SERVER, 1, "WINDOW_UPDATE increment=5");
    pump(&w);
    cr_expect_eq(count(entries(&w, 1, true, false, &text), "> DATA"), 3);
    /* A smaller and a larger initial window: RFC 9113 6.9.2. */
    forced(&w, KT_SERVER, 1, "SETTINGS initial-window=0");
    pump(&w);
    cr_expect_eq(kt_endpoint_window(c, 1), -10);
    forced(&w, KT_SERVER, 1, "SETTINGS initial-window=100");
    pump(&w);
    cr_expect_not(kt_endpoint_blocked(c, 1));
    cr_expect_not_null(strstr(entries(&w, 1, true, false, &text),
                              "> DATA stream=1 flags=+END_STREAM length=0"),
                       "%s", kt_buf_cstr(&text));
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, a_big_message_crosses_because_windows_are_given_back)
{
    enum { BIG = 3000000 };
    uint8_t *big = malloc(BIG);
    struct wire w = wire_new("", "");
    struct kt_rec *r;

    must(big != NULL);
    for (size_t i = 0; i < BIG; i++)
        big[i] = (uint8_t)(i * 31);
    connect_both(&w);
    open_stream(&w, 1);
    kt_endpoint_message(w.end[0], 1, kt_cur_of(big, BIG), NULL, NULL);
    kt_endpoint_half_close(w.end[0], 1, NULL);
    pump(&w);
    r = kt_log_first(kt_endpoint_log(w.end[1]), 1, true);
    while (r && r->ev.kind != KT_EV_MESSAGE)
        r = r->next;
    cr_assert_not_null(r);
    cr_expect(!r->open && kt_cur_eq(r->ev.body, kt_cur_of(big, BIG)));
    cr_expect_eq(kt_endpoint_window(w.end[0], 0), 65535);
    cr_expect_not(kt_endpoint_blocked(w.end[0], 1));
    wire_free(&w);
    free(big);
}

Test(endpoint, a_narrowed_message_keeps_its_cuts_behind_the_window)
{
    struct wire w = wire_new("", "initial-window=0 window-updates=no");
    struct kt_buf text = {.limit = 1 << 16};
    const char *m = "abc";
    size_t segments;

    connect_both(&w);
    open_stream(&w, 1);
    kt_endpoint_message(w.end[0], 1, kt_cur_of(m, 3),
                        line(&w.lines, "message cut=frame:1,5 compressed=1"),
                        NULL);
    kt_endpoint_message(w.end[0], 1, kt_cur_of(m, 3),
                        line(&w.lines, "message cut=segment:2 pad=1"), NULL);
    kt_endpoint_half_close(w.end[0], 1,
                           line(&w.lines, "DATA data=hex:07 % flags=+0x40"));
    pump(&w);
    segments = w.segments[0];
    forced(&w, KT_SERVER, 1, "WINDOW_UPDATE increment=100");
    pump(&w);
    cr_expect_str_eq(
        entries(&w, 1, true, false, &text) +
            (strstr(kt_buf_cstr(&text), "> DATA") - kt_buf_cstr(&text)),
        "> DATA stream=1 length=1 data=hex:01\n"
        "> DATA stream=1 length=4 data=hex:00000003\n"
        "> DATA stream=1 length=3 data=hex:616263\n"
        "> DATA stream=1 flags=+PADDED length=10 pad=1 "
        "data=hex:0000000003616263\n"
        "> DATA stream=1 flags=+END_STREAM,+0x40 length=1 "
        "data=hex:07\n"
        "> ! TRUNCATED STD-14 stream=1 the stream ends inside a "
        "message\n",
        "%s", kt_buf_cstr(&text));
    cr_expect_geq(w.segments[0], segments + 3);
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, its_own_frames_wait_while_a_header_block_is_open)
{
    struct wire w = wire_new("", "");
    struct kt_endpoint *c = w.end[KT_CLIENT];
    struct kt_buf text = {.limit = 1 << 16};
    const char *sent;

    connect_both(&w);
    open_stream(&w, 3);
    forced(&w, KT_CLIENT, 1, "HEADERS :method=POST flags=-END_HEADERS");
    forced(&w, KT_SERVER, 0, "PING data=0102030405060708");
    forced(&w, KT_SERVER, 0, "SETTINGS");
    say(&w, KT_CLIENT, 3, "x");
    cr_expect_eq(kt_endpoint_fence(c), 2);
    pump(&w);
    sent = entries(&w, 1, true, false, &text);
    cr_expect_null(strstr(sent, "PING"), "%s", sent);
    cr_expect_null(strstr(sent, "DATA"));
    cr_expect_eq(kt_endpoint_settings_acked(c), 1);
    forced(&w, KT_CLIENT, 1, "CONTINUATION flags=+END_HEADERS % :path=/x");
    pump(&w);
    sent = entries(&w, 1, true, false, &text);
    cr_expect_not_null(strstr(sent, "> CONTINUATION stream=1 "
                                    "flags=+END_HEADERS"));
    cr_expect_not_null(strstr(sent, "> SETTINGS\n"
                                    "> PING ack=yes data=0102030405060708\n"
                                    "> SETTINGS ack=yes\n"
                                    "> DATA stream=3"),
                       "%s", sent);
    cr_expect_null(strstr(sent, "!"));
    cr_expect_not_null(strstr(entries(&w, 1, true, true, &text),
                              "> headers stream=1 :method=POST :path=/x"));
    cr_expect_eq(kt_endpoint_settings_acked(c), 2);
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, what_is_switched_off_is_left_to_the_script)
{
    struct wire w = wire_new(
        "preface=no settings-ack=no ping-ack=no window-updates=no", "");
    struct kt_endpoint *c = w.end[KT_CLIENT];
    struct kt_buf text = {.limit = 1 << 16};
    const char *sent;

    connect_both(&w);
    cr_expect_eq(w.bytes[0], 0);
    cr_expect_not(kt_endpoint_ready(c));
    forced(&w, KT_CLIENT, 0,
           "BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\" "
           "cut=segment:each");
    forced(&w, KT_CLIENT, 0, "SETTINGS max-frame=16384");
    pump(&w);
    cr_expect_eq(w.segments[0], KT_PREFACE_LEN + 1);
    cr_expect(kt_endpoint_ready(c), "acks of ours do not count here");
    cr_expect_not(kt_endpoint_ready(w.end[1]));
    open_stream(&w, 1);
    forced(&w, KT_SERVER, 0, "PING");
    answer(&w, 1);
    say(&w, KT_SERVER, 1, "x");
    pump(&w);
    sent = entries(&w, 1, true, false, &text);
    cr_expect_null(strstr(sent, "PING"), "%s", sent);
    cr_expect_null(strstr(sent, "WINDOW_UPDATE"));
    cr_expect_null(strstr(sent, "ack"));
    forced(&w, KT_CLIENT, 0, "SETTINGS ack=yes");
    pump(&w);
    cr_expect(kt_endpoint_ready(w.end[1]));
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, a_flood_is_made_piece_by_piece)
{
    struct wire w = wire_new("", "");
    const struct kt_log *log;
    struct kt_cur c;
    uint64_t times = 0;
    size_t bytes = 0;

    connect_both(&w);
    forced(&w, KT_CLIENT, 0, "SETTINGS repeat=2000000");
    cr_expect_eq(kt_endpoint_settings_sent(w.end[0]), 2000001);
    while (kt_endpoint_next(w.end[0], w.now, &c)) {
        cr_expect_leq(kt_cur_left(&c), 64 << 10);
        bytes += kt_cur_left(&c);
    }
    cr_expect_eq(bytes, 18000000);
    log = kt_endpoint_log(w.end[0]);
    cr_expect_lt(log->n, 1000);
    for (size_t i = 0; i < log->n; i++)
        if (log->v[i]->to_server &&
            log->v[i]->ev.frame.head.type == KT_FT_SETTINGS &&
            log->v[i]->kind == KT_REC_FRAME &&
            log->v[i]->ev.kind == KT_EV_FRAME &&
            log->v[i]->ev.frame.head.flags == 0)
            times += log->v[i]->times;
    cr_expect_eq(times, 2000001);
    wire_free(&w);
}

Test(endpoint, ends_and_resets_let_nothing_out_behind_them)
{
    struct wire w = wire_new("", "initial-window=0 window-updates=no");
    struct kt_endpoint *c = w.end[KT_CLIENT], *s = w.end[KT_SERVER];
    struct kt_buf text = {.limit = 1 << 16};
    const char *sent;

    connect_both(&w);
    for (uint32_t id = 1; id < 9; id += 2)
        open_stream(&w, id);
    say(&w, KT_CLIENT, 1, "dropped by our reset");
    say(&w, KT_CLIENT, 3, "dropped by theirs");
    say(&w, KT_CLIENT, 5, "dropped by a line that ends");
    pump(&w);
    kt_endpoint_reset(c, 1, KT_H2_CANCEL, NULL);
    kt_endpoint_reset(s, 3, KT_H2_REFUSED_STREAM, NULL);
    forced(&w, KT_CLIENT, 5, "DATA flags=+END_STREAM");
    pump(&w);
    cr_expect_not(kt_endpoint_blocked(c, 0));
    say(&w, KT_CLIENT, 1, "no");
    kt_endpoint_half_close(c, 3, NULL);
    kt_endpoint_half_close(c, 5, NULL);
    kt_endpoint_half_close(c, 7, NULL);
    say(&w, KT_CLIENT, 7, "no");
    trail(&w, 7, true);
    answer(&w, 7);
    pump(&w);
    sent = entries(&w, 1, true, false, &text);
    cr_expect_eq(count(sent, "> DATA"), 2, "%s", sent);
    cr_expect_eq(count(sent, "!"), 0);
    cr_expect_not_null(strstr(sent, "> RST_STREAM stream=1 code=CANCEL"));
    sent = entries(&w, 0, false, true, &text);
    cr_expect_str_eq(sent,
                     "< reset REFUSED_STREAM stream=3\n"
                     "< trailers stream=7 :status=200 "
                     "content-type=application/grpc+thrift "
                     "grpc-status=0 grpc-message=\"\"\n",
                     "%s", sent);
    forced(&w, KT_CLIENT, 7, "RST_STREAM code=CANCEL");
    cr_expect_eq(kt_endpoint_new_stream(c), 9);
    kt_endpoint_shut(c, false, w.now);
    kt_endpoint_shut(c, true, w.now);
    forced(&w, KT_CLIENT, 0, "PING");
    kt_endpoint_closed(s, false, w.now);
    kt_endpoint_closed(s, true, w.now);
    struct kt_cur cur;
    cr_expect_not(kt_endpoint_next(c, w.now, &cur));
    cr_expect(kt_endpoint_idle(c));
    for (int side = 0; side < 2; side++)
        cr_expect_eq(count(entries(&w, side, true, false, &text), "CLOSE"), 1,
                     "%s", kt_buf_cstr(&text));
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, odd_blocks_do_not_disturb_the_ones_that_follow)
{
    static const char *const modes[] = {
        "literal", "never-indexed", "no-huffman",    "insert",
        "index",   "evict",         "table-update=0"};
    struct wire w = wire_new("", "table-size=4096");
    struct kt_buf text = {.limit = 1 << 20};
    char odd[100];

    connect_both(&w);
    for (uint32_t i = 0; i < 7; i++) {
        open_stream(&w, 4 * i + 1);
        snprintf(odd, sizeof odd, "HEADERS hpack=%s X-Upper=1 :method=GET",
                 modes[i]);
        forced(&w, KT_CLIENT, 4 * i + 3, odd);
        pump(&w);
        if (i == 3) { /* a smaller table has to be told, whoever writes */
            forced(&w, KT_SERVER, 0, "SETTINGS table-size=64");
            pump(&w);
        }
    }
    entries(&w, 1, true, true, &text);
    cr_expect_eq(count(kt_buf_cstr(&text), ":method=POST :scheme=http"), 7,
                 "%s", kt_buf_cstr(&text));
    cr_expect_eq(count(kt_buf_cstr(&text), "X-Upper=1 :method=GET"), 7);
    cr_expect_eq(count(kt_buf_cstr(&text), "!"), 0);
    cr_expect_eq(kt_endpoint_new_stream(w.end[0]), 29);
    wire_free(&w);
    kt_buf_fini(&text);
}

Test(endpoint, canonical_lists_have_their_order)
{
    struct kt_hlist list, more;
    const struct kt_canon_request r = {.service = "echo.TestService",
                                       .method = "Echo",
                                       .authority = "TestService",
                                       .has_timeout = true,
                                       .timeout_ns = 1000000000,
                                       .encoding = "gzip",
                                       .metadata = &more};
    static const char *const want[][2] = {
        {":method", "POST"},
        {":scheme", "http"},
        {":path", "/echo.TestService/Echo"},
        {":authority", "TestService"},
        {"content-type", "application/grpc+thrift"},
        {"user-agent", "ktspec"},
        {"te", "trailers"},
        {"grpc-encoding", "gzip"},
        {"grpc-accept-encoding", "gzip"},
        {"grpc-timeout", "1000000u"},
        {"k", "v"},
    };

    kt_canon_init(&list);
    kt_canon_init(&more);
    must(kt_hlist_puts(&more, "k", "v"));
    kt_canon_request(&list, &r);
    cr_assert_eq(list.n, sizeof want / sizeof *want);
    for (size_t i = 0; i < list.n; i++)
        cr_expect(kt_cur_is(kt_hlist_name(&list, i), want[i][0]) &&
                      kt_cur_is(kt_hlist_value(&list, i), want[i][1]),
                  "%s", want[i][0]);
    kt_hlist_fini(&list);
    kt_hlist_fini(&more);
}

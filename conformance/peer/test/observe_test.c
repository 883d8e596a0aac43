/* What bytes mean, and that cuts do not change it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/observe.h"
#include "base/must.h"
#include <criterion/criterion.h>
#include <string.h>

/* Lines of all entries, each with '\n'. */
static const char *log_text(const struct kt_log *log, struct kt_buf *dst)
{
    kt_buf_clear(dst);
    for (size_t i = 0; i < log->n; i++) {
        must(kt_rec_print(dst, log->v[i], 64));
        kt_buf_puts(dst, log->v[i]->open ? " (open)\n" : "\n");
    }
    return kt_buf_cstr(dst);
}

static size_t bytes_of(const char *hex, uint8_t *dst, size_t cap)
{
    char squeezed[4096];
    size_t n = 0;

    for (; *hex; hex++)
        if (*hex != ' ')
            squeezed[n++] = *hex;
    squeezed[n] = '\0';
    const struct kt_cur c = kt_unhex(dst, cap, squeezed);
    must(kt_cur_left(&c) * 2 == n);
    return n / 2;
}

/* The log after these bytes, fed in parts of step; close ends it. */
static const char *observe(bool to_server, const uint8_t *p, size_t n,
                           size_t step, struct kt_buf *dst)
{
    struct kt_log log;
    struct kt_observer *o;
    const char *text;

    kt_log_init(&log);
    o = kt_observer_new(&log, to_server);
    for (size_t i = 0; i < n; i += step)
        kt_observer_feed(o, kt_cur_of(p + i, n - i < step ? n - i : step), 5);
    text = log_text(&log, dst);
    must(log.ndone + (strstr(text, "(open)") != NULL) >= log.n);
    kt_observer_free(o);
    kt_log_fini(&log);
    return text;
}

struct seen {
    const char *name;
    bool to_server;
    const char *hex, *want;
};

#define PRI "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a"
#define SET "000000040000000000"
/* :status 200 and content-type application/grpc as static index and literal */
#define STATUS_200 "000001 01 04 00000001 88"

static const struct seen table[] = {
    {"request", true,
     PRI SET "00000a 01 04 00000001 83 86 000161 0162 00 0163"
             "000003 09 04 00000001 016400",
     NULL},
    {"preface and settings", true, PRI SET,
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n> SETTINGS\n"},
    {"no preface", true, "505249202a20485454502f312e310d0a",
     "> ! PROTOCOL STD-2 the first bytes are not the preface\n"},
    {"client ends on HEADERS", true, PRI "000001 01 05 00000001 83",
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n"
     "> HEADERS stream=1 flags=+END_STREAM,+END_HEADERS :method=POST\n"
     "> headers stream=1 :method=POST\n> half-close stream=1\n"},
    {"client trailers", true,
     PRI "000001 01 04 00000001 83 000001 01 05 00000001 84",
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n"
     "> HEADERS stream=1 flags=+END_HEADERS :method=POST\n"
     "> headers stream=1 :method=POST\n"
     "> HEADERS stream=1 flags=+END_STREAM,+END_HEADERS :path=/\n"
     "> trailers stream=1 :path=/\n> half-close stream=1\n"},
    {"response", false,
     SET STATUS_200 "000007 00 00 00000001 0000000002 aabb"
                    "000005 01 05 00000001 00 0161 0162",
     "< SETTINGS\n< HEADERS stream=1 flags=+END_HEADERS :status=200\n"
     "< headers stream=1 :status=200\n"
     "< DATA stream=1 length=7 data=hex:0000000002aabb\n"
     "< message stream=1 compressed=0 length=2 payload=hex:aabb\n"
     "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS a=b\n"
     "< trailers stream=1 a=b\n"},
    {"trailers only", false, "000001 01 05 00000001 88",
     "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS :status=200\n"
     "< trailers stream=1 :status=200\n"},
    {"informational, then final", false,
     "000005 01 04 00000001 08 03 313033" STATUS_200,
     "< HEADERS stream=1 flags=+END_HEADERS :status=103\n"
     "< headers stream=1 :status=103\n"
     "< HEADERS stream=1 flags=+END_HEADERS :status=200\n"
     "< headers stream=1 :status=200\n"},
    {"continuation", false,
     "000002 01 01 00000001 0001 000001 09 00 00000001 61"
     "000002 09 04 00000001 0162",
     "< HEADERS stream=1 flags=+END_STREAM,-END_HEADERS a=b\n"
     "< CONTINUATION stream=1 length=1 hpack=hex:61\n"
     "< CONTINUATION stream=1 flags=+END_HEADERS length=2 hpack=hex:0162\n"
     "< trailers stream=1 a=b\n"},
    {"two messages in one frame, one in two", false,
     "00000c 00 00 00000001 0000000000 0100000001 cc 00"
     "000006 00 01 00000001 00000002 dd ee",
     "< DATA stream=1 length=12 data=hex:00000000000100000001cc00\n"
     "< message stream=1 compressed=0 length=0\n"
     "< message stream=1 compressed=1 length=1 payload=hex:cc\n"
     "< message stream=1 compressed=0 length=2 payload=hex:ddee\n"
     "< DATA stream=1 flags=+END_STREAM length=6 data=hex:00000002ddee\n"
     "< half-close stream=1\n"},
    {"a message without its end is there", false,
     "000006 00 00 00000001 0000000003 aa",
     "< DATA stream=1 length=6 data=hex:0000000003aa\n"
     "< message stream=1 compressed=0 length=3 payload=hex:aa (open)\n"},
    {"a prefix without its end is there", false, "000001 00 00 00000001 00",
     "< DATA stream=1 length=1 data=hex:00\n"
     "< message stream=1 compressed=0 length=4294967295 (open)\n"},
    {"the stream ends inside a message", false,
     "000006 00 01 00000001 0000000003 aa",
     "< DATA stream=1 flags=+END_STREAM length=6 data=hex:0000000003aa\n"
     "< message stream=1 compressed=0 length=3 payload=hex:aa\n"
     "< ! TRUNCATED STD-14 stream=1 the stream ends inside a message\n"
     "< half-close stream=1\n"},
    {"flag of another kind", false, "000005 00 00 00000001 0200000000",
     "< DATA stream=1 length=5 data=hex:0200000000\n"
     "< message stream=1 compressed=1 length=0\n"
     "< ! PREFIX_FLAG MSG-1 stream=1\n"},
    {"reset", false,
     "000006 00 00 00000001 0000000003 aa 000004 03 00 00000001 00000008"
     "000000 00 00 00000001",
     "< DATA stream=1 length=6 data=hex:0000000003aa\n"
     "< message stream=1 compressed=0 length=3 payload=hex:aa\n"
     "< RST_STREAM stream=1 code=CANCEL\n< reset CANCEL stream=1\n"
     "< DATA stream=1 length=0\n"
     "< ! CLOSED STD-7 stream=1 DATA after the reset of the stream\n"},
    {"after the end", false,
     "000001 01 05 00000001 88 000001 00 00 00000001 00"
     "000001 01 05 00000001 88",
     "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS :status=200\n"
     "< trailers stream=1 :status=200\n"
     "< DATA stream=1 length=1 data=hex:00\n"
     "< ! CLOSED STD-7 stream=1 DATA after the end of the stream\n"
     "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS :status=200\n"
     "< ! CLOSED STD-7 stream=1 HEADERS after the end of the stream\n"},
    {"a block that cannot be decoded, and the next", false,
     "000001 01 04 00000001 fe 000001 01 05 00000003 88 000000 00 01 00000001",
     "< HEADERS stream=1 flags=+END_HEADERS length=1 hpack=hex:fe\n"
     "< ! COMPRESSION H2-34 stream=1\n"
     "< HEADERS stream=3 flags=+END_STREAM,+END_HEADERS length=1 "
     "hpack=hex:88\n"
     "< DATA stream=1 flags=+END_STREAM length=0\n< half-close stream=1\n"},
    {"a frame inside a block", false,
     "000002 01 01 00000001 0001" SET "000003 09 04 00000001 610162",
     "< HEADERS stream=1 flags=+END_STREAM,-END_HEADERS a=b\n"
     "< SETTINGS\n< ! PROTOCOL STD-3 a frame inside a header block\n"
     "< CONTINUATION stream=1 flags=+END_HEADERS length=3 hpack=hex:610162\n"
     "< trailers stream=1 a=b\n"},
    {"continuation of nothing", false, "000000 09 04 00000001",
     "< CONTINUATION stream=1 flags=+END_HEADERS length=0\n"
     "< ! PROTOCOL STD-3 stream=1 CONTINUATION continues nothing\n"},
    {"frames that their types forbid", false,
     "000002 06 00 00000000 0001 000000 00 00 00000000"
     "000001 00 08 00000001 05 000004 08 00 00000001 00000000",
     "< PING length=2 payload=hex:0001\n"
     "< ! FRAME_SIZE STD-1 PING of 2 bytes on stream 0\n"
     "< DATA stream=0 length=0\n"
     "< ! PROTOCOL STD-1 DATA of 0 bytes on stream 0\n"
     "< DATA stream=1 flags=+PADDED length=1 payload=hex:05\n"
     "< ! PROTOCOL STD-1 stream=1 DATA of 1 bytes on stream 1\n"
     "< WINDOW_UPDATE stream=1 increment=0\n"
     "< ! PROTOCOL STD-1 stream=1 WINDOW_UPDATE of 4 bytes on stream 1\n"},
    {"a server that speaks HTTP/1.1", false, "485454502f312e31 20",
     "< FRAME type=0x50 stream=825110816 flags=+0x2f length=4740180\n"
     "< ! FRAME_SIZE STD-1 stream=825110816 4740180 bytes, 16384 are "
     "allowed\n"},
    {"push", false, "000005 05 04 00000001 00000002 88" STATUS_200,
     "< PUSH_PROMISE stream=1 flags=+END_HEADERS promised=2 length=5 "
     "hpack=hex:88\n"
     "< HEADERS stream=1 flags=+END_HEADERS :status=200\n"
     "< headers stream=1 :status=200\n"},
    {"unknown, priority, goaway", false,
     "000001 20 03 00000001 aa 000005 02 00 00000001 000000030f"
     "000009 07 00 00000000 00000001 0000000b 78",
     "< FRAME type=0x20 stream=1 flags=+0x3 length=1 data=hex:aa\n"
     "< PRIORITY stream=1 depends=3 exclusive=no weight=15\n"
     "< GOAWAY last=1 code=ENHANCE_YOUR_CALM data=\"x\"\n"},
};

Test(observe, entries_are_as_written_whatever_the_cuts)
{
    struct kt_buf text = {.limit = 1 << 20}, other = {.limit = 1 << 20};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct seen *v = &table[i];
        uint8_t p[1024];
        const size_t n = bytes_of(v->hex, p, sizeof p);
        const char *got = observe(v->to_server, p, n, n, &text);

        if (v->want)
            cr_expect(strcmp(got, v->want) == 0, "%s\nwant\n%sgot\n%s", v->name,
                      v->want, got);
        for (size_t step = 1; step <= 11; step += 2)
            cr_expect(
                strcmp(observe(v->to_server, p, n, step, &other), got) == 0,
                "%s in parts of %zu:\n%s", v->name, step, kt_buf_cstr(&other));
    }
    kt_buf_fini(&text);
    kt_buf_fini(&other);
}

/* Entries of one stream and direction hang together, and what is complete is
 * told once, in order of completion. */
Test(observe, messages_of_two_streams_grow_side_by_side)
{
    uint8_t p[256];
    size_t n = bytes_of("000006 00 00 00000001 0000000002 aa"
                        "000006 00 00 00000003 0000000001 bb",
                        p, sizeof p);
    struct kt_log log;
    struct kt_rec *m;

    kt_log_init(&log);
    struct kt_observer *o = kt_observer_new(&log, false);
    kt_observer_feed(o, kt_cur_of(p, n), 10);
    m = kt_log_first(&log, 1, false)->next;
    cr_assert(m->ev.kind == KT_EV_MESSAGE && m->open && m->at_ns == 10);
    cr_expect_eq(log.n, 4);
    cr_expect_eq(log.ndone, 3, "the first message is not whole");
    const struct kt_event *ev = &m->ev;
    const uint64_t before = log.changes;
    n = bytes_of("000001 00 00 00000001 cc", p, sizeof p);
    kt_observer_feed(o, kt_cur_of(p, n), 20);
    cr_expect(&m->ev == ev && !m->open && m->end_ns == 20);
    cr_expect(memcmp(m->ev.body.p, "\xaa\xcc", 2) == 0);
    cr_expect_gt(log.changes, before);
    cr_expect_eq(log.done[log.ndone - 1], m);
    cr_expect_null(kt_log_first(&log, 1, true));
    cr_expect_null(kt_log_first(&log, 2, false));
    for (uint64_t i = 0; i < log.n; i++)
        cr_expect_eq(log.v[i]->seq, i);
    kt_observer_free(o);
    kt_log_fini(&log);
}

/* RFC 7541 4.2, 6.3: the size that the reader announces holds from the ack. */
Test(observe, settings_of_one_side_bound_the_other)
{
    uint8_t p[64];
    struct kt_log log;
    struct kt_buf text = {.limit = 4 << 20};
    struct kt_observer *c, *s;
    size_t n;

    kt_log_init(&log);
    c = kt_observer_new(&log, true);
    s = kt_observer_new(&log, false);
    kt_observer_pair(c, s);
    n = bytes_of(PRI "00000c 04 00 00000000 0001 00000000 0005 00008000", p,
                 sizeof p);
    kt_observer_feed(c, kt_cur_of(p, n), 1);
    /* Before its ack the server may use the table, */
    n = bytes_of("000005 01 04 00000001 4001610162"
                 "000001 01 04 00000003 be 000000 04 01 00000000"
                 /* behind it a block begins with the update. */
                 "000006 01 04 00000005 200001610162",
                 p, sizeof p);
    kt_observer_feed(s, kt_cur_of(p, n), 2);
    cr_expect_null(strstr(log_text(&log, &text), "!"), "%s",
                   kt_buf_cstr(&text));
    n = bytes_of("000001 01 04 00000007 be", p, sizeof p);
    kt_observer_feed(s, kt_cur_of(p, n), 3);
    cr_expect_not_null(strstr(log_text(&log, &text), "! COMPRESSION H2-34"));
    cr_expect_eq(kt_observer_state(s)->acks, 1);
    cr_expect_eq(kt_observer_state(c)->settings, 1);
    cr_expect(kt_observer_state(c)->preface);

    /* 32768 bytes are allowed now, not one more. */
    static const uint8_t body[32769];
    uint8_t head[9];
    kt_fhead_encode(head, (struct kt_fhead){.length = 32768, .stream = 9});
    kt_observer_feed(s, kt_cur_of(head, 9), 4);
    kt_observer_feed(s, kt_cur_of(body, 32768), 4);
    cr_expect_null(strstr(log_text(&log, &text), "FRAME_SIZE"));
    cr_expect_not_null(strstr(kt_buf_cstr(&text), "DATA stream=9 length=32768"
                                                  "\n"));
    kt_fhead_encode(head, (struct kt_fhead){.length = 32769, .stream = 9});
    kt_observer_feed(s, kt_cur_of(head, 9), 4);
    kt_observer_feed(s, kt_cur_of(body, 32769), 4);
    n = bytes_of(SET, p, sizeof p);
    kt_observer_feed(s, kt_cur_of(p, n), 5);
    cr_expect_not_null(strstr(log_text(&log, &text), "! FRAME_SIZE STD-1"));
    cr_expect_not_null(strstr(kt_buf_cstr(&text), "< SETTINGS\n"),
                       "the frames behind it are read");
    kt_observer_free(c);
    kt_observer_free(s);
    kt_log_fini(&log);
    kt_buf_fini(&text);
}

Test(observe, an_end_makes_everything_final)
{
    uint8_t p[64];
    const size_t n =
        bytes_of("000006 00 00 00000001 0000000002 aa 0000", p, sizeof p);
    struct kt_log log;
    struct kt_buf text = {.limit = 4096};

    for (int reset = 0; reset < 2; reset++) {
        kt_log_init(&log);
        struct kt_observer *o = kt_observer_new(&log, false);
        kt_log_connect(&log, 0);
        kt_observer_feed(o, kt_cur_of(p, n), 1);
        kt_observer_close(o, reset, 2);
        cr_expect_str_eq(
            log_text(&log, &text),
            reset ? "> CONNECT\n"
                    "< DATA stream=1 length=6 data=hex:0000000002aa\n"
                    "< message stream=1 compressed=0 length=2 "
                    "payload=hex:aa\n< CLOSE rst\n"
                  : "> CONNECT\n"
                    "< DATA stream=1 length=6 data=hex:0000000002aa\n"
                    "< message stream=1 compressed=0 length=2 "
                    "payload=hex:aa\n"
                    "< ! TRUNCATED STD-1 the bytes end inside a frame\n"
                    "< CLOSE fin\n",
            "%s", kt_buf_cstr(&text));
        cr_expect_eq(log.ndone, log.n);
        kt_observer_free(o);
        kt_log_fini(&log);
    }
    kt_buf_fini(&text);
}

Test(observe, a_header_bomb_is_refused_and_a_flood_is_one_entry)
{
    static uint8_t block[16384];
    uint8_t head[9], ping[17];
    struct kt_log log;
    struct kt_buf text = {.limit = 1 << 20};
    struct kt_observer *o;

    kt_log_init(&log);
    o = kt_observer_new(&log, false);
    kt_fhead_encode(
        head,
        (struct kt_fhead){.type = KT_FT_HEADERS, .length = 16384, .stream = 1});
    for (int i = 0; i < 100; i++) {
        kt_observer_feed(o, kt_cur_of(head, 9), 1);
        kt_observer_feed(o, kt_cur_of(block, sizeof block), 1);
        head[3] = KT_FT_CONTINUATION;
    }
    cr_expect_not_null(strstr(log_text(&log, &text), "! TOO_BIG"));
    cr_expect_lt(log.bytes, 1 << 20);
    kt_observer_free(o);
    kt_log_fini(&log);

    kt_log_init(&log);
    o = kt_observer_new(&log, false);
    must(bytes_of("000008 06 00 00000000 0102030405060708", ping, 17) == 17);
    memcpy(block, ping, 17);
    memcpy(block + 17, ping, 17);
    kt_observer_feed(o, kt_cur_of(block, 34), 1);
    cr_expect_eq(log.n, 2, "the SUT's frames are entries each");
    kt_observer_fold(o, true);
    kt_observer_feed(o, kt_cur_of(block, 34), 1);
    cr_expect_eq(log.n, 3);
    cr_expect_eq(log.v[2]->times, 2);
    block[33] = 9;
    kt_observer_feed(o, kt_cur_of(block, 34), 1);
    cr_expect_eq(log.n, 4, "another one is another entry");
    cr_expect_not_null(
        strstr(log_text(&log, &text), "\n< PING data=0102030405060709\n"));
    kt_observer_free(o);
    kt_log_fini(&log);
    kt_buf_fini(&text);
}

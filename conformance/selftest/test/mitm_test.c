/* The man in the middle: what no mutant touches comes out as it went in, and
 * what one does to a unit is what is written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/mitm.h"
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/mutant.h"
#include <criterion/criterion.h>

/* Frames as words "TYPE.FLAGS.STREAM:PAYLOAD", numbers and payload in hex. */
static void put(struct kt_buf *b, const char *words)
{
    unsigned type, flags, stream;
    int n;

    for (; sscanf(words, " %x.%x.%x:%n", &type, &flags, &stream, &n) == 3;
         words += (size_t)n + strcspn(words + n, " ")) {
        uint8_t payload[512], head[KT_FRAME_HEAD];
        const struct kt_cur c = kt_unhex(payload, sizeof payload, words + n);

        kt_fhead_encode(head,
                        (struct kt_fhead){.length = (uint32_t)kt_cur_left(&c),
                                          .type = (uint8_t)type,
                                          .flags = (uint8_t)flags,
                                          .stream = stream});
        must(kt_buf_put(b, head, sizeof head));
        must(kt_buf_put(b, c.p, kt_cur_left(&c)));
    }
    must(*words == '\0');
}

/* The way's output in the same words; it is taken. */
static const char *take(struct kt_mitm *m, enum kt_way way, struct kt_buf *text)
{
    struct kt_cur c = kt_buf_view(&m->way[way].out);

    kt_buf_clear(text);
    while (kt_cur_left(&c) >= KT_FRAME_HEAD) {
        const struct kt_fhead h = kt_fhead_decode(c.p);

        must(kt_cur_left(&c) >= KT_FRAME_HEAD + (size_t)h.length);
        kt_buf_printf(text, "%s%x.%x.%x:", kt_buf_size(text) ? " " : "", h.type,
                      h.flags, h.stream);
        c.p += KT_FRAME_HEAD;
        for (uint32_t i = 0; i < h.length; i++)
            kt_buf_printf(text, "%02x", c.p[i]);
        c.p += h.length;
    }
    must(c.p == c.end);
    kt_buf_clear(&m->way[way].out);
    return kt_buf_cstr(text);
}

static void feed(struct kt_mitm *m, enum kt_way way, const char *words)
{
    struct kt_buf b;

    kt_buf_init(&b, 1 << 20);
    put(&b, words);
    kt_mitm_feed(m, way, kt_buf_view(&b), 1000);
    kt_buf_fini(&b);
}

static void nothing(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)u;
    (void)m;
}

#define ROW(seam, way, fn)                                                     \
    (&(const struct kt_mutant){.seams = (seam), .ways = (way), .wire = (fn)})

/* A SUT that is a server: OUT is what it writes, and needs no preface. */
#define EXPECT(row, in, want)                                                  \
    do {                                                                       \
        struct kt_mitm *m_ = kt_mitm_new(row, false);                          \
        struct kt_buf t_;                                                      \
                                                                               \
        kt_buf_init(&t_, 1 << 20);                                             \
        feed(m_, KT_OUT, in);                                                  \
        const char *got_ = take(m_, KT_OUT, &t_);                              \
        cr_expect(strcmp(got_, want) == 0, "in   %s\nwant %s\ngot  %s", in,    \
                  want, got_);                                                 \
        kt_mitm_free(m_);                                                      \
        kt_buf_fini(&t_);                                                      \
    } while (0)

/* SETTINGS, a response with a table entry and one that uses it, two messages of
 * which the second is cut, padding, an unknown frame, a reset. */
static const char *const talk =
    "4.0.0: 4.1.0: 1.4.1:885f0568656c6c6f 0.0.1:0000000001aa0000 "
    "0.0.1:000003bbcc 0.8.1:02dd0000 99.7.1:0102 1.5.1:be 3.0.3:00000008 "
    "7.0.0:7fffffff00000000";

Test(mitm, what_no_function_changes_comes_out_as_it_went_in)
{
    struct kt_buf in, out;
    const struct kt_mutant *rows[] = {
        NULL,
        ROW(KT_SEAM_TURN, KT_WAY_OUT, NULL),
        ROW(KT_SEAM_FRAME, KT_WAY_OUT | KT_WAY_IN, nothing),
        ROW(KT_SEAM_FIELDS | KT_SEAM_MESSAGE, KT_WAY_IN, nothing),
    };

    kt_buf_init(&in, 4096);
    kt_buf_init(&out, 4096);
    put(&in, talk);
    const struct kt_cur all = kt_buf_view(&in);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t step = 1; step <= kt_cur_left(&all); step += 6) {
            struct kt_mitm *m = kt_mitm_new(rows[i], false);

            for (struct kt_cur c = all; c.p < c.end;) {
                const size_t left = kt_cur_left(&c);

                kt_mitm_feed(m, KT_OUT,
                             kt_cur_cut(&c, left < step ? left : step), 0);
            }
            cr_expect(kt_cur_eq(kt_buf_view(&m->way[KT_OUT].out), all),
                      "row %zu, %zu bytes at once", i, step);
            cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), 0);
            kt_mitm_free(m);
        }
    kt_buf_fini(&in);
    kt_buf_fini(&out);
}

Test(mitm, fields_are_written_as_literals_and_stay_the_same)
{
    /* 5f: the literal with incremental indexing of "content-type"; be: that
     * entry. A reader without a table gets both. */
    EXPECT(ROW(KT_SEAM_FIELDS, KT_WAY_OUT, nothing),
           "1.4.1:885f0568656c6c6f 1.5.1:be",
           "1.4.1:00073a7374617475730332303000"
           "0c636f6e74656e742d747970650568656c6c6f "
           "1.5.1:000c636f6e74656e742d747970650568656c6c6f");
    /* Over CONTINUATION; padding goes; the table size update stays. */
    EXPECT(ROW(KT_SEAM_FIELDS, KT_WAY_OUT, nothing),
           "1.8.1:023fe11f0000 9.0.1: 9.4.1:88",
           "1.4.1:3fe11f00073a73746174757303323030");
}

Test(mitm, messages_are_written_whole_and_stay_the_same)
{
    EXPECT(ROW(KT_SEAM_MESSAGE, KT_WAY_OUT, nothing),
           "0.0.1:0000000001aa0000 0.0.1:000003bbcc 0.8.1:02dd0000 0.1.1:",
           "0.0.1:0000000001aa 0.0.1:0000000003bbccdd 0.1.1:");
    EXPECT(ROW(KT_SEAM_MESSAGE, KT_WAY_OUT, nothing),
           "0.0.1:000000 0.1.1:0001aa", "0.1.1:0000000001aa");
    /* Two streams at once; an empty message; one that its stream cuts off. */
    EXPECT(ROW(KT_SEAM_MESSAGE, KT_WAY_OUT, nothing),
           "0.0.1:0000 0.0.3:0000000000 0.0.1:000001aa 0.1.3:000000",
           "0.0.3:0000000000 0.0.1:0000000001aa 0.1.3:000000");
}

static void drop(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->nth == m->n)
        u->times = 0;
}

static void twice(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    u->times = 2;
}

static void rest_gone(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    kt_buf_clear(u->bytes);
}

Test(mitm, what_is_dropped_or_repeated_still_ends_its_stream_once)
{
    const struct kt_mutant second = {
        .seams = KT_SEAM_MESSAGE, .ways = KT_WAY_OUT, .wire = drop, .n = 1};

    EXPECT(&second, "0.0.1:0000000001aa 0.1.1:0000000001bb",
           "0.0.1:0000000001aa 0.1.1:");
    EXPECT(&second, "0.1.1:0000000001aa0000000001bb0000000001cc",
           "0.0.1:0000000001aa 0.1.1:0000000001cc");
    EXPECT(ROW(KT_SEAM_MESSAGE, KT_WAY_OUT, twice), "0.1.1:0000000001aa",
           "0.0.1:0000000001aa 0.1.1:0000000001aa");
    EXPECT(ROW(KT_SEAM_REST, KT_WAY_OUT, rest_gone), "0.1.1:0000000001aa000000",
           "0.0.1:0000000001aa 0.1.1:");
    EXPECT(ROW(KT_SEAM_FRAME, KT_WAY_OUT, drop),
           "6.1.0:0000000000000000 6.0.0:0000000000000001",
           "6.0.0:0000000000000001");
    EXPECT(ROW(KT_SEAM_FIELDS, KT_WAY_OUT, twice), "1.5.1:88",
           "1.5.1:00073a73746174757303323030 "
           "1.5.1:00073a73746174757303323030");
}

static void cut_and_pad(struct kt_unit *u, const struct kt_mutant *m)
{
    u->cut = m->n;
    u->pad = (uint8_t)m->n2;
}

Test(mitm, frames_are_cut_and_padded_as_asked)
{
    EXPECT(&((const struct kt_mutant){.seams = KT_SEAM_MESSAGE,
                                      .ways = KT_WAY_OUT,
                                      .wire = cut_and_pad,
                                      .n = 4}),
           "0.1.1:0000000001aa", "0.0.1:00000000 0.1.1:01aa");
    EXPECT(&((const struct kt_mutant){.seams = KT_SEAM_FIELDS,
                                      .ways = KT_WAY_OUT,
                                      .wire = cut_and_pad,
                                      .n = 9}),
           "1.5.1:88", "1.1.1:00073a737461747573 9.4.1:03323030");
    EXPECT(&((const struct kt_mutant){.seams = KT_SEAM_FRAME,
                                      .ways = KT_WAY_OUT,
                                      .wire = cut_and_pad,
                                      .n2 = 2}),
           "0.1.1:aabb 4.1.0:", "0.9.1:02aabb0000 4.1.0:");
}

static void ping_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t eight[8];

    (void)m;
    kt_mitm_put_after(u, (struct kt_fhead){.type = KT_FT_PING},
                      kt_cur_of(eight, 8));
    kt_mitm_put(u->mitm, kt_way_back(u->way),
                (struct kt_fhead){.type = KT_FT_RST_STREAM, .stream = 1},
                kt_cur_of(eight, 4));
}

Test(mitm, a_function_may_write_behind_its_unit_and_the_other_way)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_FRAME, KT_WAY_OUT, ping_behind), false);
    struct kt_buf text;

    kt_buf_init(&text, 4096);
    feed(m, KT_OUT, "4.0.0: 4.1.0:");
    cr_expect_str_eq(take(m, KT_OUT, &text),
                     "4.0.0: 6.0.0:0000000000000000 4.1.0: "
                     "6.0.0:0000000000000000");
    cr_expect_str_eq(take(m, KT_IN, &text), "3.0.1:00000000 3.0.1:00000000");
    kt_mitm_free(m);
    kt_buf_fini(&text);
}

static void late(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->head.type == KT_FT_DATA)
        u->delay_ns = m->n;
    if (u->head.type == KT_FT_RST_STREAM)
        kt_mitm_forget(u->mitm, u->way, u->head.stream);
}

Test(mitm, what_is_delayed_comes_when_it_is_due_unless_forgotten)
{
    const struct kt_mutant row = {
        .seams = KT_SEAM_FRAME, .ways = KT_WAY_OUT, .wire = late, .n = 50};
    struct kt_mitm *m = kt_mitm_new(&row, false);
    struct kt_buf text;

    kt_buf_init(&text, 4096);
    cr_expect_eq(kt_mitm_due(m), UINT64_MAX);
    feed(m, KT_OUT, "0.0.1:aa 0.0.3:bb 4.1.0: 0.0.1:cc 3.0.3:00000008");
    cr_expect_str_eq(take(m, KT_OUT, &text), "4.1.0: 3.0.3:00000008");
    cr_expect_eq(kt_mitm_due(m), 1050);
    kt_mitm_tick(m, 1049);
    cr_expect_str_eq(take(m, KT_OUT, &text), "");
    kt_mitm_tick(m, 1050);
    cr_expect_str_eq(take(m, KT_OUT, &text), "0.0.1:aa 0.0.1:cc");
    cr_expect_eq(kt_mitm_due(m), UINT64_MAX);
    kt_mitm_free(m);
    kt_buf_fini(&text);
}

static void end_now(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {"a", "b", NULL};

    (void)m;
    if (u->head.type != KT_FT_PING)
        return;
    struct kt_mstream *s = u->mitm->streams;

    must(s);
    kt_mitm_put_fields(u->mitm, u->way, s->id, true, pairs);
    s->swallow[u->way] = true;
}

Test(mitm, nothing_more_of_a_swallowed_stream_passes)
{
    EXPECT(ROW(KT_SEAM_FRAME | KT_SEAM_FIELDS, KT_WAY_OUT, end_now),
           "0.0.1:aa 6.0.0:0000000000000000 0.0.1:bb 1.5.1:88 0.0.3:cc",
           "0.0.1:aa 1.5.1:0001610162 6.0.0:0000000000000000 0.0.3:cc");
}

static void note(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->seam == KT_SEAM_BROKEN)
        kt_mitm_put(u->mitm, u->way, (struct kt_fhead){.type = 0x77},
                    kt_buf_view(u->bytes));
}

Test(mitm, behind_what_cannot_be_read_bytes_pass)
{
    struct kt_buf in, want;

    /* A block that cannot be decoded, and one of the same kind behind it. */
    EXPECT(ROW(KT_SEAM_BROKEN | KT_SEAM_FIELDS, KT_WAY_OUT, note),
           "1.4.1:fe 1.4.3:fe", "77.0.0:fe 1.4.1:fe 1.4.3:fe");
    /* A frame in an open block; a CONTINUATION without one. */
    EXPECT(ROW(KT_SEAM_FIELDS | KT_SEAM_FRAME, KT_WAY_OUT, twice),
           "1.0.1:88 6.0.0:0000000000000000",
           "1.0.1:88 6.0.0:0000000000000000");
    EXPECT(ROW(KT_SEAM_FIELDS | KT_SEAM_FRAME, KT_WAY_OUT, twice),
           "9.4.1:88 4.1.0:", "9.4.1:88 4.1.0:");

    /* A frame longer than the limit passes before all of it is there. */
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_FRAME, KT_WAY_OUT, twice), false);
    uint8_t head[KT_FRAME_HEAD];

    kt_buf_init(&in, 4096);
    kt_buf_init(&want, 4096);
    kt_fhead_encode(head, (struct kt_fhead){.length = 16385, .stream = 1});
    kt_mitm_feed(m, KT_OUT, kt_cur_of(head, sizeof head), 0);
    cr_expect(kt_cur_eq(kt_buf_view(&m->way[KT_OUT].out),
                        kt_cur_of(head, sizeof head)));
    kt_mitm_free(m);
    kt_buf_fini(&in);
    kt_buf_fini(&want);
}

Test(mitm, a_client_that_speaks_no_http2_passes_both_ways)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_FRAME, KT_WAY_OUT | KT_WAY_IN, twice), false);
    const struct kt_cur get = kt_cur_of("GET / HTTP/1.1\r\n", 16);
    const struct kt_cur answer = kt_cur_of("HTTP/1.1 400 no\r\n", 17);

    kt_mitm_feed(m, KT_IN, get, 0);
    kt_mitm_feed(m, KT_OUT, answer, 0);
    cr_expect(kt_cur_eq(kt_buf_view(&m->way[KT_IN].out), get));
    cr_expect(kt_cur_eq(kt_buf_view(&m->way[KT_OUT].out), answer));
    kt_mitm_free(m);

    /* Half a preface is held, and passes at the end. */
    m = kt_mitm_new(ROW(KT_SEAM_FRAME, KT_WAY_OUT, twice), true);
    kt_mitm_feed(m, KT_OUT, kt_cur_of(KT_PREFACE, 10), 0);
    cr_expect_eq(kt_buf_size(&m->way[KT_OUT].out), 0);
    kt_mitm_end(m, KT_OUT);
    cr_expect_eq(kt_buf_size(&m->way[KT_OUT].out), 10);
    kt_mitm_free(m);
}

struct seen {
    unsigned calls;
    struct kt_unit last;
    bool timed;
    char path[64];
};
static struct seen seen;

static void look(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    seen.calls++;
    seen.last = *u;
    if (u->s) {
        seen.timed = u->s->timed;
        memcpy(seen.path, u->s->path, sizeof seen.path);
    }
}

Test(mitm, a_unit_says_where_it_stands)
{
    struct kt_mitm *m = kt_mitm_new(
        ROW(KT_SEAM_FIELDS | KT_SEAM_MESSAGE, KT_WAY_OUT | KT_WAY_IN, look),
        true);
    struct kt_buf block;
    struct kt_hlist list;

    kt_buf_init(&block, 4096);
    kt_hlist_init(&list, 4096, 10);
    kt_mitm_feed(m, KT_OUT, kt_cur_of(KT_PREFACE, KT_PREFACE_LEN), 0);
    must(kt_hlist_puts(&list, ":path", "/p.S/M") &&
         kt_hlist_puts(&list, "grpc-timeout", "1S"));
    for (uint32_t id = 1; id <= 3; id += 2) {
        uint8_t head[KT_FRAME_HEAD];

        kt_buf_clear(&block);
        must(kt_hpack_literal(&block, &list));
        kt_fhead_encode(
            head, (struct kt_fhead){.length = (uint32_t)kt_buf_size(&block),
                                    .type = KT_FT_HEADERS,
                                    .flags = KT_FF_END_HEADERS,
                                    .stream = id});
        kt_mitm_feed(m, KT_OUT, kt_cur_of(head, sizeof head), 0);
        kt_mitm_feed(m, KT_OUT, kt_buf_view(&block), 0);
    }
    cr_expect_eq(seen.calls, 2);
    cr_expect(seen.last.request && seen.timed && !seen.last.trailers);
    cr_expect_str_eq(seen.path, "/p.S/M");
    cr_expect_eq(seen.last.s->nth, 1);

    feed(m, KT_IN, "1.4.3:88 0.0.3:0000000001aa0000000001bb 1.5.3:88");
    cr_expect_eq(seen.calls, 6);
    cr_expect(!seen.last.request && seen.last.trailers && seen.last.response);
    cr_expect_eq(seen.last.nth, 1);
    cr_expect_eq(seen.last.s->messages[KT_IN], 2);
    cr_expect_eq(seen.last.s->bytes[KT_IN], 12);
    cr_expect(seen.last.s->ended[KT_IN] && !seen.last.s->ended[KT_OUT]);
    kt_mitm_free(m);
    kt_hlist_fini(&list);
    kt_buf_fini(&block);
}

Test(mitm, a_long_message_passes_as_it_comes)
{
    static uint8_t bytes[KT_MITM_HOLD + 100];
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_MESSAGE, KT_WAY_OUT, twice), false);
    struct kt_buf frame;
    size_t sent = 0;

    kt_buf_init(&frame, 1 << 20);
    kt_poke_u32(bytes + 1, sizeof bytes - 5);
    while (sent < sizeof bytes) {
        const size_t left = sizeof bytes - sent;
        const uint32_t n = left < 10000 ? (uint32_t)left : 10000;
        uint8_t head[KT_FRAME_HEAD];

        kt_fhead_encode(head, (struct kt_fhead){.length = n, .stream = 1});
        kt_mitm_feed(m, KT_OUT, kt_cur_of(head, sizeof head), 0);
        kt_mitm_feed(m, KT_OUT, kt_cur_of(bytes + sent, n), 0);
        sent += n;
        /* Nothing of it is held back, so windows come round. */
        cr_expect_eq(kt_buf_size(&m->way[KT_OUT].out),
                     sent + KT_FRAME_HEAD * ((sent + 9999) / 10000));
    }
    kt_buf_clear(&m->way[KT_OUT].out);
    feed(m, KT_OUT, "0.1.1:0000000000");
    struct kt_buf text;

    kt_buf_init(&text, 4096);
    cr_expect_str_eq(take(m, KT_OUT, &text),
                     "0.0.1:0000000000 0.1.1:0000000000");
    kt_mitm_free(m);
    kt_buf_fini(&text);
    kt_buf_fini(&frame);
}

static unsigned pieces[4], npieces;

/* Drops what is no preface; notes the sizes of what comes before a whole one.
 */
static void begins(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    pieces[npieces++ % 4] = (unsigned)kt_buf_size(u->bytes);
    cr_expect_eq(u->nth, npieces - 1);
    if (*kt_buf_view(u->bytes).p != 'P')
        u->times = 0;
}

Test(mitm, the_pieces_of_a_preface_have_a_seam)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_OPENING, KT_WAY_IN, begins), false);

    kt_mitm_feed(m, KT_IN, kt_cur_of(KT_PREFACE, 3), 0);
    kt_mitm_feed(m, KT_IN, kt_cur_of(&KT_PREFACE[3], 20), 0);
    cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), 0);
    kt_mitm_feed(m, KT_IN, kt_cur_of(&KT_PREFACE[23], 1), 0);
    cr_expect(npieces == 2 && pieces[0] == 3 && pieces[1] == 23);
    cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), KT_PREFACE_LEN);
    kt_mitm_free(m);
}

Test(mitm, other_bytes_may_be_dropped_for_good)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_OPENING, KT_WAY_IN, begins), false);

    kt_mitm_feed(m, KT_IN, kt_cur_of("GET / HTTP/1.1\r\n", 16), 0);
    kt_mitm_feed(m, KT_IN, kt_cur_of("\r\n", 2), 0);
    kt_mitm_end(m, KT_IN);
    cr_expect_eq(npieces, 1);
    cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), 0);
    kt_mitm_free(m);
}

Test(mitm, a_frame_above_the_limit_has_a_seam)
{
    static const uint8_t head[KT_FRAME_HEAD] = {0, 0x40, 1, 0, 0, 0, 0, 0, 1};
    struct kt_mitm *m = kt_mitm_new(ROW(KT_SEAM_LONG, KT_WAY_OUT, drop), false);
    struct kt_buf text;

    kt_buf_init(&text, 4096);
    feed(m, KT_OUT, "4.0.0:");
    kt_mitm_feed(m, KT_OUT, kt_cur_of(head, sizeof head), 0);
    feed(m, KT_OUT, "4.1.0:");
    cr_expect_str_eq(take(m, KT_OUT, &text), "4.0.0:");
    kt_mitm_free(m);
    kt_buf_fini(&text);
}

static void mends(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    memcpy(u->bytes->p + u->bytes->start, KT_PREFACE, 4);
}

Test(mitm, a_preface_that_is_mended_begins)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_OPENING, KT_WAY_IN, mends), false);

    kt_mitm_feed(m, KT_IN, kt_cur_of("POST", 4), 0);
    kt_mitm_feed(m, KT_IN, kt_cur_of(&KT_PREFACE[4], 20), 0);
    cr_expect(m->way[KT_IN].begun && !m->way[KT_OUT].blind);
    kt_mitm_free(m);
}

static void unnoticed(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    cr_expect(u->seam == KT_SEAM_END && u->way == KT_IN && u->bytes == NULL);
    u->times = 0;
}

Test(mitm, the_end_of_a_way_has_a_seam)
{
    struct kt_mitm *m =
        kt_mitm_new(ROW(KT_SEAM_END, KT_WAY_IN, unnoticed), false);

    kt_mitm_feed(m, KT_IN, kt_cur_of(KT_PREFACE, 3), 0);
    kt_mitm_end(m, KT_OUT);
    cr_expect(!m->way[KT_OUT].unnoticed);
    kt_mitm_end(m, KT_IN);
    cr_expect(m->way[KT_IN].unnoticed);
    cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), 3); /* what came, passes */
    kt_mitm_free(m);
}

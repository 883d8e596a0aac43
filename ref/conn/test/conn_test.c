/* Two connections back to back in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "conn/conn.h"
#include "wire/frame.h"
#include <criterion/criterion.h>
#include <string.h>

/* What one end has seen, as one letter per record: H headers, D data, E end,
 * O opened, S sent, C closed, G goaway. */
struct end {
    struct kt_conn *c;
    struct kt_conn_stream *last; /* the one of the last HEADERS */
    char seen[4096];
    size_t n;
    size_t bytes;
    bool keeps; /* gives no window back */
    uint32_t code;
    bool by_peer, unprocessed;
};

static struct end make(bool server, uint32_t max_concurrent)
{
    const struct kt_conn_opts o = {
        .server = server,
        .max_concurrent = max_concurrent,
        .max_fields = 4096,
        .max_field_n = 64,
    };
    struct kt_err e;
    struct end x = {.c = kt_conn_new(&o, &e)};

    must(x.c);
    return x;
}

static void note(struct end *x)
{
    struct kt_conn_event ev;

    while (kt_conn_event(x->c, &ev)) {
        if (x->n < sizeof x->seen - 1)
            x->seen[x->n++] = "HDEOSCG"[ev.kind];
        if (ev.kind == KT_CONN_HEADERS)
            x->last = ev.stream;
        if (ev.kind == KT_CONN_DATA) {
            x->bytes += kt_cur_left(&ev.data);
            if (!x->keeps)
                kt_conn_credit(ev.stream, kt_cur_left(&ev.data));
        }
        if (ev.kind == KT_CONN_CLOSED) {
            x->code = ev.code;
            x->by_peer = ev.by_peer;
            x->unprocessed = ev.unprocessed;
            kt_conn_release(ev.stream);
        }
    }
}

/* Carry bytes from a to b, in pieces; true if there were any. */
static bool carry(struct end *a, struct end *b, size_t piece, uint64_t now)
{
    struct kt_cur out = kt_conn_output(a->c);
    const size_t n = kt_cur_left(&out);

    note(a);
    while (kt_cur_left(&out) > 0) {
        const size_t left = kt_cur_left(&out);
        struct kt_cur in = kt_cur_cut(&out, left < piece ? left : piece);

        while (kt_cur_left(&in) > 0) {
            struct kt_err e;
            const enum kt_step s = kt_conn_input(b->c, &in, now, &e);

            note(b);
            if (s == KT_BAD)
                break;
        }
    }
    kt_conn_wrote(a->c, n);
    return n > 0;
}

static void settle(struct end *a, struct end *b, size_t piece)
{
    for (bool more = true; more;) {
        more = carry(a, b, piece, 0);
        more = carry(b, a, piece, 0) || more;
    }
}

static void put_request(struct kt_hlist *h)
{
    kt_hlist_init(h, 65536, 100);
    must(kt_hlist_puts(h, ":method", "POST"));
    must(kt_hlist_puts(h, ":scheme", "http"));
    must(kt_hlist_puts(h, ":path", "/a/b"));
    must(kt_hlist_puts(h, ":authority", "x"));
}

static struct kt_conn_stream *open_one(struct end *cl)
{
    struct kt_hlist h;

    put_request(&h);
    struct kt_conn_stream *s = kt_conn_open(cl->c, &h);
    kt_hlist_fini(&h);
    must(s);
    return s;
}

static void respond(struct end *sv, const char *status, bool last)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 4096, 10);
    must(kt_hlist_puts(&h, ":status", status));
    must(kt_conn_respond(sv->last, &h, last));
    kt_hlist_fini(&h);
}

static void trailers(struct end *sv)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 4096, 10);
    must(kt_hlist_puts(&h, "grpc-status", "0"));
    must(kt_conn_trailers(sv->last, &h));
    kt_hlist_fini(&h);
}

Test(conn, one_exchange_whole_and_byte_by_byte)
{
    const size_t pieces[] = {SIZE_MAX, 1, 7};

    for (size_t i = 0; i < 3; i++) {
        struct end cl = make(false, 0), sv = make(true, 10);
        struct kt_conn_stream *s = open_one(&cl);

        must(kt_conn_send(s, kt_cur_of("ab", 2), kt_cur_of("c", 1)));
        settle(&cl, &sv, pieces[i]);
        cr_expect_eq(sv.bytes, 3);
        must(kt_conn_end(s));
        respond(&sv, "200", false);
        settle(&cl, &sv, pieces[i]);
        must(kt_conn_send(sv.last, kt_cur_of("", 0), kt_cur_of("xyz", 3)));
        trailers(&sv);
        settle(&cl, &sv, pieces[i]);
        cr_expect_str_eq(sv.seen, i == 1 ? "HDDDESC" : "HDESC");
        cr_expect_str_eq(cl.seen, i == 1 ? "OSHDDDHC" : "OSHDHC");
        cr_expect_eq(cl.code, 0);
        kt_conn_free(cl.c);
        kt_conn_free(sv.c);
    }
}

Test(conn, an_early_answer_is_followed_by_reset_no_error)
{
    struct end cl = make(false, 0), sv = make(true, 10);

    open_one(&cl);
    settle(&cl, &sv, SIZE_MAX);
    respond(&sv, "200", true); /* trailers-only: no DATA, no second block */
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_str_eq(sv.seen, "HC");
    cr_expect_str_eq(cl.seen, "OHC");
    cr_expect(cl.by_peer && cl.code == KT_H2_NO_ERROR);
    kt_conn_free(cl.c);
    kt_conn_free(sv.c);
}

Test(conn, trailers_need_no_window)
{
    struct kt_conn_opts o = {
        .initial_window = 5, .max_fields = 4096, .max_field_n = 64};
    struct kt_err e;

    for (size_t sent = 5; sent < 8; sent++) {
        struct end cl = {.c = kt_conn_new(&o, &e), .keeps = true};
        struct end sv = make(true, 10);

        must(cl.c);
        settle(&cl, &sv, SIZE_MAX);
        open_one(&cl);
        settle(&cl, &sv, SIZE_MAX);
        respond(&sv, "200", false);
        must(kt_conn_send(sv.last, kt_cur_of("abcdefg", sent),
                          kt_cur_of(NULL, 0)));
        settle(&cl, &sv, SIZE_MAX);
        trailers(&sv); /* but they do not overtake what is queued: FLOW-23 */
        settle(&cl, &sv, SIZE_MAX);
        cr_expect_str_eq(cl.seen, sent == 5 ? "OHDHC" : "OHD");
        cr_expect_eq(cl.bytes, 5);
        kt_conn_free(cl.c);
        kt_conn_free(sv.c);
    }
}

Test(conn, a_client_waits_for_its_turn)
{
    struct end cl = make(false, 0), sv = make(true, 1);

    settle(&cl, &sv, SIZE_MAX);
    struct kt_conn_stream *a = open_one(&cl), *b = open_one(&cl),
                          *c = open_one(&cl);
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_eq(kt_conn_stream_id(a), 1);
    cr_expect_eq(kt_conn_stream_id(b), 0);
    must(kt_conn_reset(b, KT_H2_CANCEL)); /* it never was */
    kt_conn_release(b);
    must(kt_conn_reset(a, KT_H2_CANCEL));
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_eq(kt_conn_stream_id(c), 3);
    cr_expect_str_eq(sv.seen, "HCH");
    cr_expect(sv.by_peer && sv.code == KT_H2_CANCEL);
    kt_conn_free(cl.c);
    kt_conn_free(sv.c);
}

/* Frames of a client by hand. */
static void feed(struct end *sv, const void *p, size_t n)
{
    struct kt_cur in = kt_cur_of(p, n);
    struct kt_err e;

    while (kt_cur_left(&in) > 0) {
        const enum kt_step s = kt_conn_input(sv->c, &in, 0, &e);

        note(sv);
        if (s == KT_BAD)
            return;
    }
}

static void feed_frame(struct end *sv, struct kt_fhead h, const char *payload)
{
    uint8_t head[KT_FRAME_HEAD];

    kt_fhead_encode(head, h);
    feed(sv, head, sizeof head);
    feed(sv, payload, h.length);
}

static void feed_start(struct end *sv)
{
    feed(sv, KT_PREFACE, KT_PREFACE_LEN);
    feed_frame(sv, (struct kt_fhead){.type = KT_FT_SETTINGS}, "");
}

/* :method POST :scheme http :path / :authority x */
static const char block[] = "\x83\x86\x84\x01\x01x";

static void feed_request(struct end *sv, uint32_t id)
{
    feed_frame(sv,
               (struct kt_fhead){.length = sizeof block - 1,
                                 .type = KT_FT_HEADERS,
                                 .flags = KT_FF_END_HEADERS,
                                 .stream = id},
               block);
}

/* The first frame of a type in what the end writes, or false. */
static bool wrote(struct end *x, enum kt_ftype type, struct kt_frame_rec *ret)
{
    struct kt_cur out = kt_conn_output(x->c);
    const size_t n = kt_cur_left(&out);
    struct kt_err e;
    bool found = false;

    note(x);
    while (!found && kt_frame_decode(&out, 1 << 20, ret, &e) == KT_DONE)
        found = ret->head.type == type;
    kt_conn_wrote(x->c, n);
    return found;
}

Test(conn, a_stream_too_many_is_refused_and_no_other)
{
    struct end sv = make(true, 2);
    struct kt_frame_rec f;

    feed_start(&sv);
    cr_expect(wrote(&sv, KT_FT_SETTINGS, &f));
    uint16_t id;
    uint32_t v;
    cr_expect(kt_settings_at(f.body, 1, &id, &v));
    cr_expect(id == KT_SET_MAX_CONCURRENT && v == 2);
    feed_frame(&sv, (struct kt_fhead){.type = KT_FT_SETTINGS, .flags = 1}, "");
    for (uint32_t s = 1; s <= 5; s += 2)
        feed_request(&sv, s);
    cr_expect(wrote(&sv, KT_FT_RST_STREAM, &f));
    cr_expect(f.head.stream == 5 && f.code == KT_H2_REFUSED_STREAM);
    cr_expect_str_eq(sv.seen, "HH");
    cr_expect_not(kt_conn_has_failed(sv.c));
    cr_expect_not(wrote(&sv, KT_FT_RST_STREAM, &f));
    kt_conn_free(sv.c);
}

Test(conn, a_graceful_stop_says_so_twice_then_refuses)
{
    struct end cl = make(false, 0), sv = make(true, 10);
    struct kt_frame_rec f;

    open_one(&cl);
    settle(&cl, &sv, SIZE_MAX);
    kt_conn_shutdown(sv.c, 5);
    cr_expect(wrote(&sv, KT_FT_GOAWAY, &f));
    cr_expect(f.last == 0x7fffffff && f.code == 0);
    cr_expect_eq(kt_conn_deadline(sv.c), 1000000005);
    feed_request(&sv, 3); /* not yet refused */
    cr_expect_str_eq(sv.seen, "HH");
    kt_conn_tick(sv.c, 1000000005);
    cr_expect(wrote(&sv, KT_FT_GOAWAY, &f));
    cr_expect(f.last == 3 && f.code == 0);
    feed_request(&sv, 5);
    cr_expect(wrote(&sv, KT_FT_RST_STREAM, &f));
    cr_expect(f.head.stream == 5 && f.code == KT_H2_REFUSED_STREAM);
    cr_expect_not(kt_conn_is_over(sv.c));
    must(kt_conn_reset_all(sv.c, kt_h2err_of("CANCEL")));
    cr_expect(wrote(&sv, KT_FT_RST_STREAM, &f));
    cr_expect(kt_conn_is_over(sv.c));
    kt_conn_free(cl.c);
    kt_conn_free(sv.c);
}

Test(conn, goaway_ends_only_what_is_above_its_last)
{
    struct end cl = make(false, 0), sv = make(true, 10);

    open_one(&cl);
    settle(&cl, &sv, SIZE_MAX);
    kt_conn_shutdown(sv.c, 0);
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_not(kt_conn_can_open(cl.c));
    cr_expect_str_eq(cl.seen, "OGG");
    respond(&sv, "200", true);
    settle(&cl, &sv, SIZE_MAX);
    cr_expect(kt_conn_is_over(cl.c) && kt_conn_is_over(sv.c));
    kt_conn_free(cl.c);
    kt_conn_free(sv.c);

    cl = make(false, 0);
    open_one(&cl);
    struct kt_cur out = kt_conn_output(cl.c);
    note(&cl);
    kt_conn_wrote(cl.c, kt_cur_left(&out));
    feed_frame(&cl, (struct kt_fhead){.type = KT_FT_SETTINGS}, "");
    feed_frame(&cl, (struct kt_fhead){.length = 8, .type = KT_FT_GOAWAY},
               "\0\0\0\0\0\0\0\0");
    cr_expect_str_eq(cl.seen, "OGC");
    cr_expect(cl.unprocessed && !cl.by_peer);
    kt_conn_free(cl.c);
}

Test(conn, violations_end_it_with_their_code)
{
    static const struct {
        struct kt_fhead h;
        const char *payload;
        uint32_t code;
    } bad[] = {
        {{.type = KT_FT_DATA, .length = 1}, "x", KT_H2_PROTOCOL_ERROR},
        {{.type = KT_FT_PING, .length = 1}, "x", KT_H2_FRAME_SIZE_ERROR},
        {{.type = KT_FT_WINDOW_UPDATE, .length = 4},
         "\0\0\0\0",
         KT_H2_PROTOCOL_ERROR},
        {{.type = KT_FT_HEADERS, .length = 1, .flags = 4, .stream = 1},
         "\x80",
         KT_H2_COMPRESSION_ERROR},
        {{.type = KT_FT_CONTINUATION, .length = 0, .stream = 1},
         "",
         KT_H2_PROTOCOL_ERROR},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct end sv = make(true, 2);
        struct kt_frame_rec f;

        feed_start(&sv);
        feed_frame(&sv, bad[i].h, bad[i].payload);
        cr_expect(wrote(&sv, KT_FT_GOAWAY, &f), "row %zu", i);
        cr_expect_eq(f.code, bad[i].code, "row %zu: %u", i, f.code);
        cr_expect(kt_conn_has_failed(sv.c) && kt_conn_is_over(sv.c));
        kt_conn_free(sv.c);
    }
}

Test(conn, what_is_no_http2_is_closed_without_a_word)
{
    struct end sv = make(true, 2);
    struct kt_frame_rec f;
    struct kt_cur in = kt_cur_of("GET / HTTP/1.1\r\n\r\n", 18);
    struct kt_err e;

    cr_expect_eq(kt_conn_input(sv.c, &in, 0, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_PROTOCOL);
    cr_expect_not(wrote(&sv, KT_FT_GOAWAY, &f));
    cr_expect(kt_conn_is_over(sv.c));
    kt_conn_free(sv.c);
}

Test(conn, a_server_serves_on_after_a_goaway_until_it_is_idle)
{
    struct end sv = make(true, 2);
    struct kt_frame_rec f;

    feed_start(&sv);
    feed_request(&sv, 1);
    feed_frame(&sv, (struct kt_fhead){.length = 8, .type = KT_FT_GOAWAY},
               "\0\0\0\0\0\0\0\0");
    feed_request(&sv, 3);
    cr_expect_str_eq(sv.seen, "HGH");
    respond(&sv, "200", true);
    cr_expect(wrote(&sv, KT_FT_HEADERS, &f));
    cr_expect_not(kt_conn_is_over(sv.c));
    must(kt_conn_reset_all(sv.c, KT_H2_CANCEL));
    wrote(&sv, KT_FT_RST_STREAM, &f);
    cr_expect(kt_conn_is_over(sv.c));
    kt_conn_free(sv.c);
}

Test(conn, floods_are_ended)
{
    static const struct kt_fhead flood[] = {
        {.type = KT_FT_SETTINGS},
        {.type = KT_FT_PING, .length = 8},
        {.type = KT_FT_PRIORITY, .length = 5, .stream = 9},
    };
    struct kt_frame_rec f;

    for (size_t i = 0; i < 3; i++) {
        struct end sv = make(true, 2);

        feed_start(&sv);
        for (int n = 0; n < 3000 && !kt_conn_has_failed(sv.c); n++) {
            feed_frame(&sv, flood[i], "\0\0\0\0\0\0\0");
            struct kt_cur out = kt_conn_output(sv.c);
            note(&sv);
            if (!kt_conn_has_failed(sv.c))
                kt_conn_wrote(sv.c, kt_cur_left(&out));
        }
        cr_expect(wrote(&sv, KT_FT_GOAWAY, &f), "row %zu", i);
        cr_expect_eq(f.code, KT_H2_ENHANCE_YOUR_CALM);
        kt_conn_free(sv.c);
    }

    struct end sv = make(true, 2); /* open and reset, again and again */
    feed_start(&sv);
    for (uint32_t id = 1; id < 9000 && !kt_conn_has_failed(sv.c); id += 2) {
        feed_request(&sv, id);
        feed_frame(&sv,
                   (struct kt_fhead){
                       .type = KT_FT_RST_STREAM, .length = 4, .stream = id},
                   "\0\0\0\x8");
    }
    cr_expect(wrote(&sv, KT_FT_GOAWAY, &f));
    cr_expect_eq(f.code, KT_H2_ENHANCE_YOUR_CALM);
    kt_conn_free(sv.c);
}

Test(conn, an_id_that_was_left_out_cannot_be_used)
{
    struct end sv = make(true, 9);
    struct kt_frame_rec f;

    feed_start(&sv);
    feed_request(&sv, 5);
    feed_request(&sv, 7);
    cr_expect_str_eq(sv.seen, "HH");
    feed_request(&sv, 3);
    cr_expect(wrote(&sv, KT_FT_GOAWAY, &f));
    cr_expect_eq(f.code, KT_H2_PROTOCOL_ERROR);
    kt_conn_free(sv.c);
}

Test(conn, a_bad_field_ends_that_stream_only)
{
    static const char *const bad[] = {
        "\x83\x86\x84\x01\x01x\x00\x01X\x01v",  /* upper case */
        "\x83\x86\x84\x01\x01x\x00\x01@\x01v",  /* no token */
        "\x83\x86\x84\x01\x01x\x00\x01x\x01\n", /* no value */
        "\x83\x86\x84\x00\x01x\x01y\x01\x01x",  /* pseudo behind */
        "\x83\x83\x86\x84\x01\x01x",            /* twice */
    };
    static const uint8_t len[] = {11, 11, 11, 11, 7};
    struct end sv = make(true, 2);
    struct kt_frame_rec f;
    uint32_t id = 1;

    feed_start(&sv);
    feed_request(&sv, id);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        id += 2;
        feed_frame(&sv,
                   (struct kt_fhead){.length = len[i],
                                     .type = KT_FT_HEADERS,
                                     .flags = KT_FF_END_HEADERS,
                                     .stream = id},
                   bad[i]);
        cr_expect(wrote(&sv, KT_FT_RST_STREAM, &f), "row %zu", i);
        cr_expect(f.head.stream == id && f.code == KT_H2_PROTOCOL_ERROR);
    }
    feed_request(&sv, id + 2);
    cr_expect_str_eq(sv.seen, "HH");
    kt_conn_free(sv.c);
}

Test(conn, a_header_list_above_its_limit_ends_that_stream)
{
    struct end cl = make(false, 0), sv = make(true, 10);
    struct kt_hlist h;
    char big[5000];

    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = 0;
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_eq(kt_conn_max_send_fields(cl.c), 4096);
    put_request(&h);
    must(kt_hlist_puts(&h, "big", big));
    must(kt_conn_open(cl.c, &h)); /* the layer above should not have */
    kt_hlist_fini(&h);
    settle(&cl, &sv, SIZE_MAX);
    cr_expect_str_eq(sv.seen, "");
    cr_expect(cl.by_peer && cl.code == KT_H2_INTERNAL_ERROR);
    open_one(&cl);
    settle(&cl, &sv, 3);
    cr_expect_str_eq(sv.seen, "H");
    kt_conn_free(cl.c);
    kt_conn_free(sv.c);
}

/* Compression: what is announced, what is packed, and how much is unpacked.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/limits.h"
#include "pair.h"
#include "wire/gzip.h"

/* What a tap puts in place of what would be written, and what it saw. */
struct seen {
    const char *accept[2]; /* the request's grpc-accept-encoding, NULL: as is */
    const char *encoding;  /* the request's grpc-encoding, "": none */
    struct kt_cur body;    /* the request's body, behind its prefix */
    bool announced;        /* the answer's grpc-encoding is gzip */
    int flag;              /* of the last message, -1: none */
    size_t size;           /* of its body */
};

static void replace(struct kt_hlist *h, const char *name, const char *value)
{
    struct kt_hlist all = *h;
    struct kt_err e;

    kt_hlist_init(h, SIZE_MAX, SIZE_MAX);
    for (size_t i = 0; i < all.n; i++)
        if (!kt_cur_is(kt_hlist_name(&all, i), name))
            must(kt_hlist_put(h, kt_hlist_name(&all, i),
                              kt_hlist_value(&all, i), &e) == KT_DONE);
    if (*value)
        must(kt_hlist_puts(h, name, value));
    kt_hlist_fini(&all);
}

static void on_fields(void *ctx, enum kt_tap_at at, struct kt_call *call,
                      struct kt_hlist *h)
{
    struct seen *s = ctx;
    struct kt_cur v;

    (void)call;
    if (at == KT_TAP_HEADERS_OUT)
        s->announced =
            kt_hlist_get(h, "grpc-encoding", 0, &v) && kt_cur_is(v, "gzip");
    if (at != KT_TAP_REQUEST_OUT)
        return;
    if (s->accept[0])
        replace(h, "grpc-accept-encoding", s->accept[0]);
    if (s->accept[1])
        must(kt_hlist_puts(h, "grpc-accept-encoding", s->accept[1]));
    if (s->encoding)
        replace(h, "grpc-encoding", s->encoding);
}

static void on_message(void *ctx, enum kt_tap_at at, struct kt_call *call,
                       struct kt_buf *b)
{
    struct seen *s = ctx;

    (void)call;
    if (at != KT_TAP_MESSAGE_OUT)
        return;
    if (s->body.p) {
        kt_buf_clear(b);
        must(kt_buf_put_u8(b, 1) &&
             kt_buf_put_u32(b, (uint32_t)kt_cur_left(&s->body)) &&
             kt_buf_put(b, s->body.p, kt_cur_left(&s->body)));
        s->body.p = NULL;
    }
    s->flag = *kt_buf_view(b).p;
    s->size = kt_buf_size(b) - 5;
}

/* Both peers have the tap. */
static struct pair tapped(struct seen *s, const struct kt_limits *lim)
{
    static struct kt_tap tap;
    struct kt_peer_opts o = pair_opts();

    tap = (struct kt_tap){.ctx = s, .fields = on_fields, .message = on_message};
    o.tap = &tap;
    o.limits = lim;
    return pair_new(&o, &o);
}

static void open_gzip(struct pair *p)
{
    const struct kt_call_open o = {.service = "echo.TestService",
                                   .method = "Echo",
                                   .mode = KT_BIDI,
                                   .gzip = true};

    pair_open_with(p, &o);
    must(p->s);
}

/* One message each way; the answer's flag. */
static int answer_flag(struct seen *s)
{
    struct pair p = tapped(s, NULL);

    open_gzip(&p);
    send_ok(p.c, "up");
    pair_run(&p);
    recv_is(p.s, "up");
    s->flag = -1;
    send_ok(p.s, "down");
    pair_run(&p);
    recv_is(p.c, "down");
    ret(p.s, KT_RET_OK, 0, NULL);
    pair_run(&p);
    recv_gives(p.c, KT_RECV_EOF);
    pair_free(&p);
    return s->flag;
}

Test(encoding, a_server_packs_what_the_client_accepts_and_says_so)
{
    static const struct {
        const char *accept[2];
        int flag;
    } rows[] = {
        {{NULL, NULL}, 1},
        {{"gzip", NULL}, 1},
        {{"identity , gzip\t,deflate", NULL}, 1},
        {{"gzip;q=1", NULL}, 1},
        {{"identity", "gzip"}, 1}, /* two fields are one list */
        {{"", NULL}, 0},
        {{"identity", NULL}, 0},
        {{"gzip2,xgzip,g zip", NULL}, 0},
        {{",,;,", NULL}, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen s = {.accept = {rows[i].accept[0], rows[i].accept[1]}};

        cr_expect_eq(answer_flag(&s), rows[i].flag, "row %zu", i);
        cr_expect_eq(s.announced, rows[i].flag == 1, "row %zu", i);
    }
}

Test(encoding, every_message_is_packed_for_itself_and_an_empty_one_too)
{
    struct seen s = {0};
    struct pair p = tapped(&s, NULL);
    char large[4000];

    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    open_gzip(&p);
    for (int i = 0; i < 3; i++) {
        send_ok(p.c, large);
        cr_expect(s.flag == 1 && s.size > 18 && s.size < 100);
        send_ok(p.c, "");
        cr_expect(s.flag == 1 && s.size > 18);
    }
    pair_run(&p);
    for (int i = 0; i < 3; i++) {
        recv_is(p.s, large);
        recv_is(p.s, "");
    }
    pair_free(&p);
}

/* A request of these bytes, with flag 1; what the server's Recv says. */
static void bad_request(struct kt_cur body, const char *encoding,
                        uint32_t max_message, int32_t code, const char *why)
{
    struct kt_limits lim = kt_limits_default;
    struct seen s = {.encoding = encoding};

    lim.max_message = max_message;
    struct pair p = tapped(&s, &lim);

    open_gzip(&p);
    s.body = body;
    send_ok(p.c, "replaced");
    pair_run(&p);
    recv_fails(p.s, code, why);
    pair_free(&p);
}

Test(encoding, what_cannot_be_unpacked_is_an_error_of_its_call)
{
    struct kt_buf b = {.limit = SIZE_MAX};

    must(kt_gzip(kt_cur_of("0123456789", 10), &b));
    struct kt_cur cut = kt_buf_view(&b);
    cut.end--;

    bad_request(cut, NULL, 100, 13, "compressed message cannot be unpacked");
    bad_request(kt_cur_of("x", 0), NULL, 100, 13,
                "compressed message cannot be unpacked");
    bad_request(kt_buf_view(&b), "", 100, 13,
                "kitex compression algorithm not found");
    bad_request(kt_buf_view(&b), "identity", 100, 13,
                "kitex compression algorithm not found");
    kt_buf_fini(&b);
}

/* 4 MiB of zeros in about 4 KiB, where a message may have 8 KiB. */
Test(encoding, a_bomb_is_too_large_a_message)
{
    static const uint8_t zeros[4 << 20];
    struct kt_buf b = {.limit = SIZE_MAX};

    must(kt_gzip(kt_cur_of(zeros, sizeof zeros), &b));
    must(kt_buf_size(&b) < 8192);
    bad_request(kt_buf_view(&b), NULL, 8192, 8,
                "received message larger than max");
    kt_buf_fini(&b);
}

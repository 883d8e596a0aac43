/* Wire lines to bytes, against hex worked out by hand from RFC 9113 and
 * RFC 7541. SPDX-License-Identifier: Apache-2.0 */
#include "peer/writer.h"
#include "lines.h"
#include "peer/hpack.h"

static uint32_t stream_of(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "b") == 0 ? 7 : 0;
}

/* Hex, with '|' where a segment ends. */
static const char *hex_of(const struct kt_written *w, struct kt_buf *dst)
{
    size_t cut = 0;

    kt_buf_clear(dst);
    for (size_t i = 0; i < kt_buf_size(&w->bytes); i++) {
        if (cut < w->ncuts && w->cuts[cut] == i) {
            kt_buf_puts(dst, "|");
            cut++;
        }
        kt_buf_printf(dst, "%02x", w->bytes.p[i]);
    }
    must(cut == w->ncuts);
    return kt_buf_cstr(dst);
}

static void squeeze(char *dst, const char *src)
{
    for (; *src; src++)
        if (*src != ' ')
            *dst++ = *src;
    *dst = '\0';
}

struct want {
    const char *line, *hex;
};

static void expect(const struct want *v, size_t n,
                   const struct kt_write_how *how, bool one_connection)
{
    struct lines l = lines_new();
    struct kt_deflate *d = kt_deflate_new();
    struct kt_buf text = {.limit = 1 << 20};

    must(n > 0);
    for (size_t i = 0; i < n; i++) {
        struct kt_written w;
        char want[1024];

        if (!one_connection) {
            kt_deflate_free(d);
            d = kt_deflate_new();
        }
        kt_written_init(&w);
        squeeze(want, v[i].hex);
        cr_expect(kt_write_line(line(&l, v[i].line), how, d, &w), "%s",
                  v[i].line);
        cr_expect(strcmp(hex_of(&w, &text), want) == 0,
                  "%s\n  want %s\n  got  %s", v[i].line, want,
                  hex_of(&w, &text));
        kt_written_fini(&w);
    }
    kt_buf_fini(&text);
    kt_deflate_free(d);
    lines_free(&l);
}
#define EXPECT(v, how, one) expect(v, sizeof v / sizeof *v, how, one)

static const struct kt_write_how on_one = {.stream = 1, .stream_of = stream_of};

static const struct want frames[] = {
    {"DATA", "000000 00 00 00000001"},
    {"DATA data=hex:00ff", "000002 00 00 00000001 00ff"},
    {"DATA flags=+END_STREAM", "000000 00 01 00000001"},
    {"DATA data=\"<b>\" % flags=+END_STREAM,+0x40",
     "000003 00 41 00000001 3c623e"},
    {"DATA pad=2 data=hex:aa", "000004 00 08 00000001 02aa0000"},
    {"DATA pad=0 data=hex:aa", "000002 00 08 00000001 00aa"},
    {"DATA pad=2 data=hex:aa flags=-PADDED", "000004 00 00 00000001 02aa0000"},
    {"DATA stream=0 data=hex:00", "000001 00 00 00000000 00"},
    {"DATA stream=b", "000000 00 00 00000007"},
    {"DATA length=3", "000003 00 00 00000001 000000"},
    {"DATA data=hex:aabb length=5", "000005 00 00 00000001 aabb"},
    {"DATA data=hex:aabbcc cut=frame:1",
     "000001 00 00 00000001 aa 000002 00 00 00000001 bbcc"},
    {"DATA data=hex:aabb cut=frame:each flags=+END_STREAM",
     "000001 00 00 00000001 aa 000001 00 01 00000001 bb"},
    {"DATA sum=2", "000002 00 00 00000001 0000"},
    {"half-close", "000000 00 01 00000001"},
    {"PRIORITY data=hex:0000000010", "000005 02 00 00000001 0000000010"},
    {"PRIORITY % depends=3 exclusive=yes weight=7",
     "000005 02 00 00000001 80000003 07"},
    {"RST_STREAM code=CANCEL", "000004 03 00 00000001 00000008"},
    {"RST_STREAM code=CANCEL|NO_ERROR stream=5",
     "000004 03 00 00000005 00000008"},
    {"RST_STREAM code=1000 length=3", "000003 03 00 00000001 000003"},
    {"RST_STREAM % payload=hex:0001", "000002 03 00 00000001 0001"},
    {"reset CANCEL", "000004 03 00 00000001 00000008"},
    {"stream-error REFUSED_STREAM", "000004 03 00 00000001 00000007"},
    {"SETTINGS", "000000 04 00 00000000"},
    {"SETTINGS ack=yes", "000000 04 01 00000000"},
    {"SETTINGS initial-window=0 max-frame=16384",
     "00000c 04 00 00000000 0004 00000000 0005 00004000"},
    {"SETTINGS initial-window=1 initial-window=2",
     "00000c 04 00 00000000 0004 00000001 0004 00000002"},
    {"SETTINGS 0x10=1 max-frame=1KiB stream=3",
     "00000c 04 00 00000003 0010 00000001 0005 00000400"},
    {"PUSH_PROMISE hpack=literal a=b",
     "000009 05 04 00000001 00000002 0001610162"},
    {"PUSH_PROMISE hpack=literal a=b promised=4 pad=1",
     "00000b 05 0c 00000001 01 00000004 0001610162 00"},
    {"PING", "000008 06 00 00000000 0000000000000000"},
    {"PING data=0102030405060708 ack=yes",
     "000008 06 01 00000000 0102030405060708"},
    {"PING length=2 % reserved=yes", "000002 06 00 80000000 0000"},
    {"GOAWAY last=2147483647 code=NO_ERROR",
     "000008 07 00 00000000 7fffffff 00000000"},
    {"GOAWAY last=b code=ENHANCE_YOUR_CALM data=\"x\"",
     "000009 07 00 00000000 00000007 0000000b 78"},
    {"connection-error PROTOCOL_ERROR",
     "000008 07 00 00000000 00000000 00000001"},
    {"WINDOW_UPDATE increment=0", "000004 08 00 00000001 00000000"},
    {"WINDOW_UPDATE stream=0 increment=1000000",
     "000004 08 00 00000000 000f4240"},
    {"WINDOW_UPDATE increment=5..9", "000004 08 00 00000001 00000005"},
    {"WINDOW_UPDATE sum=6..", "000004 08 00 00000001 00000006"},
    {"CONTINUATION length=4", "000004 09 00 00000001 00000000"},
    {"CONTINUATION flags=+END_HEADERS", "000000 09 04 00000001"},
    {"CONTINUATION data=hex:82", "000001 09 00 00000001 82"},
    {"CONTINUATION % a=b", "000005 09 00 00000001 0001610162"},
    {"FRAME type=6 stream=0 data=hex:0001", "000002 06 00 00000000 0001"},
    {"FRAME type=0x20 % flags=+0x3", "000000 20 03 00000001"},
    {"BYTES \"PRI\"", "505249"},
    {"BYTES hex:0a00 cut=segment:1", "0a|00"},
    {"PING % cut=segment:9,10", "000008060000000000|00|00000000000000"},
    {"SETTINGS % cut=segment:each", "00|00|00|04|00|00|00|00|00"},
};

Test(writer, every_field_of_every_frame)
{
    EXPECT(frames, &on_one, false);
}

Test(writer, messages_with_their_prefix_whole_and_in_pieces)
{
    static const uint8_t payload[] = {0xaa, 0xbb};
    const struct kt_write_how how = {
        .stream = 3, .payload = kt_cur_of(payload, sizeof payload)};
    static const struct want v[] = {
        {"message", "000007 00 00 00000003 00 00000002 aabb"},
        {"message flags=+END_STREAM", "000007 00 01 00000003 00 00000002 aabb"},
        {"message compressed=1 length=9",
         "000007 00 00 00000003 01 00000009 aabb"},
        {"message payload=hex:cc", "000006 00 00 00000003 00 00000001 cc"},
        {"message pad=1", "000009 00 08 00000003 01 00 00000002 aabb 00"},
        {"message cut=frame:1,5 flags=+END_STREAM",
         "000001 00 00 00000003 00 000004 00 00 00000003 00000002"
         "000002 00 01 00000003 aabb"},
        {"message part=0..4", "000004 00 00 00000003 00 000000"},
        {"message part=4..", "000003 00 00 00000003 02 aabb"},
        {"message part=6..100", "000001 00 00 00000003 bb"},
        {"message part=4.. cut=frame:each",
         "000001 00 00 00000003 02 000001 00 00 00000003 aa"
         "000001 00 00 00000003 bb"},
        {"message cut=segment:1,5", "000007 00 00 00000003 00| 00000002| aabb"},
        {"message part=5.. pad=0 cut=segment:each",
         "00|00|03|00|08|00|00|00|03|00|aa|bb"},
    };

    EXPECT(v, &how, false);
}

Test(writer, a_packed_message_has_its_flag_unless_the_line_has_another)
{
    static const uint8_t payload[] = {0xaa, 0xbb};
    const struct kt_write_how how = {.stream = 3,
                                     .payload =
                                         kt_cur_of(payload, sizeof payload),
                                     .packed = true};
    static const struct want v[] = {
        {"message", "000007 00 00 00000003 01 00000002 aabb"},
        {"message compressed=0", "000007 00 00 00000003 00 00000002 aabb"},
        {"message payload=hex:cc", "000006 00 00 00000003 01 00000001 cc"},
    };

    EXPECT(v, &how, false);
}

Test(writer, header_blocks_in_every_representation)
{
    static const struct want v[] = {
        {"HEADERS hpack=hex:fe", "000001 01 04 00000001 fe"},
        {"HEADERS hpack=hex:6c6974 a=b", "000003 01 04 00000001 6c6974"},
        {"HEADERS hpack=literal :a=b", "000006 01 04 00000001 00023a610162"},
        {"HEADERS hpack=literal a=", "000004 01 04 00000001 00016100"},
        /* RFC 7541 C.2.1 to C.2.4, C.3.1 */
        {"HEADERS hpack=insert custom-key=custom-header",
         "00001a 01 04 00000001 400a637573746f6d2d6b6579"
         "0d637573746f6d2d686561646572"},
        {"HEADERS hpack=no-huffman :path=/sample/path",
         "00000e 01 04 00000001 040c2f73616d706c652f70617468"},
        {"HEADERS hpack=never-indexed password=secret",
         "000011 01 04 00000001 100870617373776f726406736563726574"},
        {"HEADERS hpack=index :method=GET", "000001 01 04 00000001 82"},
        {"HEADERS hpack=no-huffman :method=GET :scheme=http :path=/ "
         ":authority=www.example.com",
         "000014 01 04 00000001 828684010f7777772e6578616d706c652e636f6d"},
        {"HEADERS hpack=table-update=0 a=b",
         "000006 01 04 00000001 200001610162"},
        {"HEADERS hpack=table-update=4096 a=b",
         "000008 01 04 00000001 3fe11f0001610162"},
        {"HEADERS hpack=evict a=b", "000009 01 04 00000001 203fe11f4001610162"},
        {"HEADERS hpack=literal a=b flags=-END_HEADERS",
         "000005 01 00 00000001 0001610162"},
        {"HEADERS hpack=literal a=b flags=+END_STREAM",
         "000005 01 05 00000001 0001610162"},
        {"HEADERS hpack=literal a=b cut=frame:2",
         "000002 01 00 00000001 0001 000003 09 04 00000001 610162"},
        {"HEADERS hpack=literal a=b cut=frame:4 flags=+END_STREAM,-END_HEADERS",
         "000004 01 01 00000001 00016101 000001 09 00 00000001 62"},
        {"HEADERS pad=1 depends=0 weight=15 hpack=literal a=b",
         "00000c 01 2c 00000001 01 00000000 0f 0001610162 00"},
        {"trailers hpack=literal a=b", "000005 01 05 00000001 0001610162"},
        {"headers hpack=literal grpc-status=CANCELLED",
         "00000f 01 04 00000001 000b677270632d7374617475730131"},
        {"HEADERS repeat=2 a=b", "000005 01 04 00000001 0001610162"},
        {"PING repeat=3", "000008 06 00 00000000 0000000000000000"},
    };

    EXPECT(v, &on_one, false);
}

/* The newest entry has the index 62: RFC 7541 2.3.3. */
Test(writer, what_was_inserted_can_be_indexed_until_it_is_evicted)
{
    static const struct want v[] = {
        {"HEADERS hpack=insert a=b", "000005 01 04 00000001 4001610162"},
        {"HEADERS hpack=insert c=d", "000005 01 04 00000001 4001630164"},
        {"HEADERS hpack=index a=b c=d", "000002 01 04 00000001 bfbe"},
        {"HEADERS a=b", "000005 01 04 00000001 0001610162"},
        {"HEADERS hpack=table-update=67 a=b",
         "000007 01 04 00000001 3f240001610162"},
        {"HEADERS hpack=index c=d", "000005 01 04 00000001 0001630164"},
        {"HEADERS hpack=evict e=f", "000008 01 04 00000001 203f24 4001650166"},
        {"HEADERS hpack=index e=f", "000001 01 04 00000001 be"},
    };
    EXPECT(v, &on_one, true);
}

Test(writer, a_line_overrides_the_canonical_fields)
{
    static const struct {
        const char *line, *want;
    } v[] = {
        {"headers", "a=1;b=2;b=3;"},
        {"headers b=x", "a=1;b=x;"},
        {"headers b=x b=y c=4", "a=1;b=x;b=y;c=4;"},
        {"headers no b", "a=1;"},
        {"headers a=* b=!5 d=~\"x\"", "a=1;b=2;b=3;"},
        {"headers a=7|8 c=3..4", "a=7;b=2;b=3;c=3;"},
        {"headers X-Upper=1", "a=1;b=2;b=3;X-Upper=1;"},
        {"headers stream=5 on=b code=1 flags=+END_STREAM",
         "a=1;b=2;b=3;code=1;"},
        {"HEADERS pad=1", "a=1;b=2;b=3;"},
        {"HEADERS b=x", "b=x;"},
        {"trailers a=\"\"", "a=;b=2;b=3;"},
    };
    struct lines l = lines_new();
    struct kt_hlist canon, got;
    struct kt_buf text = {.limit = 4096};

    kt_hlist_init(&canon, 4096, 10);
    must(kt_hlist_puts(&canon, "a", "1") && kt_hlist_puts(&canon, "b", "2") &&
         kt_hlist_puts(&canon, "b", "3"));
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct kt_inflate *z = kt_inflate_new();
        struct kt_deflate *d = kt_deflate_new();
        struct kt_write_how how = {.stream = 1, .canon = &canon};
        struct kt_written w;
        struct kt_frame_rec f;
        struct kt_err e;

        kt_written_init(&w);
        kt_hlist_init(&got, 4096, 10);
        kt_buf_clear(&text);
        must(kt_write_line(line(&l, v[i].line), &how, d, &w));
        struct kt_cur in = kt_buf_view(&w.bytes);
        must(kt_frame_decode(&in, 16384, &f, &e) == KT_DONE);
        must(kt_inflate_block(z, f.body, &got, &e) == KT_DONE);
        for (size_t k = 0; k < got.n; k++) {
            const struct kt_cur n = kt_hlist_name(&got, k);
            const struct kt_cur x = kt_hlist_value(&got, k);

            kt_buf_put(&text, n.p, kt_cur_left(&n));
            kt_buf_puts(&text, "=");
            kt_buf_put(&text, x.p, kt_cur_left(&x));
            kt_buf_puts(&text, ";");
        }
        cr_expect(strcmp(kt_buf_cstr(&text), v[i].want) == 0,
                  "%s: want %s got %s", v[i].line, v[i].want,
                  kt_buf_cstr(&text));
        kt_written_fini(&w);
        kt_hlist_fini(&got);
        kt_inflate_free(z);
        kt_deflate_free(d);
    }
    kt_hlist_fini(&canon);
    kt_buf_fini(&text);
    lines_free(&l);
}

Test(writer, long_ones_are_cut_at_the_frame_size_and_words_write_nothing)
{
    static uint8_t big[40000];
    struct lines l = lines_new();
    struct kt_deflate *d = kt_deflate_new();
    const struct kt_write_how how = {.stream = 1,
                                     .payload = kt_cur_of(big, sizeof big)};
    static const char *const silent[] = {"CONNECT", "CLOSE fin", "STALL"};
    struct kt_written w;
    size_t n = 0;

    kt_written_init(&w);
    must(kt_write_line(line(&l, "message"), &how, d, &w));
    struct kt_cur in = kt_buf_view(&w.bytes);
    for (; in.p < in.end; n++) {
        const struct kt_fhead h = kt_fhead_decode(in.p);

        cr_expect_leq(h.length, 16384);
        in.p += KT_FRAME_HEAD + h.length;
    }
    cr_expect_eq(n, 3);
    cr_expect_eq(kt_buf_size(&w.bytes), sizeof big + 5 + 3 * 9);
    kt_written_fini(&w);

    must(
        kt_write_line(line(&l, "DATA data=zeros:16385 repeat=7"), &how, d, &w));
    cr_expect_eq(kt_buf_size(&w.bytes), 16385 + 9, "one frame, too long");
    cr_expect_eq(w.repeat, 7);
    kt_written_fini(&w);
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        cr_expect_not(kt_write_line(line(&l, silent[i]), &how, d, &w));
        cr_expect_eq(kt_buf_size(&w.bytes), 0);
    }
    kt_written_fini(&w);
    kt_deflate_free(d);
    lines_free(&l);
}

/* What nghttp2 writes is read back by an inflater whose table follows. */
Test(writer, plain_blocks_use_the_table_and_follow_its_size)
{
    struct kt_deflate *d = kt_deflate_new();
    struct kt_inflate *z = kt_inflate_new();
    const struct kt_hpack_how normal = {0}, exact = {.mode = KT_HP_LITERAL};
    struct kt_buf b = {.limit = 4096};
    struct kt_hlist list, got;
    struct kt_err e;
    size_t first = 0;

    kt_hlist_init(&list, 4096, 10);
    kt_hlist_init(&got, 4096, 10);
    must(kt_hlist_puts(&list, "some-name", "some-value"));
    for (int round = 0; round < 6; round++) {
        kt_buf_clear(&b);
        kt_hlist_clear(&got);
        if (round == 2) { /* the reader wants no table: 4.2 */
            kt_deflate_table(d, 0);
            kt_inflate_table(z, 0);
        }
        kt_deflate_block(d, &list, round == 2 ? &exact : &normal, &b);
        cr_assert_eq(kt_inflate_block(z, kt_buf_view(&b), &got, &e), KT_DONE,
                     "round %d", round);
        cr_expect_eq(got.n, 1);
        if (round == 0)
            first = kt_buf_size(&b);
        if (round == 1)
            cr_expect(kt_buf_size(&b) < first && kt_buf_size(&b) == 1);
        if (round == 5)
            cr_expect_gt(kt_buf_size(&b), 1);
    }
    kt_hlist_fini(&list);
    kt_hlist_fini(&got);
    kt_buf_fini(&b);
    kt_inflate_free(z);
    kt_deflate_free(d);
}

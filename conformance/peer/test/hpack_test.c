/* Header blocks: the examples of RFC 7541, appendix C, and our own literals.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/hpack.h"
#include "base/must.h"
#include <criterion/criterion.h>

static const char *text_of(const struct kt_hlist *l, struct kt_buf *b)
{
    kt_buf_clear(b);
    for (size_t i = 0; i < l->n; i++) {
        const struct kt_cur n = kt_hlist_name(l, i), v = kt_hlist_value(l, i);

        kt_buf_printf(b, "%.*s=%.*s;", (int)kt_cur_left(&n), (const char *)n.p,
                      (int)kt_cur_left(&v), (const char *)v.p);
    }
    return kt_buf_cstr(b);
}

/* C.3 (plain) and C.4 (Huffman): the second block of each needs the table that
 * the first one has filled. */
Test(hpack, examples_of_rfc7541)
{
    static const struct {
        bool fresh;
        const char *hex, *want;
    } v[] = {
        {true, "828684410f7777772e6578616d706c652e636f6d",
         ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"},
        {false, "828684be58086e6f2d6361636865",
         ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"
         "cache-control=no-cache;"},
        {true, "828684418cf1e3c2e5f23a6ba0ab90f4ff",
         ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"},
        {false, "828684be5886a8eb10649cbf",
         ":method=GET;:scheme=http;:path=/;:authority=www.example.com;"
         "cache-control=no-cache;"},
        {true, "100870617373776f726406736563726574", "password=secret;"},
    };
    struct kt_inflate *z = NULL;
    struct kt_buf text;
    struct kt_hlist list;
    struct kt_err e;

    kt_buf_init(&text, 4096);
    kt_hlist_init(&list, 65536, 100);
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        uint8_t bytes[128];

        if (v[i].fresh) {
            kt_inflate_free(z);
            z = kt_inflate_new();
        }
        kt_hlist_clear(&list);
        cr_expect_eq(kt_inflate_block(
                         z, kt_unhex(bytes, sizeof bytes, v[i].hex), &list, &e),
                     KT_DONE, "block %zu", i);
        cr_expect(strcmp(text_of(&list, &text), v[i].want) == 0,
                  "block %zu: got %s", i, text_of(&list, &text));
    }
    cr_expect_eq(list.v[0].index, KT_H_NEVER_INDEX);
    kt_inflate_free(z);
    kt_hlist_fini(&list);
    kt_buf_fini(&text);
}

Test(hpack, a_block_that_cannot_be_decoded_is_told)
{
    struct kt_inflate *z = kt_inflate_new();
    struct kt_hlist list;
    struct kt_err e;
    uint8_t bytes[4];

    kt_hlist_init(&list, 65536, 100);
    cr_expect_eq(
        kt_inflate_block(z, kt_unhex(bytes, sizeof bytes, "fe"), &list, &e),
        KT_BAD);
    cr_expect_eq(e.code, KT_E_COMPRESSION);
    kt_inflate_free(z);

    z = kt_inflate_new();
    list.max_n = 1;
    cr_expect_eq(
        kt_inflate_block(z, kt_unhex(bytes, sizeof bytes, "8286"), &list, &e),
        KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_MANY);
    kt_inflate_free(z);
    kt_hlist_fini(&list);
}

Test(hpack, literals_are_read_back_and_touch_no_table)
{
    static char lengthy[300];
    struct kt_inflate *z = kt_inflate_new();
    struct kt_hlist list, back;
    struct kt_buf block;
    struct kt_err e;

    memset(lengthy, 'v', sizeof lengthy - 1);
    kt_buf_init(&block, 4096);
    kt_hlist_init(&list, 65536, 100);
    kt_hlist_init(&back, 65536, 100);
    must(kt_hlist_puts(&list, ":status", "200") &&
         kt_hlist_puts(&list, "empty", "") &&
         kt_hlist_puts(&list, "lengthy", lengthy));
    list.v[1].index = KT_H_NEVER_INDEX;
    must(kt_hpack_literal(&block, &list));
    for (int round = 0; round < 2; round++) {
        kt_hlist_clear(&back);
        cr_assert_eq(kt_inflate_block(z, kt_buf_view(&block), &back, &e),
                     KT_DONE);
        cr_expect_eq(back.n, 3);
        for (size_t i = 0; i < back.n; i++) {
            cr_expect(
                kt_cur_eq(kt_hlist_name(&back, i), kt_hlist_name(&list, i)));
            cr_expect(
                kt_cur_eq(kt_hlist_value(&back, i), kt_hlist_value(&list, i)));
        }
        cr_expect_eq(back.v[1].index, KT_H_NEVER_INDEX);
    }
    /* 62 is the first index of the dynamic table: it is empty. */
    cr_expect_eq(
        kt_inflate_block(z, kt_cur_of((const uint8_t[]){0xbe}, 1), &back, &e),
        KT_BAD);
    kt_inflate_free(z);
    kt_hlist_fini(&list);
    kt_hlist_fini(&back);
    kt_buf_fini(&block);
}

/* RFC 7541 C.1. */
Test(hpack, integers)
{
    static const struct {
        unsigned bits;
        uint64_t v;
        const char *hex;
    } v[] = {
        {5, 10, "0a"}, {5, 1337, "1f9a0a"}, {8, 42, "2a"}, {7, 127, "7f00"}};
    struct kt_buf b;

    kt_buf_init(&b, 64);
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        uint8_t want[8];

        kt_buf_clear(&b);
        must(kt_hpack_int(&b, 0, v[i].bits, v[i].v));
        cr_expect(
            kt_cur_eq(kt_buf_view(&b), kt_unhex(want, sizeof want, v[i].hex)),
            "%s", v[i].hex);
    }
    kt_buf_fini(&b);
}

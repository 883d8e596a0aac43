/* Claims about HTTP/2 frames, and about their line of text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "vec.h"
#include "wire/event.h"

enum { MAX_FRAME = 16384 };

static void print(struct kt_buf *b, const struct kt_frame_rec *f)
{
    const struct kt_event ev = {
        .kind = KT_EV_FRAME, .stream = f->head.stream, .frame = *f};

    cr_assert(kt_event_print(b, &ev, 1 << 20));
}

/* Everything a decode does, as text. */
static enum kt_step decode(struct kt_buf *b, struct kt_cur in)
{
    const uint8_t *start = in.p;
    struct kt_frame_rec f;
    struct kt_err e;
    char bad[120];
    const enum kt_step s = kt_frame_decode(&in, MAX_FRAME, &f, &e);

    kt_buf_clear(b);
    if (s == KT_BAD)
        vec_bad(bad, sizeof bad, &e);
    cr_assert(kt_buf_printf(b, "%s used=%zu",
                            s == KT_DONE   ? "DONE"
                            : s == KT_MORE ? "MORE"
                                           : bad,
                            (size_t)(in.p - start)));
    if (s != KT_MORE) {
        cr_assert(kt_buf_puts(b, " "));
        print(b, &f);
    }
    return s;
}

Test(frame, golden_vectors)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "frame.vec");
    struct kt_buf b;
    uint8_t raw[300];

    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        decode(&b, vec_hex(&v[i], raw, sizeof raw));
        vec_expect(&v[i], kt_buf_cstr(&b));
    }
    kt_buf_fini(&b);
}

Test(frame, every_strict_prefix_of_a_frame_gives_more)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "frame.vec");
    struct kt_buf b;
    uint8_t raw[300];
    size_t tried = 0;

    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        struct kt_frame_rec f;
        struct kt_err e;
        struct kt_cur whole = in;

        if (kt_frame_decode(&whole, MAX_FRAME, &f, &e) != KT_DONE)
            continue;
        for (size_t k = 0; k < (size_t)(whole.p - in.p); k++, tried++)
            cr_expect_eq(decode(&b, kt_cur_of(in.p, k)), KT_MORE,
                         "%s cut to %zu: %s", v[i].name, k, kt_buf_cstr(&b));
    }
    cr_assert(tried > 300);
    kt_buf_fini(&b);
}

Test(frame, a_flipped_bit_never_reads_past_the_end)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "frame.vec");
    struct kt_buf b;
    uint8_t raw[300];

    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        const size_t len = kt_cur_left(&in);
        /* On the heap and of the exact size, so that a checker sees more. */
        uint8_t *copy = kt_xalloc(len);

        for (size_t bit = 0; bit < 8 * len; bit++) {
            memcpy(copy, raw, len);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            const enum kt_step s = decode(&b, kt_cur_of(copy, len));
            const bool longer =
                len < KT_FRAME_HEAD || kt_peek_u24(copy) > len - KT_FRAME_HEAD;
            cr_expect(s != KT_MORE || longer, "%s bit %zu", v[i].name, bit);
        }
        kt_free(copy);
    }
    kt_buf_fini(&b);
}

Test(frame, a_payload_from_fields_reads_back_to_them)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "frame.vec");
    struct kt_buf b, first, second;
    uint8_t raw[300];
    size_t tried = 0;

    kt_buf_init(&b, 1 << 20);
    kt_buf_init(&first, 1 << 20);
    kt_buf_init(&second, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        struct kt_frame_rec f, g;
        struct kt_err e;

        if (kt_frame_decode(&in, MAX_FRAME, &f, &e) != KT_DONE)
            continue;
        uint8_t head[KT_FRAME_HEAD];
        kt_fhead_encode(head, f.head);
        cr_expect_arr_eq(head, raw, KT_FRAME_HEAD, "%s", v[i].name);
        kt_buf_clear(&b);
        cr_assert(kt_frame_put_payload(&b, &f));
        cr_expect_eq(kt_buf_size(&b), f.head.length, "%s", v[i].name);
        g = (struct kt_frame_rec){.head = f.head, .payload = kt_buf_view(&b)};
        cr_expect_eq(kt_frame_read(&g, &e), KT_DONE, "%s", v[i].name);
        kt_buf_clear(&first);
        kt_buf_clear(&second);
        print(&first, &f);
        print(&second, &g);
        cr_expect_str_eq(kt_buf_cstr(&first), kt_buf_cstr(&second));
        tried++;
    }
    cr_assert(tried > 30);
    kt_buf_fini(&b);
    kt_buf_fini(&first);
    kt_buf_fini(&second);
}

Test(frame, names_and_numbers_agree_both_ways)
{
    for (uint32_t c = 0; c <= KT_H2_HTTP_1_1_REQUIRED; c++)
        cr_expect_eq(kt_h2err_of(kt_h2err_name(c)), c);
    cr_expect_null(kt_h2err_name(14));
    cr_expect_eq(kt_h2err_of("NONE"), UINT32_MAX);
    cr_expect_str_eq(kt_h2err_name(7), "REFUSED_STREAM");
    for (uint16_t s = 1; s <= KT_SET_MAX_HEADER_LIST; s++)
        cr_expect_eq(kt_setting_of(kt_setting_name(s)), s);
    cr_expect_null(kt_setting_name(0));
    cr_expect_null(kt_setting_name(7));
    cr_expect_eq(kt_setting_of("window"), 0);
    cr_expect_eq(kt_setting_of("initial-window"), 4);
    for (uint8_t t = 0; t <= KT_FT_CONTINUATION; t++)
        cr_expect_eq(kt_ftype_of(kt_ftype_name(t)), t);
    cr_expect_null(kt_ftype_name(10));
}

Test(frame, a_setting_out_of_its_range_is_refused)
{
    struct kt_err e;

    cr_expect_eq(kt_setting_check(KT_SET_INITIAL_WINDOW, 0x7fffffff, &e),
                 KT_DONE);
    cr_expect_eq(kt_setting_check(KT_SET_INITIAL_WINDOW, 0x80000000, &e),
                 KT_BAD);
    cr_expect_eq(e.code, KT_E_FLOW);
    cr_expect_eq(kt_setting_check(KT_SET_MAX_FRAME, 16384, &e), KT_DONE);
    cr_expect_eq(kt_setting_check(KT_SET_MAX_FRAME, 16383, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_PROTOCOL);
    cr_expect_eq(kt_setting_check(KT_SET_MAX_FRAME, 16777215, &e), KT_DONE);
    cr_expect_eq(kt_setting_check(KT_SET_MAX_FRAME, 16777216, &e), KT_BAD);
    cr_expect_eq(kt_setting_check(KT_SET_ENABLE_PUSH, 1, &e), KT_DONE);
    cr_expect_eq(kt_setting_check(KT_SET_ENABLE_PUSH, 2, &e), KT_BAD);
    cr_expect_eq(kt_setting_check(0x99, UINT32_MAX, &e), KT_DONE);
}

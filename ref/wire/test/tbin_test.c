/* Claims about Thrift Binary.
 * SPDX-License-Identifier: Apache-2.0 */
#include "vec.h"
#include "wire/tbin.h"
#include <inttypes.h>

static const struct kt_tlimits limits = {8, 4, 3};

/* One reading: what it does, as text. Each fills text on DONE. */
struct reading {
    struct kt_cur in;
    char text[64];
    struct kt_err e;
};

static enum kt_step read_u8(struct reading *r)
{
    uint8_t v;
    const enum kt_step s = kt_tread_u8(&r->in, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %u", v);
    return s;
}

static enum kt_step read_i16(struct reading *r)
{
    int16_t v;
    const enum kt_step s = kt_tread_i16(&r->in, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %d", v);
    return s;
}

static enum kt_step read_i32(struct reading *r)
{
    int32_t v;
    const enum kt_step s = kt_tread_i32(&r->in, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %d", v);
    return s;
}

static enum kt_step read_i64(struct reading *r)
{
    int64_t v;
    const enum kt_step s = kt_tread_i64(&r->in, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %" PRId64, v);
    return s;
}

static enum kt_step read_double(struct reading *r)
{
    double v;
    const enum kt_step s = kt_tread_double(&r->in, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %g", v);
    return s;
}

static enum kt_step read_string(struct reading *r)
{
    struct kt_cur v;
    const enum kt_step s = kt_tread_string(&r->in, &limits, &v, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, "%s%.*s", kt_cur_left(&v) ? " " : "",
                 (int)kt_cur_left(&v), v.p);
    return s;
}

static enum kt_step read_field(struct reading *r)
{
    enum kt_ttype type;
    int16_t id;
    const enum kt_step s = kt_tread_field(&r->in, &type, &id, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %d %d", type, id);
    return s;
}

static enum kt_step read_list(struct reading *r)
{
    enum kt_ttype type;
    uint32_t n;
    const enum kt_step s = kt_tread_list(&r->in, &limits, &type, &n, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %d %u", type, n);
    return s;
}

static enum kt_step read_map(struct reading *r)
{
    enum kt_ttype k, v;
    uint32_t n;
    const enum kt_step s = kt_tread_map(&r->in, &limits, &k, &v, &n, &r->e);

    if (s == KT_DONE)
        snprintf(r->text, sizeof r->text, " %d %d %u", k, v, n);
    return s;
}

static enum kt_step skip_struct(struct reading *r)
{
    return kt_tskip(&r->in, KT_T_STRUCT, &limits, &r->e);
}

static enum kt_step skip_list(struct reading *r)
{
    return kt_tskip(&r->in, KT_T_LIST, &limits, &r->e);
}

static enum kt_step skip_map(struct reading *r)
{
    return kt_tskip(&r->in, KT_T_MAP, &limits, &r->e);
}

static enum kt_step skip_string(struct reading *r)
{
    return kt_tskip(&r->in, KT_T_STRING, &limits, &r->e);
}

static enum kt_step skip_stop(struct reading *r)
{
    return kt_tskip(&r->in, KT_T_STOP, &limits, &r->e);
}

static const struct verb {
    const char *name;
    enum kt_step (*read)(struct reading *r);
} verbs[] = {
    {"u8", read_u8},
    {"i16", read_i16},
    {"i32", read_i32},
    {"i64", read_i64},
    {"double", read_double},
    {"string", read_string},
    {"field", read_field},
    {"list", read_list},
    {"map", read_map},
    {"struct", skip_struct},
    {"skip-list", skip_list},
    {"skip-map", skip_map},
    {"skip-string", skip_string},
    {"skip-stop", skip_stop},
};

static const struct verb *verb_of(const struct vec *v)
{
    const size_t n = strcspn(v->want, " ");

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strlen(verbs[i].name) == n &&
            strncmp(verbs[i].name, v->want, n) == 0)
            return &verbs[i];
    must(false); /* the vector names a reader that is not there */
    return NULL;
}

static enum kt_step run(const struct verb *verb, struct kt_cur in, char *got,
                        size_t cap)
{
    struct reading r = {.in = in};
    const enum kt_step s = verb->read(&r);

    if (s == KT_DONE)
        snprintf(got, cap, "%s DONE used=%zu%s", verb->name,
                 (size_t)(r.in.p - in.p), r.text);
    else if (s == KT_MORE)
        snprintf(got, cap, "%s MORE", verb->name);
    else
        snprintf(got, cap, "%s BAD %s at=%zu", verb->name,
                 kt_code_name(r.e.code), r.e.at);
    cr_expect(s == KT_DONE || r.in.p == in.p, "%s moved the cursor", got);
    return s;
}

static struct vec v[VEC_MAX];

Test(tbin, golden_vectors)
{
    const size_t n = vec_load(v, "tbin.vec");
    uint8_t raw[300];
    char got[200];

    for (size_t i = 0; i < n; i++) {
        run(verb_of(&v[i]), vec_hex(&v[i], raw, sizeof raw), got, sizeof got);
        vec_expect(&v[i], got);
    }
}

/* The bytes stand at the very end of a heap block, so that a checker sees any
 * read behind them. */
Test(tbin, every_strict_prefix_gives_more_and_no_bit_matters_beyond_the_end)
{
    const size_t n = vec_load(v, "tbin.vec");
    uint8_t raw[300];
    char got[200];
    size_t tried = 0;

    for (size_t i = 0; i < n; i++) {
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        const struct verb *verb = verb_of(&v[i]);
        struct reading r = {.in = in};
        const size_t used =
            verb->read(&r) == KT_DONE ? (size_t)(r.in.p - in.p) : 0;
        uint8_t *copy = kt_xalloc(kt_cur_left(&in));

        for (size_t k = 0; k < used; k++, tried++) {
            /* A container's own bytes are not all that its count asks for. */
            memcpy(copy, raw, k);
            const enum kt_step s =
                run(verb, kt_cur_of(copy, k), got, sizeof got);
            cr_expect_eq(s, KT_MORE, "%s cut to %zu: %s", v[i].name, k, got);
        }
        for (size_t bit = 0; bit < 8 * kt_cur_left(&in); bit++) {
            memcpy(copy, raw, kt_cur_left(&in));
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            run(verb, kt_cur_of(copy, kt_cur_left(&in)), got, sizeof got);
        }
        kt_free(copy);
    }
    cr_assert(tried > 150);
}

Test(tbin, a_count_is_never_more_than_the_bytes_behind_it)
{
    /* A million claimed, ten bytes there: no allocation may come of it. */
    static const uint8_t list[] = {KT_T_I64, 0, 15, 0x42, 0x40, 1, 2,
                                   3,        4, 5,  6,    7,    8, 9};
    struct kt_cur in = kt_cur_of(list, sizeof list);
    enum kt_ttype type = KT_T_STOP;
    uint32_t n = 77;
    struct kt_err e;

    cr_expect_eq(kt_tread_list(&in, &kt_tlimits_default, &type, &n, &e),
                 KT_MORE);
    cr_expect(n == 77 && type == KT_T_STOP && in.p == list);
}

/* Deeper than any stack would bear, were the limit not there. */
Test(tbin, depth_is_bounded_before_the_stack_is)
{
    enum { DEPTH = 1 << 20 };
    uint8_t *deep = kt_xalloc(3 * DEPTH);
    struct kt_cur in = kt_cur_of(deep, 3 * DEPTH);
    struct kt_err e;

    for (size_t i = 0; i < DEPTH; i++) {
        deep[3 * i] = KT_T_STRUCT;
        deep[3 * i + 2] = 1;
    }
    cr_expect_eq(kt_tskip(&in, KT_T_STRUCT, &kt_tlimits_default, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_DEEP);
    cr_expect_eq(e.at, 64 * 3);
    cr_expect_eq(in.p, deep);
    kt_free(deep);
}

static bool write_struct(void)
{
    static const uint8_t want[] = {
        11, 0,   1,   0,    0,    0, 2, 'h', 'i',           /* 1: "hi" */
        4,  255, 254, 0xbf, 0xe0, 0, 0, 0,   0,   0, 0,     /* -2: -0.5 */
        15, 0,   3,   8,    0,    0, 0, 1,   0,   0, 0, 42, /* 3: [42] */
        13, 0,   4,   11,   3,    0, 0, 0,   1,   0, 0, 0,
        1,  'k', 7, /* 4: {"k": 7} */
        0};
    struct kt_buf b;
    struct kt_err e;

    kt_buf_init(&b, 1000);
    const bool ok =
        kt_twrite_field(&b, KT_T_STRING, 1) &&
        kt_twrite_string(&b, kt_cur_of("hi", 2)) &&
        kt_twrite_field(&b, KT_T_DOUBLE, -2) && kt_twrite_double(&b, -0.5) &&
        kt_twrite_field(&b, KT_T_LIST, 3) && kt_twrite_list(&b, KT_T_I32, 1) &&
        kt_buf_put_u32(&b, 42) && kt_twrite_field(&b, KT_T_MAP, 4) &&
        kt_twrite_map(&b, KT_T_STRING, KT_T_I8, 1) &&
        kt_twrite_string(&b, kt_cur_of("k", 1)) && kt_buf_put_u8(&b, 7) &&
        kt_twrite_stop(&b);
    struct kt_cur in = kt_buf_view(&b);
    cr_expect(!ok || kt_cur_eq(in, kt_cur_of(want, sizeof want)));
    cr_expect(!ok || (kt_tskip(&in, KT_T_STRUCT, &limits, &e) == KT_DONE &&
                      kt_cur_left(&in) == 0));
    kt_buf_fini(&b);
    return ok;
}

Test(tbin, a_struct_is_written_byte_for_byte)
{
    cr_expect(write_struct());
    vec_sweep(write_struct);
}

/* Claims about the small text codecs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "vec.h"
#include "wire/text.h"
#include <inttypes.h>

static struct vec v[VEC_MAX];

/* The expected text of a vector behind its verb ("enc", "dec"). */
static const char *wanted(const struct vec *x, const char *verb)
{
    const size_t n = strlen(verb);

    if (strncmp(x->want, verb, n) != 0 ||
        (x->want[n] != ' ' && x->want[n] != '\0'))
        return NULL;
    return x->want + n + (x->want[n] == ' ');
}

static struct kt_cur argument(const struct vec *x)
{
    return kt_cur_of(x->arg, strcmp(x->arg, "-") == 0 ? 0 : strlen(x->arg));
}

static void hex_text(char *dst, size_t cap, struct kt_cur c)
{
    dst[0] = '\0';
    for (; kt_cur_left(&c) > 0 && strlen(dst) + 3 < cap; c.p++)
        snprintf(dst + strlen(dst), 3, "%02x", *c.p);
}

static void expect(const struct vec *x, const char *want, const char *got)
{
    cr_expect(want != NULL, "%s: no verb", x->name);
    cr_expect(want == NULL || strcmp(want, got) == 0, "%s: want %s\n  got %s",
              x->name, want, got);
}

Test(text, percent_vectors)
{
    const size_t n = vec_load(v, "percent.vec");
    uint8_t raw[300];
    char got[700];
    struct kt_buf b;

    kt_buf_init(&b, 1000);
    for (size_t i = 0; i < n; i++) {
        const struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        const char *want = wanted(&v[i], "enc");

        kt_buf_clear(&b);
        if (want != NULL) {
            cr_assert(kt_pct_encode(&b, in));
            expect(&v[i], want, kt_buf_cstr(&b));
            continue;
        }
        cr_assert(kt_pct_decode(&b, in));
        hex_text(got, sizeof got, kt_buf_view(&b));
        expect(&v[i], wanted(&v[i], "dec"), got);
    }
    kt_buf_fini(&b);
}

Test(text, percent_keeps_every_code_point_and_nothing_above_its_limit)
{
    struct kt_buf text, back;
    static const char *const points[] = {
        "", "a", "é", "\x01", "\xf0\x9f\x98\x80", "%", "\n"};

    kt_buf_init(&text, 100);
    kt_buf_init(&back, 100);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        kt_buf_clear(&text);
        kt_buf_clear(&back);
        cr_assert(
            kt_pct_encode(&text, kt_cur_of(points[i], strlen(points[i]))));
        cr_assert(kt_pct_decode(&back, kt_buf_view(&text)));
        cr_expect_str_eq(kt_buf_cstr(&back), points[i]);
    }
    kt_buf_fini(&text);
    kt_buf_init(&text, 4);
    cr_assert(kt_buf_puts(&text, "x"));
    cr_expect_not(kt_pct_encode(&text, kt_cur_of("ab\n", 3)));
    cr_expect_not(kt_pct_decode(&text, kt_cur_of("abcd", 4)));
    cr_expect_str_eq(kt_buf_cstr(&text), "x");
    kt_buf_fini(&text);
    kt_buf_fini(&back);
}

Test(text, base64_vectors)
{
    const size_t n = vec_load(v, "base64.vec");
    uint8_t raw[300];
    char got[700];
    struct kt_buf b;
    struct kt_err e;

    kt_buf_init(&b, 1000);
    for (size_t i = 0; i < n; i++) {
        const char *want = wanted(&v[i], "enc");

        kt_buf_clear(&b);
        if (want != NULL) {
            cr_assert(kt_b64_encode(&b, vec_hex(&v[i], raw, sizeof raw)));
            expect(&v[i], want, kt_buf_cstr(&b));
            continue;
        }
        if (kt_b64_decode(&b, argument(&v[i]), &e) == KT_DONE)
            hex_text(got, sizeof got, kt_buf_view(&b));
        else
            snprintf(got, sizeof got, "BAD %s at=%zu", kt_code_name(e.code),
                     e.at);
        expect(&v[i], wanted(&v[i], "dec"), got);
    }
    kt_buf_fini(&b);
}

Test(text, base64_reads_what_it_wrote)
{
    uint8_t raw[64];
    struct kt_buf text, back;
    struct kt_err e;

    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(i * 37 + 5);
    kt_buf_init(&text, 1000);
    kt_buf_init(&back, 1000);
    for (size_t n = 0; n <= sizeof raw; n++) {
        kt_buf_clear(&text);
        kt_buf_clear(&back);
        cr_assert(kt_b64_encode(&text, kt_cur_of(raw, n)));
        cr_expect_eq(kt_b64_decode(&back, kt_buf_view(&text), &e), KT_DONE);
        cr_expect(kt_cur_eq(kt_buf_view(&back), kt_cur_of(raw, n)));
    }
    cr_expect(kt_is_bin_name(kt_cur_of("x-bin", 5)));
    cr_expect(kt_is_bin_name(kt_cur_of("-bin", 4)));
    cr_expect_not(kt_is_bin_name(kt_cur_of("bin", 3)));
    cr_expect_not(kt_is_bin_name(kt_cur_of("x-bind", 6)));
    kt_buf_fini(&text);
    kt_buf_fini(&back);
}

Test(text, timeout_vectors)
{
    const size_t n = vec_load(v, "timeout.vec");
    struct kt_err e;

    for (size_t i = 0; i < n; i++) {
        const char *want = wanted(&v[i], "enc");
        char got[60];
        uint64_t ns;

        if (want != NULL) {
            cr_assert_eq(sscanf(v[i].arg, "%" SCNu64, &ns), 1);
            cr_expect_eq(kt_timeout_encode(got, ns), strlen(want));
        } else if (kt_timeout_decode(argument(&v[i]), &ns, &e) == KT_DONE) {
            snprintf(got, sizeof got, "%" PRIu64, ns);
        } else {
            snprintf(got, sizeof got, "BAD %s at=%zu", kt_code_name(e.code),
                     e.at);
        }
        expect(&v[i], want ? want : wanted(&v[i], "dec"), got);
    }
}

Test(text, a_timeout_is_never_rounded_down)
{
    uint64_t ns = 1;

    for (int i = 0; i < 5000; i++, ns = ns * 3 + 7) {
        char text[10];
        uint64_t back;
        struct kt_err e;
        const size_t n = kt_timeout_encode(text, ns);

        cr_assert(n >= 2 && n <= 9);
        cr_assert_eq(kt_timeout_decode(kt_cur_of(text, n), &back, &e), KT_DONE);
        cr_expect(back >= ns, "%" PRIu64 " became %s", ns, text);
        cr_expect(back - ns <= ns / 10000, "%" PRIu64 " became %s", ns, text);
    }
}

static void metainfo(const struct vec *x, struct kt_buf *b)
{
    const char *want = wanted(x, "from");
    enum kt_meta_kind kind = KT_META_TRANSIENT;
    char got[700];

    kt_buf_clear(b);
    if (want == NULL) {
        want = wanted(x, "to-t");
        if (want == NULL) {
            kind = KT_META_PERSISTENT;
            want = wanted(x, "to-p");
        }
        const bool ok = kt_meta_to_header(b, kind, argument(x));
        expect(x, want, ok ? kt_buf_cstr(b) : "none");
        cr_expect(ok || kt_buf_size(b) == 0);
        return;
    }
    if (!kt_meta_from_header(argument(x), &kind, b))
        snprintf(got, sizeof got, "none");
    else
        snprintf(got, sizeof got, "%s %s",
                 kind == KT_META_TRANSIENT ? "transient" : "persistent",
                 kt_buf_cstr(b));
    expect(x, want, got);
}

Test(text, metainfo_vectors)
{
    const size_t n = vec_load(v, "metainfo.vec");
    struct kt_buf b;

    kt_buf_init(&b, 100);
    for (size_t i = 0; i < n; i++)
        metainfo(&v[i], &b);
    kt_buf_fini(&b);
}

static bool encode_all(void)
{
    struct kt_buf a, b, c, d, f;
    struct kt_err e;
    enum kt_meta_kind kind;

    kt_buf_init(&a, 1000);
    kt_buf_init(&b, 1000);
    kt_buf_init(&c, 1000);
    kt_buf_init(&d, 1000);
    kt_buf_init(&f, 1000);
    const bool ok =
        kt_pct_encode(&a, kt_cur_of("\n\n", 2)) &&
        kt_b64_encode(&b, kt_cur_of("abcd", 4)) &&
        kt_b64_decode(&c, kt_cur_of("Zm9v", 4), &e) == KT_DONE &&
        kt_meta_to_header(&d, KT_META_PERSISTENT, kt_cur_of("K", 1)) &&
        kt_meta_from_header(kt_cur_of("rpc-persist-k", 13), &kind, &f);
    kt_buf_fini(&a);
    kt_buf_fini(&b);
    kt_buf_fini(&c);
    kt_buf_fini(&d);
    kt_buf_fini(&f);
    return ok;
}

Test(text, out_of_memory_is_said)
{
    vec_sweep(encode_all);
}

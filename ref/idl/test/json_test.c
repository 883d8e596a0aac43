/* Claims about JSON and Thrift values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "idl/idl.h"
#include "json_vec.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof *(a))

static struct kt_idl *idl;

static void load(void)
{
    struct kt_err e = {0};

    idl = kt_idl_parse("t", idl_text, strlen(idl_text), &e);
    cr_assert(idl, "%s", e.detail);
}

static void unload(void)
{
    kt_idl_free(idl);
}

TestSuite(json, .init = load, .fini = unload);

static const struct kt_type *type(const char *name)
{
    const struct kt_type *t = kt_idl_type(idl, name);

    cr_assert(t, "%s", name);
    return t;
}

static json_t *json(const char *text)
{
    json_error_t e;
    json_t *j = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);

    cr_assert(j, "%s: %s", text, e.text);
    return j;
}

static struct kt_cur bytes(const char *hex, uint8_t w[512])
{
    struct kt_cur c = kt_unhex(w, 512, hex);

    cr_assert_eq(2 * kt_cur_left(&c), strcmp(hex, "-") ? strlen(hex) : 0,
                 "not hex: %s", hex);
    return c;
}

/* Bytes as hex, for messages. */
static const char *hex_of(struct kt_cur c)
{
    static char hex[1100];
    size_t n = 0;

    for (hex[0] = '\0'; c.p < c.end && n < 1024; n += 2)
        snprintf(hex + n, 3, "%02x", *c.p++);
    return hex;
}

static void check_good(const char *name, const char *text, const char *hex,
                       const char *back)
{
    struct kt_buf out = {.limit = 4096};
    struct kt_err e = {0};
    json_t *in = json(text), *want = json(back ? back : text), *got = NULL;
    uint8_t w[512];
    struct kt_cur c = bytes(hex, w);

    cr_expect_eq(kt_json_to_thrift(in, type(name), &out, &e), KT_DONE,
                 "%s %s: %s", name, text, e.detail);
    cr_expect(kt_cur_eq(kt_buf_view(&out), c), "%s %s:\n got  %s\n want %s",
              name, text, hex_of(kt_buf_view(&out)), hex);
    cr_expect_eq(
        kt_thrift_to_json(&c, type(name), &kt_tlimits_default, &got, &e),
        KT_DONE, "%s %s: %s", name, hex, e.detail);
    cr_expect_eq(kt_cur_left(&c), 0, "%s %s", name, hex);
    char *have = json_dumps(got, JSON_ENCODE_ANY);
    cr_expect(json_equal(got, want), "%s %s: got %s", name, hex, have);
    free(have);
    json_decref(in);
    json_decref(want);
    json_decref(got);
    kt_buf_fini(&out);
}

Test(json, every_type_has_its_bytes_and_comes_back)
{
    for (size_t i = 0; i < LEN(good); i++)
        check_good(good[i].type, good[i].json, good[i].hex, good[i].back);
}

Test(json, members_come_back_in_the_order_of_the_bytes)
{
    uint8_t w[512];
    struct kt_cur c = bytes("030001010300090200", w);
    struct kt_err e = {0};
    json_t *j = NULL;

    cr_assert_eq(
        kt_thrift_to_json(&c, type("Order"), &kt_tlimits_default, &j, &e),
        KT_DONE);
    char *text = json_dumps(j, JSON_COMPACT);
    cr_expect_str_eq(text, "{\"a\":1,\"z\":2}", "%s", text);
    free(text);
    json_decref(j);
}

Test(json, what_the_type_does_not_allow_is_refused_with_its_path)
{
    for (size_t i = 0; i < LEN(bad_json); i++) {
        struct kt_buf out = {.limit = 4096};
        struct kt_err e = {0};
        json_t *j = json(bad_json[i].json);

        kt_buf_puts(&out, "xkept");
        kt_buf_eat(&out, 1);
        cr_expect_eq(kt_json_to_thrift(j, type(bad_json[i].type), &out, &e),
                     KT_BAD, "%s", bad_json[i].json);
        cr_expect_eq(e.code, bad_json[i].code, "%s: %s", bad_json[i].json,
                     kt_code_name(e.code));
        cr_expect_str_eq(e.detail, bad_json[i].want, "%s\n got  %s\n want %s",
                         bad_json[i].json, e.detail, bad_json[i].want);
        cr_expect(kt_cur_is(kt_buf_view(&out), "kept"), "%s: %s",
                  bad_json[i].json, hex_of(kt_buf_view(&out)));
        json_decref(j);
        kt_buf_fini(&out);
    }
}

Test(json, damaged_bytes_are_refused_with_offset_and_path)
{
    for (size_t i = 0; i < LEN(bad_thrift); i++) {
        uint8_t w[512];
        struct kt_cur c = bytes(bad_thrift[i].hex, w), was = c;
        struct kt_err e = {0};
        json_t *j = NULL;

        cr_expect_eq(kt_thrift_to_json(&c, type(bad_thrift[i].type),
                                       &kt_tlimits_default, &j, &e),
                     KT_BAD, "%s", bad_thrift[i].hex);
        cr_expect_eq(e.code, bad_thrift[i].code, "%s: %s %s", bad_thrift[i].hex,
                     kt_code_name(e.code), e.detail);
        cr_expect(bad_thrift[i].at < 0 || (size_t)bad_thrift[i].at == e.at,
                  "%s: at %zu", bad_thrift[i].hex, e.at);
        if (bad_thrift[i].want != NULL)
            cr_expect_str_eq(e.detail, bad_thrift[i].want, "%s: %s",
                             bad_thrift[i].hex, e.detail);
        cr_expect(c.p == was.p && j == NULL);
    }
}

Test(json, unknown_fields_and_other_wire_types_are_skipped)
{
    static const struct {
        const char *type, *hex, *want;
        size_t left;
    } cases[] = {
        {"Msg",
         "0a00090000000000000001"
         "0b0001000000026869"
         "00",
         "{\"message\":\"hi\"}", 0},
        {"Msg",
         "0c000508000100000001"
         "0f00020300000001ff"
         "00"
         "0b0001000000026869"
         "00",
         "{\"message\":\"hi\"}", 0},
        {"Msg",
         "0d00070b0c00000001000000016b"
         "00"
         "00",
         "{}", 0},
        {"Msg",
         "08000100000005"
         "00",
         "{}", 0},
        {"Msg",
         "0b00010000000161"
         "0b00010000000162"
         "00",
         "{\"message\":\"b\"}", 0},
        {"Msg", "00ffff", "{}", 2},
        {"Shorts", "0000000000", "[]", 0},
        {"Shorts", "0800000000", "[]", 0},
        {"Bool", "05", "true", 0},
        {"Choice",
         "0b00090000000161"
         "0a00020000000000000001"
         "00",
         "{\"number\":1}", 0},
    };

    for (size_t i = 0; i < LEN(cases); i++) {
        uint8_t w[512];
        struct kt_cur c = bytes(cases[i].hex, w);
        struct kt_err e = {0};
        json_t *got = NULL, *want = json(cases[i].want);

        cr_expect_eq(kt_thrift_to_json(&c, type(cases[i].type),
                                       &kt_tlimits_default, &got, &e),
                     KT_DONE, "%s: %s", cases[i].hex, e.detail);
        cr_expect(json_equal(got, want), "%s", cases[i].hex);
        cr_expect_eq(kt_cur_left(&c), cases[i].left, "%s", cases[i].hex);
        json_decref(got);
        json_decref(want);
    }
}

/* Every prefix of a valid value, and every value with one bit turned: never a
 * crash, a prefix never DONE. */
static void attack(const char *name, const char *hex)
{
    uint8_t w[512];
    const struct kt_cur all = bytes(hex, w);
    const size_t n = kt_cur_left(&all);
    struct kt_err e = {0};
    json_t *j = NULL;

    for (size_t i = 0; i < n; i++) {
        struct kt_cur c = kt_cur_of(all.p, i);

        cr_expect_eq(
            kt_thrift_to_json(&c, type(name), &kt_tlimits_default, &j, &e),
            KT_BAD);
        cr_expect_eq(e.code, KT_E_TRUNCATED, "%s %s cut at %zu: %s", name, hex,
                     i, e.detail);
        cr_expect(e.at <= i);
    }
    for (size_t bit = 0; bit < 8 * n; bit++) {
        struct kt_cur c = all;

        w[bit / 8] ^= (uint8_t)(1 << bit % 8);
        e.at = 0;
        if (kt_thrift_to_json(&c, type(name), &kt_tlimits_default, &j, &e) ==
            KT_DONE)
            json_decref(j);
        cr_expect(e.at <= n && e.code != KT_E_NOMEM, "%s %s bit %zu: %s", name,
                  hex, bit, e.detail);
        w[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

Test(json, every_prefix_is_truncated_and_no_flipped_bit_crashes)
{
    for (size_t i = 0; i < LEN(good); i++)
        attack(good[i].type, good[i].hex);
}

Test(json, equality_is_by_value_and_says_where)
{
    for (size_t i = 0; i < LEN(pairs); i++) {
        json_t *a = json(pairs[i].a), *b = json(pairs[i].b);
        struct kt_buf path = {.limit = 4096};
        const struct kt_type *t = type(pairs[i].type);
        const bool same = pairs[i].path == NULL;

        cr_expect_eq(kt_json_equal(a, b, t, &path), same, "%s %s %s",
                     pairs[i].type, pairs[i].a, pairs[i].b);
        cr_expect_str_eq(kt_buf_cstr(&path), same ? "" : pairs[i].path,
                         "%s %s: %s", pairs[i].a, pairs[i].b,
                         kt_buf_cstr(&path));
        cr_expect_eq(kt_json_equal(b, a, t, NULL), same, "%s %s %s, swapped",
                     pairs[i].type, pairs[i].b, pairs[i].a);
        cr_expect(kt_json_equal(a, a, t, NULL), "%s", pairs[i].a);
        json_decref(a);
        json_decref(b);
        kt_buf_fini(&path);
    }
    cr_expect(kt_json_equal(NULL, NULL, type("Msg"), NULL));
    json_t *null = json_null(), *one = json("{}");
    cr_expect(kt_json_equal(NULL, null, type("Msg"), NULL));
    cr_expect_not(kt_json_equal(NULL, one, type("Msg"), NULL));
    json_decref(one);
}

/* n times {"kid": ... }, and what is in the middle. */
static json_t *deep(size_t n, const char *middle, const char *way)
{
    json_t *j = json(middle);

    for (size_t i = 0; i < n; i++) {
        json_t *out = json_object();

        if (strcmp(way, "named") == 0) {
            json_t *map = json_object();

            json_object_set_new(map, "k", j);
            j = map;
        }
        json_object_set_new(out, way, j);
        j = out;
    }
    return j;
}

Test(json, nesting_ends_at_the_limit_both_ways)
{
    const unsigned max = kt_tlimits_default.max_depth;
    struct kt_buf out = {.limit = 1 << 20};
    struct kt_err e = {0};
    json_t *j = deep(max - 1, "{}", "kid"), *back = NULL;

    cr_expect_eq(kt_json_to_thrift(j, type("Tree"), &out, &e), KT_DONE);
    struct kt_cur c = kt_buf_view(&out);
    cr_expect_eq(
        kt_thrift_to_json(&c, type("Tree"), &kt_tlimits_default, &back, &e),
        KT_DONE, "%s", e.detail);
    cr_expect(json_equal(j, back));
    json_decref(j);
    json_decref(back);
    j = deep(max, "{}", "kid");
    cr_expect_eq(kt_json_to_thrift(j, type("Tree"), &out, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_DEEP, "%s", e.detail);
    json_decref(j);
    kt_buf_clear(&out);
    for (unsigned i = 0; i < max; i++)
        kt_buf_put(&out, "\x0c\0\1", 3);
    for (unsigned i = 0; i <= max; i++)
        kt_buf_put_u8(&out, 0);
    c = kt_buf_view(&out);
    cr_expect_eq(
        kt_thrift_to_json(&c, type("Tree"), &kt_tlimits_default, &back, &e),
        KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_DEEP, "%s", e.detail);
    kt_buf_fini(&out);
}

Test(json, comparing_costs_no_more_than_the_values_are_long)
{
    json_t *a = deep(31, "{}", "named"),
           *b = deep(31, "{\"kids\":[]}", "named");
    json_t *up = json_array(), *down = json_array();
    struct kt_buf path = {.limit = 4096};

    cr_expect_not(kt_json_equal(a, b, type("Tree"), &path));
    cr_expect(strstr(kt_buf_cstr(&path), ".named[\"k\"].kids"), "%s",
              kt_buf_cstr(&path));
    for (int i = 0; i < 100000; i++) {
        json_array_append_new(up, json_sprintf("w%d", i));
        json_array_append_new(down, json_sprintf("w%d", 99999 - i));
    }
    cr_expect(kt_json_equal(up, down, type("Words"), NULL));
    json_decref(a);
    json_decref(b);
    json_decref(up);
    json_decref(down);
    kt_buf_fini(&path);
}

Test(json, a_value_that_would_explode_as_json_is_refused)
{
    struct kt_buf b = {.limit = 8 << 20};
    struct kt_err e = {0};
    json_t *j = NULL;
    const uint32_t n = 2000000;

    kt_twrite_list(&b, KT_T_STRUCT, n);
    memset(kt_buf_grow(&b, n), 0, n);
    struct kt_cur c = kt_buf_view(&b);
    cr_expect_eq(
        kt_thrift_to_json(&c, type("Empties"), &kt_tlimits_default, &j, &e),
        KT_BAD);
    cr_expect_eq(e.code, KT_E_TOO_MANY, "%s", e.detail);
    kt_buf_fini(&b);
}

Test(json, own_limits_and_failing_allocations_are_errors)
{
    json_t *j = json("{\"blob\":\"aGkgdGhlcmU=\",\"pairs\":{\"k\":\"v\"}}");
    struct kt_buf small = {.limit = 10}, out = {.limit = 4096};
    struct kt_err e = {0};
    json_t *back = NULL;
    bool done = false;

    cr_expect_eq(kt_json_to_thrift(j, type("Wide"), &small, &e), KT_BAD);
    cr_expect_eq(e.code, KT_E_NOMEM);
    cr_expect_eq(kt_buf_size(&small), 0);
    for (size_t n = 1; !done; n++) {
        cr_assert(n < 1000);
        kt_buf_fini(&out);
        kt_alloc_fail_after(n);
        done = kt_json_to_thrift(j, type("Wide"), &out, &e) == KT_DONE;
        kt_alloc_fail_after(0);
        cr_expect(done || e.code == KT_E_NOMEM, "%zu: %s", n, e.detail);
    }
    done = false;
    for (size_t n = 1; !done; n++) {
        struct kt_cur c = kt_buf_view(&out);

        cr_assert(n < 1000);
        kt_alloc_fail_after(n);
        done = kt_thrift_to_json(&c, type("Wide"), &kt_tlimits_default, &back,
                                 &e) == KT_DONE;
        kt_alloc_fail_after(0);
        cr_expect(done || e.code == KT_E_NOMEM, "%zu: %s", n, e.detail);
    }
    json_decref(j);
    j = json("{\"blob\":\"aGkgdGhlcmU\",\"pairs\":[[\"k\",\"v\"]]}");
    for (size_t n = 1; n < 3; n++) {
        kt_alloc_fail_after(n);
        cr_expect_not(kt_json_equal(j, back, type("Wide"), NULL));
    }
    kt_alloc_fail_after(0);
    cr_expect(kt_json_equal(j, back, type("Wide"), NULL));
    json_decref(j);
    json_decref(back);
    kt_buf_fini(&small);
    kt_buf_fini(&out);
}

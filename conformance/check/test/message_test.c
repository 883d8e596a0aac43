/* Messages: sizes, content, wrapping, equality by value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/message.h"
#include "base/must.h"
#include <criterion/criterion.h>
#include <string.h>

static struct kt_idl *idl;

static const struct kt_method *method(const char *name)
{
    struct kt_err err;

    if (!idl)
        idl = kt_idl_load(KT_SOURCE "/interop/idl/conformance.thrift", NULL, 0,
                          &err);
    must(idl);
    return kt_service_method(kt_idl_service(idl, "Conformance"), name);
}

Test(message, size_is_the_encoded_size)
{
    const struct kt_shape shape = kt_shape_of(method("Echo"), true);
    const uint64_t sizes[] = {1, 8, 9, 100, 16384, 70000};
    struct kt_err err;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct kt_msg m = {.kind = KT_MSG_SIZE, .size = sizes[i]};
        struct kt_buf b = {.limit = SIZE_MAX};

        cr_assert(kt_msg_encode(&m, 0, &shape, &b, &err));
        cr_expect_eq(kt_buf_size(&b), sizes[i], "size=%zu gave %zu",
                     (size_t)sizes[i], kt_buf_size(&b));
        kt_buf_fini(&b);
    }
    kt_idl_free(idl);
    idl = NULL;
}

Test(message, content_tells_messages_and_pieces_apart)
{
    const struct kt_msg m = {.kind = KT_MSG_SIZE, .size = 5000};
    json_t *a = kt_msg_json(&m, 0), *b = kt_msg_json(&m, 1),
           *c = kt_msg_json(&m, 0);
    const char *text = json_string_value(json_object_get(a, "message"));

    cr_expect(json_equal(a, c));
    cr_expect_not(json_equal(a, b));
    for (size_t d = 1; d < 2000; d++)
        cr_expect(strncmp(text, text + d, 32) != 0, "repeats after %zu", d);
    json_decref(a);
    json_decref(b);
    json_decref(c);
}

Test(message, a_unary_call_wraps_and_unwraps)
{
    const struct kt_shape up = kt_shape_of(method("EchoUnary"), true);
    const struct kt_shape down = kt_shape_of(method("EchoUnary"), false);
    static const uint8_t args[] = {0x0c, 0, 1, 0x0b, 0, 1, 0,
                                   0,    0, 1, 'a',  0, 0};
    json_t *j = json_pack("{s:s}", "message", "a"), *back;
    const char *exception = "";
    struct kt_buf b = {.limit = 1000};
    struct kt_err err;

    cr_assert(kt_json_encode(j, &up, &b, &err));
    cr_expect(kt_cur_eq(kt_buf_view(&b), kt_cur_of(args, sizeof args)));
    back = kt_msg_decode(kt_buf_view(&b), &up, &exception, &err);
    cr_expect(json_equal(back, j));
    cr_expect_null(exception);
    json_decref(back);
    kt_buf_clear(&b);
    json_t *oops = json_pack("{s:i}", "code", 5);
    cr_assert(kt_exception_encode("Oops", oops, &down, &b, &err));
    back = kt_msg_decode(kt_buf_view(&b), &down, &exception, &err);
    cr_expect_str_eq(exception, "Oops");
    cr_expect(json_equal(back, oops));
    cr_expect_not(kt_exception_encode("Nope", oops, &down, &b, &err));
    json_decref(back);
    json_decref(oops);
    json_decref(j);
    kt_buf_fini(&b);
    kt_idl_free(idl);
    idl = NULL;
}

Test(message, equality_is_by_value_or_by_bytes)
{
    const struct kt_shape shape = kt_shape_of(method("Echo"), true);
    json_t *j = json_pack("{s:s,s:i}", "message", "a", "medium", 3);
    json_t *other = json_pack("{s:s,s:i}", "message", "a", "medium", 4);
    /* medium first: another order of fields, the same value */
    static uint8_t bytes[] = {8, 0, 5, 0, 0, 0, 3,   11,
                              0, 1, 0, 0, 0, 1, 'a', 0};
    const struct kt_msg by_json = {.kind = KT_MSG_JSON, .json = j};
    const struct kt_msg by_bytes = {
        .kind = KT_MSG_BYTES, .bytes = bytes, .n = sizeof bytes};
    struct kt_buf path = {.limit = 1000};

    cr_expect(kt_msg_equal(&by_json, 0, &shape, NULL,
                           kt_cur_of(bytes, sizeof bytes), &path));
    cr_expect(kt_msg_equal(&by_bytes, 0, &shape, NULL,
                           kt_cur_of(bytes, sizeof bytes), &path));
    cr_expect_not(
        kt_msg_equal(&by_json, 0, &shape, other, (struct kt_cur){0}, &path));
    cr_expect_not(
        kt_msg_equal(&by_bytes, 0, &shape, j, (struct kt_cur){0}, &path),
        "bytes are compared in their order");
    cr_expect_not(kt_msg_equal(&by_json, 0, &shape, NULL,
                               kt_cur_of(bytes, sizeof bytes - 3), &path),
                  "cut short");
    json_decref(j);
    json_decref(other);
    kt_buf_fini(&path);
    kt_idl_free(idl);
    idl = NULL;
}

/* Claims about gRPC and biz status.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"
#include "wire/frame.h"
#include "wire/status.h"

static void print(char *got, size_t cap, struct kt_status *s)
{
    snprintf(got, cap, "DONE code=%d message=\"%s\" biz=", s->code,
             kt_buf_cstr(&s->message));
    if (s->has_biz)
        snprintf(got + strlen(got), cap - strlen(got), "%d extra=%s",
                 s->biz_code, kt_buf_cstr(&s->extra));
    else
        snprintf(got + strlen(got), cap - strlen(got), "-");
}

Test(status, golden_vectors)
{
    static struct vec v[VEC_MAX];
    const size_t n = vec_load(v, "status.vec");
    struct kt_hlist h;
    struct kt_status s;
    struct kt_err e;
    char got[700];

    kt_hlist_init(&h, 10000, 100);
    kt_status_init(&s);
    for (size_t i = 0; i < n; i++) {
        vec_fields(&h, v[i].arg);
        if (kt_status_read(&s, &h, &e) == KT_DONE)
            print(got, sizeof got, &s);
        else
            snprintf(got, sizeof got, "BAD %s rule=%s", kt_code_name(e.code),
                     e.rule);
        vec_expect(&v[i], got);
    }
    kt_hlist_fini(&h);
    kt_status_fini(&s);
}

Test(status, a_bad_status_leaves_the_old_one)
{
    struct kt_hlist h;
    struct kt_status s;
    struct kt_err e;

    kt_hlist_init(&h, 1000, 10);
    kt_status_init(&s);
    cr_assert(kt_status_set(&s, KT_GRPC_INTERNAL, "kept"));
    vec_fields(&h, "grpc-status=1|grpc-message=new|biz-status=x");
    cr_expect_eq(kt_status_read(&s, &h, &e), KT_BAD);
    cr_expect_eq(s.code, 13);
    cr_expect_str_eq(kt_buf_cstr(&s.message), "kept");
    kt_hlist_fini(&h);
    kt_status_fini(&s);
}

Test(status, trailers_come_in_the_order_of_kitex)
{
    static const char *const want[][2] = {
        {"grpc-status", "13"},
        {"grpc-message", "no stock: 100%25 %E9%94%99%0A"},
        {"biz-status", "-1001"},
        {"biz-extra", "{\"sku\":\"a\"}"},
    };
    struct kt_hlist h;
    struct kt_status s, back, copy;
    struct kt_err e;

    kt_hlist_init(&h, 1000, 10);
    kt_status_init(&s);
    kt_status_init(&back);
    kt_status_init(&copy);
    cr_assert(kt_status_set(&s, KT_GRPC_INTERNAL, "no stock: 100% 错\n"));
    s.has_biz = true;
    s.biz_code = -1001;
    cr_assert(kt_buf_puts(&s.extra, "{\"sku\":\"a\"}"));
    cr_assert(kt_status_copy(&copy, &s));
    cr_assert(kt_status_write(&copy, &h));
    cr_assert_eq(h.n, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect(kt_cur_is(kt_hlist_name(&h, i), want[i][0]));
        cr_expect(kt_cur_is(kt_hlist_value(&h, i), want[i][1]), "%s",
                  want[i][0]);
    }
    cr_expect_eq(kt_status_read(&back, &h, &e), KT_DONE);
    cr_expect_str_eq(kt_buf_cstr(&back.message), "no stock: 100% 错\n");
    cr_expect(back.has_biz && back.biz_code == -1001);
    kt_hlist_clear(&h);
    cr_assert(kt_status_set(&s, KT_GRPC_OK, ""));
    cr_assert(kt_status_write(&s, &h));
    cr_expect_eq(h.n, 2, "biz and extra do not outlive a new status");
    kt_hlist_fini(&h);
    kt_status_fini(&s);
    kt_status_fini(&back);
    kt_status_fini(&copy);
}

/* ERR-19 and ERR-20, number by number. */
Test(status, codes_of_the_transport_map_as_kitex_maps_them)
{
    static const uint8_t h2[] = {13, 13, 13, 8,  13, 13, 13,
                                 14, 1,  13, 13, 8,  7,  13};
    static const uint16_t http[][2] = {
        {0, 13},   {200, 2},  {400, 13}, {401, 16}, {403, 7},
        {404, 12}, {405, 2},  {418, 2},  {429, 14}, {500, 2},
        {502, 14}, {503, 14}, {504, 14}};

    for (uint32_t c = 0; c < sizeof h2; c++)
        cr_expect_eq(kt_grpc_of_h2err(c), h2[c], "%s", kt_h2err_name(c));
    cr_expect_eq(kt_grpc_of_h2err(14), 2);
    cr_expect_eq(kt_grpc_of_h2err(kt_h2err_graceful()), 14);
    cr_expect_eq(kt_h2err_graceful(), 1000);
    for (size_t i = 0; i < sizeof http / sizeof *http; i++)
        cr_expect_eq(kt_grpc_of_http(http[i][0]), http[i][1], "%u", http[i][0]);
    for (uint32_t c = 0; c <= KT_GRPC_UNAUTHENTICATED; c++)
        cr_expect_eq(kt_grpc_of(kt_grpc_name(c)), c);
    cr_expect_null(kt_grpc_name(17));
    cr_expect_eq(kt_grpc_of("Internal"), UINT32_MAX);
    cr_expect_str_eq(kt_grpc_name(13), "INTERNAL");
}

static bool there_and_back(void)
{
    struct kt_hlist h;
    struct kt_status s, back;
    struct kt_err e;

    kt_hlist_init(&h, 1000, 10);
    kt_status_init(&s);
    kt_status_init(&back);
    bool ok = kt_status_set(&s, 2, "text") && kt_buf_puts(&s.extra, "{}");
    s.has_biz = true;
    ok = ok && kt_status_write(&s, &h) && kt_status_copy(&back, &s) &&
         kt_status_read(&back, &h, &e) == KT_DONE;
    kt_hlist_fini(&h);
    kt_status_fini(&s);
    kt_status_fini(&back);
    return ok;
}

Test(status, out_of_memory_is_said)
{
    vec_sweep(there_and_back);
}

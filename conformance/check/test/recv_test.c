/* The judge's receiver: what an application gets from a tape.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/recv.h"
#include "script.h"
#include <criterion/criterion.h>

struct row {
    const char *name;
    bool server, whole;
    const char *lines[6];
    const char *want; /* results in order, until nothing or three ends */
};

#define HEAD "< headers stream=1 :status=200 content-type=application/grpc"
#define MSG "< message stream=1 compressed=0 length=1 payload=hex:00"

static const struct row rows[] = {
    {"messages, then the end, which repeats",
     false,
     false,
     {HEAD, MSG, "< trailers stream=1 grpc-status=0"},
     "{}, eof, eof"},
    {"an error status",
     false,
     false,
     {HEAD, "< trailers stream=1 grpc-status=13 grpc-message=100%25"},
     "status INTERNAL \"100%\", status INTERNAL \"100%\""},
    {"a biz status",
     false,
     false,
     {"< trailers stream=1 :status=200 grpc-status=13 grpc-message=no "
      "biz-status=-7 biz-extra=\"{\\\"k\\\":\\\"v\\\"}\""},
     "biz -7 \"no\" extra {\"k\":\"v\"}, biz -7 \"no\" extra {\"k\":\"v\"}"},
    {"no status",
     false,
     false,
     {HEAD, "< trailers stream=1 x=1"},
     "status UNKNOWN \"trailers without a valid status\", "
     "status UNKNOWN \"trailers without a valid status\""},
    {"a reset",
     false,
     false,
     {MSG, "< reset CANCEL stream=1"},
     "{}, status CANCELLED \"reset by the peer\", "
     "status CANCELLED \"reset by the peer\""},
    {"HTTP's own answer",
     false,
     false,
     {"< headers stream=1 :status=404 content-type=text/html"},
     "status UNIMPLEMENTED \"HTTP status\", "
     "status UNIMPLEMENTED \"HTTP status\""},
    {"an informational block is skipped",
     false,
     false,
     {"< headers stream=1 :status=103", HEAD, MSG},
     "{}"},
    {"an unfinished message",
     false,
     false,
     {HEAD, "< message stream=1 compressed=0 length=9 payload=hex:00"},
     ""},
    {"a message that is no struct",
     false,
     false,
     {HEAD, "< message stream=1 compressed=0 length=1 payload=hex:ff"},
     "status INTERNAL \"a message that cannot be decoded\""},
    {"a gzip message",
     false,
     false,
     {HEAD, "< message stream=1 compressed=1 length=21 "
            "payload=hex:1f8b08000000000002036300008def02d201000000"},
     "{}"},
    {"a compressed message that is no gzip",
     false,
     false,
     {HEAD, "< message stream=1 compressed=1 length=1 payload=hex:00"},
     "status INTERNAL \"a compressed message that is no gzip\""},
    {"one answer waits for the end", false, true, {HEAD, MSG}, ""},
    {"one answer with an OK end",
     false,
     true,
     {HEAD, MSG, "< trailers stream=1 grpc-status=0"},
     "{}, eof, eof"},
    {"one answer with an error end",
     false,
     true,
     {HEAD, MSG, "< trailers stream=1 grpc-status=5"},
     "status NOT_FOUND \"\", status NOT_FOUND \"\""},
    {"a half-close",
     true,
     false,
     {"> message stream=1 compressed=0 length=1 payload=hex:00",
      "> half-close stream=1"},
     "{}, eof, eof"},
    {"a client's reset",
     true,
     false,
     {"> reset INTERNAL_ERROR stream=1"},
     "status CANCELLED \"reset by the peer\", "
     "status CANCELLED \"reset by the peer\""},
};

static void check(const struct row *r, const struct kt_shape *shape)
{
    struct kt_tape tape = {0};
    struct kt_rx rx;
    struct kt_buf said = {.limit = 4096};
    struct kt_got got;
    unsigned ends = 0;

    test_tape(&tape, r->lines, r->server);
    kt_rx_init(&rx, r->server, r->whole);
    while (ends < 2 &&
           kt_rx_next(&rx, &tape, NULL, 1, shape, &got) == KT_DONE) {
        if (kt_buf_size(&said) > 0)
            kt_buf_puts(&said, ", ");
        kt_got_print(&said, &got);
        ends += rx.ended && got.kind != KT_GOT_MSG;
        kt_got_fini(&got);
    }
    cr_expect_str_eq(kt_buf_cstr(&said), r->want, "%s: %s", r->name,
                     kt_buf_cstr(&said));
    kt_rx_fini(&rx);
    kt_buf_fini(&said);
    test_tape_fini(&tape);
}

Test(recv, gives_what_an_application_gets)
{
    struct kt_err err;
    struct kt_idl *idl =
        kt_idl_load(KT_SOURCE "/interop/idl/echo.thrift", NULL, 0, &err);

    cr_assert(idl);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct kt_shape shape = kt_shape_of(
            kt_service_method(kt_idl_service(idl, "TestService"), "Echo"),
            rows[i].server);

        check(&rows[i], &shape);
    }
    kt_idl_free(idl);
}

Test(recv, the_end_of_the_connection_comes_last)
{
    const char *const lines[] = {MSG, NULL}, *const conn[] = {"< CLOSE fin",
                                                              NULL};
    struct kt_tape tape = {0}, c = {0};
    struct kt_rx rx;
    struct kt_got got;
    const struct kt_shape none = {0};

    test_tape(&tape, lines, false);
    test_tape(&c, conn, false);
    kt_rx_init(&rx, false, false);
    cr_assert_eq(kt_rx_next(&rx, &tape, &c, 1, &none, &got), KT_DONE);
    cr_expect_eq(got.kind, KT_GOT_MSG);
    kt_got_fini(&got);
    cr_assert_eq(kt_rx_next(&rx, &tape, &c, 1, &none, &got), KT_DONE);
    cr_expect_eq(got.code, 14u);
    kt_got_fini(&got);
    kt_rx_fini(&rx);
    test_tape_fini(&tape);
    test_tape_fini(&c);
}

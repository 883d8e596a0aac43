/* Wire lines against tapes: what is taken, passed over, waited for, refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/match.h"
#include "pat.h"
#include "script.h"
#include <criterion/criterion.h>

static const char *const talk[] = {
    "< SETTINGS max-frame=16384",
    "< SETTINGS ack=yes",
    "< PING data=0102030405060708",
    "< headers stream=1 :status=200 content-type=application/grpc",
    "< message stream=1 compressed=0 length=1 payload=hex:00",
    "< message stream=1 compressed=0 length=2 payload=hex:0000",
    "< trailers stream=1 grpc-status=0 x-a=1 x-a=2",
    NULL,
};
static const char *const refused[] = {
    "< RST_STREAM stream=1 code=PROTOCOL_ERROR",
    "< reset PROTOCOL_ERROR stream=1",
    "< CLOSE fin",
    NULL,
};
static const char *const away[] = {
    "< GOAWAY last=1 code=COMPRESSION_ERROR",
    "< CLOSE fin",
    NULL,
};
static const char *const bare[] = {"< CLOSE rst", NULL};
static const char *const graceful[] = {
    "< GOAWAY last=1 code=NO_ERROR",
    "< CLOSE fin",
    NULL,
};
static const char *const both[] = {
    "< GOAWAY last=2147483647 code=NO_ERROR",
    "< GOAWAY last=1 code=PROTOCOL_ERROR",
    "< CLOSE fin",
    NULL,
};
static const char *const teapot[] = {
    "< trailers stream=1 :status=415 content-type=text/plain", NULL};
static const char *const sums[] = {
    "< DATA stream=1 data=hex:0102",
    "< DATA stream=1 data=hex:030405",
    NULL,
};
static const char *const none[] = {NULL};

static uint32_t stream_of(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "a") == 0 ? 1 : 0;
}

static bool read_only(void *ctx, const struct kt_tape *t,
                      const struct kt_entry *e)
{
    (void)ctx;
    (void)t;
    return (e->marks & KT_M_ACCOUNTED) || e->ev->kind == KT_EV_HEADERS;
}

struct row {
    const char *name;
    const char *const *tape;
    enum kt_frame frame;
    const char *field, *value; /* one field, or NULL */
    const char *code;          /* of reset and errors, or NULL */
    uint64_t sum;
    bool ended, bare_ok;
    enum kt_match want;
    enum kt_reason reason;
    const char *label;
};

static const struct row rows[] = {
    {"the first message", talk, KT_F_message, "length", "1", NULL, 0, false,
     false, KT_MATCH_YES, KT_R_NONE, ""},
    {"not the second", talk, KT_F_message, "length", "2", NULL, 0, false, false,
     KT_MATCH_NO, KT_R_MISMATCH, ""},
    {"trailers behind messages that nobody read", talk, KT_F_trailers, NULL,
     NULL, NULL, 0, false, false, KT_MATCH_NO, KT_R_UNEXPECTED, ""},
    {"a harmless kind waits for the one that fits", talk, KT_F_SETTINGS, "ack",
     "yes", NULL, 0, false, false, KT_MATCH_YES, KT_R_NONE, ""},
    {"and waits on when none does", talk, KT_F_PING, "ack", "yes", NULL, 0,
     false, false, KT_MATCH_WAIT, KT_R_NONE, ""},
    {"until nothing can come", talk, KT_F_PING, "ack", "yes", NULL, 0, true,
     false, KT_MATCH_NO, KT_R_MISMATCH, ""},
    {"nothing yet", none, KT_F_message, NULL, NULL, NULL, 0, false, false,
     KT_MATCH_WAIT, KT_R_NONE, ""},
    {"nothing any more", none, KT_F_message, NULL, NULL, NULL, 0, true, false,
     KT_MATCH_NO, KT_R_NOTHING_CAME, ""},
    {"a reset by name", refused, KT_F_reset, NULL, NULL, "PROTOCOL_ERROR", 0,
     false, false, KT_MATCH_YES, KT_R_NONE, ""},
    {"another reset", refused, KT_F_reset, NULL, NULL, "CANCEL", 0, false,
     false, KT_MATCH_NO, KT_R_MISMATCH, ""},
    {"a frame's code", refused, KT_F_RST_STREAM, "code", "PROTOCOL_ERROR", NULL,
     0, false, false, KT_MATCH_YES, KT_R_NONE, ""},
    {"a stream error", refused, KT_F_stream_error, NULL, NULL, "1", 0, false,
     false, KT_MATCH_YES, KT_R_NONE, ""},
    {"a stream error of another code", refused, KT_F_stream_error, NULL, NULL,
     "CANCEL", 0, false, false, KT_MATCH_NO, KT_R_WRONG_CODE, ""},
    {"a 4xx for a stream error", teapot, KT_F_stream_error, NULL, NULL, "1", 0,
     false, false, KT_MATCH_YES, KT_R_NONE, "http-status"},
    {"a connection error for a stream error", away, KT_F_stream_error, NULL,
     NULL, "COMPRESSION_ERROR", 0, false, false, KT_MATCH_YES, KT_R_NONE,
     "connection-error"},
    {"a connection error", away, KT_F_connection_error, NULL, NULL, "9", 0,
     false, false, KT_MATCH_YES, KT_R_NONE, ""},
    {"a connection error of another code", away, KT_F_connection_error, NULL,
     NULL, "PROTOCOL_ERROR", 0, false, false, KT_MATCH_NO, KT_R_WRONG_CODE, ""},
    {"a bare close names no code", bare, KT_F_connection_error, NULL, NULL, "9",
     0, false, false, KT_MATCH_NO, KT_R_BARE_CLOSE, ""},
    {"unless the control has passed", bare, KT_F_connection_error, NULL, NULL,
     "9", 0, false, true, KT_MATCH_YES, KT_R_NONE, "bare-close"},
    {"so does NO_ERROR", graceful, KT_F_connection_error, NULL, NULL, "9", 0,
     false, false, KT_MATCH_NO, KT_R_BARE_CLOSE, ""},
    {"which is as good as a bare close", graceful, KT_F_connection_error, NULL,
     NULL, "9", 0, false, true, KT_MATCH_YES, KT_R_NONE, "bare-close"},
    {"a code behind NO_ERROR", both, KT_F_connection_error, NULL, NULL,
     "PROTOCOL_ERROR", 0, false, false, KT_MATCH_YES, KT_R_NONE, ""},
    {"another code behind NO_ERROR", both, KT_F_connection_error, NULL, NULL,
     "9", 0, false, true, KT_MATCH_NO, KT_R_WRONG_CODE, ""},
    {"a reset is no connection error", refused, KT_F_connection_error, NULL,
     NULL, "1", 0, false, false, KT_MATCH_NO, KT_R_BARE_CLOSE, ""},
    {"a sum of frames", sums, KT_F_DATA, NULL, NULL, NULL, 5, false, false,
     KT_MATCH_YES, KT_R_NONE, ""},
    {"a sum that is passed", sums, KT_F_DATA, NULL, NULL, NULL, 4, false, false,
     KT_MATCH_NO, KT_R_MISMATCH, ""},
    {"a sum not reached", sums, KT_F_DATA, NULL, NULL, NULL, 6, false, false,
     KT_MATCH_WAIT, KT_R_NONE, ""},
};

static void check(const struct row *r)
{
    struct kt_tape tape = {0};
    const struct kt_names names = {.stream = stream_of};
    struct kt_field f =
        test_field(r->field ? r->field : "", r->value ? r->value : "");
    const struct kt_wire w = {
        .frame = r->frame,
        .fields = {&f, r->field ? 1 : 0},
        .has_codes = r->code != NULL,
        .codes = test_lit(r->code ? r->code : ""),
        .has_sum = r->sum > 0,
        .sum_lo = r->sum,
        .sum_hi = r->sum,
        .word = (char *)(uintptr_t) "",
    };
    const struct kt_match_how how = {
        .stream = &tape,
        .connection = &tape,
        .tape = &tape,
        .names = &names,
        .ended = r->ended,
        .bare_ok = r->bare_ok,
        .passable = read_only,
    };
    struct kt_found found;

    test_tape(&tape, r->tape, false);
    const enum kt_match m = kt_match_wire(&w, &how, &found);

    cr_expect_eq(m, r->want, "%s: %d (%s)", r->name, (int)m,
                 kt_buf_cstr(&found.got));
    if (m == KT_MATCH_NO)
        cr_expect_eq(found.reason, r->reason, "%s: %s", r->name,
                     kt_reason_code(found.reason));
    cr_expect_str_eq(found.label, r->label, "%s: %s", r->name, found.label);
    kt_found_fini(&found);
    test_tape_fini(&tape);
}

Test(match, each_line_takes_what_it_names)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

Test(match, an_entry_is_taken_once)
{
    struct kt_tape tape = {0};
    const struct kt_names names = {.stream = stream_of};
    struct kt_match_how how = {
        .tape = &tape, .names = &names, .passable = read_only};
    const struct kt_wire w = {.frame = KT_F_message};
    struct kt_found found;

    test_tape(&tape, talk, false);
    how.peek = true;
    cr_expect_eq(kt_match_wire(&w, &how, &found), KT_MATCH_YES);
    kt_found_fini(&found);
    how.peek = false;
    cr_expect_eq(kt_match_wire(&w, &how, &found), KT_MATCH_YES);
    cr_expect_eq(found.entry->ev->length, 1u, "peeking took nothing");
    kt_found_fini(&found);
    cr_expect_eq(kt_match_wire(&w, &how, &found), KT_MATCH_YES);
    cr_expect_eq(found.entry->ev->length, 2u);
    kt_found_fini(&found);
    cr_expect_eq(kt_match_wire(&w, &how, &found), KT_MATCH_WAIT);
    kt_found_fini(&found);
    test_tape_fini(&tape);
}

Test(match, fields_of_headers)
{
    struct test_event *t = test_event(talk[6]);
    const struct kt_names names = {.stream = stream_of};
    struct kt_field two[] = {test_field("x-a", "1"), test_field("x-a", "2")};
    struct kt_field swapped[] = {test_field("x-a", "2"),
                                 test_field("x-a", "1")};
    struct kt_field any = test_field("x-a", "2");
    struct kt_field no = {.name = (char *)(uintptr_t) "x-b", .absent = true};
    struct kt_field code = test_field("grpc-status", "OK");
    struct kt_buf why = {.limit = 1000};

    cr_expect(kt_fields_match(&(struct kt_fields){two, 2}, &t->ev, &names, 0));
    cr_expect_not(
        kt_fields_match(&(struct kt_fields){swapped, 2}, &t->ev, &names, &why),
        "twice on the line: in that order");
    cr_expect_str_eq(kt_buf_cstr(&why), "x-a=2, got 1");
    cr_expect(kt_fields_match(&(struct kt_fields){&any, 1}, &t->ev, &names, 0));
    cr_expect(kt_fields_match(&(struct kt_fields){&no, 1}, &t->ev, &names, 0));
    cr_expect(
        kt_fields_match(&(struct kt_fields){&code, 1}, &t->ev, &names, 0));
    no.name = (char *)(uintptr_t) "x-a";
    cr_expect_not(
        kt_fields_match(&(struct kt_fields){&no, 1}, &t->ev, &names, 0));
    kt_buf_fini(&why);
    test_event_free(t);
}

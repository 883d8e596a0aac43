/* Claims about events as lines of text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "vec.h"
#include "wire/event.h"

static struct vec v[VEC_MAX];

/* Print the parsed line; false with the error when it is no line. */
static bool reprint(const char *line, struct kt_event_store *st,
                    struct kt_buf *b, struct kt_err *e)
{
    struct kt_event ev;

    kt_buf_clear(b);
    if (kt_event_parse(line, st, &ev, e) != KT_DONE)
        return false;
    cr_assert(kt_event_print(b, &ev, SIZE_MAX));
    return true;
}

Test(event, a_line_survives_parse_and_print)
{
    const size_t n = vec_load(v, "lines.vec");
    struct kt_event_store st;
    struct kt_buf b;
    struct kt_err e;

    kt_event_store_init(&st);
    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        const bool ok = reprint(v[i].want, &st, &b, &e);

        cr_expect(ok, "%s: %s at %zu %s", v[i].name, kt_code_name(e.code), e.at,
                  e.detail);
        if (ok)
            vec_expect(&v[i], kt_buf_cstr(&b));
    }
    kt_event_store_fini(&st);
    kt_buf_fini(&b);
}

Test(event, a_line_written_by_hand_is_printed_in_full)
{
    const size_t n = vec_load(v, "looselines.vec");
    struct kt_event_store st;
    struct kt_buf b;
    struct kt_err e;

    kt_event_store_init(&st);
    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        char *arrow = strstr(v[i].want, " => ");

        must(arrow != NULL);
        *arrow = '\0';
        const bool ok = reprint(v[i].want, &st, &b, &e);
        cr_expect(ok, "%s: %s at %zu %s", v[i].name, kt_code_name(e.code), e.at,
                  e.detail);
        if (ok)
            cr_expect_str_eq(kt_buf_cstr(&b), arrow + 4,
                             "%s: want %s\n  got %s", v[i].name, arrow + 4,
                             kt_buf_cstr(&b));
    }
    kt_event_store_fini(&st);
    kt_buf_fini(&b);
}

/* The golden lines of frames were made from bytes: from the line, the same
 * bytes come back, but for header blocks that the line has as fields. */
Test(event, the_line_of_a_frame_gives_its_bytes_back)
{
    const size_t n = vec_load(v, "frame.vec");
    struct kt_event_store st;
    struct kt_buf b;
    struct kt_err e;
    size_t tried = 0;

    kt_event_store_init(&st);
    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        const char *used = strstr(v[i].want, " used=");
        const char *line = used ? strchr(used + 1, ' ') : NULL;
        uint8_t raw[300];
        struct kt_cur in = vec_hex(&v[i], raw, sizeof raw);
        struct kt_event ev;

        if (line == NULL)
            continue;
        cr_expect(reprint(line + 1, &st, &b, &e), "%s: %s at %zu", v[i].name,
                  kt_code_name(e.code), e.at);
        cr_expect_str_eq(kt_buf_cstr(&b), line + 1);
        if (kt_event_parse(line + 1, &st, &ev, &e) != KT_DONE ||
            strstr(v[i].want, "used=0") != NULL)
            continue;
        cr_expect_eq(ev.frame.head.length, kt_peek_u24(raw), "%s", v[i].name);
        const struct kt_cur payload =
            kt_cur_of(in.p + KT_FRAME_HEAD, ev.frame.head.length);
        if (ev.frame.pad == 0 && strstr(v[i].name, "reserved") == NULL &&
            strcmp(v[i].name, "goaway-max") != 0)
            cr_expect(kt_cur_eq(ev.frame.payload, payload), "%s", v[i].name);
        tried++;
    }
    cr_assert(tried > 40);
    kt_event_store_fini(&st);
    kt_buf_fini(&b);
}

Test(event, a_line_that_is_none_is_refused_where_it_is_wrong)
{
    const size_t n = vec_load(v, "badlines.vec");
    struct kt_event_store st;
    struct kt_buf b;
    struct kt_err e;
    char got[60];

    kt_event_store_init(&st);
    kt_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (reprint(v[i].want, &st, &b, &e))
            snprintf(got, sizeof got, "DONE");
        else
            snprintf(got, sizeof got, "%s@%zu", kt_code_name(e.code), e.at);
        cr_expect_str_eq(got, v[i].arg, "%s: got %s, want %s: %s", v[i].name,
                         got, v[i].arg, v[i].want);
    }
    cr_expect_not(reprint("", &st, &b, &e));
    cr_expect_eq(e.code, KT_E_SYNTAX);
    kt_event_store_fini(&st);
    kt_buf_fini(&b);
}

static void expect_print(const struct kt_event *ev, size_t max,
                         const char *want)
{
    struct kt_buf b;

    kt_buf_init(&b, 1000);
    cr_assert(kt_event_print(&b, ev, max));
    cr_expect_str_eq(kt_buf_cstr(&b), want, "want %s\n  got %s", want,
                     kt_buf_cstr(&b));
    kt_buf_fini(&b);
}

Test(event, a_long_payload_is_cut_and_says_so)
{
    const struct kt_cur five = kt_cur_of("hello", 5);
    struct kt_event ev = {
        .kind = KT_EV_MESSAGE, .stream = 1, .length = 5, .body = five};

    expect_print(&ev, 5,
                 "message stream=1 compressed=0 length=5 "
                 "payload=hex:68656c6c6f");
    expect_print(&ev, 4,
                 "message stream=1 compressed=0 length=5 "
                 "payload=hex:68656c6c…(+1)");
    expect_print(&ev, 0,
                 "message stream=1 compressed=0 length=5 payload=hex:…(+5)");
    ev = (struct kt_event){.kind = KT_EV_FRAME};
    ev.frame.head.type = KT_FT_GOAWAY;
    ev.frame.body = five;
    expect_print(&ev, 2, "GOAWAY last=0 code=NO_ERROR data=\"he\"…(+3)");
}

/* As a session library gives them: no payload, no lengths. */
Test(event, a_record_made_from_fields_is_printed_by_its_fields)
{
    struct kt_event ev = {.kind = KT_EV_FRAME, .stream = 1};

    ev.frame.head = (struct kt_fhead){.type = KT_FT_RST_STREAM, .stream = 1};
    ev.frame.code = KT_H2_REFUSED_STREAM;
    expect_print(&ev, 9, "RST_STREAM stream=1 code=REFUSED_STREAM");
    ev.frame.head = (struct kt_fhead){.type = KT_FT_WINDOW_UPDATE};
    ev.frame.increment = 65535;
    expect_print(&ev, 9, "WINDOW_UPDATE stream=0 increment=65535");
    ev.frame.head = (struct kt_fhead){
        .type = KT_FT_DATA, .stream = 1, .length = 7, .flags = 1};
    expect_print(&ev, 9, "DATA stream=1 flags=+END_STREAM length=7");
    ev.frame.head = (struct kt_fhead){.type = KT_FT_SETTINGS};
    ev.frame.body = kt_cur_of("\0\4\0\0\0\1", 6);
    expect_print(&ev, 9, "SETTINGS initial-window=1");
}

Test(event, trailers_only_is_known_by_its_status_line)
{
    struct kt_event_store st;
    struct kt_event ev;
    struct kt_err e;

    kt_event_store_init(&st);
    cr_assert_eq(kt_event_parse("trailers stream=9 :status=200 grpc-status=0",
                                &st, &ev, &e),
                 KT_DONE);
    cr_expect(ev.trailers_only && ev.stream == 9 && ev.fields->n == 2);
    cr_assert_eq(kt_event_parse("trailers grpc-status=0", &st, &ev, &e),
                 KT_DONE);
    cr_expect_not(ev.trailers_only);
    kt_event_store_fini(&st);
}

static bool there_and_back(void)
{
    static const char *const lines[] = {
        "headers a=b",
        "DATA stream=1 length=2 data=hex:0001",
        "SETTINGS initial-window=1",
        "PING data=0102030405060708",
        "RST_STREAM stream=1 code=CANCEL",
    };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof lines / sizeof *lines; i++) {
        struct kt_event_store st;
        struct kt_event ev;
        struct kt_buf b;
        struct kt_err e;

        kt_event_store_init(&st);
        kt_buf_init(&b, 1000);
        ok = kt_event_parse(lines[i], &st, &ev, &e) == KT_DONE;
        cr_expect(ok || e.code == KT_E_NOMEM, "%s", lines[i]);
        ok = ok && kt_event_print(&b, &ev, 100);
        cr_expect(ok || kt_buf_size(&b) == 0);
        kt_event_store_fini(&st);
        kt_buf_fini(&b);
    }
    return ok;
}

Test(event, out_of_memory_is_said)
{
    vec_sweep(there_and_back);
}

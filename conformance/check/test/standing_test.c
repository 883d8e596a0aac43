/* Each standing check stays silent on a good conversation and speaks on the
 * fault that is its own. SPDX-License-Identifier: Apache-2.0 */
#include "check/standing.h"
#include "script.h"
#include <criterion/criterion.h>

#define REQUEST                                                                \
    "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n> SETTINGS\n"       \
    "< SETTINGS max-frame=16384\n< SETTINGS ack=yes\n> SETTINGS ack=yes\n"     \
    "> HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"                     \
    "> headers stream=1 :method=POST :scheme=http "                            \
    ":path=/echo.TestService/Echo "                                            \
    ":authority=x content-type=application/grpc+thrift te=trailers\n"
#define HEAD                                                                   \
    "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"                     \
    "< headers stream=1 :status=200 content-type=application/grpc+thrift\n"
#define TRAILERS                                                               \
    "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS hpack=hex:82\n"         \
    "< trailers stream=1 grpc-status=0 grpc-message=\"\"\n"
#define DATA "DATA stream=1 length=6 data=hex:000000000100\n"
#define MESSAGE "message stream=1 compressed=0 length=1 payload=hex:00\n"

struct row {
    const char *name;
    bool server; /* the SUT */
    const char *lines;
    const char *want; /* rules that speak, in order, each with a space */
};

static const struct row rows[] = {
    {"a good server", true,
     REQUEST "> " DATA "> " MESSAGE HEAD "< " DATA "< " MESSAGE TRAILERS, ""},
    {"a good client", false,
     REQUEST "> " DATA "> " MESSAGE HEAD "< " DATA "< " MESSAGE TRAILERS, ""},
    {"trailers-only", true,
     REQUEST "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS hpack=hex:82\n"
             "< trailers stream=1 :status=200 content-type=application/grpc "
             "grpc-status=13 grpc-message=no\n",
     ""},
    {"an answer to HTTP, not gRPC", true,
     REQUEST "< HEADERS stream=1 flags=+END_STREAM,+END_HEADERS hpack=hex:82\n"
             "< trailers stream=1 :status=415 content-type=text/plain\n",
     ""},
    {"a body of HTTP, not of gRPC", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=415 content-type=text/html\n"
             "< message stream=1 compressed=1 length=1 payload=hex:00\n"
             "< half-close stream=1\n",
     ""},
    {"no SETTINGS first", true, "< PING data=0102030405060708\n", "STD-2 "},
    {"an ack first", true, "< SETTINGS ack=yes\n", "STD-2 STD-4 "},
    {"no preface", false, "> SETTINGS\n", "STD-2 "},
    {"an ack too many", true, REQUEST "< SETTINGS ack=yes\n", "STD-4 "},
    {"enable-push of a server", true, "< SETTINGS enable-push=1\n", "STD-4 "},
    {"max-frame too small", true, "< SETTINGS max-frame=100\n", "STD-4 "},
    {"an open block", true,
     REQUEST "< HEADERS stream=1 flags=-END_HEADERS hpack=hex:82\n"
             "< PING data=0102030405060708\n",
     "STD-3 "},
    {"a stray CONTINUATION", true,
     REQUEST "< CONTINUATION stream=1 flags=+END_HEADERS hpack=hex:82"
             "\n",
     "STD-3 "},
    {"an even id", false,
     REQUEST "> HEADERS stream=4 flags=+END_HEADERS hpack=hex:82\n", "STD-5 "},
    {"an id that goes back", false,
     REQUEST "> HEADERS stream=5 flags=+END_HEADERS hpack=hex:82\n"
             "> HEADERS stream=3 flags=+END_HEADERS hpack=hex:82\n",
     "STD-5 "},
    {"DATA on an idle stream", true, REQUEST "< DATA stream=3 length=0\n",
     "STD-6 "},
    {"RST_STREAM on an idle stream", true,
     REQUEST "< RST_STREAM stream=3 code=CANCEL\n", "STD-6 "},
    {"WINDOW_UPDATE on an idle stream", false,
     REQUEST "> WINDOW_UPDATE stream=3 increment=1\n", "STD-6 "},
    {"RST_STREAM where the other side was", true,
     REQUEST "> DATA stream=3 length=0\n"
             "< RST_STREAM stream=3 code=STREAM_CLOSED\n",
     ""},
    {"a stream behind a GOAWAY", false,
     REQUEST "< GOAWAY last=1 code=NO_ERROR\n< SETTINGS\n> SETTINGS ack=yes\n"
             "> HEADERS stream=3 flags=+END_HEADERS hpack=hex:82\n",
     "STD-18 "},
    {"a stream beside a GOAWAY", false,
     REQUEST "< SETTINGS\n< GOAWAY last=1 code=NO_ERROR\n> SETTINGS ack=yes\n"
             "> HEADERS stream=3 flags=+END_HEADERS hpack=hex:82\n",
     ""},
    {"an answer above GOAWAY's last", true,
     REQUEST "< GOAWAY last=0 code=NO_ERROR\n" HEAD, "STD-19 "},
    {"a window too large by SETTINGS", true,
     REQUEST "< WINDOW_UPDATE stream=1 increment=2147400000\n"
             "< SETTINGS initial-window=100000\n",
     "STD-10 "},
    {"another content-length", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=200 content-type=application/grpc "
             "content-length=7\n"
             "< " DATA "< " MESSAGE TRAILERS,
     "STD-20 "},
    {"the right content-length", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=200 content-type=application/grpc "
             "content-length=6\n"
             "< " DATA "< " MESSAGE TRAILERS,
     ""},
    {"DATA after the end", true,
     REQUEST HEAD TRAILERS "< DATA stream=1 length=0\n", "STD-7 "},
    {"DATA after a reset", true,
     REQUEST HEAD "< RST_STREAM stream=1 code=CANCEL\n"
                  "< DATA stream=1 length=0\n",
     "STD-7 "},
    {"two resets", true,
     REQUEST "< RST_STREAM stream=1 code=CANCEL\n"
             "< RST_STREAM stream=1 code=CANCEL\n",
     "STD-7 "},
    {"a reset after trailers", true,
     REQUEST HEAD TRAILERS "< RST_STREAM stream=1 code=NO_ERROR\n", ""},
    {"a frame too long", true, REQUEST HEAD "< DATA stream=1 length=16385\n",
     "STD-8 "},
    {"beyond the stream window", true,
     REQUEST "> SETTINGS initial-window=10\n< SETTINGS ack=yes\n" HEAD
             "< DATA stream=1 length=10\n< DATA stream=1 length=1\n",
     "FLOW-12 "},
    {"either window until the ack", true,
     REQUEST "> SETTINGS initial-window=10\n" HEAD
             "< DATA stream=1 length=16384\n< SETTINGS ack=yes\n",
     ""},
    {"beyond the connection's window", true,
     REQUEST "> SETTINGS initial-window=1000000\n< SETTINGS ack=yes\n" HEAD
             "< DATA stream=1 length=16384\n< DATA stream=1 length=16384\n"
             "< DATA stream=1 length=16384\n< DATA stream=1 length=16384\n",
     "FLOW-12 "},
    {"as far as updates allow", true,
     REQUEST "> SETTINGS initial-window=0\n< SETTINGS ack=yes\n"
             "> WINDOW_UPDATE stream=1 increment=5\n" HEAD
             "< DATA stream=1 length=5\n",
     ""},
    {"a window too large", true,
     REQUEST "< WINDOW_UPDATE stream=0 increment=2147483647\n", "STD-10 "},
    {"an upper-case name", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=200 content-type=application/grpc "
             "X-Up=1\n",
     "STD-9 "},
    {"headers twice", true, REQUEST HEAD HEAD, "STD-11 "},
    {"100, then 200", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=100\n" HEAD,
     ""},
    {"a message before headers", true, REQUEST "< " DATA "< " MESSAGE,
     "STD-11 "},
    {"no content-type", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=200\n",
     "RESP-1 "},
    {"a status in headers", true,
     REQUEST "< HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
             "< headers stream=1 :status=200 content-type=application/grpc "
             "grpc-status=0\n",
     "STD-12 "},
    {"no status", true, REQUEST HEAD "< trailers stream=1 a=b\n", "STD-12 "},
    {"two statuses", true,
     REQUEST HEAD "< trailers stream=1 grpc-status=0 grpc-status=0\n",
     "STD-12 "},
    {"a status that is a name", true,
     REQUEST HEAD "< trailers stream=1 grpc-status=OK\n", "STD-12 "},
    {"a raw message text", true,
     REQUEST HEAD
     "< trailers stream=1 grpc-status=2 grpc-message=\"\\u00e9\"\n",
     "ERR-15 "},
    {"an end without trailers", true,
     REQUEST HEAD "< DATA stream=1 flags=+END_STREAM length=0\n"
                  "< half-close stream=1\n",
     "STD-13 "},
    {"packed without saying so", true,
     REQUEST HEAD "< message stream=1 compressed=1 length=1 payload=hex:00\n",
     "MSG-8 "},
    {"GOAWAY that rises", true,
     REQUEST "< GOAWAY last=1 code=NO_ERROR\n< GOAWAY last=3 code=NO_ERROR\n",
     "STD-15 "},
    {"GOAWAY twice", true,
     REQUEST "< GOAWAY last=2147483647 code=NO_ERROR\n"
             "< GOAWAY last=1 code=NO_ERROR\n",
     ""},
    {"a push", true,
     REQUEST "< PUSH_PROMISE stream=1 flags=+END_HEADERS promised=2 "
             "hpack=hex:82\n",
     "STD-16 "},
    {"too many streams", false,
     REQUEST "< SETTINGS max-concurrent=1\n> SETTINGS ack=yes\n"
             "> HEADERS stream=3 flags=+END_HEADERS hpack=hex:82\n",
     "STD-17 "},
    {"a PING answered", true,
     REQUEST "> PING data=0102030405060708\n"
             "< PING ack=yes data=0102030405060708\n",
     ""},
    {"a PING answered with other bytes", true,
     REQUEST "> PING data=0102030405060708\n"
             "< PING ack=yes data=0102030405060709\n",
     "CONN-11 CONN-11 "}, /* the second: it is never answered */
    {"a PING not answered", true, REQUEST "> PING data=0102030405060708\n",
     "CONN-11 "},
    {"SETTINGS not acked", true, REQUEST "> SETTINGS max-frame=16384\n",
     "CONN-10 "},
    {"GET", false,
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n> SETTINGS\n"
     "> HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
     "> headers stream=1 :method=GET :scheme=http :path=/a/b "
     "content-type=application/grpc te=trailers\n",
     "HDR-2 "},
    {"a foreign content-type", false,
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n> SETTINGS\n"
     "> HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
     "> headers stream=1 :method=POST :scheme=http :path=/a/b "
     "content-type=application/grpcx te=trailers\n",
     "HDR-10 "},
    {"a bad timeout", false,
     "> BYTES \"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\"\n> SETTINGS\n"
     "> HEADERS stream=1 flags=+END_HEADERS hpack=hex:82\n"
     "> headers stream=1 :method=POST :scheme=http :path=/a/b "
     "content-type=application/grpc te=trailers grpc-timeout=1\n",
     "HDR-16 "},
    {"no base64", true,
     REQUEST HEAD "< trailers stream=1 grpc-status=0 x-bin=!!!\n", "META-14 "},
};

static void hear(void *ctx, const char *rule, const char *text)
{
    struct kt_buf *b = ctx;

    (void)text;
    kt_buf_printf(b, "%s ", rule);
}

static void feed(const struct row *row, struct kt_buf *said)
{
    struct kt_standing s;
    char *all = kt_xstrdup(row->lines), *at = all, *line;

    kt_standing_init(&s, row->server, hear, said);
    while ((line = strsep(&at, "\n")) != NULL) {
        struct test_event *t = *line ? test_event(line) : NULL;

        if (!t)
            continue;
        kt_standing_on(&s, t->to_server != row->server, &t->ev);
        test_event_free(t);
    }
    kt_standing_settle(&s);
    kt_standing_fini(&s);
    kt_free(all);
}

Test(standing, each_check_speaks_on_its_fault_only)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kt_buf said = {.limit = 4096};

        feed(&rows[i], &said);
        cr_expect_str_eq(kt_buf_cstr(&said), rows[i].want,
                         "%s: said \"%s\", want \"%s\"", rows[i].name,
                         kt_buf_cstr(&said), rows[i].want);
        kt_buf_fini(&said);
    }
}

Test(standing, broken_bytes_end_all_checks)
{
    struct kt_buf said = {.limit = 4096};
    struct kt_standing s;
    struct kt_err err;

    kt_standing_init(&s, true, hear, &said);
    kt_bad(&err, KT_E_COMPRESSION, KT_SCOPE_CONN, 0, NULL);
    kt_standing_broken(&s, 0, &err);
    kt_standing_broken(&s, 0, &err);
    cr_expect_str_eq(kt_buf_cstr(&said), "STD-1 ");
    kt_standing_fini(&s);
    kt_buf_fini(&said);
}

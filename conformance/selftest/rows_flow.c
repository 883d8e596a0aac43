/* Mutants of flow control, and of how a connection begins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_flow[] = {
    {"stream-window-taken-for-more", "FLOW-1", "A stream's window is taken for 1,000,000 where the peer says nothing.", B, .ways = IN, FRAME(setting_added, .n = KT_SET_INITIAL_WINDOW, .n2 = 1000000)},
    {"connection-window-taken-for-more", "FLOW-1", "Only the connection's window is taken for more.", B, .ways = IN, FRAME(four_behind, .n = KT_FT_SETTINGS, .n2 = KT_FT_WINDOW_UPDATE, SECOND)},
    {"frame-of-20000", "FLOW-2", "A DATA frame has 20,000 bytes.", B, .ways = OUT, MESSAGE(frame_max, SECOND, .n2 = 20000)},
    {"long-frame-unanswered", "FLOW-3", "A frame above the limit is ignored, and all that follows.", B, .ways = IN, .seams = KT_SEAM_LONG, .wire = kt_fault_ignored},
    {"long-frame-other-code", "FLOW-3", "Only its code is another.", B, .ways = OUT, FRAME(code_becomes, SECOND, .n = KT_H2_FRAME_SIZE_ERROR, .n2 = KT_H2_PROTOCOL_ERROR)},
    {"credit-at-once", "FLOW-4", "The stream's window is given back on arrival, read or not.", B, .ways = IN, FRAME(credit_at_once, .n = KT_FT_DATA)},
    {"credit-at-once-above-32-kib", "FLOW-4", "Only behind 32 KiB of a stream.", B, .ways = IN, FRAME(credit_at_once, SECOND, .n = KT_FT_DATA, .n2 = 32 << 10)},
    {"dead-stream-not-credited", "FLOW-5", "The connection's window is not given back.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"no-window-updates", "FLOW-6", "No window is given back.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"fails-above-64-kib", "FLOW-6", "Only above 64 KiB, a stream is reset.", B, .ways = OUT, FRAME(reset_above, .n = KT_FT_DATA, SECOND, .n2 = 64 << 10)},
    {"client-overrun-other-code", "FLOW-7", "DATA beyond the window has another code.", C, .ways = OUT, FRAME(code_becomes, .n = KT_H2_FLOW_CONTROL_ERROR, .n2 = KT_H2_INTERNAL_ERROR)},
    {"client-overrun-is-eof", "FLOW-7", "Only its Recv gives the clean end.", C, TURN(answer, .name1 = "recv", .path = "error", .value = "{\"eof\":true}", SECOND)},
    {"overrun-other-code", "FLOW-8", "DATA beyond the window has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_CONNECT_ERROR)},
    {"window-setting-ignored", "FLOW-12", "The peer's initial window is taken for 65535.", B, .ways = IN, FRAME(window, .n2 = 65535)},
    {"overflow-ignored", "FLOW-13", "An increment of 2^31-1 is ignored.", B, .ways = IN, FRAME(increment_ignored, .n2 = 0x7fffffff)},
    {"overflow-by-setting-ignored", "FLOW-13", "Only by a setting a window may grow beyond 2^31-1.", B, .ways = IN, FRAME(setting_above, SECOND, .n = KT_SET_INITIAL_WINDOW, .n2 = 1 << 30)},
    {"overflow-other-code", "FLOW-13", "A window that is too large has another code.", B, .ways = OUT, FRAME(code_becomes, .n = KT_H2_FLOW_CONTROL_ERROR, .n2 = KT_H2_PROTOCOL_ERROR)},
    {"short-data-refused", "FLOW-15", "DATA shorter than a prefix costs the stream.", B, .ways = IN, FRAME(short_data, .n = KT_FT_DATA)},
    {"half-close-in-headers", "FLOW-16", "The half-close is a HEADERS frame.", C, .ways = OUT, FRAME(end_by_headers, .n = KT_FT_DATA, .value = "end")},
    {"window-update-lost", "FLOW-18", "The peer's WINDOW_UPDATE is lost.", B, .ways = IN, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"loss-leaves-send", "FLOW-19", "A handler's Send that waits never returns when its context ends.", S, TURN(silent_if, .name1 = "send", .path = "error")},
    {"late-send-succeeds", "FLOW-19", "A handler's Send that waited succeeds when its context ends.", S, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"blocked-send-keeps-cancel", "FLOW-20", "Only behind DATA, a cancel resets nothing.", C, .ways = OUT, FRAME(lose_behind_data, .n = KT_FT_RST_STREAM, SECOND, .n2 = 1)},
    {"waiting-data-sent", "FLOW-22", "What waited when its stream was reset is sent when a window opens.", B, .ways = IN, FRAME(waiting_data_sent)},
    {"trailers-overtake", "FLOW-23", "Trailers overtake DATA.", S, .ways = OUT, FRAME(later, .n = KT_FT_DATA, .n2 = 1000000)},
    {"headers-wait-for-window", "FLOW-25", "Headers are sent only where a stream's window is not zero.", S, .ways = OUT, FIELDS(waits_for_window)},
    {"headers-wait-behind-data", "FLOW-25", "Only while the connection's window is used up, headers wait.", B, .ways = OUT, FIELDS(waits_behind, SECOND, .n2 = 65535)},
    {"padding-not-counted", "FLOW-26", "Padding is given back to no window.", B, .ways = IN, FRAME(padding_not_counted)},

    {"decides-on-too-few-bytes", "DETECT-1", "Less than eight bytes in the first segment are no HTTP/2.", S, .ways = IN, OPENING(too_few, .n2 = 8)},
    {"foreign-bytes-unanswered", "DETECT-3", "A connection with bytes of no known protocol stays open.", S, .ways = IN, OPENING(foreign_ignored)},
    {"tls-unanswered", "DETECT-3", "Only one that begins like TLS stays open.", S, .ways = IN, OPENING(foreign_ignored, SECOND, .n = 0x16)},
    {"foreign-bytes-cost-all", "DETECT-3", "Bytes of no known protocol cost all connections.", S, .ways = IN, OPENING(foreign_crashes)},
    {"upgrades", "DETECT-4", "An upgrade to h2c is granted.", S, .ways = IN, OPENING(upgrades)},
    {"other-protocol-inside-ignored", "DETECT-4", "Only behind a request, bytes that are no frames are ignored.", S, .ways = IN, .seams = KT_SEAM_LONG, .wire = kt_fault_ignored, SECOND, .n = KT_FT_HEADERS},
    {"preface-in-parts-refused", "DETECT-7", "A preface in more than one segment costs the connection.", S, .ways = IN, OPENING(too_few, .n2 = 24)},
    {"preface-in-many-parts-refused", "DETECT-7", "Only one in more than three segments does.", S, .ways = IN, OPENING(too_many, SECOND, .n2 = 3)},
    {"method-without-streaming-left", "DETECT-10", "A call of a method that does not stream never ends.", S, .ways = OUT, FIELDS(times, .at = KT_AT_TRAILERS, .path = "EchoPingPong", .n2 = 0)},
    {"service-not-looked-at", "DETECT-11", "A method is found under any service.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = ":path", .value = "^/echo[.][A-Za-z]+/Echo$", .value2 = "/echo.TestService/Echo")},
    {"service-in-any-case", "DETECT-11", "Only capitals of a service do not count.", S, .ways = IN, FIELDS(become, SECOND, .at = KT_AT_REQUEST, .name1 = ":path", .value = "^/echo[.]testservice/", .value2 = "/echo.TestService/Echo")},
};
/* clang-format on */
const size_t kt_rows_flow_n = sizeof kt_rows_flow / sizeof *kt_rows_flow;

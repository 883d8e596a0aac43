/* Mutants of a connection: set-up, flow control, HTTP/2 robustness, GOAWAY.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_conn[] = {
    {"client-first-frame-is-ping", "CONN-1", "A PING comes before a client's SETTINGS.", C, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"waits-for-ack", "CONN-4", "A request before the ack of SETTINGS is lost.", S, .ways = IN, FIELDS(before_ack, .at = KT_AT_REQUEST)},
    {"first-frame-is-ping", "CONN-6", "A PING comes before a server's SETTINGS.", S, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"settings-not-acked", "CONN-10", "SETTINGS are not acknowledged.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_SETTINGS, .value = "ack")},
    {"later-settings-not-acked", "CONN-10", "Only the first SETTINGS are acknowledged.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_SETTINGS, .value = "ack", SECOND, .n2 = 2)},
    {"ping-not-answered", "CONN-11", "PING is not answered.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_PING, .value = "ack")},
    {"ping-other-bytes", "CONN-11", "PING is answered with other bytes.", B, .ways = OUT, FRAME(spoil_frame, .n = KT_FT_PING, .value = "ack")},
    {"limit-ignored", "CONN-14", "More streams are open than the server allows.", C, .ways = IN, FRAME(setting, .n = KT_SET_MAX_CONCURRENT, .n2 = 100)},
    {"open-hangs", "CONN-16", "A call that waits for a stream never returns.", C, TURN(silent_if, .name1 = "open", .path = "error")},
    {"goaway-ignored", "CONN-21", "A connection that drains is used for new calls.", C, .ways = IN, FRAME(drop_frame, .n = KT_FT_GOAWAY)},
    {"other-stream-loses", "CONN-38", "Only the second stream of a connection loses its messages.", S, .ways = OUT, MESSAGE(lose_on_stream, SECOND, .n = 1)},

    {"frame-of-20000", "FLOW-2", "A DATA frame has 20,000 bytes.", B, .ways = OUT, MESSAGE(frame_max, SECOND, .n2 = 20000)},
    {"dead-stream-not-credited", "FLOW-5", "The connection's window is not given back.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"no-window-updates", "FLOW-6", "No window is given back.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"fails-above-64-kib", "FLOW-6", "Only above 64 KiB, a stream is reset.", B, .ways = OUT, FRAME(reset_above, .n = KT_FT_DATA, SECOND, .n2 = 64 << 10)},
    {"overrun-other-code", "FLOW-8", "DATA beyond the window has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_CONNECT_ERROR)},
    {"window-setting-ignored", "FLOW-12", "The peer's initial window is taken for 65535.", B, .ways = IN, FRAME(window, .n2 = 65535)},
    {"short-data-refused", "FLOW-15", "DATA shorter than a prefix costs the stream.", B, .ways = IN, FRAME(short_data, .n = KT_FT_DATA)},
    {"half-close-in-headers", "FLOW-16", "The half-close is a HEADERS frame.", C, .ways = OUT, FRAME(end_by_headers, .n = KT_FT_DATA, .value = "end")},
    {"window-update-lost", "FLOW-18", "The peer's WINDOW_UPDATE is lost.", B, .ways = IN, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"blocked-send-keeps-cancel", "FLOW-20", "Only behind DATA, a cancel resets nothing.", C, .ways = OUT, FRAME(lose_behind_data, .n = KT_FT_RST_STREAM, SECOND, .n2 = 1)},
    {"trailers-overtake", "FLOW-23", "Trailers overtake DATA.", S, .ways = OUT, FRAME(later, .n = KT_FT_DATA, .n2 = 1000000)},

    {"cut-at-goaway", "GOAWAY-3", "A graceful stop cuts its connections.", S, .ways = OUT, FRAME(cut_behind, .n = KT_FT_GOAWAY)},
    {"stop-resets-nothing", "GOAWAY-6", "What a stop ends is not reset.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"goaway-hits-all", "GOAWAY-10", "GOAWAY ends the streams up to its last id, too.", C, .ways = IN, FRAME(goaway_last, .n2 = 0)},
    {"goaway-spares-all", "GOAWAY-11", "GOAWAY ends no stream above its last id.", C, .ways = IN, FRAME(goaway_last, .n2 = 0x7fffffff)},

    {"ids-not-judged", "H2-2", "A request on an even stream id is ignored.", S, .ways = IN, FIELDS(lose_even)},
    {"request-trailers-ignored", "H2-3", "Request trailers without END_STREAM are ignored.", S, .ways = IN, FIELDS(lose_block, .n2 = 1)},
    {"second-block-ignored", "H2-4", "A second block without END_STREAM is ignored.", C, .ways = IN, FIELDS(lose_block, .n2 = 1)},
    {"reset-other-code", "H2-5", "A malformed request is reset with another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_CONNECT_ERROR)},
    {"capitals-taken", "H2-5", "A field name in capitals is taken.", S, .ways = IN, FIELDS(lower)},
    {"pseudo-order-taken", "H2-5", "Only the order of pseudo-header fields is not judged.", S, .ways = IN, FIELDS(pseudo_first, SECOND)},
    {"client-takes-capitals", "H2-6", "A field name in capitals is taken.", C, .ways = IN, FIELDS(lower)},
    {"unknown-frame-refused", "H2-7", "A frame of an unknown type costs the connection.", B, .ways = IN, FRAME(kill, .n = KT_FT_CONTINUATION + 1)},
    {"ping-ack-refused", "H2-7", "Only a PING ack that nobody waits for costs the connection.", S, .ways = IN, FRAME(kill, .n = KT_FT_PING, .value = "ack", SECOND)},
    {"frames-after-end-refused", "H2-8", "A RST_STREAM after the end costs the connection.", S, .ways = IN, FRAME(kill_after_end, .n = KT_FT_RST_STREAM)},
    {"goaway-other-code", "H2-9", "A connection error has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"window-zero-other-code", "H2-10", "An increment of 0 has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"continuation-refused", "H2-11", "A header block in more than one frame costs the connection.", S, .ways = IN, FIELDS(cut_off, .n2 = 2)},
    {"te-required", "H2-17", "A request without te is refused.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "!te")},
    {"hpack-other-code", "H2-18", "A header block that cannot be decoded has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"broken-block-ignored", "H2-18", "A header block that cannot be decoded is ignored.", B, .ways = IN, .seams = KT_SEAM_FIELDS | KT_SEAM_BROKEN, .wire = kt_fault_lose_block, .n2 = 1000},
};
/* clang-format on */
const size_t kt_rows_conn_n = sizeof kt_rows_conn / sizeof *kt_rows_conn;

/* Mutants of what is judged in every case.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_standing[] = {
    {"frame-too-short", "STD-1", "A WINDOW_UPDATE has three bytes.", B, .ways = OUT, FRAME(extra, .n = KT_FT_SETTINGS, .n2 = KT_FT_WINDOW_UPDATE)},
    {"begins-with-ping", "STD-2", "A PING comes before SETTINGS.", B, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"block-torn", "STD-3", "A PING stands inside a header block.", B, .ways = OUT, FIELDS(torn_block)},
    {"settings-acked-twice", "STD-4", "SETTINGS are acknowledged twice.", B, .ways = OUT, FRAME(frame_times, .n = KT_FT_SETTINGS, .value = "ack", .n2 = 2)},
    {"even-stream-ids", "STD-5", "A client's stream ids are even.", C, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_FRAME, .wire = kt_fault_even_ids},
    {"stream-of-nobody", "STD-6", "DATA is sent on a stream that nobody opened.", B, .ways = OUT, FRAME(stray_data, .n = KT_FT_SETTINGS)},
    {"reset-of-nobody", "STD-6", "Only behind the second SETTINGS, a stream that nobody opened is reset.", B, .ways = OUT, FRAME(four_behind, SECOND, .at = 99, .n = KT_FT_SETTINGS, .n2 = KT_FT_RST_STREAM)},
    {"window-of-nobody", "STD-6", "A stream that nobody opened is given a window.", B, .ways = OUT, FRAME(four_behind, .at = 99, .n = KT_FT_SETTINGS, .n2 = KT_FT_WINDOW_UPDATE)},
    {"data-behind-end", "STD-7", "DATA follows the end of the stream.", B, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_FRAME, .wire = kt_fault_more_behind},
    {"frame-too-long", "STD-8", "A DATA frame is longer than max-frame.", B, .ways = OUT, MESSAGE(frame_max, SECOND, .n2 = 16385)},
    {"name-in-capitals", "STD-9", "A field name is in capitals.", B, .ways = OUT, FIELDS(upper, .name1 = "content-type")},
    {"window-beyond-limit", "STD-10", "A window grows beyond 2^31-1.", B, .ways = OUT, FRAME(big_window, .n = KT_FT_DATA)},
    {"response-headers-twice", "STD-11", "Response headers come twice.", S, .ways = OUT, FIELDS(times, .at = KT_AT_RESPONSE, .n2 = 2)},
    {"status-twice", "STD-12", "grpc-status stands twice.", S, .ways = OUT, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value2 = "0")},
    {"data-ends-stream", "STD-13", "A response ends on DATA, without trailers.", S, .ways = OUT, FRAME(end_data, .n = KT_FT_DATA)},
    {"message-cut-short", "STD-14", "A message lacks its last byte.", B, .ways = OUT, MESSAGE(shorten)},
    {"goaway-rises", "STD-15", "A last GOAWAY names a higher stream.", S, .ways = OUT, FRAME(goaway_again)},
    {"pushes", "STD-16", "A server pushes.", S, .ways = OUT, FRAME(push, .n = KT_FT_DATA)},
    {"too-many-streams", "STD-17", "More streams are open than the server allows.", C, .ways = IN, FRAME(setting, .n = KT_SET_MAX_CONCURRENT, .n2 = 100)},
    {"goaway-unread", "STD-18", "GOAWAY is not read.", C, .ways = IN, FRAME(drop_frame, .n = KT_FT_GOAWAY)},
    {"answers-above-last", "STD-19", "GOAWAY names no stream, and they are answered.", S, .ways = OUT, FRAME(goaway_last, .n2 = 0)},
    {"answers-above-second-last", "STD-19", "Only the second GOAWAY names none.", S, .ways = OUT, FRAME(goaway_last, SECOND, .n2 = 0)},
    {"content-length-wrong", "STD-20", "A content-length is not that of the DATA.", B, .ways = OUT, FIELDS(set, .at = KT_AT_REQUEST | KT_AT_RESPONSE, .name1 = "content-length", .value = "3")},
    {"second-content-length-wrong", "STD-20", "Only from the second stream on, a content-length is not that of the DATA.", B, .ways = OUT, FIELDS(set, SECOND, .at = KT_AT_REQUEST | KT_AT_RESPONSE, .n = 1, .name1 = "content-length", .value = "3")},
};
/* clang-format on */
const size_t kt_rows_standing_n =
    sizeof kt_rows_standing / sizeof *kt_rows_standing;

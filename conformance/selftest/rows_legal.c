/* Legal variations: odd to look at, and nothing may kill them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_legal[] = {
    {"nothing", "", "The bytes as they are.", B, .seams = KT_SEAM_FRAME, .ways = OUT | IN},
    {"padding", "", "Seven bytes of padding in each DATA.", S, .ways = OUT, FRAME(pad, .n2 = 7)},
    {"data-cut-small", "", "DATA in frames of three bytes.", B, .ways = OUT, FRAME(split, .n2 = 3)},
    {"continuation", "", "Header blocks in frames of forty bytes.", B, .ways = OUT, FIELDS(block_cut, .n2 = 40)},
    {"literals", "", "Header fields without index and Huffman code.", B, .ways = OUT, FIELDS(nothing)},
    {"unknown-frame", "", "A frame of an unknown type behind SETTINGS.", B, .ways = OUT, FRAME(extra, .n = KT_FT_SETTINGS, .n2 = 0x55)},
    {"own-ping", "", "A PING of its own behind SETTINGS.", B, .ways = OUT, FRAME(extra, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"extra-header", "", "A further field in request and response.", B, .ways = OUT, FIELDS(set, .at = KT_AT_REQUEST | KT_AT_RESPONSE, .name1 = "x-extra", .value = "1")},
    {"extra-trailer", "", "A further field in trailers.", S, .ways = OUT, FIELDS(set, .at = KT_AT_TRAILERS, .name1 = "x-extra", .value = "1")},
    {"date-field", "", "A date in response headers.", S, .ways = OUT, FIELDS(set, .at = KT_AT_RESPONSE, .name1 = "date", .value = "Tue, 03 Mar 2026 00:00:00 GMT")},
    {"encoding-identity", "", "grpc-encoding is identity.", B, .ways = OUT, FIELDS(further, .at = KT_AT_REQUEST | KT_AT_RESPONSE, .name1 = "grpc-encoding", .value2 = "identity", .with = "!grpc-encoding")},
    {"accepts-identity", "", "Each side offers identity.", B, .ways = OUT, FIELDS(further, .at = KT_AT_REQUEST | KT_AT_RESPONSE, .name1 = "grpc-accept-encoding", .value2 = "identity", .with = "!grpc-accept-encoding")},
    {"segments", "", "Each byte in a segment of its own.", B, .seams = KT_SEAM_WRITE, .ways = OUT},
    {"header-padding", "", "Eleven bytes of padding in HEADERS.", B, .ways = OUT, FIELDS(head_shape, .n = 11)},
    {"header-priority", "", "A priority in HEADERS.", B, .ways = OUT, FIELDS(head_shape, .n2 = 1)},
    {"header-padding-and-priority", "", "Both.", B, .ways = OUT, FIELDS(head_shape, .n = 3, .n2 = 1)},
    {"continuation-of-one", "", "Header blocks in frames of one byte.", B, .ways = OUT, FIELDS(block_cut, .n2 = 1)},
    {"size-update", "", "A table size update to 0 ahead of each header block.", B, .ways = OUT, FIELDS(block_ahead, .value = "20")},
    {"never-indexed", "", "Header fields as never indexed.", B, .ways = OUT, FIELDS(never_indexed)},
    {"fields-backwards", "", "Fields in the opposite order, pseudo-header fields first.", B, .ways = OUT, FIELDS(fields_back)},
    {"data-of-one", "", "DATA in frames of one byte.", B, .ways = OUT, FRAME(split, .n2 = 1)},
    {"empty-data", "", "An empty DATA before DATA.", B, .ways = OUT, FRAME(empty_before, .n = KT_FT_DATA)},
    {"unknown-settings", "", "Settings of unknown ids.", B, .ways = OUT, FRAME(more_settings)},
    {"settings-in-two", "", "Empty SETTINGS behind the first.", B, .ways = OUT | IN, FRAME(settings_again, .n = KT_FT_SETTINGS)},
    {"settings-later", "", "Empty SETTINGS behind the first DATA.", B, .ways = OUT | IN, FRAME(settings_again, .n = KT_FT_DATA)},
    {"ping-between", "", "A PING behind DATA.", B, .ways = OUT, FRAME(each_behind, .n = KT_FT_DATA, .n2 = KT_FT_PING)},
    {"priority-between", "", "A PRIORITY behind DATA.", B, .ways = OUT, FRAME(each_behind, .n = KT_FT_DATA, .n2 = KT_FT_PRIORITY)},
    {"unknown-between", "", "A frame of an unknown type on a stream, behind DATA.", B, .ways = OUT, FRAME(each_behind, .n = KT_FT_DATA, .n2 = 0xbe)},
    {"window-in-two", "", "Each increment in two frames, the first of one byte.", B, .ways = OUT, FRAME(window_halves, .n = KT_FT_WINDOW_UPDATE)},
    {"undefined-flags", "", "A flag that no type defines.", B, .ways = OUT, FRAME(odd_head, .n2 = 0x40)},
    {"reserved-bit", "", "The reserved bit of stream ids.", B, .ways = OUT, FRAME(odd_head, .n = 1)},
    {"goaway-no-error", "", "Each GOAWAY says NO_ERROR, whatever the reason.", B, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_NO_ERROR)},
    {"no-reset-behind-trailers", "", "No RST_STREAM(NO_ERROR) behind early trailers.", S, .ways = OUT, FRAME(no_reset, .n = KT_FT_RST_STREAM)},
};
/* clang-format on */
const size_t kt_rows_legal_n = sizeof kt_rows_legal / sizeof *kt_rows_legal;

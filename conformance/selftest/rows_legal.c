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
    {"segments", "", "Each byte in a segment of its own.", B, .seams = KT_SEAM_WRITE, .ways = OUT},
};
/* clang-format on */
const size_t kt_rows_legal_n = sizeof kt_rows_legal / sizeof *kt_rows_legal;

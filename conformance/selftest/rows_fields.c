/* Mutants of request headers, response headers and trailers, metadata and
 * metainfo. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_fields[] = {
    {"te-missing", "HDR-1", "te is missing.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "te")},
    {"method-get", "HDR-1", ":method is GET.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = ":method", .value = "GET")},
    {"path-without-package", "HDR-3", "The path lacks the package.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = ":path", .value = "/Conformance/Echo")},
    {"bad-path-is-ok", "HDR-6", "A path that names no method ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^12$", .value2 = "0")},
    {"type-plain-grpc", "HDR-10", "The content-type is application/grpc.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "content-type", .value = "application/grpc")},
    {"any-content-type", "HDR-12", "Every content-type is taken.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "application/grpc+thrift")},
    {"content-type-by-prefix", "HDR-12", "Only what follows application/grpc is not judged.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value = "^application/grpc", .value2 = "application/grpc+thrift", SECOND)},
    {"missing-content-type", "HDR-12", "Only a missing content-type is taken.", S, .ways = IN, FIELDS(further, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "application/grpc+thrift", .with = "!content-type", SECOND)},
    {"timeout-nine-digits", "HDR-16", "grpc-timeout has nine digits.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "300000000n")},
    {"units-not-known", "HDR-17", "grpc-timeout is taken for five seconds.", S, .ways = IN, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "5S")},
    {"bad-timeout-ignored", "HDR-18", "A malformed grpc-timeout is ignored.", S, .ways = IN, FIELDS(lose, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "^[0-9]+$|^S|X|[.]|^[0-9]{9}")},
    {"unknown-field-refused", "HDR-28", "A request with an unknown field is refused.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "x-unknown")},

    {"response-type", "RESP-1", "The response's content-type is text.", S, .ways = OUT, FIELDS(change, .at = KT_AT_RESPONSE, .name1 = "content-type", .value = "text/plain")},
    {"response-500", "RESP-2", "The response's :status is 500.", S, .ways = OUT, FIELDS(change, .at = KT_AT_RESPONSE, .name1 = ":status", .value = "500")},
    {"headers-missing", "RESP-2", "Messages come without response headers.", S, .ways = OUT, FIELDS(times, .at = KT_AT_RESPONSE, .n2 = 0)},
    {"trailers-lost-when-only", "RESP-3", "Trailers alone have no status.", S, .ways = OUT, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .with = ":status")},
    {"status-missing", "RESP-4", "Trailers have no grpc-status.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"trailers-without-end", "RESP-6", "Trailers do not end the stream.", S, .ways = OUT, FIELDS(no_end, .at = KT_AT_TRAILERS)},
    {"data-ends-response", "RESP-6", "DATA ends a response.", S, .ways = OUT, FRAME(end_data, .n = KT_FT_DATA)},
    {"set-header-lost", "RESP-7", "A header that the handler set is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_RESPONSE, .name1 = "h1")},
    {"sent-header-lost", "RESP-8", "A header that the handler sent is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_RESPONSE, .name1 = "h")},
    {"header-not-sent-yet", "RESP-8", "Headers wait for the first message.", S, TURN(ask, .name1 = "send-header", .path = "op", .value = "{\"op\":\"set-header\"}")},
    {"trailer-lost", "RESP-10", "A trailer that the handler set is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "t")},
    {"forged-status", "RESP-11", "What a handler sets as grpc-status replaces the status.", S, .ways = OUT, FIELDS(change, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "3")},
    {"trailers-alone-lost", "RESP-13", "The status of trailers alone is lost.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .with = ":status")},
    {"no-status-is-ok", "RESP-18", "Trailers without status are taken for 0.", C, .ways = IN, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value2 = "0", .with = "!grpc-status")},
    {"status-in-headers-counts", "RESP-20", "grpc-status in the first block ends the stream.", C, .ways = IN, FIELDS(ends, .at = KT_AT_RESPONSE, .with = "grpc-status")},
    {"informational-is-final", "RESP-21", "An informational block is taken for the response.", C, .ways = IN, FIELDS(become, .at = KT_AT_RESPONSE, .name1 = ":status", .value = "^1", .value2 = "200")},

    {"metainfo-missing", "META-1", "Transient metainfo is not sent.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world")},
    {"metainfo-underscore", "META-1", "A metainfo key keeps its underscore.", C, .ways = OUT, FIELDS(renamed, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world", .value2 = "rpc-transit-hello_world")},
    {"metainfo-not-seen", "META-2", "Transient metainfo is ignored.", S, .ways = IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world")},
    {"empty-metainfo-passes", "META-4", "Empty metainfo reaches the handler.", S, TURN(add_meta, .name1 = "accept", .path = "EMPTY", .value = "")},
    {"second-value-lost", "META-12", "Only the second value of a name is lost.", B, .ways = OUT | IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "k1", SECOND, .n2 = 1)},
    {"values-swapped", "META-12", "Two values of a name change places.", B, .ways = OUT | IN, FIELDS(swap, .at = KT_AT_REQUEST, .name1 = "k1")},
    {"values-joined", "META-12", "Two values of a name are joined by a comma.", C, .ways = OUT, FIELDS(joined, .at = KT_AT_REQUEST, .name1 = "k1")},
    {"upper-case-name", "META-13", "A metadata name is in capitals.", C, .ways = OUT, FIELDS(upper, .at = KT_AT_REQUEST, .name1 = "k2")},
    {"bin-spoilt", "META-14", "-bin metadata arrives as other bytes.", B, .ways = OUT | IN, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "AAAA")},
    {"bad-base64-cuts", "META-15", "A -bin value that is no base64 costs the connection.", S, .ways = IN, FIELDS(cut_off, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "^!!!$")},
    {"reserved-name-passes", "META-16", "te as metadata replaces the protocol's own.", C, .ways = OUT, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "te", .value2 = "text/plain")},
    {"header-lost", "META-20", "Response headers do not reach the application.", C, TURN(answer, .name1 = "header", .value = "{\"ok\":{\"metadata\":[]}}")},
    {"padding-required", "META-24", "-bin metadata without padding is lost.", S, .ways = IN, FIELDS(lose, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "^AQ$")},
};
/* clang-format on */
const size_t kt_rows_fields_n = sizeof kt_rows_fields / sizeof *kt_rows_fields;

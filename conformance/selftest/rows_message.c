/* Mutants of messages: prefix, payload, unary wrapper, compression.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_message[] = {
    {"length-too-long", "MSG-1", "The prefix's length is one too long.", B, .ways = OUT, MESSAGE(length, .n2 = 1)},
    {"wrapped", "MSG-2", "The struct is wrapped in another.", B, .ways = OUT, MESSAGE(wrap, .n2 = 1)},
    {"empty-struct-as-nothing", "MSG-2", "Only a struct without fields has no bytes at all.", B, .ways = OUT, MESSAGE(struct_is_empty, SECOND)},
    {"unary-field-off", "MSG-4", "The unary wrapper has another field.", B, .ways = OUT, MESSAGE(field_id, .path = "EchoUnary", .n2 = 2)},
    {"no-bytes-is-struct", "MSG-5", "A payload of no bytes is a struct without fields.", B, .ways = IN, MESSAGE(empty_is_struct)},
    {"unknown-field-malformed", "MSG-6", "An unknown field makes a message malformed.", S, .ways = IN, MESSAGE(unknown_refused)},
    {"flag-not-judged", "MSG-8", "A compressed flag without encoding is ignored.", S, .ways = IN, MESSAGE(flag, .n2 = 0)},
    {"fails-above-4-mib", "MSG-9", "Only above 4 MiB, a stream is reset.", B, .ways = OUT, FRAME(reset_above, .n = KT_FT_DATA, SECOND, .n2 = 4 << 20)},
    {"message-twice", "MSG-11", "Each message is sent twice.", B, .ways = OUT, MESSAGE(message_times, .n2 = 2)},
    {"second-message-lost", "MSG-11", "Only the second message is lost.", B, .ways = OUT, MESSAGE(message_times, SECOND, .n = 1, .n2 = 0)},
    {"big-message-spoilt", "MSG-11", "A byte is wrong, above 16,384 bytes only.", B, .ways = OUT, MESSAGE(spoil, SECOND, .n2 = 16384)},
    {"messages-swapped", "MSG-11", "The second message comes before the first.", B, .ways = OUT, MESSAGE(reordered, SECOND)},
    {"client-garbage-is-struct", "MSG-12", "An answer that is no struct is one without fields.", C, .ways = IN, MESSAGE(garbage_is_struct)},
    {"cut-message-ignored", "MSG-15", "A stream that ends inside a message ends well.", B, .ways = IN, .seams = KT_SEAM_REST, .wire = kt_fault_rest_lost},
    {"integers-of-32-bits", "MSG-21", "Integers are cut to 32 bits.", B, TURN(narrow, .name1 = "recv")},

    {"unary-argument-bare", "UNARY-1", "A unary argument is not wrapped.", C, .ways = OUT, MESSAGE(unwrap, .path = "EchoUnary")},
    {"unary-result-bare", "UNARY-2", "A unary result is not wrapped.", S, .ways = OUT, MESSAGE(unwrap, .path = "EchoUnary")},
    {"unary-error-with-message", "UNARY-4", "A unary call that fails has a message in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoUnary", .with = "!biz-status")},
    {"unary-no-request-is-ok", "UNARY-5", "A unary call without its request ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoUnary", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"exception-is-error", "UNARY-8", "A declared exception is a plain error.", S, TURN(ask, .name1 = "return", .path = "exception", .value = "{\"error\":\"oops\"}")},
    {"client-exception-is-error", "UNARY-8", "A declared exception is an error with code 13.", C, TURN(answer, .name1 = "call", .path = "exception", .value = "{\"error\":{\"code\":13,\"message\":\"oops\"}}")},

    {"flag-set", "COMP-1", "The compressed flag is set.", B, .ways = OUT, MESSAGE(flag, .n2 = 1)},
    {"offer-refused", "COMP-6", "An offer of encodings makes a request fail.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "grpc-accept-encoding")},
    {"encoding-not-judged", "COMP-7", "A request in an unknown encoding is taken as it is.", S, .ways = IN, .seams = KT_SEAM_FIELDS | KT_SEAM_MESSAGE, .wire = kt_fault_encoding_ignored, .at = KT_AT_REQUEST, .name1 = "grpc-encoding"},
    {"identity-unknown", "COMP-8", "The encoding identity is unknown.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "grpc-encoding", .value = "^identity$", .value2 = "snappy")},
};
/* clang-format on */
const size_t kt_rows_message_n =
    sizeof kt_rows_message / sizeof *kt_rows_message;

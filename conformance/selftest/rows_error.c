/* Mutants of errors, biz status, events.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_error[] = {
    {"plain-error-off", "ERR-1", "A plain error has another status than 13.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"plain-error-is-2", "ERR-1", "A plain error of a handler is status 2.", S, TURN(ask, .name1 = "return", .path = "error", .value = "{\"status\":{\"code\":2,\"message\":\"boom\"}}")},
    {"status-off-by-one", "ERR-2", "An error status is one too high.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"only-16-is-2", "ERR-2", "Only status 16 is sent as 2.", S, TURN(ask_code, .name1 = "return", .n = KT_GRPC_UNAUTHENTICATED, .n2 = KT_GRPC_UNKNOWN)},
    {"panic-off", "ERR-6", "A panic has another status than 13.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"panic-closes", "ERR-6", "A panic costs the connection.", S, .ways = OUT, FIELDS(cut_off, .at = KT_AT_TRAILERS, .name1 = "grpc-message", .value = "panic")},
    {"unknown-service-off", "ERR-7", "An unknown service has another status.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .path = "Nope", .name1 = "grpc-status")},
    {"unknown-method-off", "ERR-8", "An unknown method has another status.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .path = "Nope", .name1 = "grpc-status")},
    {"garbage-is-struct", "ERR-10", "A payload that is no struct is one without fields.", S, .ways = IN, MESSAGE(garbage_is_struct)},
    {"error-overtakes", "ERR-14", "An error status overtakes the messages.", S, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_MESSAGE, .wire = kt_fault_overtaken, .n2 = 1000000},
    {"message-not-encoded", "ERR-15", "grpc-message is not percent-encoded.", S, .ways = OUT, FIELDS(decode, .at = KT_AT_TRAILERS, .name1 = "grpc-message")},
    {"message-of-error-lost", "ERR-16", "The text of a biz status is empty.", C, TURN(answer, .name1 = "recv", .path = "biz", .value = "{\"biz\":{\"code\":7,\"message\":\"\"}}")},
    {"status-lost", "ERR-17", "Every error status is 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"unknown-status-is-ok", "ERR-17", "Only a status above 16 is taken for 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^(17|20|1000)$", .value2 = "0", SECOND)},
    {"status-word-is-ok", "ERR-18", "A status that is no number is taken for 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "[^0-9]", .value2 = "0")},
    {"http-status-lost", "ERR-19", "Every HTTP error is status 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"reset-code-lost", "ERR-20", "Every reset is status 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"lost-connection-is-13", "ERR-22", "The loss of the connection is code 13.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_UNAVAILABLE, .n2 = KT_GRPC_INTERNAL)},

    {"biz-status-missing", "BIZ-1", "A biz status has no biz-status.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "biz-status")},
    {"biz-status-wrong", "BIZ-2", "biz-status is another number.", S, .ways = OUT, FIELDS(change, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "4711")},
    {"biz-code-unsigned", "BIZ-2", "Only a negative biz-status is written without its sign.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^-1$", .value2 = "4294967295", SECOND)},
    {"biz-beside-ok", "BIZ-3", "A biz status stands beside status 0.", S, .ways = OUT, FIELDS(biz_ok, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0")},
    {"biz-message-raw", "BIZ-4", "The message of a biz status is not percent-encoded.", S, .ways = OUT, FIELDS(decode, .at = KT_AT_TRAILERS, .name1 = "grpc-message")},
    {"biz-extra-missing", "BIZ-5", "biz-extra is left out.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "biz-extra")},
    {"biz-extra-always", "BIZ-5", "biz-extra is there although there is no extra.", S, .ways = OUT, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "biz-extra", .value2 = "{}", .with = "!biz-extra")},
    {"biz-takes-back", "BIZ-7", "Only behind messages, a biz status is none.", S, .ways = OUT, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", SECOND, .n = 1)},
    {"biz-with-message", "BIZ-8", "A unary biz status has a message in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoUnary", .with = "biz-status")},
    {"biz-is-status", "BIZ-9", "A biz status is an error with code 13.", C, TURN(answer, .name1 = "recv", .path = "biz", .value = "{\"error\":{\"code\":13,\"message\":\"biz\"}}")},
    {"biz-forged", "BIZ-11", "biz-status stands in every trailers.", S, .ways = OUT, FIELDS(set, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "9")},
    {"biz-beside-ok-counts", "BIZ-11", "biz-status counts beside status 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^0$", .value2 = "13", .with = "biz-status")},
    {"biz-zero-is-none", "BIZ-12", "biz-status 0 is no biz status.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^0$")},
    {"biz-without-extra-is-none", "BIZ-13", "A biz status without extra is none.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", .with = "!biz-extra")},
    {"biz-malformed-is-zero", "BIZ-14", "A biz-status that is no integer is 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^$|[^0-9-]", .value2 = "0")},

    {"start-comes-last", "TRACE-1", "RPCStart comes behind the messages.", C, TURN(event_last, .name1 = "events", .value = "rpc-start")},
    {"finish-twice", "TRACE-2", "RPCFinish comes twice.", C, TURN(event_twice, .name1 = "events", .value = "rpc-finish")},
    {"finish-missing", "TRACE-3", "RPCFinish does not come.", C, TURN(event_lost, .name1 = "events", .value = "rpc-finish")},
    {"finish-with-biz", "TRACE-4", "A biz status is an error to RPCFinish.", C, TURN(event_field, .name1 = "events", .value = "rpc-finish", .path = "error", .value2 = "biz")},
    {"recv-event-missing", "TRACE-7", "A Recv gives no event.", C, TURN(event_lost, .name1 = "events", .value = "stream-recv")},
    {"event-counts-prefix", "TRACE-10", "The size of an event counts the prefix.", C, TURN(event_field, .name1 = "events", .value = "stream-send", .path = "size", .value2 = "15")},
};
/* clang-format on */
const size_t kt_rows_error_n = sizeof kt_rows_error / sizeof *kt_rows_error;

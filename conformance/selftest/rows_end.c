/* Mutants of the end of a stream: half-close, status, cancellation, deadlines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"

/* clang-format off */
const struct kt_mutant kt_rows_end[] = {
    {"half-close-not-sent", "EOF-1", "The half-close is not sent.", C, .ways = OUT, FRAME(no_end_data)},
    {"half-close-twice", "EOF-2", "The half-close is written twice.", C, .ways = OUT, FRAME(frame_times, .n = KT_FT_DATA, .value = "end", .n2 = 2)},
    {"send-after-half-close-ok", "EOF-3", "A Send after the half-close succeeds.", C, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"ends-at-half-close", "EOF-4", "The server ends the stream when the client half-closes.", S, .ways = IN, FRAME(early_end)},
    {"half-close-not-seen", "EOF-5", "The client's END_STREAM on DATA is lost.", S, .ways = IN, FRAME(no_end_data)},
    {"server-eof-is-error", "EOF-5", "The handler's Recv gives an error at half-close.", S, TURN(answer, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"half-close-first-not-seen", "EOF-6", "A half-close before the first message is lost.", S, .ways = IN, FRAME(no_end_data)},
    {"eof-is-error", "EOF-7", "Recv gives an error at the clean end.", C, TURN(answer, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"error-is-eof", "EOF-8", "Recv gives the end in place of an error.", C, TURN(answer, .name1 = "recv", .path = "error", .value = "{\"eof\":true}")},
    {"status-ok-is-2", "EOF-9", "A handler's end without error is status 2.", S, .ways = OUT, FIELDS(ok_to_two, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0")},
    {"second-stream-status", "EOF-9", "Only the second stream of a connection ends with status 2.", S, .ways = OUT, FIELDS(ok_to_two, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0", SECOND, .n = 1)},
    {"unread-costs-connection", "EOF-12", "Messages that nobody read cost the connection.", S, .ways = OUT, FIELDS(unread, .at = KT_AT_TRAILERS)},
    {"late-send-ok", "EOF-13", "A Send after the end succeeds.", C, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"end-on-data-is-ok", "EOF-15", "A response that ends on DATA ends well.", C, .ways = IN, FRAME(end_is_ok, .n = KT_FT_DATA, .value = "end")},
    {"reset-is-ok", "EOF-16", "A reset with NO_ERROR ends well.", C, .ways = IN, FRAME(end_is_ok, .n = KT_FT_RST_STREAM)},
    {"message-after-end", "EOF-17", "Only a Recv behind the end gives a message.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"ok\":{\"message\":{\"json\":{\"message\":\"a\"}}}}")},
    {"send-after-return-ok", "EOF-19", "A Send after the handler's return succeeds.", S, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"second-recv-differs", "EOF-20", "Only the second Recv of an end is an error.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"end-before-message", "EOF-21", "Only the first Recv gives the end, in place of a message.", C, TURN(answer, SECOND, .n = 0, .name1 = "recv", .path = "ok", .value = "{\"eof\":true}")},
    {"open-without-half-close", "EOF-22", "Only a server-streaming call lacks its half-close.", C, .ways = OUT, FRAME(no_end_on, .n = KT_FT_DATA, .path = "EchoServer", SECOND)},
    {"no-request-is-ok", "EOF-25", "A server-streaming call without its request ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoServer", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"no-close-and-recv", "EOF-27", "Only CloseAndRecv does not half-close.", C, .ways = OUT, FRAME(no_end_on, .n = KT_FT_DATA, .path = "EchoClient", SECOND)},
    {"client-answer-despite-error", "EOF-28", "The answer is given although an error follows it.", C, TURN(answer, .name1 = "close-and-recv", .path = "error", .value = "{\"ok\":{\"message\":{\"json\":{\"message\":\"r\"}}}}")},
    {"client-stream-error-lost", "EOF-30", "In client streaming an error is taken for status 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoClient", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"client-stream-error-with-message", "EOF-32", "A client stream that fails has an answer in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoClient", .with = "!biz-status")},
    {"early-answer-fails", "EOF-33", "Only before the half-close, an answer ends with status 13.", S, .ways = OUT, FIELDS(early_answer, .at = KT_AT_TRAILERS, .path = "EchoClient", .name1 = "grpc-status", .value2 = "13", SECOND)},

    {"cancel-not-told", "CANCEL-1", "A cancel resets nothing.", C, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"cancel-is-13", "CANCEL-1", "A cancel ends Recv with code 13.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_CANCELLED, .n2 = KT_GRPC_INTERNAL)},
    {"cancel-answers-nothing", "CANCEL-1", "A Recv that is cancelled never returns.", C, TURN(silent_if, .name1 = "recv", .path = "error")},
    {"cancel-other-code", "CANCEL-2", "A cancel resets with another code.", C, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_INTERNAL_ERROR)},
    {"cancel-rewrites-end", "CANCEL-6", "Only a Recv behind the end gives code 1.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":1,\"message\":\"cancelled\"}}")},
    {"reset-not-seen", "CANCEL-7", "The client's RST_STREAM is lost.", S, .ways = IN, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"cancelled-not-told", "CANCEL-8", "A handler that asks is not told of its cancellation.", S, TURN(silent, .name1 = "cancelled")},
    {"writes-after-reset", "CANCEL-10", "DATA is written on a stream that was reset.", S, .ways = IN, FRAME(after_reset)},
    {"lost-connection-not-told", "CANCEL-11", "A handler's Recv never returns when the connection is lost.", S, TURN(silent_if, .name1 = "recv", .path = "error")},
    {"reset-overtakes", "CANCEL-16", "Only a reset overtakes the messages before it.", C, .ways = IN, .seams = KT_SEAM_MESSAGE | KT_SEAM_FRAME, .wire = kt_fault_overtaken, .n2 = 50000000, SECOND},

    {"timeout-missing", "DL-1", "grpc-timeout is missing.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "grpc-timeout")},
    {"timeout-always", "DL-1", "grpc-timeout is there although there is no deadline.", C, .ways = OUT, FIELDS(further, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value2 = "1H", .with = "!grpc-timeout")},
    {"deadline-is-cancel", "DL-2", "A passed deadline has code 1.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_CANCELLED)},
    {"deadline-not-told", "DL-3", "A deadline that passes resets nothing.", C, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"deadline-before-message", "DL-8", "Only the first Recv gives the deadline, in place of a message.", C, TURN(answer, SECOND, .n = 0, .name1 = "recv", .path = "ok", .value = "{\"error\":{\"code\":4,\"message\":\"late\"}}")},
    {"reset-hides-deadline", "DL-9", "A passed deadline is code 1 behind a reset.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_CANCELLED)},
    {"deadline-not-seen", "DL-10", "grpc-timeout is ignored.", S, .ways = IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "grpc-timeout")},
    {"deadline-not-in-context", "DL-10", "The handler's context has no deadline.", S, TURN(forget, .name1 = "accept", .value = "deadline_ms")},
    {"server-deadline-is-13", "DL-11", "A passed deadline has code 13 in the handler.", S, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_INTERNAL)},
};
/* clang-format on */
const size_t kt_rows_end_n = sizeof kt_rows_end / sizeof *kt_rows_end;

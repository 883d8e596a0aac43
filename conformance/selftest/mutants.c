/* The table of mutants, and of the legal variations that nothing may kill.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/faults.h"
#include "wire/status.h"
#include <string.h>

#define S KT_SUT_SERVER
#define C KT_SUT_CLIENT
#define B KT_SUT_BOTH
#define OUT KT_WAY_OUT
#define IN KT_WAY_IN
#define FIELDS(fn, ...)                                                        \
    .seams = KT_SEAM_FIELDS, .wire = kt_fault_##fn, __VA_ARGS__
#define MESSAGE(fn, ...)                                                       \
    .seams = KT_SEAM_MESSAGE, .wire = kt_fault_##fn, __VA_ARGS__
#define FRAME(fn, ...)                                                         \
    .seams = KT_SEAM_FRAME, .wire = kt_fault_##fn, __VA_ARGS__
#define TURN(fn, ...) .seams = KT_SEAM_TURN, .turn = kt_fault_##fn, __VA_ARGS__
#define SECOND .order = 2

/* clang-format off */
const struct kt_mutant kt_mutants[] = {
    /* --- a server's trailers and headers --- */
    {"trailers-without-end", "RESP-6", "Trailers do not end the stream.", S, .ways = OUT, FIELDS(no_end, .at = KT_AT_TRAILERS)},
    {"status-missing", "RESP-4", "Trailers have no grpc-status.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"status-ok-is-2", "EOF-9", "A handler's end without error is status 2.", S, .ways = OUT, FIELDS(ok_to_two, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0")},
    {"status-off-by-one", "ERR-2", "An error status is one too high.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"plain-error-off", "ERR-1", "A plain error has another status than 13.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"panic-off", "ERR-6", "A panic has another status than 13.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .name1 = "grpc-status")},
    {"message-not-encoded", "ERR-15", "grpc-message is not percent-encoded.", S, .ways = OUT, FIELDS(decode, .at = KT_AT_TRAILERS, .name1 = "grpc-message")},
    {"unknown-method-off", "ERR-8", "An unknown method has another status.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .path = "Nope", .name1 = "grpc-status")},
    {"unknown-service-off", "ERR-7", "An unknown service has another status.", S, .ways = OUT, FIELDS(next_status, .at = KT_AT_TRAILERS, .path = "Nope", .name1 = "grpc-status")},
    {"biz-status-missing", "BIZ-1", "A biz status has no biz-status.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "biz-status")},
    {"biz-status-wrong", "BIZ-2", "biz-status is another number.", S, .ways = OUT, FIELDS(change, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "4711")},
    {"biz-beside-ok", "BIZ-3", "A biz status stands beside status 0.", S, .ways = OUT, FIELDS(biz_ok, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0")},
    {"biz-message-raw", "BIZ-4", "The message of a biz status is not percent-encoded.", S, .ways = OUT, FIELDS(decode, .at = KT_AT_TRAILERS, .name1 = "grpc-message")},
    {"biz-extra-missing", "BIZ-5", "biz-extra is left out.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "biz-extra")},
    {"biz-forged", "BIZ-11", "biz-status stands in every trailers.", S, .ways = OUT, FIELDS(set, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "9")},
    {"forged-status", "RESP-11", "What a handler sets as grpc-status replaces the status.", S, .ways = OUT, FIELDS(change, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "3")},
    {"trailer-lost", "RESP-10", "A trailer that the handler set is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_TRAILERS, .name1 = "t")},
    {"sent-header-lost", "RESP-8", "A header that the handler sent is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_RESPONSE, .name1 = "h")},
    {"set-header-lost", "RESP-7", "A header that the handler set is lost.", S, .ways = OUT, FIELDS(drop, .at = KT_AT_RESPONSE, .name1 = "h1")},
    {"response-type", "RESP-1", "The response's content-type is text.", S, .ways = OUT, FIELDS(change, .at = KT_AT_RESPONSE, .name1 = "content-type", .value = "text/plain")},
    {"response-500", "RESP-2", "The response's :status is 500.", S, .ways = OUT, FIELDS(change, .at = KT_AT_RESPONSE, .name1 = ":status", .value = "500")},
    {"headers-missing", "RESP-2", "Messages come without response headers.", S, .ways = OUT, FIELDS(times, .at = KT_AT_RESPONSE, .n2 = 0)},
    {"second-stream-status", "EOF-9", "Only the second stream of a connection ends with status 2.", S, .ways = OUT, FIELDS(ok_to_two, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "0", SECOND, .n = 1)},

    /* --- messages, of either side --- */
    {"message-twice", "MSG-11", "Each message is sent twice.", B, .ways = OUT, MESSAGE(message_times, .n2 = 2)},
    {"second-message-lost", "MSG-11", "Only the second message is lost.", B, .ways = OUT, MESSAGE(message_times, SECOND, .n = 1, .n2 = 0)},
    {"length-too-long", "MSG-1", "The prefix's length is one too long.", B, .ways = OUT, MESSAGE(length, .n2 = 1)},
    {"flag-set", "COMP-1", "The compressed flag is set.", B, .ways = OUT, MESSAGE(flag, .n2 = 1)},
    {"wrapped", "MSG-2", "The struct is wrapped in another.", B, .ways = OUT, MESSAGE(wrap, .n2 = 1)},
    {"big-message-spoilt", "MSG-11", "A byte is wrong, above 16,384 bytes only.", B, .ways = OUT, MESSAGE(spoil, SECOND, .n2 = 16384)},
    {"unary-result-bare", "UNARY-2", "A unary result is not wrapped.", S, .ways = OUT, MESSAGE(unwrap, .path = "EchoUnary")},
    {"unary-argument-bare", "UNARY-1", "A unary argument is not wrapped.", C, .ways = OUT, MESSAGE(unwrap, .path = "EchoUnary")},

    /* --- frames --- */
    {"settings-not-acked", "CONN-10", "SETTINGS are not acknowledged.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_SETTINGS, .value = "ack")},
    {"ping-not-answered", "CONN-11", "PING is not answered.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_PING, .value = "ack")},
    {"ping-other-bytes", "CONN-11", "PING is answered with other bytes.", B, .ways = OUT, FRAME(spoil_frame, .n = KT_FT_PING, .value = "ack")},
    {"goaway-other-code", "H2-9", "A connection error has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"hpack-other-code", "H2-18", "A header block that cannot be decoded has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"reset-other-code", "H2-5", "A malformed request is reset with another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_CONNECT_ERROR)},
    {"window-zero-other-code", "H2-10", "An increment of 0 has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_GOAWAY, .n2 = KT_H2_CONNECT_ERROR)},
    {"overrun-other-code", "FLOW-8", "DATA beyond the window has another code.", S, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_CONNECT_ERROR)},
    {"no-window-updates", "FLOW-6", "No window is given back.", B, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"dead-stream-not-credited", "FLOW-5", "The connection's window is not given back.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},
    {"half-close-not-seen", "EOF-5", "The client's END_STREAM on DATA is lost.", S, .ways = IN, FRAME(no_end_data)},
    {"half-close-first-not-seen", "EOF-6", "A half-close before the first message is lost.", S, .ways = IN, FRAME(no_end_data)},
    {"ends-at-half-close", "EOF-4", "The server ends the stream when the client half-closes.", S, .ways = IN, FRAME(early_end)},
    {"reset-not-seen", "CANCEL-7", "The client's RST_STREAM is lost.", S, .ways = IN, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"writes-after-reset", "CANCEL-10", "DATA is written on a stream that was reset.", S, .ways = IN, FRAME(after_reset)},
    {"window-setting-ignored", "FLOW-12", "The peer's initial window is taken for 65535.", B, .ways = IN, FRAME(window, .n2 = 65535)},
    {"window-update-lost", "FLOW-18", "The peer's WINDOW_UPDATE is lost.", B, .ways = IN, FRAME(drop_frame, .n = KT_FT_WINDOW_UPDATE)},

    /* --- what a server makes of a request --- */
    {"deadline-not-seen", "DL-10", "grpc-timeout is ignored.", S, .ways = IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "grpc-timeout")},
    {"units-not-known", "HDR-17", "grpc-timeout is taken for five seconds.", S, .ways = IN, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "5S")},
    {"metainfo-not-seen", "META-2", "Transient metainfo is ignored.", S, .ways = IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world")},
    {"second-value-lost", "META-12", "Only the second value of a name is lost.", B, .ways = OUT | IN, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "k1", SECOND, .n2 = 1)},
    {"values-swapped", "META-12", "Two values of a name change places.", B, .ways = OUT | IN, FIELDS(swap, .at = KT_AT_REQUEST, .name1 = "k1")},
    {"bin-spoilt", "META-14", "-bin metadata arrives as other bytes.", B, .ways = OUT | IN, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "AAAA")},

    /* --- what a client writes --- */
    {"te-missing", "HDR-1", "te is missing.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "te")},
    {"method-get", "HDR-1", ":method is GET.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = ":method", .value = "GET")},
    {"type-plain-grpc", "HDR-10", "The content-type is application/grpc.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "content-type", .value = "application/grpc")},
    {"path-without-package", "HDR-3", "The path lacks the package.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = ":path", .value = "/Conformance/Echo")},
    {"timeout-missing", "DL-1", "grpc-timeout is missing.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "grpc-timeout")},
    {"timeout-nine-digits", "HDR-16", "grpc-timeout has nine digits.", C, .ways = OUT, FIELDS(change, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "300000000n")},
    {"metainfo-missing", "META-1", "Transient metainfo is not sent.", C, .ways = OUT, FIELDS(drop, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world")},
    {"upper-case-name", "META-13", "A metadata name is in capitals.", C, .ways = OUT, FIELDS(upper, .at = KT_AT_REQUEST, .name1 = "k2")},
    {"half-close-not-sent", "EOF-1", "The half-close is not sent.", C, .ways = OUT, FRAME(no_end_data)},
    {"cancel-not-told", "CANCEL-1", "A cancel resets nothing.", C, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"cancel-other-code", "CANCEL-2", "A cancel resets with another code.", C, .ways = OUT, FRAME(code, .n = KT_FT_RST_STREAM, .n2 = KT_H2_INTERNAL_ERROR)},
    {"deadline-not-told", "DL-3", "A deadline that passes resets nothing.", C, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},

    /* --- what an application gets --- */
    {"eof-is-error", "EOF-7", "Recv gives an error at the clean end.", C, TURN(answer, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"server-eof-is-error", "EOF-5", "The handler's Recv gives an error at half-close.", S, TURN(answer, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"error-is-eof", "EOF-8", "Recv gives the end in place of an error.", C, TURN(answer, .name1 = "recv", .path = "error", .value = "{\"eof\":true}")},
    {"second-recv-differs", "EOF-20", "Only the second Recv of an end is an error.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":13,\"message\":\"end\"}}")},
    {"biz-is-status", "BIZ-9", "A biz status is an error with code 13.", C, TURN(answer, .name1 = "recv", .path = "biz", .value = "{\"error\":{\"code\":13,\"message\":\"biz\"}}")},
    {"deadline-is-cancel", "DL-2", "A passed deadline has code 1.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_CANCELLED)},
    {"server-deadline-is-13", "DL-11", "A passed deadline has code 13 in the handler.", S, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_INTERNAL)},
    {"status-lost", "ERR-17", "Every error status is 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"reset-code-lost", "ERR-20", "Every reset is status 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"http-status-lost", "ERR-19", "Every HTTP error is status 2.", C, TURN(code_turn, .name1 = "recv", .n2 = KT_GRPC_UNKNOWN)},
    {"late-send-ok", "EOF-13", "A Send after the end succeeds.", C, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"send-after-half-close-ok", "EOF-3", "A Send after the half-close succeeds.", C, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"send-after-return-ok", "EOF-19", "A Send after the handler's return succeeds.", S, TURN(answer, .name1 = "send", .path = "error", .value = "{\"ok\":{}}")},
    {"header-lost", "META-20", "Response headers do not reach the application.", C, TURN(answer, .name1 = "header", .value = "{\"ok\":{\"metadata\":[]}}")},
    {"cancelled-not-told", "CANCEL-8", "A handler that asks is not told of its cancellation.", S, TURN(silent, .name1 = "cancelled")},
    {"deadline-not-in-context", "DL-10", "The handler's context has no deadline.", S, TURN(forget, .name1 = "accept", .value = "deadline_ms")},
    {"message-of-error-lost", "ERR-16", "The text of a biz status is empty.", C, TURN(answer, .name1 = "recv", .path = "biz", .value = "{\"biz\":{\"code\":7,\"message\":\"\"}}")},
    {"client-answer-despite-error", "EOF-28", "The answer is given although an error follows it.", C, TURN(answer, .name1 = "close-and-recv", .path = "error", .value = "{\"ok\":{\"message\":{\"json\":{\"message\":\"r\"}}}}")},

    /* --- what a server writes, by its circumstances --- */
    {"response-headers-twice", "STD-11", "Response headers come twice.", S, .ways = OUT, FIELDS(times, .at = KT_AT_RESPONSE, .n2 = 2)},
    {"status-twice", "STD-12", "grpc-status stands twice.", S, .ways = OUT, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value2 = "0")},
    {"data-ends-response", "RESP-6", "DATA ends a response.", S, .ways = OUT, FRAME(end_data, .n = KT_FT_DATA)},
    {"data-ends-stream", "STD-13", "A response ends on DATA, without trailers.", S, .ways = OUT, FRAME(end_data, .n = KT_FT_DATA)},
    {"data-behind-end", "STD-7", "DATA follows the end of the stream.", B, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_FRAME, .wire = kt_fault_more_behind},
    {"name-in-capitals", "STD-9", "A field name is in capitals.", B, .ways = OUT, FIELDS(upper, .name1 = "content-type")},
    {"block-torn", "STD-3", "A PING stands inside a header block.", B, .ways = OUT, FIELDS(torn_block)},
    {"pushes", "STD-16", "A server pushes.", S, .ways = OUT, FRAME(push, .n = KT_FT_DATA)},
    {"biz-extra-always", "BIZ-5", "biz-extra is there although there is no extra.", S, .ways = OUT, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "biz-extra", .value2 = "{}", .with = "!biz-extra")},
    {"biz-takes-back", "BIZ-7", "Only behind messages, a biz status is none.", S, .ways = OUT, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", SECOND, .n = 1)},
    {"biz-with-message", "BIZ-8", "A unary biz status has a message in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoUnary", .with = "biz-status")},
    {"biz-code-unsigned", "BIZ-2", "Only a negative biz-status is written without its sign.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^-1$", .value2 = "4294967295", SECOND)},
    {"unary-error-with-message", "UNARY-4", "A unary call that fails has a message in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoUnary", .with = "!biz-status")},
    {"client-stream-error-with-message", "EOF-32", "A client stream that fails has an answer in front.", S, .ways = OUT, FIELDS(message_before, .at = KT_AT_TRAILERS, .path = "EchoClient", .with = "!biz-status")},
    {"no-request-is-ok", "EOF-25", "A server-streaming call without its request ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoServer", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"unary-no-request-is-ok", "UNARY-5", "A unary call without its request ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoUnary", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"bad-path-is-ok", "HDR-6", "A path that names no method ends well.", S, .ways = OUT, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^12$", .value2 = "0")},
    {"early-answer-fails", "EOF-33", "Only before the half-close, an answer ends with status 13.", S, .ways = OUT, FIELDS(early_answer, .at = KT_AT_TRAILERS, .path = "EchoClient", .name1 = "grpc-status", .value2 = "13", SECOND)},
    {"unread-costs-connection", "EOF-12", "Messages that nobody read cost the connection.", S, .ways = OUT, FIELDS(unread, .at = KT_AT_TRAILERS)},
    {"panic-closes", "ERR-6", "A panic costs the connection.", S, .ways = OUT, FIELDS(cut_off, .at = KT_AT_TRAILERS, .name1 = "grpc-message", .value = "panic")},
    {"trailers-lost-when-only", "RESP-3", "Trailers alone have no status.", S, .ways = OUT, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .with = ":status")},
    {"error-overtakes", "ERR-14", "An error status overtakes the messages.", S, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_MESSAGE, .wire = kt_fault_overtaken, .n2 = 1000000},
    {"trailers-overtake", "FLOW-23", "Trailers overtake DATA.", S, .ways = OUT, FRAME(later, .n = KT_FT_DATA, .n2 = 1000000)},
    {"cut-at-goaway", "GOAWAY-3", "A graceful stop cuts its connections.", S, .ways = OUT, FRAME(cut_behind, .n = KT_FT_GOAWAY)},
    {"goaway-rises", "STD-15", "A last GOAWAY names a higher stream.", S, .ways = OUT, FRAME(goaway_again)},
    {"stop-resets-nothing", "GOAWAY-6", "What a stop ends is not reset.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_RST_STREAM)},
    {"first-frame-is-ping", "CONN-6", "A PING comes before a server's SETTINGS.", S, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},

    /* --- what either side writes --- */
    {"client-first-frame-is-ping", "CONN-1", "A PING comes before a client's SETTINGS.", C, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"begins-with-ping", "STD-2", "A PING comes before SETTINGS.", B, .ways = OUT, FRAME(extra_before, .n = KT_FT_SETTINGS, .n2 = KT_FT_PING)},
    {"frame-too-short", "STD-1", "A WINDOW_UPDATE has three bytes.", B, .ways = OUT, FRAME(extra, .n = KT_FT_SETTINGS, .n2 = KT_FT_WINDOW_UPDATE)},
    {"settings-acked-twice", "STD-4", "SETTINGS are acknowledged twice.", B, .ways = OUT, FRAME(frame_times, .n = KT_FT_SETTINGS, .value = "ack", .n2 = 2)},
    {"later-settings-not-acked", "CONN-10", "Only the first SETTINGS are acknowledged.", S, .ways = OUT, FRAME(drop_frame, .n = KT_FT_SETTINGS, .value = "ack", SECOND, .n2 = 2)},
    {"stream-of-nobody", "STD-6", "DATA is sent on a stream that nobody opened.", B, .ways = OUT, FRAME(stray_data, .n = KT_FT_SETTINGS)},
    {"window-beyond-limit", "STD-10", "A window grows beyond 2^31-1.", B, .ways = OUT, FRAME(big_window, .n = KT_FT_DATA)},
    {"frame-of-20000", "FLOW-2", "A DATA frame has 20,000 bytes.", B, .ways = OUT, MESSAGE(frame_max, SECOND, .n2 = 20000)},
    {"frame-too-long", "STD-8", "A DATA frame is longer than max-frame.", B, .ways = OUT, MESSAGE(frame_max, SECOND, .n2 = 16385)},
    {"message-cut-short", "STD-14", "A message lacks its last byte.", B, .ways = OUT, MESSAGE(shorten)},
    {"even-stream-ids", "STD-5", "A client's stream ids are even.", C, .ways = OUT, .seams = KT_SEAM_FIELDS | KT_SEAM_FRAME, .wire = kt_fault_even_ids},
    {"fails-above-4-mib", "MSG-9", "Only above 4 MiB, a stream is reset.", B, .ways = OUT, FRAME(reset_above, .n = KT_FT_DATA, SECOND, .n2 = 4 << 20)},
    {"fails-above-64-kib", "FLOW-6", "Only above 64 KiB, a stream is reset.", B, .ways = OUT, FRAME(reset_above, .n = KT_FT_DATA, SECOND, .n2 = 64 << 10)},
    {"messages-swapped", "MSG-11", "The second message comes before the first.", B, .ways = OUT, MESSAGE(reordered, SECOND)},
    {"other-stream-loses", "CONN-38", "Only the second stream of a connection loses its messages.", S, .ways = OUT, MESSAGE(lose_on_stream, SECOND, .n = 1)},
    {"unary-field-off", "MSG-4", "The unary wrapper has another field.", B, .ways = OUT, MESSAGE(field_id, .path = "EchoUnary", .n2 = 2)},
    {"empty-struct-as-nothing", "MSG-2", "Only a struct without fields has no bytes at all.", B, .ways = OUT, MESSAGE(struct_is_empty, SECOND)},

    /* --- what a server makes of what comes --- */
    {"ids-not-judged", "H2-2", "A request on an even stream id is ignored.", S, .ways = IN, FIELDS(lose_even)},
    {"request-trailers-ignored", "H2-3", "Request trailers without END_STREAM are ignored.", S, .ways = IN, FIELDS(lose_block, .n2 = 1)},
    {"capitals-taken", "H2-5", "A field name in capitals is taken.", S, .ways = IN, FIELDS(lower)},
    {"pseudo-order-taken", "H2-5", "Only the order of pseudo-header fields is not judged.", S, .ways = IN, FIELDS(pseudo_first, SECOND)},
    {"broken-block-ignored", "H2-18", "A header block that cannot be decoded is ignored.", B, .ways = IN, .seams = KT_SEAM_FIELDS | KT_SEAM_BROKEN, .wire = kt_fault_lose_block, .n2 = 1000},
    {"continuation-refused", "H2-11", "A header block in more than one frame costs the connection.", S, .ways = IN, FIELDS(cut_off, .n2 = 2)},
    {"te-required", "H2-17", "A request without te is refused.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "!te")},
    {"unknown-field-refused", "HDR-28", "A request with an unknown field is refused.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "x-unknown")},
    {"any-content-type", "HDR-12", "Every content-type is taken.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "application/grpc+thrift")},
    {"content-type-by-prefix", "HDR-12", "Only what follows application/grpc is not judged.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value = "^application/grpc", .value2 = "application/grpc+thrift", SECOND)},
    {"missing-content-type", "HDR-12", "Only a missing content-type is taken.", S, .ways = IN, FIELDS(further, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "application/grpc+thrift", .with = "!content-type", SECOND)},
    {"bad-timeout-ignored", "HDR-18", "A malformed grpc-timeout is ignored.", S, .ways = IN, FIELDS(lose, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value = "^[0-9]+$|^S|X|[.]|^[0-9]{9}")},
    {"offer-refused", "COMP-6", "An offer of encodings makes a request fail.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "content-type", .value2 = "text/plain", .with = "grpc-accept-encoding")},
    {"encoding-not-judged", "COMP-7", "A request in an unknown encoding is taken as it is.", S, .ways = IN, .seams = KT_SEAM_FIELDS | KT_SEAM_MESSAGE, .wire = kt_fault_encoding_ignored, .at = KT_AT_REQUEST, .name1 = "grpc-encoding"},
    {"identity-unknown", "COMP-8", "The encoding identity is unknown.", S, .ways = IN, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "grpc-encoding", .value = "^identity$", .value2 = "snappy")},
    {"padding-required", "META-24", "-bin metadata without padding is lost.", S, .ways = IN, FIELDS(lose, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "^AQ$")},
    {"bad-base64-cuts", "META-15", "A -bin value that is no base64 costs the connection.", S, .ways = IN, FIELDS(cut_off, .at = KT_AT_REQUEST, .name1 = "x-bin", .value = "^!!!$")},
    {"waits-for-ack", "CONN-4", "A request before the ack of SETTINGS is lost.", S, .ways = IN, FIELDS(before_ack, .at = KT_AT_REQUEST)},
    {"unknown-frame-refused", "H2-7", "A frame of an unknown type costs the connection.", B, .ways = IN, FRAME(kill, .n = KT_FT_CONTINUATION + 1)},
    {"ping-ack-refused", "H2-7", "Only a PING ack that nobody waits for costs the connection.", S, .ways = IN, FRAME(kill, .n = KT_FT_PING, .value = "ack", SECOND)},
    {"frames-after-end-refused", "H2-8", "A RST_STREAM after the end costs the connection.", S, .ways = IN, FRAME(kill_after_end, .n = KT_FT_RST_STREAM)},
    {"short-data-refused", "FLOW-15", "DATA shorter than a prefix costs the stream.", B, .ways = IN, FRAME(short_data, .n = KT_FT_DATA)},
    {"flag-not-judged", "MSG-8", "A compressed flag without encoding is ignored.", S, .ways = IN, MESSAGE(flag, .n2 = 0)},
    {"no-bytes-is-struct", "MSG-5", "A payload of no bytes is a struct without fields.", B, .ways = IN, MESSAGE(empty_is_struct)},
    {"garbage-is-struct", "ERR-10", "A payload that is no struct is one without fields.", S, .ways = IN, MESSAGE(garbage_is_struct)},
    {"unknown-field-malformed", "MSG-6", "An unknown field makes a message malformed.", S, .ways = IN, MESSAGE(unknown_refused)},
    {"cut-message-ignored", "MSG-15", "A stream that ends inside a message ends well.", B, .ways = IN, .seams = KT_SEAM_REST, .wire = kt_fault_rest_lost},

    /* --- what a client makes of what comes --- */
    {"biz-zero-is-none", "BIZ-12", "biz-status 0 is no biz status.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^0$")},
    {"biz-without-extra-is-none", "BIZ-13", "A biz status without extra is none.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "biz-status", .with = "!biz-extra")},
    {"biz-malformed-is-zero", "BIZ-14", "A biz-status that is no integer is 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "biz-status", .value = "^$|[^0-9-]", .value2 = "0")},
    {"biz-beside-ok-counts", "BIZ-11", "biz-status counts beside status 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^0$", .value2 = "13", .with = "biz-status")},
    {"unknown-status-is-ok", "ERR-17", "Only a status above 16 is taken for 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "^(17|20|1000)$", .value2 = "0", SECOND)},
    {"status-word-is-ok", "ERR-18", "A status that is no number is taken for 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value = "[^0-9]", .value2 = "0")},
    {"no-status-is-ok", "RESP-18", "Trailers without status are taken for 0.", C, .ways = IN, FIELDS(further, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .value2 = "0", .with = "!grpc-status")},
    {"trailers-alone-lost", "RESP-13", "The status of trailers alone is lost.", C, .ways = IN, FIELDS(lose, .at = KT_AT_TRAILERS, .name1 = "grpc-status", .with = ":status")},
    {"status-in-headers-counts", "RESP-20", "grpc-status in the first block ends the stream.", C, .ways = IN, FIELDS(ends, .at = KT_AT_RESPONSE, .with = "grpc-status")},
    {"informational-is-final", "RESP-21", "An informational block is taken for the response.", C, .ways = IN, FIELDS(become, .at = KT_AT_RESPONSE, .name1 = ":status", .value = "^1", .value2 = "200")},
    {"second-block-ignored", "H2-4", "A second block without END_STREAM is ignored.", C, .ways = IN, FIELDS(lose_block, .n2 = 1)},
    {"client-takes-capitals", "H2-6", "A field name in capitals is taken.", C, .ways = IN, FIELDS(lower)},
    {"client-stream-error-lost", "EOF-30", "In client streaming an error is taken for status 0.", C, .ways = IN, FIELDS(become, .at = KT_AT_TRAILERS, .path = "EchoClient", .name1 = "grpc-status", .value = "[^0]", .value2 = "0")},
    {"client-garbage-is-struct", "MSG-12", "An answer that is no struct is one without fields.", C, .ways = IN, MESSAGE(garbage_is_struct)},
    {"end-on-data-is-ok", "EOF-15", "A response that ends on DATA ends well.", C, .ways = IN, FRAME(end_is_ok, .n = KT_FT_DATA, .value = "end")},
    {"reset-is-ok", "EOF-16", "A reset with NO_ERROR ends well.", C, .ways = IN, FRAME(end_is_ok, .n = KT_FT_RST_STREAM)},
    {"goaway-hits-all", "GOAWAY-10", "GOAWAY ends the streams up to its last id, too.", C, .ways = IN, FRAME(goaway_last, .n2 = 0)},
    {"goaway-spares-all", "GOAWAY-11", "GOAWAY ends no stream above its last id.", C, .ways = IN, FRAME(goaway_last, .n2 = 0x7fffffff)},
    {"goaway-ignored", "CONN-21", "A connection that drains is used for new calls.", C, .ways = IN, FRAME(drop_frame, .n = KT_FT_GOAWAY)},
    {"limit-ignored", "CONN-14", "More streams are open than the server allows.", C, .ways = IN, FRAME(setting, .n = KT_SET_MAX_CONCURRENT, .n2 = 100)},
    {"too-many-streams", "STD-17", "More streams are open than the server allows.", C, .ways = IN, FRAME(setting, .n = KT_SET_MAX_CONCURRENT, .n2 = 100)},
    {"reset-overtakes", "CANCEL-16", "Only a reset overtakes the messages before it.", C, .ways = IN, .seams = KT_SEAM_MESSAGE | KT_SEAM_FRAME, .wire = kt_fault_overtaken, .n2 = 50000000, SECOND},

    /* --- what a client writes, by its circumstances --- */
    {"half-close-twice", "EOF-2", "The half-close is written twice.", C, .ways = OUT, FRAME(frame_times, .n = KT_FT_DATA, .value = "end", .n2 = 2)},
    {"half-close-in-headers", "FLOW-16", "The half-close is a HEADERS frame.", C, .ways = OUT, FRAME(end_by_headers, .n = KT_FT_DATA, .value = "end")},
    {"open-without-half-close", "EOF-22", "Only a server-streaming call lacks its half-close.", C, .ways = OUT, FRAME(no_end_on, .n = KT_FT_DATA, .path = "EchoServer", SECOND)},
    {"no-close-and-recv", "EOF-27", "Only CloseAndRecv does not half-close.", C, .ways = OUT, FRAME(no_end_on, .n = KT_FT_DATA, .path = "EchoClient", SECOND)},
    {"blocked-send-keeps-cancel", "FLOW-20", "Only behind DATA, a cancel resets nothing.", C, .ways = OUT, FRAME(lose_behind_data, .n = KT_FT_RST_STREAM, SECOND, .n2 = 1)},
    {"values-joined", "META-12", "Two values of a name are joined by a comma.", C, .ways = OUT, FIELDS(joined, .at = KT_AT_REQUEST, .name1 = "k1")},
    {"metainfo-underscore", "META-1", "A metainfo key keeps its underscore.", C, .ways = OUT, FIELDS(renamed, .at = KT_AT_REQUEST, .name1 = "rpc-transit-hello-world", .value2 = "rpc-transit-hello_world")},
    {"reserved-name-passes", "META-16", "te as metadata replaces the protocol's own.", C, .ways = OUT, FIELDS(become, .at = KT_AT_REQUEST, .name1 = "te", .value2 = "text/plain")},
    {"timeout-always", "DL-1", "grpc-timeout is there although there is no deadline.", C, .ways = OUT, FIELDS(further, .at = KT_AT_REQUEST, .name1 = "grpc-timeout", .value2 = "1H", .with = "!grpc-timeout")},

    /* --- what an application asks and is told --- */
    {"plain-error-is-2", "ERR-1", "A plain error of a handler is status 2.", S, TURN(ask, .name1 = "return", .path = "error", .value = "{\"status\":{\"code\":2,\"message\":\"boom\"}}")},
    {"only-16-is-2", "ERR-2", "Only status 16 is sent as 2.", S, TURN(ask_code, .name1 = "return", .n = KT_GRPC_UNAUTHENTICATED, .n2 = KT_GRPC_UNKNOWN)},
    {"header-not-sent-yet", "RESP-8", "Headers wait for the first message.", S, TURN(ask, .name1 = "send-header", .path = "op", .value = "{\"op\":\"set-header\"}")},
    {"exception-is-error", "UNARY-8", "A declared exception is a plain error.", S, TURN(ask, .name1 = "return", .path = "exception", .value = "{\"error\":\"oops\"}")},
    {"client-exception-is-error", "UNARY-8", "A declared exception is an error with code 13.", C, TURN(answer, .name1 = "call", .path = "exception", .value = "{\"error\":{\"code\":13,\"message\":\"oops\"}}")},
    {"empty-metainfo-passes", "META-4", "Empty metainfo reaches the handler.", S, TURN(add_meta, .name1 = "accept", .path = "EMPTY", .value = "")},
    {"integers-of-32-bits", "MSG-21", "Integers are cut to 32 bits.", B, TURN(narrow, .name1 = "recv")},
    {"end-before-message", "EOF-21", "Only the first Recv gives the end, in place of a message.", C, TURN(answer, SECOND, .n = 0, .name1 = "recv", .path = "ok", .value = "{\"eof\":true}")},
    {"deadline-before-message", "DL-8", "Only the first Recv gives the deadline, in place of a message.", C, TURN(answer, SECOND, .n = 0, .name1 = "recv", .path = "ok", .value = "{\"error\":{\"code\":4,\"message\":\"late\"}}")},
    {"message-after-end", "EOF-17", "Only a Recv behind the end gives a message.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"ok\":{\"message\":{\"json\":{\"message\":\"a\"}}}}")},
    {"cancel-rewrites-end", "CANCEL-6", "Only a Recv behind the end gives code 1.", C, TURN(answer, SECOND, .n = 1, .name1 = "recv", .path = "eof", .value = "{\"error\":{\"code\":1,\"message\":\"cancelled\"}}")},
    {"lost-connection-is-13", "ERR-22", "The loss of the connection is code 13.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_UNAVAILABLE, .n2 = KT_GRPC_INTERNAL)},
    {"cancel-is-13", "CANCEL-1", "A cancel ends Recv with code 13.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_CANCELLED, .n2 = KT_GRPC_INTERNAL)},
    {"cancel-answers-nothing", "CANCEL-1", "A Recv that is cancelled never returns.", C, TURN(silent_if, .name1 = "recv", .path = "error")},
    {"lost-connection-not-told", "CANCEL-11", "A handler's Recv never returns when the connection is lost.", S, TURN(silent_if, .name1 = "recv", .path = "error")},
    {"open-hangs", "CONN-16", "A call that waits for a stream never returns.", C, TURN(silent_if, .name1 = "open", .path = "error")},
    {"reset-hides-deadline", "DL-9", "A passed deadline is code 1 behind a reset.", C, TURN(code_turn, .name1 = "recv", .n = KT_GRPC_DEADLINE_EXCEEDED, .n2 = KT_GRPC_CANCELLED)},
    {"start-comes-last", "TRACE-1", "RPCStart comes behind the messages.", C, TURN(event_last, .name1 = "events", .value = "rpc-start")},
    {"finish-twice", "TRACE-2", "RPCFinish comes twice.", C, TURN(event_twice, .name1 = "events", .value = "rpc-finish")},
    {"finish-missing", "TRACE-3", "RPCFinish does not come.", C, TURN(event_lost, .name1 = "events", .value = "rpc-finish")},
    {"finish-with-biz", "TRACE-4", "A biz status is an error to RPCFinish.", C, TURN(event_field, .name1 = "events", .value = "rpc-finish", .path = "error", .value2 = "biz")},
    {"recv-event-missing", "TRACE-7", "A Recv gives no event.", C, TURN(event_lost, .name1 = "events", .value = "stream-recv")},
    {"event-counts-prefix", "TRACE-10", "The size of an event counts the prefix.", C, TURN(event_field, .name1 = "events", .value = "stream-send", .path = "size", .value2 = "15")},
};
const size_t kt_mutants_n = sizeof kt_mutants / sizeof *kt_mutants;

const struct kt_mutant kt_antis[] = {
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
const size_t kt_antis_n = sizeof kt_antis / sizeof *kt_antis;

const struct kt_mutant *kt_mutant_find(const char *name)
{
    for (size_t i = 0; i < kt_mutants_n; i++)
        if (strcmp(kt_mutants[i].name, name) == 0)
            return &kt_mutants[i];
    for (size_t i = 0; i < kt_antis_n; i++)
        if (strcmp(kt_antis[i].name, name) == 0)
            return &kt_antis[i];
    return NULL;
}

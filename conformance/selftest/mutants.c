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

/* The table of words.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/words.h"
#include <ctype.h>
#include <string.h>

#define V(verb) (1u << KT_V_##verb)
#define F(frame) (1u << KT_F_##frame)

/* Frames whose names that are no fields are header fields. */
#define LISTS (F(HEADERS) | F(PUSH_PROMISE) | F(headers) | F(trailers))
#define H2                                                                     \
    (F(DATA) | F(HEADERS) | F(CONTINUATION) | F(PRIORITY) | F(RST_STREAM) |    \
     F(SETTINGS) | F(PUSH_PROMISE) | F(PING) | F(GOAWAY) | F(WINDOW_UPDATE) |  \
     F(FRAME))
#define EVENTS                                                                 \
    (F(headers) | F(message) | F(half_close) | F(trailers) | F(reset))

/* clang-format off */
const struct kt_word_def kt_words[] = {
    {KT_W_HEADER, "claim", 0, 0, 0, "claim TEXT.", "One sentence with a full stop: the headline of every report. Required."},
    {KT_W_HEADER, "rules", 0, 0, 0, "rules ID…", "What a failure breaks. @ID at the end of a step narrows it; an id that is not bound to the role under test is ignored. Required."},
    {KT_W_HEADER, "method", 0, 0, 0, "method NAME", "A method of the conformance IDL, or of the echo IDL with handler echo. Default: Echo. Given twice, the later one counts."},
    {KT_W_HEADER, "handler", 0, 0, 0, "handler echo", "The plain echo service: no server lines; the only kind that runs without a driver."},
    {KT_W_HEADER, "axes", 0, 0, 0, "axes a=x,y b:c=1:A,2:B", "Multiplies the scenario; $a or ${a} in any other line. Two names joined by ':' vary together. A quoted value may hold several words."},
    {KT_W_HEADER, "control", 0, 0, 0, "control ID", "Must pass on this SUT in the same role, or this one is inconclusive. Required where every outcome is an error. It may need nothing that its scenario does not need."},
    {KT_W_HEADER, "needs", 0, 0, 0, "needs CAP…", "Capabilities of the driver; without one of them the case is not-applicable."},
    {KT_W_HEADER, "client", 0, 0, 0, "client K=V…", "Settings of the client."},
    {KT_W_HEADER, "server", 0, 0, 0, "server K=V…", "Settings of the server."},
    {KT_W_HEADER, "cost", 0, KT_WF_LATER, 0, "cost memory=32MiB handlers=1000 time=5s", "Bounds on the growth of the SUT's process, on its handlers, and on time, over the case."},
    {KT_W_HEADER, "isolated", 0, 0, 0, "isolated", "May break a weak peer: an SUT process of its own, never in parallel with others."},
    {KT_W_HEADER, "wall", 0, 0, 0, "wall", "Needs real time; all others also run on simulated time."},
    {KT_W_HEADER, "formerly", 0, 0, 0, "formerly ID", "The id that it had."},

    {KT_W_SETTING, "preface", 0, KT_WF_JUDGE | KT_WF_H2, 0, "preface=no", "Writes neither preface nor SETTINGS by itself."},
    {KT_W_SETTING, "settings-ack", 0, KT_WF_JUDGE | KT_WF_H2, 0, "settings-ack=no", "Does not acknowledge SETTINGS."},
    {KT_W_SETTING, "ping-ack", 0, KT_WF_JUDGE | KT_WF_H2, 0, "ping-ack=no", "Does not answer PING."},
    {KT_W_SETTING, "window-updates", 0, KT_WF_JUDGE | KT_WF_H2, 0, "window-updates=no", "Gives no DATA byte back to the windows."},
    {KT_W_SETTING, "initial-window", 0, KT_WF_CAP | KT_WF_NUMBER | KT_WF_H2, 0, "initial-window=N", "SETTINGS_INITIAL_WINDOW_SIZE of this side."},
    {KT_W_SETTING, "max-frame", 0, KT_WF_CAP | KT_WF_NUMBER | KT_WF_H2, 0, "max-frame=N", "SETTINGS_MAX_FRAME_SIZE of this side."},
    {KT_W_SETTING, "max-concurrent", 0, KT_WF_CAP | KT_WF_NUMBER | KT_WF_H2, 0, "max-concurrent=N", "SETTINGS_MAX_CONCURRENT_STREAMS of this side."},
    {KT_W_SETTING, "table-size", 0, KT_WF_CAP | KT_WF_NUMBER | KT_WF_H2, 0, "table-size=N", "SETTINGS_HEADER_TABLE_SIZE of this side."},
    {KT_W_SETTING, "connections", 0, KT_WF_CAP | KT_WF_APP | KT_WF_NUMBER, 0, "connections=N", "The size of the client's own pool, for on=any."},
    {KT_W_SETTING, "read-timeout", 0, KT_WF_CAP | KT_WF_APP | KT_WF_NUMBER, 0, "read-timeout=N", "Milliseconds that the server waits for bytes of a ping-pong call; of no meaning to a stream."},
    {KT_W_SETTING, "transport", 0, KT_WF_CAP, 0, "transport=http2|ttheader", "The transport; http2 by default. ttheader is known, and not-applicable for now."},
    {KT_W_SETTING, "middleware", 0, KT_WF_CAP | KT_WF_APP | KT_WF_LATER, 0, "middleware=A,B", "Middleware around creation (client) or handler (server), outside in."},
    {KT_W_SETTING, "recv-middleware", 0, KT_WF_CAP | KT_WF_APP | KT_WF_LATER, 0, "recv-middleware=A", "Middleware around each Recv."},
    {KT_W_SETTING, "send-middleware", 0, KT_WF_CAP | KT_WF_APP | KT_WF_LATER, 0, "send-middleware=A", "Middleware around each Send."},
    {KT_W_SETTING, "to", 0, KT_WF_APP | KT_WF_LATER, 0, "to=dead,live", "Addresses that the client chooses from."},

    {KT_W_CLIENT, "open", KT_V_OPEN, 0, 0, "open [deadline= header k=v meta K=V persist K=V compress= on= as]", "Opens a stream."},
    {KT_W_CLIENT, "send", KT_V_SEND, 0, 0, "send M", "Sends a message."},
    {KT_W_CLIENT, "recv", KT_V_RECV, 0, 0, "recv OUTCOME", "Receives a message, or the end."},
    {KT_W_CLIENT, "half-close", KT_V_HALF_CLOSE, 0, 0, "half-close", "Ends the client's direction."},
    {KT_W_CLIENT, "cancel", KT_V_CANCEL, 0, 0, "cancel", "Cancels the call."},
    {KT_W_CLIENT, "header", KT_V_HEADER, 0, 0, "header k=v… [no k]", "Waits for the response's metadata; it holds these."},
    {KT_W_CLIENT, "trailer", KT_V_TRAILER, 0, 0, "trailer k=v… [no k]", "The trailers' metadata holds these."},
    {KT_W_CLIENT, "finish", KT_V_FINISH, KT_WF_APP, 0, "finish", "The library's own way to give a stream up."},
    {KT_W_CLIENT, "events", KT_V_EVENTS, KT_WF_APP, 0, "events [NAME [k=v]…]…", "Exactly these, in this order, since the last events line of that side and stream; alone: none."},
    {KT_W_CLIENT, "call", KT_V_CALL, 0, 0, "call [on= method= transport= header k=v …] M [= OUTCOME]", "Short for open, send, half-close, recv, and recv eof; a unary or ping-pong call as one request."},

    {KT_W_SERVER, "accept", KT_V_ACCEPT, 0, 0, "accept [deadline=A..B header k=v meta K=V persist K=V no …]", "The call reaches the handler, with these. Implied by the first server line of a stream."},
    {KT_W_SERVER, "recv", KT_V_RECV, 0, 0, "recv OUTCOME", "The handler receives a message, or the end."},
    {KT_W_SERVER, "send", KT_V_SEND, 0, 0, "send M", "The handler sends a message."},
    {KT_W_SERVER, "set-header", KT_V_SET_HEADER, 0, 0, "set-header k=v…", "Sets response metadata, which goes out with the first message."},
    {KT_W_SERVER, "send-header", KT_V_SEND_HEADER, 0, 0, "send-header [k=v…]", "Sends the response headers now."},
    {KT_W_SERVER, "set-trailer", KT_V_SET_TRAILER, 0, 0, "set-trailer k=v…", "Sets metadata that goes out with the status."},
    {KT_W_SERVER, "cancelled", KT_V_CANCELLED, 0, 0, "cancelled [CODE|CODE]", "The handler's context has ended or ends now, with one of these."},
    {KT_W_SERVER, "events", KT_V_EVENTS, KT_WF_APP, 0, "events [NAME [k=v]…]…", "As for the client."},
    {KT_W_SERVER, "stop", KT_V_STOP, KT_WF_APP, 0, "stop [grace=TIME]", "Stops the server gracefully."},
    {KT_W_SERVER, "return", KT_V_RETURN, 0, 0, "return ok | M | error TEXT | status CODE TEXT | biz CODE TEXT [extra J] | exception NAME M | panic", "Ends the handler. panic stands on a side under test only."},

    {KT_W_OPTION, "deadline", 0, 0, V(OPEN) | V(CALL) | V(ACCEPT), "deadline=300ms, deadline=A..B", "open, call: of the call. accept: what is left of it, as a range."},
    {KT_W_OPTION, "on", 0, 0, V(OPEN) | V(CALL), "on=new|any|NAME", "The connection: a new one, the client's own choice, that of stream NAME. Default: that of the first stream."},
    {KT_W_OPTION, "compress", 0, 0, V(OPEN) | V(CALL), "compress=gzip", "The compressor of the call; needs gzip."},
    {KT_W_OPTION, "from", 0, KT_WF_LATER, V(OPEN), "from=NAME", "Opened by that stream's handler, with its context."},
    {KT_W_OPTION, "method", 0, 0, V(CALL), "method=NAME", "Another method than the scenario's."},
    {KT_W_OPTION, "transport", 0, KT_WF_LATER, V(CALL), "transport=framed", "The framing of a ping-pong call: raw, framed, ttheader, ttheader-framed."},
    {KT_W_OPTION, "grace", 0, 0, V(STOP), "grace=500ms", "How long streams may still run."},
    {KT_W_OPTION, "header", 0, 0, V(OPEN) | V(CALL) | V(ACCEPT), "header k=v", "A metadata field; the value of a name in -bin is given decoded, as hex:."},
    {KT_W_OPTION, "meta", 0, 0, V(OPEN) | V(CALL) | V(ACCEPT), "meta K=V", "A transient metainfo value."},
    {KT_W_OPTION, "persist", 0, 0, V(OPEN) | V(CALL) | V(ACCEPT), "persist K=V", "A persistent metainfo value."},
    {KT_W_OPTION, "no", 0, 0, V(ACCEPT) | V(HEADER) | V(TRAILER), "no k, no meta K, no persist K", "It is absent."},

    {KT_W_TAIL, "as", 0, 0, 0, "as NAME", "Issues the step and goes on; await or pending takes up its answer."},
    {KT_W_TAIL, "after", 0, 0, 0, "after A..B [since NAME]", "On a line that waits: not before A, and given up at B; counted from the open of its stream, or from the step issued as NAME."},
    {KT_W_TAIL, "@", 0, 0, 0, "@ID", "A failure of this step breaks this rule, one of the scenario's."},

    {KT_W_OUTCOME, "ok", 0, 0, 0, "ok", "It worked. The default."},
    {KT_W_OUTCOME, "M", 0, 0, 0, "M", "This message, equal by value."},
    {KT_W_OUTCOME, "eof", 0, 0, 0, "eof", "The clean end of the stream."},
    {KT_W_OUTCOME, "status", 0, 0, 0, "status CODE[|CODE] [TEXT]", "An error with one of these codes, by name or number. Its text is judged of a client alone, whose status the judge has written, and under --profile kitex."},
    {KT_W_OUTCOME, "biz", 0, 0, 0, "biz CODE [TEXT] [extra J]", "A biz status; extra is compared whole."},
    {KT_W_OUTCOME, "error", 0, 0, 0, "error [~\"regex\"]", "Any error that is not eof."},
    {KT_W_OUTCOME, "exception", 0, 0, 0, "exception NAME M", "An exception that the IDL declares."},
    {KT_W_OUTCOME, "any", 0, 0, 0, "any", "ok or error: it is not judged."},

    {KT_W_MESSAGE, "{…}", 0, 0, 0, "{\"message\":\"x\"}", "JSON by the IDL; compared by value, so that the order of fields is free."},
    {KT_W_MESSAGE, "size", 0, 0, 0, "size=N", "A struct of N encoded bytes, the prefix not counted; 1, or 9 and more. Its content follows from N and from the message's ordinal."},
    {KT_W_MESSAGE, "bytes", 0, 0, 0, "bytes hex:0b00…", "Exactly these bytes in place of the encoded struct."},

    {KT_W_FRAME, "DATA", KT_F_DATA, KT_WF_H2, 0, "DATA [data= flags= pad= sum=]", "A DATA frame; with sum=, as many as it takes."},
    {KT_W_FRAME, "HEADERS", KT_F_HEADERS, KT_WF_H2, 0, "HEADERS name=value… [flags= hpack= pad=]", "Exactly the fields given, in that order."},
    {KT_W_FRAME, "CONTINUATION", KT_F_CONTINUATION, KT_WF_H2, 0, "CONTINUATION [length= flags= hpack=]", "The rest of a header block."},
    {KT_W_FRAME, "PRIORITY", KT_F_PRIORITY, KT_WF_H2, 0, "PRIORITY data=hex:…", "Ignored by everybody."},
    {KT_W_FRAME, "RST_STREAM", KT_F_RST_STREAM, KT_WF_H2, 0, "RST_STREAM code=", "Resets the stream."},
    {KT_W_FRAME, "SETTINGS", KT_F_SETTINGS, KT_WF_H2, 0, "SETTINGS [NAME=N… ack=]", "Settings by name or number, or their acknowledgement."},
    {KT_W_FRAME, "PUSH_PROMISE", KT_F_PUSH_PROMISE, KT_WF_H2, 0, "PUSH_PROMISE [data= flags=]", "Never legal here."},
    {KT_W_FRAME, "PING", KT_F_PING, KT_WF_H2, 0, "PING data= [ack=]", "Eight bytes, as hex digits."},
    {KT_W_FRAME, "GOAWAY", KT_F_GOAWAY, KT_WF_H2, 0, "GOAWAY last= code= [data=]", "No new streams; last is a number or the name of a stream."},
    {KT_W_FRAME, "WINDOW_UPDATE", KT_F_WINDOW_UPDATE, KT_WF_H2, 0, "WINDOW_UPDATE increment= [stream= sum=]", "More window; stream=0 is the connection's."},
    {KT_W_FRAME, "FRAME", KT_F_FRAME, KT_WF_H2, 0, "FRAME type= [flags= stream= data=]", "A frame of any type."},
    {KT_W_FRAME, "BYTES", KT_F_BYTES, 0, 0, "BYTES \"…\" [cut=]", "Raw bytes, outside any frame."},
    {KT_W_FRAME, "CONNECT", KT_F_CONNECT, 0, 0, "CONNECT", "The judge makes a connection and writes nothing, or sees a new one."},
    {KT_W_FRAME, "CLOSE", KT_F_CLOSE, 0, 0, "CLOSE [fin|rst|any]", "The end of the connection; fin of the judge shuts down its sending side only."},
    {KT_W_FRAME, "STALL", KT_F_STALL, 0, 0, "STALL", "The judge stops reading. With '!' only."},

    {KT_W_EVENT, "headers", KT_F_headers, 0, 0, "headers name=value… [no name]", "Request or response headers: canonical, with these overrides."},
    {KT_W_EVENT, "message", KT_F_message, 0, 0, "message [M] [compressed= length= payload= part= cut=]", "A message with its prefix, in whatever frames it comes."},
    {KT_W_EVENT, "half-close", KT_F_half_close, 0, 0, "half-close", "END_STREAM of the client, on any frame."},
    {KT_W_EVENT, "trailers", KT_F_trailers, 0, 0, "trailers name=value… [no name]", "The last header block; trailers-only too. Canonical, with these overrides."},
    {KT_W_EVENT, "reset", KT_F_reset, 0, 0, "reset [CODE|CODE]", "The stream is reset."},
    {KT_W_EVENT, "data", KT_F_data, 0, 0, "silence data", "DATA of the stream: behind silence only."},
    {KT_W_EVENT, "stream-error", KT_F_stream_error, KT_WF_H2, 0, "stream-error CODE", "RST_STREAM(CODE), from a server also a 4xx answer; or, with a label, connection-error CODE, which RFC 9113 5.4.1 allows."},
    {KT_W_EVENT, "connection-error", KT_F_connection_error, KT_WF_H2, 0, "connection-error CODE", "GOAWAY(CODE), then CLOSE, resets before it allowed. A CLOSE without it, or behind NO_ERROR, matches with the label bare-close, noted at level SHOULD, and only if the control has passed."},
    {KT_W_EVENT, "TT", KT_F_TT, KT_WF_LATER, 0, "TT header|data|trailer|rst|meta [seq= flags= int.N= str.K= payload=]", "A frame of TTHeader streaming."},
    {KT_W_EVENT, "THRIFT", KT_F_THRIFT, KT_WF_LATER, 0, "THRIFT call|reply|exception|oneway [name= seq= framing= payload=]", "A ping-pong message."},

    {KT_W_FIELD, "stream", KT_TAKES_ID, 0, H2 | EVENTS, "stream=N|NAME", "The stream id; a name stands for that stream's id, a number is a number."},
    {KT_W_FIELD, "flags", KT_TAKES_FLAGS, 0, H2 | F(headers) | F(message) | F(trailers) | F(TT), "flags=+A,-B", "Set and cleared: END_STREAM ACK END_HEADERS PADDED PRIORITY."},
    {KT_W_FIELD, "length", KT_TAKES_NUM, 0, (H2 & ~LISTS) | F(message), "length=N", "The payload's length; of a message, that in its prefix."},
    {KT_W_FIELD, "type", KT_TAKES_NUM, 0, F(FRAME), "type=N", "The frame's type, a number."},
    {KT_W_FIELD, "pad", KT_TAKES_NUM, 0, F(DATA) | LISTS | F(message), "pad=N", "Padded by N bytes."},
    {KT_W_FIELD, "code", KT_TAKES_CODE, 0, F(RST_STREAM) | F(GOAWAY), "code=CODE", "An HTTP/2 error code, by name or number."},
    {KT_W_FIELD, "last", KT_TAKES_ID, 0, F(GOAWAY), "last=N|NAME", "The last stream id."},
    {KT_W_FIELD, "data", KT_TAKES_BYTES, 0, H2 & ~F(HEADERS), "data=hex:…", "The payload, padding not counted; of GOAWAY its debug data; of PING eight bytes."},
    {KT_W_FIELD, "increment", KT_TAKES_NUM, 0, F(WINDOW_UPDATE), "increment=N", "The window increment."},
    {KT_W_FIELD, "ack", KT_TAKES_YESNO, 0, F(SETTINGS) | F(PING), "ack=yes|no", "Whether it is an acknowledgement."},
    {KT_W_FIELD, "table-size", KT_TAKES_NUM, 0, F(SETTINGS), "table-size=N", "SETTINGS_HEADER_TABLE_SIZE."},
    {KT_W_FIELD, "enable-push", KT_TAKES_NUM, 0, F(SETTINGS), "enable-push=N", "SETTINGS_ENABLE_PUSH."},
    {KT_W_FIELD, "max-concurrent", KT_TAKES_NUM, 0, F(SETTINGS), "max-concurrent=N", "SETTINGS_MAX_CONCURRENT_STREAMS."},
    {KT_W_FIELD, "initial-window", KT_TAKES_NUM, 0, F(SETTINGS), "initial-window=N", "SETTINGS_INITIAL_WINDOW_SIZE."},
    {KT_W_FIELD, "max-frame", KT_TAKES_NUM, 0, F(SETTINGS), "max-frame=N", "SETTINGS_MAX_FRAME_SIZE."},
    {KT_W_FIELD, "max-header-list", KT_TAKES_NUM, 0, F(SETTINGS), "max-header-list=N", "SETTINGS_MAX_HEADER_LIST_SIZE."},
    {KT_W_FIELD, "compressed", KT_TAKES_NUM, 0, F(message), "compressed=0|1", "The first byte of the prefix."},
    {KT_W_FIELD, "payload", KT_TAKES_BYTES, 0, F(message) | F(TT) | F(THRIFT), "payload=hex:…", "The bytes behind the prefix."},
    {KT_W_FIELD, "hpack", KT_TAKES_HPACK, KT_WF_SHAPE, LISTS | F(CONTINUATION), "hpack=MODE", "How the block is written: literal, never-indexed, no-huffman, table-update=N, index, insert, evict, or raw as hex:."},
    {KT_W_FIELD, "on", KT_TAKES_ANY, 0, F(HEADERS) | F(headers), "on=new|NAME", "The connection of a stream that this line begins."},
    {KT_W_FIELD, "cut", KT_TAKES_PIECE, KT_WF_SHAPE, F(DATA) | LISTS | F(message) | F(BYTES), "cut=frame:1,5, cut=segment:each", "Cut at these offsets, or each byte alone, into frames or TCP segments."},
    {KT_W_FIELD, "part", KT_TAKES_PIECE, KT_WF_SHAPE, F(message), "part=A..B", "Bytes A up to B, B not included, of the encoded message with its prefix; 7.. to its end."},
    {KT_W_FIELD, "sum", KT_TAKES_PIECE, 0, F(DATA) | F(WINDOW_UPDATE), "sum=N, sum=N..", "As many frames as it takes to make this sum of payload bytes or increments."},
    {KT_W_FIELD, "repeat", KT_TAKES_PIECE, KT_WF_SHAPE, H2 | EVENTS, "repeat=N", "Written N times; ends when all is written, the SUT has closed, or took nothing for a step's time."},
    {KT_W_FIELD, "seq", KT_TAKES_NUM, KT_WF_LATER, F(TT) | F(THRIFT), "seq=N", "The sequence id."},
    {KT_W_FIELD, "int.", KT_TAKES_ANY, KT_WF_LATER, F(TT), "int.N=V", "An info of TTHeader with an integer key."},
    {KT_W_FIELD, "str.", KT_TAKES_ANY, KT_WF_LATER, F(TT), "str.K=V", "An info of TTHeader with a string key."},
    {KT_W_FIELD, "name", KT_TAKES_ANY, KT_WF_LATER, F(THRIFT), "name=NAME", "The method's name."},
    {KT_W_FIELD, "framing", KT_TAKES_ANY, KT_WF_LATER, F(THRIFT), "framing=raw", "raw, framed, ttheader, ttheader-framed."},

    {KT_W_VALUE, "literal", 0, 0, 0, "word, \"two words\"", "A bare word is literal; what stands in double quotes always is, with the escapes of JSON. Times in us, ms, s; sizes in KiB, MiB; numbers in decimal or 0x."},
    {KT_W_VALUE, "|", 0, 0, 0, "A|B", "One of these; the judge writes A."},
    {KT_W_VALUE, "..", 0, 0, 0, "N..M, N..", "A number from N to M; the judge writes N."},
    {KT_W_VALUE, "~", 0, 0, 0, "~\"regex\"", "POSIX extended; the judge writes the canonical value."},
    {KT_W_VALUE, "*", 0, 0, 0, "*", "Present; the judge writes the canonical value."},
    {KT_W_VALUE, "!", 0, 0, 0, "!V", "Another value than V; the judge writes the canonical value."},
    {KT_W_VALUE, "hex", 0, 0, 0, "hex:0a0b, hex:(0c0001)x64", "Bytes."},
    {KT_W_VALUE, "zeros", 0, 0, 0, "zeros:N", "N bytes of zero."},
    {KT_W_VALUE, "gzip", 0, 0, 0, "gzip:V", "V, packed by gzip; what is compared is unpacked first."},

    {KT_W_SCRIPT, "either", KT_S_EITHER, 0, 0, "either [LABEL]", "The first branch, in text order, whose first line an entry or an answer satisfies; taken for good. The label is recorded."},
    {KT_W_SCRIPT, "or", KT_S_EITHER, 0, 0, "or [LABEL]", "The next branch."},
    {KT_W_SCRIPT, "end", 0, 0, 0, "end", "Ends either, any and repeat."},
    {KT_W_SCRIPT, "any", KT_S_ANY, 0, 0, "any", "These lines, in any order."},
    {KT_W_SCRIPT, "optional", KT_S_OPTIONAL, 0, 0, "optional LINE", "A wire line that may match until the end; never written by the judge."},
    {KT_W_SCRIPT, "repeat", KT_S_REPEAT, 0, 0, "repeat N", "N times; $i counts from 0, also in names."},
    {KT_W_SCRIPT, "await", KT_S_AWAIT, 0, 0, "await NAME OUTCOME", "Takes the answer of the step that was issued as NAME."},
    {KT_W_SCRIPT, "pending", KT_S_PENDING, 0, 0, "pending NAME", "It has no answer yet: fence, quiet time, fence, and still none."},
    {KT_W_SCRIPT, "fence", KT_S_FENCE, 0, 0, "fence", "Transports have read what was written, and drivers have begun what they were told."},
    {KT_W_SCRIPT, "silence", KT_S_SILENCE, 0, 0, "silence [.b | connection | > FRAME | < FRAME | data]", "Fence, quiet time, fence; then nothing that is not accounted for on this stream, on stream b, on any stream and no new connection; or none of these frames."},
    {KT_W_SCRIPT, "probe", KT_S_PROBE, 0, 0, "probe", "An echo call on this connection works."},
    {KT_W_SCRIPT, "at", KT_S_AT, 0, 0, "at 300ms [since NAME]", "Not before."},

    {KT_W_METHOD, "Echo", KT_MM_BIDI, 0, 0, "Echo", "Both sides stream."},
    {KT_W_METHOD, "EchoClient", KT_MM_CLIENT, 0, 0, "EchoClient", "The client streams; half-close and recv are CloseAndRecv."},
    {KT_W_METHOD, "EchoServer", KT_MM_SERVER, 0, 0, "EchoServer", "The server streams; open, send and half-close are one request."},
    {KT_W_METHOD, "EchoUnary", KT_MM_UNARY, 0, 0, "EchoUnary", "One call over streaming; the handler ends with return M."},
    {KT_W_METHOD, "EchoPingPong", KT_MM_PINGPONG, KT_WF_LATER, 0, "EchoPingPong", "One call, no stream; the handler ends with return M."},
    {KT_W_METHOD, "Notify", KT_MM_ONEWAY, KT_WF_LATER, 0, "Notify", "A oneway call; of the conformance IDL only."},

    {KT_W_CAP, "unary", 0, 0, 0, "unary", "Unary calls over streaming."},
    {KT_W_CAP, "stop", 0, 0, 0, "stop", "server stop."},
    {KT_W_CAP, "events", 0, 0, 0, "events", "client events, server events."},
    {KT_W_CAP, "middleware", 0, 0, 0, "middleware", "The setting of that name."},
    {KT_W_CAP, "recv-middleware", 0, 0, 0, "recv-middleware", "The setting of that name."},
    {KT_W_CAP, "send-middleware", 0, 0, 0, "send-middleware", "The setting of that name."},
    {KT_W_CAP, "gzip", 0, 0, 0, "gzip", "Compression."},
    {KT_W_CAP, "compress", 0, 0, 0, "compress", "open compress=."},
    {KT_W_CAP, "chain", 0, 0, 0, "chain", "open from=."},
    {KT_W_CAP, "panic", 0, 0, 0, "panic", "return panic."},
    {KT_W_CAP, "metainfo", 0, 0, 0, "metainfo", "meta and persist."},
    {KT_W_CAP, "exception", 0, 0, 0, "exception", "return exception."},
    {KT_W_CAP, "biz", 0, 0, 0, "biz", "Biz statuses: return biz, and the outcome biz."},
    {KT_W_CAP, "initial-window", 0, 0, 0, "initial-window", "The setting of that name."},
    {KT_W_CAP, "max-frame", 0, 0, 0, "max-frame", "The setting of that name."},
    {KT_W_CAP, "max-concurrent", 0, 0, 0, "max-concurrent", "The setting of that name."},
    {KT_W_CAP, "table-size", 0, 0, 0, "table-size", "The setting of that name."},
    {KT_W_CAP, "connections", 0, 0, 0, "connections", "The setting of that name."},
    {KT_W_CAP, "read-timeout", 0, 0, 0, "read-timeout", "The setting of that name."},
    {KT_W_CAP, "transport", 0, 0, 0, "transport", "The setting of that name."},

    {KT_W_RULE, "rule", 0, 0, 0, "rule AREA-N", "Begins a block; blocks are divided by blank lines. The id is unique."},
    {KT_W_RULE, "level", 0, 0, 0, "level MUST|SHOULD|MAY|INFO", "What a failure means: MUST fails the run, SHOULD warns, MAY and INFO are recorded."},
    {KT_W_RULE, "role", 0, 0, 0, "role client|server|both", "Who is bound."},
    {KT_W_RULE, "transport", 0, 0, 0, "transport http2|ttheader|pingpong|any", "Where it applies."},
    {KT_W_RULE, "source", 0, 0, 0, "source seed \"SECTION\" | grpc \"SECTION\" | rfc9113 N | rfc7541 N | kitex observed", "Where it comes from."},
    {KT_W_RULE, "says", 0, 0, 0, "says SENTENCE.", "The rule in our own words."},
    {KT_W_RULE, "note", 0, 0, 0, "note VERSION TEXT", "What differs in a version of Kitex; any number."},
    {KT_W_RULE, "disputed", 0, 0, 0, "disputed seed=\"…\" kitex=\"…\"", "Sources disagree: either answer passes, and the report says which was given."},
    {KT_W_RULE, "covers", 0, 0, 0, "covers ID…", "Facts of the numbered list that this rule stands for, beside the one of its own id."},
    {KT_W_RULE, "excluded", 0, 0, 0, "excluded ID", "Begins a block of its own: a fact that no rule stands for. A fact is a rule, covered, or excluded."},
    {KT_W_RULE, "why", 0, 0, 0, "why SENTENCE.", "Of an excluded fact: the reason."},
    {KT_W_RULE, "profile", 0, 0, 0, "profile kitex", "Judged under --profile kitex only."},

    {KT_W_FACT, "section", 0, 0, 0, "section TITLE", "The facts below it belong together."},
    {KT_W_FACT, "fact", 0, 0, 0, "fact AREA-N TEXT", "One sentence of a source, in our own words. The id is unique among all lists."},
    {KT_W_FACT, "rules", 0, 0, 0, "rules ID…", "Of the fact above: the rules that say it."},
    {KT_W_FACT, "excluded", 0, 0, 0, "excluded SENTENCE.", "Of the fact above: why no rule says it."},
};
/* clang-format on */
const size_t kt_nwords = sizeof kt_words / sizeof *kt_words;

const struct kt_word_def *kt_word_at(enum kt_word_kind kind, uint32_t bit,
                                     const char *p, size_t n)
{
    for (size_t i = 0; i < kt_nwords; i++) {
        const struct kt_word_def *d = &kt_words[i];

        if (d->kind == kind && (bit == 0 || d->where == 0 || d->where & bit) &&
            strncmp(d->name, p, n) == 0 && d->name[n] == '\0')
            return d;
    }
    return NULL;
}

const struct kt_word_def *kt_word_find(enum kt_word_kind kind, const char *p,
                                       size_t n)
{
    return kt_word_at(kind, 0, p, n);
}

const struct kt_word_def *kt_word_of(enum kt_word_kind kind, int value)
{
    for (size_t i = 0; i < kt_nwords; i++)
        if (kt_words[i].kind == kind && kt_words[i].value == value)
            return &kt_words[i];
    return NULL;
}

bool kt_word_mode(const char *method, enum kt_method_mode *ret)
{
    const struct kt_word_def *d =
        kt_word_find(KT_W_METHOD, method, strlen(method));

    if (d != NULL)
        *ret = (enum kt_method_mode)d->value;
    return d != NULL;
}

bool kt_word_unknown(struct kt_line_in *l, const struct kt_word *w,
                     enum kt_word_kind kind, uint32_t bit, const char *what)
{
    const char *names[sizeof kt_words / sizeof *kt_words];
    const bool lower = w->n > 0 && islower((unsigned char)w->p[0]);
    size_t n = 0;

    /* Of words equally near the first wins: those of the same case come first.
     */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < kt_nwords; i++) {
            const struct kt_word_def *d = &kt_words[i];
            const bool is = d->kind == kind ||
                            (kind == KT_W_FRAME && d->kind == KT_W_EVENT);

            if (is && (bit == 0 || d->where == 0 || d->where & bit) &&
                (islower((unsigned char)d->name[0]) != 0) ==
                    (lower == (round == 0)))
                names[n++] = d->name;
        }
    return kt_line_unknown(l, w, what, names, n);
}

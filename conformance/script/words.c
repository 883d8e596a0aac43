/* The table of words.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/words.h"
#include "base/alloc.h"
#include "base/near.h"
#include <string.h>

/* clang-format off */
const struct kt_word_def kt_words[] = {
    {KT_W_HEADER, "claim", 0, 0, "claim TEXT.", "One sentence with a full stop: the headline of every report. Required."},
    {KT_W_HEADER, "rules", 0, 0, "rules ID…", "What a failure breaks. @ID at the end of a step narrows it."},
    {KT_W_HEADER, "method", 0, 0, "method NAME", "A method of the conformance IDL, or of the echo IDL with handler echo. Default: Echo."},
    {KT_W_HEADER, "handler", 0, 0, "handler echo", "The plain echo service: no server lines; the only kind that runs without a driver."},
    {KT_W_HEADER, "axes", 0, 0, "axes a=x,y b:c=1:A,2:B", "Multiplies the scenario; $a or ${a} in any other line. Two names joined by ':' vary together. A quoted value may hold several words."},
    {KT_W_HEADER, "control", 0, 0, "control ID", "A scenario that must pass on this SUT in the same role, or this one is inconclusive."},
    {KT_W_HEADER, "needs", 0, 0, "needs CAP…", "Capabilities of the driver; without one of them the case is not-applicable."},
    {KT_W_HEADER, "client", 0, 0, "client K=V…", "Settings of the client."},
    {KT_W_HEADER, "server", 0, 0, "server K=V…", "Settings of the server."},
    {KT_W_HEADER, "cost", 0, KT_WF_LATER, "cost memory=32MiB handlers=1000 time=5s", "Bounds on what the case may cost the SUT."},
    {KT_W_HEADER, "isolated", 0, 0, "isolated", "May break a weak peer: an SUT process of its own."},
    {KT_W_HEADER, "wall", 0, 0, "wall", "Needs real time; all others also run on simulated time."},
    {KT_W_HEADER, "formerly", 0, 0, "formerly ID", "The id that it had."},

    {KT_W_SETTING, "preface", 0, KT_WF_JUDGE, "preface=no", "Write neither preface nor SETTINGS by itself."},
    {KT_W_SETTING, "settings-ack", 0, KT_WF_JUDGE, "settings-ack=no", "Do not acknowledge SETTINGS."},
    {KT_W_SETTING, "ping-ack", 0, KT_WF_JUDGE, "ping-ack=no", "Do not answer PING."},
    {KT_W_SETTING, "window-updates", 0, KT_WF_JUDGE, "window-updates=no", "Give no DATA byte back to the windows."},
    {KT_W_SETTING, "initial-window", 0, KT_WF_CAP, "initial-window=N", "SETTINGS_INITIAL_WINDOW_SIZE of this side."},
    {KT_W_SETTING, "max-frame", 0, KT_WF_CAP, "max-frame=N", "SETTINGS_MAX_FRAME_SIZE of this side."},
    {KT_W_SETTING, "max-concurrent", 0, KT_WF_CAP, "max-concurrent=N", "SETTINGS_MAX_CONCURRENT_STREAMS of this side."},
    {KT_W_SETTING, "table-size", 0, KT_WF_CAP, "table-size=N", "SETTINGS_HEADER_TABLE_SIZE of this side."},
    {KT_W_SETTING, "connections", 0, KT_WF_CAP | KT_WF_SUT_ONLY, "connections=N", "Size of the client's own pool, for on=any."},
    {KT_W_SETTING, "transport", 0, KT_WF_CAP, "transport=http2|ttheader", "Another transport than HTTP/2."},
    {KT_W_SETTING, "middleware", 0, KT_WF_CAP | KT_WF_SUT_ONLY | KT_WF_LATER, "middleware=A,B", "Middleware around creation or handler."},
    {KT_W_SETTING, "recv-middleware", 0, KT_WF_CAP | KT_WF_SUT_ONLY | KT_WF_LATER, "recv-middleware=A", "Middleware around each Recv."},
    {KT_W_SETTING, "send-middleware", 0, KT_WF_CAP | KT_WF_SUT_ONLY | KT_WF_LATER, "send-middleware=A", "Middleware around each Send."},
    {KT_W_SETTING, "to", 0, KT_WF_SUT_ONLY | KT_WF_LATER, "to=dead,live", "Addresses to choose from."},

    {KT_W_CLIENT, "open", KT_V_OPEN, 0, "open [deadline= header k=v meta K=V persist K=V compress= on= as]", "Open a stream."},
    {KT_W_CLIENT, "send", KT_V_SEND, 0, "send M", "Send a message."},
    {KT_W_CLIENT, "recv", KT_V_RECV, 0, "recv OUTCOME", "Receive a message, or the end."},
    {KT_W_CLIENT, "half-close", KT_V_HALF_CLOSE, 0, "half-close", "End the client's direction."},
    {KT_W_CLIENT, "cancel", KT_V_CANCEL, 0, "cancel", "Cancel the call."},
    {KT_W_CLIENT, "header", KT_V_HEADER, 0, "header k=v…", "The response headers hold these."},
    {KT_W_CLIENT, "trailer", KT_V_TRAILER, 0, "trailer k=v…", "The trailers hold these."},
    {KT_W_CLIENT, "finish", KT_V_FINISH, KT_WF_SUT_ONLY, "finish", "The library's own way to give a stream up."},
    {KT_W_CLIENT, "events", KT_V_EVENTS, KT_WF_SUT_ONLY, "events NAME [k=v]…", "Exactly these traced events since the last such line; alone: none."},
    {KT_W_CLIENT, "call", KT_V_CALL, 0, "call [method= on= transport=] M [= OUTCOME]", "A whole unary, ping-pong or echo call."},

    {KT_W_SERVER, "accept", KT_V_ACCEPT, 0, "accept [deadline=A..B header k=v meta K=V persist K=V no …]", "The call reaches the handler, with these."},
    {KT_W_SERVER, "recv", KT_V_RECV, 0, "recv OUTCOME", "The handler receives a message, or the end."},
    {KT_W_SERVER, "send", KT_V_SEND, 0, "send M", "The handler sends a message."},
    {KT_W_SERVER, "set-header", KT_V_SET_HEADER, 0, "set-header k=v…", "Set response headers, to go out with the first message."},
    {KT_W_SERVER, "send-header", KT_V_SEND_HEADER, 0, "send-header [k=v…]", "Send the response headers now."},
    {KT_W_SERVER, "set-trailer", KT_V_SET_TRAILER, 0, "set-trailer k=v…", "Set trailers, to go out with the status."},
    {KT_W_SERVER, "cancelled", KT_V_CANCELLED, 0, "cancelled [CODE]", "The handler's context has ended, or ends now."},
    {KT_W_SERVER, "events", KT_V_EVENTS, KT_WF_SUT_ONLY, "events NAME [k=v]…", "As for the client."},
    {KT_W_SERVER, "stop", KT_V_STOP, KT_WF_SUT_ONLY, "stop [grace=TIME]", "Stop the server gracefully."},
    {KT_W_SERVER, "return", KT_V_RETURN, 0, "return ok | M | error TEXT | status CODE TEXT | biz CODE TEXT [extra J] | exception NAME M | panic", "End the handler."},

    {KT_W_FRAME, "DATA", KT_F_DATA, 0, "DATA [data= flags= pad= sum=]", "A DATA frame, or several that sum up."},
    {KT_W_FRAME, "HEADERS", KT_F_HEADERS, 0, "HEADERS name=value… [flags= hpack=]", "Exactly these fields, in this order."},
    {KT_W_FRAME, "CONTINUATION", KT_F_CONTINUATION, 0, "CONTINUATION [length= flags=]", "The rest of a header block."},
    {KT_W_FRAME, "PRIORITY", KT_F_PRIORITY, 0, "PRIORITY data=hex:…", "Ignored by everybody."},
    {KT_W_FRAME, "RST_STREAM", KT_F_RST_STREAM, 0, "RST_STREAM code=", "Reset the stream."},
    {KT_W_FRAME, "SETTINGS", KT_F_SETTINGS, 0, "SETTINGS [NAME=N… ack=]", "Settings, or their acknowledgement."},
    {KT_W_FRAME, "PUSH_PROMISE", KT_F_PUSH_PROMISE, 0, "PUSH_PROMISE", "Never legal here."},
    {KT_W_FRAME, "PING", KT_F_PING, 0, "PING data= [ack=]", "Eight bytes."},
    {KT_W_FRAME, "GOAWAY", KT_F_GOAWAY, 0, "GOAWAY last= code= [data=]", "No new streams; last is a number or the name of a stream."},
    {KT_W_FRAME, "WINDOW_UPDATE", KT_F_WINDOW_UPDATE, 0, "WINDOW_UPDATE increment= [stream= sum=]", "More window."},
    {KT_W_FRAME, "FRAME", KT_F_FRAME, 0, "FRAME type= [flags= stream= data=]", "Any frame."},
    {KT_W_FRAME, "BYTES", KT_F_BYTES, 0, "BYTES \"…\"", "Raw bytes, outside any frame."},
    {KT_W_FRAME, "CONNECT", KT_F_CONNECT, 0, "CONNECT", "A new connection."},
    {KT_W_FRAME, "CLOSE", KT_F_CLOSE, 0, "CLOSE [fin|rst|any]", "The end of the connection."},
    {KT_W_FRAME, "STALL", KT_F_STALL, 0, "STALL", "The judge stops reading."},

    {KT_W_EVENT, "headers", KT_F_headers, 0, "headers name=value… no name", "Request or response headers: canonical, with these."},
    {KT_W_EVENT, "message", KT_F_message, 0, "message [M] [compressed= length= payload= part= cut=]", "A message with its prefix."},
    {KT_W_EVENT, "half-close", KT_F_half_close, 0, "half-close", "END_STREAM of the client, on any frame."},
    {KT_W_EVENT, "trailers", KT_F_trailers, 0, "trailers name=value… no name", "The last header block, trailers-only included."},
    {KT_W_EVENT, "reset", KT_F_reset, 0, "reset CODE", "The stream is reset."},
    {KT_W_EVENT, "data", KT_F_data, 0, "silence data", "DATA of the stream, behind silence only."},
    {KT_W_EVENT, "stream-error", KT_F_stream_error, 0, "stream-error CODE", "RST_STREAM(CODE), a 4xx answer, or the connection error that RFC 9113 5.4.1 allows."},
    {KT_W_EVENT, "connection-error", KT_F_connection_error, 0, "connection-error CODE", "GOAWAY(CODE), then the end of the connection."},
    {KT_W_EVENT, "TT", KT_F_TT, KT_WF_LATER, "TT header|data|trailer|rst|meta …", "A frame of TTHeader streaming."},
    {KT_W_EVENT, "THRIFT", KT_F_THRIFT, KT_WF_LATER, "THRIFT call|reply|exception|oneway …", "A ping-pong message."},

    {KT_W_OPTION, "deadline", 0, 0, "deadline=300ms, deadline=A..B", "open: of the call; accept: what is left of it."},
    {KT_W_OPTION, "on", 0, 0, "on=new|any|NAME", "open, call: the connection."},
    {KT_W_OPTION, "compress", 0, 0, "compress=gzip", "open: the compressor."},
    {KT_W_OPTION, "from", 0, KT_WF_LATER, "from=NAME", "open: by that stream's handler, with its context."},
    {KT_W_OPTION, "method", 0, 0, "method=NAME", "call: another method."},
    {KT_W_OPTION, "transport", 0, KT_WF_LATER, "transport=framed", "call: ping-pong framing."},
    {KT_W_OPTION, "grace", 0, 0, "grace=500ms", "stop: how long streams may still run."},
    {KT_W_OPTION, "header", 0, 0, "header k=v", "A metadata field."},
    {KT_W_OPTION, "meta", 0, 0, "meta K=V", "A transient metainfo value."},
    {KT_W_OPTION, "persist", 0, 0, "persist K=V", "A persistent metainfo value."},
    {KT_W_OPTION, "no", 0, 0, "no NAME, no meta K", "It is absent."},

    {KT_W_SCRIPT, "either", KT_S_EITHER, 0, "either [LABEL]", "The first branch whose first line is satisfied; the label is recorded."},
    {KT_W_SCRIPT, "or", KT_S_EITHER, 0, "or [LABEL]", "The next branch."},
    {KT_W_SCRIPT, "end", 0, 0, "end", "Ends either, any, repeat."},
    {KT_W_SCRIPT, "any", KT_S_ANY, 0, "any", "These lines, in any order."},
    {KT_W_SCRIPT, "optional", KT_S_OPTIONAL, 0, "optional LINE", "May come until the end; never written by the judge."},
    {KT_W_SCRIPT, "repeat", KT_S_REPEAT, 0, "repeat N", "N times; $i counts from 0, also in names."},
    {KT_W_SCRIPT, "await", KT_S_AWAIT, 0, "await NAME OUTCOME", "The answer of the step that was issued 'as NAME'."},
    {KT_W_SCRIPT, "pending", KT_S_PENDING, 0, "pending NAME", "It has no answer yet, proved by fences and quiet time."},
    {KT_W_SCRIPT, "fence", KT_S_FENCE, 0, "fence", "Transports have read what was written, drivers have begun what they were told."},
    {KT_W_SCRIPT, "silence", KT_S_SILENCE, 0, "silence [.b | connection | > FRAME | < FRAME | data]", "Fence, quiet time, fence; then nothing that is not accounted for."},
    {KT_W_SCRIPT, "probe", KT_S_PROBE, 0, "probe", "An echo call on this connection works."},
    {KT_W_SCRIPT, "at", KT_S_AT, 0, "at 300ms [since NAME]", "Not before."},
};
/* clang-format on */
const size_t kt_nwords = sizeof kt_words / sizeof *kt_words;

const struct kt_word_def *kt_word_find(enum kt_word_kind kind, const char *p,
                                       size_t n)
{
    for (size_t i = 0; i < kt_nwords; i++)
        if (kt_words[i].kind == kind && strlen(kt_words[i].name) == n &&
            memcmp(kt_words[i].name, p, n) == 0)
            return &kt_words[i];
    return NULL;
}

bool kt_word_unknown(struct kt_line_in *l, const struct kt_word *w,
                     enum kt_word_kind kind, const char *what)
{
    const char *names[sizeof kt_words / sizeof *kt_words];
    size_t n = 0;

    for (size_t i = 0; i < kt_nwords; i++)
        if (kt_words[i].kind == kind ||
            (kind == KT_W_FRAME && kt_words[i].kind == KT_W_EVENT))
            names[n++] = kt_words[i].name;
    return kt_line_unknown(l, w, what, names, n);
}

void kt_words_print(struct kt_buf *dst, enum kt_word_kind kind)
{
    kt_buf_puts(dst, "| form | meaning |\n|---|---|\n");
    for (size_t i = 0; i < kt_nwords; i++) {
        if (kt_words[i].kind != kind)
            continue;
        kt_buf_puts(dst, "| `");
        for (const char *p = kt_words[i].form; *p; p++)
            kt_buf_printf(dst, *p == '|' ? "\\%c" : "%c", *p);
        kt_buf_printf(dst, "` | %s%s |\n", kt_words[i].meaning,
                      kt_words[i].flags & KT_WF_LATER
                          ? " Not run by this version: not-applicable."
                          : "");
    }
}

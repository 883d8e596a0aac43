/* The checks, in the order of running.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include "script/scn.h"

enum {
    NONE = 0,
    S = KT_ROLE_SERVER,
    C = KT_ROLE_CLIENT,
    CS = KT_ROLE_SERVER | KT_ROLE_CLIENT,
};

#define GO(name) .go = kt_dc_check_##name

/* A mode with 0, 1 and 3 messages; the others mean nothing without it. */
#define MODE(id, n, title, cap)                                                \
    {id "-0",  "0 messages " title, 2,         CS,        cap,                 \
     "bidi-1", GO(conversation),    .mode = n, .count = 0},                    \
        {id "-1",  "1 message " title, 2,         CS,        cap,              \
         "bidi-1", GO(conversation),   .mode = n, .count = 1},                 \
    {                                                                          \
        id "-3", "3 messages " title, 2, CS, cap, "bidi-1", GO(conversation),  \
            .mode = n, .count = 3                                              \
    }

#define SETTING(id, n)                                                         \
    {                                                                          \
        "setting-" id, "the setting " id " is taken, on both sides", 7, CS,    \
            id, "bidi-1", GO(setting), .mode = n                               \
    }

/* clang-format off */
const struct kt_dc_check kt_dc_checks[] = {
    {"hello", "hello says who it is and what it can", 1, NONE, NULL, NULL,
     GO(hello)},
    {"unknown-op", "an op that nobody knows is unsupported", 2, NONE, NULL,
     NULL, GO(unknown_op)},
    {"unknown-stream", "a stream that nobody opened is an error", 2, NONE, NULL,
     NULL, GO(unknown_stream)},
    {"missing-fields", "a request that lacks its fields is an error, no crash",
     2, NONE, NULL, NULL, GO(missing_fields)},
    {"sync", "sync is answered", 6, NONE, NULL, NULL, GO(sync)},
    {"reset-empty", "a case that holds nothing resets with 0, 0, 0", 6, NONE,
     NULL, NULL, GO(reset_empty)},
    {"burst", "200 requests at once are all answered", 2, NONE, NULL, "sync",
     GO(burst)},

    {"listen", "each slot listens on a port of its own", 3, S, NULL, NULL,
     GO(listen)},
    {"unlisten", "nobody listens after unlisten, other slots do", 3, S, NULL,
     "listen", GO(unlisten)},
    {"listen-unknown", "a service that nobody has is an error", 3, S, NULL,
     NULL, GO(listen_unknown)},
    {"accept-waits", "accept waits, holds up nothing, ends with reset", 3, S,
     NULL, "listen", GO(accept_waits)},
    {"open-refused", "nobody listens there: an error, not silence", 4, C, NULL,
     NULL, GO(open_refused)},
    {"silent-peer", "a server that says nothing holds up nothing", 4, C, NULL,
     "sync", GO(silent_peer)},

    {"bidi-1", "1 message each way, both ends", 2, CS, NULL, "listen",
     GO(conversation), .mode = 0, .count = 1},
    {"bidi-0", "0 messages each way, both ends", 2, CS, NULL, "bidi-1",
     GO(conversation), .mode = 0, .count = 0},
    {"bidi-3", "3 messages each way, both ends", 2, CS, NULL, "bidi-1",
     GO(conversation), .mode = 0, .count = 3},
    MODE("client-stream", 1, "up, one answer", NULL),
    MODE("server-stream", 2, "down for one question", NULL),
    {"unary-1", "a unary call", 4, CS, "unary", "bidi-1", GO(conversation),
     .mode = 3, .count = 1},
    {"unary-3", "3 unary calls of a case", 4, CS, "unary", "unary-1",
     GO(conversation), .mode = 3, .count = 3},
    {"texts", "any text comes through, U+0000 too", 5, CS, NULL, "bidi-1",
     GO(texts)},
    {"types", "every Thrift type comes through as JSON", 5, CS, NULL, "bidi-1",
     .optional = true, GO(types)},
    {"large", "a message of 1 MiB each way", 1, CS, NULL, "bidi-1", GO(large)},
    {"hex", "exact bytes are sent and read", 2, CS, NULL, "bidi-1",
     .optional = true, GO(hex)},
    {"malformed", "bytes that do not decode are an error", 2, CS, NULL, "hex",
     .optional = true, GO(malformed)},
    {"message-missing", "a send without a good message is an error, no more",
     2, CS, NULL, "bidi-1", GO(message_missing)},

    {"recv-blocks", "a recv that waits holds up no send, sync or other case",
     2, CS, NULL, "bidi-1", GO(recv_blocks)},
    {"order", "requests of one direction run in their order", 2, CS, NULL,
     "bidi-1", GO(order)},
    {"accept-first", "accept may come before the call", 3, CS, NULL, "bidi-1",
     GO(accept_first)},
    {"accept-match", "accept with match takes the stream with that tag", 3, CS,
     NULL, "bidi-1", GO(accept_match)},
    {"two-cases", "two cases with a stream of the same name do not mix", 2, CS,
     NULL, "bidi-1", GO(two_cases)},
    {"connection-names", "one connection to a name, closed by reset", 4, CS,
     NULL, "bidi-1", .optional = true, GO(connections)},

    {"return-beside-recv", "return ends the handler, its recv is answered", 3,
     CS, NULL, "bidi-1", GO(return_beside_recv)},
    {"reset-held", "reset says what is held, lets it go, then 0, 0, 0", 6, CS,
     NULL, "bidi-1", GO(reset_held)},
    {"status", "a status of the handler reaches the client", 3, CS, NULL,
     "bidi-1", GO(status)},
    {"error", "an error of the handler reaches the client, with a code", 3, CS,
     NULL, "bidi-1", GO(error)},
    {"biz", "a biz status with extra reaches the client", 2, CS, "biz",
     "bidi-1", GO(biz)},
    {"cancel", "cancel ends the client's recv and the handler's context", 4,
     CS, NULL, "bidi-1", GO(cancel)},
    {"deadline", "a deadline reaches the handler; without one there is none", 4,
     CS, NULL, "bidi-1", GO(deadline)},
    {"deadline-passes", "a deadline ends recv in its time, with code 4", 4, CS,
     NULL, "bidi-1", GO(deadline_passes)},
    {"metadata", "metadata both ways, repeated names in order", 2, CS, NULL,
     "bidi-1", GO(metadata)},
    {"metadata-bin", "the value of a -bin name is base64", 2, CS, NULL,
     "metadata", GO(metadata_bin)},
    {"finish", "finish is answered", 4, CS, NULL, "bidi-1", .optional = true,
     GO(finish)},

    {"unary-metadata", "header and trailer after a unary call", 4, CS, "unary",
     "unary-1", GO(unary_metadata)},
    {"exception", "an exception of the IDL reaches the client", 2, CS,
     "exception", "unary-1", GO(exception)},
    {"panic", "a handler that panics is an error, and the server lives", 3, CS,
     "panic", "bidi-1", GO(panic)},
    {"metainfo", "metainfo reaches the handler, transient and persistent", 2,
     CS, "metainfo", "bidi-1", GO(metainfo)},
    {"events", "events are those since the last request for them", 6, CS,
     "events", "bidi-1", GO(events)},
    {"stop", "a stopped server listens no more", 3, S, "stop", "listen",
     GO(stop)},
    {"compress", "a client compresses with gzip", 4, CS, "compress", "bidi-1",
     GO(compress)},
    {"gzip", "gzip both ways", 4, CS, "gzip", "bidi-1", GO(compress)},
    SETTING("initial-window", 0),
    SETTING("max-frame", 1),
    SETTING("max-concurrent", 2),
    SETTING("table-size", 3),
    SETTING("connections", 4),
    SETTING("read-timeout", 5),
    SETTING("transport", 6),
    {"middleware", "a middleware is run on both sides, and reported", 7, CS,
     "middleware", "bidi-1", GO(middleware), .mode = 0},
    {"recv-middleware", "so is one around Recv", 7, CS, "recv-middleware",
     "bidi-1", GO(middleware), .mode = 1},
    {"send-middleware", "so is one around Send", 7, CS, "send-middleware",
     "bidi-1", GO(middleware), .mode = 2},
    {"chain", "a handler calls on", 6, CS, "chain", "bidi-1", GO(chain)},
    {"ping-pong", "a call without a stream", 4, CS, "pingpong", "listen",
     GO(ping_pong)},
    {"ttheader", "a stream over TTHeader", 4, CS, "ttheader", "bidi-1",
     GO(ttheader)},

    {"exit", "the driver exits within 2 s of the connection's end", 1, NONE,
     NULL, NULL, GO(exit)},
    {0},
};
/* clang-format on */

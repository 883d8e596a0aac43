/* The judge's end of one connection, either role. Pure: bytes and time in,
 * segments of bytes out. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/canon.h"
#include "peer/observe.h"
#include "peer/writer.h"

/* The settings of the judge's side. */
struct kt_endpoint_opts {
    bool is_server;
    /* Off: that part is left to the script. */
    bool no_preface; /* preface and SETTINGS of its own */
    bool no_settings_ack;
    bool no_ping_ack;
    bool no_window_updates;
    /* SETTINGS by id (enum kt_setting), those that are given. */
    struct {
        bool given;
        uint32_t value;
    } set[7];
};
/* Read "initial-window=N max-frame= max-concurrent= table-size= preface=no
 * settings-ack=no ping-ack=no window-updates=no" off the settings of a side;
 * other names are left alone. */
void kt_endpoint_opts_read(struct kt_endpoint_opts *o,
                           const struct kt_fields *settings);

/* By itself it writes preface and SETTINGS when it connects, acks SETTINGS and
 * PING, and gives back every DATA byte on both levels; nothing else. These
 * frames never stand inside a line that is being written, and wait while a
 * header block of the judge is open. */
struct kt_endpoint;
struct kt_endpoint *kt_endpoint_new(const struct kt_endpoint_opts *o);
void kt_endpoint_free(struct kt_endpoint *ep); /* accepts NULL */

/* Both directions: what the SUT wrote from the moment it came, what the judge
 * wrote from the moment that kt_endpoint_next gave it away. */
struct kt_log *kt_endpoint_log(struct kt_endpoint *ep);

/* --- the connection --- */
void kt_endpoint_connected(struct kt_endpoint *ep, uint64_t now_ns);
void kt_endpoint_feed(struct kt_endpoint *ep, struct kt_cur bytes,
                      uint64_t now_ns);
/* The SUT has ended its direction; or the whole connection. */
void kt_endpoint_closed(struct kt_endpoint *ep, bool reset, uint64_t now_ns);
/* The judge itself ends (fin) or resets the connection: an entry in the log,
 * nothing more is given out. The owner does it to the socket. */
void kt_endpoint_shut(struct kt_endpoint *ep, bool reset, uint64_t now_ns);
/* The next segment: one write of its own. Valid until the next call of any
 * function that takes ep non-const. False: nothing to write now. Ask while the
 * socket takes it (repeated lines are made piece by piece), and again after
 * every call that feeds or writes. */
bool kt_endpoint_next(struct kt_endpoint *ep, uint64_t now_ns,
                      struct kt_cur *ret);
/* Nothing waits to be given out by kt_endpoint_next (what waits for windows is
 * not counted). */
bool kt_endpoint_idle(const struct kt_endpoint *ep);
/* The judge stops reading: a flag for the owner, who pauses the socket. */
void kt_endpoint_stall(struct kt_endpoint *ep);
bool kt_endpoint_stalled(const struct kt_endpoint *ep);

/* The first SETTINGS of both sides were acked (ours of the SUT: seen, when
 * settings-ack is off). */
bool kt_endpoint_ready(const struct kt_endpoint *ep);
/* The judge has written SETTINGS: each further one is acked behind them. */
bool kt_endpoint_has_settings(const struct kt_endpoint *ep);
/* A fence: an empty SETTINGS is queued; it is acked when acked() >= the value
 * returned. sent() and acked() count frames that were not acks, and acks. */
uint64_t kt_endpoint_fence(struct kt_endpoint *ep);
uint64_t kt_endpoint_settings_sent(const struct kt_endpoint *ep);
uint64_t kt_endpoint_settings_acked(const struct kt_endpoint *ep);

/* --- streams --- */
/* Client: the next id, 1, 3, 5 …, above all that were used. */
uint32_t kt_endpoint_new_stream(struct kt_endpoint *ep);
/* Highest id of a stream that the SUT (a client) has opened. */
uint32_t kt_endpoint_last_stream(const struct kt_endpoint *ep);

/* Each takes the wire line that narrows it (over, or NULL), whose fields
 * override; it is borrowed for the call only. how is for stream_of alone, or
 * NULL. Headers go out at once; a message, the half-close (an empty DATA with
 * END_STREAM) and trailers queue up behind each other on their stream and go
 * out as the SUT's windows allow. Nothing is written on a stream that was reset
 * or ended by these calls, or on a connection that is shut. */
void kt_endpoint_headers(struct kt_endpoint *ep, uint32_t stream,
                         const struct kt_hlist *canon,
                         const struct kt_wire *over,
                         const struct kt_write_how *how);
void kt_endpoint_message(struct kt_endpoint *ep, uint32_t stream,
                         struct kt_cur payload, const struct kt_wire *over,
                         const struct kt_write_how *how);
void kt_endpoint_half_close(struct kt_endpoint *ep, uint32_t stream,
                            const struct kt_wire *over);
void kt_endpoint_trailers(struct kt_endpoint *ep, uint32_t stream,
                          const struct kt_hlist *canon,
                          const struct kt_wire *over,
                          const struct kt_write_how *how);
/* At once; what is queued on the stream is dropped. */
void kt_endpoint_reset(struct kt_endpoint *ep, uint32_t stream, uint32_t code,
                       const struct kt_wire *over);
/* A line of its own (with "!"): at once, past any window, whatever the state.
 * False as kt_write_line. how->last and how->max_frame are filled in when 0. */
bool kt_endpoint_line(struct kt_endpoint *ep, const struct kt_wire *w,
                      const struct kt_write_how *how);

/* Bytes and ends that wait for the SUT's windows, on one stream or (0) all. */
bool kt_endpoint_blocked(const struct kt_endpoint *ep, uint32_t stream);
/* What the judge may still send; for reports and tests. 0: the connection. */
int64_t kt_endpoint_window(const struct kt_endpoint *ep, uint32_t stream);

/* Connections of a case: the judge's own ends, or what its proxy sees. Their
 * events stand on tapes, by stream and direction.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/endpoint.h"
#include "run/case.h"

/* What was seen of one stream of a connection. */
struct kt_seen {
    uint32_t id;
    struct kt_tape tape[2]; /* by direction: 1 is to the server */
    struct kt_strm *strm;   /* NULL: no name is bound to it */
};

/* One TCP connection under it. */
struct kt_socket {
    struct kt_chan *ch;
    struct kt_tcp *tcp; /* NULL once it is gone */
    struct kt_sink sink;
    bool up;
    bool ended; /* the peer writes no more */
};

struct kt_chan {
    struct kt_chan *next; /* in order of coming */
    struct kt_case *c;
    char *name; /* of the stream that it was made for, or "" */
    /* The judge is one end: an endpoint on sock[0]. In a pair its proxy: two
     * observers, sock[1] is the client's and sock[0] goes to the server. */
    struct kt_endpoint *ep;
    struct kt_observer *watch[2]; /* by direction */
    struct kt_log own_log;        /* of the proxy */
    struct kt_log *log;
    size_t taken_in, judged; /* entries of it that were looked at */
    uint64_t changes;        /* of the log, when it was looked at */
    struct kt_socket sock[2];
    struct kt_buf early; /* proxy: the client's bytes before the server is up */

    struct kt_seen **seen; /* by id, ascending; [0] is the connection */
    size_t nseen, cap_seen;
    struct kt_standing standing[2]; /* by side under test */
    bool bare;         /* begins with CONNECT: nothing is written by itself */
    bool begun;        /* bare: preface or more was written */
    bool implied;      /* an open line accounts for it */
    bool taken;        /* by a CONNECT line */
    bool ended[2];     /* the writer of that direction can write no more */
    bool judge_shut;   /* the judge has closed, reset or shut it down */
    bool damaged;      /* the judge has left a frame or header block open */
    uint64_t fence_at; /* SETTINGS that a fence waits for; 0: none */
};

/* The judge connects to the server under test. */
struct kt_chan *kt_chan_dial(struct kt_case *c, const char *name, bool bare);
/* The client under test has connected. In a pair the proxy dials the server. */
struct kt_chan *kt_chan_accept(struct kt_case *c, struct kt_tcp *tcp);
void kt_chans_free(struct kt_case *c);

struct kt_tape *kt_chan_tape(struct kt_chan *ch, uint32_t id, bool to_server);
struct kt_seen *kt_chan_seen(struct kt_chan *ch, uint32_t id);
bool kt_chan_up(const struct kt_chan *ch);
/* Streams may start: it is up and both SETTINGS are acked (or it is bare). */
bool kt_chan_ready(const struct kt_chan *ch);
/* A stream of the client stands open on it. */
bool kt_chan_has_stream(const struct kt_chan *ch);
/* It lives: neither side has closed it. */
bool kt_chan_alive(const struct kt_chan *ch);
bool kt_chan_can_fence(const struct kt_chan *ch);

/* What the endpoint has to say goes out; to be called after every write. */
void kt_chan_flush(struct kt_chan *ch);
/* New entries of the log onto the tapes and to the standing checks. */
void kt_chan_absorb(struct kt_chan *ch);
/* Segments that the endpoint still holds back for the socket. */
bool kt_chan_busy(const struct kt_chan *ch);

void kt_chan_close(struct kt_chan *ch);    /* behind what is queued */
void kt_chan_abort(struct kt_chan *ch);    /* TCP reset */
void kt_chan_shutdown(struct kt_chan *ch); /* FIN of the judge's side only */
void kt_chan_stall(struct kt_chan *ch);

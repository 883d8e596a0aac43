/* What bytes mean: one observer for each direction of a connection reads frames
 * and makes entries of a log. It never refuses anything: what is wrong becomes
 * a FAULT entry. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "peer/log.h"

/* What it makes of frames:
 *
 *   headers     every header block of a client, and of a server without
 *               END_STREAM; .interim for 1xx
 *   trailers    a block with END_STREAM: of a server always, of a client behind
 *               its headers
 *   half-close  END_STREAM of a client on any frame (behind headers or trailers
 *               of the same frame); of a server on DATA
 *   message     from its first byte; more in kt_rec
 *   reset       RST_STREAM
 *
 * DATA and HEADERS on a stream that this side has ended or reset make a FAULT
 * and no event. Faults name a rule where one is known: STD-1 (a frame that its
 * type forbids), STD-2 (not the preface), STD-3 (header block not contiguous),
 * STD-7 (something after the end), STD-14 (end inside a message), H2-34
 * (header block cannot be decoded), MSG-1 (prefix flag). Scope says how far it
 * reaches; after a FAULT of scope CONN the rest may make no sense. */
struct kt_observer;

/* Writes to *log, which is borrowed. to_server: these are a client's bytes. */
struct kt_observer *kt_observer_new(struct kt_log *log, bool to_server);
void kt_observer_free(struct kt_observer *o); /* accepts NULL */
/* Tell two observers of one connection of each other: SETTINGS of one side
 * bound frames and the header table of the other. Without it the defaults
 * hold. */
void kt_observer_pair(struct kt_observer *a, struct kt_observer *b);
/* Bytes as they come, cut anywhere: the entries do not depend on the cuts. */
void kt_observer_feed(struct kt_observer *o, struct kt_cur bytes,
                      uint64_t now_ns);
/* The connection ended in this direction: CLOSE fin or rst. What is unfinished
 * is final. */
void kt_observer_close(struct kt_observer *o, bool reset, uint64_t now_ns);
/* From now on equal frames in a row, in this direction and in the same call of
 * feed, count as one entry (.times), as far as they make no events. */
void kt_observer_fold(struct kt_observer *o, bool on);

/* Counts of what has passed so far. */
struct kt_observed {
    uint64_t bytes;
    uint64_t settings; /* SETTINGS frames that were no ack */
    uint64_t acks;     /* SETTINGS acks */
    bool preface;      /* the client's preface was whole */
    bool block_open;   /* inside a header block */
    bool lost;         /* frames can't be told apart any more */
};
const struct kt_observed *kt_observer_state(const struct kt_observer *o);

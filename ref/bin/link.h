/* One TCP connection with a peer on it: bytes pumped both ways, deadlines kept.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "call/call.h"
#include "io/net.h"

struct kt_link;

/* Who hears of a link's calls. KT_CALL_OPENED without a call: the client's
 * connection stands. ev NULL: the link is gone; its calls have ended, and
 * kt_link_free may be called now. Never called inside another kt_link_… call
 * but kt_link_touch. */
struct kt_link_sink {
    void (*on)(struct kt_link_sink *self, struct kt_link *l,
               const struct kt_call_event *ev);
};

/* Client: dials at once; calls may be opened before the connection stands. */
struct kt_link *kt_link_dial(struct kt_net *net, const char *addr,
                             const struct kt_peer_opts *o,
                             struct kt_link_sink *sink, struct kt_err *reterr);
/* Server: takes a connection that was accepted. */
struct kt_link *kt_link_accept(struct kt_net *net, struct kt_tcp *tcp,
                               const struct kt_peer_opts *o,
                               struct kt_link_sink *sink,
                               struct kt_err *reterr);
/* Closes what is open; nobody is told. Accepts NULL. Not inside the sink, but
 * for ev NULL. */
void kt_link_free(struct kt_link *l);

struct kt_peer *kt_link_peer(const struct kt_link *l);
/* After acting on the peer or its calls: write what they want, tell what
 * happened. Inside the sink it only notes that there is something to do. */
void kt_link_touch(struct kt_link *l);
bool kt_link_is_gone(const struct kt_link *l);
/* Close when what is queued is written. */
void kt_link_close(struct kt_link *l);
bool kt_link_is_connected(
    const struct kt_link *l); /* it stands, or stood once */
/* Client: the connection was never made. */
bool kt_link_never_connected(const struct kt_link *l);
void *kt_link_user(const struct kt_link *l);
void kt_link_set_user(struct kt_link *l, void *user);

/* A world with a driver, a peer that writes any line, and what they were told.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "driver/driver.h"

#define MS 1000000ull
#define S (1000 * MS)

struct world {
    struct kt_net *net;
    struct kt_driver *d;
    struct kt_driver_sink sink;
    struct kt_sink on_peer;
    struct kt_tcp *peer;
    struct kt_buf got; /* by the peer */
    bool peer_open;
    int told[3];    /* by state */
    bool free_then; /* free the driver when it is GONE */
};

struct ask { /* an asker, and what it heard */
    struct kt_asker asker;
    int n;
    uint64_t id;
    struct kt_answer a;
    char message[400];
    char body[200];
    struct kt_driver *again; /* ask once more from within */
    struct kt_driver *stop, *free;
};

#define HELLO                                                                  \
    "{\"hello\":{\"protocol\":1,\"token\":\"tok\",\"implementation\":\"x\","   \
    "\"version\":\"1\",\"language\":\"c\",\"roles\":[\"client\",\"server\"],"  \
    "\"transports\":[\"http2\",\"pingpong\"],\"capabilities\":[\"unary\"]}}"

struct ask ask_of(void);
void on_driver(struct kt_driver_sink *self, struct kt_driver *d);
void step_while(struct world *w, bool (*cond)(struct world *w));
bool starting(struct world *w);
bool not_gone(struct world *w);
bool unanswered(struct world *w);
bool nothing_got(struct world *w);
void world_begin(struct world *w, bool simulated,
                 const struct kt_driver_opts *o);
void world_end(struct world *w);
void say(struct world *w, const char *line);
void dial(struct world *w);
void world_ready(struct world *w, bool simulated);
void blamed(struct world *w, enum kt_blame blame, const char *part);

/* driver-check inside: a check asks the driver, waits, and says what it wanted.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "driver/driver.h"
#include <stdarg.h>

struct kt_dc;

/* One request and, once done, its answer. Owned by the session until the end of
 * the check. */
struct kt_dc_ask {
    struct kt_asker asker;
    struct kt_dc_ask *next;
    struct kt_dc *c;
    char *text; /* the request, cut, for reports */
    bool done;
    enum kt_ans_kind kind;
    json_t *body; /* OK, EXCEPTION */
    bool has_code;
    uint32_t code;
    int32_t biz_code;
    char *message;
    json_t *extra;
};

enum kt_dc_verdict { KT_DC_OK, KT_DC_FAIL, KT_DC_SKIP, KT_DC_UNSEEN };

struct kt_dc_check {
    const char *name;
    const char *claim;
    int section;       /* of docs/drivers.md */
    unsigned roles;    /* that the driver must have: enum kt_role bits */
    const char *needs; /* capability, or transport, that must be declared */
    const char *after; /* a check without which this one means nothing */
    bool optional;     /* "unsupported" is an answer to it, too */
    bool (*go)(struct kt_dc *c);
    int mode, count; /* of a conversation */
};

struct kt_dc {
    struct kt_net *net;
    struct kt_driver *driver;
    struct kt_driver_sink sink;
    struct kt_driver_tap tap;
    FILE *record; /* of the control connection, NULL: none */
    char **argv;
    const char *control, *token;
    uint64_t patience_ns; /* for one answer */
    unsigned roles;       /* to be checked */
    bool told_gone;

    const struct kt_dc_check *check; /* the one that runs */
    struct kt_dc_ask *asks;
    unsigned ncases; /* names of cases and slots are never used twice */

    enum kt_dc_verdict verdict; /* of that check, with its reasons */
    char *request, *expected, *got;
};

/* ---- the session: dcheck.c ---- */

/* Start the driver and wait for its hello. False: it is gone. */
bool kt_dc_start(struct kt_dc *c, struct kt_err *reterr);
/* Let things happen until *flag, or for the patience. */
bool kt_dc_until(struct kt_dc *c, const bool *flag);
/* The end of a check: its requests are forgotten. */
void kt_dc_drop_asks(struct kt_dc *c);

/* ---- asking: dcheck_ask.c ---- */

/* Send a request; fmt and what follows are json_pack's, for the fields, NULL:
 * none. */
struct kt_dc_ask *kt_dc_ask(struct kt_dc *c, const char *op, const char *fmt,
                            ...);
struct kt_dc_ask *kt_dc_send(struct kt_dc *c, json_t *req);

/* The check fails (skips), for the first reason that is given. All return
 * false. */
bool kt_dc_fail(struct kt_dc *c, const struct kt_dc_ask *q,
                const char *expected, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool kt_dc_skip(struct kt_dc *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The answer is not as expected: fail, or skip an optional check for what is
 * unsupported. False. */
bool kt_dc_wrong(struct kt_dc *c, const struct kt_dc_ask *q,
                 const char *expected);

/* Wait for the answer; true when it is as wanted. What is unsupported skips an
 * optional check. */
bool kt_dc_any(struct kt_dc *c, struct kt_dc_ask *q);
bool kt_dc_ok(struct kt_dc *c, struct kt_dc_ask *q);
bool kt_dc_eof(struct kt_dc *c, struct kt_dc_ask *q);
enum { KT_DC_ANY_CODE = -1 };
bool kt_dc_error(struct kt_dc *c, struct kt_dc_ask *q, int code);
/* An error or "unsupported": what is due to a request that makes no sense. */
bool kt_dc_refusal(struct kt_dc *c, struct kt_dc_ask *q);
/* {"ok":{"message":{"json":want}}}; takes want. */
bool kt_dc_message(struct kt_dc *c, struct kt_dc_ask *q, json_t *want);
bool kt_dc_text(struct kt_dc *c, struct kt_dc_ask *q, const char *text);
/* Not answered by now. */
bool kt_dc_open(struct kt_dc *c, struct kt_dc_ask *q);
/* {"ok":{"metadata":[…]}} or ok with it, holding every pair of want, in order;
 * takes want. */
bool kt_dc_metadata(struct kt_dc *c, struct kt_dc_ask *q, json_t *want);
/* An integer of the ok's body within a range. */
bool kt_dc_integer(struct kt_dc *c, struct kt_dc_ask *q, const char *key,
                   json_int_t low, json_int_t high);

/* ---- a case on a slot of its own: dcheck_talk.c ---- */

#define KT_DC_ECHO "echo.TestService"
#define KT_DC_CONF "conformance.Conformance"

struct kt_dc_talk {
    struct kt_dc *c;
    const char *service;
    char name[32]; /* of the case, and of the slot */
    char slot[32];
    char address[64];
};

/* settings is taken, and may be NULL. */
bool kt_dc_begin(struct kt_dc *c, struct kt_dc_talk *t, const char *service,
                 json_t *settings);
/* Reset with nothing held, and unlisten. */
bool kt_dc_end(struct kt_dc_talk *t);
/* A reset that reports these, -1: one or more, -2: whatever. */
enum { KT_DC_SOME = -1, KT_DC_WHATEVER = -2 };
bool kt_dc_reset(struct kt_dc_talk *t, int streams, int handlers, int requests);

struct kt_dc_ask *kt_dc_on(struct kt_dc_talk *t, const char *side,
                           const char *stream, const char *op, const char *fmt,
                           ...);
/* On stream "a". */
#define kt_dc_client(t, ...) kt_dc_on((t), "client", "a", __VA_ARGS__)
#define kt_dc_server(t, ...) kt_dc_on((t), "server", "a", __VA_ARGS__)

/* extra: more fields of open or call, taken, may be NULL. */
struct kt_dc_ask *kt_dc_call(struct kt_dc_talk *t, const char *op,
                             const char *stream, const char *method,
                             json_t *extra);
/* Open a bidirectional stream "a" and accept it. */
bool kt_dc_pair(struct kt_dc_talk *t, json_t *extra);
json_t *kt_dc_msg(const char *text); /* {"json":{"message":text}} */
/* One message across, in either direction. */
bool kt_dc_up(struct kt_dc_talk *t, const char *text);
bool kt_dc_down(struct kt_dc_talk *t, const char *text);
/* Half-close, drain, return, drain. */
bool kt_dc_finish(struct kt_dc_talk *t);

/* ---- a relay between a client and a server: dcheck_relay.c ---- */

struct kt_dc_relay;
/* Listens on *ret_addr and copies to address; NULL address: accepts and is
 * silent. */
struct kt_dc_relay *kt_dc_relay_new(struct kt_net *net, const char *address,
                                    char ret_addr[64]);
void kt_dc_relay_free(struct kt_dc_relay *r);
unsigned kt_dc_relay_accepted(const struct kt_dc_relay *r);
/* True when no connection is left. */
const bool *kt_dc_relay_idle(const struct kt_dc_relay *r);
/* Is anybody listening there? */
bool kt_dc_reachable(struct kt_dc *c, const char *address);

/* ---- the checks ---- */

extern const struct kt_dc_check kt_dc_checks[]; /* name NULL ends */

bool kt_dc_check_hello(struct kt_dc *c);
bool kt_dc_check_unknown_op(struct kt_dc *c);
bool kt_dc_check_unknown_stream(struct kt_dc *c);
bool kt_dc_check_sync(struct kt_dc *c);
bool kt_dc_check_reset_empty(struct kt_dc *c);
bool kt_dc_check_missing_fields(struct kt_dc *c);
bool kt_dc_check_burst(struct kt_dc *c);
bool kt_dc_check_exit(struct kt_dc *c);

bool kt_dc_check_listen(struct kt_dc *c);
bool kt_dc_check_unlisten(struct kt_dc *c);
bool kt_dc_check_listen_unknown(struct kt_dc *c);
bool kt_dc_check_accept_waits(struct kt_dc *c);
bool kt_dc_check_open_refused(struct kt_dc *c);
bool kt_dc_check_silent_peer(struct kt_dc *c);

bool kt_dc_check_conversation(struct kt_dc *c);
bool kt_dc_check_texts(struct kt_dc *c);
bool kt_dc_check_types(struct kt_dc *c);
bool kt_dc_check_large(struct kt_dc *c);
bool kt_dc_check_hex(struct kt_dc *c);
bool kt_dc_check_malformed(struct kt_dc *c);
bool kt_dc_check_message_missing(struct kt_dc *c);
bool kt_dc_check_recv_blocks(struct kt_dc *c);
bool kt_dc_check_order(struct kt_dc *c);
bool kt_dc_check_accept_first(struct kt_dc *c);
bool kt_dc_check_accept_match(struct kt_dc *c);
bool kt_dc_check_two_cases(struct kt_dc *c);
bool kt_dc_check_connections(struct kt_dc *c);

bool kt_dc_check_return_beside_recv(struct kt_dc *c);
bool kt_dc_check_reset_held(struct kt_dc *c);
bool kt_dc_check_status(struct kt_dc *c);
bool kt_dc_check_error(struct kt_dc *c);
bool kt_dc_check_biz(struct kt_dc *c);
bool kt_dc_check_cancel(struct kt_dc *c);
bool kt_dc_check_deadline(struct kt_dc *c);
bool kt_dc_check_deadline_passes(struct kt_dc *c);
bool kt_dc_check_metadata(struct kt_dc *c);
bool kt_dc_check_metadata_bin(struct kt_dc *c);
bool kt_dc_check_finish(struct kt_dc *c);

bool kt_dc_check_unary_metadata(struct kt_dc *c);
bool kt_dc_check_exception(struct kt_dc *c);
bool kt_dc_check_panic(struct kt_dc *c);
bool kt_dc_check_metainfo(struct kt_dc *c);
bool kt_dc_check_events(struct kt_dc *c);
bool kt_dc_check_stop(struct kt_dc *c);
bool kt_dc_check_setting(struct kt_dc *c);
bool kt_dc_check_middleware(struct kt_dc *c);
bool kt_dc_check_compress(struct kt_dc *c);
bool kt_dc_check_ping_pong(struct kt_dc *c);
bool kt_dc_check_ttheader(struct kt_dc *c);
bool kt_dc_check_chain(struct kt_dc *c);

/* The judge's end of the driver protocol (docs/drivers.md): one control
 * connection to one driver, its process if ktspec started it, and whose fault
 * its end was. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"
#include <jansson.h>

enum kt_transport {
    KT_TR_HTTP2 = 1,
    KT_TR_TTHEADER = 2,
    KT_TR_PINGPONG = 4,
};

/* What hello said. Strings are valid as long as the driver. */
struct kt_hello {
    const char *implementation;
    const char *version;
    const char *language;
    unsigned roles; /* 1 server, 2 client: enum kt_role bits of script/scn.h */
    unsigned transports;  /* enum kt_transport bits */
    json_t *capabilities; /* array of strings */
    const json_t *raw;    /* the object as it came */
};

enum kt_driver_state {
    KT_DRV_STARTING, /* no hello yet */
    KT_DRV_READY,
    KT_DRV_GONE, /* ended, crashed, never came, or broke the protocol */
};

/* Why a driver is gone. */
enum kt_blame {
    KT_BLAME_NONE,
    KT_BLAME_NO_START, /* not executable, exited or silent before hello */
    KT_BLAME_EXIT,     /* exited by itself with a status */
    KT_BLAME_SIGNAL,   /* killed by a signal, or a sanitizer report */
    KT_BLAME_HANGUP,   /* closed the control connection and lives on */
    KT_BLAME_PROTOCOL, /* a line that is no answer of the protocol */
    KT_BLAME_STOPPED,  /* by kt_driver_stop */
};

enum kt_ans_kind {
    KT_ANS_OK,
    KT_ANS_EOF,
    KT_ANS_ERROR,
    KT_ANS_BIZ,
    KT_ANS_EXCEPTION,
    KT_ANS_UNSUPPORTED,
    KT_ANS_GONE, /* the driver is gone; no answer will come */
};

/* Valid until the asker returns; json_incref what is to be kept. */
struct kt_answer {
    enum kt_ans_kind kind;
    json_t *body;        /* OK: its object. EXCEPTION: {"name","message"} */
    bool has_code;       /* ERROR */
    uint32_t code;       /* ERROR: gRPC status */
    int32_t biz_code;    /* BIZ */
    const char *message; /* ERROR, BIZ, UNSUPPORTED; "" if none */
    json_t *extra;       /* BIZ: object of strings, or NULL */
};

/* Who asked. Called once for each request, from kt_net_step, never inside
 * kt_driver_ask or kt_driver_stop. May call anything here, kt_driver_free too.
 */
struct kt_asker {
    void (*on)(struct kt_asker *self, uint64_t id, const struct kt_answer *a);
};

/* Told of every change of state, from kt_net_step, GONE once and behind the
 * askers. May call anything here, kt_driver_free too. */
struct kt_driver;
struct kt_driver_sink {
    void (*on)(struct kt_driver_sink *self, struct kt_driver *d);
};

/* Shown every line of the control connection, without its end, before it has
 * any effect. */
struct kt_driver_tap {
    void (*on)(struct kt_driver_tap *self, bool to_driver, struct kt_cur line);
};

struct kt_driver_opts {
    char **argv;         /* NULL-ended; NULL: somebody else starts it */
    const char *control; /* address to listen on; NULL: 127.0.0.1:0 */
    const char *token;   /* NULL: a random one */
    uint64_t start_ns;   /* patience for hello */
    struct kt_driver_sink *sink;
    struct kt_driver_tap *tap; /* NULL: none */
};

/* Listen on the control address and start the process. NULL, with *reterr, when
 * that cannot even begin (the program does not exist, the address is taken). */
struct kt_driver *kt_driver_new(struct kt_net *net,
                                const struct kt_driver_opts *o,
                                struct kt_err *reterr);
/* Kills what is still there; nobody is told. Accepts NULL, and any state. */
void kt_driver_free(struct kt_driver *d);

enum kt_driver_state kt_driver_state(const struct kt_driver *d);
const struct kt_hello *kt_driver_hello(const struct kt_driver *d); /* READY */
bool kt_driver_can(const struct kt_driver *d, const char *capability);
const char *kt_driver_control(const struct kt_driver *d); /* address to dial */
const char *kt_driver_token(const struct kt_driver *d);

/* GONE: whose fault, and one clause for a person ("killed by SIGSEGV", "exit
 * status 3", "line 12 is not JSON: …"). */
enum kt_blame kt_driver_blame(const struct kt_driver *d, const char **ret_text);
/* The last lines of its stderr, NUL-ended; "" when not started by us. */
const char *kt_driver_stderr(const struct kt_driver *d);
/* Process id; 0 when not started by us, or when it has ended. */
int kt_driver_pid(const struct kt_driver *d);

/* Send a request; takes the reference to req and adds "id". The id is returned;
 * asker hears of it exactly once, with GONE when the driver ends first, unless
 * the asker was taken back by kt_driver_forget. In any state: before hello it
 * waits, afterwards it is GONE. */
uint64_t kt_driver_ask(struct kt_driver *d, json_t *req,
                       struct kt_asker *asker);
/* No request of this asker is answered any more; late answers are dropped. */
void kt_driver_forget(struct kt_driver *d, struct kt_asker *asker);
size_t kt_driver_outstanding(const struct kt_driver *d);

/* Close the control connection and wait for the process to follow, as
 * docs/drivers.md wants it; after 2 s SIGTERM, 1 s later SIGKILL. The state is
 * GONE at once and every asker hears it; the sink does when the process has
 * ended, and blame's text says how. */
void kt_driver_stop(struct kt_driver *d);

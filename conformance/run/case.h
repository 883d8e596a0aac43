/* One case while it runs: the scenario as a state machine that is evaluated
 * again on every event. Map of the files:
 *
 *   run.c      options, the loop            sched.c   queue, controls, results
 *   sut.c      drivers, black boxes         slots.c   server slots, settings
 *   clock.c    time, slack, stalls          setup.c   before the first line
 *   case.c     phases of a case             block.c   sequence, either, any …
 *   step.c     waiting, times, outcomes     fold.c    modes, what narrows what
 *   step_app.c  lines of the SUT's side: requests (request.c, ask.c, call.c),
 *               what answers say (values.c), warm.c before the first open
 *   play.c      lines of the judge's side; play_pump.c what they wait for
 *   step_expect.c, step_write.c  wire lines; write.c what the judge writes
 *   account.c  dues, what needs no line     fence.c, silence.c
 *   chan.c     connections, tapes           socket.c  bytes, the proxy
 *   strm.c     streams by name              echo.c    handler echo
 *   finish.c   how a case ends              fail.c, wirelog.c  its failure
 * block
 *
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/ledger.h"
#include "check/match.h"
#include "check/recv.h"
#include "check/result.h"
#include "check/standing.h"
#include "run/clock.h"
#include "run/sut.h"

struct kt_case;
struct kt_chan;
struct kt_slot;
struct kt_job;

/* What a line does when it is tried. */
enum kt_do { KT_DO_WAIT, KT_DO_DONE, KT_DO_FAIL };

/* A request to a driver, or a receiving step that the judge plays. */
struct kt_ask {
    struct kt_ask *next;
    struct kt_case *c;
    const struct kt_line *line;
    struct kt_strm *s; /* NULL: of the case */
    enum kt_side side; /* whose application */
    char *as;          /* name, or NULL */
    uint64_t id;       /* of the driver */
    bool judge;        /* played by the judge */
    bool reads;        /* judge: the next result of its receiver */
    bool as_message;   /* an OK with a message is the message */
    bool settles;      /* its answer settles what the line implied */
    bool background;   /* nobody waits for it: an accept of the runner */
    uint64_t issued_ns;
    uint64_t ordinal;  /* of the message that a receiver gets */
    struct kt_got got; /* NONE: no answer yet */
    bool taken;        /* by its line or by an await */
};

/* A stream of the chart. */
struct kt_strm {
    struct kt_strm *next;
    struct kt_case *c;
    char *name;
    const struct kt_method *method;
    struct kt_chan *conn; /* NULL: not bound to a connection yet */
    uint32_t id;          /* 0: not bound yet */
    bool opened;          /* an open has run */
    bool tagged;          /* open … as: found by its metadata */
    bool untagged;        /* its headers cannot carry that */
    bool on_any;          /* the client's own choice of connection */
    char conn_name[32];   /* of the driver protocol */
    uint64_t open_ns;
    uint64_t deadline_ns; /* of the judge's own client; 0: none */
    uint64_t sent[2];     /* messages sent, by direction (1: to the server) */
    uint64_t read[2];     /* messages read, by direction */
    struct kt_ledger ledger[2]; /* by direction */
    struct kt_rx rx[2];         /* the judge's receivers, by direction */
    /* the judge's own sending side */
    bool head_sent, ended, reset;
    bool gzip;  /* open compress=gzip, of either side */
    bool packs; /* the judge's messages on it are in gzip */
    /* the SUT knows of the judge's reset: nothing may follow */
    bool reset_known;
    uint64_t proved_seq;  /* entries behind it came after that; 0: not yet */
    bool deadline_passed; /* allows the SUT's reset CANCEL */
    bool cancelled;       /* client cancel has run */
    /* server under test */
    struct kt_ask *accept;   /* issued for this stream, or NULL */
    bool accepted, returned; /* its handler has begun, and was let go */
    bool read_to_end;        /* client under test: Recv has given the end */
    /* folds: one request for several lines */
    struct kt_ask *whole;
    bool whole_read;   /* the client has it */
    bool request_read; /* the handler of a unary call has its message */
    bool probe;        /* the judge's own call, not written yet */
    bool arrived;      /* the judge's handler has begun */
    struct kt_hlist *set_header, *set_trailer; /* of the judge's handler */
    bool echoed;          /* by the runner, whatever the handler is */
    struct kt_echo *echo; /* the one who does it */
};

/* One line in execution. */
struct kt_thread {
    const struct kt_line *line;
    const struct kt_steps *steps; /* where it stands, for lines around it */
    size_t pc;
    int phase;
    bool done;
    uint64_t since_ns; /* first tried */
    struct kt_ask *ask;
    struct kt_fence *fence;
    size_t skip;           /* lines behind it that it has done as well */
    size_t queued, logged; /* a repeated line: what it saw move last */
};

enum kt_block_kind { KT_B_SEQ, KT_B_REPEAT, KT_B_ANY };
struct kt_block {
    enum kt_block_kind kind;
    const struct kt_steps *steps;
    size_t pc;
    struct kt_thread th;   /* SEQ, REPEAT: the line at pc */
    struct kt_thread *all; /* ANY: one for each line */
    const struct kt_line *repeat;
    uint64_t round;
    struct kt_steps *own; /* REPEAT: lines of this round, kept by the case */
};
enum { KT_MAX_DEPTH = 8 };

/* Lines of a round of a repeat, alive until the case ends. */
struct kt_kept {
    struct kt_kept *next;
    struct kt_steps steps;
};

/* "optional": a wire line that may be matched until the end. */
struct kt_option {
    struct kt_option *next;
    const struct kt_line *line;
    bool used;
};

enum kt_case_phase {
    KT_C_SETUP,   /* slot, driver, settings */
    KT_C_SCRIPT,  /* lines */
    KT_C_SILENCE, /* silence connection on every one */
    KT_C_CLOSING, /* streams reset, connections closed, reset asked */
    KT_C_ECHO,    /* an echo on a new connection */
    KT_C_OVER,    /* the result stands */
};

struct kt_case {
    struct kt_case *next;
    struct kt_run *run;
    struct kt_job *job;
    const struct kt_scn *scn;
    enum kt_role role;
    bool sut[2]; /* sides under test */
    char id[24]; /* "case" of the driver protocol */
    enum kt_case_phase phase;
    bool dirty;
    bool failed; /* the verdict stands; what follows is cleaning up */
    bool control_passed;
    uint64_t stalls; /* the clock's count at the beginning */
    uint64_t start_ns;
    uint64_t cpu_start_ns;
    struct kt_result res;
    struct kt_timer *timer;
    struct kt_sink on_timer;
    uint64_t wake_ns; /* earliest deadline of this evaluation */

    const struct kt_service *service;
    struct kt_block block[KT_MAX_DEPTH];
    size_t depth;
    struct kt_kept *kept;
    struct kt_option *options;

    struct kt_strm *strms;
    struct kt_chan *conns;    /* in order of coming */
    struct kt_chan *def_conn; /* the judge's client: where streams start */
    struct kt_ask *asks;      /* in order of issue */
    struct kt_ask *last_ask;
    struct kt_case_asker { /* by side, so that ids of two drivers differ */
        struct kt_asker base;
        struct kt_case *c;
        enum kt_side side;
    } asker[2];
    struct kt_slot *slot;         /* server under test */
    struct kt_listener *listener; /* client under test */
    struct kt_sink on_listener;
    char listen_addr[64];
    char def_name[32]; /* connection of the first stream */
    struct kt_fence *end_fence;
    uint64_t seq; /* of entries */
    bool standing_failed;
    bool stop_allowed; /* server stop has run */
    struct kt_finish *finish;
    struct kt_echo *echoes; /* played through the driver of the server */
    unsigned echo_count;    /* names of theirs */
    unsigned probe_count;
    struct kt_call *calls;
    struct kt_warmed *warmed;
};

/* --- case.c --- */
struct kt_case *kt_case_new(struct kt_run *run, const struct kt_scn *scn,
                            bool control_passed);
void kt_case_free(struct kt_case *c);
/* Something happened: evaluate soon (from the loop, never at once). */
void kt_case_touch(struct kt_case *c);
void kt_case_eval(struct kt_case *c);
/* A deadline of the line in execution. */
void kt_case_wake_at(struct kt_case *c, uint64_t ns);
/* Try one line. peek: say whether it is satisfied, change nothing; FAIL then
 * means that it cannot be any more. */
enum kt_do kt_step_try(struct kt_case *c, struct kt_thread *th, bool peek);
/* Until when it may wait; 0 when it already waits too long. */
uint64_t kt_step_deadline(struct kt_case *c, const struct kt_thread *th,
                          const struct kt_strm *s);

/* A scenario after parsing: what the runner walks through. Source of every
 * meaning: docs/scenarios.md.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <jansson.h>
#include <regex.h>

enum kt_side { KT_CLIENT, KT_SERVER };
enum kt_role { KT_ROLE_SERVER = 1, KT_ROLE_CLIENT = 2, KT_ROLE_PAIR = 4 };

struct kt_pos {
    const char *file; /* owned by the catalogue */
    int line;         /* from 1 */
    int col;          /* from 1, in bytes */
};

/* A value as written on a line; matched against text, or against a number when
 * what it is compared with is one. */
enum kt_pat_kind {
    KT_PAT_LIT,     /* text, of n bytes: bare word, quoted text, hex:, zeros: */
    KT_PAT_RANGE,   /* lo..hi, hi = UINT64_MAX for "lo.."; units resolved:
                       ms and s to ns, KiB and MiB to bytes */
    KT_PAT_REGEX,   /* ~"…", POSIX extended */
    KT_PAT_PRESENT, /* "*" */
    KT_PAT_NOT,     /* !V, sub[0] */
    KT_PAT_ALT,     /* A|B|…, sub[0..nsub) */
};

struct kt_pat {
    enum kt_pat_kind kind;
    bool quoted;  /* was in double quotes: always literal */
    bool gzip;    /* gzip:V: LIT is V; what is written is packed, and what is
                     matched is unpacked first */
    char *packed; /* gzip: V in gzip */
    size_t npacked;
    char *text; /* LIT: the bytes (a NUL follows); REGEX: its source */
    size_t n;   /* LIT */
    uint64_t lo, hi;
    regex_t *re;
    struct kt_pat *sub;
    size_t nsub;
};

/* name=value, or "no name". The value of "data=payload=hpack=" is a LIT of the
 * decoded bytes; hpack=hex: has quoted set, which tells it from hpack=literal.
 * "meta K=V" and "persist K=V" and "header k=v" of an application line are
 * fields with group 'm', 'p', 'h'; those of header, trailer, set-header and
 * their kind have group 'h'; others have group 0. */
struct kt_field {
    char *name;
    struct kt_pat value;
    bool absent; /* no name */
    char group;
    struct kt_pos pos;
};

struct kt_fields {
    struct kt_field *v;
    size_t n;
};

enum kt_msg_kind { KT_MSG_NONE, KT_MSG_JSON, KT_MSG_SIZE, KT_MSG_BYTES };

struct kt_msg {
    enum kt_msg_kind kind;
    json_t *json;   /* JSON */
    uint64_t size;  /* SIZE: encoded bytes of the struct */
    uint8_t *bytes; /* BYTES */
    size_t n;
};

enum kt_out_kind {
    KT_OUT_OK,
    KT_OUT_MSG,
    KT_OUT_EOF,
    KT_OUT_STATUS,    /* code, and text when has_text */
    KT_OUT_BIZ,       /* biz_code, text when has_text, extra when not NULL */
    KT_OUT_ERROR,     /* any error that is not eof; text when has_text */
    KT_OUT_EXCEPTION, /* name, msg */
};

struct kt_outcome {
    enum kt_out_kind kind;
    uint32_t *codes; /* STATUS: any of these */
    size_t ncodes;
    int32_t biz_code;
    bool has_text;
    struct kt_pat text;
    json_t *extra; /* object of strings */
    char *name;
    struct kt_msg msg;
};

struct kt_outcomes { /* any of these; empty means ok */
    struct kt_outcome *v;
    size_t n;
};

/* after A..B [since NAME] */
struct kt_after {
    bool given;
    uint64_t lo_ns, hi_ns;
    char *since; /* NULL: the open of the stream */
};

enum kt_verb { /* application lines; words.c holds their spelling */
               KT_V_OPEN,
               KT_V_SEND,
               KT_V_RECV,
               KT_V_HALF_CLOSE,
               KT_V_CANCEL,
               KT_V_HEADER,
               KT_V_TRAILER,
               KT_V_FINISH,
               KT_V_EVENTS,
               KT_V_CALL,
               KT_V_ACCEPT,
               KT_V_SET_HEADER,
               KT_V_SEND_HEADER,
               KT_V_SET_TRAILER,
               KT_V_CANCELLED,
               KT_V_STOP,
               KT_V_RETURN,
               KT_V_COUNT,
};

struct kt_event_want { /* one word of "events" and the k=v behind it */
    char *name;
    struct kt_fields fields;
};

struct kt_app {
    enum kt_side side;
    enum kt_verb verb;
    struct kt_fields
        fields; /* deadline= on= from= method= transport= grace= compress=,
                   header, meta, persist; set-header's k=v … */
    struct kt_msg msg;     /* send, call, return M */
    struct kt_outcome ret; /* return: what the handler returns */
    bool panic;            /* return panic */
    char *ret_error;       /* return error TEXT */
    uint32_t code;         /* cancelled CODE, the first; KT_NO_CODE: none. All
                              of them stand in out as a STATUS */
    struct kt_event_want *events;
    size_t nevents;
};
#define KT_NO_CODE UINT32_MAX

enum kt_frame { /* wire lines */
                /* HTTP/2, upper case */
                KT_F_DATA,
                KT_F_HEADERS,
                KT_F_CONTINUATION,
                KT_F_PRIORITY,
                KT_F_RST_STREAM,
                KT_F_SETTINGS,
                KT_F_PUSH_PROMISE,
                KT_F_PING,
                KT_F_GOAWAY,
                KT_F_WINDOW_UPDATE,
                KT_F_FRAME,
                KT_F_BYTES,
                KT_F_CONNECT,
                KT_F_CLOSE,
                KT_F_STALL,
                /* gRPC, lower case */
                KT_F_headers,
                KT_F_message,
                KT_F_half_close,
                KT_F_trailers,
                KT_F_reset,
                KT_F_data, /* "silence data": DATA of the stream */
                /* errors that may come in several forms */
                KT_F_stream_error,
                KT_F_connection_error,
                /* other transports: parse and lint, not-applicable for now */
                KT_F_TT,
                KT_F_THRIFT,
                KT_F_COUNT,
};

enum kt_cut_by { KT_CUT_NONE, KT_CUT_FRAME, KT_CUT_SEGMENT };

struct kt_more { /* a "& FIELD… @ID" line */
    struct kt_fields fields;
    char *rule;
    struct kt_pos pos;
};

struct kt_wire {
    bool to_server; /* '>' */
    bool forced;    /* '!' */
    enum kt_frame frame;
    char *word; /* CLOSE fin|rst|any, TT header, THRIFT call: "" if none */
    struct kt_fields fields;
    struct kt_msg msg;   /* message M; BYTES: what they are, as KT_MSG_BYTES */
    struct kt_pat codes; /* reset CODE, …-error CODE: LIT, ALT or a RANGE; names
                            resolved to decimal text. nsub=0,text=NULL: any */
    bool has_codes;
    bool has_sum; /* sum=N, sum=N.. */
    uint64_t sum_lo, sum_hi;
    uint64_t repeat; /* repeat=N; 1 */
    enum kt_cut_by cut;
    bool cut_each;
    uint32_t *cuts; /* ascending offsets */
    size_t ncuts;
    bool has_part; /* part=A..B */
    uint64_t part_lo, part_hi;
    struct kt_more *more;
    size_t nmore;
};

enum kt_step_kind {
    KT_S_APP,
    KT_S_WIRE,
    KT_S_EITHER,   /* branches */
    KT_S_ANY,      /* branches[0] holds its lines */
    KT_S_OPTIONAL, /* branches[0] holds its one wire line */
    KT_S_REPEAT,   /* times, and body text: kt_scn_iteration */
    KT_S_AWAIT,
    KT_S_PENDING,
    KT_S_FENCE,
    KT_S_SILENCE,
    KT_S_PROBE,
    KT_S_AT,
};

struct kt_steps {
    struct kt_line *v;
    size_t n, cap;
};

struct kt_branch {
    char *label; /* "" if none */
    struct kt_steps steps;
};

struct kt_line {
    enum kt_step_kind kind;
    struct kt_pos pos;
    char *text;   /* the line as written, trimmed, axes and $i replaced */
    char *stream; /* "a" by default */
    char *as;     /* as NAME; also NAME of await, pending */
    char *rule;   /* @ID, or NULL */
    struct kt_after after;  /* also "at": lo_ns, since */
    struct kt_outcomes out; /* what an application line or await must give */
    union {
        struct kt_app app;
        struct kt_wire wire;
    };
    /* silence: scope 's' this stream, 'c' connection, 'f' the frame in wire */
    char scope;
    struct kt_branch *branches;
    size_t nbranches;
    uint64_t times; /* repeat */
    char *body;     /* repeat: its lines, axes replaced, "$i" not */
    int body_line;  /* line number of the first of them */
};

struct kt_cost {
    uint64_t memory; /* bytes; 0: not bound */
    uint64_t handlers;
    uint64_t time_ns;
};

/* One case: a scenario with its axes and branch chosen. */
struct kt_scn {
    char *id;      /* area/name[a=x][branch=LABEL] */
    char *base_id; /* area/name */
    char *area;
    struct kt_pos pos;
    char *claim;
    char **rules;
    size_t nrules;
    char *method;
    const char *service; /* echo.TestService or conformance.Conformance */
    bool echo;           /* handler echo */
    char *control;       /* or NULL */
    struct kt_pos control_pos, formerly_pos, wall_pos;
    char **needs; /* capabilities, those of SUT-side settings not included */
    size_t nneeds;
    struct kt_fields settings[2]; /* by side */
    struct kt_cost cost;
    bool isolated, wall;
    char *formerly;
    char *branch;   /* judge-performed branch taken, or NULL */
    unsigned roles; /* enum kt_role bits, derived */
    bool black_box; /* runs with --connect */
    char *later;    /* why it can't run yet ("transport ttheader"), or NULL */
    struct kt_steps steps;
};

/* The i-th round of a repeat, parsed; free with kt_steps_fini. The body has
 * been linted, so this does not fail. Inside a repeat that is itself inside
 * one, $i is the inner one's. */
void kt_scn_iteration(const struct kt_scn *scn, const struct kt_line *repeat,
                      uint64_t i, struct kt_steps *ret);
void kt_steps_fini(struct kt_steps *steps);

bool kt_pat_match(const struct kt_pat *p, const char *text, size_t n);
bool kt_pat_match_u64(const struct kt_pat *p, uint64_t v);
/* What the judge writes for it: A of A|B, lo of a range, else NULL: the
 * canonical value. */
const struct kt_pat *kt_pat_write(const struct kt_pat *p);
const struct kt_field *kt_fields_get(const struct kt_fields *f,
                                     const char *name);

/* "server client pair", those of the bits; "" for none. */
const char *kt_scn_roles_text(unsigned roles);
/* In its header, or at one of its steps. */
bool kt_scn_names_rule(const struct kt_scn *scn, const char *rule);

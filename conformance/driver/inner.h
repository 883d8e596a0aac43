/* What the files of this layer share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "driver/driver.h"
#include "io/proc.h"

enum { /* every limit of the control connection */
       KT_DRV_MAX_LINE = 64 << 20,
       KT_DRV_MAX_TEXT = 400,
       KT_DRV_KEEP = 1 << 16, /* bytes of the line buffer between lines */
};
#define KT_DRV_EXIT_NS 2000000000u /* hang-up to exit, before it "lives on" */
#define KT_DRV_KILL_NS 1000000000u /* SIGTERM to SIGKILL */
#define KT_DRV_REST_NS 200000000u  /* exit to the end of what it wrote */

struct kt_drv_wait { /* one outstanding request */
    uint64_t id;
    struct kt_asker *asker; /* NULL: forgotten */
};

struct kt_driver {
    struct kt_net *net;
    struct kt_driver_sink *sink;
    struct kt_driver_tap *tap;
    enum kt_driver_state state;
    enum kt_blame blame;
    char text[KT_DRV_MAX_TEXT];
    bool told;       /* the sink has heard of GONE */
    unsigned inside; /* callbacks under way: memory stays until they return */
    bool doomed;     /* freed meanwhile */

    struct kt_listener *listener;
    struct kt_sink on_listener;
    struct kt_tcp *tcp; /* the control connection */
    struct kt_sink on_tcp;
    bool hung_up; /* it came and has ended */
    char control[64];
    char *token;

    struct kt_timer *patience; /* of start, of the exit after a hang-up */
    struct kt_sink on_patience;
    struct kt_timer *tell; /* due when there is GONE to be told */
    struct kt_sink on_tell;

    struct kt_buf in; /* an unfinished line */
    size_t line_no;
    json_t *hello_json;
    struct kt_hello hello;

    struct kt_drv_wait *waits;
    size_t nwaits, cap_waits;
    uint64_t next_id;
    struct kt_buf early; /* requests from before hello */

    struct kt_proc *proc;
    struct kt_proc_sink on_proc;
    bool exited;
    struct kt_proc_event end;
};

/* The end, for a reason; the first one stands. Askers and the sink are told
 * soon, in a step of the net. */
void kt_drv_gone(struct kt_driver *d, enum kt_blame blame, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A whole line came in: the hello, or an answer. */
void kt_drv_line(struct kt_driver *d, struct kt_cur line);
void kt_drv_hello(struct kt_driver *d, json_t *line);
/* Requests that are outstanding now are answered with GONE. */
void kt_drv_orphan_all(struct kt_driver *d);
/* Write requests from before hello. */
void kt_drv_flush_early(struct kt_driver *d);
/* What a crash report in stderr says in a line, NULL if there is none. */
const char *kt_drv_report(const char *stderr_text, char ret[200]);

/* What driver.c and ask.c share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "driver/driver.h"
#include "io/proc.h"

enum { /* every limit of the control connection */
       KT_DRV_MAX_LINE = 64 << 20,
       KT_DRV_MAX_TEXT = 400,
};
#define KT_DRV_EXIT_NS 2000000000u /* hang-up to exit, before it "lives on" */
#define KT_DRV_KILL_NS 1000000000u /* SIGTERM to SIGKILL */

struct kt_drv_wait { /* one outstanding request */
    uint64_t id;
    struct kt_asker *asker; /* NULL: forgotten */
};

struct kt_driver {
    struct kt_net *net;
    struct kt_driver_sink *sink;
    enum kt_driver_state state;
    enum kt_blame blame;
    char text[KT_DRV_MAX_TEXT];

    struct kt_listener *listener;
    struct kt_sink on_listener;
    struct kt_tcp *tcp; /* the control connection */
    struct kt_sink on_tcp;
    struct kt_timer *patience;
    struct kt_sink on_patience;
    char control[64];
    char *token;

    struct kt_buf in; /* an unfinished line */
    size_t scanned;   /* bytes of it known to hold no line end */
    size_t line_no;
    json_t *hello_json;
    struct kt_hello hello;

    struct kt_drv_wait *waits;
    size_t nwaits, cap_waits;
    uint64_t next_id;

    struct kt_proc *proc;
    struct kt_proc_sink on_proc;
};

/* The end, for a reason; the first one stands. Askers and the sink are told. */
void kt_drv_gone(struct kt_driver *d, enum kt_blame blame, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A whole line came in. */
void kt_drv_line(struct kt_driver *d, struct kt_cur line);
/* Every outstanding request is answered with GONE. */
void kt_drv_orphan_all(struct kt_driver *d);

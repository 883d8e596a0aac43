/* The judge's application: its own side of the chart.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/step.h"

/* Go on with receivers that wait, and with deadlines of the judge's own. */
void kt_play_pump(struct kt_case *c);
/* The connection on which a stream of the judge's client starts; dials when
 * there is none. on NULL: the default one. */
struct kt_chan *kt_play_conn(struct kt_case *c, struct kt_strm *s,
                             const char *on);
/* Wire lines that narrow the parts of a call; each may be NULL. */
struct kt_play_over {
    const struct kt_wire *headers, *message, *half_close;
};
/* Open, send, half-close of one message, at once, on a ready connection. */
void kt_play_call(struct kt_strm *s, const struct kt_fields *app,
                  const struct kt_msg *m, const struct kt_play_over *over);
/* An ask that is given the next result of the judge's receiver. */
struct kt_ask *kt_play_recv(struct kt_case *c, const struct kt_line *line,
                            struct kt_strm *s, enum kt_side side);

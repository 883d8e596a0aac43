/* What the judge writes: canonical, or with the fields of a line over it.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/strm.h"
#include "wire/status.h"

/* One arrow that the judge draws. over is the wire line that narrows it, or
 * NULL; its fields override the canonical ones. Nothing is written on a
 * connection that has ended (language section 8). */
struct kt_draw {
    struct kt_case *c;
    struct kt_strm *s;
    const struct kt_wire *over;
};

/* Opens the stream: takes the next id of its connection. */
void kt_draw_request(const struct kt_draw *d, const struct kt_fields *app);
/* app: metadata of send-header and set-header so far, or NULL. */
void kt_draw_response(const struct kt_draw *d, const struct kt_hlist *metadata);
void kt_draw_message(const struct kt_draw *d, struct kt_cur payload);
void kt_draw_half_close(const struct kt_draw *d);
void kt_draw_reset(const struct kt_draw *d, uint32_t code);
/* WINDOW_UPDATE on the connection of s, for that id. */
void kt_draw_window(struct kt_strm *s, uint32_t id, uint32_t increment);
/* Trailers with a status; trailers-only when no headers were sent. */
void kt_draw_trailers(const struct kt_draw *d, const struct kt_status *st,
                      const struct kt_hlist *metadata);
/* A line that stands for itself: any frame, legal or not. False when its
 * connection is not there. */
bool kt_draw_line(struct kt_case *c, struct kt_strm *s,
                  const struct kt_line *line);

/* Window accounting as an observer can do it: between a SETTINGS frame and its
 * ack either value may be in force, so the larger one counts.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/frame.h"
#include <stdbool.h>
#include <stdint.h>

enum { KT_FLOW_DEFAULT = 65535, KT_SETTINGS_LINE = 64 };

/* The values of three settings, as sent and not yet acked, oldest first. */
struct kt_settings_line {
    struct kt_settings_seen {
        uint32_t initial, max_frame, max_concurrent;
    } v[KT_SETTINGS_LINE + 1]; /* v[0] is acked */
    size_t pending;
    uint64_t lost; /* more than the line holds: acks for them are owed too */
};

void kt_settings_line_init(struct kt_settings_line *l);
/* A SETTINGS frame was sent with this body. */
void kt_settings_line_put(struct kt_settings_line *l, struct kt_cur body);
/* An ack came. False: none was owed. */
bool kt_settings_line_ack(struct kt_settings_line *l);
uint32_t kt_settings_initial(const struct kt_settings_line *l);   /* largest */
uint32_t kt_settings_max_frame(const struct kt_settings_line *l); /* largest */
uint32_t kt_settings_concurrent(const struct kt_settings_line *l);

/* One window without its initial size. */
struct kt_flow {
    uint64_t given; /* sum of increments */
    uint64_t used;  /* sum of DATA lengths */
};
/* Room left for DATA; negative when initial has shrunk. */
int64_t kt_flow_room(const struct kt_flow *f, uint32_t initial);

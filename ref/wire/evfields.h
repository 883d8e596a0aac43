/* What the printer and the parser of events share: the names of fields and
 * flags. Internal to wire.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/event.h"

/* The fields of a line, by name; a bit of each for sets. */
enum kt_evline_field {
    KT_LF_NONE,
    KT_LF_STREAM = 1 << 0,
    KT_LF_RESERVED = 1 << 1,
    KT_LF_FLAGS = 1 << 2,
    KT_LF_LENGTH = 1 << 3,
    KT_LF_PAYLOAD = 1 << 4,
    KT_LF_TYPE = 1 << 5,
    KT_LF_ACK = 1 << 6,
    KT_LF_PAD = 1 << 7,
    KT_LF_DATA = 1 << 8,
    KT_LF_HPACK = 1 << 9,
    KT_LF_CODE = 1 << 10,
    KT_LF_LAST = 1 << 11,
    KT_LF_INCREMENT = 1 << 12,
    KT_LF_PROMISED = 1 << 13,
    KT_LF_DEPENDS = 1 << 14,
    KT_LF_EXCLUSIVE = 1 << 15,
    KT_LF_WEIGHT = 1 << 16,
    KT_LF_COMPRESSED = 1 << 17,
};
enum kt_evline_field kt_evline_field(struct kt_cur name);

struct kt_ev_flag_name {
    uint8_t type, bit;
    const char *name;
};
enum { KT_EV_FLAG_NAMES = 9 };
extern const struct kt_ev_flag_name kt_ev_flag_names[KT_EV_FLAG_NAMES];

static inline bool kt_has_ack(uint8_t type)
{
    return type == KT_FT_SETTINGS || type == KT_FT_PING;
}

/* Frames whose stream is 0 by rule, so that a line leaves it out. */
static inline bool kt_is_for_connection(uint8_t type)
{
    return kt_has_ack(type) || type == KT_FT_GOAWAY;
}

/* Frames of any length: their lines have length= always. */
static inline bool kt_prints_length(uint8_t type)
{
    return type == KT_FT_DATA || type == KT_FT_HEADERS ||
           type == KT_FT_PUSH_PROMISE || type >= KT_FT_CONTINUATION;
}

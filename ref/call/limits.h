/* Every limit that a peer can run into, in one place.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct kt_limits {
    uint32_t max_message; /* bytes of one message received, prefix excluded */
    uint32_t max_queue;   /* bytes queued per stream before Send blocks */
    uint32_t max_fields;  /* bytes of one header list, RFC 9113 6.5.2 */
    uint32_t max_field_n; /* fields of one header list */
    uint32_t max_streams; /* streams that a client may have open here */
    uint32_t max_rpc_events; /* events kept per call; the oldest go first */
};
/* 64 MiB, 64 KiB, 64 KiB, 512, 256, 1024. */
extern const struct kt_limits kt_limits_default;

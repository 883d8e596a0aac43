/* HTTP/2 frames: header and payloads, RFC 9113 4.1 and 6. Pure: no stream
 * states, no HPACK (a header block is bytes here).
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

#define KT_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
enum { KT_PREFACE_LEN = 24, KT_FRAME_HEAD = 9, KT_FRAME_MAX_DEFAULT = 16384 };

enum kt_ftype {
    KT_FT_DATA,
    KT_FT_HEADERS,
    KT_FT_PRIORITY,
    KT_FT_RST_STREAM,
    KT_FT_SETTINGS,
    KT_FT_PUSH_PROMISE,
    KT_FT_PING,
    KT_FT_GOAWAY,
    KT_FT_WINDOW_UPDATE,
    KT_FT_CONTINUATION, /* 9; higher ones are unknown and kept as numbers */
};

enum {
    KT_FF_END_STREAM = 0x1,
    KT_FF_ACK = 0x1,
    KT_FF_END_HEADERS = 0x4,
    KT_FF_PADDED = 0x8,
    KT_FF_PRIORITY = 0x20,
};

enum kt_h2err { /* RFC 9113 7 */
                KT_H2_NO_ERROR,
                KT_H2_PROTOCOL_ERROR,
                KT_H2_INTERNAL_ERROR,
                KT_H2_FLOW_CONTROL_ERROR,
                KT_H2_SETTINGS_TIMEOUT,
                KT_H2_STREAM_CLOSED,
                KT_H2_FRAME_SIZE_ERROR,
                KT_H2_REFUSED_STREAM,
                KT_H2_CANCEL,
                KT_H2_COMPRESSION_ERROR,
                KT_H2_CONNECT_ERROR,
                KT_H2_ENHANCE_YOUR_CALM,
                KT_H2_INADEQUATE_SECURITY,
                KT_H2_HTTP_1_1_REQUIRED,
};

enum kt_setting {
    KT_SET_HEADER_TABLE_SIZE = 1,
    KT_SET_ENABLE_PUSH,
    KT_SET_MAX_CONCURRENT,
    KT_SET_INITIAL_WINDOW,
    KT_SET_MAX_FRAME,
    KT_SET_MAX_HEADER_LIST,
};

/*  +-----------------------------------------------+
 *  |                 length (24)                   |
 *  +---------------+---------------+---------------+
 *  |   type (8)    |   flags (8)   |
 *  +-+-------------+---------------+-------------------------------+
 *  |R|                 stream identifier (31)                      |
 *  +=+=============================================================+ */
struct kt_fhead {
    uint32_t length; /* of the payload */
    uint8_t type;
    uint8_t flags;
    bool reserved; /* the R bit */
    uint32_t stream;
};

/* One frame with its payload. Which fields count depends on the type. Cursors
 * point into the input. */
struct kt_frame_rec {
    struct kt_fhead head;
    struct kt_cur payload; /* all of it */
    struct kt_cur body;    /* DATA: data; HEADERS, CONTINUATION, PUSH_PROMISE:
                              header block fragment; GOAWAY: debug data; SETTINGS:
                              its 6-byte entries; PING: 8 bytes */
    uint8_t pad;           /* pad length, when PADDED */
    uint32_t code;         /* RST_STREAM, GOAWAY */
    uint32_t last;         /* GOAWAY last-stream-id */
    uint32_t increment;    /* WINDOW_UPDATE */
    uint32_t promised;     /* PUSH_PROMISE */
    uint32_t depends;      /* PRIORITY, HEADERS with PRIORITY */
    bool exclusive;
    uint8_t weight;
};

/* Decode one whole frame. max_len is our SETTINGS_MAX_FRAME_SIZE.
 *   DONE  *ret is set, in->p is behind the frame
 *   MORE  the frame is not all there (the head alone is judged already)
 *   BAD   FRAME_SIZE (longer than max_len, or a length its type forbids),
 *         PROTOCOL (padding longer than the payload, stream 0 where one is
 *         needed or the reverse, window increment 0); scope says stream or
 *         connection as RFC 9113 does. *ret is set even so, as far as it could
 *         be read, and in->p is behind the frame when the whole frame is
 *         there; else in->p is untouched and the payload is empty */
enum kt_step kt_frame_decode(struct kt_cur *in, uint32_t max_len,
                             struct kt_frame_rec *ret, struct kt_err *reterr);

/* What the head alone shows: DONE, or BAD as above but for max_len. */
enum kt_step kt_fhead_check(const struct kt_fhead *h, struct kt_err *reterr);

/* Read f->payload by f->head into all other fields. DONE, or BAD as above but
 * for max_len; at counts from the head. */
enum kt_step kt_frame_read(struct kt_frame_rec *f, struct kt_err *reterr);

/* Append the payload that the fields of f say, by f->head.type and the flags
 * PADDED and PRIORITY: padding is zeros; a type without fields of its own is
 * its body. The rest of f->head and f->payload do not count. False as
 * kt_buf_put. */
bool kt_frame_put_payload(struct kt_buf *dst, const struct kt_frame_rec *f);

/* RFC 9113 6.5.2: a value that its setting forbids. BAD: PROTOCOL, or FLOW for
 * a window above 2^31-1; scope is the connection. */
enum kt_step kt_setting_check(uint16_t id, uint32_t value,
                              struct kt_err *reterr);

void kt_fhead_encode(uint8_t dst[KT_FRAME_HEAD], struct kt_fhead h);
struct kt_fhead kt_fhead_decode(const uint8_t src[KT_FRAME_HEAD]);

/* A setting of a SETTINGS body, by index; false past the end. */
bool kt_settings_at(struct kt_cur body, size_t i, uint16_t *ret_id,
                    uint32_t *ret_value);

/* Names as scenarios write them: DATA, CANCEL, and of the settings table-size,
 * enable-push, max-concurrent, initial-window, max-frame, max-header-list.
 * NULL, UINT32_MAX or 0 when there is none. */
const char *kt_ftype_name(uint8_t type);
uint32_t kt_ftype_of(const char *name);
const char *kt_h2err_name(uint32_t code);
uint32_t kt_h2err_of(const char *name);
const char *kt_setting_name(uint16_t id);
uint16_t kt_setting_of(const char *name);

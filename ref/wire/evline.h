/* A line of an event while it is parsed. Internal to wire.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire/evfields.h"
#include "wire/evword.h"

/* What may stand behind the first word, and what must unless the payload is
 * given raw. */
struct kt_evline_form {
    const char *word;
    enum kt_ev kind;
    uint8_t type; /* of a frame */
    uint32_t may, needs;
    bool headers; /* other names are header fields */
};

struct kt_evline {
    const char *line, *p;
    const struct kt_evline_form *form;
    struct kt_event_store *store;
    struct kt_event *ev;
    struct kt_err *reterr;
    uint32_t seen;
    uint32_t length;
    struct kt_cur payload;
};

struct kt_evline_word {
    struct kt_cur text;
    enum kt_evword_form form;
    const char *at;
};

enum kt_step kt_evline_fault(struct kt_evline *x, enum kt_code code,
                             const char *at, const char *what);
/* The next word behind spaces; it ends as kt_evword_read says. */
enum kt_step kt_evline_next(struct kt_evline *x, char stop,
                            struct kt_evline_word *ret);
bool kt_evline_bare(const struct kt_evline_word *w, const char *text);
/* An HTTP/2 error code by name or number. */
enum kt_step kt_evline_code(struct kt_evline *x, const struct kt_evline_word *w,
                            uint32_t *ret);
/* Read one NAME=VALUE into the event. */
enum kt_step kt_evline_read_field(struct kt_evline *x);

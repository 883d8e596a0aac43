/* Events from lines of text, for tests: "> headers stream=1 …" is an event of
 * the client, "< …" one of the server.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/alloc.h"
#include "base/must.h"
#include "check/tape.h"
#include <stdio.h>
#include <string.h>

struct test_event {
    struct kt_event_store store;
    struct kt_event ev;
    bool to_server;
};

static inline struct test_event *test_event(const char *line)
{
    struct test_event *t = kt_xalloc(sizeof *t);
    struct kt_err err;

    kt_event_store_init(&t->store);
    must(line[0] == '>' || line[0] == '<');
    t->to_server = line[0] == '>';
    if (kt_event_parse(line + 2, &t->store, &t->ev, &err) != KT_DONE) {
        fprintf(stderr, "%s: %s %s\n", line, kt_code_name(err.code),
                err.detail);
        abort();
    }
    return t;
}

static inline void test_event_free(struct test_event *t)
{
    kt_event_store_fini(&t->store);
    kt_free(t);
}

/* A tape of the lines of one direction. */
static inline void test_tape(struct kt_tape *tape, const char *const *lines,
                             bool to_server)
{
    for (uint64_t i = 0; lines[i]; i++) {
        struct test_event *t = test_event(lines[i]);

        if (t->to_server == to_server)
            kt_tape_put(tape, &t->ev, i, i + 1);
        else
            test_event_free(t);
    }
}

/* With its events. */
static inline void test_tape_fini(struct kt_tape *tape)
{
    for (size_t i = 0; i < tape->n; i++) {
        const char *ev = (const char *)tape->v[i].ev;

        test_event_free(
            (struct test_event *)(uintptr_t)(ev -
                                             offsetof(struct test_event, ev)));
    }
    kt_tape_fini(tape);
}

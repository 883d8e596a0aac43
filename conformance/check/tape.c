/* A tape of entries. SPDX-License-Identifier: Apache-2.0 */
#include "check/tape.h"
#include "base/alloc.h"

void kt_tape_fini(struct kt_tape *t)
{
    kt_free(t->v);
    *t = (struct kt_tape){0};
}

struct kt_entry *kt_tape_put(struct kt_tape *t, const struct kt_event *ev,
                             uint64_t at_ns, uint64_t seq)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 8;
        t->v = kt_xrealloc(t->v, t->cap * sizeof *t->v);
    }
    t->v[t->n] = (struct kt_entry){.ev = ev, .at_ns = at_ns, .seq = seq};
    return &t->v[t->n++];
}

struct kt_entry *kt_tape_find(const struct kt_tape *t, enum kt_ev kind,
                              unsigned without)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].ev->kind == kind && !(t->v[i].marks & without))
            return &t->v[i];
    return NULL;
}

bool kt_entry_whole(const struct kt_entry *e)
{
    return e->ev->kind != KT_EV_MESSAGE ||
           kt_cur_left(&e->ev->body) >= e->ev->length;
}

bool kt_entry_is_frame(const struct kt_entry *e, uint8_t type)
{
    return e->ev->kind == KT_EV_FRAME && e->ev->frame.head.type == type;
}

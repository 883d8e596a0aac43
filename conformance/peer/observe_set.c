/* SETTINGS: what one side announces bounds what the other one writes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/observe_inner.h"
#include "base/alloc.h"

static void pending_put(struct kt_observer *o, bool given, uint32_t table)
{
    struct kt_obs_pending *last =
        o->npending ? &o->pending[o->npending - 1] : NULL;

    if (!given && last && !last->given) {
        last->times++;
        return;
    }
    if (o->npending == o->cap_pending) {
        o->cap_pending = o->cap_pending ? o->cap_pending * 2 : 4;
        o->pending =
            kt_xrealloc(o->pending, o->cap_pending * sizeof *o->pending);
    }
    o->pending[o->npending++] =
        (struct kt_obs_pending){.given = given, .table = table, .times = 1};
}

static void table_is(struct kt_observer *o, uint32_t size)
{
    if (o->hpack && size != o->table)
        kt_inflate_table(o->hpack, size);
    o->table = size;
}

/* The reader of what o writes announces this. A larger table may be in use
 * before the ack is written, a smaller one is by then: so the first counts at
 * once. */
static void announced(struct kt_observer *o, struct kt_cur body)
{
    bool given = false;
    uint32_t table = 0, value;
    uint16_t id;

    for (size_t i = 0; kt_settings_at(body, i, &id, &value); i++) {
        if (id == KT_SET_MAX_FRAME && value > o->max_frame)
            o->max_frame = value < 0xffffff ? value : 0xffffff;
        if (id != KT_SET_HEADER_TABLE_SIZE)
            continue;
        given = true;
        table = value;
    }
    pending_put(o, given, table);
    if (given && table > o->table)
        table_is(o, table);
}

static void acked(struct kt_observer *o)
{
    struct kt_obs_pending *p = o->pending;

    if (o->npending == 0)
        return;
    if (p->given)
        table_is(o, p->table);
    if (--p->times > 0)
        return;
    o->npending--;
    for (size_t i = 0; i < o->npending; i++)
        p[i] = p[i + 1];
}

void kt_obs_settings(struct kt_observer *o, const struct kt_frame_rec *f)
{
    if (f->head.flags & KT_FF_ACK) {
        o->state.acks++;
        acked(o);
        return;
    }
    o->state.settings++;
    if (o->other)
        announced(o->other, f->body);
}

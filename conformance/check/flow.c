/* Window accounting. SPDX-License-Identifier: Apache-2.0 */
#include "check/flow.h"
#include <string.h>

void kt_settings_line_init(struct kt_settings_line *l)
{
    *l = (struct kt_settings_line){0};
    l->v[0] = (struct kt_settings_seen){
        .initial = KT_FLOW_DEFAULT,
        .max_frame = KT_FRAME_MAX_DEFAULT,
        .max_concurrent = UINT32_MAX,
    };
}

void kt_settings_line_put(struct kt_settings_line *l, struct kt_cur body)
{
    struct kt_settings_seen next = l->v[l->pending];
    uint16_t id = 0;
    uint32_t value = 0;

    for (size_t i = 0; kt_settings_at(body, i, &id, &value); i++) {
        if (id == KT_SET_INITIAL_WINDOW)
            next.initial = value;
        if (id == KT_SET_MAX_FRAME)
            next.max_frame = value;
        if (id == KT_SET_MAX_CONCURRENT)
            next.max_concurrent = value;
    }
    if (l->pending == KT_SETTINGS_LINE) { /* a flood: only the newest counts */
        l->v[l->pending] = next;
        l->lost++;
        return;
    }
    l->v[++l->pending] = next;
}

bool kt_settings_line_ack(struct kt_settings_line *l)
{
    if (l->pending == 0)
        return false;
    if (l->lost > 0) {
        l->lost--;
        return true;
    }
    memmove(l->v, l->v + 1, l->pending * sizeof *l->v);
    l->pending--;
    return true;
}

uint32_t kt_settings_initial(const struct kt_settings_line *l)
{
    uint32_t max = 0;

    for (size_t i = 0; i <= l->pending; i++)
        max = l->v[i].initial > max ? l->v[i].initial : max;
    return max;
}

uint32_t kt_settings_max_frame(const struct kt_settings_line *l)
{
    uint32_t max = 0;

    for (size_t i = 0; i <= l->pending; i++)
        max = l->v[i].max_frame > max ? l->v[i].max_frame : max;
    return max;
}

uint32_t kt_settings_concurrent(const struct kt_settings_line *l)
{
    uint32_t max = 0;

    for (size_t i = 0; i <= l->pending; i++)
        max = l->v[i].max_concurrent > max ? l->v[i].max_concurrent : max;
    return max;
}

int64_t kt_flow_room(const struct kt_flow *f, uint32_t initial)
{
    return (int64_t)initial + (int64_t)f->given - (int64_t)f->used;
}

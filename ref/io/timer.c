/* Timers of both worlds: a binary heap by due time, then by order of setting.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/world.h"
#include "base/alloc.h"

enum { UNSET = -1 };

struct kt_timer {
    struct kt_net *net;
    struct kt_sink *sink;
    struct kt_timer *next, **link;
    uint64_t due, seq;
    ptrdiff_t at; /* index in the heap */
};

static bool before(const struct kt_timer *a, const struct kt_timer *b)
{
    return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void place(struct kt_net *net, struct kt_timer *t, size_t i)
{
    net->heap[i] = t;
    t->at = (ptrdiff_t)i;
}

static void sift_up(struct kt_net *net, struct kt_timer *t, size_t i)
{
    while (i > 0 && before(t, net->heap[(i - 1) / 2])) {
        place(net, net->heap[(i - 1) / 2], i);
        i = (i - 1) / 2;
    }
    place(net, t, i);
}

static void sift_down(struct kt_net *net, struct kt_timer *t, size_t i)
{
    for (;;) {
        size_t kid = 2 * i + 1;

        if (kid + 1 < net->heap_n && before(net->heap[kid + 1], net->heap[kid]))
            kid++;
        if (kid >= net->heap_n || !before(net->heap[kid], t))
            break;
        place(net, net->heap[kid], i);
        i = kid;
    }
    place(net, t, i);
}

/* The heap gets its room here, so that setting a timer cannot fail. */
static bool reserve(struct kt_net *net)
{
    if (net->ntimers < net->heap_cap)
        return true;

    const size_t cap = net->heap_cap ? net->heap_cap * 2 : 16;
    struct kt_timer **heap = kt_realloc(net->heap, cap * sizeof(*heap));

    if (!heap)
        return false;
    net->heap = heap;
    net->heap_cap = cap;
    return true;
}

struct kt_timer *kt_timer_new(struct kt_net *net, struct kt_sink *sink)
{
    struct kt_timer *t = reserve(net) ? kt_alloc(sizeof *t) : NULL;

    if (!t)
        return NULL;
    t->net = net;
    t->sink = sink;
    t->at = UNSET;
    t->next = net->timers;
    t->link = &net->timers;
    if (t->next)
        t->next->link = &t->next;
    net->timers = t;
    net->ntimers++;
    return t;
}

void kt_timer_set(struct kt_timer *t, uint64_t due_ns)
{
    struct kt_net *net = t->net;

    kt_timer_unset(t);
    t->due = due_ns;
    t->seq = net->seq++;
    sift_up(net, t, net->heap_n++);
}

void kt_timer_unset(struct kt_timer *t)
{
    struct kt_net *net = t->net;

    if (t->at == UNSET)
        return;

    const size_t i = (size_t)t->at;
    struct kt_timer *last = net->heap[--net->heap_n];

    t->at = UNSET;
    if (last == t)
        return;
    if (i > 0 && before(last, net->heap[(i - 1) / 2]))
        sift_up(net, last, i);
    else
        sift_down(net, last, i);
}

void kt_timer_free(struct kt_timer *t)
{
    if (!t)
        return;
    kt_timer_unset(t);
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->net->ntimers--;
    kt_free(t);
}

uint64_t kt_world_next_timer(const struct kt_net *net)
{
    return net->heap_n ? net->heap[0]->due : UINT64_MAX;
}

/* Those that are due, but none that a sink sets meanwhile. */
size_t kt_world_fire_timers(struct kt_net *net)
{
    const uint64_t end = net->seq;
    size_t n = 0;

    while (net->heap_n && net->heap[0]->due <= net->now &&
           net->heap[0]->seq < end) {
        struct kt_timer *t = net->heap[0];

        kt_timer_unset(t);
        t->sink->on(t->sink,
                    &(struct kt_net_event){.kind = KT_NET_TIMER, .timer = t});
        n++;
    }
    return n;
}

void kt_world_free_timers(struct kt_net *net)
{
    while (net->timers)
        kt_timer_free(net->timers);
    kt_free(net->heap);
}

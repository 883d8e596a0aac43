/* The man in the middle: frames that are written, now or later.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/inner.h"

struct kt_later { /* in order of due */
    struct kt_later *next;
    uint64_t due;
    enum kt_way way;
    uint32_t stream;
    size_t n;
    uint8_t bytes[];
};

void kt_mitm_put_to(struct kt_buf *dst, struct kt_fhead head,
                    struct kt_cur payload)
{
    uint8_t b[KT_FRAME_HEAD];

    head.length = (uint32_t)kt_cur_left(&payload);
    kt_fhead_encode(b, head);
    must(kt_buf_put(dst, b, sizeof b) &&
         kt_buf_put(dst, payload.p, kt_cur_left(&payload)));
}

void kt_mitm_put(struct kt_mitm *m, enum kt_way way, struct kt_fhead head,
                 struct kt_cur payload)
{
    kt_mitm_put_to(&m->way[way].out, head, payload);
}

void kt_mitm_put_after(struct kt_unit *u, struct kt_fhead head,
                       struct kt_cur payload)
{
    kt_mitm_put_to(&u->mitm->after, head, payload);
}

static void put_later(struct kt_mitm *m, enum kt_way way, uint64_t delay_ns,
                      uint32_t stream, struct kt_cur bytes)
{
    const size_t n = kt_cur_left(&bytes);
    struct kt_later *l = kt_xalloc(sizeof *l + n);
    struct kt_later **at = &m->later;

    *l = (struct kt_later){
        .due = m->now_ns + delay_ns, .way = way, .stream = stream, .n = n};
    for (size_t i = 0; i < n; i++)
        l->bytes[i] = bytes.p[i];
    while (*at && (*at)->due <= l->due)
        at = &(*at)->next;
    l->next = *at;
    *at = l;
}

void kt_mitm_put_later(struct kt_mitm *m, enum kt_way way, uint64_t delay_ns,
                       struct kt_fhead head, struct kt_cur payload)
{
    struct kt_buf b;

    kt_buf_init(&b, KT_MITM_LATER);
    kt_mitm_put_to(&b, head, payload);
    put_later(m, way, delay_ns, head.stream, kt_buf_view(&b));
    kt_buf_fini(&b);
}

void kt_mitm_forget(struct kt_mitm *m, enum kt_way way, uint32_t stream)
{
    struct kt_later **at = &m->later;

    while (*at) {
        struct kt_later *l = *at;

        if (l->way != way || (stream != UINT32_MAX && l->stream != stream)) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        kt_free(l);
    }
}

uint64_t kt_mitm_due(const struct kt_mitm *m)
{
    return m->later ? m->later->due : UINT64_MAX;
}

void kt_mitm_tick(struct kt_mitm *m, uint64_t now_ns)
{
    m->now_ns = now_ns;
    while (m->later && m->later->due <= now_ns) {
        struct kt_later *l = m->later;

        m->later = l->next;
        must(kt_buf_put(&m->way[l->way].out, l->bytes, l->n));
        kt_free(l);
    }
}

void kt_unit_emit(struct kt_unit *u, struct kt_cur bytes)
{
    struct kt_mitm *m = u->mitm;
    const struct kt_cur after = kt_buf_view(&m->after);

    if (u->delay_ns)
        put_later(m, u->way, u->delay_ns, u->head.stream, bytes);
    else
        must(kt_buf_put(&m->way[u->way].out, bytes.p, kt_cur_left(&bytes)));
    must(kt_buf_put(&m->way[u->way].out, after.p, kt_cur_left(&after)));
    kt_buf_clear(&m->after);
}

void kt_mitm_put_fields(struct kt_mitm *m, enum kt_way way, uint32_t stream,
                        bool end_stream, const char *const *pairs)
{
    struct kt_hlist list;
    struct kt_buf block;
    struct kt_fhead head = {.type = KT_FT_HEADERS, .stream = stream};

    kt_buf_init(&block, KT_MITM_BLOCK);
    kt_hlist_init(&list, KT_MITM_BLOCK, KT_MITM_FIELDS);
    for (; pairs[0]; pairs += 2)
        must(kt_hlist_puts(&list, pairs[0], pairs[1]));
    must(kt_hpack_literal(&block, &list));
    head.flags = (uint8_t)(KT_FF_END_HEADERS |
                           (end_stream ? (unsigned)KT_FF_END_STREAM : 0));
    kt_mitm_put(m, way, head, kt_buf_view(&block));
    kt_hlist_fini(&list);
    kt_buf_fini(&block);
}

/* Legal variations: other bytes that mean the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"

void kt_fault_head_shape(struct kt_unit *u, const struct kt_mutant *m)
{
    u->pad = (uint8_t)m->n;
    u->priority = m->n2 != 0;
}

void kt_fault_more_settings(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t more[] = {0, 0xf0, 0, 0, 0, 1, 0xff, 0xff, 1, 2, 3, 4};

    (void)m;
    if (kt_unit_is_frame(u, KT_FT_SETTINGS) && !(u->head.flags & KT_FF_ACK))
        must(kt_buf_put(u->bytes, more, sizeof more));
}

/* Behind the first frame of type n; the ack of it does not reach the SUT. */
void kt_fault_settings_again(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_mitm_way *out = &u->mitm->way[KT_OUT];

    if (u->seam != KT_SEAM_FRAME)
        return;
    if (u->way == KT_OUT && u->head.type == m->n && u->nth == 0 && !out->own) {
        kt_mitm_put_after(u, (struct kt_fhead){.type = KT_FT_SETTINGS},
                          (struct kt_cur){0});
        out->own = true;
    } else if (u->way == KT_IN && u->head.type == KT_FT_SETTINGS &&
               (u->head.flags & KT_FF_ACK) && out->own &&
               u->mitm->way[KT_IN].acks == 2) {
        u->times = 0;
    }
}

void kt_fault_each_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t body[8] = {0, 0, 0, 0, 16, 6, 7, 8};
    const bool on_stream = m->n2 != KT_FT_PING;
    const size_t n = m->n2 == KT_FT_PRIORITY ? 5 : 8;

    if (kt_unit_is_frame(u, m->n) && u->s &&
        !(u->head.flags & KT_FF_END_STREAM) && u->nth < 3)
        kt_mitm_put_after(
            u,
            (struct kt_fhead){.type = (uint8_t)m->n2,
                              .stream = on_stream ? u->head.stream : 0},
            kt_cur_of(body, n));
}

void kt_fault_empty_before(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->s && u->nth < 50)
        kt_mitm_put(
            u->mitm, u->way,
            (struct kt_fhead){.type = KT_FT_DATA, .stream = u->head.stream},
            (struct kt_cur){0});
}

void kt_fault_window_halves(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t one[4] = {0, 0, 0, 1};
    uint8_t *p = u->bytes ? kt_unit_bytes(u) : NULL;

    if (!kt_unit_is_frame(u, m->n) || kt_peek_u32(p) < 2)
        return;
    kt_poke_u32(p, kt_peek_u32(p) - 1);
    kt_mitm_put(u->mitm, u->way,
                (struct kt_fhead){.type = KT_FT_WINDOW_UPDATE,
                                  .stream = u->head.stream},
                kt_cur_of(one, sizeof one));
}

void kt_fault_odd_head(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam != KT_SEAM_FRAME)
        return;
    u->head.flags |= (uint8_t)m->n2;
    u->head.reserved |= m->n != 0;
}

static bool occurs_again(const struct kt_hlist *h, size_t i)
{
    const struct kt_cur n = kt_hlist_name(h, i);

    for (size_t k = i + 1; k < h->n; k++)
        if (kt_cur_eq(n, kt_hlist_name(h, k)))
            return true;
    return false;
}

void kt_fault_fields_back(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    for (size_t i = 0; i < u->list->n; i++) /* their order means something */
        if (occurs_again(u->list, i))
            return;
    kt_list_pseudo_first(u->list, true);
}

void kt_fault_never_indexed(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    for (size_t i = 0; i < u->list->n; i++)
        u->list->v[i].index = KT_H_NEVER_INDEX;
}

void kt_fault_no_reset(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->s && u->s->ended[KT_OUT] &&
        kt_buf_size(u->bytes) == 4 && kt_peek_u32(kt_unit_bytes(u)) == 0)
        u->times = 0;
}

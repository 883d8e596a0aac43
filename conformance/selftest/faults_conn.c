/* Faults of a connection: how it begins, what it carries beside streams, how it
 * drains and ends. SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include <string.h>

/* --- the beginning --- */

void kt_fault_preface_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_OPENING && kt_buf_size(u->bytes) >= KT_PREFACE_LEN &&
        memcmp(kt_unit_bytes(u), KT_PREFACE, m->n) == 0)
        memcpy(kt_unit_bytes(u), KT_PREFACE, KT_PREFACE_LEN);
}

static unsigned frames_seen(const struct kt_mitm_way *w)
{
    unsigned n = 0;

    for (size_t i = 0; i < sizeof w->seen / sizeof *w->seen; i++)
        n += w->seen[i];
    return n;
}

/* Its ack does not go out. */
void kt_fault_settings_ahead(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_mitm_way *in = &u->mitm->way[KT_IN];
    const bool settings = kt_unit_is_frame(u, KT_FT_SETTINGS);

    (void)m;
    if (u->way == KT_IN && frames_seen(in) == 0 && !settings) {
        kt_mitm_put(u->mitm, KT_IN, (struct kt_fhead){.type = KT_FT_SETTINGS},
                    (struct kt_cur){0});
        in->own = true;
    } else if (u->way == KT_OUT && settings && in->own &&
               (u->head.flags & KT_FF_ACK)) {
        in->own = false;
        u->times = 0;
    }
}

/* --- the end --- */

void kt_fault_early_end_crashes(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_END && u->mitm->way[u->way].begun == (m->n != 0))
        u->mitm->crash = true;
}

void kt_fault_end_unnoticed(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_END && u->mitm->way[u->way].seen[m->n] >= m->n2)
        u->times = 0;
}

void kt_fault_end_inside_crashes(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct kt_mitm_way *w = &u->mitm->way[u->way];
    const bool block = kt_buf_size(&w->raw) > 0;

    if (u->seam == KT_SEAM_END && w->begun &&
        (m->order == 2 ? block : block || kt_buf_size(&w->in) > 0))
        u->mitm->crash = true;
}

/* A message is read a little later, or not at all. */
void kt_fault_lost_at_end(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_MESSAGE)
        u->delay_ns = m->n2;
    for (const struct kt_mstream *s = u->mitm->streams;
         u->seam == KT_SEAM_END && s; s = s->next)
        kt_mitm_forget(u->mitm, u->way, s->id);
}

/* --- PING, silence --- */

void kt_fault_one_too_many(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && !(u->head.flags & KT_FF_ACK) &&
        u->nth >= m->n2)
        kt_unit_give_up(u, KT_H2_ENHANCE_YOUR_CALM);
}

void kt_fault_mute_behind_data(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_frame(u, m->n) || !(u->head.flags & KT_FF_ACK))
        return;
    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        if (s->bytes[u->way] >= m->n2)
            u->times = 0;
}

void kt_fault_silence_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_frame(u, KT_FT_DATA) || !u->s)
        return;
    if (u->s->note != 0 && u->mitm->now_ns - u->s->note > m->n2)
        u->mitm->abort = true;
    u->s->note = u->mitm->now_ns;
}

/* --- SETTINGS, WINDOW_UPDATE --- */

static bool has_setting(const struct kt_unit *u, uint64_t id, size_t before)
{
    for (size_t i = 0; i < before; i += 6)
        if (kt_peek_u16(kt_unit_bytes((struct kt_unit *)u) + i) == id)
            return true;
    return false;
}

void kt_fault_setting_restored(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t more[6];

    if (!kt_unit_is_frame(u, KT_FT_SETTINGS) || u->nth == 0 ||
        (u->head.flags & KT_FF_ACK) ||
        has_setting(u, m->n, kt_buf_size(u->bytes) / 6 * 6))
        return;
    kt_poke_u16(more, (uint16_t)m->n);
    kt_poke_u32(more + 2, (uint32_t)m->n2);
    must(kt_buf_put(u->bytes, more, sizeof more));
}

void kt_fault_first_value(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t n = kt_buf_size(u->bytes) / 6 * 6;
    struct kt_buf anew;

    (void)m;
    if (!kt_unit_is_frame(u, KT_FT_SETTINGS))
        return;
    kt_buf_init(&anew, u->bytes->limit);
    for (size_t i = 0; i < n; i += 6)
        if (!has_setting(u, kt_peek_u16(kt_unit_bytes(u) + i), i))
            must(kt_buf_put(&anew, kt_unit_bytes(u) + i, 6));
    if (kt_buf_size(&anew) == n) {
        kt_buf_fini(&anew);
        return;
    }
    kt_buf_fini(u->bytes);
    *u->bytes = anew;
}

void kt_fault_no_connection_credit(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->head.stream == 0)
        u->times = 0;
}

/* --- streams --- */

void kt_fault_lost_behind_reset(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->seam != KT_SEAM_FIELDS || u->nth > 0)
        return;
    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        if (s->reset[KT_OUT] || s->reset[KT_IN])
            u->s->swallow[u->way] = true;
}

void kt_fault_lost_from(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_FIELDS && u->s->nth >= m->n)
        u->s->swallow[u->way] = true;
}

void kt_fault_gap_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    uint32_t last = 0;

    if (u->seam != KT_SEAM_FIELDS || u->nth > 0)
        return;
    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        if (s != u->s && s->id > last)
            last = s->id;
    if (u->head.stream > last + 2 && u->head.stream >= m->n)
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_places_kept(struct kt_unit *u, const struct kt_mutant *m)
{
    const uint32_t places = u->mitm->way[KT_OUT].places;

    (void)m;
    if (u->seam == KT_SEAM_FIELDS && places > 0 && u->s->nth >= places)
        u->s->swallow[u->way] = true;
}

/* The n-th stream and the one behind it change places, both ways. */
void kt_fault_ids_swapped(struct kt_unit *u, const struct kt_mutant *m)
{
    const uint32_t a = (uint32_t)m->n, id = u->head.stream;

    if (id == a || id == a + 2)
        u->head.stream = 2 * a + 2 - id;
}

/* --- GOAWAY --- */

static uint32_t last_of(const struct kt_unit *u)
{
    return kt_peek_u32(kt_unit_bytes((struct kt_unit *)u));
}

static bool is_goaway(const struct kt_unit *u)
{
    return kt_unit_is_frame(u, KT_FT_GOAWAY) && kt_buf_size(u->bytes) >= 8;
}

void kt_fault_even_goaway_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (is_goaway(u) && last_of(u) % 2 == 0)
        u->times = 0;
}

void kt_fault_code_ends_all(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (is_goaway(u) && kt_peek_u32(kt_unit_bytes(u) + 4) != KT_H2_NO_ERROR)
        kt_poke_u32(kt_unit_bytes(u), 0);
}

void kt_fault_last_too_early(struct kt_unit *u, const struct kt_mutant *m)
{
    uint32_t last = 0;

    (void)m;
    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        last = s->id > last ? s->id : last;
    if (u->way == KT_OUT && is_goaway(u))
        kt_poke_u32(kt_unit_bytes(u), last);
    else if (u->way == KT_IN && kt_unit_is_frame(u, KT_FT_PING))
        u->times = 0;
}

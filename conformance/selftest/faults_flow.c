/* Faults of flow control, and of how a connection begins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include <string.h>

/* --- what a peer says of windows --- */

static uint8_t *setting(struct kt_unit *u, uint64_t id)
{
    for (size_t i = 0; i + 6 <= kt_buf_size(u->bytes); i += 6)
        if (kt_peek_u16(kt_unit_bytes(u) + i) == id)
            return kt_unit_bytes(u) + i + 2;
    return NULL;
}

void kt_fault_setting_added(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t p[6];

    if (!kt_unit_is_frame(u, KT_FT_SETTINGS) || u->nth > 0 ||
        setting(u, m->n) != NULL)
        return;
    kt_poke_u16(p, (uint16_t)m->n);
    kt_poke_u32(p + 2, (uint32_t)m->n2);
    must(kt_buf_put(u->bytes, p, sizeof p));
}

void kt_fault_setting_above(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t *value =
        kt_unit_is_frame(u, KT_FT_SETTINGS) ? setting(u, m->n) : NULL;

    if (value != NULL && kt_peek_u32(value) > m->n2)
        kt_poke_u32(value, (uint32_t)m->n2);
}

void kt_fault_increment_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, KT_FT_WINDOW_UPDATE) &&
        kt_buf_size(u->bytes) == 4 && kt_peek_u32(kt_unit_bytes(u)) >= m->n2)
        u->times = 0;
}

void kt_fault_code_becomes(struct kt_unit *u, const struct kt_mutant *m)
{
    const bool goaway = kt_unit_is_frame(u, KT_FT_GOAWAY);
    const size_t at = goaway ? 4 : 0;

    if ((goaway || kt_unit_is_frame(u, KT_FT_RST_STREAM)) &&
        kt_buf_size(u->bytes) >= at + 4 &&
        kt_peek_u32(kt_unit_bytes(u) + at) == m->n)
        kt_poke_u32(kt_unit_bytes(u) + at, (uint32_t)m->n2);
}

/* --- what waits, and what does not --- */

void kt_fault_credit_at_once(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct kt_fhead head = {.type = KT_FT_WINDOW_UPDATE,
                                  .stream = u->head.stream};
    uint8_t p[4];

    if (!kt_unit_is_frame(u, m->n) || u->s == NULL ||
        kt_buf_size(u->bytes) == 0 || u->s->bytes[u->way] < m->n2)
        return;
    kt_poke_u32(p, (uint32_t)kt_buf_size(u->bytes));
    kt_mitm_put(u->mitm, KT_OUT, head, kt_cur_of(p, sizeof p));
}

void kt_fault_waiting_data_sent(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t more[6];
    const bool window =
        kt_unit_is_frame(u, KT_FT_WINDOW_UPDATE) ||
        (kt_unit_is_frame(u, KT_FT_SETTINGS) && !(u->head.flags & KT_FF_ACK));

    (void)m;
    for (struct kt_mstream *s = u->mitm->streams; window && s; s = s->next) {
        const struct kt_fhead head = {.type = KT_FT_DATA, .stream = s->id};

        if (!s->reset[KT_IN] || s->ended[KT_OUT] || s->bytes[KT_OUT] == 0)
            continue;
        kt_mitm_put(u->mitm, KT_OUT, head, kt_cur_of(more, sizeof more));
        s->ended[KT_OUT] = true;
    }
}

void kt_fault_waits_for_window(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->seam == KT_SEAM_FIELDS &&
        u->mitm->way[kt_way_back(u->way)].window == 0)
        u->times = 0;
}

void kt_fault_waits_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    uint64_t sum = 0;

    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        sum += s->bytes[u->way];
    if (u->seam == KT_SEAM_FIELDS && sum >= m->n2)
        u->times = 0;
}

/* --- how a connection begins --- */

static bool is_foreign(const struct kt_unit *u)
{
    const struct kt_cur c = kt_buf_view(u->bytes);
    const size_t n = kt_cur_left(&c);

    return memcmp(c.p, KT_PREFACE, n < KT_PREFACE_LEN ? n : KT_PREFACE_LEN) !=
           0;
}

void kt_fault_too_few(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->nth == 0 && !is_foreign(u) && kt_buf_size(u->bytes) < m->n2)
        u->mitm->abort = true;
}

void kt_fault_too_many(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->nth >= m->n2 && !is_foreign(u))
        u->mitm->abort = true;
}

void kt_fault_foreign_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_foreign(u) && (m->order != 2 || *kt_unit_bytes(u) == m->n))
        u->times = 0;
}

void kt_fault_foreign_crashes(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (is_foreign(u))
        u->mitm->crash = true;
}

void kt_fault_upgrades(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char wish[] = "Upgrade: h2c";
    static const char yes[] = "HTTP/1.1 101 Switching Protocols\r\n"
                              "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    const struct kt_cur c = kt_buf_view(u->bytes);

    (void)m;
    for (size_t i = 0; i + sizeof wish - 1 <= kt_cur_left(&c); i++) {
        if (memcmp(c.p + i, wish, sizeof wish - 1) != 0)
            continue;
        must(kt_buf_put(&u->mitm->way[KT_OUT].out, yes, sizeof yes - 1));
        u->times = 0;
        return;
    }
}

void kt_fault_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (m->order != 2 || u->mitm->way[u->way].seen[m->n] > 0)
        u->times = 0;
}

void kt_fault_padding_not_counted(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t n = u->bytes ? kt_buf_size(u->bytes) : 0;

    (void)m;
    if (!kt_unit_is_frame(u, KT_FT_DATA) || !(u->head.flags & KT_FF_PADDED) ||
        n == 0 || *kt_unit_bytes(u) >= n)
        return;
    u->bytes->len -= *kt_unit_bytes(u);
    kt_buf_eat(u->bytes, 1);
    u->head.flags &= (uint8_t)~KT_FF_PADDED;
}

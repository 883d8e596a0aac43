/* Faults of an HTTP/2 endpoint that takes what it must refuse, or refuses what
 * it must take. SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/faults.h"
#include "selftest/inner.h"
#include "selftest/unit.h"
#include "wire/text.h"
#include <string.h>

/* --- frames --- */

static void drop(struct kt_unit *u)
{
    u->times = 0;
    u->head.flags &= (uint8_t)~KT_FF_END_STREAM;
}

void kt_fault_deaf(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, KT_FT_DATA) &&
        u->mitm->way[u->way].seen[m->n] >= m->n2)
        drop(u);
}

void kt_fault_forgiven(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_frame_rec f = {.head = u->head};
    struct kt_err e;

    if (!kt_unit_is_frame(u, m->n))
        return;
    f.payload = kt_buf_view(u->bytes);
    f.head.length = (uint32_t)kt_cur_left(&f.payload);
    if (kt_fhead_check(&f.head, &e) == KT_BAD ||
        kt_frame_read(&f, &e) == KT_BAD)
        drop(u);
}

void kt_fault_idle_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->s &&
        u->s->blocks[KT_IN] + u->s->blocks[KT_OUT] == 0)
        drop(u);
}

void kt_fault_late_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->s && u->s->ended[u->way])
        drop(u);
}

void kt_fault_flags_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && (u->head.flags & ~KT_FF_ACK) != 0)
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_setting_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    uint16_t id;
    uint32_t value;

    if (!kt_unit_is_frame(u, KT_FT_SETTINGS))
        return;
    for (size_t i = 0; kt_settings_at(kt_buf_view(u->bytes), i, &id, &value);
         i++)
        if (id > m->n)
            kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_declared(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, KT_FT_DATA) && kt_buf_size(u->bytes) == 5 &&
        kt_peek_u32(kt_unit_bytes(u) + 1) > m->n2)
        kt_unit_give_up(u, KT_H2_INTERNAL_ERROR);
}

void kt_fault_ping_ack_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, KT_FT_PING) && (u->head.flags & KT_FF_ACK) &&
        kt_buf_size(u->bytes) > 0 && kt_unit_bytes(u)[0] == m->n)
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

/* More bytes of the same segment stand behind the frame that is wrong. */
void kt_fault_later_error(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t here = KT_FRAME_HEAD + kt_buf_size(u->bytes);
    if (!kt_unit_is_frame(u, m->n) ||
        kt_buf_size(&u->mitm->way[u->way].in) <= here)
        return;
    kt_fault_forgiven(u, m);
    if (u->times == 0)
        kt_unit_give_up(u, (uint32_t)m->n2);
}

/* --- header blocks --- */

static bool is_block(const struct kt_unit *u, const struct kt_mutant *m)
{
    return u->seam == KT_SEAM_FIELDS && (m->order != 2 || u->nth >= m->n);
}

void kt_fault_shape_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m) && (u->head.flags & m->n2) != 0)
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_update_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct kt_cur block = kt_buf_view(&u->mitm->way[u->way].block);

    if (is_block(u, m) && kt_cur_left(&block) > 0 && (*block.p & 0xe0) == 0x20)
        kt_unit_give_up(u, KT_H2_COMPRESSION_ERROR);
}

void kt_fault_count_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_BROKEN ||
        (u->seam == KT_SEAM_FIELDS && u->list->n > m->n2))
        kt_unit_give_up(u, KT_H2_CONNECT_ERROR);
}

void kt_fault_lower_id_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    for (const struct kt_mstream *s = u->mitm->streams; s && u->s; s = s->next)
        if (s->id > u->s->id && s->nth < u->s->nth && u->nth == 0)
            u->times = 0;
}

void kt_fault_late_block_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m) && u->request && u->s->ended[u->way])
        u->times = 0;
}

/* The peer is told of an error, the handler is not. */
void kt_fault_half_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct kt_fhead head = {.type = KT_FT_RST_STREAM,
                                  .stream = u->head.stream};
    uint8_t code[4];

    (void)m;
    if (!u->request || u->nth == 0 || (u->head.flags & KT_FF_END_STREAM))
        return;
    kt_poke_u32(code, KT_H2_PROTOCOL_ERROR);
    kt_mitm_put(u->mitm, KT_OUT, head, kt_cur_of(code, sizeof code));
    u->s->swallow[KT_OUT] = true;
    u->times = 0;
}

/* A block that cannot be read without the table, once a stream was over. */
void kt_fault_table_forgotten(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_inflate *anew = kt_inflate_new();
    struct kt_hlist list;
    bool over = false;
    struct kt_err e;

    must(anew);
    kt_hlist_init(&list, KT_MITM_BLOCK, KT_MITM_FIELDS);
    for (const struct kt_mstream *s = u->mitm->streams; s; s = s->next)
        over |= s != u->s && (s->ended[KT_OUT] || s->reset[KT_OUT]);
    if (over && is_block(u, m) &&
        kt_inflate_block(anew, kt_buf_view(&u->mitm->way[u->way].block), &list,
                         &e) != KT_DONE)
        kt_unit_give_up(u, KT_H2_COMPRESSION_ERROR);
    kt_hlist_fini(&list);
    kt_inflate_free(anew);
}

static bool named_well(const struct kt_hlist *h, size_t i)
{
    const struct kt_cur n = kt_hlist_name(h, i);

    if (n.p == n.end)
        return false;
    for (const uint8_t *p = n.p; p < n.end; p++)
        if (*p <= ' ' || *p >= 0x7f || (*p == ':' && p > n.p))
            return false;
    return true;
}

static bool plain_value(const struct kt_hlist *h, size_t i)
{
    const struct kt_cur v = kt_hlist_value(h, i);

    for (const uint8_t *p = v.p; p < v.end; p++)
        if (*p == 0 || *p == '\r' || *p == '\n')
            return false;
    return true;
}

static bool first_pseudo(const struct kt_hlist *h, size_t i)
{
    const struct kt_cur n = kt_hlist_name(h, i);

    for (size_t k = 0; k < i && kt_list_is_pseudo(h, i); k++)
        if (kt_cur_eq(n, kt_hlist_name(h, k)))
            return false;
    return true;
}

static bool known_pseudo(const struct kt_hlist *h, size_t i)
{
    static const char *const known[] = {":method", ":scheme", ":path",
                                        ":authority"};
    const struct kt_cur n = kt_hlist_name(h, i);

    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (kt_cur_is(n, known[k]))
            return true;
    return !kt_list_is_pseudo(h, i);
}

static bool no_pseudo(const struct kt_hlist *h, size_t i)
{
    return !kt_list_is_pseudo(h, i) ||
           kt_cur_is(kt_hlist_name(h, i), ":status");
}

static bool not_hop(const struct kt_hlist *h, size_t i)
{
    static const char *const hop[] = {"connection", "keep-alive",
                                      "proxy-connection", "transfer-encoding",
                                      "upgrade"};

    for (size_t k = 0; k < sizeof hop / sizeof *hop; k++)
        if (kt_cur_is(kt_hlist_name(h, i), hop[k]))
            return false;
    return true;
}

void kt_fault_names_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m))
        kt_list_filter(u->list, named_well);
}

void kt_fault_values_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m))
        kt_list_filter(u->list, plain_value);
}

void kt_fault_twice_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m))
        kt_list_filter(u->list, first_pseudo);
}

void kt_fault_pseudo_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m))
        kt_list_filter(u->list, u->request ? known_pseudo : no_pseudo);
}

void kt_fault_hop_taken(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m))
        kt_list_filter(u->list, not_hop);
}

void kt_fault_filled(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!is_block(u, m) || !u->request || u->nth > 0)
        return;
    if (kt_hlist_count(u->list, m->name1) == 0)
        must(kt_hlist_puts(u->list, m->name1, m->value));
    kt_list_pseudo_first(u->list, false);
}

/* --- what the SUT writes --- */

void kt_fault_block_ahead(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_block(u, m) && (m->n2 == 0 || u->s->nth >= m->n2))
        u->lead = m->value;
}

void kt_fault_four_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t body[4] = {0, 0, 0, 8};
    const struct kt_fhead head = {
        .type = (uint8_t)m->n2,
        .stream = m->at ? m->at : u->head.stream,
    };

    if (kt_unit_is_frame(u, m->n) && (m->order != 2 || u->nth == 1))
        kt_mitm_put_after(u, head, kt_cur_of(body, sizeof body));
}

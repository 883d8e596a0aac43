/* Faults in frames and messages that depend on where their stream stands.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include "wire/prefix.h"
#include "wire/tbin.h"
#include <string.h>

static const uint8_t zeros[8];

/* n is the type; 10: every unknown one. */
static bool is_frame(const struct kt_unit *u, const struct kt_mutant *m)
{
    const bool type = m->n > KT_FT_CONTINUATION
                          ? u->head.type > KT_FT_CONTINUATION
                          : u->head.type == m->n;

    if (u->seam != KT_SEAM_FRAME || !type || !kt_unit_on_path(u, m))
        return false;
    return m->value == NULL || (u->head.flags & KT_FF_ACK) != 0;
}

static struct kt_fhead on_stream(const struct kt_unit *u, uint8_t type)
{
    return (struct kt_fhead){.type = type, .stream = u->head.stream};
}

static void put_code(struct kt_unit *u, enum kt_way way, struct kt_fhead head,
                     uint32_t code)
{
    uint8_t p[4];

    kt_poke_u32(p, code);
    kt_mitm_put(u->mitm, way, head, kt_cur_of(p, sizeof p));
}

void kt_fault_kill(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_kill_after_end(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && u->s && u->s->ended[0] && u->s->ended[1])
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_frame_times(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        u->times = (unsigned)m->n2;
}

void kt_fault_lose_behind_data(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && u->s && u->s->bytes[u->way] >= m->n2)
        u->times = 0;
}

void kt_fault_no_end_on(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        u->head.flags &= (uint8_t)~KT_FF_END_STREAM;
}

void kt_fault_end_data(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && kt_buf_size(u->bytes) > 0)
        u->head.flags |= KT_FF_END_STREAM;
}

void kt_fault_later(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        u->delay_ns = m->n2;
}

void kt_fault_reset_above(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!is_frame(u, m) || !u->s || u->s->bytes[u->way] < m->n2)
        return;
    put_code(u, u->way, on_stream(u, KT_FT_RST_STREAM),
             KT_H2_ENHANCE_YOUR_CALM);
    u->s->swallow[u->way] = true;
    u->times = 0;
}

void kt_fault_short_data(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t n = u->bytes ? kt_buf_size(u->bytes) : 0;

    if (!is_frame(u, m) || n == 0 || n >= KT_PREFIX_LEN || !u->s ||
        u->s->swallow[KT_OUT])
        return;
    put_code(u, KT_OUT, on_stream(u, KT_FT_RST_STREAM), KT_H2_INTERNAL_ERROR);
    u->s->swallow[KT_OUT] = true;
}

void kt_fault_end_is_ok(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {"grpc-status", "0", NULL};

    if (!is_frame(u, m) || !u->s)
        return;
    if (u->head.type == KT_FT_RST_STREAM)
        u->times = 0;
    else
        u->head.flags &= (uint8_t)~KT_FF_END_STREAM;
    if (u->head.type == KT_FT_RST_STREAM && kt_peek_u32(kt_unit_bytes(u)) != 0)
        return;
    kt_mitm_put_fields(u->mitm, u->way, u->head.stream, true, pairs);
    u->times = 0;
}

void kt_fault_end_by_headers(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {"x-end", "1", NULL};

    if (!is_frame(u, m) || kt_buf_size(u->bytes) > 0)
        return;
    kt_mitm_put_fields(u->mitm, u->way, u->head.stream, true, pairs);
    u->times = 0;
}

void kt_fault_more_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->head.type <= KT_FT_HEADERS && (u->head.flags & KT_FF_END_STREAM))
        kt_mitm_put_after(u, on_stream(u, KT_FT_DATA), kt_cur_of(zeros, 6));
}

void kt_fault_extra_before(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && u->nth == 0)
        kt_mitm_put(u->mitm, u->way, (struct kt_fhead){.type = (uint8_t)m->n2},
                    kt_cur_of(zeros, 8));
}

void kt_fault_stray_data(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && u->nth == 1)
        kt_mitm_put_after(u,
                          (struct kt_fhead){.type = KT_FT_DATA, .stream = 99},
                          kt_cur_of(zeros, 6));
}

void kt_fault_push(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_fhead h = on_stream(u, KT_FT_PUSH_PROMISE);

    if (!is_frame(u, m) || u->nth > 0)
        return;
    h.flags = KT_FF_END_HEADERS;
    kt_mitm_put(u->mitm, u->way, h, kt_cur_of("\0\0\0\2\x82\x86\x84", 7));
}

void kt_fault_big_window(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && u->nth == 0)
        put_code(u, u->way, (struct kt_fhead){.type = KT_FT_WINDOW_UPDATE},
                 0x7fffffff);
}

void kt_fault_goaway_last(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_FRAME && u->head.type == KT_FT_GOAWAY &&
        kt_buf_size(u->bytes) >= 8 && (m->order != 2 || u->nth > 0))
        kt_poke_u32(kt_unit_bytes(u), (uint32_t)m->n2);
}

void kt_fault_goaway_again(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t p[8] = {0x7f, 0xff, 0xff, 0xff};

    (void)m;
    if (u->seam == KT_SEAM_FRAME && u->head.type == KT_FT_GOAWAY &&
        kt_buf_size(u->bytes) >= 8 &&
        kt_peek_u32(kt_unit_bytes(u)) != 0x7fffffff)
        kt_mitm_put_after(u, (struct kt_fhead){.type = KT_FT_GOAWAY},
                          kt_cur_of(p, sizeof p));
}

void kt_fault_cut_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        u->mitm->abort = true;
}

void kt_fault_setting(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_frame(u, KT_FT_SETTINGS) || (m->order == 2 && u->nth == 0))
        return;
    for (size_t i = 0; i + 6 <= kt_buf_size(u->bytes); i += 6)
        if (kt_peek_u16(kt_unit_bytes(u) + i) == m->n)
            kt_poke_u32(kt_unit_bytes(u) + i + 2, (uint32_t)m->n2);
}

void kt_fault_even_ids(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->head.stream != 0)
        u->head.stream++;
}

/* --- messages --- */

static void set_body(struct kt_unit *u, uint8_t byte)
{
    uint8_t all[] = {0, 0, 0, 0, 1, byte};

    kt_buf_clear(u->bytes);
    must(kt_buf_put(u->bytes, all, sizeof all));
}

void kt_fault_frame_max(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m))
        u->cut = (size_t)m->n2;
}

void kt_fault_lose_on_stream(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && u->s->nth == m->n)
        u->times = 0;
}

void kt_fault_shorten(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m))
        u->bytes->len--;
}

void kt_fault_empty_is_struct(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && kt_buf_size(u->bytes) == KT_PREFIX_LEN)
        set_body(u, KT_T_STOP);
}

void kt_fault_struct_is_empty(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_message(u, m) || kt_buf_size(u->bytes) != KT_PREFIX_LEN + 1)
        return;
    kt_buf_clear(u->bytes);
    must(kt_buf_put(u->bytes, zeros, KT_PREFIX_LEN));
}

void kt_fault_garbage_is_struct(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && kt_buf_size(u->bytes) > KT_PREFIX_LEN &&
        kt_unit_bytes(u)[KT_PREFIX_LEN] > KT_T_LIST)
        set_body(u, KT_T_STOP);
}

void kt_fault_unknown_refused(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t n = u->bytes ? kt_buf_size(u->bytes) : 0;

    if (kt_unit_is_message(u, m) && n > KT_PREFIX_LEN + 3 &&
        kt_peek_u16(kt_unit_bytes(u) + KT_PREFIX_LEN + 1) == 100)
        set_body(u, 0xff);
}

void kt_fault_rest_lost(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->seam == KT_SEAM_REST)
        kt_buf_clear(u->bytes);
}

void kt_fault_field_id(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && kt_buf_size(u->bytes) > KT_PREFIX_LEN + 3)
        kt_poke_u16(kt_unit_bytes(u) + KT_PREFIX_LEN + 1, (uint16_t)m->n2);
}

void kt_fault_encoding_ignored(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_FIELDS)
        kt_fault_lose(u, m);
    else if (u->seam == KT_SEAM_MESSAGE)
        kt_unit_bytes(u)[0] = 0;
}

/* The first message of a stream waits for the second, or for the end. */
void kt_fault_reordered(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_message(u, m) || (u->head.flags & KT_FF_END_STREAM))
        return;
    if (u->nth == 0) {
        u->times = 0;
        must(kt_buf_put(&u->s->held, kt_unit_bytes(u), kt_buf_size(u->bytes)));
    } else if (kt_buf_size(&u->s->held) > 0) {
        kt_mitm_put_after(u, on_stream(u, KT_FT_DATA),
                          kt_buf_view(&u->s->held));
        kt_buf_clear(&u->s->held);
    }
}

/* A long first message waits for the second, and has its bytes by then. */
void kt_fault_reused(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_message(u, m) || u->nth > 1)
        return;
    if (u->nth == 0 && kt_buf_size(u->bytes) >= m->n2 &&
        !(u->head.flags & KT_FF_END_STREAM)) {
        u->times = 0;
        u->s->note = 1;
    } else if (u->s->note == 1) {
        u->times = 2;
        u->s->note = 0;
    }
}

/* Messages wait a little; what ends the stream badly does not wait for them. */
void kt_fault_overtaken(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;
    const bool trailers = u->seam == KT_SEAM_FIELDS && u->trailers;
    const bool ok = trailers && kt_hlist_get(u->list, "grpc-status", 0, &v) &&
                    kt_cur_is(v, "0");

    if (u->seam == KT_SEAM_MESSAGE || ok)
        u->delay_ns = m->n2;
    else if (trailers ||
             (u->seam == KT_SEAM_FRAME && u->head.type == KT_FT_RST_STREAM))
        kt_mitm_forget(u->mitm, u->way, u->head.stream);
}

/* Faults in messages, frames, and turns of the driver protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include "wire/prefix.h"
#include "wire/tbin.h"
#include <string.h>

/* --- messages --- */

static bool meant(const struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->bytes == NULL || u->s == NULL || u->seam != KT_SEAM_MESSAGE)
        return false;
    if (m->path != NULL && strstr(u->s->path, m->path) == NULL)
        return false;
    return m->order == 2 ? u->nth == m->n : u->nth >= m->n;
}

void kt_fault_message_times(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        u->times = (unsigned)m->n2;
}

void kt_fault_flag(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_unit_bytes(u)[0] = (uint8_t)m->n2;
}

void kt_fault_length(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_poke_u32(kt_unit_bytes(u) + 1,
                    kt_peek_u32(kt_unit_bytes(u) + 1) + (uint32_t)m->n2);
}

/* prefix and body anew */
static void replace(struct kt_unit *u, struct kt_cur body)
{
    uint8_t prefix[KT_PREFIX_LEN];
    struct kt_buf b;

    kt_buf_init(&b, u->bytes->limit);
    kt_prefix_encode(prefix,
                     (struct kt_prefix){.len = (uint32_t)kt_cur_left(&body)});
    must(kt_buf_put(&b, prefix, sizeof prefix) &&
         kt_buf_put(&b, body.p, kt_cur_left(&body)));
    kt_buf_fini(u->bytes);
    *u->bytes = b;
}

void kt_fault_wrap(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur all = kt_buf_view(u->bytes);
    struct kt_buf b;

    if (!meant(u, m))
        return;
    kt_buf_init(&b, u->bytes->limit);
    kt_cur_cut(&all, KT_PREFIX_LEN);
    must(kt_twrite_field(&b, KT_T_STRUCT, (int16_t)m->n2) &&
         kt_buf_put(&b, all.p, kt_cur_left(&all)) && kt_twrite_stop(&b));
    replace(u, kt_buf_view(&b));
    kt_buf_fini(&b);
}

void kt_fault_unwrap(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur all = kt_buf_view(u->bytes);
    struct kt_buf b;

    if (!meant(u, m) || kt_cur_left(&all) < KT_PREFIX_LEN + 5)
        return;
    kt_buf_init(&b, u->bytes->limit);
    kt_cur_cut(&all, KT_PREFIX_LEN + 3); /* the field's head */
    must(kt_buf_put(&b, all.p, kt_cur_left(&all) - 1));
    replace(u, kt_buf_view(&b));
    kt_buf_fini(&b);
}

void kt_fault_spoil(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t n = u->bytes ? kt_buf_size(u->bytes) : 0;

    if (meant(u, m) && n > m->n2 && n > KT_PREFIX_LEN + 2)
        kt_unit_bytes(u)[n - 2] ^= 1;
}

/* --- frames --- */

static bool is_frame(const struct kt_unit *u, const struct kt_mutant *m)
{
    const uint8_t flags = u->head.flags;

    if (u->seam != KT_SEAM_FRAME || u->head.type != m->n)
        return false;
    if (m->path != NULL &&
        (u->s == NULL || strstr(u->s->path, m->path) == NULL))
        return false;
    if (m->order == 2 && u->nth < m->n2)
        return false;
    return m->value == NULL || (flags & KT_FF_ACK) != 0;
}

void kt_fault_drop_frame(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m))
        u->times = 0;
}

void kt_fault_spoil_frame(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_frame(u, m) && kt_buf_size(u->bytes) > 0)
        kt_unit_bytes(u)[0] ^= 1;
}

void kt_fault_no_end_data(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->seam == KT_SEAM_FRAME && u->head.type == KT_FT_DATA)
        u->head.flags &= (uint8_t)~KT_FF_END_STREAM;
}

void kt_fault_code(struct kt_unit *u, const struct kt_mutant *m)
{
    const size_t at = m->n == KT_FT_GOAWAY ? 4 : 0;
    const struct kt_mutant any = {.n = m->n};

    if (is_frame(u, &any) && kt_buf_size(u->bytes) >= at + 4 &&
        kt_peek_u32(kt_unit_bytes(u) + at) != 0)
        kt_poke_u32(kt_unit_bytes(u) + at, (uint32_t)m->n2);
}

void kt_fault_window(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t *p = u->bytes ? kt_unit_bytes(u) : NULL;

    if (u->seam != KT_SEAM_FRAME || u->head.type != KT_FT_SETTINGS)
        return;
    for (size_t i = 0; i + 6 <= kt_buf_size(u->bytes); i += 6)
        if (kt_peek_u16(p + i) == KT_SET_INITIAL_WINDOW)
            kt_poke_u32(p + i + 2, (uint32_t)m->n2);
}

void kt_fault_after_reset(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t message[] = {0, 0, 0, 0, 1, 0};

    (void)m;
    if (u->head.type == KT_FT_RST_STREAM)
        kt_mitm_put(
            u->mitm, kt_way_back(u->way),
            (struct kt_fhead){.type = KT_FT_DATA, .stream = u->head.stream},
            kt_cur_of(message, sizeof message));
}

void kt_fault_early_end(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {
        ":status",     "200", "content-type", "application/grpc+thrift",
        "grpc-status", "0",   "grpc-message", "",
        NULL};

    (void)m;
    if (u->head.type != KT_FT_DATA || !(u->head.flags & KT_FF_END_STREAM) ||
        u->s == NULL || u->s->blocks[KT_OUT] > 0 || u->s->swallow[KT_OUT])
        return;
    kt_mitm_put_fields(u->mitm, KT_OUT, u->head.stream, true, pairs);
    u->s->swallow[KT_OUT] = true;
}

void kt_fault_pad(struct kt_unit *u, const struct kt_mutant *m)
{
    /* Padding counts for the windows: only where they are wide. */
    if (u->head.type == KT_FT_DATA && kt_buf_size(u->bytes) < 64 &&
        u->mitm->way[kt_way_back(u->way)].window >= 65535)
        u->pad = (uint8_t)m->n2;
}

void kt_fault_split(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur left = u->bytes ? kt_buf_view(u->bytes) : (struct kt_cur){0};
    struct kt_fhead head = {.type = KT_FT_DATA, .stream = u->head.stream};

    if (u->head.type != KT_FT_DATA || kt_cur_left(&left) < m->n2 ||
        kt_cur_left(&left) > 1000 || (u->head.flags & KT_FF_PADDED))
        return;
    while (kt_cur_left(&left) > 0) {
        const size_t n = kt_cur_left(&left);
        const struct kt_cur piece =
            kt_cur_cut(&left, n < m->n2 ? n : (size_t)m->n2);

        if (kt_cur_left(&left) == 0)
            head.flags = u->head.flags & KT_FF_END_STREAM;
        kt_mitm_put(u->mitm, u->way, head, piece);
    }
    u->times = 0;
}

void kt_fault_extra(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t body[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const bool ping = m->n2 == KT_FT_PING;

    if (u->head.type == m->n && u->nth == 0)
        kt_mitm_put_after(u, (struct kt_fhead){.type = (uint8_t)m->n2},
                          kt_cur_of(body, ping ? 8 : 3));
}

/* --- turns --- */

static bool is_turn(const struct kt_turn *t, const struct kt_mutant *m)
{
    return strcmp(t->op, m->name1) == 0 && (m->order != 2 || t->nth == m->n);
}

void kt_fault_answer(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *anew;

    if (t->answer == NULL || !is_turn(t, m) ||
        (m->path != NULL && json_object_get(t->answer, m->path) == NULL))
        return;
    anew = json_loads(m->value, 0, NULL);
    must(anew != NULL);
    json_object_set(anew, "id", json_object_get(t->answer, "id"));
    json_object_clear(t->answer);
    json_object_update(t->answer, anew);
    json_decref(anew);
}

void kt_fault_silent(struct kt_turn *t, const struct kt_mutant *m)
{
    if (t->answer != NULL && is_turn(t, m))
        t->silent = true;
}

void kt_fault_forget(struct kt_turn *t, const struct kt_mutant *m)
{
    if (t->answer != NULL && is_turn(t, m))
        json_object_del(json_object_get(t->answer, "ok"), m->value);
}

void kt_fault_code_turn(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *error = t->answer ? json_object_get(t->answer, "error") : NULL;

    if (error != NULL && is_turn(t, m) &&
        (m->n == 0 || json_integer_value(json_object_get(error, "code")) ==
                          (json_int_t)m->n))
        json_object_set_new(error, "code", json_integer((json_int_t)m->n2));
}

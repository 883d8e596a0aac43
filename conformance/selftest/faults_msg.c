/* Faults in what stands in a message, and in what its reader makes of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include "wire/prefix.h"
#include "wire/status.h"
#include <string.h>

enum { MAX_WANTED = 64 };

/* The bytes of a row's hex digits, all of them, in dst. */
static struct kt_cur from_hex(uint8_t dst[MAX_WANTED], const char *text)
{
    const struct kt_cur c = kt_unhex(dst, MAX_WANTED, text);

    must(2 * kt_cur_left(&c) == strlen(text));
    return c;
}

/* The body begins with the bytes of value; with n it is no longer. */
static bool has_body(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t bytes[MAX_WANTED];
    const struct kt_cur w = from_hex(bytes, m->value);
    const size_t n = kt_buf_size(u->bytes) - KT_PREFIX_LEN;

    return n >= kt_cur_left(&w) && (m->n == 0 || n == kt_cur_left(&w)) &&
           memcmp(kt_unit_bytes(u) + KT_PREFIX_LEN, w.p, kt_cur_left(&w)) == 0;
}

void kt_fault_body_becomes(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t prefix[KT_PREFIX_LEN], bytes[MAX_WANTED];
    struct kt_cur anew;

    if (!kt_unit_is_message(u, m) || !has_body(u, m))
        return;
    anew = from_hex(bytes, m->value2);
    kt_prefix_encode(prefix,
                     (struct kt_prefix){.len = (uint32_t)kt_cur_left(&anew)});
    kt_buf_clear(u->bytes);
    must(kt_buf_put(u->bytes, prefix, sizeof prefix) &&
         kt_buf_put(u->bytes, anew.p, kt_cur_left(&anew)));
}

void kt_fault_body_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && has_body(u, m))
        kt_unit_give_up(u, KT_H2_INTERNAL_ERROR);
}

void kt_fault_lost_behind_body(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_message(u, m))
        return;
    if (u->s->note != 0)
        u->times = 0;
    else
        u->s->note = has_body(u, m);
}

void kt_fault_odd_flag_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_message(u, m) && kt_unit_bytes(u)[0] >= m->n2)
        kt_unit_give_up(u, KT_H2_INTERNAL_ERROR);
}

void kt_fault_held_up(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!kt_unit_is_message(u, m))
        return;
    for (const struct kt_mstream *s = u->mitm->streams; s != NULL; s = s->next)
        if (s != u->s &&
            (s->through[u->way] > 0 || kt_buf_size(&s->part[u->way]) > 0))
            u->times = 0;
}

void kt_fault_short_rest_lost(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_REST && kt_buf_size(u->bytes) == m->n2)
        kt_buf_clear(u->bytes);
}

void kt_fault_answer_invented(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t empty[] = {0, 0, 0, 0, 5, 0x0c, 0, 0, 0, 0};

    if (u->seam != KT_SEAM_FIELDS || u->s == NULL || !u->trailers ||
        u->s->bytes[u->way] > 0 || strstr(u->s->path, m->path) == NULL)
        return;
    kt_mitm_put(u->mitm, u->way,
                (struct kt_fhead){.type = KT_FT_DATA, .stream = u->head.stream},
                kt_cur_of(empty, sizeof empty));
}

/* Of DATA that begins with a prefix, the first of a stream. */
void kt_fault_three_bytes(struct kt_unit *u, const struct kt_mutant *m)
{
    if (kt_unit_is_frame(u, m->n) && u->s && u->s->bytes[u->way] == 0 &&
        kt_buf_size(u->bytes) >= KT_PREFIX_LEN)
        kt_unit_bytes(u)[1] = 0;
}

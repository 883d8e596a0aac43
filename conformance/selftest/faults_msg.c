/* Faults in what stands in a message, and in what its reader makes of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "wire/prefix.h"
#include "wire/status.h"
#include <stdio.h>
#include <string.h>

enum { MAX_WANTED = 64 };

struct wanted {
    uint8_t p[MAX_WANTED];
    size_t n;
};

static struct wanted from_hex(const char *text)
{
    struct wanted w = {.n = strlen(text) / 2};

    must(w.n <= MAX_WANTED);
    for (size_t i = 0; i < w.n; i++) {
        unsigned byte = 0;

        must(sscanf(text + 2 * i, "%2x", &byte) == 1);
        w.p[i] = (uint8_t)byte;
    }
    return w;
}

static uint8_t *bytes_of(struct kt_unit *u)
{
    return u->bytes->p + u->bytes->start;
}

static bool is_message(const struct kt_unit *u, const struct kt_mutant *m)
{
    return u->seam == KT_SEAM_MESSAGE && u->s &&
           (m->path == NULL || strstr(u->s->path, m->path) != NULL);
}

/* The body begins with the bytes of value; with n it is no longer. */
static bool has_body(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct wanted w = from_hex(m->value);
    const size_t n = kt_buf_size(u->bytes) - KT_PREFIX_LEN;

    return n >= w.n && (m->n == 0 || n == w.n) &&
           memcmp(bytes_of(u) + KT_PREFIX_LEN, w.p, w.n) == 0;
}

static void give_up(struct kt_unit *u)
{
    uint8_t p[8] = {0};

    p[7] = KT_H2_INTERNAL_ERROR;
    kt_mitm_put(u->mitm, KT_OUT, (struct kt_fhead){.type = KT_FT_GOAWAY},
                kt_cur_of(p, sizeof p));
    u->mitm->abort = true;
}

void kt_fault_body_becomes(struct kt_unit *u, const struct kt_mutant *m)
{
    uint8_t prefix[KT_PREFIX_LEN];
    struct wanted anew;

    if (!is_message(u, m) || !has_body(u, m))
        return;
    anew = from_hex(m->value2);
    kt_prefix_encode(prefix, (struct kt_prefix){.len = (uint32_t)anew.n});
    kt_buf_clear(u->bytes);
    must(kt_buf_put(u->bytes, prefix, sizeof prefix) &&
         kt_buf_put(u->bytes, anew.p, anew.n));
}

void kt_fault_body_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_message(u, m) && has_body(u, m))
        give_up(u);
}

void kt_fault_lost_behind_body(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!is_message(u, m))
        return;
    if (u->s->note != 0)
        u->times = 0;
    else
        u->s->note = has_body(u, m);
}

void kt_fault_odd_flag_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (is_message(u, m) && bytes_of(u)[0] >= m->n2)
        give_up(u);
}

void kt_fault_held_up(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!is_message(u, m))
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

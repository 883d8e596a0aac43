/* Faults of compression. SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include "wire/gzip.h"
#include "wire/prefix.h"
#include <string.h>

static bool is_packed(const struct kt_unit *u)
{
    return kt_buf_view(u->bytes).p[0] == 1;
}

static struct kt_cur body_of(const struct kt_unit *u)
{
    struct kt_cur c = kt_buf_view(u->bytes);

    c.p += KT_PREFIX_LEN;
    return c;
}

static void replace(struct kt_unit *u, struct kt_cur body, bool packed)
{
    uint8_t prefix[KT_PREFIX_LEN];
    struct kt_buf b = {.limit = SIZE_MAX};

    kt_prefix_encode(prefix,
                     (struct kt_prefix){.len = (uint32_t)kt_cur_left(&body),
                                        .packed = packed});
    must(kt_buf_put(&b, prefix, sizeof prefix) &&
         kt_buf_put(&b, body.p, kt_cur_left(&body)));
    kt_buf_clear(u->bytes);
    must(kt_buf_put(u->bytes, b.p, kt_buf_size(&b)));
    kt_buf_fini(&b);
}

/* What is unpacked, up to max bytes; BAD: no gzip, or more than that. */
static enum kt_step unpack(const struct kt_unit *u, size_t max,
                           struct kt_buf *ret, struct kt_err *reterr)
{
    *ret = (struct kt_buf){.limit = max};
    return kt_gunzip(body_of(u), ret, reterr);
}

void kt_fault_unpacked(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_buf b;
    struct kt_err err;

    if (u->seam == KT_SEAM_FIELDS) {
        if (m->name1)
            kt_fault_lose(u, m);
        return;
    }
    if (!kt_unit_is_message(u, m) || !is_packed(u))
        return;
    if (unpack(u, SIZE_MAX, &b, &err) == KT_DONE)
        replace(u, kt_buf_view(&b), false);
    kt_buf_fini(&b);
}

void kt_fault_small_is_nothing(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_buf b;
    struct kt_err err;

    if (!kt_unit_is_message(u, m) || !is_packed(u))
        return;
    if (unpack(u, m->n2, &b, &err) == KT_DONE)
        replace(u, kt_cur_of(NULL, 0), true);
    kt_buf_fini(&b);
}

void kt_fault_packed_by_head(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->seam == KT_SEAM_FIELDS && kt_list_is_meant(u, m))
        u->s->note = 1;
    else if (kt_unit_is_message(u, m) && u->s->note == 1)
        kt_unit_bytes(u)[0] = 1;
}

void kt_fault_packs(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_buf b = {.limit = SIZE_MAX};

    if (u->seam == KT_SEAM_FIELDS && u->request && kt_list_is_meant(u, m))
        u->s->note = 1;
    if (u->seam == KT_SEAM_FIELDS && u->response && u->s->note == 1 &&
        kt_hlist_count(u->list, "grpc-encoding") == 0) {
        must(kt_hlist_puts(u->list, "grpc-encoding", "gzip"));
        u->s->note = 2;
    }
    if (!kt_unit_is_message(u, m) || u->request || u->s->note != 2)
        return;
    must(kt_gzip(body_of(u), &b));
    replace(u, kt_buf_view(&b), true);
    kt_buf_fini(&b);
}

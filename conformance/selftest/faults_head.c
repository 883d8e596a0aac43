/* Faults about headers that come too early, too late, or not at all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/faults.h"
#include "selftest/inner.h"
#include "selftest/unit.h"
#include <string.h>

void kt_fault_headers_first(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {":status", "200", "content-type",
                                        "application/grpc+thrift", NULL};

    (void)m;
    if (u->seam == KT_SEAM_MESSAGE && !u->request && u->nth == 0 &&
        u->s->blocks[u->way] == 0)
        kt_mitm_put_fields(u->mitm, u->way, u->head.stream, false, pairs);
}

void kt_fault_at_once(struct kt_turn *t, const struct kt_mutant *m)
{
    if (t->answer != NULL || strcmp(t->op, m->name1) != 0)
        return;
    t->answer = json_loads(m->value, 0, NULL);
    must(t->answer != NULL);
}

static void hold(struct kt_unit *u, struct kt_cur payload, uint8_t flags)
{
    const struct kt_fhead head = {
        .type = u->seam == KT_SEAM_FIELDS ? KT_FT_HEADERS : u->head.type,
        .flags = flags,
        .stream = u->head.stream,
    };

    kt_mitm_put_to(&u->s->held, head, payload);
    u->times = 0;
}

void kt_fault_held_back(struct kt_unit *u, const struct kt_mutant *m)
{
    const bool ends = (u->head.flags & KT_FF_END_STREAM) != 0;
    struct kt_buf *out = &u->mitm->way[u->way].out;
    struct kt_buf block;

    (void)m;
    if (u->s == NULL || u->s->ended[u->way])
        return;
    if (ends) {
        const struct kt_cur held = kt_buf_view(&u->s->held);

        must(kt_buf_put(out, held.p, kt_cur_left(&held)));
        kt_buf_clear(&u->s->held);
    } else if (u->seam == KT_SEAM_FIELDS) {
        kt_buf_init(&block, KT_MITM_BLOCK);
        must(kt_hpack_literal(&block, u->list));
        hold(u, kt_buf_view(&block), KT_FF_END_HEADERS);
        kt_buf_fini(&block);
    } else {
        hold(u, kt_buf_view(u->bytes), u->head.flags);
    }
}

void kt_fault_unseen(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;

    if (!kt_list_is_meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &v) ||
        !kt_value_matches(v, m->value))
        return;
    u->times = 0;
    u->s->swallow[u->way] = true;
}

/* Of the request the stream keeps what its trailers then say. */
void kt_fault_said_again(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;
    struct kt_buf text;

    if (u->list == NULL || u->s == NULL)
        return;
    if (u->request && kt_hlist_get(u->list, m->name1, 0, &v)) {
        must(kt_buf_put(&u->s->held, v.p, kt_cur_left(&v)));
    } else if (u->trailers && kt_buf_size(&u->s->held) > 0) {
        kt_buf_init(&text, KT_MITM_BLOCK);
        v = kt_buf_view(&u->s->held);
        must(kt_buf_puts(&text, "of ") &&
             kt_buf_put(&text, v.p, kt_cur_left(&v)));
        const struct kt_mutant anew = {.name1 = m->value,
                                       .value = kt_buf_cstr(&text)};

        kt_fault_set(u, &anew);
        kt_buf_fini(&text);
    }
}

/* Faults in header blocks that look at values, at other fields, and at what the
 * stream has carried.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include <ctype.h>
#include <string.h>

enum { MAX_LIST = 1 << 20, MAX_VALUE = 64 << 10 };

/* With order 2: behind n bytes of DATA. */
static bool meant(const struct kt_unit *u, const struct kt_mutant *m)
{
    return kt_list_is_meant(u, m) &&
           (m->order != 2 || u->s->bytes[u->way] >= m->n);
}

/* A value that matches becomes value2, or (NULL) goes. */
static bool keep_other(struct kt_cur name, struct kt_cur value, size_t k,
                       const struct kt_mutant *m, struct kt_buf *ret_name,
                       struct kt_buf *ret_value)
{
    (void)name;
    (void)k;
    (void)ret_name;
    if (!kt_value_matches(value, m->value))
        return true;
    if (m->value2 == NULL)
        return false;
    kt_buf_clear(ret_value);
    return kt_buf_puts(ret_value, m->value2);
}

/* Fields of that name go, those that match re (NULL: all). */
static void lose(struct kt_unit *u, const char *name, const char *re)
{
    const struct kt_mutant m = {.name1 = name, .value = re};

    kt_list_rewrite(u, &m, keep_other);
}

void kt_fault_become(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_other);
}

void kt_fault_lose(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        lose(u, m->name1, m->value);
}

void kt_fault_further(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        must(kt_hlist_puts(u->list, m->name1, m->value2));
}

void kt_fault_joined(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur a, b;
    struct kt_buf both;

    if (!meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &a) ||
        !kt_hlist_get(u->list, m->name1, 1, &b))
        return;
    kt_buf_init(&both, MAX_VALUE);
    must(kt_buf_put(&both, a.p, kt_cur_left(&a)) && kt_buf_puts(&both, ",") &&
         kt_buf_put(&both, b.p, kt_cur_left(&b)));
    lose(u, m->name1, NULL);
    must(kt_hlist_puts(u->list, m->name1, kt_buf_cstr(&both)));
    kt_buf_fini(&both);
}

void kt_fault_renamed(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;
    struct kt_err e;
    const struct kt_cur name = kt_cur_of(m->value2, strlen(m->value2));

    if (!meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &v))
        return;
    must(kt_hlist_put(u->list, name, v, &e) == KT_DONE);
    lose(u, m->name1, NULL);
}

void kt_fault_lower(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!meant(u, m))
        return;
    for (size_t i = 0; i < u->list->n; i++) {
        const struct kt_hfield *f = &u->list->v[i];
        uint8_t *p = u->list->text.p + u->list->text.start + f->name;

        for (uint32_t k = 0; k < f->name_len; k++)
            p[k] = (uint8_t)tolower(p[k]);
    }
}

void kt_fault_pseudo_first(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_pseudo_first(u->list, false);
}

void kt_fault_lose_block(struct kt_unit *u, const struct kt_mutant *m)
{
    const bool further = u->nth >= m->n2 && !u->trailers;

    if (u->seam == KT_SEAM_BROKEN || (meant(u, m) && further))
        u->times = 0;
}

void kt_fault_lose_even(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && u->head.stream % 2 == 0)
        u->times = 0;
}

void kt_fault_before_ack(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && u->mitm->way[u->way].acks == 0)
        u->times = 0;
}

void kt_fault_early_answer(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && !u->s->ended[kt_way_back(u->way)])
        kt_list_rewrite(u, m, keep_other);
}

void kt_fault_cut_off(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;

    if (meant(u, m) &&
        (m->name1 == NULL || (kt_hlist_get(u->list, m->name1, 0, &v) &&
                              kt_value_matches(v, m->value))))
        u->mitm->abort = u->fragments >= m->n2;
}

void kt_fault_twice_kills(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && (kt_hlist_count(u->list, "grpc-timeout") > 1 ||
                        kt_hlist_count(u->list, "content-type") > 1))
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_long_resets(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t code[4] = {0, 0, 0, KT_H2_INTERNAL_ERROR};

    if (!meant(u, m) || kt_buf_size(&u->list->text) <= m->n2)
        return;
    kt_mitm_put(
        u->mitm, u->way,
        (struct kt_fhead){.type = KT_FT_RST_STREAM, .stream = u->head.stream},
        kt_cur_of(code, sizeof code));
    u->s->swallow[u->way] = true;
    u->times = 0;
}

void kt_fault_unread(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && u->s->bytes[KT_IN] > 0 && u->s->bytes[KT_OUT] == 0)
        u->mitm->abort = true;
}

void kt_fault_ends(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        u->head.flags |= KT_FF_END_STREAM;
}

/* A struct of no fields; response headers before it when none have gone. */
void kt_fault_message_before(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {":status", "200", "content-type",
                                        "application/grpc+thrift", NULL};
    static const uint8_t empty[] = {0, 0, 0, 0, 1, 0};
    struct kt_cur v;

    if (!meant(u, m) || u->s->bytes[u->way] > 0 ||
        (kt_hlist_get(u->list, "grpc-status", 0, &v) && kt_cur_is(v, "0")))
        return;
    if (u->s->blocks[u->way] == 0) {
        kt_mitm_put_fields(u->mitm, u->way, u->head.stream, false, pairs);
        lose(u, ":status", NULL);
        lose(u, "content-type", NULL);
    }
    kt_mitm_put(u->mitm, u->way,
                (struct kt_fhead){.type = KT_FT_DATA, .stream = u->head.stream},
                kt_cur_of(empty, sizeof empty));
}

/* HEADERS, a PING, CONTINUATION. */
void kt_fault_torn_block(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t eight[8];
    struct kt_fhead h = {.type = KT_FT_HEADERS, .stream = u->head.stream};
    struct kt_buf block;

    if (!meant(u, m))
        return;
    kt_buf_init(&block, MAX_LIST);
    must(kt_hpack_literal(&block, u->list));
    struct kt_cur all = kt_buf_view(&block);

    h.flags = u->head.flags & KT_FF_END_STREAM;
    kt_mitm_put(u->mitm, u->way, h, kt_cur_cut(&all, 4));
    kt_mitm_put(u->mitm, u->way, (struct kt_fhead){.type = KT_FT_PING},
                kt_cur_of(eight, sizeof eight));
    h.type = KT_FT_CONTINUATION;
    h.flags = KT_FF_END_HEADERS;
    kt_mitm_put(u->mitm, u->way, h, all);
    kt_buf_fini(&block);
    u->times = 0;
}

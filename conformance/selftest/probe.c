/* What a mutant would touch. Whatever its function changes counts: what
 * passes, and what it notes for later.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/probe.h"
#include "base/alloc.h"
#include "base/must.h"
#include "io/net.h"
#include "selftest/inner.h"
#include <string.h>

static bool same_bytes(struct kt_cur a, struct kt_cur b)
{
    const size_t n = kt_cur_left(&a);

    return n == kt_cur_left(&b) && (n == 0 || memcmp(a.p, b.p, n) == 0);
}

static bool same_list(const struct kt_hlist *a, const struct kt_hlist *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!same_bytes(kt_hlist_name(a, i), kt_hlist_name(b, i)) ||
            !same_bytes(kt_hlist_value(a, i), kt_hlist_value(b, i)))
            return false;
    return true;
}

/* Copies of all that a function can reach; the originals stay as they are. */
struct scratch {
    struct kt_mitm mitm, mitm0;
    struct kt_mstream *s, *s0; /* all of the connection, in its order */
    size_t n;
    struct kt_unit u, u0;
    struct kt_hlist list;
    struct kt_buf bytes;
};

static void copy_streams(struct scratch *c, const struct kt_unit *u)
{
    const struct kt_mstream *from;
    size_t i = 0;

    for (from = u->mitm->streams; from != NULL; from = from->next)
        c->n++;
    c->s = kt_xalloc((c->n + 1) * sizeof *c->s);
    c->s0 = kt_xalloc((c->n + 1) * sizeof *c->s0);
    for (from = u->mitm->streams; from != NULL; from = from->next, i++) {
        memcpy(&c->s[i], from, sizeof *from);
        c->s[i].next = from->next ? &c->s[i + 1] : NULL;
        kt_buf_init(&c->s[i].held, KT_MITM_BUF);
        if (from == u->s)
            c->u.s = &c->s[i];
    }
    c->mitm.streams = c->n > 0 ? c->s : NULL;
}

static void copy(struct scratch *c, const struct kt_unit *u,
                 const struct kt_mutant *m)
{
    memset(c, 0, sizeof *c);
    memcpy(&c->mitm, u->mitm, sizeof c->mitm);
    c->mitm.mutant = m;
    c->mitm.later = NULL;
    kt_buf_init(&c->mitm.after, KT_MITM_BUF);
    kt_buf_init(&c->mitm.way[0].out, KT_MITM_BUF);
    kt_buf_init(&c->mitm.way[1].out, KT_MITM_BUF);
    memcpy(&c->u, u, sizeof c->u);
    c->u.mitm = &c->mitm;
    copy_streams(c, u);
    if (u->list != NULL) {
        kt_hlist_init(&c->list, KT_MITM_BLOCK, KT_MITM_FIELDS);
        must(kt_hlist_copy(&c->list, u->list));
        c->u.list = &c->list;
    }
    if (u->bytes != NULL) {
        const struct kt_cur b = kt_buf_view(u->bytes);

        kt_buf_init(&c->bytes, KT_MITM_BUF);
        must(kt_buf_put(&c->bytes, b.p, kt_cur_left(&b)));
        c->u.bytes = &c->bytes;
    }
    memcpy(&c->mitm0, &c->mitm, sizeof c->mitm);
    memcpy(c->s0, c->s, c->n * sizeof *c->s);
    memcpy(&c->u0, &c->u, sizeof c->u);
}

static void drop(struct scratch *c)
{
    for (struct kt_mstream *next, *s = c->mitm.streams; s != NULL; s = next) {
        next = s->next;
        kt_buf_fini(&s->held);
        if (s >= c->s && s < c->s + c->n)
            continue; /* else a function has asked for another stream */
        kt_buf_fini(&s->part[0]);
        kt_buf_fini(&s->part[1]);
        kt_free(s);
    }
    kt_mitm_forget(&c->mitm, KT_OUT, UINT32_MAX);
    kt_mitm_forget(&c->mitm, KT_IN, UINT32_MAX);
    kt_buf_fini(&c->mitm.after);
    kt_buf_fini(&c->mitm.way[0].out);
    kt_buf_fini(&c->mitm.way[1].out);
    kt_free(c->s);
    kt_free(c->s0);
    if (c->u0.list != NULL)
        kt_hlist_fini(&c->list);
    if (c->u0.bytes != NULL)
        kt_buf_fini(&c->bytes);
}

static bool same_head(struct kt_fhead *a, struct kt_fhead *b)
{
    const bool same = a->length == b->length && a->type == b->type &&
                      a->flags == b->flags && a->reserved == b->reserved &&
                      a->stream == b->stream;

    memset(a, 0, sizeof *a); /* padding is not to be compared */
    memset(b, 0, sizeof *b);
    return same;
}

static bool same_heads(struct scratch *c)
{
    const bool unit = same_head(&c->u.head, &c->u0.head);
    bool blocks = true;

    for (int i = 0; i < 2; i++)
        blocks = same_head(&c->mitm.way[i].block_head,
                           &c->mitm0.way[i].block_head) &&
                 blocks;
    return unit && blocks;
}

static bool alters(const struct kt_unit *u, const struct kt_mutant *m)
{
    struct scratch c;

    copy(&c, u, m);
    m->wire(&c.u, m);
    const bool same = same_heads(&c) && memcmp(&c.u, &c.u0, sizeof c.u) == 0 &&
                      memcmp(c.s, c.s0, c.n * sizeof *c.s) == 0 &&
                      memcmp(&c.mitm, &c.mitm0, sizeof c.mitm) == 0 &&
                      (u->list == NULL || same_list(&c.list, u->list)) &&
                      (u->bytes == NULL || same_bytes(kt_buf_view(&c.bytes),
                                                      kt_buf_view(u->bytes)));
    drop(&c);
    return !same;
}

static void on_unit(struct kt_unit *u, const struct kt_mutant *m)
{
    /* The row is the first member; who plays it owns it. */
    struct kt_probe *p =
        kt_container_of((struct kt_mutant *)(uintptr_t)m, struct kt_probe, row);

    for (size_t i = 0; i < p->n; i++)
        if (!p->touched[i] && p->of[i]->wire != NULL)
            p->touched[i] = alters(u, p->of[i]);
}

static bool alters_turn(const struct kt_turn *t, const struct kt_mutant *m)
{
    struct kt_turn c = *t;

    c.request = json_deep_copy(t->request);
    c.answer = t->answer ? json_deep_copy(t->answer) : NULL;
    c.memory = json_deep_copy(t->memory);
    m->turn(&c, m);
    const bool same =
        json_equal(c.request, t->request) && json_equal(c.memory, t->memory) &&
        (t->answer ? json_equal(c.answer, t->answer) : c.answer == NULL) &&
        c.silent == t->silent;
    json_decref(c.request);
    json_decref(c.answer);
    json_decref(c.memory);
    return !same;
}

static void on_turn(struct kt_turn *t, const struct kt_mutant *m)
{
    struct kt_probe *p =
        kt_container_of((struct kt_mutant *)(uintptr_t)m, struct kt_probe, row);

    for (size_t i = 0; i < p->n; i++)
        if (!p->touched[i])
            p->touched[i] = alters_turn(t, p->of[i]);
}

void kt_probe_init(struct kt_probe *p, const struct kt_mutant *like)
{
    memset(p, 0, sizeof *p);
    p->row = (struct kt_mutant){
        .name = "probe",
        .rule = "",
        .says = "",
        .roles = KT_SUT_BOTH,
        .seams = like->seams,
        .ways = like->ways,
        .wire = like->turn ? NULL : on_unit,
        .turn = like->turn ? on_turn : NULL,
    };
}

bool kt_probe_takes(const struct kt_probe *p, const struct kt_mutant *m)
{
    return p->row.seams == m->seams && p->row.ways == m->ways &&
           (p->row.turn != NULL) == (m->turn != NULL) && p->n < KT_PROBE_MAX;
}

void kt_probe_add(struct kt_probe *p, const struct kt_mutant *m, size_t which)
{
    must(p->n < KT_PROBE_MAX);
    p->of[p->n] = m;
    p->which[p->n++] = which;
}

void kt_probe_reset(struct kt_probe *p)
{
    /* Rows of writes cut whatever is written. */
    for (size_t i = 0; i < p->n; i++)
        p->touched[i] = (p->of[i]->seams & KT_SEAM_WRITE) != 0;
}

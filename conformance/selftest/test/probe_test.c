/* The probe: what a row's function changes is seen, whatever it is, and nothing
 * of it is left behind. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/probe.h"
#include "base/must.h"
#include "selftest/inner.h"
#include <criterion/criterion.h>
#include <string.h>

static void nothing(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)u;
    (void)m;
}

static void drops(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    u->times = 0;
}

static void writes(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (kt_buf_size(u->bytes) > 0)
        u->bytes->p[u->bytes->start] ^= 1;
}

static void odd_flag(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    u->head.flags |= 0x40;
}

static void odd_bit(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    u->head.reserved = true;
}

static void notes(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->s != NULL)
        u->s->note++;
}

static void notes_elsewhere(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->mitm->streams != NULL)
        u->mitm->streams->note++;
}

static void holds(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    if (u->s != NULL)
        must(kt_buf_put(&u->s->held, "x", 1));
}

static void puts_later(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    kt_mitm_put_later(u->mitm, KT_OUT, 1, (struct kt_fhead){0},
                      (struct kt_cur){0});
}

static void puts_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    kt_mitm_put_after(u, (struct kt_fhead){0}, (struct kt_cur){0});
}

static void puts_back(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    kt_mitm_put(u->mitm, KT_IN, (struct kt_fhead){0}, (struct kt_cur){0});
}

static void aborts(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    u->mitm->abort = true;
}

static void opens_another(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)m;
    kt_mitm_stream(u->mitm, 77)->note = 1;
}

static const struct {
    const char *name;
    void (*wire)(struct kt_unit *u, const struct kt_mutant *m);
    bool touches;
} rows[] = {
    {"nothing", nothing, false},
    {"drops", drops, true},
    {"writes", writes, true},
    {"odd-flag", odd_flag, true},
    {"odd-bit", odd_bit, true},
    {"notes", notes, true},
    {"notes-elsewhere", notes_elsewhere, true},
    {"holds", holds, true},
    {"puts-later", puts_later, true},
    {"puts-behind", puts_behind, true},
    {"puts-back", puts_back, true},
    {"aborts", aborts, true},
    {"opens-another", opens_another, true},
    {"nothing-again", nothing, false},
};
enum { NROWS = sizeof rows / sizeof *rows };

/* SETTINGS, DATA of "abc" on stream 1, PING. */
static const uint8_t frames[] = {0, 0, 0, 4, 0, 0, 0, 0, 0,                /* */
                                 0, 0, 3, 0, 0, 0, 0, 0, 1, 'a', 'b', 'c', /* */
                                 0, 0, 8, 6, 0, 0, 0, 0, 0, 1,   2,   3,
                                 4, 5, 6, 7, 8}; /* */

Test(probe, sees_whatever_a_function_changes_and_leaves_no_trace)
{
    static struct kt_probe p;
    static struct kt_mutant v[NROWS];

    for (size_t i = 0; i < NROWS; i++) {
        v[i] = (struct kt_mutant){.name = rows[i].name,
                                  .seams = KT_SEAM_FRAME,
                                  .ways = KT_WAY_OUT,
                                  .wire = rows[i].wire};
        if (i == 0)
            kt_probe_init(&p, &v[i]);
        cr_assert(kt_probe_takes(&p, &v[i]));
        kt_probe_add(&p, &v[i], i);
    }
    kt_probe_reset(&p);
    struct kt_mitm *m = kt_mitm_new(&p.row, false);

    kt_mitm_feed(m, KT_OUT, kt_cur_of(frames, sizeof frames), 1000);
    for (size_t i = 0; i < NROWS; i++)
        cr_expect_eq(p.touched[i], rows[i].touches, "%s", rows[i].name);

    const struct kt_cur out = kt_buf_view(&m->way[KT_OUT].out);

    cr_expect_eq(kt_cur_left(&out), sizeof frames);
    cr_expect(memcmp(out.p, frames, sizeof frames) == 0, "all passes as it is");
    cr_expect_eq(kt_buf_size(&m->way[KT_IN].out), 0);
    cr_expect_eq(kt_mitm_due(m), UINT64_MAX, "nothing is to come");
    cr_expect_eq(m->nstreams, 1, "no stream but its own");
    cr_expect_eq(m->streams->note, 0);
    cr_expect_not(m->abort);
    kt_mitm_free(m);
}

static bool touches_list(const char *name, const char *const *pairs)
{
    static struct kt_probe p;
    const struct kt_mutant *m = kt_mutant_find(name);
    struct kt_mitm mitm = {.mutant = &p.row};
    struct kt_mstream s = {.id = 1, .path = "/conformance.Conformance/Echo"};
    struct kt_hlist list;
    struct kt_unit u = {.mitm = &mitm,
                        .seam = KT_SEAM_FIELDS,
                        .request = true,
                        .s = &s,
                        .head = {.stream = 1},
                        .list = &list,
                        .times = 1};

    must(m != NULL);
    kt_hlist_init(&list, 4096, 32);
    for (size_t i = 0; pairs[i] != NULL; i += 2)
        must(kt_hlist_puts(&list, pairs[i], pairs[i + 1]));
    const size_t n = list.n;

    mitm.streams = &s;
    kt_probe_init(&p, m);
    kt_probe_add(&p, m, 0);
    kt_probe_reset(&p);
    p.row.wire(&u, &p.row);
    cr_expect_eq(list.n, n, "%s: the list stays as it is", name);
    kt_hlist_fini(&list);
    return p.touched[0];
}

Test(probe, sees_a_list_change_only_where_it_does)
{
    static const char *const twice[] = {"k1", "a", "k1", "b", NULL};
    static const char *const once[] = {"k1", "a", "te", "trailers", NULL};

    cr_expect(touches_list("values-joined", twice));
    cr_expect_not(touches_list("values-joined", once));
    cr_expect(touches_list("te-missing", once));
    cr_expect_not(touches_list("te-missing", twice));
}

static bool touches_turn(const char *name, const char *op, const char *answer)
{
    static struct kt_probe p;
    const struct kt_mutant *m = kt_mutant_find(name);
    struct kt_turn t = {.op = op,
                        .request = json_object(),
                        .answer = json_loads(answer, 0, NULL),
                        .memory = json_object()};

    must(m != NULL && t.answer != NULL);
    kt_probe_init(&p, m);
    kt_probe_add(&p, m, 0);
    kt_probe_reset(&p);
    p.row.turn(&t, &p.row);
    char *after = json_dumps(t.answer, JSON_COMPACT);

    cr_expect_str_eq(after, answer, "%s: the answer stays as it is", name);
    free(after);
    json_decref(t.request);
    json_decref(t.answer);
    json_decref(t.memory);
    return p.touched[0];
}

Test(probe, sees_a_turn_change_only_where_it_does)
{
    cr_expect(touches_turn("error-is-eof", "recv", "{\"error\":{\"code\":5}}"));
    cr_expect_not(touches_turn("error-is-eof", "recv", "{\"eof\":true}"));
    cr_expect(
        touches_turn("deadline-is-cancel", "recv", "{\"error\":{\"code\":4}}"));
    cr_expect_not(
        touches_turn("deadline-is-cancel", "recv", "{\"error\":{\"code\":5}}"));
}

/* Of rows that go through other machinery, what passes is not the same. */
Test(probe, takes_rows_of_its_own_seams_and_ways_only)
{
    static struct kt_probe p;
    const struct kt_mutant out = {.seams = KT_SEAM_FRAME, .ways = KT_WAY_OUT};
    const struct kt_mutant in = {.seams = KT_SEAM_FRAME, .ways = KT_WAY_IN};
    const struct kt_mutant fields = {.seams = KT_SEAM_FIELDS,
                                     .ways = KT_WAY_OUT};

    kt_probe_init(&p, &out);
    cr_expect(kt_probe_takes(&p, &out));
    cr_expect_not(kt_probe_takes(&p, &in));
    cr_expect_not(kt_probe_takes(&p, &fields));
}

Test(probe, rows_of_writes_always_count)
{
    static struct kt_probe p;
    const struct kt_mutant m = {.seams = KT_SEAM_WRITE, .ways = KT_WAY_OUT};

    kt_probe_init(&p, &m);
    kt_probe_add(&p, &m, 0);
    kt_probe_reset(&p);
    cr_expect(p.touched[0]);
}

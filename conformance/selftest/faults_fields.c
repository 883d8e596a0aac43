/* Faults in header blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include "wire/text.h"
#include <ctype.h>
#include <string.h>

enum { MAX_TEXT = 64 << 10 };

/* With order 2: from the n-th stream of its connection on. */
static bool meant(const struct kt_unit *u, const struct kt_mutant *m)
{
    return kt_list_is_meant(u, m) && (m->order != 2 || u->s->nth >= m->n);
}

static bool keep_not(struct kt_cur name, struct kt_cur value, size_t k,
                     const struct kt_mutant *m, struct kt_buf *ret_name,
                     struct kt_buf *ret_value)
{
    (void)name;
    (void)ret_name;
    (void)ret_value;
    /* n2: only the n2-th value and those behind it */
    return (m->value != NULL && !kt_cur_is(value, m->value)) || k < m->n2;
}

static bool keep_as(struct kt_cur name, struct kt_cur value, size_t k,
                    const struct kt_mutant *m, struct kt_buf *ret_name,
                    struct kt_buf *ret_value)
{
    (void)name;
    (void)value;
    (void)k;
    (void)ret_name;
    kt_buf_clear(ret_value);
    return kt_buf_puts(ret_value, m->value);
}

static bool keep_decoded(struct kt_cur name, struct kt_cur value, size_t k,
                         const struct kt_mutant *m, struct kt_buf *ret_name,
                         struct kt_buf *ret_value)
{
    (void)name;
    (void)k;
    (void)m;
    (void)ret_name;
    kt_buf_clear(ret_value);
    return kt_pct_decode(ret_value, value);
}

static bool keep_next(struct kt_cur name, struct kt_cur value, size_t k,
                      const struct kt_mutant *m, struct kt_buf *ret_name,
                      struct kt_buf *ret_value)
{
    (void)name;
    (void)k;
    (void)m;
    (void)ret_name;
    if (kt_cur_is(value, "0"))
        return true;
    const int code = atoi(kt_buf_cstr(ret_value));
    kt_buf_clear(ret_value);
    return kt_buf_printf(ret_value, "%d", code % 16 + 1);
}

static bool keep_upper(struct kt_cur name, struct kt_cur value, size_t k,
                       const struct kt_mutant *m, struct kt_buf *ret_name,
                       struct kt_buf *ret_value)
{
    (void)value;
    (void)k;
    (void)m;
    (void)ret_value;
    kt_buf_clear(ret_name);
    for (const uint8_t *p = name.p; p < name.end; p++)
        must(kt_buf_put_u8(ret_name, (uint8_t)toupper(*p)));
    return true;
}

void kt_fault_drop(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_not);
}

void kt_fault_change(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_as);
}

void kt_fault_set(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && kt_list_rewrite(u, m, keep_as) == 0)
        must(kt_hlist_puts(u->list, m->name1, m->value));
}

void kt_fault_decode(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_decoded);
}

void kt_fault_next_status(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && kt_hlist_count(u->list, "biz-status") == 0)
        kt_list_rewrite(u, m, keep_next);
}

static bool keep_zero_as_two(struct kt_cur name, struct kt_cur value, size_t k,
                             const struct kt_mutant *m, struct kt_buf *ret_name,
                             struct kt_buf *ret_value)
{
    (void)name;
    (void)k;
    (void)m;
    (void)ret_name;
    if (!kt_cur_is(value, "0"))
        return true;
    kt_buf_clear(ret_value);
    return kt_buf_puts(ret_value, "2");
}

void kt_fault_ok_to_two(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_zero_as_two);
}

void kt_fault_biz_ok(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m) && kt_hlist_count(u->list, "biz-status") > 0)
        kt_list_rewrite(u, m, keep_as);
}

void kt_fault_block_cut(struct kt_unit *u, const struct kt_mutant *m)
{
    u->cut = (size_t)m->n2;
}

void kt_fault_nothing(struct kt_unit *u, const struct kt_mutant *m)
{
    (void)u;
    (void)m;
}

void kt_fault_upper(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        kt_list_rewrite(u, m, keep_upper);
}

void kt_fault_swap(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur a, b;
    struct kt_buf first, second;
    struct kt_mutant drop = *m;
    struct kt_err e;

    if (!meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &a) ||
        !kt_hlist_get(u->list, m->name1, 1, &b))
        return;
    kt_buf_init(&first, MAX_TEXT);
    kt_buf_init(&second, MAX_TEXT);
    must(kt_buf_put(&first, a.p, kt_cur_left(&a)) &&
         kt_buf_put(&second, b.p, kt_cur_left(&b)));
    drop.value = NULL;
    drop.n2 = 0;
    kt_list_rewrite(u, &drop, keep_not);
    const struct kt_cur name = kt_cur_of(m->name1, strlen(m->name1));
    must(kt_hlist_put(u->list, name, kt_buf_view(&second), &e) == KT_DONE &&
         kt_hlist_put(u->list, name, kt_buf_view(&first), &e) == KT_DONE);
    kt_buf_fini(&first);
    kt_buf_fini(&second);
}

void kt_fault_times(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        u->times = (unsigned)m->n2;
}

void kt_fault_no_end(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->list != NULL && !meant(u, m))
        return;
    u->head.flags &= (uint8_t)~KT_FF_END_STREAM;
}

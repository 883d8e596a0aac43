/* SPDX-License-Identifier: Apache-2.0 */
#include "selftest/unit.h"
#include "base/must.h"
#include "selftest/inner.h"
#include <string.h>

bool kt_unit_on_path(const struct kt_unit *u, const struct kt_mutant *m)
{
    return m->path == NULL ||
           (u->s != NULL && strstr(u->s->path, m->path) != NULL);
}

bool kt_unit_is_message(const struct kt_unit *u, const struct kt_mutant *m)
{
    return u->seam == KT_SEAM_MESSAGE && u->s && kt_unit_on_path(u, m);
}

void kt_unit_give_up(struct kt_unit *u, uint32_t code)
{
    uint8_t p[8] = {0};

    kt_poke_u32(p + 4, code);
    kt_mitm_put(u->mitm, KT_OUT, (struct kt_fhead){.type = KT_FT_GOAWAY},
                kt_cur_of(p, sizeof p));
    u->mitm->abort = true;
}

bool kt_list_is_pseudo(const struct kt_hlist *h, size_t i)
{
    const struct kt_cur n = kt_hlist_name(h, i);

    return n.p < n.end && *n.p == ':';
}

static void put(struct kt_hlist *anew, const struct kt_hlist *h, size_t i)
{
    struct kt_err e;

    must(kt_hlist_put(anew, kt_hlist_name(h, i), kt_hlist_value(h, i), &e) ==
         KT_DONE);
}

void kt_list_filter(struct kt_hlist *h,
                    bool (*keep)(const struct kt_hlist *h, size_t i))
{
    struct kt_hlist anew;

    kt_hlist_init(&anew, KT_MITM_BLOCK, KT_MITM_FIELDS);
    for (size_t i = 0; i < h->n; i++)
        if (keep(h, i))
            put(&anew, h, i);
    must(kt_hlist_copy(h, &anew));
    kt_hlist_fini(&anew);
}

void kt_list_pseudo_first(struct kt_hlist *h, bool back)
{
    struct kt_hlist anew;

    kt_hlist_init(&anew, KT_MITM_BLOCK, KT_MITM_FIELDS);
    for (int pseudo = 1; pseudo >= 0; pseudo--)
        for (size_t k = 0; k < h->n; k++) {
            const size_t i = back ? h->n - 1 - k : k;

            if (kt_list_is_pseudo(h, i) == (pseudo == 1))
                put(&anew, h, i);
        }
    must(kt_hlist_copy(h, &anew));
    kt_hlist_fini(&anew);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "selftest/unit.h"
#include "base/must.h"
#include "selftest/inner.h"
#include <regex.h>
#include <string.h>

enum { MAX_TEXT = 64 << 10, MAX_NAME = 64 };

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

bool kt_value_matches(struct kt_cur value, const char *re)
{
    regex_t r;
    struct kt_buf b;
    bool yes;

    if (re == NULL)
        return true;
    kt_buf_init(&b, MAX_TEXT);
    must(kt_buf_put(&b, value.p, kt_cur_left(&value)));
    must(regcomp(&r, re, REG_EXTENDED | REG_NOSUB) == 0);
    yes = regexec(&r, kt_buf_cstr(&b), 0, NULL, 0) == 0;
    regfree(&r);
    kt_buf_fini(&b);
    return yes;
}

static bool has_with(const struct kt_hlist *list, const char *with)
{
    const char *re = with ? strchr(with, '~') : NULL;
    char name[MAX_NAME];
    struct kt_cur v;

    if (with == NULL)
        return true;
    if (*with == '!')
        return kt_hlist_count(list, with + 1) == 0;
    if (re == NULL)
        return kt_hlist_count(list, with) > 0;
    must((size_t)(re - with) < sizeof name);
    memcpy(name, with, (size_t)(re - with));
    name[re - with] = '\0';
    return kt_hlist_get(list, name, 0, &v) && kt_value_matches(v, re + 1);
}

bool kt_list_is_meant(const struct kt_unit *u, const struct kt_mutant *m)
{
    const unsigned at = u->request ? KT_AT_REQUEST
                                   : (u->response ? KT_AT_RESPONSE : 0u) |
                                         (u->trailers ? KT_AT_TRAILERS : 0u);

    return u->list != NULL && u->s != NULL && (m->at == 0 || (m->at & at)) &&
           kt_unit_on_path(u, m) && has_with(u->list, m->with);
}

size_t kt_list_rewrite(struct kt_unit *u, const struct kt_mutant *m,
                       kt_keep_fn *keep)
{
    struct kt_hlist anew;
    struct kt_buf name, value;
    size_t k = 0;
    struct kt_err e;

    kt_hlist_init(&anew, KT_MITM_BLOCK, KT_MITM_FIELDS);
    kt_buf_init(&name, MAX_TEXT);
    kt_buf_init(&value, MAX_TEXT);
    for (size_t i = 0; i < u->list->n; i++) {
        const struct kt_cur n = kt_hlist_name(u->list, i),
                            v = kt_hlist_value(u->list, i);
        const bool mine = kt_cur_is(n, m->name1);

        kt_buf_clear(&name);
        kt_buf_clear(&value);
        must(kt_buf_put(&name, n.p, kt_cur_left(&n)) &&
             kt_buf_put(&value, v.p, kt_cur_left(&v)));
        if (mine && !keep(n, v, k++, m, &name, &value))
            continue;
        must(kt_hlist_put(&anew, kt_buf_view(&name), kt_buf_view(&value), &e) ==
             KT_DONE);
    }
    must(kt_hlist_copy(u->list, &anew));
    kt_hlist_fini(&anew);
    kt_buf_fini(&name);
    kt_buf_fini(&value);
    return k;
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

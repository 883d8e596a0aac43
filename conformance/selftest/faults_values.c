/* Faults in header blocks that look at values, at other fields, and at what the
 * stream has carried.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/hpack.h"
#include "selftest/faults.h"
#include "selftest/unit.h"
#include <ctype.h>
#include <regex.h>
#include <string.h>

enum { MAX_LIST = 1 << 20, MAX_FIELDS = 4096, MAX_VALUE = 64 << 10 };

/* with: a field that the list must have, "!x" one that it must not have. */
static bool has_with(const struct kt_hlist *list, const char *with)
{
    if (with == NULL)
        return true;
    if (*with == '!')
        return kt_hlist_count(list, with + 1) == 0;
    return kt_hlist_count(list, with) > 0;
}

static bool meant(const struct kt_unit *u, const struct kt_mutant *m)
{
    const unsigned at = u->request ? KT_AT_REQUEST
                                   : (u->response ? KT_AT_RESPONSE : 0u) |
                                         (u->trailers ? KT_AT_TRAILERS : 0u);

    if (u->list == NULL || u->s == NULL || (m->at && (m->at & at) == 0))
        return false;
    if (m->path != NULL && strstr(u->s->path, m->path) == NULL)
        return false;
    if (m->order == 2 && u->s->bytes[u->way] < m->n)
        return false;
    return has_with(u->list, m->with);
}

/* value is an extended regular expression; NULL: any. */
static bool matches(struct kt_cur value, const char *re)
{
    regex_t r;
    struct kt_buf b;
    bool yes;

    if (re == NULL)
        return true;
    kt_buf_init(&b, MAX_VALUE);
    must(kt_buf_put(&b, value.p, kt_cur_left(&value)));
    must(regcomp(&r, re, REG_EXTENDED | REG_NOSUB) == 0);
    yes = regexec(&r, kt_buf_cstr(&b), 0, NULL, 0) == 0;
    regfree(&r);
    kt_buf_fini(&b);
    return yes;
}

/* Fields of name1 whose value matches get another, or (NULL) go. */
static void rewrite(struct kt_unit *u, const struct kt_mutant *m,
                    const char *anew)
{
    struct kt_hlist list;
    struct kt_err e;

    kt_hlist_init(&list, MAX_LIST, MAX_FIELDS);
    for (size_t i = 0; i < u->list->n; i++) {
        const struct kt_cur n = kt_hlist_name(u->list, i);
        struct kt_cur v = kt_hlist_value(u->list, i);

        if (kt_cur_is(n, m->name1) && matches(v, m->value)) {
            if (anew == NULL)
                continue;
            v = kt_cur_of(anew, strlen(anew));
        }
        must(kt_hlist_put(&list, n, v, &e) == KT_DONE);
    }
    must(kt_hlist_copy(u->list, &list));
    kt_hlist_fini(&list);
}

void kt_fault_become(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        rewrite(u, m, m->value2);
}

void kt_fault_lose(struct kt_unit *u, const struct kt_mutant *m)
{
    if (meant(u, m))
        rewrite(u, m, NULL);
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
    const struct kt_mutant all = {.name1 = m->name1};

    if (!meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &a) ||
        !kt_hlist_get(u->list, m->name1, 1, &b))
        return;
    kt_buf_init(&both, MAX_VALUE);
    must(kt_buf_put(&both, a.p, kt_cur_left(&a)) && kt_buf_puts(&both, ",") &&
         kt_buf_put(&both, b.p, kt_cur_left(&b)));
    rewrite(u, &all, NULL);
    must(kt_hlist_puts(u->list, m->name1, kt_buf_cstr(&both)));
    kt_buf_fini(&both);
}

void kt_fault_renamed(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;
    struct kt_err e;
    const struct kt_mutant all = {.name1 = m->name1};
    const struct kt_cur name = kt_cur_of(m->value2, strlen(m->value2));

    if (!meant(u, m) || !kt_hlist_get(u->list, m->name1, 0, &v))
        return;
    must(kt_hlist_put(u->list, name, v, &e) == KT_DONE);
    rewrite(u, &all, NULL);
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
        rewrite(u, m, m->value2);
}

void kt_fault_cut_off(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;

    if (meant(u, m) &&
        (m->name1 == NULL ||
         (kt_hlist_get(u->list, m->name1, 0, &v) && matches(v, m->value))))
        u->mitm->abort = u->fragments >= m->n2;
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
    const struct kt_mutant status = {.name1 = ":status"};
    const struct kt_mutant type = {.name1 = "content-type"};
    struct kt_cur v;

    if (!meant(u, m) || u->s->bytes[u->way] > 0 ||
        (kt_hlist_get(u->list, "grpc-status", 0, &v) && kt_cur_is(v, "0")))
        return;
    if (u->s->blocks[u->way] == 0) {
        kt_mitm_put_fields(u->mitm, u->way, u->head.stream, false, pairs);
        rewrite(u, &status, NULL);
        rewrite(u, &type, NULL);
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

/* Metadata and metainfo: requests, and what was seen.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/meta.h"
#include "base/must.h"
#include "check/fields.h"
#include "wire/text.h"
#include <string.h>

static bool is_bin(const char *name)
{
    return kt_is_bin_name(kt_cur_of(name, strlen(name)));
}

/* The one word among the fields of accept that is no metadata. */
static bool is_word(const struct kt_field *f)
{
    return f->group == 0 && strcmp(f->name, "deadline") == 0;
}

/* Fields of set-header and its kind stand alone or behind "header". */
static bool is_of(const struct kt_field *f, char group)
{
    return !f->absent && (f->group == group || (group == 0 && f->group == 'h'));
}

/* The value as the SUT's application gets or gives it in JSON. */
static json_t *value_json(const struct kt_field *f)
{
    const struct kt_pat *p = kt_pat_write(&f->value);
    struct kt_buf b = {.limit = 1 << 20};
    json_t *s;

    if (!p || p->kind != KT_PAT_LIT)
        return json_string("");
    if (!is_bin(f->name))
        return json_stringn(p->text, p->n);
    must(kt_b64_encode(&b, kt_cur_of(p->text, p->n)));
    s = json_string(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return s;
}

json_t *kt_meta_request(const struct kt_fields *f, char group)
{
    json_t *all = NULL;

    for (size_t i = 0; i < f->n; i++) {
        if (!is_of(&f->v[i], group))
            continue;
        if (!all)
            all = json_array();
        json_array_append_new(
            all, json_pack("[s,o]", f->v[i].name, value_json(&f->v[i])));
    }
    return all;
}

json_t *kt_metainfo_request(const struct kt_fields *f)
{
    json_t *t = json_object(), *p = json_object(), *all = NULL;

    for (size_t i = 0; i < f->n; i++)
        if (!f->v[i].absent && (f->v[i].group == 'm' || f->v[i].group == 'p'))
            json_object_set_new(f->v[i].group == 'm' ? t : p, f->v[i].name,
                                value_json(&f->v[i]));
    if (json_object_size(t) + json_object_size(p) > 0)
        all = json_pack("{s:O,s:O}", "transient", t, "persistent", p);
    json_decref(t);
    json_decref(p);
    return all;
}

void kt_meta_write(const struct kt_fields *f, char group, struct kt_hlist *dst)
{
    struct kt_buf b = {.limit = 1 << 20};
    struct kt_err err;

    for (size_t i = 0; i < f->n; i++) {
        const struct kt_pat *p = kt_pat_write(&f->v[i].value);

        if (!is_of(&f->v[i], group) || !p)
            continue;
        kt_buf_clear(&b);
        if (is_bin(f->v[i].name))
            must(kt_b64_encode(&b, kt_cur_of(p->text, p->n)));
        else
            must(kt_buf_put(&b, p->text, p->n));
        kt_hlist_put(dst, kt_cur_of(f->v[i].name, strlen(f->v[i].name)),
                     kt_buf_view(&b), &err);
    }
    kt_buf_fini(&b);
}

void kt_metainfo_write(const struct kt_fields *f, struct kt_hlist *dst)
{
    struct kt_buf name = {.limit = 4096};
    struct kt_err err;

    for (size_t i = 0; i < f->n; i++) {
        const struct kt_field *x = &f->v[i];
        const struct kt_pat *p = kt_pat_write(&x->value);

        if ((x->group != 'm' && x->group != 'p') || x->absent || !p)
            continue;
        kt_buf_clear(&name);
        if (kt_meta_to_header(
                &name, x->group == 'm' ? KT_META_TRANSIENT : KT_META_PERSISTENT,
                kt_cur_of(x->name, strlen(x->name))))
            kt_hlist_put(dst, kt_buf_view(&name), kt_cur_of(p->text, p->n),
                         &err);
    }
    kt_buf_fini(&name);
}

static json_t *json_of(struct kt_cur c)
{
    return json_stringn((const char *)c.p, kt_cur_left(&c));
}

json_t *kt_meta_seen(const struct kt_hlist *h)
{
    json_t *all = json_array();

    for (size_t i = 0; i < h->n; i++) {
        json_t *k = json_of(kt_hlist_name(h, i));
        json_t *v = json_of(kt_hlist_value(h, i));

        /* A value that is no UTF-8 cannot be said in JSON: it is left out. */
        if (k && v && json_string_value(k)[0] != ':')
            json_array_append_new(all, json_pack("[O,O]", k, v));
        json_decref(k);
        json_decref(v);
    }
    return all;
}

json_t *kt_metainfo_seen(const struct kt_hlist *h)
{
    json_t *t = json_object(), *p = json_object();
    struct kt_buf key = {.limit = 4096};
    enum kt_meta_kind kind;

    for (size_t i = 0; i < h->n; i++) {
        kt_buf_clear(&key);
        if (!kt_meta_from_header(kt_hlist_name(h, i), &kind, &key))
            continue;
        json_t *o = kind == KT_META_TRANSIENT ? t : p;
        json_t *v = json_of(kt_hlist_value(h, i));

        if (v && !json_object_get(o, kt_buf_cstr(&key)))
            json_object_set(o, kt_buf_cstr(&key), v);
        json_decref(v);
    }
    kt_buf_fini(&key);
    return json_pack("{s:o,s:o}", "transient", t, "persistent", p);
}

/* --- wanted against seen --- */

static bool value_ok(const struct kt_field *f, const json_t *v,
                     struct kt_buf *why)
{
    const char *text = json_string_value(v);
    struct kt_buf raw = {.limit = 1 << 20};
    struct kt_err err;
    bool ok = false;

    if (!text)
        return false;
    kt_buf_printf(why, "%s ", text);
    if (!is_bin(f->name))
        return kt_pat_match(&f->value, text, json_string_length(v));
    if (kt_b64_decode(&raw, kt_cur_of(text, json_string_length(v)), &err) ==
        KT_DONE)
        ok = kt_pat_match(&f->value, kt_buf_cstr(&raw), kt_buf_size(&raw));
    kt_buf_fini(&raw);
    return ok;
}

/* The k-th value of a name in an array of pairs; NULL past the last. */
static const json_t *pair(const json_t *all, const char *name, size_t k)
{
    size_t i;
    json_t *p;

    json_array_foreach(all, i, p)
    {
        const char *n = json_string_value(json_array_get(p, 0));

        if (n && strcmp(n, name) == 0 && k-- == 0)
            return json_array_get(p, 1);
    }
    return NULL;
}

static size_t mention(const struct kt_fields *all, const struct kt_field *f,
                      size_t *ret_total)
{
    size_t k = 0;

    *ret_total = 0;
    for (const struct kt_field *x = all->v; x < all->v + all->n; x++) {
        if (strcmp(x->name, f->name) != 0 || x->group != f->group)
            continue;
        k += x < f;
        ++*ret_total;
    }
    return k;
}

static bool metadata_ok(const struct kt_fields *all, const struct kt_field *f,
                        const json_t *metadata, struct kt_buf *why)
{
    size_t total;
    const size_t k = mention(all, f, &total);
    const json_t *v = pair(metadata, f->name, total > 1 ? k : 0);

    if (f->absent || !v) {
        kt_buf_puts(why, v ? json_string_value(v) : "absent");
        return f->absent && !v;
    }
    if (total > 1)
        return value_ok(f, v, why);
    for (size_t i = 0; (v = pair(metadata, f->name, i)) != NULL; i++)
        if (value_ok(f, v, why))
            return true;
    return false;
}

static bool metainfo_ok(const struct kt_field *f, const json_t *metainfo,
                        struct kt_buf *why)
{
    const json_t *o =
        json_object_get(metainfo, f->group == 'm' ? "transient" : "persistent");
    const json_t *v = json_object_get(o, f->name);

    if (f->absent || !v) {
        kt_buf_puts(why, v ? json_string_value(v) : "absent");
        return f->absent && !v;
    }
    return value_ok(f, v, why);
}

bool kt_meta_match(const struct kt_fields *f, const json_t *metadata,
                   const json_t *metainfo, struct kt_buf *ret_why)
{
    struct kt_buf got = {.limit = 4096};
    bool ok = true;

    for (size_t i = 0; i < f->n && ok; i++) {
        const struct kt_field *x = &f->v[i];

        if (is_word(x))
            continue;
        kt_buf_clear(&got);
        ok = x->group == 'm' || x->group == 'p'
                 ? metainfo_ok(x, metainfo, &got)
                 : metadata_ok(f, x, metadata, &got);
        if (ok)
            continue;
        kt_buf_printf(ret_why, "%s%s%s", x->absent ? "no " : "", x->name,
                      x->absent ? "" : "=");
        if (!x->absent)
            kt_pat_print(ret_why, &x->value);
        kt_buf_printf(ret_why, ", got %s", kt_buf_cstr(&got));
    }
    kt_buf_fini(&got);
    return ok;
}

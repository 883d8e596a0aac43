/* The headers that `client open` implies, as the line says them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/meta.h"
#include "wire/text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

uint64_t kt_field_ns(const struct kt_fields *f, const char *name)
{
    const struct kt_field *x = kt_fields_get(f, name);
    char *unit = NULL;

    if (!x || x->absent)
        return 0;
    if (x->value.kind == KT_PAT_RANGE)
        return x->value.lo;
    if (x->value.kind != KT_PAT_LIT)
        return 0;
    const unsigned long long v = strtoull(x->value.text, &unit, 10);
    return strcmp(unit, "ms") == 0   ? v * 1000000
           : strcmp(unit, "us") == 0 ? v * 1000
           : strcmp(unit, "s") == 0  ? v * 1000000000
                                     : v;
}

static bool fail(struct kt_buf *why, const char *text)
{
    kt_buf_printf(why, "%s", text);
    return false;
}

/* No deadline, no header (DL-1); else what is left of it, HDR-16. */
static bool timeout_ok(const struct kt_fields *f, const struct kt_hlist *h,
                       struct kt_buf *why)
{
    const uint64_t deadline = kt_field_ns(f, "deadline");
    struct kt_cur v;
    struct kt_err err;
    uint64_t ns = 0;

    if (kt_hlist_get(h, "grpc-timeout", 0, &v) != (deadline > 0))
        return fail(why, deadline ? "no grpc-timeout" : "a grpc-timeout");
    if (deadline == 0)
        return true;
    if (kt_timeout_decode(v, &ns, &err) == KT_BAD)
        return fail(why, "grpc-timeout is not one");
    /* It is rounded up in its unit, of eight digits: 1 ms at most here. */
    return ns <= deadline + 1000000 || fail(why, "grpc-timeout is too long");
}

static bool compress_ok(const struct kt_fields *f, const struct kt_hlist *h,
                        struct kt_buf *why)
{
    const struct kt_field *c = kt_fields_get(f, "compress");
    struct kt_cur v;

    if (!c || c->value.kind != KT_PAT_LIT)
        return true;
    return (kt_hlist_get(h, "grpc-encoding", 0, &v) &&
            kt_cur_is(v, c->value.text)) ||
           fail(why, "grpc-encoding");
}

/* Keys in lower case are disputed (META-3): a scenario's own lines judge them.
 */
static bool plain_key(const char *key)
{
    for (; *key; key++)
        if (!isupper((unsigned char)*key) && !isdigit((unsigned char)*key) &&
            *key != '_')
            return false;
    return true;
}

static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {
        "content-type",      "user-agent",    "te",
        "grpc-message-type", "grpc-status",   "grpc-message",
        "grpc-timeout",      "grpc-encoding", "grpc-status-details-bin"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i], name) == 0)
            return true;
    return name[0] == ':' || strncmp(name, "grpc-", 5) == 0;
}

/* Only what every client must carry: the rest is for the scenario to say. */
static bool carried(const struct kt_field *f)
{
    if (f->absent || f->value.kind != KT_PAT_LIT)
        return false;
    if (f->group == 'h')
        return !is_reserved(f->name);
    return (f->group == 'm' || f->group == 'p') && plain_key(f->name) &&
           f->value.n > 0;
}

bool kt_meta_open_ok(const struct kt_fields *f, const char *path,
                     const struct kt_hlist *h, struct kt_buf *ret_why)
{
    json_t *metadata = kt_meta_seen(h), *metainfo = kt_metainfo_seen(h);
    struct kt_cur v;
    bool ok = true;

    if (!kt_hlist_get(h, ":path", 0, &v) || !kt_cur_is(v, path))
        ok = fail(ret_why, ":path");
    ok = ok && timeout_ok(f, h, ret_why) && compress_ok(f, h, ret_why);
    for (size_t i = 0; i < f->n && ok; i++) {
        const struct kt_fields one = {&f->v[i], 1};

        if (carried(&f->v[i]))
            ok = kt_meta_match(&one, metadata, metainfo, ret_why);
    }
    json_decref(metadata);
    json_decref(metainfo);
    return ok;
}

/* Header lists as a plain peer writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer/canon.h"
#include "base/must.h"
#include "wire/text.h"
#include <string.h>

static const char content_type[] = "application/grpc+thrift";

void kt_canon_init(struct kt_hlist *list)
{
    kt_hlist_init(list, 16 << 20, 100000);
}

static void put(struct kt_hlist *list, const char *name, const char *value)
{
    must(kt_hlist_puts(list, name, value));
}

static void put_all(struct kt_hlist *list, const struct kt_hlist *more)
{
    struct kt_err e;

    for (size_t i = 0; more && i < more->n; i++)
        must(kt_hlist_put(list, kt_hlist_name(more, i), kt_hlist_value(more, i),
                          &e) == KT_DONE);
}

void kt_canon_request(struct kt_hlist *list, const struct kt_canon_request *r)
{
    struct kt_buf path = {.limit = SIZE_MAX};
    char timeout[10];

    must(kt_buf_printf(&path, "/%s/%s", r->service, r->method));
    put(list, ":method", "POST");
    put(list, ":scheme", "http");
    put(list, ":path", kt_buf_cstr(&path));
    put(list, ":authority", r->authority);
    put(list, "content-type", content_type);
    put(list, "user-agent", "ktspec");
    put(list, "te", "trailers");
    if (r->encoding) {
        put(list, "grpc-encoding", r->encoding);
        put(list, "grpc-accept-encoding", r->encoding);
    }
    if (r->has_timeout) {
        kt_timeout_encode(timeout, r->timeout_ns);
        put(list, "grpc-timeout", timeout);
    }
    put_all(list, r->metadata);
    kt_buf_fini(&path);
}

void kt_canon_response(struct kt_hlist *list, const struct kt_hlist *metadata)
{
    put(list, ":status", "200");
    put(list, "content-type", content_type);
    put_all(list, metadata);
}

void kt_canon_trailers(struct kt_hlist *list, const struct kt_status *status,
                       const struct kt_hlist *metadata, bool alone)
{
    if (alone)
        kt_canon_response(list, NULL);
    must(kt_status_write(status, list));
    put_all(list, metadata);
}

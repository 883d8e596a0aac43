/* Compression: what headers agree on, and the bodies of messages.
 * SPDX-License-Identifier: Apache-2.0 */
#include "call/impl.h"
#include "wire/gzip.h"
#include <string.h>

static const char gzip[] = "gzip";

/* ---- headers ---------------------------------------------------------- */

static struct kt_cur trimmed(struct kt_cur c)
{
    while (c.p < c.end && (*c.p == ' ' || *c.p == '\t'))
        c.p++;
    while (c.p < c.end && (c.end[-1] == ' ' || c.end[-1] == '\t'))
        c.end--;
    return c;
}

/* Is name among the elements of this list? Parameters of one play no part. */
static bool lists(struct kt_cur list, const char *name)
{
    while (list.p < list.end) {
        const uint8_t *comma = memchr(list.p, ',', kt_cur_left(&list));
        struct kt_cur one = {list.p, comma ? comma : list.end};
        const uint8_t *semi = memchr(one.p, ';', kt_cur_left(&one));

        if (semi)
            one.end = semi;
        if (kt_cur_is(trimmed(one), name))
            return true;
        list.p = comma ? comma + 1 : list.end;
    }
    return false;
}

static bool accepts_gzip(const struct kt_hlist *h)
{
    struct kt_cur v;

    for (size_t i = 0; kt_hlist_get(h, "grpc-accept-encoding", i, &v); i++)
        if (lists(v, gzip))
            return true;
    return false;
}

bool kt_encoding_take(struct kt_call *c, const struct kt_hlist *h,
                      struct kt_cur *ret)
{
    const size_t n = kt_hlist_count(h, "grpc-encoding"); /* HDR-31 */

    if (n == 0 || !kt_hlist_get(h, "grpc-encoding", n - 1, ret) ||
        kt_cur_left(ret) == 0 || kt_cur_is(*ret, "identity"))
        return true;
    if (!kt_cur_is(*ret, gzip))
        return false;
    c->unpacks = true;
    if (c->peer->role == KT_PEER_SERVER) /* COMP-5 */
        c->packs = accepts_gzip(h);
    return true;
}

bool kt_encoding_put(struct kt_hlist *h, const struct kt_call *c)
{
    return !c->packs ||
           (kt_hlist_puts(h, "grpc-encoding", gzip) &&
            (c->peer->role == KT_PEER_SERVER ||
             kt_hlist_puts(h, "grpc-accept-encoding", gzip))); /* COMP-3 */
}

/* ---- bodies ----------------------------------------------------------- */

bool kt_call_pack(struct kt_call *c, struct kt_cur *body)
{
    if (!c->packs)
        return true;
    kt_buf_clear(&c->packed);
    if (!kt_gzip(*body, &c->packed))
        return false;
    *body = kt_buf_view(&c->packed);
    return true;
}

enum kt_step kt_call_unpack(struct kt_call *c, struct kt_cur *body,
                            struct kt_err *reterr)
{
    if (!c->unpacks) /* MSG-8, COMP-12, COMP-13 */
        return kt_bad(reterr, KT_E_UNKNOWN, KT_SCOPE_STREAM, 0, "MSG-8");
    kt_buf_fini(&c->unpacked); /* the last one may have been a large one */
    if (kt_gunzip(*body, &c->unpacked, reterr) != KT_DONE)
        return KT_BAD;
    *body = kt_buf_view(&c->unpacked);
    return KT_DONE;
}

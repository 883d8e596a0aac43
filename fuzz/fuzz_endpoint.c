/* Fuzz kt_endpoint_feed: any bytes of a SUT against the judge's end, either
 * role. What the judge writes by itself stays legal.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drain(struct kt_endpoint *ep)
{
    struct kt_cur c;

    while (kt_endpoint_next(ep, 1, &c))
        must(c.p < c.end);
    must(kt_endpoint_idle(ep));
}

static void talk(struct kt_endpoint *ep, bool server)
{
    static const uint8_t body[40000];
    struct kt_hlist list;

    kt_canon_init(&list);
    must(kt_hlist_puts(&list, ":status", "200"));
    kt_endpoint_headers(ep, 1, &list, NULL, NULL);
    kt_endpoint_message(ep, 1, kt_cur_of(body, sizeof body), NULL, NULL);
    if (server)
        kt_endpoint_trailers(ep, 1, &list, NULL, NULL);
    else
        kt_endpoint_half_close(ep, 1, NULL);
    kt_hlist_fini(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool server = size > 0 && data[0] & 1;
    const struct kt_endpoint_opts o = {.is_server = server};
    struct kt_endpoint *ep = kt_endpoint_new(&o);
    const struct kt_log *log = kt_endpoint_log(ep);

    kt_endpoint_connected(ep, 0);
    talk(ep, server);
    drain(ep);
    if (server)
        kt_endpoint_feed(ep, kt_cur_of(KT_PREFACE, KT_PREFACE_LEN), 1);
    for (size_t i = 1; i < size; i += 100) {
        kt_endpoint_feed(
            ep, kt_cur_of(data + i, size - i < 100 ? size - i : 100), 1);
        drain(ep);
    }
    for (size_t i = 0; i < log->n; i++)
        must(log->v[i]->to_server == server || log->v[i]->kind != KT_REC_FAULT);
    kt_endpoint_closed(ep, false, 2);
    kt_endpoint_free(ep);
    return 0;
}

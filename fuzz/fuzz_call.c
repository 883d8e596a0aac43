/* Fuzz kt_peer_input: any bytes after the preface, to an echoing server or to a
 * client with a call.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "call/call.h"

static const struct kt_served methods[] = {{"TestService", "Echo", KT_BIDI}};

static void echo(struct kt_peer *p)
{
    const struct kt_return ok = {.outcome = KT_RET_OK};
    struct kt_call_event ev;
    struct kt_cur m;

    while (kt_peer_next_event(p, &ev)) {
        enum kt_recv r = KT_RECV_MORE;

        while (ev.call && (r = kt_call_recv(ev.call, &m)) == KT_RECV_MESSAGE)
            kt_call_send(ev.call, m);
        if (r != KT_RECV_MORE)
            kt_call_return(ev.call, &ok);
        if (ev.kind == KT_CALL_ENDED)
            kt_call_free(ev.call);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const struct kt_peer_opts o = {.methods = methods, .n_methods = 1};
    const size_t piece = size > 0 ? (data[0] >> 1) + 1u : 1;
    const enum kt_peer_role role =
        size > 0 && data[0] & 1 ? KT_PEER_CLIENT : KT_PEER_SERVER;
    const struct kt_call_open open = {.service = "S", .method = "M"};
    struct kt_cur in = kt_cur_of(data + 1, size > 0 ? size - 1 : 0);
    struct kt_err e;
    struct kt_peer *p = kt_peer_new(role, &o, &e);

    must(p);
    if (role == KT_PEER_CLIENT)
        must(kt_call_open(p, &open, 1, &e));
    else
        must(kt_peer_input(p, kt_cur_of(preface, 24), 1, &e) == KT_DONE);
    for (uint64_t now = 2; kt_cur_left(&in) > 0; now++) {
        const size_t left = kt_cur_left(&in);

        kt_peer_input(p, kt_cur_cut(&in, left < piece ? left : piece), now, &e);
        if (role == KT_PEER_SERVER)
            echo(p);
        const struct kt_cur out = kt_peer_output(p);
        kt_peer_wrote(p, kt_cur_left(&out));
    }
    kt_peer_lost(p, NULL, UINT64_MAX);
    must(kt_peer_output(p).p == NULL && kt_peer_is_over(p));
    kt_peer_free(p);
    return 0;
}

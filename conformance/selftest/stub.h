/* Stub servers: peers that serve nothing, and so may pass no negative scenario.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "io/net.h"

enum kt_stub_kind {
    KT_STUB_CLOSE,    /* closes at accept */
    KT_STUB_SETTINGS, /* closes after its SETTINGS */
    KT_STUB_SILENT,
    KT_STUB_OK,     /* trailers-only, OK, to every request */
    KT_STUB_RST,    /* RST_STREAM to every request */
    KT_STUB_GOAWAY, /* GOAWAY to every request */
    KT_STUB_COUNT,
};
const char *kt_stub_name(enum kt_stub_kind k);

struct kt_stub;
struct kt_stub *kt_stub_new(struct kt_net *net, enum kt_stub_kind kind,
                            char ret_addr[64]);
void kt_stub_free(struct kt_stub *s);

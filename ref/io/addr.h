/* HOST:PORT as text, in parts.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>

struct kt_addr {
    char host[48]; /* numeric; "localhost" is 127.0.0.1; no brackets */
    uint16_t port;
    bool v6;
};

/* HOST:PORT or [HOST]:PORT. BAD: SYNTAX or RANGE, and detail says what. */
enum kt_step kt_addr_read(const char *text, struct kt_addr *ret,
                          struct kt_err *reterr);
void kt_addr_print(char dst[64], const struct kt_addr *a);

/* HOST:PORT as text, in parts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/addr.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static enum kt_step bad(struct kt_err *reterr, const char *text,
                        const char *what)
{
    return kt_badf(reterr, KT_E_SYNTAX, 0,
                   "\"%.64s\" is no address: %s (HOST:PORT, HOST numeric or "
                   "localhost)",
                   text, what);
}

/* 0 to 65535 in digits only. */
static bool read_port(const char *s, uint16_t *ret)
{
    unsigned long v = 0;

    if (!*s || strlen(s) > 5 || strspn(s, "0123456789") != strlen(s))
        return false;
    for (; *s; s++)
        v = v * 10 + (unsigned long)(*s - '0');
    if (v > 65535)
        return false;
    *ret = (uint16_t)v;
    return true;
}

enum kt_step kt_addr_read(const char *text, struct kt_addr *ret,
                          struct kt_err *reterr)
{
    struct kt_addr a = {0};
    const char *host = text, *colon = strrchr(text, ':');
    unsigned char raw[16];

    if (!colon)
        return bad(reterr, text, "it has no port");

    size_t n = (size_t)(colon - text);

    a.v6 = n >= 2 && host[0] == '[' && host[n - 1] == ']';
    if (a.v6) {
        host++;
        n -= 2;
    }
    if (n >= sizeof a.host)
        return bad(reterr, text, "the host is too long");
    memcpy(a.host, host, n);
    if (strcmp(a.host, "localhost") == 0)
        memcpy(a.host, "127.0.0.1", sizeof "127.0.0.1");
    if (inet_pton(a.v6 ? AF_INET6 : AF_INET, a.host, raw) != 1)
        return bad(reterr, text, "the host is not numeric");
    if (!read_port(colon + 1, &a.port))
        return bad(reterr, text, "the port is not 0 to 65535");
    *ret = a;
    return KT_DONE;
}

void kt_addr_print(char dst[64], const struct kt_addr *a)
{
    snprintf(dst, 64, a->v6 ? "[%s]:%u" : "%s:%u", a->host, a->port);
}

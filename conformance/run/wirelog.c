/* The decoded wire around the first divergence.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/wirelog.h"
#include "base/alloc.h"
#include <stdlib.h>

enum { BEFORE = 14, AFTER = 6, MAX_BYTES = 48 };

struct row {
    const struct kt_entry *e;
    bool to_server;
};

static int by_seq(const void *a, const void *b)
{
    const uint64_t x = ((const struct row *)a)->e->seq;
    const uint64_t y = ((const struct row *)b)->e->seq;

    return x < y ? -1 : x > y;
}

static size_t collect(const struct kt_chan *conn, struct row **ret)
{
    size_t n = 0;

    for (size_t i = 0; i < conn->nseen; i++)
        n += conn->seen[i]->tape[0].n + conn->seen[i]->tape[1].n;
    *ret = kt_xalloc((n + 1) * sizeof **ret);
    n = 0;
    for (size_t i = 0; i < conn->nseen; i++)
        for (int d = 0; d < 2; d++)
            for (size_t k = 0; k < conn->seen[i]->tape[d].n; k++)
                (*ret)[n++] =
                    (struct row){&conn->seen[i]->tape[d].v[k], d == 1};
    qsort(*ret, n, sizeof **ret, by_seq);
    return n;
}

static char *print(const struct kt_case *c, const struct row *r, bool star)
{
    struct kt_buf b = {.limit = 4096};
    const uint64_t us = (r->e->at_ns - c->start_ns) / 1000;
    char *line;

    kt_buf_printf(&b, "%c %6llu.%03llu %s ", star ? '*' : ' ',
                  (unsigned long long)(us / 1000),
                  (unsigned long long)(us % 1000), r->to_server ? ">" : "<");
    kt_event_print(&b, r->e->ev, MAX_BYTES);
    line = kt_xstrdup(kt_buf_cstr(&b));
    kt_buf_fini(&b);
    return line;
}

void kt_wirelog(const struct kt_case *c, const struct kt_chan *conn,
                uint64_t seq, char ***ret, size_t *ret_n)
{
    struct row *rows;
    size_t n, at, from, to;

    *ret_n = 0;
    if (!conn)
        conn = c->conns;
    if (!conn)
        return;
    n = collect(conn, &rows);
    at = n;
    for (size_t i = 0; i < n && seq; i++)
        if (rows[i].e->seq == seq)
            at = i;
    from = at > BEFORE ? at - BEFORE : 0;
    to = at + AFTER < n ? at + AFTER : n;
    *ret = kt_xalloc((to - from + 1) * sizeof **ret);
    for (size_t i = from; i < to; i++)
        (*ret)[(*ret_n)++] = print(c, &rows[i], i == at);
    kt_free(rows);
}

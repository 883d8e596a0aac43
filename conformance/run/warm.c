/* One echo call on each named connection of a client.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/warm.h"
#include "base/alloc.h"
#include "run/call.h"
#include "run/inner.h"
#include "run/request.h"
#include <string.h>

struct kt_warmed {
    struct kt_warmed *next;
    char *connection;
    struct kt_ask *call;
};

static bool is_needed(const struct kt_scn *scn)
{
    static const char *const names[] = {"initial-window", "max-frame",
                                        "max-concurrent", "table-size"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kt_fields_get(&scn->settings[KT_SERVER], names[i]))
            return true;
    return false;
}

static struct kt_warmed *warmed(struct kt_case *c, const char *connection)
{
    struct kt_warmed *w = c->warmed;

    while (w && strcmp(w->connection, connection) != 0)
        w = w->next;
    if (w)
        return w;
    w = kt_xalloc(sizeof *w);
    *w = (struct kt_warmed){.next = c->warmed,
                            .connection = kt_xstrdup(connection),
                            .call = kt_call_warm(c, connection)};
    c->warmed = w;
    return w;
}

enum kt_do kt_warm(struct kt_case *c, struct kt_thread *th, struct kt_strm *s)
{
    const char *connection = kt_request_connection(c, th->line, s);
    struct kt_buf got = {.limit = 1 << 16};
    struct kt_ask *a;
    enum kt_do r = KT_DO_DONE;

    if (!is_needed(c->scn) || strcmp(connection, "*") == 0)
        return KT_DO_DONE;
    a = warmed(c, connection)->call;
    if (a->got.kind == KT_GOT_NONE)
        return kt_step_wait(c, th, s, KT_FAIL, KT_R_NOT_ALIVE);
    if (!kt_call_probe_ok(a, &got))
        r = kt_case_fault_text(c, th->line, KT_R_NOT_ALIVE, kt_buf_cstr(&got));
    kt_buf_fini(&got);
    return r;
}

void kt_warm_free(struct kt_case *c)
{
    while (c->warmed) {
        struct kt_warmed *w = c->warmed;

        c->warmed = w->next;
        kt_free(w->connection);
        kt_free(w);
    }
}

/* Faults about response headers that come too early or too late.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include <string.h>

void kt_fault_headers_first(struct kt_unit *u, const struct kt_mutant *m)
{
    static const char *const pairs[] = {":status", "200", "content-type",
                                        "application/grpc+thrift", NULL};

    (void)m;
    if (u->seam == KT_SEAM_MESSAGE && !u->request && u->nth == 0 &&
        u->s->blocks[u->way] == 0)
        kt_mitm_put_fields(u->mitm, u->way, u->head.stream, false, pairs);
}

void kt_fault_at_once(struct kt_turn *t, const struct kt_mutant *m)
{
    if (t->answer != NULL || strcmp(t->op, m->name1) != 0)
        return;
    t->answer = json_loads(m->value, 0, NULL);
    must(t->answer != NULL);
}

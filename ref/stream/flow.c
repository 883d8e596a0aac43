/* Accounts of flow control.
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/flow.h"
#include "base/must.h"

size_t kt_credit_came(struct kt_credit *c, size_t n, bool waiting)
{
    c->held += n;
    return waiting ? kt_credit_wait(c) : 0;
}

size_t kt_credit_wait(struct kt_credit *c)
{
    const size_t give = c->held - c->ahead;

    c->ahead = c->held;
    return give;
}

size_t kt_credit_took(struct kt_credit *c, size_t n)
{
    must(n <= c->held);
    const size_t given = c->ahead < n ? c->ahead : n;

    c->held -= n;
    c->ahead -= given;
    return n - given;
}

bool kt_quota_put(struct kt_quota *q, size_t n)
{
    if (q->queued >= q->max) {
        q->blocked = true;
        return false;
    }
    q->queued += n;
    return true;
}

bool kt_quota_sent(struct kt_quota *q, size_t n)
{
    must(n <= q->queued);
    q->queued -= n;
    if (!q->blocked || q->queued >= q->max)
        return false;
    q->blocked = false;
    return true;
}

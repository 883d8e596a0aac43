/* Accounts of flow control: what to give back to a sender, and how much may be
 * queued. Counts only; windows themselves are HTTP/2's.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* The stream window is given back as the application takes messages (FLOW-4):
 * an application that does not read holds its sender up. But while a reader
 * waits for a message, all that has come of it is given back, even untaken, or
 * a message longer than the window would never be complete (FLOW-6).
 *
 *     held   bytes that have come and were not taken
 *     ahead  those of them that were given back already; ahead <= held */
struct kt_credit {
    size_t held;
    size_t ahead;
};
/* Each returns how many bytes to give back now. */
size_t kt_credit_came(struct kt_credit *c, size_t n, bool waiting);
size_t kt_credit_wait(struct kt_credit *c);           /* a reader waits */
size_t kt_credit_took(struct kt_credit *c, size_t n); /* n <= held */

/* FLOW-18: a message of any size may be queued while less than max is. */
struct kt_quota {
    size_t queued;
    size_t max;
    bool blocked; /* a Send was turned away since the quota was positive */
};
bool kt_quota_put(struct kt_quota *q, size_t n); /* false: turned away */
/* n bytes were sent or dropped. True: a Send that was turned away may come
 * again. */
bool kt_quota_sent(struct kt_quota *q, size_t n);

/* Requests of a case to the drivers, and steps that wait for a result.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

/* A new one, linked into the case; nothing is sent. */
struct kt_ask *kt_ask_new(struct kt_case *c, enum kt_side side,
                          const struct kt_line *line, struct kt_strm *s);
/* Send it as a request of that op; takes the reference to fields, an object
 * with what the op wants beyond case, stream and side. */
void kt_ask_send(struct kt_ask *a, const char *op, json_t *fields);
/* Give it its result; takes over *got. */
void kt_ask_give(struct kt_ask *a, struct kt_got *got);
/* By "as" name, the latest; NULL if none. */
struct kt_ask *kt_ask_named(struct kt_case *c, const char *name);
/* No answer is wanted any more. */
void kt_asks_forget(struct kt_case *c);
void kt_asks_free(struct kt_case *c);

/* The request of an application line of a side under test. The line's stream
 * and the folds of its mode are followed; dues are put into the ledger. */
struct kt_ask *kt_app_issue(struct kt_case *c, struct kt_thread *th);

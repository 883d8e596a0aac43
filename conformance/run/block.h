/* Blocks: the script's own words for order.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

/* Run lines until one waits (WAIT), fails (FAIL), or the script is over (DONE).
 */
enum kt_do kt_blocks_run(struct kt_case *c);
void kt_blocks_free(struct kt_case *c);
/* The line at which the script stands; NULL before and behind it. */
const struct kt_line *kt_case_line(const struct kt_case *c);

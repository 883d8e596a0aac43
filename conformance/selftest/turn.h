/* One turn of the driver protocol: a request of the judge, and its answer.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A function sees each turn twice: when the request comes (answer is NULL), and
 * when the driver has answered. It changes either in place. */
struct kt_turn {
    json_t *request;
    json_t *answer; /* set when the request comes: the driver is not asked */
    const char *op; /* of the request */
    unsigned nth;   /* of that op on its case, stream and side, from 0 */
    /* What a function wants to remember of this case, stream and side: kept
     * from turn to turn, whatever their op, an object. */
    json_t *memory;
    bool silent; /* the answer is dropped */
};

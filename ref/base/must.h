/* must(): an invariant that is checked in every build type.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdio.h>
#include <stdlib.h>

/* For what our own code promises, never for what a peer sent. */
#define must(cond)                                                             \
    ((cond)                                                                    \
         ? (void)0                                                             \
         : (fprintf(stderr, "%s:%d: must(%s)\n", __FILE__, __LINE__, #cond),   \
            abort()))

/* Before the first line: a slot of the server under test, a port for the client
 * under test. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

enum kt_do kt_setup(struct kt_case *c);
void kt_setup_free(struct kt_case *c);
/* Address of the server under test. */
const char *kt_setup_server(const struct kt_case *c);

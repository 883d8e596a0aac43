/* The reference implementation as a system under test: docs/drivers.md, all
 * ops, on any world. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"
#include "io/net.h"

struct kt_refdriver;

/* The capabilities that its hello declares. */
extern const char *const kt_refdriver_caps[];
extern const size_t kt_refdriver_ncaps;

/* The services that it serves and calls, from the files in the binary. False
 * with *reterr when memory is short. Free both. */
bool kt_refdriver_idl(struct kt_idl *ret[2], struct kt_err *reterr);

/* Connects to the control address and says hello; idl outlives it. NULL with
 * *reterr when the address cannot be read or memory is short. */
struct kt_refdriver *kt_refdriver_new(struct kt_net *net, const char *control,
                                      const char *token,
                                      const struct kt_idl *const idl[2],
                                      struct kt_err *reterr);
void kt_refdriver_free(struct kt_refdriver *d);
/* The control connection has ended: free it. */
bool kt_refdriver_is_over(const struct kt_refdriver *d);

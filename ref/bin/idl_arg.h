/* Services and methods named on a command line.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"

/* Load an IDL file; NULL: said on stderr, with "ktspec VERB:" in front. */
struct kt_idl *kt_idl_arg(const char *verb, const char *path);
/* The service of that name ("" or NULL: the only or last one); NULL: said. */
const struct kt_service *
kt_service_arg(const char *verb, const struct kt_idl *idl, const char *name);
/* "Service/Method" of the IDL; false: said. */
bool kt_method_arg(const char *verb, const struct kt_idl *idl, const char *path,
                   const struct kt_service **ret_service,
                   const struct kt_method **ret_method);

/* The resolver's parts: resolve.c (types), constant.c (values), service.c.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/load.h"

/* What a name in a file stands for; NULL when nothing. "Name" is looked up in
 * the file, "prefix.Name" in the includes of that prefix. */
struct kt_ast_def *kt_resolve_name(const struct kt_ast_file *f,
                                   const char *name);
/* The first include of this prefix (n bytes) that defines name; NULL. */
struct kt_ast_def *kt_resolve_included(const struct kt_ast_file *f,
                                       const char *prefix, size_t n,
                                       const char *name);
/* A type without typedefs; NULL with *err. depth: typedefs met so far. */
const struct kt_type *kt_resolve_type(struct kt_load *l, struct kt_ast_file *f,
                                      const struct kt_ast_type *t,
                                      unsigned depth);
/* Fields in order, without defaults. Ids and names must differ; what they
 * belong to is for the message. */
bool kt_resolve_fields(struct kt_load *l, struct kt_ast_file *f,
                       const struct kt_ast_fields *in, const char *what,
                       struct kt_idl_field *out);
/* The default values of fields that kt_resolve_fields made. */
bool kt_resolve_defaults(struct kt_load *l, struct kt_ast_file *f,
                         const struct kt_ast_fields *in,
                         struct kt_idl_field *out);
/* Every constant is well formed, used or not. */
bool kt_resolve_constant(struct kt_load *l, struct kt_ast_def *d);
bool kt_resolve_service(struct kt_load *l, struct kt_ast_def *d,
                        unsigned depth);
/* "Name" in the definitions of f that pass kinds (bits 1 << kt_def_kind), and
 * the base types with TYPEDEF: ", did you mean X?" or "". Returns dst. */
const char *kt_resolve_hint(const struct kt_ast_file *f, const char *name,
                            unsigned kinds, char dst[64]);

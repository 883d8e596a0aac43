/* One load, from the first file to the descriptors: what its steps share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/ast.h"

struct kt_idl {
    struct kt_arena arena;
    struct kt_idl_json { /* every JSON value that a descriptor points to */
        json_t *value;
        struct kt_idl_json *next;
    } * json;
    const struct kt_service **services;
    size_t nservices;
    struct kt_names types; /* of the main file: name -> const kt_type */
};

struct kt_load {
    struct kt_idl *idl;
    struct kt_arena tmp; /* texts and trees: gone when the load is over */
    struct kt_err *err;
    const char *const *dirs;
    size_t ndirs;
    struct kt_ast_file *files; /* the main file is the first */
    size_t nfiles;
    size_t nvalues;     /* of constants, so far */
    unsigned char *ids; /* one bit for each field id, clear between structs */
};

/* Set *err to "path:line:col: text". Always false. */
bool kt_load_fail(struct kt_load *l, const struct kt_ast_file *f, uint32_t at,
                  enum kt_code code, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Out of memory, or above the arena's limit. Always false. */
bool kt_load_nomem(struct kt_load *l);
/* Zeroed memory of the load (tmp) or of the result (keep); NULL with *err. */
void *kt_load_tmp(struct kt_load *l, size_t n);
void *kt_load_keep(struct kt_load *l, size_t n);

/* Read f->text into f: parse.c. */
bool kt_parse(struct kt_load *l, struct kt_ast_file *f);
/* Fill l->idl from all files: resolve.c. */
bool kt_resolve(struct kt_load *l);

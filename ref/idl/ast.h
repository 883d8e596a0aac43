/* What the parser hands to the resolver: one tree for each file.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "idl/idl.h"
#include "idl/names.h"

/* "at" is everywhere the byte offset in the file's text. */
struct kt_ast_type {
    uint32_t at;
    enum { KT_TY_BASE, KT_TY_NAMED, KT_TY_LIST, KT_TY_SET, KT_TY_MAP } kind;
    const struct kt_type *base; /* BASE */
    const char *name;           /* NAMED */
    struct kt_ast_type *key;    /* MAP */
    struct kt_ast_type *elem;   /* LIST, SET, MAP */
};

struct kt_ast_value {
    uint32_t at;
    enum {
        KT_V_INT,
        KT_V_DOUBLE,
        KT_V_STRING,
        KT_V_NAME,
        KT_V_LIST,
        KT_V_MAP,
    } kind;
    int64_t i;
    double d;
    const char *s; /* STRING: n bytes; NAME: a C string */
    size_t n;      /* STRING: bytes; LIST, MAP: elements */
    struct kt_ast_value *first;
    struct kt_ast_value *next; /* in the list or map around it */
    struct kt_ast_value *key;  /* of an element of a MAP */
};

struct kt_ast_field {
    uint32_t at;
    int16_t id;
    enum kt_req req;
    struct kt_ast_type *type;
    const char *name;
    struct kt_ast_value *def;
    struct kt_ast_field *next;
};

struct kt_ast_fields {
    struct kt_ast_field *first;
    size_t n;
};

struct kt_ast_note { /* an annotation */
    uint32_t at;
    const char *key;
    const char *value;
    struct kt_ast_note *next;
};

struct kt_ast_member { /* of an enum */
    uint32_t at;
    const char *name;
    int32_t value;
    struct kt_ast_member *next;
};

struct kt_ast_method {
    uint32_t at;
    const char *name;
    bool oneway;
    struct kt_ast_type *ret; /* NULL: void */
    struct kt_ast_fields args;
    struct kt_ast_fields throws;
    struct kt_ast_note *notes;
    struct kt_ast_method *next;
};

enum kt_def_kind {
    KT_DEF_TYPEDEF,
    KT_DEF_CONST,
    KT_DEF_ENUM,
    KT_DEF_STRUCT,
    KT_DEF_SERVICE,
};

struct kt_ast_def {
    enum kt_def_kind kind;
    uint32_t at;
    const char *name;
    struct kt_ast_file *file;
    struct kt_ast_def *next;
    bool busy; /* being resolved: to meet it again is a cycle */

    struct kt_ast_type *type;    /* TYPEDEF, CONST */
    struct kt_ast_value *value;  /* CONST */
    struct kt_ast_member *enums; /* ENUM */
    enum kt_struct_kind skind;   /* STRUCT */
    struct kt_ast_fields fields; /* STRUCT */
    const char *base;            /* SERVICE: extends, or NULL */
    uint32_t base_at;
    struct kt_ast_method *methods; /* SERVICE */
    size_t n;                      /* ENUM: members; SERVICE: methods */

    /* Filled by the resolver. */
    const struct kt_type *out_type; /* TYPEDEF, ENUM, STRUCT */
    struct kt_idl_field *out_fields;
    struct kt_service *out_service;
};

struct kt_ast_include {
    uint32_t at;
    const char *path;   /* as written */
    const char *prefix; /* its base name without extension */
    struct kt_ast_file *file;
    struct kt_ast_include *next;
};

struct kt_ast_file {
    const char *path; /* as messages show it */
    const char *real; /* its identity */
    const char *text;
    uint32_t n;
    bool busy; /* its includes are being read */
    struct kt_ast_include *includes;
    const char *ns_go;  /* namespace go, or NULL */
    const char *ns_any; /* namespace *, or NULL */
    struct kt_ast_def *defs;
    size_t ndefs;
    struct kt_names names; /* name -> kt_ast_def */
    struct kt_ast_file *next;
};

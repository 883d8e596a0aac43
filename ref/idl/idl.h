/* Thrift IDL: parsing to descriptors, and JSON <-> Thrift values by descriptor.
 * JSON form of every type: docs/drivers.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "wire/tbin.h"
#include <jansson.h>

enum kt_mode {                   /* streaming.mode */
               KT_MODE_PINGPONG, /* no annotation */
               KT_MODE_BIDI,
               KT_MODE_CLIENT,
               KT_MODE_SERVER,
               KT_MODE_UNARY,
};

enum kt_req { KT_REQ_DEFAULT, KT_REQ_REQUIRED, KT_REQ_OPTIONAL };

struct kt_type { /* resolved: typedefs are gone */
    enum kt_ttype wire;
    bool is_binary;              /* STRING that is binary */
    const struct kt_enum *enm;   /* I32 that is an enum */
    const struct kt_struct *str; /* STRUCT */
    const struct kt_type *key;   /* MAP */
    const struct kt_type *elem;  /* LIST, SET, and MAP's value */
};

struct kt_idl_field {
    int16_t id;
    enum kt_req req;
    const char *name;
    const struct kt_type *type;
    json_t *def; /* default value in JSON form, or NULL */
};

enum kt_struct_kind { KT_SK_STRUCT, KT_SK_UNION, KT_SK_EXCEPTION };
struct kt_struct {
    const char *name; /* as in the file, without include prefix */
    enum kt_struct_kind kind;
    const struct kt_idl_field *fields;
    size_t nfields;
};

struct kt_enum {
    const char *name;
    const char *const *names;
    const int32_t *values;
    size_t n;
};

struct kt_method {
    const char *name;
    enum kt_mode mode;
    bool oneway;
    const struct kt_struct *args; /* wrapper: one field a parameter */
    const struct kt_struct
        *result;                /* wrapper: field 0 success, then exceptions */
    const struct kt_type *req;  /* streaming modes: the one parameter's type */
    const struct kt_type *resp; /* NULL when void */
};

struct kt_service {
    const char *name;
    const char
        *package;   /* HDR-4: last dot-segment of namespace go, lower case */
    char path[256]; /* "package.Service" or "Service" */
    const struct kt_method *methods; /* inherited ones included */
    size_t nmethods;
};

struct kt_idl; /* owns all of the above */

/* Read a file and what it includes (include paths: the file's own folder, then
 * dirs). NULL with *reterr: detail says "file:line:col: what" ("did you mean"
 * where something is near). Refused as Kitex refuses it: IDL-1..4. */
struct kt_idl *kt_idl_load(const char *path, const char *const *dirs,
                           size_t ndirs, struct kt_err *reterr);
/* The same from memory, without includes. */
struct kt_idl *kt_idl_parse(const char *name, const char *text, size_t n,
                            struct kt_err *reterr);
void kt_idl_free(struct kt_idl *idl);

size_t
kt_idl_services(const struct kt_idl *idl); /* of the main file, in order */
const struct kt_service *kt_idl_service_at(const struct kt_idl *idl, size_t i);
/* By "Service" or "package.Service". */
const struct kt_service *kt_idl_service(const struct kt_idl *idl,
                                        const char *name);
const struct kt_method *kt_service_method(const struct kt_service *s,
                                          const char *name);
/* The value of streaming.mode; "pingpong" for none. */
const char *kt_mode_name(enum kt_mode m);
/* A type of the main file by its name there (struct, union, exception, enum,
 * typedef); NULL. Of a wrapper: {.wire = KT_T_STRUCT, .str = m->args}. */
const struct kt_type *kt_idl_type(const struct kt_idl *idl, const char *name);
const struct kt_idl_field *kt_struct_field(const struct kt_struct *s,
                                           const char *name);
bool kt_enum_value(const struct kt_enum *e, const char *name, int32_t *ret);
/* As in a file, "map<string, list<Inner>>"; cut where dst ends. Returns dst. */
const char *kt_type_print(const struct kt_type *t, char *dst, size_t cap);
/* A line for each service, then one for each of its methods with mode, path,
 * parameters, result. False as kt_buf_put. */
bool kt_idl_describe(const struct kt_idl *idl, struct kt_buf *dst);

/* JSON -> Thrift Binary, appended; nothing is appended when BAD. Fields go out
 * in the order of declaration. A field that is absent (or null) is not written,
 * but for a required one with a default, which is written with it. More is
 * accepted than thrift_to_json writes: enum members by name, any map as an
 * array of pairs, base64 without padding. A set is written as given,
 * duplicates too. BAD: TYPE, RANGE, UNKNOWN (a field that the IDL lacks),
 * MISSING (required), TOO_DEEP, SYNTAX (base64), NOMEM (dst's limit too); a
 * union without exactly one field is TYPE. detail gives the JSON path. */
enum kt_step kt_json_to_thrift(const json_t *json, const struct kt_type *type,
                               struct kt_buf *dst, struct kt_err *reterr);
/* Thrift Binary -> new JSON, never MORE. Unknown fields are skipped, a field of
 * another wire type too; of a field given twice the last counts; bytes behind
 * the value are left. BAD: TRUNCATED, MISSING (required), TYPE (elements of
 * another wire type than declared, or a union without exactly one known field),
 * SYNTAX (a string that is not UTF-8), what tbin.h says, TOO_MANY (the JSON
 * would be a memory bomb); at is the offset, detail has the path. A string may
 * hold NUL (json_loads: JSON_ALLOW_NUL); a map with such a key is an array of
 * pairs. */
enum kt_step kt_thrift_to_json(struct kt_cur *in, const struct kt_type *type,
                               const struct kt_tlimits *lim, json_t **ret,
                               struct kt_err *reterr);
/* Equal by value: absent equals absent and null, sets and maps in any order and
 * either form of a map, NaN equals NaN, 1 equals 1.0, an enum by name or
 * number, base64 with or without padding. On false, what is put into *ret_path
 * (may be NULL) says where: ".a[2]", "(top)". False too when out of memory. */
bool kt_json_equal(const json_t *a, const json_t *b, const struct kt_type *type,
                   struct kt_buf *ret_path);

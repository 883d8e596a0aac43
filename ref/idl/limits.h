/* Every limit of the IDL layer, in one place: what a file may ask for.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum {
    KT_IDL_MAX_FILE = 4 << 20,     /* bytes of one file */
    KT_IDL_MAX_FILES = 256,        /* main file and all includes */
    KT_IDL_MAX_INCLUDE_DEPTH = 32, /* files that include each other */
    KT_IDL_MAX_ARENA = 256 << 20,  /* bytes of all descriptors */
    KT_IDL_MAX_NAME = 200,         /* bytes of an identifier */
    KT_IDL_MAX_DEFS = 65536,       /* definitions of one file */
    KT_IDL_MAX_FIELDS = 4096,      /* of one struct or parameter list */
    KT_IDL_MAX_ENUM = 65536,       /* members of one enum */
    KT_IDL_MAX_METHODS = 4096,     /* of one service, with inherited ones */
    KT_IDL_MAX_TYPE_DEPTH = 32,    /* list<list<...>> as written */
    KT_IDL_MAX_CHAIN = 64,         /* typedefs, constants, extends in a row */
    KT_IDL_MAX_CONST_DEPTH = 32,   /* nested lists and maps as written */
    KT_IDL_MAX_CONST_VALUES = 1 << 20, /* all default values together */
    KT_JSON_MAX_BYTES = 256 << 20,     /* estimate of one decoded value */
};

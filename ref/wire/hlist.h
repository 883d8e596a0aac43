/* A header list: names and values in order, duplicates kept.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

enum kt_hindex { /* how HPACK may represent a field; RFC 7541 6.2 */
                 KT_H_DEFAULT, /* the encoder's choice */
                 KT_H_NO_INDEX,
                 KT_H_NEVER_INDEX,
};

/* Offsets into the list's text, so that growing never moves a field. */
struct kt_hfield {
    uint32_t name, name_len;
    uint32_t value, value_len;
    enum kt_hindex index;
};

/* Owns its text. Size as RFC 9113 6.5.2 counts it: name + value + 32 a field.
 */
struct kt_hlist {
    struct kt_buf text;
    struct kt_hfield *v;
    size_t n, cap;
    size_t size;
    size_t max_size; /* of that count */
    size_t max_n;
};

void kt_hlist_init(struct kt_hlist *h, size_t max_size, size_t max_n);
void kt_hlist_fini(struct kt_hlist *h);
void kt_hlist_clear(struct kt_hlist *h);
/* DONE, or BAD: TOO_BIG, TOO_MANY, NOMEM, with nothing added. */
enum kt_step kt_hlist_put(struct kt_hlist *h, struct kt_cur name,
                          struct kt_cur value, struct kt_err *reterr);
/* C strings; false as BAD above. */
bool kt_hlist_puts(struct kt_hlist *h, const char *name, const char *value);
struct kt_cur kt_hlist_name(const struct kt_hlist *h, size_t i);
struct kt_cur kt_hlist_value(const struct kt_hlist *h, size_t i);
/* The k-th value (from 0) of a name; false when there is none. Names are
 * compared byte by byte. */
bool kt_hlist_get(const struct kt_hlist *h, const char *name, size_t k,
                  struct kt_cur *ret);
size_t kt_hlist_count(const struct kt_hlist *h, const char *name);
/* Replaces what dst held; false as BAD above, with dst untouched. */
bool kt_hlist_copy(struct kt_hlist *dst, const struct kt_hlist *src);

/* RFC 9113 8.2.1, 8.2.2 and 8.3: what a receiver must refuse. DONE, or BAD with
 * the first fault: SYNTAX, UNKNOWN, ORDER, DUPLICATE, MISSING, PROTOCOL; at is
 * the index of the field, detail says what, scope is the stream. */
enum kt_hkind { KT_HK_REQUEST, KT_HK_RESPONSE, KT_HK_TRAILERS };
enum kt_step kt_hlist_check(const struct kt_hlist *h, enum kt_hkind kind,
                            struct kt_err *reterr);

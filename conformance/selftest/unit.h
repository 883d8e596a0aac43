/* What the functions of mutants share: what a unit is, and what becomes of its
 * fields. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mutant.h"

static inline uint8_t *kt_unit_bytes(struct kt_unit *u)
{
    return u->bytes->p + u->bytes->start;
}

/* A frame of that type, at its own seam. */
static inline bool kt_unit_is_frame(const struct kt_unit *u, uint64_t type)
{
    return u->seam == KT_SEAM_FRAME && u->head.type == type;
}

/* The row has no path, or the stream's request has it. */
bool kt_unit_on_path(const struct kt_unit *u, const struct kt_mutant *m);
bool kt_unit_is_message(const struct kt_unit *u, const struct kt_mutant *m);
/* The SUT gives the connection up, with a code. */
void kt_unit_give_up(struct kt_unit *u, uint32_t code);

/* --- FIELDS --- */

/* A list that the row is for: of its at and path, and as its with says. "x": it
 * has that field; "x~RE": with a value that matches; "!x": it has none. */
bool kt_list_is_meant(const struct kt_unit *u, const struct kt_mutant *m);
/* re is an extended regular expression; NULL: any value. */
bool kt_value_matches(struct kt_cur value, const char *re);
/* What becomes of a field of name1, the k-th: whether it stays, and as what. */
typedef bool kt_keep_fn(struct kt_cur name, struct kt_cur value, size_t k,
                        const struct kt_mutant *m, struct kt_buf *ret_name,
                        struct kt_buf *ret_value);
/* The list anew, field by field. How many have name1. */
size_t kt_list_rewrite(struct kt_unit *u, const struct kt_mutant *m,
                       kt_keep_fn *keep);
bool kt_list_is_pseudo(const struct kt_hlist *h, size_t i);
/* Those that keep refuses go. */
void kt_list_filter(struct kt_hlist *h,
                    bool (*keep)(const struct kt_hlist *h, size_t i));
/* Pseudo-header fields come first; back: both kinds in the opposite order. */
void kt_list_pseudo_first(struct kt_hlist *h, bool back);

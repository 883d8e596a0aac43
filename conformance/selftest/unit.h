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

bool kt_list_is_pseudo(const struct kt_hlist *h, size_t i);
/* Those that keep refuses go. */
void kt_list_filter(struct kt_hlist *h,
                    bool (*keep)(const struct kt_hlist *h, size_t i));
/* Pseudo-header fields come first; back: both kinds in the opposite order. */
void kt_list_pseudo_first(struct kt_hlist *h, bool back);

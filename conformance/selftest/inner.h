/* What the files of the man in the middle share.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mutant.h"

enum {
    KT_MITM_BUF = 256 << 20, /* bytes held in one direction */
    KT_MITM_BLOCK = 1 << 20, /* of a header block */
    KT_MITM_FIELDS = 4096,
    KT_MITM_LATER = 1 << 20,
};

/* A unit with everything set that does not depend on its seam. */
void kt_unit_init(struct kt_unit *u, struct kt_mitm *m, enum kt_way way,
                  enum kt_seam seam, struct kt_mstream *s,
                  struct kt_fhead head);
/* The mutant's function, when it is for this seam and way. */
void kt_unit_run(struct kt_unit *u);
bool kt_mitm_is_at(const struct kt_mitm *m, enum kt_way way, unsigned seams);
/* Is this way client to server? */
bool kt_mitm_is_request(const struct kt_mitm *m, enum kt_way way);
struct kt_mstream *kt_mitm_stream(struct kt_mitm *m, uint32_t id);
/* Bytes that are ready: now, or after the unit's delay; then what was put
 * behind it. */
void kt_unit_emit(struct kt_unit *u, struct kt_cur bytes);

/* A HEADERS or CONTINUATION frame with its raw bytes. */
void kt_mitm_block(struct kt_mitm *m, enum kt_way way,
                   const struct kt_frame_rec *f, struct kt_cur raw);
/* DATA, when messages are looked at. */
void kt_mitm_data(struct kt_mitm *m, enum kt_way way, struct kt_mstream *s,
                  const struct kt_frame_rec *f);
/* A frame to a buffer. */
void kt_mitm_put_to(struct kt_buf *dst, struct kt_fhead head,
                    struct kt_cur payload);

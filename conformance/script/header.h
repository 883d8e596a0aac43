/* The header of a scenario: what stands above its first step.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/rules.h"
#include "script/words.h"

struct kt_header {
    struct kt_line_in *l; /* scratch, set up for the line that is read */
    const struct kt_rules *rules;
    struct kt_scn *scn;
    unsigned seen; /* bits of header words that stand once; 1 is claim */
    bool has_rules;
};

/* The header word that begins the line, or NULL: "client K=V" is one, "client
 * VERB" is not. The line has a word. */
const struct kt_word_def *kt_header_word(const struct kt_line_in *l);
/* Could a step begin so? */
bool kt_header_ends(const struct kt_word *w);

/* Read one line, whose word is def; "axes" is passed over. False: a fault was
 * added. */
bool kt_header_line(struct kt_header *h, const struct kt_word_def *def);
/* The line of a claim is free text: l holds no words of it. */
bool kt_header_claim(struct kt_header *h);
/* What can be said at the header's end only. */
void kt_header_end(struct kt_header *h, struct kt_pos pos);

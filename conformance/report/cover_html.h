/* The parts of the page of rules: cover_page.c puts them together.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "report/cover.h"
#include "report/html.h"

/* What the first scenario that cannot be played waits for; NULL: none. */
const char *kt_cover_why_waits(const struct kt_cover_rule *cr);
void kt_cover_html_rules(struct kt_html *h, const struct kt_cover *c);
void kt_cover_html_excluded(struct kt_html *h, const struct kt_cover *c);
void kt_cover_html_list(struct kt_html *h, const struct kt_cover *c,
                        const struct kt_cover_list *l);

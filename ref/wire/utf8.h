/* Well-formed UTF-8, for what must become text.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/bytes.h"

/* Bytes of the well-formed sequence (Unicode 15, table 3-7) that c begins with;
 * 0 when it begins with none. */
size_t kt_utf8_len(struct kt_cur c);
bool kt_utf8_valid(struct kt_cur c);
/* Write a code point up to 0x10ffff; returns 1 to 4. */
size_t kt_utf8_encode(uint8_t dst[4], uint32_t point);

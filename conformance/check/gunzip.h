/* Compressed messages, by zlib.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/* Append what a gzip body holds, as far as dst's limit allows. False: it is no
 * gzip, is cut short, or is longer than the limit; dst may hold a part of it
 * then. */
bool kt_gunzip(struct kt_cur body, struct kt_buf *dst);

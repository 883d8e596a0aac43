/* The catalogue's files, in the binary.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/textfile.h"

extern const struct kt_text_file kt_embedded_scenarios[];
extern const size_t kt_embedded_scenarios_n;

/* Files that the binary carries.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/catalog.h"

extern const struct kt_text_file kt_embedded_scenarios[];
extern const size_t kt_embedded_scenarios_n;
extern const struct kt_text_file kt_embedded_idl[]; /* conformance, then echo */
extern const size_t kt_embedded_idl_n;

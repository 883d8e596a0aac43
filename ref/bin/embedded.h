/* The two IDL files of the conformance suite, in the binary.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/textfile.h"

extern const struct kt_text_file
    kt_embedded_idl[]; /* conformance.thrift, echo.thrift */
extern const size_t kt_embedded_idl_n;

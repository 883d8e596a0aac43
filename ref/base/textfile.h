/* A text file that the binary carries: made by the build tool kt_embed.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

struct kt_text_file {
    const char *path;
    const char *text;
};

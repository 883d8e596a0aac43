/* Compressed messages.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/gunzip.h"
#include <zlib.h>

enum { CHUNK = 16384, GZIP_ONLY = 15 + 16 };

bool kt_gunzip(struct kt_cur body, struct kt_buf *dst)
{
    z_stream z = {0};
    uint8_t out[CHUNK];
    int rc = Z_OK;

    if (kt_cur_left(&body) > UINT32_MAX || inflateInit2(&z, GZIP_ONLY) != Z_OK)
        return false;
    z.next_in = (uint8_t *)(uintptr_t)body.p;
    z.avail_in = (uInt)kt_cur_left(&body);
    while (rc == Z_OK) {
        z.next_out = out;
        z.avail_out = sizeof out;
        rc = inflate(&z, Z_NO_FLUSH);
        if ((rc == Z_OK || rc == Z_STREAM_END) &&
            !kt_buf_put(dst, out, sizeof out - z.avail_out))
            rc = Z_BUF_ERROR;
        if (rc == Z_OK && z.avail_in == 0 && z.avail_out == sizeof out)
            rc = Z_DATA_ERROR; /* cut short */
    }
    inflateEnd(&z);
    return rc == Z_STREAM_END;
}

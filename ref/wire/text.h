/* The small text codecs of gRPC: percent-encoding, -bin, grpc-timeout.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/* Each appends to dst; false, with nothing appended, as kt_buf_put. */

/* grpc-message: bytes 0x20-0x7E but '%' as they are, others %XX; a byte that is
 * not UTF-8 becomes U+FFFD. Decoding takes any text: a '%' without two hex
 * digits stays. ERR-15, ERR-16. */
bool kt_pct_encode(struct kt_buf *dst, struct kt_cur src);
bool kt_pct_decode(struct kt_buf *dst, struct kt_cur src);

/* Base64, standard alphabet; written without padding, read with or without.
 * Decode BAD: SYNTAX, NOMEM. META-14. */
bool kt_b64_encode(struct kt_buf *dst, struct kt_cur src);
enum kt_step kt_b64_decode(struct kt_buf *dst, struct kt_cur src,
                           struct kt_err *reterr);
bool kt_is_bin_name(struct kt_cur name); /* ends in "-bin" */

/* grpc-timeout: 1 to 8 digits and a unit of H M S m u n. Encoding rounds up in
 * the finest unit that fits 8 digits; 0 is "0n". Decoding clamps to UINT64_MAX
 * ns; BAD: SYNTAX. Encoding returns the length; a NUL follows. HDR-16..19. */
size_t kt_timeout_encode(char dst[10], uint64_t ns);
enum kt_step kt_timeout_decode(struct kt_cur src, uint64_t *ret_ns,
                               struct kt_err *reterr);

/* metainfo key <-> header name: "HELLO_WORLD" <-> "rpc-transit-hello-world".
 * META-1, META-2. Letters are folded, as every Kitex does (META-3). False when
 * the name is not one of metainfo, when the key cannot be a header name, and
 * out of memory. from_header replaces what *ret_key held. */
enum kt_meta_kind { KT_META_TRANSIENT, KT_META_PERSISTENT };
bool kt_meta_to_header(struct kt_buf *dst, enum kt_meta_kind kind,
                       struct kt_cur key);
bool kt_meta_from_header(struct kt_cur name, enum kt_meta_kind *ret_kind,
                         struct kt_buf *ret_key);

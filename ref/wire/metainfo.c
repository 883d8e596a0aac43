/* metainfo keys as header names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/text.h"
#include <string.h>

static const char *const prefix[] = {
    [KT_META_TRANSIENT] = "rpc-transit-",
    [KT_META_PERSISTENT] = "rpc-persist-",
};
enum { PREFIX_LEN = 12 };

/* A character of a field name, RFC 9110 5.6.2; locale plays no part. */
static bool is_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static uint8_t upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool kt_meta_to_header(struct kt_buf *dst, enum kt_meta_kind kind,
                       struct kt_cur key)
{
    const size_t n = kt_cur_left(&key);

    for (size_t i = 0; i < n; i++)
        if (!is_token(key.p[i])) /* META-4 */
            return false;

    uint8_t *w = n > 0 ? kt_buf_grow(dst, PREFIX_LEN + n) : NULL;
    if (w == NULL)
        return false;
    memcpy(w, prefix[kind], PREFIX_LEN);
    for (size_t i = 0; i < n; i++)
        w[PREFIX_LEN + i] = key.p[i] == '_' ? '-' : lower(key.p[i]);
    return true;
}

static bool has_prefix(struct kt_cur name, const char *want)
{
    for (size_t i = 0; i < PREFIX_LEN; i++)
        if (lower(name.p[i]) != (uint8_t)want[i])
            return false;
    return true;
}

bool kt_meta_from_header(struct kt_cur name, enum kt_meta_kind *ret_kind,
                         struct kt_buf *ret_key)
{
    enum kt_meta_kind kind = KT_META_TRANSIENT;

    if (kt_cur_left(&name) <= PREFIX_LEN) /* META-5: a bare prefix is none */
        return false;
    if (!has_prefix(name, prefix[kind]))
        kind = KT_META_PERSISTENT;
    if (!has_prefix(name, prefix[kind]))
        return false;
    name.p += PREFIX_LEN;

    const size_t n = kt_cur_left(&name);
    kt_buf_clear(ret_key);
    uint8_t *w = kt_buf_grow(ret_key, n);
    if (w == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        w[i] = name.p[i] == '-' ? '_' : upper(name.p[i]);
    *ret_kind = kind;
    return true;
}

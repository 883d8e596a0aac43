/* Metadata and metainfo: of an application line, of a driver's answer, of
 * header fields on the wire. The JSON forms are those of docs/drivers.md.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/scn.h"
#include "wire/hlist.h"

/* Fields of one group ('h', or 0 for all of set-header and its kind) as an
 * array of pairs, -bin values in base64; NULL when there is none. */
json_t *kt_meta_request(const struct kt_fields *f, char group);
/* Groups 'm' and 'p' as {"transient":…,"persistent":…}; NULL if none. */
json_t *kt_metainfo_request(const struct kt_fields *f);
/* The same as header fields of the wire, appended in order. */
void kt_meta_write(const struct kt_fields *f, char group, struct kt_hlist *dst);
void kt_metainfo_write(const struct kt_fields *f, struct kt_hlist *dst);

/* What a receiver sees of a header list. */
json_t *kt_meta_seen(const struct kt_hlist *h);
json_t *kt_metainfo_seen(const struct kt_hlist *h);

/* The fields of accept, header, trailer against what was seen. Group 'h' and 0
 * are metadata. Words that are no metadata (deadline=, on=, …) are skipped. On
 * false *ret_why says "name=want, got value". */
bool kt_meta_match(const struct kt_fields *f, const json_t *metadata,
                   const json_t *metainfo, struct kt_buf *ret_why);

/* deadline=300ms, grace=5s: a literal with its unit, or a range's lower end;
 * nanoseconds. 0 when it is not there. */
uint64_t kt_field_ns(const struct kt_fields *f, const char *name);

/* The headers of `client open` on the wire: path, metadata, metainfo, deadline,
 * compression, as the line says. */
bool kt_meta_open_ok(const struct kt_fields *f, const char *path,
                     const struct kt_hlist *h, struct kt_buf *ret_why);

/* Names of frame types, error codes, settings and status codes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/frame.h"
#include "wire/status.h"
#include <string.h>

static const char *const ftypes[] = {
    "DATA",         "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
    "PUSH_PROMISE", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION",
};
static const char *const h2errs[] = {
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
};
static const char *const settings[] = {
    NULL,
    "table-size",
    "enable-push",
    "max-concurrent",
    "initial-window",
    "max-frame",
    "max-header-list",
};
static const char *const grpcs[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *name_in(const char *const *names, size_t n, uint32_t i)
{
    return i < n ? names[i] : NULL;
}

static uint32_t index_in(const char *const *names, size_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (names[i] != NULL && strcmp(names[i], name) == 0)
            return i;
    return UINT32_MAX;
}

const char *kt_ftype_name(uint8_t type)
{
    return name_in(ftypes, COUNT(ftypes), type);
}

uint32_t kt_ftype_of(const char *name)
{
    return index_in(ftypes, COUNT(ftypes), name);
}

const char *kt_h2err_name(uint32_t code)
{
    return name_in(h2errs, COUNT(h2errs), code);
}

uint32_t kt_h2err_of(const char *name)
{
    return index_in(h2errs, COUNT(h2errs), name);
}

const char *kt_setting_name(uint16_t id)
{
    return name_in(settings, COUNT(settings), id);
}

uint16_t kt_setting_of(const char *name)
{
    const uint32_t i = index_in(settings, COUNT(settings), name);

    return i == UINT32_MAX ? 0 : (uint16_t)i;
}

const char *kt_grpc_name(uint32_t code)
{
    return name_in(grpcs, COUNT(grpcs), code);
}

uint32_t kt_grpc_of(const char *name)
{
    return index_in(grpcs, COUNT(grpcs), name);
}

/* The first line of a driver, and the last words of one that crashed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "driver/inner.h"
#include <string.h>

static const char *text_of(const json_t *obj, const char *key)
{
    const char *s = json_string_value(json_object_get(obj, key));

    return s ? s : "";
}

static bool has(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *s = json_string_value(json_array_get(names, i));

        if (s != NULL && strcmp(s, name) == 0)
            return true;
    }
    return false;
}

static unsigned bits_of(const json_t *names, const char *const *known)
{
    unsigned bits = 0;

    for (unsigned b = 0; known[b] != NULL; b++)
        if (has(names, known[b]))
            bits |= 1u << b;
    return bits;
}

static const char *read_hello(const struct kt_driver *d, json_t *h,
                              struct kt_hello *ret)
{
    static const char *const roles[] = {"server", "client", NULL};
    static const char *const transports[] = {"http2", "ttheader", "pingpong",
                                             NULL};

    *ret = (struct kt_hello){
        .implementation = text_of(h, "implementation"),
        .version = text_of(h, "version"),
        .language = text_of(h, "language"),
        .roles = bits_of(json_object_get(h, "roles"), roles),
        .transports = bits_of(json_object_get(h, "transports"), transports),
        .capabilities = json_object_get(h, "capabilities"),
        .raw = h,
    };
    if (!json_is_object(h))
        return "its first line is no hello";
    if (json_integer_value(json_object_get(h, "protocol")) != 1)
        return "it speaks another version of the driver protocol than 1";
    if (strcmp(text_of(h, "token"), d->token) != 0)
        return "its token is not the one in KTSPEC_TOKEN";
    if (ret->roles == 0)
        return "its hello names no role: \"client\", \"server\"";
    if (ret->transports == 0)
        return "its hello names no transport: \"http2\", \"ttheader\", "
               "\"pingpong\"";
    return NULL;
}

void kt_drv_hello(struct kt_driver *d, json_t *line)
{
    json_t *h = json_object_get(line, "hello");
    struct kt_hello hello;
    const char *fault = read_hello(d, h, &hello);

    if (fault != NULL) {
        kt_drv_gone(d, KT_BLAME_PROTOCOL, "%s", fault);
        return;
    }
    d->hello_json = json_incref(h);
    d->hello = hello;
    d->state = KT_DRV_READY;
    kt_timer_unset(d->patience);
    kt_drv_flush_early(d);
    d->sink->on(d->sink, d);
}

bool kt_driver_can(const struct kt_driver *d, const char *capability)
{
    return has(d->hello.capabilities, capability);
}

const char *kt_drv_report(const char *stderr_text, char ret[200])
{
    /* In this order: a summary says more than the line before it. */
    static const char *const marks[] = {
        "SUMMARY: ",        /* the sanitizers */
        "runtime error: ",  /* UBSan without a summary */
        "must(",            /* our own */
        "panic: ",          /* Go */
        "fatal error: ",    /* Go's run time */
        "panicked at ",     /* Rust */
        "Assertion failed", /* C */
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(stderr_text, marks[i]);

        if (at == NULL)
            continue;
        while (at > stderr_text && at[-1] != '\n')
            at--;
        snprintf(ret, 200, "%.*s", (int)strcspn(at, "\n"), at);
        return ret;
    }
    return NULL;
}

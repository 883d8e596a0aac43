/* Services and methods named on a command line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/idl_arg.h"
#include "base/near.h"
#include <stdio.h>
#include <string.h>

struct kt_idl *kt_idl_arg(const char *verb, const char *path)
{
    struct kt_err e;
    struct kt_idl *idl = kt_idl_load(path, NULL, 0, &e);

    if (idl == NULL)
        fprintf(stderr, "ktspec %s: %s\n", verb, e.detail);
    else if (kt_idl_services(idl) == 0)
        fprintf(stderr, "ktspec %s: %s has no service\n", verb, path);
    if (idl != NULL && kt_idl_services(idl) > 0)
        return idl;
    kt_idl_free(idl);
    return NULL;
}

const struct kt_service *
kt_service_arg(const char *verb, const struct kt_idl *idl, const char *name)
{
    const size_t n = kt_idl_services(idl);
    const struct kt_service *s;
    struct kt_suggest near;
    char text[64];

    if (name == NULL || name[0] == '\0')
        return kt_idl_service_at(idl,
                                 n - 1); /* Kitex serves the last one, too */
    s = kt_idl_service(idl, name);
    if (s != NULL)
        return s;
    kt_suggest_init(&near, name);
    for (size_t i = 0; i < n; i++)
        kt_suggest_try(&near, kt_idl_service_at(idl, i)->name);
    fprintf(stderr, "ktspec %s: no service '%s'%s\n", verb, name,
            kt_suggest_print(&near, text));
    return NULL;
}

bool kt_method_arg(const char *verb, const struct kt_idl *idl, const char *path,
                   const struct kt_service **ret_service,
                   const struct kt_method **ret_method)
{
    const char *slash = strrchr(path, '/');
    char service[256] = "", text[64];
    struct kt_suggest near;

    if (slash == NULL || (size_t)(slash - path) >= sizeof service) {
        fprintf(stderr, "ktspec %s: '%s' is not Service/Method\n", verb, path);
        return false;
    }
    memcpy(service, path, (size_t)(slash - path));
    *ret_service = kt_service_arg(verb, idl, service);
    if (*ret_service == NULL)
        return false;
    *ret_method = kt_service_method(*ret_service, slash + 1);
    if (*ret_method != NULL)
        return true;
    kt_suggest_init(&near, slash + 1);
    for (size_t i = 0; i < (*ret_service)->nmethods; i++)
        kt_suggest_try(&near, (*ret_service)->methods[i].name);
    fprintf(stderr, "ktspec %s: %s has no method '%s'%s\n", verb,
            (*ret_service)->name, slash + 1, kt_suggest_print(&near, text));
    return false;
}

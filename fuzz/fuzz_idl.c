/* The target is kt_idl_parse: any text gives descriptors that describe, or an
 * error that points into it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "idl/idl.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_buf text = {.limit = 64 << 20};
    struct kt_err e = {.code = KT_E_OK};
    struct kt_idl *idl = kt_idl_parse("f", (const char *)data, size, &e);

    if (idl == NULL) {
        must(e.code != KT_E_OK && e.code != KT_E_NOMEM && e.at <= size);
        must(strncmp(e.detail, "f:", 2) == 0);
        return 0;
    }
    must(kt_idl_describe(idl, &text));
    for (size_t i = 0; i < kt_idl_services(idl); i++) {
        const struct kt_service *s = kt_idl_service_at(idl, i);

        must(kt_idl_service(idl, s->path) != NULL);
        for (size_t k = 0; k < s->nmethods; k++)
            must(s->methods[k].mode == KT_MODE_PINGPONG || s->methods[k].req);
    }
    kt_buf_fini(&text);
    kt_idl_free(idl);
    return 0;
}

/* The target is kt_thrift_to_json with kt_json_to_thrift: what decodes encodes,
 * and means the same when it comes back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "idl/idl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The IDL travels in the program, which a fuzzing service copies elsewhere. */
extern const char idl_begin[], idl_end[];
__asm__(".section .rodata\n"
        ".global idl_begin, idl_end\n"
        "idl_begin: .incbin \"" KT_SOURCE "/interop/idl/conformance.thrift\"\n"
        "idl_end: .previous");

static const struct kt_type *request(void)
{
    static struct kt_idl *idl; /* kept for the whole run */
    struct kt_err e;

    if (idl == NULL)
        idl = kt_idl_parse("conformance.thrift", idl_begin,
                           (size_t)(idl_end - idl_begin), &e);
    must(idl != NULL);
    return kt_idl_type(idl, "Request");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_cur in = kt_cur_of(data, size);
    struct kt_buf once = {.limit = 64 << 20}, twice = {.limit = 64 << 20};
    const struct kt_type *t = request();
    json_t *a = NULL, *b = NULL;
    struct kt_err e = {.code = KT_E_OK};

    if (kt_thrift_to_json(&in, t, &kt_tlimits_default, &a, &e) != KT_DONE) {
        must(in.p == data && e.at <= size && *e.detail);
        return 0;
    }
    must(kt_json_to_thrift(a, t, &once, &e) == KT_DONE);
    struct kt_cur c = kt_buf_view(&once);
    must(kt_thrift_to_json(&c, t, &kt_tlimits_default, &b, &e) == KT_DONE);
    must(kt_cur_left(&c) == 0 && kt_json_equal(a, b, t, NULL));
    must(kt_json_to_thrift(b, t, &twice, &e) == KT_DONE);
    must(kt_cur_eq(kt_buf_view(&once), kt_buf_view(&twice)));
    json_decref(a);
    json_decref(b);
    kt_buf_fini(&once);
    kt_buf_fini(&twice);
    return 0;
}

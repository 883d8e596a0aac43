/* Metadata and metainfo: there and back, wanted against seen.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/meta.h"
#include "pat.h"
#include <criterion/criterion.h>

static struct kt_field grouped(char group, const char *name, const char *value)
{
    struct kt_field f = test_field(name, value);

    f.group = group;
    return f;
}

static struct kt_field absent(char group, const char *name)
{
    return (struct kt_field){
        .name = (char *)(uintptr_t)name, .absent = true, .group = group};
}

static void lists(struct kt_fields *f, json_t **metadata, json_t **metainfo)
{
    struct kt_hlist h;

    kt_hlist_init(&h, 10000, 100);
    kt_hlist_puts(&h, ":path", "/a/b");
    kt_meta_write(f, 'h', &h);
    kt_metainfo_write(f, &h);
    *metadata = kt_meta_seen(&h);
    *metainfo = kt_metainfo_seen(&h);
    kt_hlist_fini(&h);
}

Test(meta, what_is_written_is_seen)
{
    struct kt_field v[] = {grouped('h', "k", "1"), grouped('h', "k", "2"),
                           grouped('h', "x-bin", "\xff\n"),
                           grouped('m', "HELLO_WORLD", "v"),
                           grouped('p', "STAY", "w")};
    struct kt_fields f = {v, sizeof v / sizeof *v};
    json_t *metadata, *metainfo;
    struct kt_buf why = {.limit = 1000};

    lists(&f, &metadata, &metainfo);
    cr_expect(kt_meta_match(&f, metadata, metainfo, &why), "%s",
              kt_buf_cstr(&why));
    cr_expect_str_eq(
        json_string_value(json_object_get(
            json_object_get(metainfo, "transient"), "HELLO_WORLD")),
        "v");
    json_decref(metadata);
    json_decref(metainfo);
    kt_buf_fini(&why);
}

static const struct {
    struct kt_field want;
    bool ok;
} rows[] = {
    {{.name = (char *)(uintptr_t) "k", .value.kind = KT_PAT_PRESENT}, true},
    {{.name = (char *)(uintptr_t) "none", .value.kind = KT_PAT_PRESENT}, false},
    {{.name = (char *)(uintptr_t) "k", .absent = true}, false},
    {{.name = (char *)(uintptr_t) "none", .absent = true}, true},
    {{.name = (char *)(uintptr_t) "STAY",
      .group = 'p',
      .value.kind = KT_PAT_PRESENT},
     true},
    {{.name = (char *)(uintptr_t) "STAY",
      .group = 'm',
      .value.kind = KT_PAT_PRESENT},
     false},
    {{.name = (char *)(uintptr_t) "HELLO", .group = 'm', .absent = true}, true},
};

Test(meta, each_word_is_judged)
{
    struct kt_field v[] = {grouped('h', "k", "1"), grouped('p', "STAY", "w"),
                           absent('m', "HELLO")};
    struct kt_fields f = {v, sizeof v / sizeof *v};
    struct kt_buf why = {.limit = 1000};
    json_t *metadata, *metainfo;

    lists(&f, &metadata, &metainfo);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kt_field one = rows[i].want;

        kt_buf_clear(&why);
        cr_expect_eq(kt_meta_match(&(struct kt_fields){&one, 1}, metadata,
                                   metainfo, &why),
                     rows[i].ok, "row %zu: %s", i, kt_buf_cstr(&why));
    }
    json_decref(metadata);
    json_decref(metainfo);
    kt_buf_fini(&why);
}

Test(meta, open_carries_what_its_line_says)
{
    struct kt_field v[] = {test_field("deadline", "300ms"),
                           grouped('h', "k", "1"), grouped('m', "UP", "v"),
                           grouped('m', "low", "v")};
    const struct kt_fields f = {v, sizeof v / sizeof *v}, none = {0};
    struct kt_buf why = {.limit = 1000};
    struct kt_hlist h;

    kt_hlist_init(&h, 10000, 100);
    kt_hlist_puts(&h, ":path", "/a/b");
    kt_hlist_puts(&h, "k", "1");
    kt_hlist_puts(&h, "rpc-transit-up", "v");
    cr_expect_not(kt_meta_open_ok(&f, "/a/b", &h, &why), "no grpc-timeout");
    kt_hlist_puts(&h, "grpc-timeout", "300000u");
    cr_expect(kt_meta_open_ok(&f, "/a/b", &h, &why),
              "a key in lower case is for the scenario to judge");
    cr_expect_not(kt_meta_open_ok(&f, "/a/c", &h, &why));
    cr_expect_not(kt_meta_open_ok(&none, "/a/b", &h, &why),
                  "a timeout that nobody set");
    v[1] = grouped('h', "k", "2");
    cr_expect_not(kt_meta_open_ok(&f, "/a/b", &h, &why));
    kt_hlist_fini(&h);
    kt_buf_fini(&why);
}

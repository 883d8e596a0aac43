/* The sixty cases that the language must carry, the page, and the catalogue
 * itself. SPDX-License-Identifier: Apache-2.0 */
#include "book.h"
#include "script/words.h"
#include <time.h>

#define EXAMPLES KT_SOURCE "/conformance/script/test/examples"
#define S "server"
#define C "client"
#define SP "server pair"
#define CP "client pair"
#define SCP "server client pair"

/* Cases, the roles of the first, black box, and why some are not run yet. */
static const struct {
    const char *id;
    size_t cases;
    const char *roles;
    bool black_box;
    const char *later; /* of its last case */
} examples[] = {
    {"c01-status-out-of-range", 2, C, 0, NULL},
    {"c02-rst-code-table", 9, C, 0, NULL},
    {"c03-http-status-table", 5, C, 0, NULL},
    {"c04-informational", 2, C, 0, NULL},
    {"c05-late-status", 2, CP, 0, NULL},
    {"c06-goaway-two-step", 1, C, 0, NULL},
    {"c07-goaway-below", 1, C, 0, NULL},
    {"c08-blocked-open", 1, CP, 0, NULL},
    {"c09-cancel-without-recv", 1, CP, 0, NULL},
    {"c10-cancel-deadline-race", 1, C, 0, NULL},
    {"c11-send-against-window", 1, C, 0, NULL},
    {"c12-pool", 1, CP, 0, NULL},
    {"c13-retry-dead", 1, C, 0, "several addresses"},
    {"c14-finish-events", 1, CP, 0, NULL},
    {"c15-hpack-response", 1, C, 0, NULL},
    {"n1-hpack-bad-index", 1, S, 1, NULL},
    {"n2-settings-flood", 1, S, 1, "cost"},
    {"n3-rapid-reset", 1, S, 1, "cost"},
    {"n4-slow-preface", 1, S, 1, NULL},
    {"n5-path-forms", 7, S, 1, NULL},
    {"n6-dead-stream-credit", 1, S, 1, NULL},
    {"n6b-window-update-zero", 1, S, 1, NULL},
    {"n7-pingpong-garbage", 1, S, 1, "transport framed"},
    {"p1-big-both-ways", 1, SCP, 0, NULL},
    {"p2-deadline-both", 1, SCP, 0, NULL},
    {"p3-biz-each-mode", 4, SCP, 0, NULL},
    {"p4-bin-metadata", 1, SCP, 0, NULL},
    {"p5-gzip", 1, SCP, 0, NULL},
    {"p6-stop-under-load", 1, SP, 0, NULL},
    {"p7-cancel-chain", 2, SCP, 0, "transport ttheader"},
    {"p8-unary-pingpong-stream", 1, SCP, 0, "transport ttheader"},
    {"s01-headers-end-stream", 1, S, 1, NULL},
    {"s02-window-negative", 1, S, 1, NULL},
    {"s03-max-concurrent", 1, S, 0, NULL},
    {"s04-reset-reaches-handler", 4, S, 0, NULL},
    {"s05-handler-ignores-deadline", 1, S, 0, NULL},
    {"s06-middleware-panic", 1, SP, 0, "middleware"},
    {"s07-forged-trailers", 1, SCP, 0, NULL},
    {"s08-bin-metadata", 3, SCP, 0, NULL},
    {"s09-accept-encoding", 3, SP, 1, NULL},
    {"s10-control-inside-message", 1, S, 1, NULL},
    {"s11-graceful-stop", 1, S, 0, NULL},
    {"s12-client-trailers", 1, S, 1, NULL},
    {"s13-ttstream", 1, SCP, 0, "transport ttheader"},
    {"s14-unary-error", 2, SCP, 0, NULL},
    {"s15-write-after-return", 1, SP, 0, NULL},
    {"x1-late-reset-code", 4, S, 1, NULL},
    {"x2-unknown-frames", 1, S, 1, NULL},
    {"eof/server-drains-after-half-close", 1, SCP, 0, NULL},
    {"eof/server-ends-first", 1, SCP, 0, NULL},
    {"deadline/client-expires", 1, CP, 0, NULL},
    {"biz/after-messages", 6, SCP, 0, NULL},
    {"flow/send-blocks-without-recv", 1, S, 0, NULL},
    {"h2/continuation-flood", 1, S, 1, "cost"},
    {"message/prefix-cut", 10, S, 1, NULL},
    {"error/compressed-without-encoding", 1, S, 1, NULL},
    {"goaway/graceful", 1, SP, 0, NULL},
    {"meta/lower-case-key", 3, CP, 0, NULL},
    {"header/bad-name-in-request", 1, S, 1, NULL},
    {"middleware/order", 1, CP, 0, "middleware"},
    {"eof/over-both-transports", 2, SCP, 0, "transport ttheader"},
    {"detect/pingpongs-beside-a-stream", 4, SP, 1, "ping-pong"},
    {"pair/deadline", 1, SCP, 0, NULL},
};

static struct kt_catalog *open_dir(const char *dir)
{
    struct kt_catalog *c = kt_catalog_new();
    struct kt_err e;
    bool rules;

    cr_assert(kt_catalog_add_dir(c, dir, &rules, &e), "%s", e.detail);
    kt_catalog_check(c);
    return c;
}

Test(examples, all_sixty_are_clean_and_have_the_roles_that_they_must_have)
{
    struct kt_catalog *c = open_dir(EXAMPLES);
    char *faults = book_faults(c);
    size_t n;
    const struct kt_scn *const *v = kt_catalog_cases(c, &n);

    cr_expect_str_eq(faults, "", "%s", faults);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct kt_scn *first = NULL, *last = NULL;
        size_t cases = 0;

        for (size_t k = 0; k < n; k++)
            if (strcmp(v[k]->base_id, examples[i].id) == 0) {
                first = first ? first : v[k];
                last = v[k];
                cases++;
            }
        cr_assert_not_null(first, "%s", examples[i].id);
        cr_expect_eq(cases, examples[i].cases, "%s: %zu", examples[i].id,
                     cases);
        cr_expect_str_eq(kt_scn_roles_text(first->roles), examples[i].roles,
                         "%s: %s", first->id, kt_scn_roles_text(first->roles));
        cr_expect_eq(first->black_box, examples[i].black_box, "%s", first->id);
        cr_expect_str_eq(last->later ? last->later : "",
                         examples[i].later ? examples[i].later : "", "%s: %s",
                         last->id, last->later ? last->later : "");
    }
    kt_free(faults);
    kt_catalog_free(c);
}

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "re");
    char *text = kt_xalloc(1 << 20);

    cr_assert_not_null(f, "%s", path);
    text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void print_page(struct kt_buf *b)
{
    kt_buf_init(b, 1 << 20);
    kt_words_print_markdown(b);
}

Test(examples, the_committed_page_is_what_the_table_of_words_gives)
{
    char *page = slurp(KT_SOURCE "/docs/scenarios.md");
    struct kt_buf b;

    print_page(&b);
    cr_expect(strcmp(page, kt_buf_cstr(&b)) == 0,
              "docs/scenarios.md is old: ktspec lint --words > it");
    for (size_t i = 0; i < kt_nwords; i++)
        cr_expect(strstr(page, kt_words[i].name) != NULL, "%s",
                  kt_words[i].name);
    kt_buf_fini(&b);
    kt_free(page);
}

/* The page's own examples are those of the folder. */
Test(examples, the_page_holds_fifteen_that_are_linted)
{
    struct kt_catalog *c = open_dir(EXAMPLES);
    struct kt_buf b;
    size_t found = 0;

    print_page(&b);
    const char *p = strstr(kt_buf_cstr(&b), "## 13.");
    cr_assert_not_null(p);
    while ((p = strstr(p, "```\n# ")) != NULL) {
        const char *id = p + 6, *end = strstr(p + 4, "```");
        char *name = kt_xstrndup(id, strcspn(id, "\n"));
        const char *text = kt_catalog_text(c, name);

        cr_assert(end != NULL && text != NULL, "%s", name);
        cr_expect(strlen(text) == (size_t)(end - p) - 4 &&
                      strncmp(text, p + 4, strlen(text)) == 0,
                  "%s differs", name);
        kt_free(name);
        p = end + 4;
        found++;
    }
    cr_expect_eq(found, 15);
    kt_buf_fini(&b);
    kt_catalog_free(c);
}

static bool is_slow(void) /* a checker that slows all down by much */
{
    const char *preload = getenv("LD_PRELOAD");

#ifdef __SANITIZE_ADDRESS__
    return true;
#endif
    return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

Test(examples, the_whole_catalogue_is_clean_and_read_in_100_ms)
{
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        const clock_t start = clock();
        struct kt_catalog *c = open_dir(KT_SOURCE "/scenarios");
        const double ms =
            1000.0 * (double)(clock() - start) / (double)CLOCKS_PER_SEC;
        char *faults = book_faults(c);

        cr_expect_str_eq(faults, "", "%s", faults);
        best = ms < best ? ms : best;
        kt_free(faults);
        kt_catalog_free(c);
        if (is_slow())
            return;
    }
    cr_expect_lt(best, 100.0, "%f ms", best);
}

/* Outcomes: each kind is met by its own got only, and says why not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/outcome.h"
#include "base/alloc.h"
#include "pat.h"
#include <criterion/criterion.h>

static uint32_t code_13 = 13;

/* One of each kind of want, and the got that meets it. */
static struct kt_outcome want(enum kt_out_kind kind)
{
    struct kt_outcome o = {.kind = kind};

    if (kind == KT_OUT_STATUS) {
        o.codes = &code_13;
        o.ncodes = 1;
    }
    if (kind == KT_OUT_BIZ)
        o.biz_code = 7;
    if (kind == KT_OUT_EXCEPTION)
        o.name = (char *)(uintptr_t) "Oops";
    if (kind == KT_OUT_MSG)
        o.msg.kind = KT_MSG_NONE;
    return o;
}

static const struct {
    enum kt_got_kind kind;
    unsigned meets; /* bit (1 << enum kt_out_kind) */
} rows[] = {
    {KT_GOT_OK, 1u << KT_OUT_OK},
    {KT_GOT_MSG, 1u << KT_OUT_OK | 1u << KT_OUT_MSG},
    {KT_GOT_EOF, 1u << KT_OUT_EOF},
    {KT_GOT_ERROR, 1u << KT_OUT_STATUS | 1u << KT_OUT_ERROR},
    {KT_GOT_BIZ, 1u << KT_OUT_BIZ | 1u << KT_OUT_ERROR},
    {KT_GOT_EXCEPTION, 1u << KT_OUT_EXCEPTION | 1u << KT_OUT_ERROR},
    {KT_GOT_UNSUPPORTED, 0},
    {KT_GOT_GONE, 0},
};

static struct kt_got got_of(enum kt_got_kind kind)
{
    struct kt_got g = {.kind = kind};

    if (kind == KT_GOT_MSG)
        g.msg = json_object();
    if (kind == KT_GOT_ERROR) {
        g.has_code = true;
        g.code = 13;
    }
    if (kind == KT_GOT_BIZ)
        g.biz_code = 7;
    if (kind == KT_GOT_EXCEPTION)
        g.text = kt_xstrdup("Oops");
    return g;
}

Test(outcome, each_kind_is_met_by_its_own_only)
{
    const struct kt_shape shape = {0};
    const struct kt_compare how = {.shape = &shape};
    struct kt_buf path = {.limit = 1000};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int k = KT_OUT_OK; k <= KT_OUT_EXCEPTION; k++) {
            struct kt_outcome o = want((enum kt_out_kind)k);
            const struct kt_outcomes all = {&o, 1};
            struct kt_got g = got_of(rows[i].kind);
            const enum kt_reason r = kt_outcome_match(&all, &g, &how, &path);

            cr_expect_eq(r == KT_R_NONE, (rows[i].meets >> k & 1) != 0,
                         "got %d, want %d: %s", (int)rows[i].kind, k,
                         kt_reason_code(r));
            kt_got_fini(&g);
        }
    kt_buf_fini(&path);
}

static enum kt_reason match(struct kt_outcome *o, struct kt_got *g,
                            enum kt_texts texts)
{
    const struct kt_shape shape = {0};
    const struct kt_compare how = {.shape = &shape, .texts = texts};
    const struct kt_outcomes all = {o, 1};
    struct kt_buf path = {.limit = 1000};
    const enum kt_reason r = kt_outcome_match(&all, g, &how, &path);

    kt_buf_fini(&path);
    return r;
}

Test(outcome, codes_are_always_judged_and_texts_only_under_the_profile)
{
    struct kt_outcome o = want(KT_OUT_STATUS);
    struct kt_got g = got_of(KT_GOT_ERROR);

    o.has_text = true;
    o.text = test_lit("boom");
    g.text = kt_xstrdup("boom [biz error]");
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_NONE);
    cr_expect_eq(match(&o, &g, KT_TEXTS_KITEX), KT_R_NONE);
    cr_expect_eq(match(&o, &g, KT_TEXTS_EXACT), KT_R_WRONG_TEXT);
    g.text[0] = 'B';
    cr_expect_eq(match(&o, &g, KT_TEXTS_KITEX), KT_R_WRONG_TEXT);
    g.text[4] = '\0';
    cr_expect_eq(match(&o, &g, KT_TEXTS_KITEX), KT_R_WRONG_TEXT);
    g.code = 2;
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_CODE);
    g.has_code = false;
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_CODE);
    kt_got_fini(&g);
}

Test(outcome, a_biz_status_is_judged_whole)
{
    struct kt_outcome o = want(KT_OUT_BIZ);
    struct kt_got g = got_of(KT_GOT_BIZ);

    o.has_text = true;
    o.text = test_lit("no");
    o.extra = json_pack("{s:s}", "k", "v");
    g.text = kt_xstrdup("no");
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_VALUE,
                 "extra is absent");
    g.extra = json_pack("{s:s}", "k", "w");
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_VALUE);
    json_object_set_new(g.extra, "k", json_string("v"));
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_NONE);
    g.text[0] = 'N';
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_TEXT);
    g.biz_code = 8;
    cr_expect_eq(match(&o, &g, KT_TEXTS_FREE), KT_R_WRONG_CODE);
    json_decref(o.extra);
    kt_got_fini(&g);
}

Test(outcome, nothing_said_means_ok)
{
    const struct kt_shape shape = {0};
    const struct kt_compare how = {.shape = &shape};
    const struct kt_outcomes none = {0};
    struct kt_buf path = {.limit = 1000};
    struct kt_got g = {.kind = KT_GOT_EOF};

    cr_expect_eq(kt_outcome_match(&none, &g, &how, &path), KT_R_WRONG_OUTCOME);
    g.kind = KT_GOT_OK;
    cr_expect_eq(kt_outcome_match(&none, &g, &how, &path), KT_R_NONE);
    kt_buf_fini(&path);
}

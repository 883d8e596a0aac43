/* Claims about baselines: what is refused, what is stale, what an edit keeps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/baseline.h"
#include "base/alloc.h"
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static char *file_of(const char *text)
{
    char *path = kt_xstrdup("/tmp/ktspec-baseline-XXXXXX");
    const int fd = mkstemp(path);

    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return path;
}

static struct kt_baseline *load(const char *text, char **ret_path,
                                struct kt_err *e)
{
    *ret_path = file_of(text);
    return kt_baseline_load(*ret_path, e);
}

static struct kt_result result(struct kt_scn *scn, char *id, enum kt_verdict v,
                               const char *reason)
{
    *scn = (struct kt_scn){.id = id};
    return (struct kt_result){
        .scn = scn, .role = KT_ROLE_SERVER, .verdict = v, .reason = reason};
}

Test(baseline, bad_lines_are_refused_with_their_place)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a/b server\n", ":1: an entry is ID ROLE REASON"},
        {"# c\na/b sever closed\n", ":2: 'sever' is no role"},
        {"a/b server clsed\n", ":1: 'clsed' is no reason code"},
        {"a/b server closed|x\n", ":1: 'x' is no reason code"},
        {"a/b server closed until=tomorrow\n", "is no date"},
        {"a/b server closed ower=x\n", "none of owner="},
        {"a/b server closed\na/b server mismatch\n", ":2: 'a/b' stands twice"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kt_err e = {0};
        char *path;
        struct kt_baseline *b = load(cases[i].text, &path, &e);

        cr_expect_null(b, "%s was accepted", cases[i].text);
        cr_expect(strstr(e.detail, cases[i].want), "%s: got %s", cases[i].text,
                  e.detail);
        unlink(path);
        kt_free(path);
        kt_baseline_free(b);
    }
}

Test(baseline, an_entry_excuses_its_own_reason_only)
{
    struct kt_err e;
    char *path;
    struct kt_baseline *b =
        load("a/b server closed|mismatch  # why\n", &path, &e);
    struct kt_scn scn;
    static const struct {
        char *id;
        enum kt_verdict verdict;
        const char *reason;
        enum kt_expect want;
    } cases[] = {
        {"a/b", KT_FAIL, "closed", KT_EX_KNOWN},
        {"a/b", KT_FAIL, "mismatch", KT_EX_KNOWN},
        {"a/b", KT_FAIL, "close", KT_EX_OTHER},
        {"a/b", KT_PASS, "", KT_EX_PASSES},
        {"a/b", KT_NOT_APPLICABLE, "later", KT_EX_UNSEEN},
        {"a/b", KT_INCONCLUSIVE, "stalled", KT_EX_KNOWN},
        {"a/c", KT_FAIL, "closed", KT_EX_NONE},
    };

    cr_assert_not_null(b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kt_result r =
            result(&scn, cases[i].id, cases[i].verdict, cases[i].reason);
        cr_expect_eq(kt_baseline_of(b, &r), cases[i].want, "case %zu", i);
    }
    kt_baseline_free(b);
    unlink(path);
    kt_free(path);
}

struct seen {
    struct kt_stale_sink base;
    char text[1000];
};

static void on_stale(struct kt_stale_sink *self, const char *text)
{
    struct seen *s = (struct seen *)self;

    strncat(s->text, text, sizeof s->text - strlen(s->text) - 2);
    strcat(s->text, ";");
}

static bool only_a(void *ctx, const char *id, enum kt_role role)
{
    (void)ctx;
    return strcmp(id, "a/b") == 0 && role == KT_ROLE_SERVER;
}

Test(baseline, expired_and_unknown_entries_are_stale)
{
    struct kt_err e;
    char *path;
    struct kt_baseline *b = load("a/b server closed until=2026-01-31\n"
                                 "gone/x server closed\n"
                                 "gone/y client closed\n",
                                 &path, &e);
    struct seen s = {{on_stale}, ""};
    const struct kt_case_view view = {NULL, only_a};

    cr_assert_not_null(b);
    cr_expect_eq(
        kt_baseline_stale(b, KT_ROLE_SERVER, view, "2026-01-31", &s.base), 1);
    cr_expect(strstr(s.text, ":2: gone/x server matches no case"), "%s",
              s.text);
    cr_expect_eq(
        kt_baseline_stale(b, KT_ROLE_SERVER, view, "2026-02-01", &s.base), 2);
    cr_expect(strstr(s.text, ":1: a/b server has expired"), "%s", s.text);
    kt_baseline_free(b);
    unlink(path);
    kt_free(path);
}

Test(baseline, an_update_keeps_comments_and_order)
{
    struct kt_err e;
    char *path;
    struct kt_baseline *b = load("# head\n\n"
                                 "a/b server closed owner=me  # why\n"
                                 "a/c server mismatch\n",
                                 &path, &e);
    struct kt_scn scn[3];
    struct kt_result r[3] = {
        result(&scn[0], "a/b", KT_FAIL, "too-late"),
        result(&scn[1], "a/c", KT_PASS, ""),
        result(&scn[2], "a/d", KT_SUT_HANG, "held"),
    };
    char got[300] = "";

    cr_assert_not_null(b);
    cr_assert_eq(kt_baseline_update(b, r, 3), 3);
    cr_assert_eq(kt_baseline_update(b, r, 3), 0);
    cr_assert_eq(kt_baseline_save(b, &e), KT_DONE);
    FILE *f = fopen(path, "r");
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    fclose(f);
    cr_assert_str_eq(got, "# head\n\na/b server too-late owner=me  # why\n"
                          "a/d server held  # explain me\n");
    kt_baseline_free(b);
    unlink(path);
    kt_free(path);
}

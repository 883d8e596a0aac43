/* Implied arrows: claimed in order, refused when wrong, missed when absent.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/ledger.h"
#include "script.h"
#include <criterion/criterion.h>

#define MSG(n, hex)                                                            \
    "< message stream=1 compressed=0 length=" n " payload=hex:" hex

static struct kt_line send_a = {.text = (char *)(uintptr_t) "server send A",
                                .app = {.side = KT_SERVER, .verb = KT_V_SEND}};
static struct kt_line send_b = {.text = (char *)(uintptr_t) "server send B",
                                .app = {.side = KT_SERVER, .verb = KT_V_SEND}};
static struct kt_line ret_ok = {
    .text = (char *)(uintptr_t) "server return ok",
    .app = {.side = KT_SERVER, .verb = KT_V_RETURN}};
static uint8_t one[] = {0}, two[] = {0, 0};
static const struct kt_msg msg_a = {
    .kind = KT_MSG_BYTES, .bytes = one, .n = sizeof one};
static const struct kt_msg msg_b = {
    .kind = KT_MSG_BYTES, .bytes = two, .n = sizeof two};

static void sends(struct kt_ledger *l)
{
    kt_ledger_put(l, KT_EV_MESSAGE, &send_a)->msg = &msg_a;
    kt_ledger_put(l, KT_EV_MESSAGE, &send_b)->msg = &msg_b;
    kt_ledger_put(l, KT_EV_TRAILERS, &ret_ok);
}

static enum kt_reason claim(const char *const *lines, bool settled,
                            const char **ret_missing)
{
    const struct kt_shape shape = {0};
    const struct kt_ledger_how how = {.shape = &shape};
    struct kt_ledger l = {0};
    struct kt_tape t = {0};
    struct kt_ledger_fault f;

    sends(&l);
    test_tape(&t, lines, false);
    if (settled) {
        kt_ledger_settle(&l, &send_a, true);
        kt_ledger_settle(&l, &send_b, true);
        kt_ledger_settle(&l, &ret_ok, true);
    }
    kt_ledger_claim(&l, &t, &how, &f);
    const enum kt_reason r = f.reason;
    const struct kt_due *d = kt_ledger_missing(&l);

    *ret_missing = d ? d->by->text : "";
    kt_buf_fini(&f.got);
    kt_ledger_fini(&l);
    test_tape_fini(&t);
    return r;
}

static const struct {
    const char *name;
    const char *lines[5];
    bool settled;
    enum kt_reason reason;
    const char *missing;
} rows[] = {
    {"all there",
     {MSG("1", "00"), MSG("2", "0000"), "< trailers stream=1 grpc-status=0"},
     true,
     KT_R_NONE,
     ""},
    {"in another order",
     {MSG("2", "0000"), MSG("1", "00")},
     true,
     KT_R_WRONG_MESSAGE,
     "server send B"},
    {"the second lost",
     {MSG("1", "00"), "< trailers stream=1 grpc-status=0"},
     true,
     KT_R_NONE,
     "server send B"},
    {"another status",
     {MSG("1", "00"), MSG("2", "0000"), "< trailers stream=1 grpc-status=1"},
     true,
     KT_R_MISMATCH,
     ""},
    {"nothing, and the steps have not answered", {NULL}, false, KT_R_NONE, ""},
    {"nothing", {NULL}, true, KT_R_NONE, "server send A"},
    {"an unfinished message is not claimed",
     {MSG("1", "00"), MSG("2", "00")},
     true,
     KT_R_NONE,
     "server send B"},
};

Test(ledger, dues_are_claimed_in_order)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *missing = "";
        const enum kt_reason r =
            claim(rows[i].lines, rows[i].settled, &missing);

        cr_expect_eq(r, rows[i].reason, "%s: %s", rows[i].name,
                     kt_reason_code(r));
        cr_expect_str_eq(missing, rows[i].missing, "%s: missing \"%s\"",
                         rows[i].name, missing);
    }
}

Test(ledger, a_step_that_failed_implies_nothing)
{
    const struct kt_shape shape = {0};
    const struct kt_ledger_how how = {.shape = &shape};
    const char *const lines[] = {MSG("1", "00"), NULL};
    struct kt_ledger l = {0};
    struct kt_tape t = {0};
    struct kt_ledger_fault f;

    kt_ledger_put(&l, KT_EV_MESSAGE, &send_a)->msg = &msg_a;
    kt_ledger_settle(&l, &send_a, false);
    test_tape(&t, lines, false);
    cr_expect(kt_ledger_claim(&l, &t, &how, &f));
    cr_expect_eq(t.v[0].marks, 0u, "a whole message that nothing accounts for");
    cr_expect_null(kt_ledger_missing(&l));
    kt_buf_fini(&f.got);
    kt_ledger_fini(&l);
    test_tape_fini(&t);
}

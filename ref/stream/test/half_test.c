/* The tables of both halves against grammars, word by word.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "stream/recv.h"
#include "stream/send.h"
#include <criterion/criterion.h>
#include <regex.h>
#include <string.h>

enum { LONGEST = 5 };

/* Is every prefix of the word allowed, as the machine says? */
typedef bool machine(int side, const char *word, const char *letters);

static bool recv_takes(int side, const char *word, const char *letters)
{
    struct kt_recv_half r;
    struct kt_err e;

    kt_recv_half_init(&r, (enum kt_rside)side);
    for (; *word; word++) {
        const enum kt_rstate before = r.state;
        const enum kt_revent ev =
            (enum kt_revent)(strchr(letters, *word) - letters);

        if (kt_recv_half_on(&r, ev, &e) == KT_DONE)
            continue;
        cr_assert(e.code == KT_E_ORDER && r.state == before);
        return false;
    }
    return true;
}

static bool send_takes(int side, const char *word, const char *letters)
{
    struct kt_send_half s;
    struct kt_err e;

    kt_send_half_init(&s, (enum kt_sside)side);
    for (; *word; word++) {
        const enum kt_sevent ev =
            (enum kt_sevent)(strchr(letters, *word) - letters);
        const bool may = kt_send_half_may(&s, ev);

        cr_assert(may == (kt_send_half_on(&s, ev, &e) == KT_DONE));
        if (!may)
            return false;
    }
    return true;
}

/* Every word up to LONGEST; returns how many the grammar accepts. */
static size_t try_all(machine *m, int side, const char *letters,
                      const char *grammar)
{
    const size_t base = strlen(letters);
    size_t accepted = 0;
    regex_t re;

    must(regcomp(&re, grammar, REG_EXTENDED | REG_NOSUB) == 0);
    for (size_t len = 0, count = 1; len <= LONGEST; len++, count *= base)
        for (size_t n = 0; n < count; n++) {
            char word[LONGEST + 1] = "";
            size_t rest = n;

            for (size_t i = 0; i < len; i++, rest /= base)
                word[i] = letters[rest % base];
            const bool want = regexec(&re, word, 0, NULL, 0) == 0;

            accepted += want;
            cr_expect_eq(m(side, word, letters), want, "side %d, word '%s'",
                         side, word);
        }
    regfree(&re);
    return accepted;
}

/* I info, H headers, D data, E end, T trailers, X reset. */
Test(half, receiving_is_the_grammar)
{
    cr_assert_gt(
        try_all(recv_takes, KT_R_REQUEST, "IHDETX", "^(HD*[ET]?)?(X.*)?$"),
        1000);
    cr_assert_gt(try_all(recv_takes, KT_R_RESPONSE, "IHDETX",
                         "^I*(HD*)?(X.*)?$|^I*(HD*[ET]|T)X*$"),
                 1000);
}

/* H headers, M message, E end, T trailers, X reset. */
Test(half, sending_is_the_grammar)
{
    cr_assert_gt(try_all(send_takes, KT_S_REQUEST, "HMETX", "^(HM*E?)?X*$"),
                 10);
    cr_assert_gt(try_all(send_takes, KT_S_RESPONSE, "HMETX", "^(HM*T?|T)?X*$"),
                 10);
}

/* Window accounting between a SETTINGS frame and its ack.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/flow.h"
#include <criterion/criterion.h>

static struct kt_cur setting(uint8_t body[6], uint16_t id, uint32_t value)
{
    kt_poke_u16(body, id);
    kt_poke_u32(body + 2, value);
    return kt_cur_of(body, 6);
}

Test(flow, the_larger_value_counts_until_the_ack)
{
    struct kt_settings_line l;
    uint8_t body[6];

    kt_settings_line_init(&l);
    kt_settings_line_put(&l, setting(body, KT_SET_INITIAL_WINDOW, 10));
    cr_expect_eq(kt_settings_initial(&l), 65535u);
    kt_settings_line_put(&l, setting(body, KT_SET_INITIAL_WINDOW, 100000));
    cr_expect_eq(kt_settings_initial(&l), 100000u);
    cr_expect(kt_settings_line_ack(&l));
    cr_expect_eq(kt_settings_initial(&l), 100000u);
    cr_expect(kt_settings_line_ack(&l));
    cr_expect_eq(kt_settings_initial(&l), 100000u);
    kt_settings_line_put(&l, setting(body, KT_SET_MAX_FRAME, 20000));
    cr_expect_eq(kt_settings_max_frame(&l), 20000u);
    cr_expect(kt_settings_line_ack(&l));
    cr_expect_not(kt_settings_line_ack(&l), "no ack is owed any more");
}

Test(flow, a_flood_of_settings_still_owes_every_ack)
{
    struct kt_settings_line l;
    uint8_t body[6];

    kt_settings_line_init(&l);
    for (uint32_t i = 0; i < 1000; i++)
        kt_settings_line_put(&l, setting(body, KT_SET_INITIAL_WINDOW, i));
    for (uint32_t i = 0; i < 1000; i++)
        cr_expect(kt_settings_line_ack(&l));
    cr_expect_not(kt_settings_line_ack(&l));
    cr_expect_eq(kt_settings_initial(&l), 999u);
}

Test(flow, room_may_be_negative)
{
    const struct kt_flow f = {.given = 5, .used = 20};

    cr_expect_eq(kt_flow_room(&f, 10), -5);
    cr_expect_eq(kt_flow_room(&f, 65535), 65520);
}

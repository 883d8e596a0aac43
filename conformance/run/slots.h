/* Server slots: listening servers of the SUT, kept and reused per service and
 * settings. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/case.h"

enum kt_slot_state { KT_SLOT_ASKED, KT_SLOT_READY, KT_SLOT_REFUSED };

struct kt_slot {
    struct kt_slot *next;
    struct kt_run *run;
    struct kt_asker asker;
    enum kt_slot_state state;
    char name[24];
    char *key;             /* service and settings */
    char *address;         /* READY */
    struct kt_got refusal; /* REFUSED */
    unsigned generation;   /* of the driver it lives in */
    struct kt_case *user;  /* one case at a time */
};

/* A slot for the case's service and the SUT's settings; asks for a new one when
 * none is free. The case is touched when it is READY or REFUSED. */
struct kt_slot *kt_slot_take(struct kt_case *c);
/* Give it back; one that may be in disorder is closed for good. */
void kt_slot_release(struct kt_slot *s, bool clean);
void kt_slots_free(struct kt_run *run);

/* The settings of a side as the protocol's "settings" object; NULL when there
 * is none that is meant for a driver. */
json_t *kt_settings_request(const struct kt_scn *scn, enum kt_side side);
/* Settings that are the judge's by their nature (language section 4). */
bool kt_setting_is_judges(const char *name);
/* A number with its unit resolved; false when the setting is not there. */
bool kt_setting_number(const struct kt_scn *scn, enum kt_side side,
                       const char *name, uint64_t *ret);
/* "no" */
bool kt_setting_off(const struct kt_scn *scn, enum kt_side side,
                    const char *name);

/* What can be played today.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/played.h"
#include "bin/refdriver.h"
#include "run/slots.h"
#include <string.h>

static bool ref_can(const char *cap)
{
    for (size_t i = 0; i < kt_refdriver_ncaps; i++)
        if (strcmp(kt_refdriver_caps[i], cap) == 0)
            return true;
    return false;
}

static const char *missing(const struct kt_scn *scn, enum kt_side side)
{
    const struct kt_fields *f = &scn->settings[side];

    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, "transport") != 0 &&
            !kt_setting_is_judges(f->v[i].name) && !ref_can(f->v[i].name))
            return f->v[i].name;
    return NULL;
}

/* What the reference cannot do, nobody has played. */
const char *kt_played_waits(void *ctx, const struct kt_scn *scn,
                            enum kt_role role)
{
    const char *cap = NULL;

    (void)ctx;
    if (scn->later != NULL)
        return scn->later;
    for (size_t i = 0; i < scn->nneeds; i++)
        if (!ref_can(scn->needs[i]))
            return scn->needs[i];
    if (role != KT_ROLE_CLIENT)
        cap = missing(scn, KT_SERVER);
    if (role != KT_ROLE_SERVER && cap == NULL)
        cap = missing(scn, KT_CLIENT);
    return cap;
}

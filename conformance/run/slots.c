/* Server slots. SPDX-License-Identifier: Apache-2.0 */
#include "run/slots.h"
#include "base/alloc.h"
#include "check/answer.h"
#include "run/inner.h"
#include <stdlib.h>
#include <string.h>

bool kt_setting_is_judges(const char *name)
{
    static const char *const names[] = {"preface", "settings-ack", "ping-ack",
                                        "window-updates"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_list(const char *name)
{
    return strstr(name, "middleware") != NULL;
}

/* "outer,inner" as an array. */
static json_t *list_of(const char *text)
{
    json_t *all = json_array();

    while (*text) {
        const size_t n = strcspn(text, ",");

        json_array_append_new(all, json_stringn(text, n));
        text += n + (text[n] == ',');
    }
    return all;
}

static json_t *value_of(const struct kt_field *f)
{
    const struct kt_pat *p = &f->value;
    char *end = NULL;

    if (p->kind == KT_PAT_RANGE)
        return json_integer((json_int_t)p->lo);
    if (p->kind != KT_PAT_LIT)
        return json_string("");
    if (is_list(f->name))
        return list_of(p->text);
    const long long v = strtoll(p->text, &end, 10);
    return *p->text && !*end ? json_integer(v) : json_string(p->text);
}

json_t *kt_settings_request(const struct kt_scn *scn, enum kt_side side)
{
    const struct kt_fields *f = &scn->settings[side];
    json_t *o = NULL;

    for (size_t i = 0; i < f->n; i++) {
        if (kt_setting_is_judges(f->v[i].name))
            continue;
        if (!o)
            o = json_object();
        json_object_set_new(o, f->v[i].name, value_of(&f->v[i]));
    }
    return o;
}

bool kt_setting_number(const struct kt_scn *scn, enum kt_side side,
                       const char *name, uint64_t *ret)
{
    const struct kt_field *f = kt_fields_get(&scn->settings[side], name);

    if (!f)
        return false;
    if (f->value.kind == KT_PAT_RANGE)
        *ret = f->value.lo;
    else if (f->value.kind == KT_PAT_LIT)
        *ret = strtoull(f->value.text, NULL, 10);
    else
        return false;
    return true;
}

bool kt_setting_off(const struct kt_scn *scn, enum kt_side side,
                    const char *name)
{
    const struct kt_field *f = kt_fields_get(&scn->settings[side], name);

    return f && f->value.kind == KT_PAT_LIT && strcmp(f->value.text, "no") == 0;
}

static void on_listen(struct kt_asker *self, uint64_t id,
                      const struct kt_answer *a)
{
    struct kt_slot *s = kt_container_of(self, struct kt_slot, asker);
    const char *address =
        a->kind == KT_ANS_OK
            ? json_string_value(json_object_get(a->body, "address"))
            : NULL;

    (void)id;
    if (s->state != KT_SLOT_ASKED)
        return;
    s->state = address ? KT_SLOT_READY : KT_SLOT_REFUSED;
    if (address)
        s->address = kt_xstrdup(address);
    else
        kt_got_of_answer(&s->refusal, a, false, 0);
    if (s->user)
        kt_case_touch(s->user);
}

static char *key_of(const struct kt_case *c, json_t *settings)
{
    char *text =
        settings ? json_dumps(settings, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    char *key = kt_xasprintf("%s %s", c->scn->service, text ? text : "");

    free(text); /* jansson's own */
    return key;
}

static struct kt_slot *slot_new(struct kt_case *c, char *key, json_t *settings)
{
    struct kt_run *run = c->run;
    struct kt_sut *sut = &run->sut[KT_SERVER];
    struct kt_slot *s = kt_xalloc(sizeof *s);
    json_t *req;

    *s = (struct kt_slot){
        .next = run->slots,
        .run = run,
        .asker.on = on_listen,
        .key = key,
        .generation = sut->generation,
        .user = c,
    };
    snprintf(s->name, sizeof s->name, "s%u", ++run->slot_count);
    run->slots = s;
    req = json_pack("{s:s,s:s,s:s}", "op", "listen", "slot", s->name, "service",
                    c->scn->service);
    if (settings)
        json_object_set(req, "settings", settings);
    kt_driver_ask(sut->driver, req, &s->asker);
    return s;
}

struct kt_slot *kt_slot_take(struct kt_case *c)
{
    json_t *settings = kt_settings_request(c->scn, KT_SERVER);
    char *key = key_of(c, settings);
    struct kt_slot *s = c->run->slots;

    while (s && (s->user || s->state != KT_SLOT_READY ||
                 s->generation != c->run->sut[KT_SERVER].generation ||
                 c->scn->isolated || strcmp(s->key, key) != 0))
        s = s->next;
    if (s) {
        kt_free(key);
        s->user = c;
    } else {
        s = slot_new(c, key, settings);
    }
    json_decref(settings);
    return s;
}

static void slot_free(struct kt_slot *s)
{
    struct kt_slot **at = &s->run->slots;
    struct kt_sut *sut = &s->run->sut[KT_SERVER];

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    if (sut->driver)
        kt_driver_forget(sut->driver, &s->asker);
    kt_got_fini(&s->refusal);
    kt_free(s->key);
    kt_free(s->address);
    kt_free(s);
}

void kt_slot_release(struct kt_slot *s, bool clean)
{
    struct kt_sut *sut = &s->run->sut[KT_SERVER];

    s->user = NULL;
    if (clean && s->state == KT_SLOT_READY && s->generation == sut->generation)
        return;
    if (sut->state == KT_SUT_READY && s->generation == sut->generation)
        kt_driver_ask(sut->driver,
                      json_pack("{s:s,s:s}", "op", "unlisten", "slot", s->name),
                      &s->run->nobody);
    slot_free(s);
}

void kt_slots_free(struct kt_run *run)
{
    while (run->slots)
        slot_free(run->slots);
}

/* Faults in turns of the driver protocol: what an application is told, and what
 * becomes of what it asks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "selftest/faults.h"
#include <string.h>

static bool is_turn(const struct kt_turn *t, const struct kt_mutant *m)
{
    return strcmp(t->op, m->name1) == 0 && (m->order != 2 || t->nth == m->n);
}

void kt_fault_ask(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *anew;

    if (t->answer != NULL || !is_turn(t, m) ||
        json_object_get(t->request, m->path) == NULL)
        return;
    anew = json_loads(m->value, 0, NULL);
    must(anew != NULL);
    json_object_del(t->request, m->path);
    json_object_update(t->request, anew);
    json_decref(anew);
}

void kt_fault_ask_code(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *status = json_object_get(t->request, "status");

    if (t->answer == NULL && is_turn(t, m) &&
        json_integer_value(json_object_get(status, "code")) == (json_int_t)m->n)
        json_object_set_new(status, "code", json_integer((json_int_t)m->n2));
}

void kt_fault_silent_if(struct kt_turn *t, const struct kt_mutant *m)
{
    if (t->answer != NULL && is_turn(t, m) &&
        json_object_get(t->answer, m->path) != NULL)
        t->silent = true;
}

/* A Recv that waits takes the answer of the Send beside it. */
void kt_fault_send_waits(struct kt_turn *t, const struct kt_mutant *m)
{
    (void)m;
    if (strcmp(t->op, "recv") == 0)
        json_object_set_new(t->memory, "waits", json_boolean(!t->answer));
    else if (strcmp(t->op, "send") == 0 && t->answer != NULL &&
             json_is_true(json_object_get(t->memory, "waits")))
        t->silent = true;
}

void kt_fault_add_meta(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *ok = t->answer ? json_object_get(t->answer, "ok") : NULL;
    json_t *info = json_object_get(ok, "metainfo");

    if (is_turn(t, m) && info != NULL)
        json_object_set_new(json_object_get(info, "transient"), m->path,
                            json_string(m->value));
}

/* Integers cut to 32 bits, as a JSON library with small numbers does. */
void kt_fault_narrow(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *ok = t->answer ? json_object_get(t->answer, "ok") : NULL;
    json_t *message = json_object_get(ok, "message");
    json_t *json = json_object_get(message, "json");
    const char *key;
    json_t *value;

    if (!is_turn(t, m) || json == NULL)
        return;
    json_object_foreach(json, key, value) if (json_is_integer(value))
        json_integer_set(value, (int32_t)json_integer_value(value));
    json_object_del(message, "hex");
}

static bool is_event(const json_t *event, const char *name)
{
    const char *s = json_string_value(json_array_get(event, 0));

    return s != NULL && strcmp(s, name) == 0;
}

static json_t *events_of(const struct kt_turn *t)
{
    json_t *ok = t->answer ? json_object_get(t->answer, "ok") : NULL;

    return json_object_get(ok, "events");
}

void kt_fault_event_lost(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *all = events_of(t);

    for (size_t i = json_array_size(all); i > 0; i--)
        if (is_event(json_array_get(all, i - 1), m->value))
            json_array_remove(all, i - 1);
}

void kt_fault_event_twice(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *all = events_of(t);

    for (size_t i = json_array_size(all); i > 0; i--)
        if (is_event(json_array_get(all, i - 1), m->value))
            json_array_insert(all, i, json_array_get(all, i - 1));
}

void kt_fault_event_last(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *all = events_of(t), *event = json_array_get(all, 0);

    if (!is_event(event, m->value))
        return;
    json_array_append(all, event);
    json_array_remove(all, 0);
}

void kt_fault_event_field(struct kt_turn *t, const struct kt_mutant *m)
{
    json_t *all = events_of(t);

    for (size_t i = 0; i < json_array_size(all); i++)
        if (is_event(json_array_get(all, i), m->value))
            json_object_set_new(json_array_get(json_array_get(all, i), 1),
                                m->path, json_string(m->value2));
}

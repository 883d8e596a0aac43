/* Driver command lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/command.h"
#include "base/alloc.h"
#include <stddef.h>
#include <string.h>

static void push(struct kt_command *c, size_t *n, const char *word, size_t len)
{
    c->own = kt_xrealloc(c->own, (*n + 2) * sizeof *c->own);
    c->own[(*n)++] = kt_xstrndup(word, len);
    c->own[*n] = NULL;
}

void kt_command_init(struct kt_command *c, const char *text, char **argv)
{
    size_t n = 0;

    *c = (struct kt_command){.argv = argv};
    if (text == NULL)
        return;
    if (strcmp(text, "ref") == 0)
        text = "/proc/self/exe driver";
    while (*text != '\0') {
        const size_t blank = strspn(text, " \t"),
                     len = strcspn(text + blank, " \t");

        if (len > 0)
            push(c, &n, text + blank, len);
        text += blank + len;
    }
    c->argv = c->own;
}

void kt_command_fini(struct kt_command *c)
{
    for (char **w = c->own; w != NULL && *w != NULL; w++)
        kt_free(*w);
    kt_free(c->own);
    *c = (struct kt_command){0};
}

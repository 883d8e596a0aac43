/* A driver's command line as an argument vector.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct kt_command {
    char **argv; /* NULL-ended; NULL: none */
    char **own;  /* what fini frees */
};

/* text: words separated by blanks, or "ref": this binary's own reference
 * driver; NULL: argv as it is, which may be NULL. */
void kt_command_init(struct kt_command *c, const char *text, char **argv);
void kt_command_fini(struct kt_command *c);

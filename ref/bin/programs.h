/* The programs of the reference, as verbs of the one binary: argv with the verb
 * at [0]; returns an exit status. SPDX-License-Identifier: Apache-2.0 */
#pragma once

int kt_cmd_serve(char **argv);
int kt_cmd_call(char **argv);
int kt_cmd_driver(char **argv);

/* Bytes between a connection of a case and the world.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "run/chan.h"

/* The judge's end: what comes is fed to the endpoint. */
void kt_socket_judge(struct kt_socket *s, struct kt_chan *ch);
/* An end of the proxy: what comes is watched and goes on to the other end. */
void kt_socket_proxy(struct kt_socket *s, struct kt_chan *ch);
void kt_socket_close(struct kt_socket *s);
/* Nobody hears of it any more. */
void kt_socket_drop(struct kt_socket *s);

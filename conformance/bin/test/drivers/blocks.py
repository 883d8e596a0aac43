#!/usr/bin/env python3
"""Broken: a recv that waits holds up every request behind it.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Blocking(toy.Toy):
    def take_stream(self, r, op):
        st = self.find(r)
        if op == "recv" and st is not None:
            self.do(r, lambda r: self.on_recv(st, r))()
        else:
            super().take_stream(r, op)


Blocking().run()

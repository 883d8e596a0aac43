#!/usr/bin/env python3
"""Broken: an op or a stream that it does not know is not answered.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Mute(toy.Toy):
    def take_stream(self, r, op):
        if self.find(r) is not None:
            super().take_stream(r, op)


Mute().run()

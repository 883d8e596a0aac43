#!/usr/bin/env python3
"""Broken: reset counts what is held, and lets nothing go.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Keeping(toy.Toy):
    def release(self, r, case, streams):
        pass


Keeping().run()

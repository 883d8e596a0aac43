#!/usr/bin/env python3
"""Broken: a request without its fields ends the process.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Crashing(toy.Toy):
    def take(self, r):
        r["case" if r["op"] not in ("listen", "unlisten", "stop") else "slot"]
        super().take(r)


Crashing().run()

#!/usr/bin/env python3
"""Broken: streams are known by their name only, not by their case.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Mixing(toy.Toy):
    last_case = None

    def key(self, r):
        return (r.get("side"), r.get("stream"))

    def new_stream(self, r, server):
        super().new_stream(r, server)
        self.last_case = self.cases[r.get("case")]

    def find(self, r):
        return self.last_case and self.last_case["streams"].get(self.key(r))


Mixing().run()

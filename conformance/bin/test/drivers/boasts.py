#!/usr/bin/env python3
"""Broken: it declares what it then refuses.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Boasting(toy.Toy):
    capabilities = toy.Toy.capabilities + ["max-frame"]

    def listen(self, r):
        return {"unsupported": "no settings"} if "settings" in r else super().listen(r)


Boasting().run()

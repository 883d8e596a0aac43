#!/usr/bin/env python3
"""Broken: reset says that nothing was held, whatever was.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Lying(toy.Toy):
    def reset(self, r):
        super().reset(r)
        return {"ok": {"streams": 0, "handlers": 0, "requests": 0}}


Lying().run()

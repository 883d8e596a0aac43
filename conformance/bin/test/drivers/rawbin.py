#!/usr/bin/env python3
"""Broken: the value of a -bin name is given as text, not as base64.
SPDX-License-Identifier: Apache-2.0
"""
import base64
import toy


class Raw(toy.Toy):
    def accepted(self, st, f):
        f["md"] = [[k, base64.b64decode(v).decode("latin-1") if k.endswith("-bin") else v] for k, v in f["md"]]
        return super().accepted(st, f)


Raw().run()

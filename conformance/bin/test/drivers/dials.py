#!/usr/bin/env python3
"""Broken: each stream gets a connection of its own, whatever its name.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Dialling(toy.Toy):
    def connection_name(self, r):
        return r["stream"]


Dialling().run()

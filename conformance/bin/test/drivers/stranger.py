#!/usr/bin/env python3
"""Broken: its token is not the one that it was given.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Stranger(toy.Toy):
    def hello(self):
        return dict(super().hello(), token="guessed")


Stranger().run()

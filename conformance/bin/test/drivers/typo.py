#!/usr/bin/env python3
"""Broken: hello has a capability that nobody knows.
SPDX-License-Identifier: Apache-2.0
"""
import toy


class Typo(toy.Toy):
    capabilities = ["unnary", "stop"]


Typo().run()

#!/usr/bin/env python3
"""Broken: it lives on when the control connection has ended.
SPDX-License-Identifier: Apache-2.0
"""
import threading
import toy


class Lingering(toy.Toy):
    def leave(self):
        threading.Event().wait()


Lingering().run()

#!/usr/bin/env python3
"""Broken: of two sends that wait, the later one runs first.
SPDX-License-Identifier: Apache-2.0
"""
import queue
import toy


class Swapping(toy.Queue):
    def work(self):
        while True:
            first = self.jobs.get()
            try:
                self.jobs.get(timeout=0.05)()
            except queue.Empty:
                pass
            first()


class Stream(toy.Stream):
    def __init__(self, server):
        super().__init__(server)
        self.sends = Swapping()


toy.Stream = Stream
toy.Toy().run()

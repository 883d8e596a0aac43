#!/usr/bin/env python3
"""Broken: what is outstanding when a handler returns is never answered.
SPDX-License-Identifier: Apache-2.0
"""
import threading
import toy


class Forgetting(toy.Toy):
    def on_recv(self, st, r):
        st.wait(lambda: st.inbox or st.half or st.end or st.returned)
        if st.server and not (st.inbox or st.half or st.end):
            threading.Event().wait()
        return super().on_recv(st, r)


Forgetting().run()

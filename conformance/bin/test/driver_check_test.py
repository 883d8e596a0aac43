#!/usr/bin/env python3
"""Claims about driver-check: it passes a driver that keeps the contract, and finds the broken sentence in each that does not.

    driver_check_test.py KTSPEC [DRIVER…]
SPDX-License-Identifier: Apache-2.0
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# driver: the check that must fail, and what must be said about it
BROKEN = {
    "reorders": ("order", "m-1"),
    "blocks": ("recv-blocks", "no answer in"),
    "forgets": ("return-beside-recv", "no answer in"),
    "lies": ("reset-held", "streams above 0, handlers above 0, requests above 0"),
    "keeps": ("reset-held", "no answer in"),
    "mute": ("unknown-*", "no answer in"),
    "crashes": ("missing-fields", "exited with status 1"),
    "lingers": ("exit", "killed by SIGTERM after 2"),
    "rawbin": ("metadata-bin", "ktspec-k-bin"),
    "typo": ("hello", 'did you mean "unary"?'),
    "boasts": ("setting-max-frame", "unsupported: no settings"),
    "dials": ("connection-names", "2 to 1 names"),
    "mixes": ("two-cases", "got"),
}
faults = []


def check(ktspec, *args):
    p = subprocess.run([ktspec, "driver-check", *args], capture_output=True, text=True, timeout=240, check=False)
    return p.returncode, p.stdout + p.stderr


def claim(true, what, output):
    if not true:
        faults.append(what)
        print("---- %s\n%s" % (what, output))


def lines(output, word):
    return [line.split()[1] for line in output.splitlines() if line.startswith(word)]


def good(ktspec):
    rc, out = check(ktspec, "--", sys.executable, HERE + "/drivers/toy.py")
    claim(rc == 0 and not lines(out, "FAIL"), "the toy keeps the contract: exit %d" % rc, out)
    claim(len(lines(out, "ok")) >= 50, "at least 50 checks are made of it", out)
    for role, must, never in (("server", "listen", "open-refused"), ("client", "open-refused", "listen")):
        rc, out = check(ktspec, "--role", role, "--", sys.executable, HERE + "/drivers/toy.py")
        claim(rc == 0, "--role %s passes" % role, out)
        claim(must in lines(out, "ok") and never in lines(out, "skip") and "bidi-1" in lines(out, "skip"),
              "--role %s: what needs the other side is skipped" % role, out)


def broken(ktspec, name):
    want, text = BROKEN[name]
    driver = [sys.executable, "%s/drivers/%s.py" % (HERE, name)]
    rc, out = check(ktspec, "--patience", "1500ms", "bidi-1", want, "--", *driver)
    claim(rc == 1, "%s: exit %d, not 1" % (name, rc), out)
    failed = lines(out, "FAIL")
    claim(failed and all(f.startswith(want.rstrip("*")) for f in failed), "%s: failed %s, not %s" % (name, failed, want), out)
    claim("bidi-1" in lines(out, "ok"), "%s is sound apart from that" % name, out)
    claim(text in out, "%s: the report has no '%s'" % (name, text), out)


def ends(ktspec):
    for args, status, text in (
            (["--", HERE + "/no-such-driver"], 3, "no such file"),
            (["--", HERE + "/drivers"], 3, "did not start"),
            (["--", "/bin/true"], 3, "exited with status 0 before its hello"),
            (["--patience", "100ms", "--", "/bin/sleep", "5"], 3, "did not connect"),
            (["--", sys.executable, HERE + "/drivers/stranger.py"], 1, "token"),
            ([], 2, "name one driver"),
            (["bidi-9", "--", "/bin/true"], 2, "no check 'bidi-9'"),
            (["--role", "judge", "--", "/bin/true"], 2, "not a value"),
            (["--control", "here"], 3, "did not start"),
            (["--list"], 0, "recv-blocks")):
        rc, out = check(ktspec, *args)
        claim(rc == status and text in out, "%s: exit %d, not %d with '%s'" % (args, rc, status, text), out)


def main():
    ktspec, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(BROKEN)
    if not sys.argv[2:]:
        good(ktspec)
        ends(ktspec)
    for name in names:
        broken(ktspec, name)
    print("driver-check: %d faults" % len(faults) if faults else
          "driver-check passes a good driver and fails each of %d broken ones" % len(names))
    sys.exit(1 if faults else 0)


main()

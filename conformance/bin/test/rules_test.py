#!/usr/bin/env python3
"""Claims about ktspec rules: the page holds each rule and each fact of the catalogue, every link of it leads somewhere, and it
needs no other file; the exit status of --coverage is that of what is missing.

    rules_test.py KTSPEC SCENARIOS
SPDX-License-Identifier: Apache-2.0
"""
import html.parser
import json
import os
import shutil
import subprocess
import sys
import tempfile

faults = []


def claim(true, what, more=""):
    if not true:
        faults.append(what)
        print("---- %s\n%s" % (what, more))


def ktspec(*args):
    p = subprocess.run([sys.argv[1], "rules", *args], capture_output=True, text=True, timeout=60, check=False)
    return p.returncode, p.stdout, p.stderr


class Page(html.parser.HTMLParser):
    """Every tag is closed by its own; the ids and the links."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.wrong = [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += ["not closed: " + tag for tag in self.open]

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        if tag in ("script", "link", "img", "iframe") or "src" in values:
            self.wrong.append("asks for another file: " + tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("</%s> at line %d" % (tag, self.getpos()[0]))


def the_page_holds_everything(folder):
    rc, text, err = ktspec("--html")
    page = Page(text)
    claim(rc == 0, "rules --html ends with 0", err)
    claim(not page.wrong, "the page is well-formed, by itself", "\n".join(page.wrong))
    claim(len(page.ids) == len(set(page.ids)), "no anchor stands twice")
    lost = [a for a in page.links if a[:1] != "#" or a[1:] not in page.ids]
    claim(page.links and not lost, "every link leads to a place of the page", "\n".join(lost))
    said = json.loads(ktspec("--json")[1])
    rules = ["r-" + r["id"] for r in said["rules"]]
    claim(rules and set(rules) <= set(page.ids), "the page has every rule")
    facts = []
    for name in os.listdir(os.path.join(folder, "rules")):
        if name.endswith(".facts"):
            lines = open(os.path.join(folder, "rules", name), encoding="utf-8").read().splitlines()
            facts += ["f-" + line.split()[1] for line in lines if line.startswith("fact ")]
    claim(facts and set(facts) <= set(page.ids), "the page has every fact")
    claim(len(facts) == sum(f["total"] for f in said["facts"]), "the JSON counts every fact")
    with tempfile.TemporaryDirectory() as to:
        path = os.path.join(to, "rules.html")
        claim(ktspec("--html", path)[:2] == (0, ""), "rules --html FILE prints nothing")
        claim(open(path, encoding="utf-8").read() == text, "FILE holds the same page")
        claim(ktspec("--html", os.path.join(to, "no", "rules.html"))[0] == 2, "a file that cannot be made ends with 2")


def append(path, text):
    with open(path, "a", encoding="utf-8") as f:
        f.write(text)


NEW = "\nrule EOF-9999\nlevel MUST\nrole both\ntransport http2\nsource kitex observed\nsays New.\n"


def the_status_is_that_of_what_is_missing(folder):
    with tempfile.TemporaryDirectory() as to:
        copy = os.path.join(to, "scenarios")
        shutil.copytree(folder, copy)
        rules = os.path.join(copy, "rules", "eof.rules")
        before = json.loads(ktspec("--json", "--scenarios", copy)[1])
        rc = ktspec("--coverage", "--scenarios", copy)[0]
        claim(rc == (0 if before["complete"] else 1), "the status is that of 'complete'")
        append(rules, NEW)
        rc, text, _ = ktspec("--coverage", "--scenarios", copy)
        claim(rc == 1 and "  EOF-9999 " in text, "a MUST without a scenario is told", text)
        after = json.loads(ktspec("--json", "--scenarios", copy)[1])
        claim(after["uncovered_must"] == before["uncovered_must"] + 1, "uncovered_must counts it")
        append(os.path.join(copy, "rules", "new.facts"), "fact NEW-1 New.\n    rules EOF-99999\n")
        rc, _, err = ktspec("--coverage", "--scenarios", copy)
        claim(rc == 2 and "new.facts:2:11: no rule 'EOF-99999', did you mean EOF-9999?" in err, "a fact of no rule ends with 2", err)


the_page_holds_everything(sys.argv[2])
the_status_is_that_of_what_is_missing(sys.argv[2])
print("rules: %d claims failed" % len(faults))
sys.exit(1 if faults else 0)

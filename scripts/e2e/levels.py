"""Levels whose tests another runner runs, their coverage, and what a change concerns."""

import contextlib
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from support import Ended, assay, check, events, started, wait_for

LEVELS = """\
assay: 1
project: levels
levels:
  unit:
    run: |
      echo "<testsuite name='s'><testcase classname='cart' name='a &amp; b' time='0.5'/></testsuite>" > junit.xml
      printf 'mode: set\\nshop/api/a.go:1.1,9.2 7 1\\nshop/api/b.go:1.1,9.2 3 0\\n' > cover.out
    junit: junit.xml
    coverage: cover.out
    paths: [src/**]
  slow: {run: "sleep 7654 & sleep 7655", paths: [slow/**]}
components: {api-gateway: "**/api/*"}
policy: {coverage: {total: 70%, api-gateway: 90%}}
"""


def sleeping():
    """The programs of level `slow`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_text(errors="replace").split("\0")
            if words[0] == "sleep" and words[1] in ("7654", "7655"):
                found.append(entry.parent.name)
    return found


@check
def levels_by_other_runners_are_judged_and_ended(scratch):
    (scratch / "assay.yml").write_text(LEVELS)
    out = scratch / "out"
    assay("test", "--level", "unit", "--out", str(out), directory=scratch).expect(
        1, "coverage of api-gateway: 70.00 %, at least 90 % wanted", "shop/api/b.go", "not run: 1–9")
    suites = ElementTree.parse(out / "junit.xml").getroot()
    cases = {f"{case.get('classname')} › {case.get('name')}": case for case in suites.iter("testcase")}
    assert set(cases) == {"unit › cart › a & b", "coverage › total", "coverage › api-gateway"}, cases
    assert cases["coverage › api-gateway"].find("failure") is not None
    assert cases["coverage › total"].find("failure") is None
    assert "coverage" in [event["type"] for event in events(out)]
    with started("test", "--level", "slow", directory=scratch) as process:
        wait_for(lambda: len(sleeping()) == 2, "the runner has started")
        process.send_signal(signal.SIGINT)
        Ended(["test"], process).expect(130, "INTERRUPTED")
    assert not sleeping(), f"the runner's tree is still there: {sleeping()}"


@check
def only_what_a_change_concerns_is_run(scratch):
    (scratch / "assay.yml").write_text(LEVELS)
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", "-C", str(scratch)]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run(git + words, check=True, capture_output=True)
    assay("test", "--changed", "HEAD", directory=scratch).expect(
        0, "impact   since HEAD: 0 of 2 levels; left out: unit, slow", "PASSED  0 passed, 3 skipped",
        "nothing that changed since HEAD concerns this run")
    (scratch / "src").mkdir()
    (scratch / "src/new.go").touch()
    assay("test", "--changed", "HEAD", directory=scratch).expect(
        1, "impact   since HEAD: 1 of 2 levels; left out: slow", "unit        1 passed")
    assay("test", "--changed", "nope", directory=scratch).expect(2, "AS235")

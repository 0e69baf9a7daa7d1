"""The worked example, and the program itself, as a user meets them."""

import os
import re
import signal
import time
import xml.etree.ElementTree as ElementTree

from support import DEFECT, SMOKE, Ended, assay, check, descendants, events, services, started, until_serving, wait_for

# These loads are not about the own lag, and the machine may be busy.
LATE = ("--lag-bound", "5s")


@check
def version_is_printed(_):
    assert re.search(r"\d+\.\d+", assay("--version").expect(0).output)


@check
def unknown_option_is_named(_):
    assay("test", "--levle", "e2e").expect(2, "--levle")


@check
def example_is_valid(_):
    assay("check").expect(0)


@check
def mistake_in_a_scenario_is_shown_with_its_place_and_a_fix(scratch):
    (scratch / "tests").mkdir()
    (scratch / "assay.yml").write_text("assay: 1\nproject: broken\nlevels:\n  e2e: {scenarios: tests}\n")
    (scratch / "tests/broken.yml").write_text(
        "assay: 1\nscenario: broken\nsteps:\n  - htpp: {get: /health}\n  - log: {off: api, contains: x}\n")
    # Both mistakes in one go.
    assay("check", directory=scratch).expect(2, "broken.yml:4", "http", "broken.yml:5", "of", "^")


@check
def example_passes_its_tests(scratch):
    junit = scratch / "junit.xml"
    assay("test", "--junit", str(junit)).expect(0)
    cases = list(ElementTree.parse(junit).iter("testcase"))
    assert len(cases) > 5, f"only {len(cases)} test cases"
    assert not any(case.find("failure") is not None for case in cases)


@check
def planted_lost_update_is_found(scratch):
    junit = scratch / "junit.xml"
    assay("test", "--junit", str(junit), environment=DEFECT).expect(1)
    failed = [case for case in ElementTree.parse(junit).iter("testcase") if case.find("failure") is not None]
    assert failed, "no test case failed"


@check
def load_leaves_a_record_and_a_report_that_needs_no_network(scratch):
    assay("load", SMOKE, "--users", "5", "--for", "3s", *LATE, "--out", str(scratch)).expect(0)
    assert any(event["type"] == "interval" for event in events(scratch))
    report = (scratch / "report.html").read_text()
    fetched = re.findall(r"""(?:src|href)\s*=\s*["']?(?!data:|#)[a-z]*:?//[^"' >]+|@import[^;]+""", report)
    assert not fetched, f"the report loads {fetched[:3]}"


@check
def two_stands_at_once_do_not_collide(scratch):
    words = [("load", SMOKE, "--users", "2", "--for", "2s", *LATE, "--out", str(scratch / name)) for name in "ab"]
    with started(*words[0]) as first, started(*words[1]) as second:
        Ended(words[0], first).expect(0)
        Ended(words[1], second).expect(0)


@check
def interrupt_ends_a_load_with_its_report(scratch):
    words = ("load", SMOKE, "--users", "5", "--for", "60s", *LATE, "--out", str(scratch))
    with started(*words) as process:
        until_serving(words, process)
        time.sleep(2)  # into the load
        process.send_signal(signal.SIGINT)
        Ended(words, process).expect(130)
    events(scratch)
    assert (scratch / "report.html").exists()


@check
def killed_service_ends_a_load_with_a_verdict(scratch):
    words = ("load", SMOKE, "--users", "5", "--for", "5s", *LATE, "--out", str(scratch))
    with started(*words) as process:
        pids = until_serving(words, process)
        time.sleep(2)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        Ended(words, process).expect(1)
    events(scratch)


@check
def killed_assay_takes_its_services_along(scratch):
    words = ("load", SMOKE, "--users", "5", "--for", "60s", *LATE, "--out", str(scratch))
    with started(*words) as process:
        until_serving(words, process)
        process.kill()
        process.wait()
        wait_for(lambda: not descendants(), "all services are gone", seconds=5)

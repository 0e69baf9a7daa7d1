"""The fleet example: contracts hold on both sides, each planted mistake is found where it belongs, and twenty workers or
fifty do each task once, on one core as well.
"""

import subprocess
import xml.etree.ElementTree as ElementTree

from support import PRODUCTS, ROOT, Ended, assay, check, started

EXAMPLE = ROOT / "Examples/fleet"
CONTRACT, TEST = "contract", "test"
# Planted mistake → the level that looks for it, the scenarios that find it (one of them at least), and whether what is
# found is a departure from the contract or a test that failed.
DEFECTS = {
    "field-renamed": ("integration", CONTRACT, {"aggregates say the same everywhere"}),
    "type-changed": ("integration", CONTRACT, {"aggregates say the same everywhere"}),
    "enum-renamed": ("integration", CONTRACT, {"a task's status goes one way"}),
    "enum-removed": ("integration", TEST, {"a task's status goes one way"}),
    "status-undocumented": ("integration", CONTRACT, {"a task's status goes one way"}),
    "lock-forever": ("integration", TEST, {"a lock has one owner, and an end"}),
    "lease-forever": ("integration", TEST, {"a task is one worker's until its lease ends"}),
    "same-media": ("integration", TEST, {"every account publishes bytes of its own"}),
    "request-renamed": ("sides", CONTRACT, {"a worker alone asks the UI only what was agreed"}),
    "task-twice": ("e2e", TEST, {"many workers do each task once"}),
}


def run(*words, **environment):
    return assay("test", *words, directory=EXAMPLE, environment=environment)


def failures(junit):
    """Name of each failed test → all that its failure says."""
    return {
        case.get("name"): " ".join([failure.get("type") or "", failure.get("message") or "", failure.text or ""])
        for case in ElementTree.parse(junit).iter("testcase") for failure in case.findall("failure")}


@check
def fleet_example_is_valid(_):
    assay("check", directory=EXAMPLE).expect(0)


@check
def fleet_contracts_hold_and_both_sides_keep_them(scratch):
    run("--level", "contract", "--level", "sides", "--level", "integration", "--out", str(scratch / "run")).expect(
        0, "PASSED")


@check
def fleet_defects_are_found_by_the_level_that_looks_for_them(scratch):
    for defect, (level, kind, scenarios) in DEFECTS.items():
        junit = scratch / f"{defect}.xml"
        ended = run("--level", level, "--out", str(scratch / defect), "--junit", str(junit), FLEET_DEFECT=defect,
                    FLEET_WORKERS="4")
        ended.expect(1)
        found = failures(junit)
        assert set(found) & scenarios, f"{defect}: red are {list(found)}\n{ended.output[-4000:]}"
        departs = "departs from contract" in ended.output or "depart from contract" in ended.output
        assert departs == (kind == CONTRACT), f"{defect}: contract failure {departs}\n{ended.output[-4000:]}"


@check
def twenty_workers_do_each_task_once_and_survive_a_kill(scratch):
    run("--level", "e2e", "--out", str(scratch / "run")).expect(0, "PASSED", "20 × fleet-worker")
    for number in range(20):
        log = scratch / f"run/logs/fleet-{number}.log"
        assert f'"worker":"fleet-{number}"' in log.read_text(), f"{log.name} is not that of its worker"


@check
def fifty_workers_on_one_core_do_each_task_once(scratch):
    words = ["test", "tests/e2e/fleet.yml", "--out", str(scratch / "run"), "--junit", str(scratch / "run.xml")]
    with started(*words, directory=EXAMPLE, environment={"FLEET_WORKERS": "50"}, prefix=["taskset", "-c", "0"]) as process:
        Ended(words, process).expect(0, "PASSED", "50 × fleet-worker")


@check
def a_scenario_that_names_a_copy_that_is_not_there_is_told(scratch):
    project = scratch / "assay.yml"
    project.write_text(
        "assay: 1\nproject: p\nstand:\n  services:\n    w: {run: sleep 60, replicas: 2, ready: {run: 'true'}}\n"
        "levels: {e2e: {scenarios: tests}}\n")
    (scratch / "tests").mkdir()
    (scratch / "tests/a.yml").write_text("assay: 1\nscenario: a\nsteps:\n  - log: {of: w-2, contains: x}\n")
    assay("check", directory=scratch).expect(2, "AS512", "'w' has 2 replicas, the last is 'w-1', found 'w-2'")


@check
def the_workers_document_is_the_one_that_is_kept(_):
    printed = subprocess.run([PRODUCTS / "fleet-worker", "--openapi"], capture_output=True, text=True, check=True).stdout
    assert printed == (EXAMPLE / "contracts/worker/v1/openapi.json").read_text(), "write it anew: fleet-worker --openapi"


@check
def the_fleets_workflow_has_all_that_is_made_of_its_project(_):
    made = assay("ci", "github", "--no-image", "--quiet", directory=EXAMPLE).expect(0).output.splitlines()
    kept = iter((EXAMPLE / "ci/github.yml").read_text().replace("taskset -c 0 ", "").splitlines())
    missing = [line for line in made[1:] if not line.startswith("note:") and not any(line == other for other in kept)]
    assert not missing, f"not in ci/github.yml, in this order: {missing[:3]}"

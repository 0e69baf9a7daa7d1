"""Load runs set against each other, and the history that several jobs write: a PostgreSQL of its own, or the local file."""

import contextlib
import json
import os
import re
import subprocess

from support import PRODUCTS, assay, check, started, wait_for

PROJECT = """
assay: 1
project: shop
stand:
  doubles:
    api: {routes: [{on: {get: /}, answer: {json: {ok: true}}}], faults: [{latency: DELAY}]}
"""
SCENARIO = """
assay: 1
scenario: look
steps:
  - {id: look, http: {get: "${api.url}/"}, expect: {status: 200}}
"""
PROFILE = """
assay: 1
load: LOAD
scenarios: [look.yml]
users: {start: 6, stages: [{for: LENGTH, to: 6}]}
thresholds: [rate(http.failed) < 10%]
lag-bound: 2s
"""


def project(folder, delay="15ms", load="steady", length="12s"):
    (folder / "load").mkdir(parents=True, exist_ok=True)
    (folder / "assay.yml").write_text(PROJECT.lstrip().replace("DELAY", delay))
    (folder / "load/look.yml").write_text(SCENARIO.lstrip())
    (folder / f"load/{load}.yml").write_text(PROFILE.lstrip().replace("LOAD", load).replace("LENGTH", length))


def compared(folder, *words, status):
    ended = assay("compare", *words, "--json", directory=folder)
    ended.expect(status)
    return json.loads(ended.output[ended.output.index("{"):])


def judgement(comparison, statistic, metric="http.duration"):
    lines = [m for m in comparison["metrics"] if (m["statistic"], m["metric"], m.get("step")) == (statistic, metric, None)]
    assert len(lines) == 1, f"{statistic}({metric}) in {comparison['metrics']}"
    return lines[0]


@check
def a_slower_service_is_a_regression_and_an_equal_one_is_none(scratch):
    project(scratch)
    for _ in range(2):
        assay("load", "steady", directory=scratch).expect(0)
    project(scratch, delay="22ms")
    assay("load", "steady", directory=scratch).expect(0)

    equal = compared(scratch, "last-2", "last-1", "--allow", "25%", status=0)
    assert judgement(equal, "p50")["judgement"] in ("no difference", "cannot tell"), judgement(equal, "p50")
    assert equal["regressions"] == 0

    slower = compared(scratch, "last-1", "last", "--allow", "10%", status=1)
    p50 = judgement(slower, "p50")
    assert p50["judgement"] == "worse" and p50["regression"] and 0.2 < p50["change"] < 0.8, p50
    assert judgement(slower, "rate", "http.requests")["judgement"] == "worse"
    compared(scratch, "last-1", "last", "--allow", "300%", status=0)
    # By folder as by number, and the baseline is the newest earlier run that passed.
    folders = sorted(path for path in (scratch / ".assay/runs").iterdir() if path.is_dir())
    assert judgement(compared(scratch, folders[1], folders[2], status=0), "p50")["judgement"] == "worse"
    assert judgement(compared(scratch, "--baseline", "--allow", "10%", status=1), "p50")["before"] == p50["before"]
    assay("compare", "1", "2", "3", directory=scratch).expect(0, "each run is set against the first")

    text = assay("compare", "2", "3", "--markdown", "compare.md", "--html", "compare.html", directory=scratch)
    text.expect(0, "p50(http.duration)", "worse", "block bootstraps")
    assert "| p50(http.duration)" in (scratch / "compare.md").read_text()
    assert "<td class=\"worse\">" in (scratch / "compare.html").read_text()
    assert "## Since the run before" in (folders[2] / "report.md").read_text()

    # Without the folder, the history still knows enough.
    (folders[1] / "record.jsonl").unlink()
    kept = judgement(compared(scratch, "2", "3", status=0), "p50")
    assert kept["judgement"] == "worse" and abs(kept["change"] - p50["change"]) < 1e-9, (kept, p50)
    assay("report", "2", "--markdown", "old.md", directory=scratch).expect(0)
    assert "# Load test: shop › steady" in (scratch / "old.md").read_text()
    assay("history", "show", "2", directory=scratch).expect(0, "steady", "http.failed")


@check
def what_cannot_be_compared_is_said_and_is_no_equal_run(scratch):
    project(scratch, load="short", length="2s")
    project(scratch, load="long", length="4s")
    assay("load", "short", directory=scratch).expect(0)
    assay("load", "short", directory=scratch).expect(0)
    assay("load", "long", directory=scratch).expect(0)
    assay("compare", "1", "2", directory=scratch).expect(5, "NOTHING CAN BE SAID", "usable intervals")
    assay("compare", "1", "3", directory=scratch).expect(5, "the runs are not alike", "schedule")
    assay("compare", "1", directory=scratch).expect(2, "AS593")
    assay("compare", "1", "9", directory=scratch).expect(2, "AS590")
    assay("compare", "1", "2", "--allow", "much", directory=scratch).expect(2, "AS592")
    assay("compare", "long", "--baseline", directory=scratch).expect(2, "AS595")
    assay("history", "--profile", "short", "--json", directory=scratch).expect(0)
    listed = json.loads(assay("history", "--profile", "short", "--json", directory=scratch).output)
    assert [run["id"] for run in listed] == [2, 1], listed
    assert json.loads(assay("history", "--since", "2030-01-01", "--json", directory=scratch).output) == []


@contextlib.contextmanager
def postgres(folder):
    """The URL of a PostgreSQL that runs meanwhile."""
    folder.mkdir()
    (folder / "assay.yml").write_text(
        "assay: 1\nproject: store\nstand: {dependencies: {db: {postgres: {password: hush-hush, database: runs}}}}\n")
    with started("up", directory=folder) as process:
        lines = []

        def url():
            lines.append(process.stdout.readline())
            return re.search(r"postgres(?:ql)?://\S+", lines[-1])

        found = wait_for(url, f"an address among {lines}", 60)
        yield found[0]
        process.terminate()
        process.wait(60)


@check
def several_jobs_write_one_history_in_postgresql(scratch):
    with postgres(scratch / "store") as url:
        jobs = [scratch / "one", scratch / "two"]
        for job in jobs:
            project(job, length="2s")
        where = {"ASSAY_HISTORY": url}
        running = [
            subprocess.Popen(
                [PRODUCTS / "assay", "load", "steady"], cwd=job, env={**os.environ, **where},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for job in jobs for _ in range(2)]
        for process in running:
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0 and "AS265" not in output, output
        for job in jobs:
            listed = json.loads(assay("history", "--json", directory=job, environment=where).output)
            assert sorted(run["id"] for run in listed) == [1, 2, 3, 4], listed
            assert not (job / ".assay/history.db").exists()
        # A job without the other's folder compares all the same; two seconds say nothing.
        assay("compare", "1", "4", directory=jobs[0], environment=where).expect(5, "usable intervals")
    ended = assay("load", "steady", directory=jobs[0], environment=where)
    ended.expect(0, "warning[AS267]: the run history", "cannot be reached", ".assay/history.db is used")
    assert "hush-hush" not in ended.output, ended.output
    assert (jobs[0] / ".assay/history.db").exists()

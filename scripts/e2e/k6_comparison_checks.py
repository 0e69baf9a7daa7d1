"""The comparison of k6 and Assay can fail: two equal runs, one of which is then spoilt in every way that must be seen."""

import copy
import json
from dataclasses import replace

import k6_differences
import k6_scripts
from k6_comparison import Finding, compare
from k6_differences import Difference
from k6_scripts import Run, Script
from support import check

COUNTER = {"type": "counter", "contains": "default", "values": {"count": 10, "rate": 5.5}}
TIMES = {"avg": 1.2, "min": 1, "med": 1.1, "max": 3, "p(90)": 2, "p(95)": 2.5}
DATA = {
    "options": {"summaryTrendStats": ["avg"], "summaryTimeUnit": "", "noColor": True},
    "state": {"isStdErrTTY": False, "testRunDurationMs": 12.5},
    "root_group": {"name": "", "path": "", "id": "d41d", "groups": [], "checks": [{"name": "good", "passes": 9, "fails": 1}]},
    "metrics": {
        "http_reqs": {**COUNTER, "thresholds": {"count==10": {"ok": True}}},
        "http_reqs{status:200}": COUNTER,
        "checks": {"type": "rate", "contains": "default", "values": {"rate": 0.9, "passes": 9, "fails": 1}},
        "http_req_duration": {"type": "trend", "contains": "time", "values": TIMES},
        "size": {"type": "trend", "contains": "default", "values": {"avg": 50.5, "min": 1, "med": 50, "max": 100, "p(95)": 95}},
        "data_sent": {"type": "counter", "contains": "data", "values": {"count": 1000, "rate": 500}},
        "vus": {"type": "gauge", "contains": "default", "values": {"value": 1, "min": 1, "max": 1}},
    },
}
EXPORT = {
    "root_group": {"name": "", "groups": {}, "checks": {"good": {"passes": 9, "fails": 1}}},
    "metrics": {
        "http_reqs": {"count": 10, "rate": 5.5, "thresholds": {"count==10": False}}, "http_req_duration": TIMES,
        "checks": {"passes": 9, "fails": 1, "value": 0.9}},
}
# Where in the data or the export → what stands there instead, or nothing; and the field that must be named.
DELETED = object()
SPOILT_DATA = [
    ("metrics http_reqs values count", 11, "data.metrics.http_reqs.values.count"),
    ("metrics http_reqs values rate", 0, "data.metrics.http_reqs.values.rate"),
    ("metrics http_reqs{status:200}", DELETED, "data.metrics.http_reqs{status:200}"),
    ("metrics http_reqs type", "gauge", "data.metrics.http_reqs.type"),
    ("metrics http_reqs values extra", 1, "data.metrics.http_reqs.values"),
    ("metrics http_reqs thresholds count==10 ok", False, "data.metrics.http_reqs.thresholds.count==10"),
    ("metrics http_reqs thresholds", DELETED, "data.metrics.http_reqs.thresholds.count==10"),
    ("metrics checks values rate", 0.8, "data.metrics.checks.values.rate"),
    ("metrics checks values fails", 2, "data.metrics.checks.values.fails"),
    ("metrics http_req_duration contains", "default", "data.metrics.http_req_duration.type"),
    ("metrics http_req_duration values avg", DELETED, "data.metrics.http_req_duration.values"),
    ("metrics http_req_duration values min", -1, "data.metrics.http_req_duration.values"),
    ("metrics http_req_duration values med", 50, "data.metrics.http_req_duration.values"),
    ("metrics http_req_duration values avg", 5, "data.metrics.http_req_duration.values"),
    ("metrics size values avg", 51, "data.metrics.size.values.avg"),
    ("metrics size values p(95)", 96, "data.metrics.size.values.p(95)"),
    ("metrics data_sent values count", 0, "data.metrics.data_sent.values.count"),
    ("metrics data_sent values count", 3000, "data.metrics.data_sent.values.count"),
    ("root_group checks 0 passes", 8, "data.root_group.checks[0].passes"),
    ("root_group checks 0 name", "better", "data.root_group.checks[0].name"),
    ("root_group checks", [], "data.root_group.checks"),
    ("root_group id", "other", "data.root_group.id"),
    ("options summaryTimeUnit", "s", "data.options.summaryTimeUnit"),
    ("options", DELETED, "data.options"),
    ("state testRunDurationMs", "12 ms", "data.state.testRunDurationMs"),
    ("state isStdErrTTY", DELETED, "data.state.isStdErrTTY"),
]
SPOILT_EXPORT = [
    ("metrics http_reqs count", 9, "export.metrics.http_reqs.values.count"),
    ("metrics http_reqs thresholds count==10", True, "export.metrics.http_reqs.thresholds.count==10"),
    ("metrics checks value", 0.5, "export.metrics.checks.values.value"),
    ("metrics checks", DELETED, "export.metrics.checks"),
    ("root_group checks good fails", 0, "export.root_group.checks.good.fails"),
]
SPOILT_RUNS = [
    ({"exit": 99}, "exit"),
    ({"requests": ["GET /a {} ''"]}, "requests[1]"),
    ({"requests": ["GET /a {} ''", "POST /b {} 'y'"]}, "requests[1]"),
    ({"requests": ["POST /b {} 'x'", "GET /a {} ''"]}, "requests[0]"),
    ({"console": ["info: one", "info: 2"]}, "console[1]"),
    ({"console": ["info: two", "info: one"]}, "console[0]"),
    ({"console": ["info: one", "info: two", "info: two"]}, "console[2]"),
    ({"exceptions": []}, "exceptions[0]"),
    ({"exceptions": ["Error: bad @ a.js:4"]}, "exceptions[0]"),
    ({"printed": []}, "printed[0]"),
]


def example(data=DATA, export=EXPORT, **changes):
    files = {"data.json": json.dumps(data), "export.json": json.dumps(export), "more.txt": "text"}
    return replace(
        Run(0, ["GET /a {} ''", "POST /b {} 'x'"], ["info: one", "info: two"], ["Error: bad @ a.js:3"], ["SUMMARY x"], files, 1.0),
        **changes)


def spoilt(document, where, instead):
    """A copy in which the named place holds something else."""
    changed = copy.deepcopy(document)
    inner, names = changed, [int(word) if word.isdigit() else word for word in where.split(" ")]
    for name in names[:-1]:
        inner = inner[name]
    if instead is DELETED:
        del inner[names[-1]]
    else:
        inner[names[-1]] = instead
    return changed


def fields(assay, script=Script("example"), k6=None):
    return [finding.field for finding in compare(script, k6 or example(), assay)]


@check
def k6_comparison_sees_what_differs(scratch):
    assert fields(example()) == []
    for where, instead, field in SPOILT_DATA:
        assert field in fields(example(data=spoilt(DATA, where, instead))), f"{where} → {instead} is not seen as {field}"
    for where, instead, field in SPOILT_EXPORT:
        assert field in fields(example(export=spoilt(EXPORT, where, instead))), f"{where} → {instead} is not seen as {field}"
    for changes, field in SPOILT_RUNS:
        assert field in fields(example(**changes)), f"{changes} is not seen as {field}"
    files = example().files
    for name in files:
        without = {other: text for other, text in files.items() if other != name}
        assert f"files.{name}" in fields(example(files=without)), f"{name} may be missing"
    assert "files.more.txt" in fields(example(files={**files, "more.txt": "other"}))
    assert "golden exit" in fields(example(exit=1), k6=example(exit=1)), "k6 itself ended otherwise than the script says"


@check
def k6_comparison_lets_pass_what_the_clock_decides(scratch):
    for where, instead in [
            ("metrics http_req_duration values", {**TIMES, "avg": 2, "max": 9}), ("metrics data_sent values count", 1200),
            ("metrics http_reqs values rate", 9), ("metrics size values p(95)", 95.4), ("metrics vus", DELETED),
            ("state testRunDurationMs", 99)]:
        assert fields(example(data=spoilt(DATA, where, instead))) == [], where
    assert "data.metrics.vus" in fields(example(data=spoilt(DATA, "metrics vus", DELETED), seconds=9.0))
    any_order = Script("example", order="any")
    swapped = example(console=["info: two", "info: one"], requests=["POST /b {} 'x'", "GET /a {} ''"])
    assert fields(swapped, any_order) == [] != fields(swapped)
    assert fields(swapped, Script("example", order="lines")) == ["console[0]", "console[1]"]
    near = Script("example", near=0.1)
    many, fewer, few = (example(requests=["GET /a"] * count) for count in (100, 92, 80))
    assert fields(fewer, near, many) == [] != fields(few, near, many)
    share = spoilt(DATA, "metrics checks values rate", 0.5)
    assert "data.metrics.checks.values.rate" in fields(example(data=share), near)


@check
def k6_differences_must_be_needed(scratch):
    finding = Finding("console", "console[3]", "GoError: x", "Error: x")
    wide, other, strict = (
        Difference("*", "console[*", "a reason"), Difference("metrics", "console[*", "another script"),
        Difference("*", "console[*", "other words", lambda k6, assay: k6 == assay))
    assert k6_differences.sort_out([finding], [wide]) == ([], [])
    assert k6_differences.sort_out([finding], [other]) == ([finding], [other])
    assert k6_differences.sort_out([finding], [strict]) == ([finding], [strict])
    assert k6_differences.sort_out([], [wide]) == ([], [wide])
    assert all(len(each.reason) > 20 for each in [*k6_differences.DIFFERENCES, *k6_differences.OWED]), "a difference has a reason in words"


@check
def k6_scripts_say_what_they_are(scratch):
    path = scratch / "a.js"
    path.write_text("// flags: --vus 2 --env A=b\n// exit: 99\n// order: any\n// near: 15%\n// only: assay, why\n// covers: k6.check\nlet x;\n// exit: 1\n")
    assert k6_scripts.read(path) == Script("a", ("--vus", "2", "--env", "A=b"), 99, "any", 0.15, "assay, why", "", 0, False, ("k6.check",))
    told = "Error: no setup\n\tat inner (file:///x/lib/a.js:6:9(3))\n\tat default (file:///x/b.js:9:1(1))\n"
    assert k6_scripts.exception(told) == "Error: no setup @ a.js:6"
    console, exceptions = k6_scripts.logged(
        'time="2026-11-22T01:33:14Z" level=info msg="a \\"word\\"\\tand\\nlines \\x01 \\u2028" source=console\n'
        'time="2026-11-22T01:33:14Z" level=warning msg=plain source=console\nnothing of the log\n'
        'time="2026-11-22T01:33:14Z" level=warning msg="Request Failed" error=x\n'
        'time="2026-11-22T01:33:15Z" level=error msg="' + told.replace("\n", "\\n").replace("\t", "\\t") + '" hint="script exception"\n')
    assert console == ['info: a "word"\tand\nlines \x01 \u2028', "warning: plain"], console
    assert exceptions == ["Error: no setup @ a.js:6"], exceptions

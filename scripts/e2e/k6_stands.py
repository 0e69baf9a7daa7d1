"""Scripts of k6 and Artillery inside a project: its stand comes up, they find its addresses, and everything else is as for profiles."""

import json
import os
import re
import shutil
import signal
import xml.etree.ElementTree as ElementTree

from inventory import without_servers
import support
from support import EXAMPLE, Ended, check, descendants, events, services, started, until_serving, wait_for

# What a team has: logs in once, then reads; the addresses are the stand's.
SCRIPT = """
import http from 'k6/http';
import { check, sleep } from 'k6';
import { Trend } from 'k6/metrics';

const own = new Trend('own_time', true);
export const options = {
  scenarios: { read: { executor: 'constant-vus', vus: 4, duration: __ENV.LENGTH || '2s', gracefulStop: '2s' } },
  thresholds: { http_req_failed: ['rate<0.01'], checks: ['rate>0.99'], own_time: [`p(95)<${__ENV.MOST || 2000}`] },
};

export function setup() {
  const res = http.post(`${__ENV.AUTH_URL}/auth/login`, { telegram_id: '123456789', username: 'testuser' });
  check(res, { 'logged in': (r) => r.status === 200 });
  return { token: res.json('token') };
}

export default function (data) {
  const params = { headers: { Authorization: `Bearer ${data.token}` }, tags: { name: 'inventory' } };
  const res = http.get(`${__ENV.API_URL}/inventory`, params);
  check(res, { 'answered': (r) => r.status === 200 });
  own.add(res.timings.duration);
  sleep(0.05);
}

export function teardown() {
  console.log(`teardown at ${__ENV.API_HOST}:${__ENV.API_PORT} own=${__ENV.OWN} db=${(__ENV.DB_URL || '').split(':')[0]}`);
}
"""
ARTILLERY = """
config:
  target: "{{ api.url }}"
  processor: ./functions.js
  phases: [{duration: 2, arrivalRate: 5}]
  plugins: {expect: {}}
  ensure: {thresholds: [{http.response_time.p99: 5000}]}
before:
  flow:
    - post:
        url: "{{ $processEnvironment.AUTH_URL }}/auth/login"
        form: {telegram_id: "123456789", username: testuser}
        capture: {json: $.token, as: token}
scenarios:
  - beforeScenario: see
    flow:
      - get: {url: /inventory, headers: {Authorization: "Bearer {{ token }}"}, expect: [{statusCode: 200}]}
      - get: {url: "{{ $env.API_URL }}/health/ready", expect: [{statusCode: 200}]}
"""
FUNCTIONS = """module.exports = {
  see: async (context, ee) => {
    if (process.env.API_URL !== context.vars.target) throw new Error(`${process.env.API_URL} is not ${context.vars.target}`);
    ee.emit('counter', 'seen', 1);
  },
};
"""


# A busy machine is late; what is looked at here does not depend on it.
LATE = ("--lag-bound", "5s")


def assay(*words, **how):
    return support.assay(*words, *(LATE if words[0] == "load" else ()), **how)


def project(folder):
    """The worked example as a project of its own, so that its runs are kept apart."""
    copy = folder / "project"
    copy.mkdir()
    for name in ("assay.yml", "db", "factories", "fixtures", "tests"):
        source = EXAMPLE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    (copy / "load").mkdir()
    (copy / "load/read.js").write_text(SCRIPT.lstrip())
    (copy / "load/arrive.yml").write_text(ARTILLERY.lstrip())
    (copy / "load/functions.js").write_text(FUNCTIONS)
    return copy


def gone():
    assert not services(), f"the service still runs: {services()}"
    assert not descendants(), descendants()


@check
def k6_script_in_a_project_drives_its_stand(scratch):
    folder = project(scratch)
    words = ["--junit", "out.xml", "--report", "out.md", "--summary-json", "out.json", "--summary-export", "k6.json", "--out", "run"]
    ended = assay("load", "load/read.js", *words, directory=folder, environment={"OWN": "seen", "API_URL": "http://127.0.0.1:1"})
    ended.expect(0, "PASSED", "own=seen db=postgres", "teardown at 127.0.0.1:")
    gone()
    k6 = json.loads((folder / "k6.json").read_text())["metrics"]
    passes = k6["iterations"]["count"]
    assert passes > 8 and k6["http_reqs"]["count"] == passes + 1 and k6["checks"]["passes"] == passes + 1, k6
    # Thresholds are told in the words of Assay, in every report.
    suites = ElementTree.parse(folder / "out.xml")
    assert len(list(suites.iter("testcase"))) >= 3 and not list(suites.iter("failure")), ElementTree.tostring(suites.getroot())
    assert "**PASS**" in (folder / "out.md").read_text() and "own_time" in (folder / "out.md").read_text()
    figures = json.loads((folder / "out.json").read_text())
    assert figures["verdict"] == "passed" and figures["requests"] == passes + 1, figures
    page = (folder / "run/report.html").read_text()
    assert "own_time" in page and "inventory" in page and "report.html" in ended.output
    record = events(folder / "run")
    assert record[-1]["verdict"] == "passed", record[-1]
    assert {"PostgreSQL", "Redis"} <= {member["detail"].split()[0] for member in record[0]["stand"]}, record[0]
    # Secrets of the stand do not stand in the record.
    for name in ("record.jsonl", "report.html", "report.md"):
        assert "eyJ" not in (folder / "run" / name).read_text(), f"a token in {name}"


@check
def k6_script_of_a_project_is_kept_reported_again_and_compared(scratch):
    folder = project(scratch)
    environment = without_servers(scratch)
    for _ in range(2):
        assay("load", "load/read.js", directory=folder, environment=environment).expect(0, "db=sqlite", "PASSED")
    assay("history", "--load", "read", directory=folder).expect(0, "read", "passed")
    assay("history", directory=folder).expect(0, "read")
    assay("report", "last", "--html", "a.html", "--markdown", "a.md", "--junit", "a.xml", directory=folder).expect(0)
    assay("report", "read", "--markdown", "b.md", directory=folder).expect(0)
    for name in ("a.html", "a.md", "a.xml", "b.md"):
        assert "own_time" in (folder / name).read_text(), name
    assert (folder / "a.md").read_text() == (folder / "b.md").read_text()
    runs = sorted((folder / ".assay/runs").iterdir())
    assert len([run for run in runs if (run / "record.jsonl").exists()]) == 2, runs
    # Two short runs may be too few for a judgement of each metric; what is compared are the same metrics.
    ended = assay("compare", str(runs[0]), str(runs[1]), "--json", "--anyway", directory=folder)
    compared = json.loads(ended.output[ended.output.index("{"):])
    names = {metric["metric"] for metric in compared["metrics"]}
    assert {"http.duration", "own_time"} <= names, names
    assay("compare", "last-1", "last", "--anyway", "--all", directory=folder).expect(ended.status, "own_time")


@check
def k6_script_of_a_project_that_fails_ends_like_a_profile_or_like_k6(scratch):
    folder = project(scratch)
    environment = without_servers(scratch)
    for words, status in (([], 1), (["--k6-exit-codes"], 99)):
        assay(
            "load", "load/read.js", "--env", "MOST=0", "--env", "LENGTH=1s", *words, directory=folder,
            environment=environment).expect(status, "FAILED", "own_time")
        gone()
    # Flags of the profile's kind go with scripts: for, users, scale.
    ended = assay(
        "load", "load/read.js", "--users", "2", "--for", "1s", "--summary-export", "k6.json", directory=folder, environment=environment)
    ended.expect(0, "PASSED")
    assert json.loads((folder / "k6.json").read_text())["metrics"]["vus_max"]["max"] == 2
    assay("load", "load/read.js", "--scale", "0.25", directory=folder, environment=environment).expect(0, "scale 0.25")
    gone()


@check
def k6_script_is_not_begun_on_a_stand_that_does_not_come_up(scratch):
    folder = project(scratch)
    text = (folder / "assay.yml").read_text()
    (folder / "db/migrations/0009_wrong.sql").write_text("alter table nowhere add column n int;\n")
    for words, status in (([], 3), (["--k6-exit-codes"], 3)):
        ended = assay("load", "load/read.js", *words, directory=folder)
        ended.expect(status, "0009_wrong.sql", "nowhere")
        assert "teardown" not in ended.output and "PASSED" not in ended.output, ended.output
        gone()
    (folder / "db/migrations/0009_wrong.sql").unlink()
    (folder / "assay.yml").write_text(text.replace("/health/ready, within: 10s", "/nowhere, within: 1s"))
    assay("load", "load/read.js", directory=folder, environment=without_servers(scratch)).expect(3, "api", "/nowhere")
    gone()
    (folder / "assay.yml").write_text(text.replace("inventory-service --port", "inventory-service --wrong"))
    assay("load", "load/arrive.yml", directory=folder, environment=without_servers(scratch)).expect(3, "api")
    gone()
    # What is wrong with a script itself is told before there is a stand.
    (folder / "load/broken.js").write_text("export default function () {\n  let = ;\n}\n")
    ended = assay("load", "load/broken.js", directory=folder).expect(2, "load/broken.js:2")
    assert "PostgreSQL" not in ended.output, ended.output


@check
def k6_script_is_interrupted_in_a_project(scratch):
    folder = project(scratch)
    environment = without_servers(scratch)
    words = ("load", "load/read.js", "--env", "LENGTH=60s", "--out", "run", *LATE)
    for more, status in (((), 130), (("--k6-exit-codes",), 105)):
        with started(*words, *more, directory=folder, environment=environment) as process:
            until_serving(words, process)
            wait_for(lambda: "interval" in read(folder / "run/record.jsonl"), "driving the load")
            process.send_signal(signal.SIGINT)
            Ended(words, process).expect(status, "interrupted", "teardown at")
        gone()
        assert events(folder / "run")[-1]["verdict"] == "interrupted"
        shutil.rmtree(folder / "run")
    # While the stand comes up: nothing was begun, nothing is left.
    text = (folder / "assay.yml").read_text()
    (folder / "assay.yml").write_text(text.replace("/health/ready, within: 10s", "/nowhere, within: 100s"))
    for file in ("load/read.js", "load/arrive.yml"):
        with started("load", file, directory=folder, environment=environment) as process:
            until_serving(("load", file), process)
            process.send_signal(signal.SIGINT)
            ended = Ended(("load", file), process).expect(130, "interrupted")
            assert "teardown" not in ended.output, ended.output
        gone()


def read(path):
    return path.read_text() if path.exists() else ""


@check
def k6_script_of_a_project_ends_with_its_service(scratch):
    folder = project(scratch)
    words = ("load", "load/read.js", "--env", "LENGTH=60s", "--out", "run", *LATE)
    with started(*words, directory=folder, environment=without_servers(scratch)) as process:
        pids = until_serving(words, process)
        wait_for(lambda: "interval" in read(folder / "run/record.jsonl"), "driving the load")
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        Ended(words, process).expect(1, "api", "FAILED")
    gone()


@check
def artillery_file_in_a_project_drives_its_stand(scratch):
    folder = project(scratch)
    for _ in range(2):
        ended = assay("load", "load/arrive.yml", "--report", "out.md", "--junit", "out.xml", directory=folder)
        ended.expect(0, "PASSED", "ok: http.response_time.p99 < 5000")
        assert re.search(r"^seen: \.+ 10$", ended.output, re.MULTILINE), ended.output
        assert "has no value" not in ended.output, ended.output
        gone()
    assert "http.response_time.p99" in (folder / "out.xml").read_text()
    assay("report", "arrive", "--markdown", "a.md", directory=folder).expect(0)
    assert "http.response\\_time.p99" in (folder / "a.md").read_text()
    assay("compare", "last-1", "last", "--anyway", "--all", directory=folder)
    assay("history", "--load", "arrive", directory=folder).expect(0, "passed")


@check
def k6_script_is_a_load_of_a_level(scratch):
    folder = project(scratch)
    text = (folder / "assay.yml").read_text()
    (folder / "assay.yml").write_text(text.replace("profile: load/smoke.yml", "profile: load/read.js"))
    assay("check", directory=folder).expect(0)
    # By its name, as profiles are found.
    assay("load", "read", "--env", "LENGTH=1s", directory=folder, environment=without_servers(scratch)).expect(0, "PASSED")

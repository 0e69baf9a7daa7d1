"""Contracts: both sides of a service are held to them, and departures are told apart from failed tests."""

import json
import xml.etree.ElementTree as ElementTree

from support import assay, check, events

MANIFEST = """
assay: 1
contracts:
  ui-api:
    provider: ui
    consumers: [worker]
    ignore: [/health]
    routes:
      - on: {post: /tasks}
        request: tasks/new.schema.json
        answers: {201: tasks/task.schema.json, 400: common/error.schema.json}
      - on: {get: "/tasks/{id}"}
        parameters: {id: integer}
        answers: {200: tasks/task.schema.json, 404: common/error.schema.json}
  stock-api:
    provider: stock
    consumers: [ui]
    openapi: stock/openapi.yaml
schemas: {tasks: FORWARD}
"""
TASK = {
    "type": "object", "required": ["id", "state"],
    "properties": {"id": {"type": "integer"}, "state": {"enum": ["new", "done"]}}}
STOCK = """
openapi: 3.0.3
info: {title: stock, version: "1"}
paths:
  /reserve:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [item]
              properties: {item: {type: string}}
      responses:
        "200":
          description: reserved
          content:
            application/json:
              schema:
                type: object
                required: [left]
                properties: {left: {type: integer}}
"""
PROJECT = """
assay: 1
project: tasks
contracts: contracts/
stand:
  doubles:
    stock:
      routes:
        - on: {post: /reserve}
          answer: {status: 200, json: {left: LEFT}}
  services:
    ui:
      run: python3 ui.py ${port} ${stock.url}
      env: {DRIFT: "MODE"}
      ready: {http: /health}
levels:
  contract: {contracts: contracts/}
  e2e: {scenarios: tests}
"""
SERVICE = '''
import json, os, sys, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

drift = os.environ.get("DRIFT", "")

class UI(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words): pass
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def task(self):
        if drift == "renamed": return {"identifier": 7, "state": "new"}
        if drift == "type": return {"id": "7", "state": "new"}
        if drift == "enum": return {"id": 7, "state": "archived"}
        return {"id": 7, "state": "new"}
    def do_GET(self):
        if self.path == "/health": return self.answer(200, "well")
        if self.path == "/tasks/404": return self.answer(404, {"error": "no such task"})
        self.answer(202 if drift == "status" else 200, self.task())
    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if not isinstance(given, dict) or "item" not in given: return self.answer(400, {"error": "no item"})
        order = {"thing": given["item"]} if drift == "consumer" else {"item": given["item"]}
        request = urllib.request.Request(
            sys.argv[2] + "/reserve", json.dumps(order).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).read()
        self.answer(201, self.task())

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), UI).serve_forever()
'''
SCENARIO = """
assay: 1
scenario: a task is made and read
steps:
  - id: make
    http: {post: "${ui.url}/tasks", json: {item: bolt}}
    expect: {status: 201}
  - id: refused
    http: {post: "${ui.url}/tasks", json: {thing: bolt}}
    expect: {status: 400}
  - id: read
    http: {get: "${ui.url}/tasks/7"}
  - id: gone
    http: {get: "${ui.url}/tasks/404"}
    expect: {status: 404}
"""


def project(scratch, mode="", left="3", **files):
    """A project with a service that departs in one way; `files` are further ones by path."""
    texts = {
        "assay.yml": PROJECT.replace("MODE", mode).replace("LEFT", left), "ui.py": SERVICE,
        "tests/make.yml": SCENARIO, "contracts/contracts.yml": MANIFEST, "contracts/stock/openapi.yaml": STOCK,
        "contracts/tasks/v1/new.schema.json": json.dumps({"type": "object", "required": ["item"]}),
        "contracts/tasks/v1/task.schema.json": json.dumps(TASK, indent=2),
        "contracts/tasks/v1/golden/task.json": '{"id": 1, "state": "done"}',
        "contracts/common/v1/error.schema.json": json.dumps({"type": "object", "required": ["error"]}), **files}
    for name, text in texts.items():
        path = scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
    return scratch


def drifts(folder):
    """What departs, of every test of the run: rule, side, contract, operation and who."""
    found = []

    def steps(of):
        for step in of:
            for mismatch in step.get("mismatches", []):
                if drift := mismatch.get("contract"):
                    found.append((drift["rule"], drift["side"], drift["contract"], drift.get("operation", ""),
                                  drift["culprit"]))
            steps(step.get("steps", []))

    for event in events(folder):
        if event["type"] == "test":
            steps(event.get("steps", []))
    return found


@check
def a_service_that_holds_its_contracts_is_told_nothing_of_them(scratch):
    project(scratch)
    assay("check", directory=scratch).expect(0)
    ended = assay("test", "--out", "run", directory=scratch).expect(0, "PASSED", "contract", "e2e")
    assert drifts(scratch / "run") == [] and "drifted" not in ended.output, ended.output


@check
def each_departure_of_a_provider_is_told_with_its_rule(scratch):
    body = ("response-body", "response", "ui-api", "GET /tasks/{id}", "service 'ui'")
    made = ("response-body", "response", "ui-api", "POST /tasks", "service 'ui'")
    expected = {
        "renamed": {body, made}, "type": {body, made}, "enum": {body, made},
        "status": {("response-status", "response", "ui-api", "GET /tasks/{id}", "service 'ui'")}}
    for mode, wanted in expected.items():
        folder = project(scratch / mode, mode)
        ended = assay("test", "--level", "e2e", "--out", "run", directory=folder).expect(
            1, "0 passed, 1 drifted", "1 test departs from contract 'ui-api'", "≠ e2e › a task is made and read")
        assert set(drifts(folder / "run")) == wanted, (mode, drifts(folder / "run"), ended.output)
    ended = assay("test", "--level", "e2e", directory=scratch / "type")
    ended.expect(
        1, "response-body: service 'ui' departs from contract 'ui-api', POST /tasks", "response body $.id integer",
        'string "7"', "agreed in contracts/tasks/v1/task.schema.json:9")


@check
def a_consumer_and_a_double_are_held_to_the_contract_between_them(scratch):
    asked = ("request-body", "request", "stock-api", "POST /reserve", "service 'ui'")
    answered = ("response-body", "response", "stock-api", "POST /reserve", "double 'stock'")
    for name, how, wanted in [("asks", {"mode": "consumer"}, asked), ("answers", {"left": '"three"'}, answered)]:
        folder = project(scratch / name, **how)
        ended = assay("test", "--level", "e2e", "--out", "run", directory=folder).expect(
            1, "0 passed, 1 drifted", "1 test departs from contract 'stock-api': POST /reserve")
        assert set(drifts(folder / "run")) == {wanted}, (drifts(folder / "run"), ended.output)


@check
def departures_and_failed_tests_are_told_apart_in_every_report(scratch):
    plain = "assay: 1\nscenario: plain\nsteps:\n  - http: {get: \"${ui.url}/health\"}\n    expect: {status: 204}\n"
    folder = project(scratch, "status", **{"tests/plain.yml": plain})
    ended = assay("test", "--level", "e2e", "--out", "run", "--junit", "junit.xml", directory=folder).expect(
        1, "0 passed, 1 failed, 1 drifted", "1 test failed",
        "1 test departs from contract 'ui-api': GET /tasks/{id} response-status")
    assert ended.output.index("✗ e2e › plain") < ended.output.index("≠ e2e › a task"), ended.output
    types = {
        case.get("name"): case.find("failure").get("type")
        for case in ElementTree.parse(folder / "junit.xml").iter("testcase")}
    assert types == {"plain": "ExpectationFailed", "a task is made and read": "contract"}, types
    assert "Contracts that were departed from" in (folder / "run/report.html").read_text()
    assert "| ui-api | GET /tasks/" in (folder / "run/report.md").read_text()
    assay("history", directory=folder, environment={}).expect(0)


@check
def parts_and_steps_say_otherwise_what_they_are_held_to(scratch):
    folder = project(scratch, "type")
    file = folder / "assay.yml"
    text = file.read_text()
    file.write_text(text.replace("      ready:", "      contract: none\n      ready:"))
    assay("test", "--level", "e2e", directory=folder).expect(0, "PASSED")
    file.write_text(text.replace("      ready:", "      contract: ui-apy\n      ready:"))
    assay("check", directory=folder).expect(
        2, "AS425", "service 'ui' is bound to contract 'ui-apy'", "did you mean 'ui-api'?")
    file.write_text(text)
    scenario = folder / "tests/make.yml"
    scenario.write_text(
        SCENARIO.lstrip().replace("{status: 201}", "{status: 201, contract: none}").replace(
            '/tasks/7"}', '/tasks/7"}\n    expect: {contract: none}'))
    assay("test", "--level", "e2e", directory=folder).expect(0, "PASSED")
    scenario.write_text(scenario.read_text().replace("{contract: none}", "{contract: other}"))
    assay("check", directory=folder).expect(2, "AS425", "contract 'other', which no manifest has")


@check
def the_folder_of_contracts_is_judged_without_a_service(scratch):
    folder = project(scratch, **{
        "contracts/tasks/v2/task.schema.json": json.dumps({**TASK, "required": ["id"]}),
        "contracts/tasks/v1/golden/task.lost.json": '{"id": 1, "state": "lost"}'})
    ended = assay("test", "--level", "contract", "--out", "run", directory=folder).expect(
        1, "≠ contract › example tasks/v1/golden/task.lost.json", "versions of tasks, FORWARD",
        "agreed in contracts/tasks/v1/task.schema.json:", "2 tests depart from contract 'tasks'")
    rules = {(rule, side) for rule, side, *_ in drifts(folder / "run")}
    assert ("example", "neither") in rules and len(rules) == 2, (rules, ended.output)
    assert "schema tasks/v1/task.schema.json" in assay("test", "--level", "contract", "-v", directory=folder).output


@check
def a_load_judges_a_sample_when_it_is_told_to(scratch):
    profile = """
assay: 1
load: drift
scenarios: [{use: ../tests/read.yml}]
iterations: {users: 2, each: 10}
SAMPLE
thresholds: [THRESHOLD]
"""
    read = "assay: 1\nscenario: read\nsteps:\n  - http: {get: \"${ui.url}/tasks/7\"}\n    expect: {status: 200}\n"
    def write(folder, sample, threshold):
        project(folder, "type", **{
            "tests/read.yml": read,
            "load/drift.yml": profile.replace("SAMPLE", sample).replace("THRESHOLD", threshold)})
    write(scratch / "on", "contracts: {sample: 50%}", "rate(contract.drift) < 1%")
    ended = assay("load", "load/drift.yml", "--out", "run", directory=scratch / "on").expect(
        1, "rate(contract.drift)", "contract response-body")
    series = [e for e in events(scratch / "on/run") if e["type"] == "series" and e["metric"] == "contract.drift"]
    assert len(series) == 1, ended.output
    write(scratch / "off", "", "rate(http.failed) < 1%")
    ended = assay("load", "load/drift.yml", "--out", "run", directory=scratch / "off").expect(0)
    assert not [e for e in events(scratch / "off/run") if e.get("metric") == "contract.drift"], ended.output

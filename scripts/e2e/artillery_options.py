"""What people type and write for `artillery run` by habit: its options, its report as JSON, and functions around errors and WebSockets."""

import json
import re

from artillery import figures, served
from support import assay, check
from websocket import peer

SCRIPT = """
config:
  phases: [{duration: 1, arrivalRate: 30}]
  payload: {fields: [name], order: sequence}
  variables: {kind: own}
  environments: {short: {phases: [{duration: 1, arrivalCount: 4}]}}
scenarios:
  - {name: one, flow: [{get: {url: /one}}]}
  - {name: two, weight: 0, flow: [{get: {url: "/two/{{ name }}/{{ kind }}/{{ who }}/{{ $env.FROM_FILE }}/{{ $env.FROM_BOTH }}"}}]}
"""
CONFIG = """
config:
  processor: f.js
  phases: [{name: put over}]
"""


def run(folder, *words, status=0, **how):
    return assay("load", *words, "--lag-bound", "5s", directory=folder, **how).expect(status)


@check
def artillery_options_are_taken_as_people_type_them(folder):
    (folder / "load.yml").write_text(SCRIPT)
    (folder / "shared").mkdir()
    (folder / "shared/config.yml").write_text(CONFIG)
    (folder / "shared/f.js").write_text("module.exports = {};\n")
    (folder / "names.csv").write_text("ann\nbob\n")
    (folder / ".env").write_text("# of the team\nexport FROM_FILE='a file' # said\nFROM_BOTH=file\n")
    (folder / "reports").mkdir()
    with served() as service:
        words = [
            "load.yml", "-t", service.url, "-e", "short", "-c", "shared/config.yml", "-v", '{"who": "me"}', "-p", "names.csv",
            "--scenario-name", "two", "--dotenv", ".env", "-q", "-o", "report.json"]
        ended = run(folder, *words, environment={"FROM_BOTH": "process"})
        assert service.counts == {
            "GET /two/ann/own/me/a%20file/process": 2, "GET /two/bob/own/me/a%20file/process": 2}, f"{service.counts}\n{ended.output}"
        report = json.loads((folder / "report.json").read_text())
        whole = report["aggregate"]
        assert whole["counters"]["vusers.created"] == whole["counters"]["http.codes.200"] == 4, whole
        assert whole["counters"]["vusers.created_by_name.two"] == 4 and whole["counters"]["vusers.failed"] == 0, whole
        assert whole["summaries"]["http.response_time"]["p99"] >= whole["histograms"]["http.response_time"]["min"] > 0, whole
        assert sum(part["counters"].get("http.requests", 0) for part in report["intermediate"]) == 4, report["intermediate"]
        assert all(isinstance(part["period"], str) for part in report["intermediate"])
        run(folder, "load.yml", "--target", service.url, "--payload", "names.csv", "-s", "--output", "reports", "--env-file", "none")
        assert service.counts["GET /one"] == 1, service.counts
        made = list((folder / "reports").iterdir())
        assert len(made) == 1 and re.fullmatch(r"artillery_report_\d{8}_\d{6}\.json", made[0].name), made
        # Everything of the script may be changed, also what runs.
        override = {"config": {"phases": [{"duration": 1, "arrivalCount": 2}]}, "scenarios": [{"name": "own", "flow": [{"get": {"url": "/own"}}]}]}
        run(folder, "load.yml", "-t", service.url, "--payload", "names.csv", "--overrides", json.dumps(override))
        assert service.counts["GET /own"] == 2, service.counts


@check
def artillery_options_that_are_not_here_are_refused_with_what_does_it(folder):
    (folder / "load.yml").write_text(SCRIPT)
    (folder / "script.js").write_text("export default function () {}\n")
    (folder / "names.csv").write_text("ann\n")
    for words, said in (
            (["load.yml", "--record", "--key", "x"], "error[AS692]: `assay load` has no option --record"),
            (["load.yml", "--platform", "aws:lambda"], "the load comes from this machine"),
            (["load.yml", "--count", "4"], "--reactors N uses more cores"),
            (["load.yml", "--payload", "names.csv", "--scenario-name", "tow"], "did you mean 'two'?"),
            (["load.yml", "--payload", "names.csv", "-o", "nowhere/report.json"], "there is no folder 'nowhere'"),
            (["load.yml", "--payload", "names.csv", "-c", "none.yml"], "--config: there is no file 'none.yml'"),
            (["load.yml", "--payload", "names.csv", "-o", ""], "error[AS691]: --output needs the name"),
            # Letters are those of the file's tool, whatever their values look like.
            (["load.yml", "-p", "names.csv", "-k", "-t", "http://h/app.js", "--scenario-name", "tow"], "did you mean 'two'?"),
            (["load.yml", "-p", "names.csv", "--dotenv", "de.ts", "--scenario-name", "tow"], "did you mean 'two'?"),
            (["-v", "script.js", "--bogus"], "has no option --bogus"),
            (["script.js", "--output", "x.json"], "everything measured is in record.jsonl")):
        run(folder, *words, status=2).expect(2, said)
    assert not (folder / "json=x.json").exists()


FAILING = """
config:
  target: http://127.0.0.1:1
  processor: f.js
  phases: [{duration: 1, arrivalCount: 3}]
scenarios:
  - onError: [tell, again]
    flow:
      - get: {url: /x, headers: {A: b}}
"""
TELL = """module.exports = {
  tell(error, request, context, ee, next) {
    console.log('told', error.code, error instanceof Error, request.method, request.url, typeof context.vars.$uuid);
    ee.emit('counter', 'told', 1);
    next();
  },
  again: async (error, request, context, ee) => ee.emit('counter', `again.${error.code}`, 1),
};
"""


@check
def artillery_functions_are_told_of_errors(folder):
    (folder / "load.yml").write_text(FAILING)
    (folder / "f.js").write_text(TELL)
    ended = run(folder, "load.yml", status=1).expect(1, "told ECONNREFUSED true GET http://127.0.0.1:1/x string")
    found = figures(ended.output)
    assert found["told"] == found["again.ECONNREFUSED"] == found["errors.ECONNREFUSED"] == found["vusers.failed"] == 3, found
    # One that fails itself changes nothing of that, and is counted.
    (folder / "f.js").write_text(TELL.replace("next();", "next(new Error('worse'));"))
    found = figures(run(folder, "load.yml", status=1).output)
    assert found["errors.worse"] == found["vusers.failed"] == 3, found


SOCKET = """
config: {target: "ws://127.0.0.1:1", processor: f.js, ws: {headers: {X-Who: me}}, phases: [{duration: 1, arrivalCount: 3}]}
scenarios:
  - engine: ws
    flow:
      - connect: {function: change}
      - send: {payload: {op: echo, n: 5}, capture: {json: $.n, as: n}}
"""


@check
def artillery_function_changes_how_a_websocket_is_opened(folder):
    (folder / "load.yml").write_text(SOCKET)
    with peer() as beside:
        port = re.search(r":(\d+)", (beside / "echo.yml").read_text())[1]
        (folder / "f.js").write_text(
            "exports.change = (args, context, next) => {\n"
            "  console.log('opening', args.target, args.options.headers['X-Who'], args.subprotocols.length);\n"
            f"  args.target = 'ws://127.0.0.1:{port}';\n  next();\n}};\n")
        ended = run(folder, "load.yml").expect(0, "opening ws://127.0.0.1:1 me 0")
        found = figures(ended.output)
        assert found["vusers.completed"] == found["websocket.messages_received"] == 3, found
    (folder / "f.js").write_text("exports.change = (args, context, next) => next(new Error('not today'));\n")
    found = figures(run(folder, "load.yml", status=1).output)
    assert found["errors.not today"] == found["vusers.failed"] == 3, found

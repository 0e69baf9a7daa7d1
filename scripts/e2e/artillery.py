"""Scripts of Artillery, unmodified: counts, templates, captures, the verdict, and the end summary in Artillery's names."""

import collections
import contextlib
import http.server
import json
import re
import threading
import urllib.parse

from support import ROOT, Absent, assay, check
from websocket import peer

SATURATED = "the generator was saturated"
USER_FILE = ROOT.parent / "shared/data/user-files/artillery_loadtest.yml"


class Service(http.server.ThreadingHTTPServer):
    """Counts what it is asked; answers as an inventory would."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port=0):
        self.lock, self.seen, self.counts = threading.Lock(), [], collections.Counter()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, *_):
        """A client that is gone before it has its answer is the check's own doing."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        path = urllib.parse.urlsplit(self.path)
        with self.server.lock:
            self.server.counts[f"{self.command} {path.path}"] += 1
            if len(self.server.seen) < 2000:
                self.server.seen.append((self.command, self.path, dict(self.headers), body))
        status, value = 200, {"ok": True}
        if path.path == "/inventory":
            value = {"items": [{"item_id": "item-1", "quantity": 5}]}
        elif path.path == "/login":
            value = {"token": "secret-1", "list": [{"id": 1}, {"id": 2}]}
        elif path.path == "/missing":
            status, value = 404, {"error": "none"}
        elif path.path == "/empty":
            value = {}
        elif path.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/landed")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Id", "7")
        if path.path == "/login":
            self.send_header("Set-Cookie", "sid=abc; Path=/")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(port=0):
    service = Service(port)
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


def figures(output):
    """Counters of the end summary, by their names."""
    return {
        name: int(value)
        for name, value in re.findall(r"^([a-zA-Z][^:\n]*): \.* (\d+)$", output, re.MULTILINE)}


def run(folder, text, *words, status=0, **how):
    (folder / "load.yml").write_text(text)
    ended = assay("load", "load.yml", *words, directory=folder, **how)
    # What was counted is the same on a machine that is too busy for a verdict.
    if SATURATED not in ended.output:
        ended.expect(status)
    return ended, figures(ended.output)


@check
def artillery_file_of_a_user_runs_as_it_is(folder):
    if not USER_FILE.exists():
        raise Absent("the user's file is not beside this checkout")
    with served() as service:
        ended = assay(
            "load", str(USER_FILE), "--target", service.url, "--scale", "1%", "--out", str(folder / "run"), directory=folder)
        ended.expect(5 if SATURATED in ended.output else 0, "sent as 'undefined'", "scale 0.01")
        found = figures(ended.output)
        # 60 s of 10/s, 120 s of 50/s and 60 s of 100/s, in a hundredth of their time.
        assert found["vusers.created"] == found["vusers.completed"] == 126, found
        assert found["vusers.created_by_name.Inventory Operations"] == 126, found
        assert found["http.codes.200"] == found["http.requests"] == 378, found
        assert service.counts == {
            "GET /inventory": 126, "POST /inventory/reserve": 126, "POST /inventory/return-reserve": 126}, service.counts
        reserved = next(entry for entry in service.seen if entry[1] == "/inventory/reserve")
        assert json.loads(reserved[3])["items"] == [{"item_id": "item-1", "quantity": 1}], reserved
        assert reserved[2]["Authorization"] == "Bearer undefined", reserved


EVERYTHING = """
config:
  target: "{target}"
  phases: [{{duration: 1, arrivalCount: 5}}]
  variables: {{kind: [a, b]}}
  payload: {{path: users.csv, fields: [name, age], skipHeader: true, order: sequence}}
  plugins: {{expect: {{}}}}
  environments:
    short: {{phases: [{{arrivalCount: 2}}]}}
  ensure:
    thresholds: [{{http.response_time.p99: 5000}}]
    conditions:
      - {{expression: "vusers.failed == 0 and http.codes.200 > 10"}}
      - {{expression: "http.codes.500 > 3", strict: false}}
before:
  flow:
    - post: {{url: /login, capture: {{json: $.token, as: token}}}}
after:
  flow:
    - delete: {{url: "/session/{{{{ token }}}}"}}
scenarios:
  - name: whole
    flow:
      - post:
          url: /login
          json: {{user: "{{{{ name }}}}", age: "{{{{ age }}}}", none: "{{{{ nothing }}}}", n: "{{{{ $randomNumber(4, 4) }}}}"}}
          headers: {{X-Token: "{{{{ token }}}}"}}
          capture:
            - {{json: $.list, as: list}}
            - {{header: x-id, as: id}}
          expect: [{{statusCode: 200}}, {{contentType: json}}, {{hasProperty: token}}, {{equals: ["{{{{ id }}}}", "7"]}}]
      - loop: [{{get: {{url: "/each/{{{{ $loopElement.id }}}}/{{{{ $loopCount }}}}"}}}}]
        over: list
      - get: {{url: /moved}}
      - get: {{url: /never, ifTrue: "id == 8"}}
      - get: {{url: /always, ifTrue: "id == 7 and name != \\"x\\""}}
      - parallel:
          - get: {{url: "/p/1"}}
          - get: {{url: "/p/2", capture: {{json: $.ok, as: ok}}}}
      - get: {{url: "/after/{{{{ ok }}}}"}}
      - log: "done {{{{ name }}}}"
"""


@check
def artillery_flows_do_what_they_say(folder):
    (folder / "users.csv").write_text("name,age\nann,30\nbob,31\n")
    with served() as service:
        ended, found = run(folder, EVERYTHING.format(target=service.url))
        counts = service.counts
        ended.expect(ended.status, "done ann", "ok: vusers.failed == 0", "fail: http.codes.500 > 3 (optional)")
        assert counts["POST /login"] == 6 and counts["DELETE /session/secret-1"] == 1, counts
        assert counts["GET /each/1/0"] == counts["GET /each/2/1"] == 5, counts
        assert counts["GET /never"] == 0 and counts["GET /always"] == 5, counts
        assert counts["GET /landed"] == counts["GET /p/1"] == counts["GET /p/2"] == counts["GET /after/true"] == 5, counts
        assert found["http.codes.302"] == 5 and found["plugins.expect.ok.statusCode"] == 5, found
        assert "plugins.expect.failed" not in found, found
        bodies = [json.loads(entry[3]) for entry in service.seen if entry[1] == "/login" and entry[3]]
        assert [body["user"] for body in bodies] == ["ann", "bob", "ann", "bob", "ann"], bodies
        assert bodies[0] == {"user": "ann", "age": 30, "n": "4"}, bodies
        logins = [entry for entry in service.seen if entry[1] == "/login" and entry[3]]
        assert all(entry[2]["X-Token"] == "secret-1" and "Cookie" not in entry[2] for entry in logins), logins
        moved = [entry for entry in service.seen if entry[1] == "/moved"]
        assert all(entry[2]["Cookie"] == "sid=abc" for entry in moved), moved
        _, short = run(folder, EVERYTHING.format(target=service.url).replace("> 10", "> 1"), "-e", "short")
        assert short["vusers.created"] == 2, short


@check
def artillery_failures_are_counted_by_their_names(folder):
    text = """
config: {{target: "{target}", phases: [{{duration: 1, arrivalCount: 4}}]}}
scenarios:
  - flow:
      - get: {{url: /missing}}
      - get: {{url: /empty, capture: {{json: $.id, as: id}}}}
      - get: {{url: /never}}
"""
    with served() as service:
        _, found = run(folder, text.format(target=service.url), status=1)
        assert found["errors.Failed capture or match"] == found["vusers.failed"] == 4, found
        assert found["http.codes.404"] == 4 and found["vusers.completed"] == 0, found
        assert service.counts["GET /never"] == 0
        lenient = text.replace("as: id", "as: id, strict: false")
        _, found = run(folder, lenient.format(target=service.url))
        assert found["vusers.completed"] == 4 and found["vusers.failed"] == 0, found
        target = service.url
    _, found = run(folder, text.format(target=target), status=1)
    assert found["errors.ECONNREFUSED"] == 4, found


@check
def artillery_demands_are_the_verdict(folder):
    text = """
config:
  target: "{target}"
  phases: [{{duration: 2, arrivalRate: 20, maxVusers: 1}}]
  ensure: {{thresholds: [{{http.response_time.p95: 5000}}, {{http.codes.500: 1}}], maxErrorRate: 0}}
scenarios: [{{flow: [{{get: {{url: /}}}}, {{think: 0.2}}]}}]
"""
    with served() as service:
        ended, found = run(folder, text.format(target=service.url), status=1)
        ended.expect(ended.status, "http.codes.500 nothing was recorded", "ok: maxErrorRate <= 0")
        assert found["vusers.skipped"] > 10, found
        assert found["vusers.skipped"] + found["vusers.created"] == 40, found


PROCESSED = """
config:
  target: "{target}"
  phases: [{{duration: 1, arrivalCount: 4}}]
  processor: ./functions
  variables: {{kind: b}}
before:
  flow: [{{function: prepare}}]
scenarios:
  - name: whole
    beforeScenario: begin
    afterScenario: [end]
    beforeRequest: [sign]
    flow:
      - post:
          url: "/login?n={{{{ user.n }}}}"
          json: {{user: "{{{{ user.name }}}}", prepared: "{{{{ prepared }}}}"}}
          capture: {{json: $.token, as: token}}
          beforeRequest: fill
          afterResponse: check
      - get: {{url: "/seen/{{{{ seen }}}}", ifTrue: isSeen}}
      - get: {{url: /never, ifTrue: isNever}}
      - loop: [{{get: {{url: "/again/{{{{ $loopCount }}}}"}}}}]
        whileTrue: goesOn
      - function: count
"""

FUNCTIONS = """'use strict';
// const faker = require('faker');
const { randomUUID } = require('crypto');
const names = require('./names');
module.exports = {
  prepare: async (context) => { context.vars.prepared = 'yes'; },
  begin(context, ee, next) {
    context.vars.user = { name: names.first, n: 7 };
    context.vars.own = [randomUUID()];
    setTimeout(next, 5);
  },
  async sign(request, context) {
    request.headers = { ...request.headers, 'X-Signed': `${request.method} {{ kind }} ${context.vars.own.length}` };
  },
  fill(request, context, ee, next) {
    request.json = { ...request.json, more: '{{ user.n }}' };
    return next();
  },
  check(request, response, context, ee, next) {
    context.vars.seen = JSON.parse(response.body).list.length + response.statusCode;
    ee.emit('histogram', 'own.size', response.body.length);
    next();
  },
  isSeen: (vars) => vars.seen === 202,
  isNever: () => false,
  goesOn: (context, next) => next(context.vars.$loopCount < 3),
  count(context, ee, next) {
    ee.emit('counter', 'own.passes', 2);
    ee.emit('rate', 'own.ticks');
    console.log('counted', context.vars.token);
    next();
  },
  end: async (context, ee) => ee.emit('counter', `own.end.${context.vars.own.length}`, 1),
};
"""


@check
def artillery_functions_are_called(folder):
    (folder / "functions.js").write_text(FUNCTIONS)
    (folder / "names.js").write_text("exports.first = 'zoe';\n")
    with served() as service:
        ended, found = run(folder, PROCESSED.format(target=service.url))
        counts = service.counts
        ended.expect(ended.status, "counted secret-1", "own.size:", "own.ticks:")
        assert counts["GET /seen/202"] == 4 and counts["GET /never"] == 0, counts
        assert counts["GET /again/0"] == counts["GET /again/1"] == counts["GET /again/2"] == 4, counts
        assert counts["GET /again/3"] == 0 and found["vusers.completed"] == 4, (counts, found)
        assert found["own.passes"] == 8 and found["own.end.1"] == 4, found
        logins = [entry for entry in service.seen if entry[1] == "/login?n=7"]
        assert len(logins) == 4 and all(entry[2]["X-Signed"] == "POST b 1" for entry in logins), logins
        assert json.loads(logins[0][3]) == {"user": "zoe", "prepared": "yes", "more": 7}, logins[0]


@check
def artillery_functions_fail_their_user_and_no_other(folder):
    text = """
config: {{target: "{target}", processor: f.mjs, phases: [{{duration: 1, arrivalCount: 4}}]}}
scenarios:
  - flow:
      - get: {{url: /a, beforeRequest: odd}}
      - function: missing
      - get: {{url: /b, afterResponse: broken}}
"""
    (folder / "f.mjs").write_text(
        "let calls = 0;\nexport function odd(request, context, ee, next) {\n"
        "  next(context.vars.$uuid.length === 0 ? new Error('never') : null);\n}\n"
        "export function broken() {\n  throw new Error('out of stock');\n}\n")
    with served() as service:
        ended, found = run(folder, text.format(target=service.url), status=1)
        ended.expect(ended.status, "f.mjs:6", "warning[AS619]: the processor has no function 'missing'", "load.yml:6:19")
        assert found["errors.out of stock"] == found["vusers.failed"] == 4, found
        assert found['errors.Undefined function "missing"'] == 4 and service.counts["GET /b"] == 4, found
        (folder / "f.mjs").write_text("import fs from 'fs';\nexport const odd = fs.readFileSync;\n")
        run(folder, text.format(target=service.url), status=2)[0].expect(
            2, "error[AS619]: the module 'fs' is a part of Node", "f.mjs:1:16")
        (folder / "f.mjs").write_text("throw new Error('at once');\n")
        run(folder, text.format(target=service.url), status=2)[0].expect(
            2, "error[AS670]: the processor cannot be loaded: Error: at once", "f.mjs:1")


@check
def artillery_scripts_are_refused_with_their_lines(folder):
    (folder / "load.yml").write_text(
        "config: {target: 'http://127.0.0.1:1'}\nscenarios:\n  - engine: socketio\n    flow: [{emit: {channel: a}}]\n")
    assay("load", "load.yml", directory=folder).expect(
        2, "error[AS607]: the engine 'socketio' is not supported", "load.yml:3:13")
    (folder / "own.yml").write_text("assay: 1\nload: own\nscenarios: [a.yml]\nusers: 1\nfor: 1s\n")
    assay("load", "own.yml", "--target", "http://127.0.0.1:1", directory=folder).expect(
        2, "error[AS618]: --target goes with a script of Artillery, and 'own.yml' is none")


@check
def artillery_speaks_with_websockets(_):
    text = """
config: {target: "ws://127.0.0.1:PORT", phases: [{duration: 1, arrivalCount: 3}]}
scenarios:
  - engine: ws
    flow:
      - send: {payload: {op: echo, n: 5}, capture: {json: $.n, as: n}}
      - loop:
          - send: {payload: '{"op": "echo", "n": {{ n }} }', match: {json: $.n, value: 5}}
        count: 2
"""
    with peer() as folder:
        port = re.search(r":(\d+)", (folder / "echo.yml").read_text())[1]
        _, found = run(folder, text.replace("PORT", port))
        assert found["vusers.completed"] == 3 and found["websocket.messages_sent"] == 9, found
        assert found["websocket.messages_received"] == 9, found

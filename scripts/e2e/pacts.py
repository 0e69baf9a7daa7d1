"""Pacts beside the real implementation, in both directions: PyPI's `pact` (verifier and stub server) and `pact-python`."""

import contextlib
import http.server
import json
import os
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

from support import LIMIT_SECONDS, assay, check, started, wait_for

BIN = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin"
PACT = BIN / "pact"
PYTHON = BIN / "python3"
QUIET = {**os.environ, "PACT_DO_NOT_TRACK": "true", "NO_COLOR": "1"}

ORDER = {
    "consumer": {"name": "shop"}, "provider": {"name": "orders"},
    "interactions": [
        {
            "type": "Synchronous/HTTP", "description": "an order is read", "pending": False,
            "providerStates": [{"name": "an order exists", "params": {"id": 7}}],
            "request": {
                "method": "GET", "path": "/orders/7", "query": {"full": ["1"]},
                "generators": {"path": {"type": "ProviderState", "expression": "/orders/${id}"}},
                "matchingRules": {"path": {"combine": "AND", "matchers": [{"match": "regex", "regex": "/orders/\\d+"}]}},
            },
            "response": {
                "status": 200, "headers": {"Content-Type": ["application/json"]},
                "body": {
                    "contentType": "application/json", "encoded": False,
                    "content": {"id": 7, "lines": [{"sku": "a-1", "count": 2}], "at": "2026-01-01T10:00:00Z"},
                },
                "matchingRules": {"body": {
                    "$.id": {"combine": "AND", "matchers": [{"match": "integer"}]},
                    "$.lines": {"combine": "AND", "matchers": [{"match": "type", "min": 1}]},
                    "$.lines[*].sku": {"combine": "AND", "matchers": [{"match": "regex", "regex": "[a-z]-\\d+"}]},
                    "$.at": {"combine": "AND", "matchers": [
                        {"match": "datetime", "format": "yyyy-MM-dd'T'HH:mm:ssXXX"}]},
                }},
            },
        },
        {
            "type": "Synchronous/HTTP", "description": "an order is made", "pending": False,
            "request": {
                "method": "POST", "path": "/orders", "headers": {"Content-Type": ["application/json"]},
                "body": {"contentType": "application/json", "encoded": False, "content": {"sku": "a-1", "count": 1}},
                "matchingRules": {"body": {"$.count": {"combine": "AND", "matchers": [{"match": "integer"}]}}},
            },
            "response": {"status": 201, "headers": {"Location": ["/orders/8"]}},
        },
    ],
    "metadata": {"pactSpecification": {"version": "4.0"}},
}


def pact_file(folder, change=lambda pact: None):
    pact = json.loads(json.dumps(ORDER))
    change(pact)
    path = folder / "shop-orders.json"
    path.write_text(json.dumps(pact, indent=1))
    return path


def is_absent():
    if PACT.exists():
        return False
    print("  skipped: no pact in the test-venv (scripts/setup)")
    return True


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def real_verifier(file, port, *more):
    """The status and the words of Pact's own verifier."""
    ended = subprocess.run(
        [PACT, "verifier", "-f", file, "-h", "127.0.0.1", "-p", str(port), "-n", "orders", "--no-colour", *more],
        env=QUIET, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)
    return ended.returncode, ended.stdout


@contextlib.contextmanager
def double(file, folder):
    """`assay double` of a file; gives its port."""
    with started("double", str(file), directory=folder) as process:
        for line in process.stdout:
            if found := re.match(r"http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            raise AssertionError("assay double ended")
        try:
            yield int(found[1])
        finally:
            process.terminate()
            process.wait(LIMIT_SECONDS)


@contextlib.contextmanager
def real_stub(file):
    """Pact's own stub server of a file; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [PACT, "stub", "-f", file, "-p", str(port)], env=QUIET, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def answers():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True

    try:
        wait_for(answers, "the stub server listens")
        yield port
    finally:
        process.terminate()
        process.wait(LIMIT_SECONDS)


class Provider(http.server.BaseHTTPRequestHandler):
    """A small provider of orders with a state URL and messages; `defect` changes what it answers."""

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=None, headers=()):
        data = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.server.asked.append(self.path)
        number = self.path.partition("?")[0].rpartition("/")[2]
        if number not in self.server.orders:
            return self.answer(404, {"error": "no such order"})
        count = "2" if self.server.defect == "type" else 2
        self.answer(
            200, {"id": int(number), "lines": [{"sku": "b-22", "count": count}], "at": "2026-11-21T18:00:00+01:00",
                  "more": True})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if self.path.startswith("/_state"):
            self.server.states.append(body)
            if body["action"] == "setup":
                self.server.orders.add("41")
                return self.answer(200, {"id": 41})
            self.server.orders.clear()
            return self.answer(200, {})
        if self.path == "/orders":
            return self.answer(500 if self.server.defect == "status" else 201, headers=[("Location", "/orders/8")])
        self.server.asked.append(body)
        self.answer(200, {"event": "made", "id": 5})


@contextlib.contextmanager
def provider(defect=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.defect, server.orders, server.states, server.asked = defect, set(), [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@check
def pacts_real_verifier_passes_against_a_pact_double(folder):
    if is_absent():
        return
    file = pact_file(folder)
    with double(file, folder) as port:
        status, words = real_verifier(file, port)
        assert status == 0, words
    # A double of another pact is not what this one expects.
    def other(pact):
        pact["interactions"][0]["response"]["body"]["content"]["id"] = "seven"
        pact["interactions"][1]["response"]["status"] = 202
    (folder / "other").mkdir()
    with double(pact_file(folder / "other", other), folder) as port:
        status, words = real_verifier(file, port)
        assert status == 1 and "to be an integer" in words and "expected 201 but was 202" in words, words


@check
def pacts_are_verified_against_the_real_stub_server(folder):
    if is_absent():
        return
    file = pact_file(folder)
    with real_stub(file) as port:
        url = f"http://127.0.0.1:{port}"
        assay("contract", "verify", str(file), "--provider", url, "-v", directory=folder).expect(
            0, "PASSED", "an order is read, given an order exists", "2 passed")

        def stricter(pact):
            pact["interactions"][0]["response"]["body"]["content"]["lines"][0]["count"] = "2"
        (folder / "stricter").mkdir()
        assay("contract", "verify", str(pact_file(folder / "stricter", stricter)), "--provider", url,
              directory=folder).expect(1, "FAILED", "body $.lines[0].count", "a text, like \"2\"", "1 failed")


@check
def pacts_are_verified_with_states_by_url(folder):
    file = pact_file(folder)
    with provider() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        junit = folder / "junit.xml"
        ended = assay(
            "contract", "verify", str(file), "--provider", url, "--state-url", f"{url}/_state", "--state-teardown",
            "--provider-version", "2", "--consumer-version", "1", "--junit", str(junit), "--json", directory=folder)
        ended.expect(0)
        report = json.loads(ended.output)
        assert report["verdict"] == "passed" and report["pacts"][0]["passed"] == 2, ended.output
        assert [state["action"] for state in server.states] == ["setup", "teardown"], server.states
        assert server.states[0] == {"state": "an order exists", "params": {"id": 7}, "action": "setup"}, server.states
        assert server.asked == ["/orders/41?full=1"], f"the state's value is not in the path: {server.asked}"
        assert "shop" in junit.read_text()
        if PACT.exists():
            status, words = real_verifier(file, server.server_port, "-s", f"{url}/_state", "--state-change-teardown")
            assert status == 0, words
        assay("contract", "verify", str(file), "--provider", url, "--description", "made$", directory=folder).expect(
            0, "1 passed")
        assay("contract", "matrix", directory=folder).expect(0, "shop", "orders")


@check
def pacts_that_a_provider_breaks_fail_with_what_differs(folder):
    file = pact_file(folder)
    for defect, words in [("type", "body $.lines[0].count"), ("status", "status")]:
        with provider(defect) as server:
            url = f"http://127.0.0.1:{server.server_port}"
            assay("contract", "verify", str(file), "--provider", url, "--state-url", f"{url}/_state",
                  directory=folder).expect(1, "FAILED", words, "1 failed")
    # Pending interactions are told and do not count.
    def pending(pact):
        pact["interactions"][1]["pending"] = True
    with provider("status") as server:
        url = f"http://127.0.0.1:{server.server_port}"
        assay("contract", "verify", str(pact_file(folder, pending)), "--provider", url, "--state-url",
              f"{url}/_state", directory=folder).expect(0, "PASSED")


@check
def pacts_states_are_made_by_scenarios(folder):
    with provider() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        (folder / "states").mkdir()
        (folder / "pacts").mkdir()
        pact_file(folder / "pacts")
        (folder / "assay.yml").write_text(f"""\
assay: 1
project: orders
stand:
  services:
    api: {{url: "{url}"}}
levels:
  contract:
    pacts:
      files: pacts/*.json
      provider: api
      states: {{an order exists: {{use: states/order.yml}}}}
""")
        (folder / "states/order.yml").write_text("""\
assay: 1
scenario: an order exists
params: {id: null}
steps:
  - http: {post: "${api.url}/_state", json: {state: made, action: setup, asked: "${id}"}}
    expect: {status: 200}
    capture: {id: $.id}
    defer:
      http: {post: "${api.url}/_state", json: {state: made, action: teardown}}
""")
        assay("test", "--level", "contract", directory=folder).expect(0, "PASSED", "2 passed")
        assert [state["action"] for state in server.states] == ["setup", "teardown"], server.states
        assert server.states[0]["asked"] == 7, server.states
        assert server.asked == ["/orders/41?full=1"], server.asked


@check
def pacts_written_by_a_run_are_taken_by_the_real_verifier(folder):
    (folder / "assay.yml").write_text("""\
assay: 1
project: shop
stand:
  doubles:
    orders:
      pacts: {consumer: shop, provider: orders, write: pacts/}
      routes:
        - on: {post: /orders, headers: {x-tenant: {matches: "^[a-z]+$"}}, json: {$.sku: {type: string}, $.count: {greater: 0}}}
          answer: {status: 201, json: {id: "${uuid()}", sku: "${request.json.sku}", state: open}}
        - on: {get: "/orders/{id}"}
          answer: {json: {id: "${request.params.id}", state: open}}
levels:
  integration: {scenarios: tests}
""")
    (folder / "tests").mkdir()
    (folder / "tests/order.yml").write_text("""\
assay: 1
scenario: order
cases: [{name: one, sku: a-1}, {name: two, sku: b-2}]
steps:
  - http: {post: "${orders.url}/orders", headers: {x-tenant: acme}, json: {sku: "${case.sku}", count: 2}}
    expect: {status: 201}
    capture: {id: $.id}
  - http: {get: "${orders.url}/orders/${id}"}
    expect: {status: 200}
""")
    assay("test", directory=folder).expect(0, "pacts/shop-orders.json", "2 interactions")
    file = folder / "pacts/shop-orders.json"
    first = file.read_text()
    pact = json.loads(first)
    assert [i["description"] for i in pact["interactions"]] == ["GET /orders/{id} answers 200", "POST /orders answers 201"]
    posted = pact["interactions"][1]
    assert posted["request"]["headers"]["x-tenant"] == ["acme"], posted
    rules = posted["request"]["matchingRules"]
    assert rules["body"]["$.sku"]["matchers"] == [{"match": "type"}], rules
    assert rules["body"]["$.count"]["matchers"] == [{"match": "number"}], rules
    assert rules["header"]["x-tenant"]["matchers"] == [{"match": "regex", "regex": "^[a-z]+$"}], rules
    answered = posted["response"]["matchingRules"]["body"]
    assert sorted(answered) == ["$.id", "$.sku"], answered
    # Another run has other identifiers and changes nothing.
    assay("test", directory=folder).expect(0)
    assert file.read_text() == first, "the pact changed although nothing new was asked"
    if PACT.exists():
        with double(file, folder) as port:
            status, words = real_verifier(file, port)
            assert status == 0, words
    # A double that answers otherwise is a conflict, and a run that fails writes nothing.
    text = (folder / "assay.yml").read_text()
    (folder / "assay.yml").write_text(text.replace("state: open}}\nlevels", "state: shut}}\nlevels"))
    assay("test", directory=folder).expect(1, "GET /orders/{id} answers 200' with another response")
    assert file.read_text() == first


MESSAGES = {
    "consumer": {"name": "audit"}, "provider": {"name": "orders"},
    "messages": [{
        "description": "an order was made", "providerStates": [{"name": "an order exists"}],
        "contents": {"event": "made", "id": 1}, "metadata": {"contentType": "application/json"},
        "matchingRules": {"body": {"$.id": {"matchers": [{"match": "integer"}]}}},
    }],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


@check
def pacts_of_messages_are_verified_by_both(folder):
    file = folder / "audit-orders.json"
    file.write_text(json.dumps(MESSAGES))
    with provider() as server:
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{server.server_port}/_messages",
              directory=folder).expect(0, "1 passed")
        asked = {"description": "an order was made", "providerStates": [{"name": "an order exists"}]}
        assert server.asked == [asked], server.asked
        MESSAGES["messages"][0]["contents"]["event"] = "gone"
        file.write_text(json.dumps(MESSAGES))
        MESSAGES["messages"][0]["contents"]["event"] = "made"
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{server.server_port}/_messages",
              directory=folder).expect(1, "body $.event")
    file.write_text(json.dumps(MESSAGES))
    if not PACT.exists():
        return
    with double(file, folder) as port:
        status, words = real_verifier(file, port)
        assert status == 0, words


WRITER = """
import sys
from pact import Pact, match
pact = Pact("shop", "orders").with_specification("V4")
(pact.upon_receiving("an order is read").given("an order exists", id=7)
    .with_request("GET", "/orders/7")
    .will_respond_with(200).with_body({"id": match.int(7), "sku": match.regex("a-1", regex="[a-z]-[0-9]+"),
                                       "tags": match.each_like("x", min=1)}, "application/json"))
import urllib.error
import urllib.request
with pact.serve() as server:
    urllib.request.urlopen(f"{server.url}/orders/7").read()
pact.write_file(sys.argv[1])
"""


@check
def pacts_of_pact_python_are_read_and_answered(folder):
    if is_absent():
        return
    ended = subprocess.run(
        [PYTHON, "-c", WRITER, folder], env=QUIET, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=LIMIT_SECONDS)
    assert ended.returncode == 0, ended.stdout
    file = folder / "shop-orders.json"
    with double(file, folder) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/7") as answer:
            assert json.loads(answer.read())["sku"] == "a-1"
        status, words = real_verifier(file, port)
        assert status == 0, words
        assay("contract", "verify", str(file), "--provider", f"http://127.0.0.1:{port}", directory=folder).expect(
            0, "1 passed")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/orders")
            raise AssertionError("a request that no interaction expects was answered")
        except urllib.error.HTTPError as refusal:
            words = refusal.read().decode()
            assert refusal.code == 404 and "closest interaction 'an order is read, given an order exists'" in words, words


@check
def pacts_that_cannot_be_read_say_where(folder):
    (folder / "bad.json").write_text('{"consumer": {"name": "a"},\n "provider": {"name": "b"},\n "interactions": [7]}')
    assay("contract", "verify", "bad.json", "--provider", "http://127.0.0.1:1", directory=folder).expect(
        2, "error[AS473]: an interaction is an object, found the number 7", "bad.json:3:19")
    assay("contract", "verify", "none.json", "--provider", "http://127.0.0.1:1", directory=folder).expect(
        2, "error[AS480]: there is no pact 'none.json'")
    pact_file(folder)
    assay("contract", "verify", "shop-orders.json", directory=folder).expect(
        2, "error[AS484]: nothing says where the provider is")
    assay("contract", "verify", "shop-orders.json", "--provider", f"http://127.0.0.1:{free_port()}",
          directory=folder).expect(1, "the provider gave no answer")

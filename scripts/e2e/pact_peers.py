"""What the checks of pacts talk to: the real `pact`, a small provider, doubles of pacts, and a pact."""

import contextlib
import http.server
import json
import os
import re
import socket
import subprocess
import threading
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, started, wait_for

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


def needs_pact():
    if not PACT.exists():
        raise Skipped("no pact in the test-venv (scripts/setup)")


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

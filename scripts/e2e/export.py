"""OpenAPI documents and schemas made of what a real service answers, read by others and held against it again."""

import json
import os
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, assay, check, started

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python3"
SECRET = "s3cr3t-t0ken-0001"


class Jobs(BaseHTTPRequestHandler):
    """A service with lists, items, problems, headers and authentication."""

    protocol_version = "HTTP/1.1"
    jobs = {}

    def log_message(self, *words):
        pass

    def answer(self, status, value=None, **headers):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if body:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def known(self):
        if self.headers.get("Authorization") == f"Bearer {SECRET}":
            return True
        self.answer(401, {"error": "who are you", "code": 1})
        return False

    def do_GET(self):
        if self.path == "/api/v1/health":
            return self.answer(200, {"status": "up", "at": "2026-11-21T10:15:00Z"})
        if not self.known():
            return None
        path = self.path.partition("?")[0]
        if path == "/api/v1/jobs":
            return self.answer(200, {"items": list(self.jobs.values()), "next": None})
        job = self.jobs.get(path.rpartition("/")[2])
        return self.answer(200, job, ETag='"1"') if job else self.answer(404, {"error": "no such job", "code": 4})

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.known():
            return
        job = {"id": len(self.jobs) + 1, **given}
        if len(self.jobs) % 2:
            job["note"] = "second"
        self.jobs[str(job["id"])] = job
        self.answer(201, job, Location=f"/api/v1/jobs/{job['id']}")

    def do_DELETE(self):
        if self.known():
            self.jobs.pop(self.path.rpartition("/")[2], None)
            self.answer(204)


def provider():
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Jobs,), {"jobs": {}}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def ask(url, method="GET", value=None, token=SECRET):
    headers = {"Authorization": f"Bearer {token}", "X-Tenant": "acme"} if token else {}
    data = None
    if value is not None:
        data, headers["Content-Type"] = json.dumps(value).encode(), "application/json"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=10) as found:
            return found.status, found.read()
    except urllib.error.HTTPError as found:
        return found.code, found.read()


def use(url):
    """What somebody does with the service."""
    ask(url + "/api/v1/health", token=None)
    ask(url + "/api/v1/jobs", token=None)
    for kind in ["bulk", "login", "warmup"]:
        assert ask(url + "/api/v1/jobs", "POST", {"kind": kind, "owner": {"id": 1, "name": "ann"}})[0] == 201
    for path in ["/jobs?limit=10", "/jobs?limit=20&state=new", "/jobs/1", "/jobs/2", "/jobs/99"]:
        ask(url + "/api/v1" + path)
    assert ask(url + "/api/v1/jobs/3", "DELETE")[0] == 204


def recorded(scratch, name="traffic.har"):
    """An archive of what passed through `assay contract record`."""
    server = provider()
    target = f"http://127.0.0.1:{server.server_port}"
    try:
        with started("contract", "record", "--to", target, "--out", name, directory=scratch) as process:
            url = process.stdout.readline().split()[0]
            assert url.startswith("http://127.0.0.1:"), url
            use(url)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=LIMIT_SECONDS)
            assert process.returncode == 0 and "11 exchanges" in output, output
    finally:
        server.shutdown()
        server.server_close()
    return str(scratch / name)


def valid(path):
    """What PyPI's openapi-spec-validator says of a document."""
    if not PYTHON.exists():
        raise Skipped("no test-venv (scripts/setup)")
    script = "import sys; from openapi_spec_validator import validate; from openapi_spec_validator.readers import " \
        "read_from_filename; validate(read_from_filename(sys.argv[1])[0])"
    done = subprocess.run([PYTHON, "-c", script, path], capture_output=True, text=True, timeout=LIMIT_SECONDS)
    if "No module named" in done.stderr:
        raise Skipped("no openapi-spec-validator in the test-venv (scripts/setup)")
    assert done.returncode == 0, done.stderr[-2000:]


@check
def recorded_traffic_becomes_a_document_that_others_accept(scratch):
    archive = recorded(scratch)
    text = Path(archive).read_text()
    assert SECRET not in text, "the recording holds the token"
    entries = json.loads(text)["log"]["entries"]
    assert len(entries) == 11 and entries[0]["request"]["method"] == "GET"
    assay("contract", "export", "openapi", archive, "--out", "openapi.yaml", "--examples", "--title", "Jobs",
          directory=scratch).expect(0, "wrote openapi.yaml: 5 operations of 11 exchanges")
    document = (scratch / "openapi.yaml").read_text()
    for part in ['"/api/v1/jobs/{jobId}":', "bearerAuth", "operationId: getJob", "#/components/schemas/", "X-Tenant",
                 "Location", "format: date-time"]:
        assert part in document, f"{part!r} is not in\n{document}"
    assert SECRET not in document
    valid(scratch / "openapi.yaml")
    assay("contract", "export", "openapi", archive, "--out", "openapi.json", directory=scratch).expect(0)
    valid(scratch / "openapi.json")
    found = json.loads((scratch / "openapi.json").read_text())
    post = found["paths"]["/api/v1/jobs"]["post"]
    assert post["security"] == [{"bearerAuth": []}], post
    # The same again is the same, byte for byte.
    assay("contract", "export", "openapi", archive, "--out", "again.json", directory=scratch).expect(0)
    assert (scratch / "again.json").read_bytes() == (scratch / "openapi.json").read_bytes()
    # What it was made of adds nothing and contradicts nothing.
    ended = assay("contract", "export", "openapi", archive, "--merge", "openapi.yaml", "--out", "openapi.yaml",
                  directory=scratch).expect(0, "nothing new in 11 exchanges")
    assert "warning" not in ended.output, ended.output


@check
def a_document_of_traffic_is_a_double_and_is_merged(scratch):
    archive = recorded(scratch)
    assay("contract", "export", "openapi", archive, "--out", "openapi.json", directory=scratch).expect(0)
    document = json.loads((scratch / "openapi.json").read_text())
    document["info"]["description"] = "by hand"
    del document["paths"]["/api/v1/health"]
    (scratch / "openapi.json").write_text(json.dumps(document))
    assay("contract", "export", "openapi", archive, "--merge", "openapi.json", "--out", "openapi.json",
          directory=scratch).expect(0, "+ GET /api/v1/health", "1 addition of 11 exchanges")
    merged = json.loads((scratch / "openapi.json").read_text())
    assert merged["info"]["description"] == "by hand" and "/api/v1/health" in merged["paths"]
    valid(scratch / "openapi.json")
    with started("double", "openapi.json", directory=scratch) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        url = next(line.strip() for line in lines if line.startswith("http://"))
        status, body = ask(url + "/api/v1/health", token=None)
        assert status == 200 and "status" in json.loads(body), body
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT_SECONDS)


@check
def a_killed_recording_is_read_up_to_its_end(scratch):
    server = provider()
    try:
        target = f"http://127.0.0.1:{server.server_port}"
        with started("contract", "record", "--to", target, "--out", "cut.har", directory=scratch) as process:
            use(process.stdout.readline().split()[0])
            process.kill()
            process.wait()
    finally:
        server.shutdown()
        server.server_close()
    assay("contract", "export", "openapi", "cut.har", "--out", "openapi.yaml", directory=scratch).expect(
        0, "warning[AS504]", "5 operations of 11 exchanges")


@check
def a_test_run_and_its_scenarios_become_documents(scratch):
    server = provider()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        (scratch / "assay.yml").write_text("assay: 1\nproject: jobs\nlevels: {e2e: {scenarios: tests}}\n")
        (scratch / "tests").mkdir()
        (scratch / "tests/job.yml").write_text(f"""
assay: 1
scenario: a job
steps:
  - id: made
    http: {{post: "{url}/api/v1/jobs", bearer: "${{env.TOKEN}}", json: {{kind: bulk, size: 3}}}}
    expect: {{status: 201, json: {{$.id: {{type: integer}}}}}}
    capture: {{job: $.id}}
  - http: {{get: "{url}/api/v1/jobs/${{job}}", bearer: "${{env.TOKEN}}"}}
    expect: {{status: 200}}
""")
        assay("test", "--out", "run", directory=scratch, environment={"TOKEN": SECRET}).expect(0)
    finally:
        server.shutdown()
        server.server_close()
    assay("contract", "export", "openapi", "run", "--out", "run.json", directory=scratch).expect(
        0, "2 operations of 2 exchanges")
    valid(scratch / "run.json")
    found = json.loads((scratch / "run.json").read_text())
    assert list(found["paths"]) == ["/api/v1/jobs", "/api/v1/jobs/{jobId}"], found["paths"].keys()
    assert found["paths"]["/api/v1/jobs"]["post"]["security"] == [{"bearerAuth": []}]
    assay("contract", "export", "openapi", "tests", "--out", "static.json", directory=scratch).expect(
        0, "2 operations of 2 exchanges")
    valid(scratch / "static.json")
    static = json.loads((scratch / "static.json").read_text())
    assert list(static["paths"]) == ["/api/v1/jobs", "/api/v1/jobs/{job}"], static["paths"].keys()
    body = static["paths"]["/api/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["kind", "size"], body


@check
def a_schema_of_golden_examples(scratch):
    (scratch / "golden").mkdir()
    (scratch / "golden/one.json").write_text('{"id": 1, "tasks": [{"id": "a", "n": 1}], "main": {"id": "b", "n": 2}}')
    (scratch / "golden/two.json").write_text('{"id": 2, "tasks": [], "main": null}')
    assay("contract", "export", "schema", "golden", "--name", "aggregate", "--out", "aggregate.schema.json",
          directory=scratch).expect(0, "wrote aggregate.schema.json: the schema of 2 examples")
    schema = json.loads((scratch / "aggregate.schema.json").read_text())
    assert schema["title"] == "aggregate" and schema["required"] == ["id", "tasks", "main"], schema
    assert list(schema["$defs"]) == ["Main"], schema
    assay("contract", "export", "schema", "golden", "--out", "aggregate.schema.json", directory=scratch).expect(
        2, "AS500", "--force writes over it")

"""`assay contract check DOC --provider URL` against a provider written with FastAPI, right and wrong."""

import base64
import contextlib
import http.server
import json
import os
import socket
import subprocess
import threading
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from support import Skipped, assay, check, events, wait_for

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"
PROVIDER = Path(__file__).parent / "clients/probed_provider.py"
RIGHT = ["--bearer", "right"]
# What is wrong → the rule that finds it, the operation, and what the smallest request has in it.
FAULTS = {
    "empty-text": ("server-error", "POST /items", '"note":""'),
    "unknown-enum": ("response-body", "POST /items", '"note":'),
    "missing-member": ("response-body", "POST /items", '"note":'),
    "no-auth": ("auth-not-enforced", "POST /items", ""),
    "wrong-type": ("invalid-request-accepted", "POST /items", '"quantity":""'),
}


def needs_fastapi():
    found = PYTHON.exists() and subprocess.run(
        [PYTHON, "-c", "import fastapi, uvicorn"], capture_output=True, check=False).returncode == 0
    if not found:
        raise Skipped("no FastAPI in the test-venv (scripts/setup)")


@contextlib.contextmanager
def provider(scratch, fault="none"):
    """A provider and its document; gives its address and the document's path."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [PYTHON, PROVIDER, str(port), fault], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def document():
            assert process.poll() is None, f"the provider ended with {process.poll()}"
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                with urllib.request.urlopen(url + "/openapi.json", timeout=5) as answer:
                    return answer.read()
            return None

        path = scratch / "items.json"
        path.write_bytes(wait_for(document, "serving"))
        yield url, path
    finally:
        process.terminate()
        process.wait(10)


def probed(scratch, url, document, *words, status=0):
    """Findings of a run, as its JSON has them."""
    ended = assay("contract", "check", str(document), "--provider", url, *RIGHT, "--json", *words, directory=scratch)
    ended.expect(status)
    report = json.loads(ended.output)
    return report, [
        {"operation": part["operation"], **finding} for part in report["operations"] for finding in part["findings"]]


@check
def a_provider_that_keeps_its_contract_has_no_findings(scratch):
    needs_fastapi()
    with provider(scratch) as (url, document):
        for seed in ("1", "2", "3"):
            report, findings = probed(scratch, url, document, "--seed", seed, "--out", f"run-{seed}")
            assert findings == [], findings
            assert report["cases"] > 300, report["cases"]
            for part in report["operations"]:
                assert part["accepted"] > 0, part
                assert part["refused"] == part["invalid"], part
        lines = events(scratch / "run-3")
        tests = [line for line in lines if line["type"] == "test"]
        assert len(tests) == 6 and all(test["status"] == "passed" for test in tests), tests


@check
def each_fault_of_a_provider_is_found_by_its_rule_and_replayed(scratch):
    needs_fastapi()
    for fault, (rule, operation, part) in FAULTS.items():
        saved = scratch / f"{fault}.jsonl"
        with provider(scratch, fault) as (url, document):
            words = ["--seed", "7", "--save", str(saved), "--junit", str(scratch / "junit.xml")]
            _, findings = probed(scratch, url, document, *words, status=1)
            mine = [one for one in findings if one["rule"] == rule and one["operation"] == operation]
            assert mine, (fault, findings)
            assert {one["rule"] for one in findings if one["level"] == "error"} == {rule}, (fault, findings)
            assert part in mine[0]["curl"].replace("\\", ""), mine[0]
            assert "right" not in saved.read_text(), "a saved case has credentials in it"
            failures = ElementTree.parse(scratch / "junit.xml").getroot().iter("failure")
            assert any(rule in "".join(failure.itertext()) + str(failure.attrib) for failure in failures), fault
            replay = ["contract", "check", str(document), "--provider", url, *RIGHT, "--replay", str(saved)]
            assay(*replay, directory=scratch).expect(1, "✗ still fails", rule)
        with provider(scratch) as (url, document):
            replay = ["contract", "check", str(document), "--provider", url, *RIGHT, "--replay", str(saved)]
            assay(*replay, directory=scratch).expect(0, "✓ holds now")
        assay(*replay, directory=scratch).expect(3, "error[AS446]: the provider at ")


@check
def a_status_that_the_document_does_not_have_is_found(scratch):
    needs_fastapi()
    with provider(scratch) as (url, document):
        described = json.loads(document.read_text())
        del described["paths"]["/items/{number}"]["get"]["responses"]["404"]
        document.write_text(json.dumps(described))
        _, findings = probed(scratch, url, document, "--seed", "7", status=1)
        errors = [one for one in findings if one["level"] == "error"]
        assert [(one["operation"], one["rule"], one["actual"]) for one in errors] == [
            ("GET /items/{number}", "response-status", "404")], errors


@check
def a_probe_says_what_it_cannot_do(scratch):
    (scratch / "assay.yml").write_text(
        "assay: 1\nproject: shop\nstand:\n  production: true\n  services: {api: {url: \"http://shop.example\"}}\n")
    (scratch / "shop.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: shop, version: '1'}\n"
        "paths: {/a: {get: {responses: {'200': {description: one}}}}}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    for words, status, said in (
            (["--provider", nobody], 3, f"error[AS446]: the provider at {nobody} does not answer: connect-refused"),
            (["--provider", "http://shop.example"], 2, "error[AS443]: http://shop.example is 'api' of a stand marked "
             "production, which is only read"),
            (["--provider", nobody, "--only", "POST /a"], 2, "error[AS438]: shop.yaml has no operation 'POST /a'"),
            (["--provider", nobody, "--methods", "POST"], 2, "error[AS440]: shop.yaml has no operation left to probe"),
            (["--provider", "ftp://a"], 2, "error[AS435]: the provider's address cannot be used: "
             "'ftp://a': expected the scheme http or https"),
            (["--provider", nobody, "--replay", "cases.jsonl", "--json"], 2,
             "error[AS166]: --json does not go with --replay"),
            (["--provider", nobody, "--save", "./shop.yaml"], 2,
             "error[AS166]: --save would write over './shop.yaml'"),
    ):
        assay("contract", "check", "shop.yaml", *words, directory=scratch).expect(status, said)
    runs = scratch / ".assay/runs"
    assert not runs.exists() or not list(runs.iterdir()), "a run that asked nobody is kept"
    document = (scratch / "shop.yaml").read_text()
    assay("contract", "check", "--json", "shop.yaml", directory=scratch).expect(0, '"operations": 1')
    assert (scratch / "shop.yaml").read_text() == document, "the document is written over"


@check
def what_a_provider_echoes_of_credentials_is_masked(scratch):
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(dict(self.headers)).encode()
            self.send_response(500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    (scratch / "shop.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: shop, version: '1'}\n"
        "paths: {/a: {get: {responses: {'200': {description: one}}}}}\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        words = ["--provider", url, "--methods", "GET", "--header", "X-Token: hidden-one", "--header", "X-Other: b hidden-two"]
        for credentials in (["--bearer", "hidden-three"], ["--basic", "somebody:hidden-four"]):
            ended = assay(
                "contract", "check", "shop.yaml", *words, *credentials, "--save", "saved.jsonl", "--junit", "junit.xml",
                "--out", "run", directory=scratch).expect(1, "server-error")
            again = assay(
                "contract", "check", "shop.yaml", *words, *credentials, "--replay", "saved.jsonl",
                directory=scratch).expect(1, "still fails")
            findings = assay(
                "contract", "check", "shop.yaml", *words, *credentials, "--json", directory=scratch).expect(1)
            seen = {"terminal": ended.output, "replay": again.output, "json": findings.output}
            seen |= {str(path): path.read_text() for path in (scratch / "run").iterdir() if path.is_file()}
            seen |= {name: (scratch / name).read_text() for name in ("saved.jsonl", "junit.xml")}
            coded = base64.b64encode(b"somebody:hidden-four").decode()
            for name, text in seen.items():
                assert "hidden-" not in text and coded not in text, f"{name} shows credentials\n{text[:3000]}"
        server.shutdown()


@check
def a_level_probes_a_service_of_the_stand(scratch):
    needs_fastapi()
    with provider(scratch):
        pass
    (scratch / "assay.yml").write_text(
        "assay: 1\nproject: items\nstand:\n  services:\n    api:\n"
        f"      run: '{PYTHON} {PROVIDER} ${{port}} empty-text'\n"
        "      ready: {http: /health, within: 60s}\n"
        "levels:\n  contract: {openapi: items.json, provider: api, cases: 30, bearer: right}\n")
    assay("check", directory=scratch).expect(0)
    ended = assay("test", "--level", "contract", "--seed", "7", "--out", "run", directory=scratch)
    ended.expect(1, "server-error", "POST /items", "contract")
    tests = {line["scenario"]: line["status"] for line in events(scratch / "run") if line["type"] == "test"}
    assert tests.pop("POST /items") == "failed", tests
    assert len(tests) == 5 and set(tests.values()) == {"passed"}, tests

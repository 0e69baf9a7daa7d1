"""A double of WireMock's files, and its admin API as WireMock's own Python client uses it."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, assay, check, started

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python3"
CLIENT = Path(__file__).resolve().parent / "clients/wiremock_client.py"
MAPPINGS = {"mappings": [
    {"name": "new", "scenarioName": "order", "requiredScenarioState": "Started",
     "request": {"method": "GET", "url": "/orders/1"}, "response": {"jsonBody": {"state": "new"}}},
    {"name": "pay", "scenarioName": "order", "requiredScenarioState": "Started", "newScenarioState": "paid",
     "request": {"method": "POST", "url": "/orders/1/payment"}, "response": {"status": 202}},
    {"name": "paid", "scenarioName": "order", "requiredScenarioState": "paid",
     "request": {"method": "GET", "url": "/orders/1"}, "response": {"jsonBody": {"state": "paid"}}},
]}


def url_of(process):
    """The address that `assay double` prints once it listens."""
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError("no address was printed")


def curl(*words):
    return subprocess.run(["curl", "-s", "-m", "20", *words], capture_output=True, text=True, check=True).stdout


@check
def the_wiremock_client_drives_a_double_of_mapping_files(scratch):
    if not PYTHON.exists():
        raise Skipped("no test-venv (scripts/setup)")
    (scratch / "pay/mappings/orders").mkdir(parents=True)
    (scratch / "pay/mappings/orders/flow.json").write_text(json.dumps(MAPPINGS))
    with started("double", "pay", directory=scratch) as process:
        seen = subprocess.run(
            [PYTHON, CLIENT, url_of(process)], capture_output=True, text=True, timeout=LIMIT_SECONDS)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=LIMIT_SECONDS)
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert seen.stdout.count("ok ") == 10, seen.stdout


@check
def mapping_files_are_served_and_what_is_wrong_in_them_is_told(scratch):
    folder = scratch / "pay"
    (folder / "mappings").mkdir(parents=True)
    (folder / "__files").mkdir()
    (folder / "__files/receipt.txt").write_text("paid\n")
    (folder / "mappings/receipt.json").write_text(json.dumps(
        {"request": {"urlPath": "/receipt"}, "response": {"bodyFileName": "receipt.txt"}}))
    (folder / "mappings/schema.json").write_text(json.dumps(
        {"request": {"method": "PUT", "urlPath": "/items", "bodyPatterns": [
            {"matchesJsonSchema": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}}]},
         "response": {"status": 204}}))
    with started("double", "pay", directory=scratch) as process:
        url = url_of(process)
        put = ["-X", "PUT", "-o", "/dev/null", "-w", "%{http_code}", url + "/items"]
        assert curl(*put, "-d", '{"id": 1}') == "204" and curl(*put, "-d", '{"id": "1"}') == "404"
        assert curl(url + "/receipt") == "paid\n"
        assert "closest route 'ANY /receipt' differs in path: expected /receipt, got /recept" in curl(url + "/recept")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=LIMIT_SECONDS)
    (folder / "mappings/wrong.json").write_text('{\n  "request": {"headers": {"A": {"equalsTo": "x"}}}\n}\n')
    assay("double", "pay", directory=scratch).expect(
        2, "error[AS300]: there is no operator 'equalsTo'", "pay/mappings/wrong.json:2:33", "did you mean 'equalTo'?")

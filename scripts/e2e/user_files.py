"""Files that users already have, unmodified, against the worked example: verdict and counts of the real k6, and what Artillery counts.

They are not part of the repository: `../shared/data/user-files` beside the checkout. They name their ports, 8080 and 8081.
"""

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import urllib.request

import k6_scripts
from support import PRODUCTS, ROOT, SERVICE, Absent, check, wait_for

FILES = ROOT.parent / "shared/data/user-files"
SERVICE_PORT, AUTH_PORT = 8080, 8081
KEY = "only-for-this-check"
# Given to both programs, in place of the four and a half minutes of the file.
STAGES = ["--stage", "2s:12", "--stage", "4s:12", "--stage", "2s:0"]
# Users begin and end when the clock says, so an iteration more or less of each is chance.
SAMPLING = 0.08


def needed(name):
    file = FILES / name
    if not file.exists():
        raise Absent(f"the file '{name}' is not beside this checkout")
    for port in (SERVICE_PORT, AUTH_PORT):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Absent(f"port {port}, which the file names, is taken") from None
    return file


def answers(port, path):
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return answer.status < 500
    return False


@contextlib.contextmanager
def inventory(folder):
    """The example's service on a database of its own, and the double that logs its users in."""
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / "inventory.db")) as database:
        database.executescript((ROOT / "Examples/inventory/db/schema.sql").read_text())
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    environment = {**os.environ, "JWT_KEY": KEY, "LOG_LEVEL": "error"}
    processes = [
        subprocess.Popen([SERVICE, "--port", str(SERVICE_PORT), "--db", folder / "inventory.db"], env=environment, **quiet),
        subprocess.Popen([PRODUCTS / "assay", "double", "jwt", "--port", str(AUTH_PORT), "--set", f"key={KEY}"], **quiet)]
    try:
        wait_for(lambda: answers(SERVICE_PORT, "/health/ready"), "serving")
        wait_for(lambda: answers(AUTH_PORT, "/__assay/switches"), "logging in")
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def served():
    """Requests that the service counted itself: (method, path, status) → count."""
    with urllib.request.urlopen(f"http://127.0.0.1:{SERVICE_PORT}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    counts = {}
    for line in lines:
        if found := re.match(r"http_requests_total\{(.*)\} (\d+)", line):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', found[1]))
            counts[labels.get("method"), labels.get("path") or labels.get("route"), labels.get("status")] = int(found[2])
    return {key: count for key, count in counts.items() if "inventory" in str(key[1])}


def run(program, file, scratch):
    """The summary export, what the service counted, and how the program ended."""
    folder = scratch / program
    with inventory(folder):
        words = {
            "k6": [k6_scripts.K6, "run", "--quiet", "--address", "", file],
            "assay": [PRODUCTS / "assay", "load", file, "--k6-exit-codes"]}[program]
        ended = subprocess.run(
            [*words, *STAGES, "--summary-export", "export.json"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, "K6_NO_USAGE_REPORT": "true", "NO_COLOR": "1"}, timeout=k6_scripts.LIMIT_SECONDS, check=False)
        counts = served()
    said = (ended.stdout + ended.stderr)[-3000:]
    assert (folder / "export.json").exists(), f"{program} ended with {ended.returncode} and without a summary\n{said}"
    return json.loads((folder / "export.json").read_text()), counts, ended.returncode, said


def near(left, right, what):
    assert abs(left - right) <= max(3, SAMPLING * max(left, right)), f"{what}: k6 {left}, assay {right}"


@check
def k6_user_file_has_the_same_verdict_as_in_k6(scratch):
    file = needed("k6_loadtest.js")
    if not k6_scripts.K6.exists():
        raise Absent("the real k6 is not installed: scripts/setup --with bench")
    (k6, k6_served, k6_status, k6_said), (assay, assay_served, status, said) = (
        run(program, file, scratch) for program in ("k6", "assay"))
    assert (k6_status, status) == (0, 0), f"k6 ended with {k6_status}, assay with {status}\n{k6_said}\n{said}"
    assert assay["metrics"].keys() == k6["metrics"].keys(), sorted(assay["metrics"].keys() ^ k6["metrics"].keys())
    for name in ("iterations", "http_reqs"):
        near(k6["metrics"][name]["count"], assay["metrics"][name]["count"], name)
    for export, counts in ((k6, k6_served), (assay, assay_served)):
        # One request logs in and is not the service's.
        assert sum(counts.values()) == export["metrics"]["http_reqs"]["count"] - 1, f"{counts}\n{export['metrics']['http_reqs']}"
    assert assay_served.keys() == k6_served.keys(), f"{k6_served}\n{assay_served}"
    for key, count in k6_served.items():
        near(count, assay_served[key], key)
    for name, metric in k6["metrics"].items():
        assert metric.get("thresholds") == assay["metrics"][name].get("thresholds"), name
    checks, own = k6["root_group"]["checks"], assay["root_group"]["checks"]
    assert list(checks) == list(own), f"{list(checks)}\n{list(own)}"
    for name, counted in checks.items():
        near(counted["passes"], own[name]["passes"], name)
        near(counted["fails"], own[name]["fails"], name)


def asked(port, path, body, **headers):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


@check
def artillery_user_file_asks_what_it_says(scratch):
    """10, 50 and 100 users a second for one, two and one minutes, in a fiftieth of the time: 252 of them, neither more nor less."""
    file, users = needed("artillery_loadtest.yml"), 252
    words = [PRODUCTS / "assay", "load", file, "--scale", "0.02", "--lag-bound", "5s", "--quiet"]

    def run(*more):
        return subprocess.run(
            [*words, *more], cwd=scratch, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    with inventory(scratch / "service"):
        # Nobody has set `token`: everybody is refused, and what the file captures is not there.
        refused = run()
        assert served() == {("GET", "/inventory", "401"): users}, f"{served()}\n{refused.stdout}{refused.stderr}"
        assert refused.returncode == 1 and "AS611" in refused.stderr, refused.stderr
    with inventory(scratch / "again"):
        token = asked(AUTH_PORT, "/auth/login", {"telegram_id": 123456789, "username": "testuser"})["token"]
        item = {"item_id": "550e8400-e29b-41d4-a716-446655440002", "quantity": 1000}
        asked(SERVICE_PORT, "/inventory/add-items", {"items": [item]}, Authorization=f"Bearer {token}")
        ended = run("--variables", json.dumps({"token": token}))
        counts = {}
        for (method, path, _), count in served().items():
            counts[method, path] = counts.get((method, path), 0) + count
    said = f"{counts}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}"
    assert ended.returncode == 0, said
    assert counts == {
        ("GET", "/inventory"): users, ("POST", "/inventory/reserve"): users, ("POST", "/inventory/return-reserve"): users,
        ("POST", "/inventory/add-items"): 1}, said

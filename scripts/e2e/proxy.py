"""TCP proxies with faults as real clients see them, and what connections cost a double."""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, assay, check, started, wait_for

ROUTES = """
assay: 1
double: pay
routes:
  - on: {get: "/{what}"}
    answer: {json: {id: 1, items: [1, 2, 3]}}
faults:
  - {on: {get: /reset}, reset: before-head}
  - {on: {get: /empty}, close: before-head}
  - {on: {get: /half}, close: mid-body}
  - {on: {get: /chunk}, malformed-chunk: true}
  - {on: {get: /garbage}, garbage: 64 B}
  - {on: {get: /json}, truncated-json: true}
  - {on: {get: /every}, every: 3, status: 503}
"""
PROJECT = """
assay: 1
project: shop
stand:
  dependencies: {cache: {redis: {}}}
  doubles:
    slow-cache: {proxy: {to: "${cache.host}:${cache.port}", faults: [{latency: 150ms}]}}
levels: {integration: {scenarios: tests}}
"""
SCENARIO = """
assay: 1
scenario: ping through the proxy
steps:
  - run: redis-cli -h ${slow-cache.host} -p ${slow-cache.port} PING
    expect: {stdout: {contains: PONG}}
"""
VENV = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"
CLIENTS = Path(__file__).resolve().parent / "clients"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def double(what, *options, directory):
    """A double of its own; gives its port, and ends with it."""
    port = free_port()
    with started("double", what, "--port", str(port), *options, directory=directory) as process:
        wait_for(lambda: answers(port) or process.poll() is not None, f"'{what}' answering")
        assert process.poll() is None, process.stdout.read()
        yield port, process
        process.send_signal(signal.SIGINT)
        process.wait(timeout=LIMIT_SECONDS)


@contextlib.contextmanager
def redis_server(folder):
    """A real redis-server, stopped at the end."""
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port), "redis-server answering")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=LIMIT_SECONDS)


def ask(port, method, target, body=None):
    """Status and JSON of an answer of the API."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{target}", method=method, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


@check
def toxiproxy_s_python_client_drives_proxies(scratch):
    if not VENV.exists():
        raise Skipped("no test-venv (scripts/setup)")
    with redis_server(scratch) as redis, double("toxiproxy", directory=scratch) as (port, _):
        done = subprocess.run(
            [VENV, CLIENTS / "toxiproxy_client.py", str(port), str(redis)], capture_output=True, text=True,
            timeout=LIMIT_SECONDS)
        assert done.stdout.split() == ["through", "late", "cut", "down", "refused", "gone"], done.stdout + done.stderr


@check
def redis_cli_and_benchmark_go_through_a_proxy(scratch):
    with redis_server(scratch) as redis, double("toxiproxy", directory=scratch) as (port, _):
        status, proxy = ask(port, "POST", "/proxies", {"name": "cache", "upstream": f"127.0.0.1:{redis}"})
        assert status == 201, proxy
        through = proxy["listen"].rsplit(":", 1)[1]
        load = subprocess.run(
            ["redis-benchmark", "-p", through, "-t", "set,get", "-n", "20000", "-c", "50", "-q"],
            capture_output=True, text=True, timeout=LIMIT_SECONDS)
        assert load.returncode == 0 and "requests per second" in load.stdout, load.stdout + load.stderr
        large = subprocess.run(
            ["redis-cli", "-p", through, "-x", "SET", "large"], input="x" * 5_000_000, capture_output=True, text=True)
        assert large.stdout == "OK\n", large
        kept = subprocess.run(["redis-cli", "-p", through, "STRLEN", "large"], capture_output=True, text=True)
        assert kept.stdout == "5000000\n", kept
        status, toxic = ask(port, "POST", "/proxies/cache/toxics", {"type": "reset_peer"})
        assert status == 200 and toxic["name"] == "reset_peer_downstream", toxic
        cut = subprocess.run(["redis-cli", "-p", through, "PING"], capture_output=True, text=True)
        assert "PONG" not in cut.stdout, cut
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as metrics:
            assert 'toxiproxy_proxy_toxics{proxy="cache"} 1' in metrics.read().decode()


@check
def faults_break_answers_as_curl_names_them(scratch):
    (scratch / "pay.yml").write_text(ROUTES.lstrip())
    with double("./pay.yml", directory=scratch) as (port, _):
        def curl(path):
            done = subprocess.run(["curl", "-s", "-w", "%{http_code}", f"http://127.0.0.1:{port}{path}"],
                                  capture_output=True, text=True, errors="replace", timeout=LIMIT_SECONDS)
            return done.returncode, done.stdout
        assert curl("/well") == (0, '{"id":1,"items":[1,2,3]}200')
        # Of curl: 56 receiving failed, 52 nothing came, 18 a part only, 1 no HTTP it speaks.
        assert [curl(path)[0] for path in ("/reset", "/empty", "/half", "/chunk", "/garbage")] == [56, 52, 18, 56, 1]
        assert curl("/json") == (0, '{"id":1,"ite200')
        assert [curl("/every")[1][-3:] for _ in range(6)] == ["200", "200", "503"] * 2
        status, shown = ask(port, "GET", "/__admin/assay/faults")
        assert status == 200 and len(shown["faults"]) == 7, shown
        assert shown["counts"][6] == {"seen": 6, "struck": 2}, shown
        status, _ = ask(port, "PUT", "/__admin/assay/faults", [{"times": 1, "status": 418}])
        assert status < 300
        assert [curl("/reset")[1][-3:] for _ in range(2)] == ["418", "200"]
        status, wrong = ask(port, "PUT", "/__admin/assay/faults", [{"every": 1}])
        assert status == 422 and "does not say what goes wrong" in json.dumps(wrong), wrong


@check
def stand_leads_its_proxies_to_its_dependencies(scratch):
    (scratch / "tests").mkdir()
    (scratch / "assay.yml").write_text(PROJECT.lstrip())
    (scratch / "tests/ping.yml").write_text(SCENARIO.lstrip())
    assay("test", directory=scratch).expect(0, "1 passed")
    (scratch / "assay.yml").write_text(PROJECT.lstrip().replace("latency: 150ms", "down: true"))
    assay("test", directory=scratch).expect(1, "1 failed")


@check
def psql_goes_through_a_slow_proxy(scratch):
    if not shutil.which("psql"):
        raise Skipped("no psql (scripts/setup)")
    # A Unix socket behind a proxy, with nobody there: psql is told so, and the proxy lives on.
    with double("toxiproxy", directory=scratch) as (port, _):
        _, proxy = ask(port, "POST", "/proxies", {"name": "db", "upstream": f"unix:{scratch}/.s.PGSQL.5432"})
        through = proxy["listen"].rsplit(":", 1)[1]
        ended = subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", through, "-U", "nobody", "-c", "select 1"], capture_output=True,
            text=True, timeout=LIMIT_SECONDS)
        assert ended.returncode == 2 and "closed the connection" in ended.stderr, ended
        assert ask(port, "GET", "/proxies/db")[0] == 200


@check
def thousands_of_idle_connections_cost_a_bounded_amount(scratch):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = 5000
    if hard < 2 * count:
        return print(f"  skipped: only {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with double("toxiproxy", directory=scratch) as (port, process):
        def resident():
            status = Path(f"/proc/{process.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024
        before = resident()
        connections = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\nX-Padding: " + b"x" * 4000 + b"\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK")
            connections.append(connection)
        each = (resident() - before) / count
        for connection in connections:
            connection.close()
        # 4.4 KB were measured; a kept head alone would be as much again.
        assert each < 7500, f"{each:.0f} bytes an idle connection"

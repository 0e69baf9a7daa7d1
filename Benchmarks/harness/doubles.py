"""Doubles next to the servers they stand in for: CPU of the server's process for each request it answers."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .process import Failed, tree
from .rounds import drawn, spread

TICK = os.sysconf("SC_CLK_TCK")
# As wide as a service's interface gets; the last one is asked for.
ROUTES = 100
HTTP = f"double of {ROUTES} routes / nginx"
REDIS_TESTS = ["get", "set", "lpush", "zadd"]
PIPELINES = [1, 16]


@dataclass(frozen=True)
class Row:
    ours: float  # median CPU microseconds of a request
    peer: float
    ratio: dict  # ours over the peer's, within the rounds


def redis_name(test, pipeline):
    return f"redis double / redis-server, {test.upper()}" + (f" × {pipeline}" if pipeline > 1 else "")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time so far of a process and those below it."""
    total = 0
    for each in tree(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


@contextlib.contextmanager
def serving(command, port, directory):
    """A server that answers on `port`; ended by the signal that Ctrl-C sends."""
    process = subprocess.Popen(
        command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise Failed(f"{command[0]} did not start: {process.stderr.read()[-500:]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise Failed(f"{command[0]} did not answer within 10 s")
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def loaded(pid, load):
    """CPU microseconds of the server for each request of `load`, which says how many there were."""
    before = cpu_seconds(pid)
    count = load()
    return (cpu_seconds(pid) - before) * 1e6 / count


def wrk(port, path, seconds):
    done = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    count = re.search(r"(\d+) requests in", done.stdout)
    if done.returncode or not count or re.search(r"Non-2xx|Socket errors", done.stdout):
        raise Failed(f"wrk: {done.stdout[-300:]}{done.stderr[-300:]}")
    return int(count[1])


def redis_benchmark(port, test, pipeline, requests):
    done = subprocess.run(
        ["redis-benchmark", "-p", str(port), "-t", test, "-n", str(requests), "-P", str(pipeline), "-c", "50",
         "-r", "100000", "-q"], capture_output=True, text=True)
    if done.returncode or "requests per second" not in done.stdout:
        raise Failed(f"redis-benchmark {test}: {done.stdout[-300:]}{done.stderr[-300:]}")
    return requests


def paired(ours, theirs, rounds, order, load):
    """Medians of both, and the ratios within the rounds; `load` gives the cost of a request to a process."""
    costs = {ours: [], theirs: []}
    for pid in costs:
        load(pid)
    for _ in range(rounds):
        pids = [ours, theirs]
        order.shuffle(pids)
        for pid in pids:
            costs[pid].append(load(pid))
    return Row(median(costs[ours]), median(costs[theirs]),
               spread([own / peer for own, peer in zip(costs[ours], costs[theirs])]))


def tell(name, row):
    print(f"  {name:<40}{row.ours:>9.2f}{row.peer:>9.2f}{row.ratio['median']:>9.2f}"
          f"{row.ratio['min']:>9.2f}–{row.ratio['max']:.2f}", flush=True)


def against_nginx(assay, folder, rounds, seconds, order):
    """A double with a hundred routes next to nginx `return 200` with as many locations."""
    port, peer_port = free_port(), free_port()
    routes = "".join(
        f"  - {{on: {{get: /route/{number}}}, answer: {{text: ok}}}}\n" for number in range(ROUTES))
    (folder / "routes.yml").write_text(f"assay: 1\ndouble: routes\nroutes:\n{routes}")
    locations = "".join(f"location = /route/{number} {{ return 200 ok; }}\n" for number in range(ROUTES))
    (folder / "nginx.conf").write_text(
        f"daemon off;\n{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{ worker_connections 1024; }}\nhttp {{ access_log off;\n"
        f"keepalive_requests 1000000000;\nclient_body_temp_path {folder}/b;\nproxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f;\nuwsgi_temp_path {folder}/u;\nscgi_temp_path {folder}/s;\n"
        f"server {{ listen 127.0.0.1:{peer_port};\n{locations} }} }}\n")
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not nginx or not shutil.which("wrk"):
        raise Failed("nginx or wrk is not installed: scripts/setup --with bench")
    with serving([assay, "double", "./routes.yml", "--port", str(port)], port, folder) as ours, \
            serving([nginx, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], peer_port, folder) as theirs:
        ports = {ours: port, theirs: peer_port}
        return paired(ours, theirs, rounds, order, lambda pid: loaded(
            pid, lambda: wrk(ports[pid], f"/route/{ROUTES - 1}", seconds)))


def against_redis(assay, folder, rounds, requests, order):
    """The Redis double next to redis-server, each command with and without pipelining."""
    if not shutil.which("redis-server") or not shutil.which("redis-benchmark"):
        raise Failed("redis-server or redis-benchmark is not installed: scripts/setup")
    port, peer_port = free_port(), free_port()
    real = ["redis-server", "--port", str(peer_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    rows = {}
    with serving([assay, "double", "redis", "--port", str(port)], port, folder) as ours, \
            serving(real, peer_port, folder) as theirs:
        ports = {ours: port, theirs: peer_port}
        for test in REDIS_TESTS:
            for pipeline in PIPELINES:
                count = requests * (4 if pipeline > 1 else 1)
                name = redis_name(test, pipeline)
                rows[name] = paired(ours, theirs, rounds, order, lambda pid: loaded(
                    pid, lambda: redis_benchmark(ports[pid], test, pipeline, count)))
                tell(name, rows[name])
    return rows


def measure(bench, results):
    """Both servers load by load in one run; the tables are the report's."""
    order = drawn(bench)
    print(f"doubles: CPU µs of a request, {bench.rounds} rounds")
    print(f"  {'':<40}{'double':>9}{'real':>9}{'ratio':>9}{'min–max':>14}")
    with tempfile.TemporaryDirectory(prefix="assay-bench-doubles-") as folder:
        row = against_nginx(bench.assay, Path(folder), bench.rounds, max(1, round(bench.seconds)), order)
        tell(HTTP, row)
        results.ratios[HTTP] = row.ratio
        for name, row in against_redis(bench.assay, Path(folder), bench.rounds, 100_000, order).items():
            results.ratios[name] = row.ratio

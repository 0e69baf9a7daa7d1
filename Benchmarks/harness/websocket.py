"""WebSocket: CPU of the generator for a message and its echo, next to k6, and what an idle session takes."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from dataclasses import replace

from .generators import HERE, Generator, assay, assay_as_written
from .process import Failed
from .rounds import MIB, cpu_ratio, drawn, keep, side_by_side


@contextlib.contextmanager
def echo():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, str(HERE / "peers/websocket_echo.py"), str(port)])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        else:
            raise Failed("the echo server does not listen")
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def count_checks(finished, load):
    summary = json.loads((load.scratch / "summary.json").read_text())
    return summary["checks"], summary["checksFailed"], summary


def count_sessions(finished, load):
    summary = json.loads((load.scratch / "summary.json").read_text())
    return 5000, 0, summary


def k6(program, load):
    # Whoever is in the middle of a message then is given a little time to end.
    return [
        program, "run", "--quiet", "--vus", str(load.users), "--iterations", str(load.users), "--address", "",
        "--env", f"MILLISECONDS={round(load.seconds * 1000)}", "--summary-export", str(load.scratch / "summary.json"),
        "peers/websocket.js"]


def count_k6(finished, load):
    checks = json.loads((load.scratch / "summary.json").read_text())["metrics"]["checks"]
    return checks["passes"] + checks["fails"], checks["fails"], {}


ASSAY = Generator("assay-websocket", "assay", assay("websocket"), count_checks)
ASSAY_IDLE = Generator("assay-websocket-idle", "assay", assay_as_written("websocket-idle"), count_sessions, accepted=(0, 5))
K6 = Generator("k6-websocket", "k6", k6, count_k6, ("version",))


def measure(bench, results):
    with echo() as url:
        contenders = [(ASSAY, bench.assay)]
        if "k6" in bench.programs:
            contenders.append((K6, bench.programs["k6"]))
        load = replace(bench.load(), url=url)
        print(f"WebSocket, a message and its echo: {bench.rounds} rounds of {bench.seconds:g} s, {bench.users} users")
        runs = side_by_side(contenders, load, bench.rounds, drawn(bench))
        keep(runs, results)
        if ratio := cpu_ratio(runs, ASSAY.name, K6.name):
            results.ratios["assay-websocket / k6-websocket"] = ratio
        idle = ASSAY_IDLE.measure(bench.assay, load)
        kept = idle.peak_bytes / 5000
        print(f"memory, 5,000 idle sessions: {idle.peak_bytes / MIB:.1f} MiB, {kept / 1024:.1f} KiB each, "
              "the program included")
        results.figures["websocketIdleKiBPerSession"] = kept / 1024

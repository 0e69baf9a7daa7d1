"""WebSocket steps with a real peer, Python's `websockets`, in a test and in load; and the Autobahn test suite, both ways."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from support import ROOT, Absent, Skipped, assay, check, events, wait_for

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay"
PYTHON = CACHE / "test-venv/bin/python3"
SERVER = '''
import asyncio, json, sys
import websockets


async def serve(socket):
    async for message in socket:
        if isinstance(message, bytes):
            await socket.send(message)
            continue
        asked = json.loads(message)
        if asked["op"] == "subscribe":
            await socket.send(json.dumps({"type": "ack", "id": asked["id"], "packed": bool(socket.protocol.extensions)}))
            for number in range(asked.get("ticks", 0)):
                await socket.send(json.dumps({"type": "tick", "n": number}))
        elif asked["op"] == "leave":
            await socket.close(4001, "as asked")
        elif asked["op"] == "large":
            await socket.send("x" * asked["bytes"])
        else:
            await socket.send(json.dumps({"type": "echo", "n": asked["n"]}))


async def main():
    choose = lambda connection, offered: "v1" if "v1" in offered else None
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), select_subprotocol=choose):
        print("serving", flush=True)
        await asyncio.Future()


asyncio.run(main())
'''
PASSING = """
assay: 1
scenario: live
vars: {url: "ws://127.0.0.1:PORT"}
steps:
  - ws: {open: "${url}/live", as: feed, protocols: [v1], deflate: true}
    expect: {status: 101, protocol: v1}
  - ws: {send: {json: {op: subscribe, id: 7, ticks: 20}}, receive: {json: {$.type: ack}}, on: feed}
    expect: {json: {$.id: 7, $.packed: true}}
  - ws: {receive: {json: {$.n: 9}}, on: feed}
    expect: {passed-over: 9}
  - ws: {listen: {for: 5s, count: 10}, on: feed}
    expect: {count: 10}
  - ws: {send: {hex: "00 01 ff", fragment: 1B}, receive: binary, on: feed}
    expect: {hex: "0001ff"}
  - ws: {send: {ping: hello}, receive: pong, on: feed}
    expect: {text: hello}
  - ws: {send: {json: {op: leave}}, on: feed}
  - ws: {expect-close: 5s, on: feed}
    expect: {code: 4001, reason: as asked}
"""
FAILING = """
assay: 1
scenario: live
vars: {url: "ws://127.0.0.1:PORT"}
steps:
  - ws: {open: "${url}/live", message-limit: 1KiB}
  - ws: {send: {json: {op: large, bytes: 2000}}, receive: any}
"""
LOADED = """
assay: 1
scenario: echo
vars: {url: "ws://127.0.0.1:PORT"}
steps:
  - ws: {open: "${url}/live"}
  - repeat:
      times: 10
      steps:
        - id: ask
          ws: {send: {json: {op: echo, n: "${index}"}}, receive: {json: {$.n: "${index}"}}}
"""
PROFILE = """
assay: 1
load: echo
scenarios: [{use: echo.yml}]
iterations: {users: 4, each: 5}
thresholds: ["count(ws.sent) == 200", "count(ws.received) == 200", "rate(ws.failed) == 0", "p99(ws.round-trip) < 5s"]
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def program(words, **how):
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


@contextlib.contextmanager
def peer():
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import websockets"], capture_output=True).returncode:
        raise Skipped("no `websockets` in the test-venv (scripts/setup)")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "server.py").write_text(SERVER)
        port = free_port()
        with program([PYTHON, folder / "server.py", port]):
            wait_for(lambda: listening(port), "listening")
            for name, text in [("passing", PASSING), ("failing", FAILING), ("echo", LOADED)]:
                (folder / f"{name}.yml").write_text(text.replace("PORT", str(port)))
            (folder / "profile.yml").write_text(PROFILE)
            (folder / "assay.yml").write_text("assay: 1\nproject: live\n")
            yield folder


@check
def websocket_steps_with_a_real_peer(_):
    with peer() as folder:
        assay("test", "passing.yml", directory=folder).expect(0)
        assay("test", "failing.yml", directory=folder).expect(1, "too-large", "over the limit of 1024")


@check
def websocket_load_with_a_real_peer(_):
    with peer() as folder:
        assay("load", "profile.yml", "--out", "out", directory=folder).expect(0)
        assert any('"ws.round-trip"' in json.dumps(event) for event in events(folder / "out")), "no round trips"


# MARK: Autobahn

# The suite is of Python 2; these are the newest of its parts that run there.
SUITE = [
    "autobahntestsuite==25.10.1", "autobahn[accelerate]==0.10.9", "twisted==20.3.0", "txaio==2.1.0", "klein",
    "unittest2", "pyopenssl<22",
]
RUN = "from autobahntestsuite.wstest import run; run()"
# Without 9 (speed) and, for their length, the larger messages of 12 and 13: every payload and every offer is there, small.
CASES = {
    "cases": [f"{part}.*" for part in (1, 2, 3, 4, 5, 6, 7, 10)] + [
        f"{part}.{kind}.{size}" for part, kinds in ((12, 5), (13, 7)) for kind in range(1, kinds + 1)
        for size in range(1, 4)],
    "exclude-cases": [], "exclude-agent-cases": {}}
GOOD = {"OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED"}


def python2():
    # First what pyenv keeps: its `python2.7` in the path runs only where a version is chosen.
    kept = map(str, Path.home().glob(".pyenv/versions/2.7*/bin/python2.7"))
    found = next(kept, None) or shutil.which("python2.7")
    if not found or subprocess.run([found, "-m", "pip", "--version"], capture_output=True).returncode:
        raise Absent("no Python 2.7 with pip, which the Autobahn test suite needs")
    return found


def suite():
    """Where the suite's packages are; fetched once."""
    python, folder = python2(), CACHE / "autobahn-2.7"
    if not (folder / "autobahntestsuite").exists():
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--target", folder, *SUITE], capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise Absent("the Autobahn test suite cannot be had: " + done.stderr.strip()[-200:])
        (folder / "zope/__init__.py").touch()
    return python, {**os.environ, "PYTHONPATH": str(folder)}


def wstest(python, mode, spec):
    return [python, "-c", "import sys; sys.argv[1:] = ['-m', %r, '-s', %r]; %s" % (mode, str(spec), RUN)]


def swift_test(name, **variables):
    return subprocess.Popen(
        ["swift", "test", "--skip-build", "--filter", f"AutobahnTests/{name}"], cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, **variables})


def judge(index):
    (cases,) = json.loads(index.read_text()).values()
    bad = {name: case for name, case in cases.items()
           if case["behavior"] not in GOOD or case["behaviorClose"] not in GOOD}
    print(f"    Autobahn: {len(cases) - len(bad)} of {len(cases)} cases passed")
    assert cases and not bad, f"{len(bad)} cases failed: {sorted(bad)[:20]}"


@check
def autobahn_judges_the_client(_):
    python, environment = suite()
    with tempfile.TemporaryDirectory() as folder:
        port, spec = free_port(), Path(folder) / "spec.json"
        spec.write_text(json.dumps({"url": f"ws://127.0.0.1:{port}", "outdir": folder + "/out", "webport": 0, **CASES}))
        with program(wstest(python, "fuzzingserver", spec), env=environment, cwd=folder):
            wait_for(lambda: listening(port), "listening")
            assert swift_test("client", ASSAY_AUTOBAHN_PORT=str(port)).wait(timeout=1200) == 0
            judge(wait_for(lambda: next(Path(folder).glob("out/index.json"), None), "reported"))


@check
def autobahn_judges_the_server(_):
    python, environment = suite()
    with tempfile.TemporaryDirectory() as folder:
        port, spec = free_port(), Path(folder) / "spec.json"
        servers = [{"agent": "assay", "url": f"ws://127.0.0.1:{port}"}]
        spec.write_text(json.dumps({"servers": servers, "outdir": folder + "/out", **CASES}))
        server = swift_test("server", ASSAY_AUTOBAHN_LISTEN=str(port))
        try:
            wait_for(lambda: listening(port), "listening", seconds=120)
            with program(wstest(python, "fuzzingclient", spec), env=environment, cwd=folder) as client:
                client.wait(timeout=1200)
        finally:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/stop", timeout=5).read()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=30)
            server.kill()
        judge(Path(folder) / "out/index.json")

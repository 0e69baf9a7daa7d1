"""Steps `sse` and `tcp` against servers that are not ours, in tests and in load, and what a load says whose CPU was stolen."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from support import Ended, Skipped, assay, check, events, started, wait_for

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"
APPLICATION = '''
import asyncio, json, sys
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

app = FastAPI()
orders = []


@app.get("/health")
def health():
    return {}


@app.post("/orders")
async def order(request: Request):
    orders.append(await request.json())
    return {}


@app.get("/events")
async def stream(request: Request):
    first = int(request.headers.get("last-event-id", "0"))

    async def events():
        yield ": welcome\\n\\nretry: 20\\n\\n"
        sent = first
        while not await request.is_disconnected():
            while sent < len(orders):
                sent += 1
                yield f"id: {sent}\\nevent: order\\ndata: {json.dumps(orders[sent - 1])}\\n\\n"
                if orders[sent - 1].get("last"):
                    return
            yield "event: tick\\r\\ndata: x\\r\\ndata: y\\r\\n\\r\\n"
            await asyncio.sleep(0.02)

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/chat")
async def chat(request: Request):
    words = (await request.json())["prompt"].split()

    async def answer():
        for word in words:
            yield f"data: {json.dumps({'delta': word})}\\n\\n"
            await asyncio.sleep(0.005)
        yield "data: [DONE]\\n\\n"

    if not request.headers.get("authorization"):
        return JSONResponse({"error": "who are you"}, status_code=401)
    return StreamingResponse(answer(), media_type="text/event-stream")


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
'''
PROJECT = """
assay: 1
project: shop
stand:
  services:
    api: {{run: 'exec {python} app.py ${{port}}', ready: {{http: /health, within: 60s}}}}
levels: {{integration: {{scenarios: tests}}}}
"""
SCENARIO = """
assay: 1
scenario: events of an order
vars: {order: "${uuid()}"}
steps:
  - sse: {open: "${api.url}/events", as: feed}
    expect: {status: 200, headers: {content-type: {contains: text/event-stream}}}
  - sse: {receive: tick, on: feed}
    expect: {data: "x\\ny"}
  - http: {post: "${api.url}/orders", json: {id: "${order}", state: paid}}
  - sse: {receive: {event: order, json: {$.id: "${order}"}}, on: feed, within: 5s}
    expect: {json: {$.state: paid}, within: 2s}
    capture: {id: {header: id}}
  - sse: {listen: {for: 200ms, event: tick}, on: feed}
    expect: {count: {at-least: 2}}
  - sse: {close: {}, on: feed}
  - http: {post: "${api.url}/orders", json: {id: again, last: true}}
  - sse: {open: "${api.url}/events", as: later, last-event-id: "${id}"}
  - sse: {receive: order, on: later}
    expect: {json: {$.id: again}}
  - sse: {expect-close: 2s, on: later}
  - sse: {open: "${api.url}/chat", as: chat, json: {prompt: "one two three"}, bearer: let-me}
  - sse: {receive: {data: "[DONE]"}, on: chat}
    expect: {passed-over: 3}
  - sse: {open: "${api.url}/chat", as: refused, json: {prompt: x}}
    expect: {status: 401, json: {$.error: who are you}}
"""
WRONG = """
assay: 1
scenario: an event that does not come
steps:
  - sse: {open: "${api.url}/events"}
  - sse: {receive: {event: order, json: {$.id: nobody}}, within: 200ms}
"""


def project(scratch, scenarios, python=PYTHON, text=PROJECT):
    (scratch / "tests").mkdir()
    (scratch / "app.py").write_text(APPLICATION)
    (scratch / "assay.yml").write_text(text.format(python=python))
    for name, scenario in scenarios.items():
        (scratch / "tests" / f"{name}.yml").write_text(scenario)
    return scratch


def needs_fastapi():
    if not PYTHON.exists() or subprocess.run(
            [PYTHON, "-c", "import fastapi, uvicorn"], capture_output=True, check=False).returncode:
        raise Skipped("no FastAPI in the test-venv (scripts/setup)")


@check
def streams_of_events_from_fastapi_are_read(scratch):
    needs_fastapi()
    assay("test", directory=project(scratch, {"events": SCENARIO})).expect(0, "1 passed")


@check
def streams_say_why_an_event_did_not_come(scratch):
    needs_fastapi()
    assay("test", directory=project(scratch, {"events": WRONG})).expect(
        1, "1 failed", "an event with event is", "timeout: within 200 ms", "events were passed over")


@check
def streams_of_a_double_are_read(scratch):
    text = """
assay: 1
project: shop
stand: {{doubles: {{llm: {{preset: openai}}}}}}
levels: {{integration: {{scenarios: tests}}}}
"""
    scenario = """
assay: 1
scenario: a chat
steps:
  - sse:
      open: "${llm.url}/v1/chat/completions"
      json: {model: gpt-4o-mini, stream: true, messages: [{role: user, content: hello}]}
      bearer: test-key
  - sse: {receive: {data: "[DONE]"}}
    expect: {passed-over: {at-least: 2}}
  - sse: {expect-close: 2s}
"""
    assay("test", directory=project(scratch, {"chat": scenario}, text=text)).expect(0, "1 passed")


# --- TCP ---

@contextlib.contextmanager
def tls_echo(scratch):
    """`openssl s_server` that sends every line back, reversed. Gives its port."""
    if not shutil.which("openssl"):
        raise Skipped("no openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        cwd=scratch, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "cert.pem", "-key", "key.pem", "-rev", "-quiet"],
        cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        wait_for(listens, "listening")
        yield port
    finally:
        process.terminate()
        process.wait(10)


@check
def tcp_speaks_tls_with_openssl_and_refuses_strangers(scratch):
    with tls_echo(scratch) as port:
        text = "assay: 1\nproject: shop\nstand: {{}}\nlevels: {{integration: {{scenarios: tests}}}}\n"
        scenario = """
assay: 1
scenario: reversed
steps:
  - tcp: {connect: "tls://127.0.0.1:PORT", tls: {ca: cert.pem}}
  - tcp: {send: {text: "hello", ending: "\\n"}}
  - tcp: {receive: line, within: 5s}
    expect: {text: olleh}
  - tcp: {close: {}}
"""
        stranger = """
assay: 1
scenario: a certificate that nobody vouches for
steps: [{tcp: {connect: "tls://127.0.0.1:PORT"}}]
"""
        folder = project(
            scratch, {"right": scenario.replace("PORT", str(port)), "stranger": stranger.replace("PORT", str(port))}, text=text)
        assay("test", directory=folder).expect(1, "1 passed, 1 failed", "tls-certificate")


@contextlib.contextmanager
def framed_server():
    """Sends frames with a prefix of two bytes back, and events to whoever asks by HTTP. Gives its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)

    def frames(client, begun):
        held = begun
        while True:
            while len(held) < 2 or len(held) < 2 + int.from_bytes(held[:2], "big"):
                more = client.recv(65536)
                if not more:
                    return
                held += more
            length = 2 + int.from_bytes(held[:2], "big")
            client.sendall(held[:length])
            held = held[length:]

    def events_of(client):
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number in range(3):
            client.sendall(b"id: %d\ndata: {\"n\": %d}\n\n" % (number, number))
            time.sleep(0.005)

    def serve(client):
        with contextlib.suppress(OSError), client:
            begun = client.recv(65536)
            events_of(client) if begun.startswith(b"GET ") else frames(client, begun)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


LOADED = """
assay: 1
scenario: both
steps:
  - {id: open, tcp: {connect: "127.0.0.1:PORT", as: frames}}
  - {id: ask, tcp: {send: {json: {n: 1}, prefix: 2}, on: frames}}
  - {id: told, tcp: {receive: {prefix: 2}, on: frames, within: 5s}, expect: {json: {$.n: 1}}}
  - {id: feed, sse: {open: "http://127.0.0.1:PORT/events"}}
  - {id: event, sse: {receive: {json: {$.n: 2}}, within: 5s}, expect: {passed-over: 2}}
"""
PROFILE = """
assay: 1
load: both
scenarios: [{use: ../tests/both.yml}]
arrivals: {start: 40/s, stages: [{for: 4s, to: 40/s}], max-users: 200}
thresholds:
  - p95(tcp.round-trip) < 5s
  - p95(sse.first-event) < 5s
  - rate(tcp.failed) < 1%
  - rate(sse.failed) < 1%
"""


def loaded(scratch, port, profile=PROFILE):
    text = "assay: 1\nproject: shop\nstand: {{}}\nlevels: {{integration: {{scenarios: tests}}}}\n"
    folder = project(scratch, {"both": LOADED.replace("PORT", str(port))}, text=text)
    (folder / "load").mkdir()
    (folder / "load/both.yml").write_text(profile)
    return folder


@check
def streams_and_connections_are_measured_in_load(scratch):
    with framed_server() as port:
        folder = loaded(scratch, port, PROFILE + "lag-bound: 2s\n")
        ended = assay("load", "load/both.yml", "--out", "run", directory=folder)
        ended.expect(0, "PASSED")
        record = (folder / "run/record.jsonl").read_text()
        for metric in ("tcp.round-trip", "tcp.session", "sse.first-event", "sse.received", "sse.waiting"):
            assert f'"{metric}"' in record, metric
        held = [line for line in events(folder / "run") if line["type"] == "threshold"]
        assert len(held) == 4 and all(line["status"] == "held" for line in held), held


@check
def a_load_whose_cpu_was_stolen_is_inconclusive_whatever_it_speaks(scratch):
    with framed_server() as port:
        folder = loaded(scratch, port)
        with started("load", "load/both.yml", "--out", "run", "--summary-json", "sum.json", directory=folder) as process:
            wait_for(lambda: (folder / "run/record.jsonl").exists(), "begun")
            end = time.monotonic() + 6
            # As a hypervisor does that gives the processor to somebody else.
            while time.monotonic() < end and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGSTOP)
                    time.sleep(0.15)
                    os.kill(process.pid, signal.SIGCONT)
                time.sleep(0.35)
            ended = Ended(["load"], process)
        ended.expect(5, "INCONCLUSIVE", "the generator was saturated: its schedule lag p99 was")
        summary = json.loads((folder / "sum.json").read_text())
        assert summary["verdict"] == "inconclusive" and summary["scheduleLagP99Nanoseconds"] > 50e6, summary

"""HTTP/2 as a user asks for it, with nginx in the clear and over TLS, and with peers that break it."""

import contextlib
import html
import json
import shutil
import socket
import struct
import threading

from support import Skipped, assay, check
from tls import certify, free_port, serving

PROJECT = "assay: 1\nproject: http2\nlevels: {integration: {scenarios: tests}}\nstand: {}\n"


@contextlib.contextmanager
def nginx(folder, extra=""):
    """In the clear, with TLS, and with TLS for HTTP/1.1 only; yields the three ports."""
    if not shutil.which("nginx") and not shutil.which("nginx", path="/usr/sbin"):
        raise Skipped("nginx is not installed")
    certify(folder, "server")
    clear, secure, old = free_port(), free_port(), free_port()
    (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 1000000; {extra}
  ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
  server {{
    listen 127.0.0.1:{clear} http2; listen 127.0.0.1:{secure} ssl http2; listen 127.0.0.1:{old} ssl;
    location / {{ default_type application/json;
      return 200 '{{"protocol":"$server_protocol","scheme":"$scheme","host":"$host","connection":$connection}}'; }}
    location /missing {{ return 404; }}
  }}
}}
""")
    with serving(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], clear, folder):
        yield clear, secure, old


def project(folder, http, *steps):
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "assay.yml").write_text(PROJECT)
    lines = "".join(f"  - {step}\n" for step in steps)
    (folder / "tests/a.yml").write_text(f"assay: 1\nscenario: http2\nhttp: {http}\nsteps:\n{lines}")


@check
def http2_is_spoken_where_it_is_asked_for(scratch):
    with nginx(scratch) as (clear, secure, old):
        project(
            scratch, "{version: 2, tls: {ca: ca.pem}}",
            f'http: {{get: "http://127.0.0.1:{clear}/"}}\n'
            '    expect: {json: {$.protocol: HTTP/2.0, $.scheme: http}}\n    capture: {first: $.connection}',
            f'http: {{get: "http://127.0.0.1:{clear}/b"}}\n    expect: {{json: {{$.connection: "${{first}}"}}}}',
            f'http: {{get: "https://127.0.0.1:{secure}/"}}\n'
            '    expect: {json: {$.protocol: HTTP/2.0, $.scheme: https}}',
            f'http: {{get: "https://127.0.0.1:{old}/", version: any}}\n    expect: {{json: {{$.protocol: HTTP/1.1}}}}',
            f'http: {{get: "https://127.0.0.1:{secure}/", version: any}}\n    expect: {{json: {{$.protocol: HTTP/2.0}}}}',
            f'http: {{get: "https://127.0.0.1:{secure}/", version: "1.1"}}\n    expect: {{json: {{$.protocol: HTTP/1.1}}}}',
            f'http: {{get: "http://127.0.0.1:{clear}/missing"}}\n    expect: {{status: 404}}')
        assay("test", directory=scratch).expect(0, "1 passed")
        project(
            scratch, "{version: 2, tls: {ca: ca.pem}}",
            f'http: {{get: "https://127.0.0.1:{old}/"}}')
        assay("test", directory=scratch).expect(1, "tls-failed")
        project(scratch, "{version: 2}", f'http: {{get: "http://127.0.0.1:{clear}/missing"}}\n    expect: {{status: 200}}')
        assay("test", directory=scratch).expect(1, "404")
        last = max((scratch / ".assay/runs").glob("*/report.html"), key=lambda file: file.stat().st_mtime_ns)
        report = html.unescape(last.read_text())
        for text in ("--http2-prior-knowledge", "GET /missing HTTP/2", "HTTP/2 404"):
            assert text in report, f"the report has no '{text}'"


@check
def http2_users_share_connections_in_load(scratch):
    with nginx(scratch) as (clear, secure, _):
        (scratch / "load").mkdir()
        for origin in (f"http://127.0.0.1:{clear}", f"https://127.0.0.1:{secure}"):
            (scratch / "load/get.yml").write_text(
                "assay: 1\nscenario: get\nsteps:\n"
                f'  - http: {{get: "{origin}/"}}\n    expect: {{status: 200, json: {{$.protocol: HTTP/2.0}}}}\n')
            (scratch / "load/shared.yml").write_text(f"""assay: 1
load: shared
http: {{version: 2, connections: {{shared: 2}}, streams: 8, tls: {{ca: {scratch}/ca.pem}}}}
scenarios: [{{use: get.yml}}]
users: {{start: 40, stages: [{{for: 2s, to: 40}}]}}
thresholds: [rate(http.failed) <= 0%, count(http.requests) > 100, count(http.connecting) <= 4]
""")
            assay("load", "load/shared.yml", "--summary-json", "summary.json", directory=scratch).expect(0)
            summary = json.loads((scratch / "summary.json").read_text())
            assert summary["verdict"] == "passed" and summary["requests"] > 100, summary


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


SETTINGS = frame(4)
BROKEN = {
    "stream-reset": (SETTINGS + frame(3, 0, 1, struct.pack(">I", 2)), "INTERNAL_ERROR"),
    "gone-away": (SETTINGS + frame(7, 0, 0, struct.pack(">II", 0, 11) + b"slow down"), "GOAWAY ENHANCE_YOUR_CALM"),
    "protocol-error": (SETTINGS + frame(1, 4, 1, b"\xff\xff\xff\xff"), "COMPRESSION_ERROR"),
    "too-large": (SETTINGS + b"\x01\x00\x00" + bytes([0, 0]) + struct.pack(">I", 1), "a frame is larger than"),
}


@contextlib.contextmanager
def saying(answer):
    """A server that gives this to every request, in whatever protocol that is."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                held.append(peer)
                peer.recv(65536)
                peer.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        for peer in held:
            peer.close()


@check
def http2_that_is_broken_has_a_named_outcome(scratch):
    for outcome, (answer, reason) in BROKEN.items():
        with saying(answer) as port:
            project(scratch, "{version: 2}", f'http: {{get: "http://127.0.0.1:{port}/", timeout: 5s}}')
            assay("test", directory=scratch).expect(1, outcome, reason)
    with saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        project(scratch, "{version: 2}", f'http: {{get: "http://127.0.0.1:{port}/", timeout: 5s}}')
        assay("test", directory=scratch).expect(1, "protocol-error", "the peer answers in HTTP/1")

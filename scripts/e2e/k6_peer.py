"""The server that k6 scripts are run against: answers that only depend on the request, and a list of what was asked.

One `Peer` serves one run of one program. It listens on loopback, on a port of the system's choice.
"""

import base64
import gzip
import hashlib
import http.server
import json
import re
import socketserver
import struct
import threading
import time
import urllib.parse
import zlib
from dataclasses import dataclass

DOCUMENT = {
    "token": "abc123", "count": 3, "ok": True, "none": None, "ratio": 0.5, "text": "grüße \"quoted\"",
    "items": [
        {"id": 1, "name": "one", "price": 1.5, "tags": ["a", "b"], "owner": {"first": "Ann", "last": "Lee"}},
        {"id": 2, "name": "two", "price": 2.5, "tags": [], "owner": {"first": "Bob", "last": "Ray"}},
        {"id": 3, "name": "three", "price": 40, "tags": ["c"], "owner": {"first": "Cid", "last": "Lee"}},
    ],
    "dotted.key": "dots", "nested": {"deep": {"deeper": [10, 20, 30]}}, "big": 12345678901,
}
PAGE = """<!DOCTYPE html><html lang="en"><head><title>A page</title></head><body>
<h1 id="top" class="big title">Hello <em>there</em></h1>
<ul id="list"><li class="item" data-id="1">first</li><li class="item odd" data-id="2">second</li><li data-id="3">third</li></ul>
<p>One</p><p class="odd">Two</p><div><p>Three <a href="/landed?from=page" title="go">link</a></p></div>
<form id="login" action="/form" method="post"><input type="hidden" name="csrf" value="x1"><input name="user" value="nobody">
<input type="checkbox" name="keep" value="yes" checked><select name="colour"><option value="r">Red</option>
<option value="g" selected>Green</option></select><textarea name="note">some text</textarea>
<input type="submit" name="send" value="Go"></form>
<table><tr><td>1</td><td>2</td></tr></table></body></html>
"""
WEBSOCKET_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Headers that are compared; what each program calls itself, and how it speaks of connections, is its own affair.
COMPARED_HEADERS = ("accept", "authorization", "content-encoding", "content-length", "content-type", "cookie", "origin",
                    "referer", "sec-websocket-protocol", "transfer-encoding", "user-agent")

# A file that was given no name is named after the clock.
NAMELESS = re.compile(r'filename="\d{12,}"')


@dataclass(frozen=True)
class Request:
    """What was asked. The peer's own address in it reads HOST, a multipart boundary BOUNDARY."""
    method: str
    target: str
    headers: tuple
    body: str

    def __str__(self):
        return f"{self.method} {self.target} {dict(self.headers)} {self.body!r}"


class Peer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size, block_on_close = True, 512, False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock, self.requests, self.connections = threading.Lock(), [], 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self):
        return f"http://{self.host}"

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is part of what is tested."""

    def note(self, handler, body):
        headers = [
            (name.lower(), value) for name, value in handler.headers.items()
            if name.lower() in COMPARED_HEADERS or name.lower().startswith("x-")]
        boundary = re.search(r"boundary=\"?([^\";]+)", handler.headers.get("Content-Type", ""))
        packed = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(handler.headers.get("Content-Encoding"))
        text = (packed(body) if packed else body).decode("utf-8", "backslashreplace")

        def stable(piece):
            piece = NAMELESS.sub('filename="NUMBER"', piece.replace(self.host, "HOST"))
            return piece.replace(boundary.group(1), "BOUNDARY") if boundary else piece
        if boundary or packed:  # the boundary's length, and how well was packed, are each program's affair
            headers = [(name, value) for name, value in headers if name != "content-length"]
        seen = Request(
            handler.command, stable(handler.path), tuple(sorted((name, without_dice(name, stable(value))) for name, value in headers)),
            stable(text) if len(text) <= 4096 else f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}")
        with self.lock:
            self.requests.append(seen)


def without_dice(name, value):
    """Of a digest authentication what does not depend on chance; cookies in one order; no program's name of itself."""
    if name == "user-agent":
        return re.sub(r"^(Grafana k6|assay)(/[\d.]+)?$", "its own name", value)
    if name == "cookie":
        return "; ".join(sorted(value.split("; ")))
    if value.startswith("Digest "):
        return "Digest " + ", ".join(sorted(re.sub(r'(cnonce|response)="[^"]*"', r'\1="…"', value[7:]).split(", ")))
    return value


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version, timeout, disable_nagle_algorithm, wbufsize = "HTTP/1.1", 60, True, -1

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            pieces = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status=200, body=b"", kind="text/plain; charset=utf-8", headers=(), reason=None):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status, reason)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        bodiless = status in (204, 304) or status < 200
        if not bodiless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(body)
        self.wfile.flush()

    def json(self, value, status=200, headers=()):
        self.answer(status, json.dumps(value, ensure_ascii=False), "application/json", headers)

    def any_method(self):
        body = self.body()
        self.server.note(self, body)
        path, _, query = self.path.partition("?")
        words = [urllib.parse.unquote(word) for word in path.split("/")[1:]]
        route = getattr(self, f"on_{words[0].replace('-', '_')}", None)
        if route:
            route(words[1:], query, body)
        else:
            self.answer(404, f"there is no {path}")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_PURGE = do_QUERY = do_post = any_method

    def on_ok(self, *_):
        self.json({"ok": True})

    def on_landed(self, *_):
        self.answer(200, "landed")

    def on_json(self, *_):
        self.json(DOCUMENT)

    def on_array(self, *_):
        self.json([{"id": 1}, {"id": 2}, "three", 4.25, None])

    def on_echo(self, words, query, body):
        try:
            shown = {"body": body.decode()}
        except UnicodeDecodeError:
            shown = {"base64": base64.b64encode(body).decode()}
        shown |= {"method": self.command, "path": "/" + "/".join(["echo", *words]), "query": query}
        shown["headers"] = {
            name.lower(): value for name, value in sorted(self.headers.items())
            if name.lower() in ("content-type", "authorization", "cookie", "content-encoding") or name.lower().startswith("x-")}
        if "multipart" in self.headers.get("Content-Type", ""):
            shown = {"method": self.command, "parts": body.count(b"Content-Disposition")}
        self.json(shown)

    def on_form(self, words, query, body):
        self.json({"method": self.command, "fields": urllib.parse.parse_qsl((body.decode() or query), keep_blank_values=True)})

    def on_status(self, words, query, body):
        self.answer(int(words[0]), f"status {words[0]}", headers=[("X-Query", query or "none")])

    def on_redirect(self, words, query, body):
        """/redirect/STATUS/TIMES: so many times, then /landed; `cookie` in the query sets one on the way."""
        status, left = int(words[0]), int(words[1])
        to = f"/redirect/{status}/{left - 1}" if left > 1 else "/landed"
        cookies = [("Set-Cookie", f"hop{left}=yes; Path=/")] if query == "cookie" else []
        self.answer(status, "elsewhere", headers=[("Location", to), *cookies])

    def on_loop(self, *_):
        self.answer(302, "", headers=[("Location", "/loop")])

    def on_cookies(self, words, query, body):
        """Sets what the query names; says what was sent."""
        setting = [("Set-Cookie", f"{name}={value}") for name, value in urllib.parse.parse_qsl(query)]
        self.json({"sent": sorted(filter(None, self.headers.get("Cookie", "").split("; ")))}, headers=setting)

    def on_gzip(self, *_):
        self.answer(200, gzip.compress(b'{"packed":"gzip"}', mtime=0), "application/json", [("Content-Encoding", "gzip")])

    def on_deflate(self, *_):
        self.answer(200, zlib.compress(b'{"packed":"deflate"}'), "application/json", [("Content-Encoding", "deflate")])

    def on_bytes(self, words, *_):
        self.answer(200, bytes(n % 256 for n in range(int(words[0]))), "application/octet-stream")

    def on_html(self, *_):
        self.answer(200, PAGE, "text/html; charset=utf-8")

    def on_latin(self, *_):
        self.answer(200, "gr\xfc\xdfe".encode("latin-1"), "text/plain; charset=iso-8859-1")

    def on_many(self, *_):
        self.answer(200, "many", headers=[("X-Many", "one"), ("x-many", "two"), ("x-ODD-case", "kept"), ("ETag", '"v1"')])

    def on_chunked(self, *_):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"one ", b"two ", b"three"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def on_basic(self, words, *_):
        wanted = "Basic " + base64.b64encode(":".join(words).encode()).decode()
        if self.headers.get("Authorization") == wanted:
            return self.json({"authenticated": True})
        self.answer(401, "who are you?", headers=[("WWW-Authenticate", 'Basic realm="peer"')])

    def on_digest(self, words, *_):
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', self.headers.get("Authorization", "")))
        if "response" in given:
            def md5(*parts):
                return hashlib.md5(":".join(parts).encode()).hexdigest()
            middle = [given[name] for name in ("nonce", "nc", "cnonce", "qop")] if "qop" in given else [given["nonce"]]
            right = md5(md5(words[0], "peer", words[1]), *middle, md5(self.command, given["uri"]))
            if right == given["response"]:
                return self.json({"authenticated": True})
        self.answer(401, "who are you?", headers=[
            ("WWW-Authenticate", 'Digest realm="peer", nonce="n0nce", qop="auth", algorithm=MD5')])

    def on_wait(self, words, *_):
        time.sleep(int(words[0]) / 1000)
        self.answer(200, "waited")

    def on_drop(self, *_):
        self.close_connection = True

    def on_cut(self, *_):
        """Says more than it sends."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes!")
        self.wfile.flush()
        self.close_connection = True

    def on_garbage(self, *_):
        self.wfile.write(b"this is not HTTP\r\n\r\n")
        self.wfile.flush()
        self.close_connection = True

    def on_ws(self, words, query, body):
        """A WebSocket that sends back what it gets; /ws/bye closes after the first, /ws/early at once; /ws/refuse is 403."""
        if words[:1] == ["refuse"] or "Sec-WebSocket-Key" not in self.headers:
            return self.answer(403, "no")
        key = base64.b64encode(hashlib.sha1(self.headers["Sec-WebSocket-Key"].encode() + WEBSOCKET_KEY).digest()).decode()
        self.send_response(101)
        offered = self.headers.get("Sec-WebSocket-Protocol")
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", key)):
            self.send_header(name, value)
        if offered:
            self.send_header("Sec-WebSocket-Protocol", offered.split(",")[0].strip())
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        if words[:1] == ["early"]:
            return self.frame(8, struct.pack(">H", 4001) + b"early")
        while True:
            opcode, payload = self.read_frame()
            if opcode == 8:
                self.frame(8, payload[:2])
                return None
            if opcode == 9:
                self.frame(10, payload)
            elif opcode in (1, 2):
                self.frame(opcode, payload)
                if words[:1] == ["ping"]:
                    self.frame(9, b"are you there")
                if words[:1] == ["bye"]:
                    return self.frame(8, struct.pack(">H", 1000) + b"bye")

    def frame(self, opcode, payload):
        length = struct.pack(">B", len(payload)) if len(payload) < 126 else struct.pack(">BH", 126, len(payload))
        self.wfile.write(bytes([0x80 | opcode]) + length + payload)
        self.wfile.flush()

    def read_frame(self):
        first, second = self.rfile.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.rfile.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.rfile.read(8))
        mask = self.rfile.read(4) if second & 0x80 else bytes(4)
        return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(length)))


if __name__ == "__main__":
    with Peer() as peer:
        print(peer.url, flush=True)
        threading.Event().wait()

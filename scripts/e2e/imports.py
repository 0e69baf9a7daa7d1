"""Files of other tools imported, read by `assay check`, and run against a small server; the session by a real browser where
one is installed."""

import base64
import contextlib
import http.server
import json
import os
import re
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
import urllib.request

from support import Skipped, assay, check

PAGE = b"""<!doctype html><title>Shop</title><link rel=stylesheet href=/style.css><script>
async function go() {
  const login = await (await fetch('/login', {method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({user: 'ann', password: 'hunter2'})})).json();
  const who = {Authorization: 'Bearer ' + login.token};
  const order = await (await fetch('/orders', {method: 'POST', headers: {...who, 'Content-Type': 'application/json'},
    body: JSON.stringify({item: 'chair'})})).json();
  await new Promise(done => setTimeout(done, 700));
  await fetch('/orders/' + order.order_id, {headers: who});
  document.title = 'done';
}
go();
</script>"""


class Shop(http.server.BaseHTTPRequestHandler):
    """Tokens and ids are new each time, so a recording that is only repeated fails."""

    protocol_version = "HTTP/1.1"
    tokens, orders, count = set(), set(), 0

    def answer(self, status, value, kind="application/json"):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_GET(self):
        if self.path == "/":
            return self.answer(200, PAGE, "text/html")
        if self.path == "/style.css":
            return self.answer(200, b"body {}", "text/css")
        found = re.fullmatch(r"/orders/(\d+)", self.path)
        if not found or not self.known():
            return self.answer(404 if self.known() else 401, {"error": self.path})
        wanted = int(found[1])
        self.answer(200 if wanted in Shop.orders else 404, {"order_id": wanted})

    def known(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ") in Shop.tokens

    def do_POST(self):
        body = self.body()
        Shop.count += 1
        if self.path == "/login":
            if json.loads(body).get("password") != "hunter2":
                return self.answer(403, {"error": "password"})
            token = f"tok-{os.urandom(8).hex()}"
            Shop.tokens.add(token)
            return self.answer(200, {"token": token})
        if not self.known():
            return self.answer(401, {"error": "who are you?"})
        number = 1000 + Shop.count
        Shop.orders.add(number)
        self.answer(201, {"order_id": number, "item": json.loads(body)["item"]})

    def do_DELETE(self):
        found = re.fullmatch(r"/orders/(\d+)", self.path)
        self.answer(204 if found and int(found[1]) in Shop.orders else 404, b"")

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


@contextlib.contextmanager
def shop():
    server = Server(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def runs(folder, name, environment, *words):
    """What was imported passes `assay check` and runs without a failed check."""
    if not (folder / name / "feeds").exists():
        assay("check", f"{name}/scenarios", directory=folder).expect(0, "are in order")
    profile = next((folder / name / "load").glob("*.yml"))
    # A machine that is busy otherwise says nothing of the import.
    profile.write_text(profile.read_text() + "lag-bound: 5s\n")
    assay("check", str(profile.relative_to(folder)), directory=folder).expect(0, "1 load profiles are in order")
    return assay("load", str(profile.relative_to(folder)), *words, directory=folder, environment=environment).expect(0)


# MARK: a recorded session


class Devtools:
    """The little of the DevTools protocol and of RFC 6455 that a recording needs."""

    def __init__(self, url):
        host, port, path = re.fullmatch(r"ws://([^:/]+):(\d+)(/.*)", url).groups()
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        while self.stream.readline() not in (b"\r\n", b""):
            pass
        self.number, self.events = 0, []

    def receive(self):
        text = b""
        while True:
            first, second = self.stream.read(2)
            size = second & 127
            if size >= 126:
                size = struct.unpack(">H" if size == 126 else ">Q", self.stream.read(2 if size == 126 else 8))[0]
            piece = self.stream.read(size)
            if first & 15 < 3:
                text += piece
                if first & 128:
                    return json.loads(text)

    def ask(self, method, **params):
        self.number += 1
        data = json.dumps({"id": self.number, "method": method, "params": params}).encode()
        head = struct.pack(">BB", 0x81, 0x80 | len(data)) if len(data) < 126 else struct.pack(">BBH", 0x81, 0xFE, len(data))
        self.socket.sendall(head + b"\0\0\0\0" + data)
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                return message.get("result", {})
            self.events.append(message)


def recorded(folder, url):
    """What Chromium saw of the page, in the shape of its own HAR."""
    program = next((p for p in ("chromium", "chromium-browser", "google-chrome") if shutil.which(p)), None)
    if not program:
        raise Skipped("no chromium here")
    process = subprocess.Popen(
        [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--disable-dev-shm-usage",
         f"--user-data-dir={folder}/browser", "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in process.stderr:
            if "DevTools listening on" in line:
                port = re.search(r":(\d+)/", line)[1]
                break
        else:
            raise Skipped("chromium does not start here")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=20))
        tools = Devtools(next(p for p in pages if p["type"] == "page")["webSocketDebuggerUrl"])
        tools.ask("Network.enable")
        tools.ask("Page.enable")
        tools.ask("Page.navigate", url=url + "/")
        for _ in range(100):
            if tools.ask("Runtime.evaluate", expression="document.title")["result"].get("value") == "done":
                break
            time.sleep(0.1)
        entries, sent = [], {}
        for event in tools.events:
            name, about = event.get("method"), event.get("params", {})
            if name == "Network.requestWillBeSent":
                sent[about["requestId"]] = {"request": about}
            elif name == "Network.responseReceived" and about["requestId"] in sent:
                sent[about["requestId"]]["response"] = about
            elif name == "Network.loadingFinished" and about["requestId"] in sent:
                sent[about["requestId"]]["ended"] = about["timestamp"]
        for number, seen in sent.items():
            if "response" not in seen:
                continue
            request, response = seen["request"]["request"], seen["response"]["response"]
            body = tools.ask("Network.getResponseBody", requestId=number)
            stamp = seen["request"]["wallTime"]
            entries.append({
                "startedDateTime": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stamp)) + f".{int(stamp % 1 * 1000):03}Z",
                "time": (seen.get("ended", seen["request"]["timestamp"]) - seen["request"]["timestamp"]) * 1000,
                "_resourceType": seen["response"]["type"].lower(),
                "request": {
                    "method": request["method"], "url": request["url"],
                    "headers": [{"name": k, "value": v} for k, v in request["headers"].items()],
                    **({"postData": {"mimeType": "application/json", "text": request["postData"]}} if "postData" in request else {})},
                "response": {
                    "status": response["status"], "headers": [{"name": k, "value": v} for k, v in response["headers"].items()],
                    "content": {
                        "mimeType": response["mimeType"], "text": body.get("body", ""),
                        **({"encoding": "base64"} if body.get("base64Encoded") else {})}}})
        return {"log": {"version": "1.2", "pages": [], "entries": entries}}
    finally:
        process.terminate()
        process.wait()


@check
def imported_sessions_run_with_new_tokens_and_ids(folder):
    with shop() as url:
        (folder / "shop.har").write_text(json.dumps(recorded(folder, url)))
        assay("import", "har", "shop.har", directory=folder).expect(0, "2 values taken from earlier answers", "static assets")
        text = (folder / "shop/scenarios/shop.yml").read_text()
        assert "hunter2" not in text and "${token}" in text and "${order_id}" in text and "think:" in text, text
        runs(folder, "shop", {"PASSWORD": "hunter2"})
        # Nothing is written over.
        assay("import", "har", "shop.har", directory=folder).expect(2, "is there already")


# MARK: the other kinds


@check
def imported_postman_collections_run(folder):
    def request(name, method, path, body=None, test=()):
        return {
            "name": name, "event": [{"listen": "test", "script": {"exec": list(test)}}],
            "request": {"method": method, "url": "{{base}}" + path,
                        **({"body": {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}} if body else {})}}

    collection = {
        "info": {"name": "Shop"}, "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
        "variable": [{"key": "base", "value": "http://127.0.0.1:1"}, {"key": "password", "value": "secret", "type": "secret"}],
        "item": [
            request("Log in", "POST", "/login", '{"user": "ann", "password": "{{password}}"}',
                    ["pm.test('ok', () => pm.response.to.have.status(200));", "pm.environment.set('token', pm.response.json().token);"]),
            request("Order", "POST", "/orders", '{"item": "chair"}',
                    ["pm.response.to.have.status(201)", "const order = pm.response.json();", "pm.expect(order.item).to.eql('chair');",
                     "pm.globals.set('order', order.order_id);"]),
            request("See it", "GET", "/orders/{{order}}", None, ["tests['found'] = responseCode.code === 200;"]),
        ]}
    with shop() as url:
        (folder / "shop.json").write_text(json.dumps(collection))
        assay("import", "postman", "shop.json", directory=folder).expect(0, "3 requests")
        runs(folder, "shop", {"BASE": url, "PASSWORD": "hunter2"})


@check
def imported_openapi_documents_run(folder):
    (folder / "shop.yaml").write_text("""
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      operationId: addOrder
      tags: [orders]
      security: [{who: []}]
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [item], properties: {item: {type: string}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
  /orders/{orderId}:
    parameters: [{name: orderId, in: path, required: true, schema: {type: integer}}]
    delete: {operationId: removeOrder, tags: [orders], responses: {"204": {description: gone}}}
    get: {operationId: seeOrder, tags: [orders], security: [{who: []}], responses: {"200": {description: ok}}}
components:
  securitySchemes: {who: {type: http, scheme: bearer}}
  schemas: {Order: {type: object, properties: {order_id: {type: integer}}}}
""".lstrip())
    with shop() as url:
        Shop.tokens.add("given")
        assay("import", "openapi", "shop.yaml", directory=folder).expect(0, "3 operations in 1 scenario", "set TOKEN")
        text = (folder / "shop/scenarios/orders.yml").read_text()
        assert text.index("add-order") < text.index("see-order") < text.index("remove-order") and "${orderId}" in text, text
        runs(folder, "shop", {"BASE_URL": url, "TOKEN": "given"})
        assay("import", "openapi", "shop.yaml", "--each", "operation", "--out", "each", directory=folder).expect(0, "3 scenarios")


@check
def imported_artillery_scripts_run(folder):
    with shop() as url:
        (folder / "flow.yml").write_text(f"""
config:
  target: "{url}"
  phases: [{{duration: 2, arrivalRate: 2}}]
scenarios:
  - name: order
    flow:
      - post: {{url: /login, json: {{user: ann, password: hunter2}}, capture: {{json: $.token, as: token}}}}
      - think: 0.1
      - loop:
          - post:
              url: /orders
              headers: {{authorization: "Bearer {{{{ token }}}}"}}
              json: {{item: "chair {{{{ $loopCount }}}}"}}
        count: 2
""".lstrip())
        assay("import", "artillery", "flow.yml", directory=folder).expect(0, "1 scenario")
        runs(folder, "flow", {"PASSWORD": "hunter2"})


SCRIPT = """
import http from 'k6/http';
import {check, group, sleep} from 'k6';
import {SharedArray} from 'k6/data';

const base = __ENV.BASE || 'http://127.0.0.1:1';
const items = new SharedArray('items', () => [{name: 'chair'}, {name: 'lamp'}]);
export const options = {vus: 2, iterations: 4, thresholds: {http_req_failed: ['rate<0.01'], http_req_duration: ['p(95)<5000']}};

export default function () {
  const login = http.post(`${base}/login`, JSON.stringify({user: 'ann', password: 'hunter2'}), {headers: {'Content-Type': 'application/json'}});
  check(login, {'logged in': (r) => r.status === 200, 'has a token': (r) => r.json('token') !== undefined});
  const headers = {'Content-Type': 'application/json', Authorization: `Bearer ${login.json('token')}`};
  group('orders', () => {
    const item = items[Math.floor(Math.random() * items.length)];
    const order = http.post(`${base}/orders`, JSON.stringify({item: item.name, quantity: 1}), {headers, tags: {name: 'order'}});
    check(order, {'made': (r) => r.status === 201});
    http.get(`${base}/orders/${order.json().order_id}`, {headers});
  });
  console.log(compute(__VU));
  sleep(Math.random() * 0.2 + 0.1);
}

function compute(user) { return user * 2; }
export function handleSummary() { return {}; }
"""


@check
def imported_k6_scripts_run(folder):
    (folder / "shop.js").write_text(SCRIPT.lstrip())
    made = assay("import", "k6", "shop.js", directory=folder)
    if "AS600" in made.output:
        raise Skipped("the engine of scripts is absent")
    made.expect(0, "3 requests", "2 values taken from answers", "shop.js:19   __VU was 1", "handleSummary")
    text = (folder / "shop/scenarios/default.yml").read_text()
    for part in ("${env.BASE || 'http://127.0.0.1:1'}/login", 'bearer: "${token}"', "status: 201", "between: [100ms, 300ms]", "group: orders"):
        assert part in text, f"{part}\n{text}"
    with shop() as url:
        runs(folder, "shop", {"BASE": url, "PASSWORD": "hunter2"})


@check
def imports_refuse_what_they_cannot_read(folder):
    (folder / "x.json").write_text('{"log": [')
    assay("import", "har", "x.json", directory=folder).expect(2, "AS002", "x.json:1")
    (folder / "x.json").write_text("{}")
    assay("import", "har", "x.json", directory=folder).expect(2, "AS621")
    assay("import", "postman", "x.json", directory=folder).expect(2, "AS623")
    assay("import", "openapi", "x.json", directory=folder).expect(2)
    assay("import", "har", "x.json", "--each", "tag", directory=folder).expect(2, "AS627")
    (folder / "x.js").write_text("export default function () { while (true) {} }")
    ended = assay("import", "k6", "x.js", directory=folder).expect(2)
    assert "AS628" in ended.output or "AS600" in ended.output, ended.output

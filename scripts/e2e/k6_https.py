"""Options of scripts that say how connections are opened, `tlsAuth` among them: the real k6 and Assay say the same of one server."""

import contextlib
import http.server
import json
import ssl
import subprocess
import threading
import time

import k6_scripts
from support import Absent, Skipped, assay, check

# Each is a script of its own: what it exports, and what an iteration does. `at` is the server over TLS, `plain` without, `named` the
# same by the name localhost.
SCRIPTS = {
    "trust": ("{ insecureSkipTLSVerify: true }", "let r = http.get(at); say(r.status, r.error_code, r.tls_version, r.timings.tls_handshaking > 0)"),
    "no trust": ("{}", "let r = http.get(at); say(r.status, r.error_code)"),
    "version": ("{ insecureSkipTLSVerify: true, tlsVersion: 'tls1.2' }", "let r = http.get(at); say(r.status, r.tls_version)"),
    "versions": (
        "{ insecureSkipTLSVerify: true, tlsVersion: { min: 'tls1.2', max: 'tls1.3' } }",
        "let r = http.get(at); say(r.status, r.tls_version)"),
    "suite": (
        "{ insecureSkipTLSVerify: true, tlsVersion: { min: 'tls1.2', max: 'tls1.2' }, "
        "tlsCipherSuites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'] }",
        "let r = http.get(at); say(r.status, r.tls_cipher_suite)"),
    "other suite": (
        "{ insecureSkipTLSVerify: true, tlsVersion: { min: 'tls1.2', max: 'tls1.2' }, "
        "tlsCipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] }",
        "let r = http.get(at); say(r.status, r.error_code, r.error)"),
    "hosts": (
        "{ hosts: { 'api.example.test': host, 'other.example.test:81': host, '*.wild.test': host } }",
        "for (const name of ['api.example.test', 'other.example.test:81', 'a.wild.test', 'a.b.wild.test'])\n"
        "  { let r = http.get(`http://${name}/`); say(name, r.status, r.json('host')) }"),
    "blocked": (
        "{ blockHostnames: ['*.blocked.test', 'localhost'] }",
        "for (const url of ['http://a.blocked.test/', named, plain]) { let r = http.get(url); say(r.status, r.error_code, r.error) }"),
    "blacklist": (
        "{ blacklistIPs: ['127.0.0.0/8'] }", "let r = http.get(plain); say(r.status, r.error_code)"),
    "other blacklist": ("{ blacklistIPs: ['10.0.0.0/8'] }", "say(http.get(plain).status)"),
    "agent": (
        "{ userAgent: 'mine/1' }",
        "say(http.get(plain).json('agent'), http.get(plain, { headers: { 'User-Agent': 'yours' } }).json('agent'))"),
    "no agent": ("{ userAgent: '' }", "say(http.get(plain).json('agent'))"),
    "reuse": (
        "{ iterations: 2 }",
        "const seen = [1, 2, 3].map(() => http.get(plain).json('connection')); say(new Set(seen).size, seen[0] === globalThis.last);\n"
        "globalThis.last = seen[2]"),
    "no reuse": ("{ noConnectionReuse: true }", "say(new Set([1, 2, 3].map(() => http.get(plain).json('connection'))).size)"),
    "no reuse of users": (
        "{ iterations: 2, noVUConnectionReuse: true }",
        "const seen = [1, 2].map(() => http.get(plain).json('connection')); say(new Set(seen).size, seen[0] === globalThis.last);\n"
        "globalThis.last = seen[1]"),
    "redirects": (
        "{ maxRedirects: 1 }",
        "let r = http.get(plain + 'moved/3'); say(r.status, r.url.split('/').pop()); r = http.get(plain + 'moved/1'); say(r.status)"),
    "no redirects": ("{ maxRedirects: 0 }", "let r = http.get(plain + 'moved/1'); say(r.status, r.headers.Location)"),
    "discarded": (
        "{ discardResponseBodies: true }",
        "let r = http.get(plain); say(r.status, r.body); r = http.get(plain, { responseType: 'text' }); say(r.body.length > 10)"),
    "batch": (
        "{ batch: 3, batchPerHost: 0 }",
        "say(Math.max(...http.batch(Array(9).fill(plain + 'slow')).map(r => r.json('most'))))"),
    "batch of a host": (
        "{ batchPerHost: 2 }", "say(Math.max(...http.batch(Array(6).fill(plain + 'slow')).map(r => r.json('most'))))"),
    "batch at once": ("{ }", "say(Math.max(...http.batch(Array(6).fill(plain + 'slow')).map(r => r.json('most'))))"),
    "pace": (
        "{ rps: 20 }",
        "const begin = Date.now(); for (let i = 0; i < 9; i++) http.get(plain); const took = Date.now() - begin;\n"
        "say(took > 330, took < 3000)"),
    "throwing": (
        "{ throw: true }",
        "try { http.get('http://127.0.0.1:1/'); say('none') } catch (e) { say('thrown', String(e).includes('refused')) }"),
    "address": ("{ }", "say(http.get(plain).json('from'))"),
    "names": (
        "{ dns: { ttl: '1m', select: 'first', policy: 'onlyIPv4' } }", "say(http.get(named).json('from'))"),
    # Certificates of the client
    "no certificate": ("{ insecureSkipTLSVerify: true }", "let r = http.get(locked); say(r.status, r.error_code, r.error)"),
    "no certificate in TLS 1.2": (
        "{ insecureSkipTLSVerify: true, tlsVersion: 'tls1.2' }", "let r = http.get(locked); say(r.status, r.error_code, r.error)"),
    "no TLS": ("{}", "let r = http.get(plain.replace('http', 'https')); say(r.error_code, r.error)"),
    "certificate": (
        "{ insecureSkipTLSVerify: true, tlsAuth: [{ cert: open('client.pem'), key: open('client.key') }] }",
        "let r = http.get(locked); say(r.status, r.json('client')); r = http.get(at); say(r.status, r.json('client'))"),
    "certificate of a domain": (
        "{ insecureSkipTLSVerify: true, tlsAuth: [{ domains: ['localhost'], cert: open('client.pem'), key: open('client.key') }] }",
        "let r = http.get(lockedName); say(r.status, r.json('client'))"),
    "locked key": (
        "{ insecureSkipTLSVerify: true, tlsAuth: [{ cert: open('client.pem'), key: open('secret.key'), password: 'sesame' }] }",
        "let r = http.get(locked); say(r.status, r.json('client'))"),
    "certificate of a WebSocket": (
        "{ insecureSkipTLSVerify: true, tlsAuth: [{ cert: open('client.pem'), key: open('client.key') }] }",
        "const r = ws.connect(locked.replace('https', 'wss'), () => 0); say(r ? r.status : 'none', r && r.error)"),
}

SCRIPT = """import http from 'k6/http';
import ws from 'k6/ws';
const {{ at, plain, named, locked, lockedName, host }} = JSON.parse(__ENV.PEERS);
const say = (...words) => console.log(JSON.stringify(words));
export const options = {options};
export default function () {{
  {body}
}}
"""
FLAGS = {"address": ["--local-ips", "127.0.0.3"]}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what it saw of the request."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        # A handshake that fails is the client's to tell.
        self.request.settimeout(20)
        super().setup()
        with self.server.lock:
            self.server.connections += 1
            self.number = self.server.connections

    def do_GET(self):
        status, headers, body = 200, {}, {}
        if self.path.startswith("/moved/"):
            left = int(self.path.rpartition("/")[2])
            status, headers = (302, {"Location": f"/moved/{left - 1}"}) if left else (200, {})
        with self.server.lock:
            self.server.busy += 1
            most = self.server.busy
        if self.path == "/slow":
            # The most that are here at one time, as seen by each at its end.
            for _ in range(8):
                time.sleep(0.05)
                most = max(most, self.server.busy)
        with self.server.lock:
            self.server.busy -= 1
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        client = [value for part in (certificate or {}).get("subject", ()) for name, value in part if name == "commonName"]
        body = json.dumps({
            "agent": self.headers.get("User-Agent"), "host": self.headers.get("Host"), "connection": self.number, "most": most,
            "from": self.client_address[0], "client": client[0] if client else None}).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, context=None):
        self.lock, self.connections, self.busy = threading.Lock(), 0, 0
        super().__init__(("127.0.0.1", 0), Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_):
        pass


@contextlib.contextmanager
def served(context=None):
    server = Server(context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def openssl(folder, *words):
    try:
        made = subprocess.run(["openssl", *words], cwd=folder, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise Skipped("no openssl program to make certificates with") from None
    assert made.returncode == 0, made.stderr


def certificates(folder):
    """A server's certificate of its own, and an authority with a client; a stranger is known to nobody."""
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    for name, more in (("server", names), ("authority", []), ("stranger", [])):
        openssl(
            folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
            "-subj", f"/CN={name}", *more)
    openssl(folder, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "client.key", "-out", "client.csr", "-subj", "/CN=ann")
    openssl(
        folder, "x509", "-req", "-in", "client.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
        "-out", "client.pem")
    # The older form of locked keys: the one that k6 reads.
    openssl(folder, "rsa", "-aes256", "-traditional", "-in", "client.key", "-out", "secret.key", "-passout", "pass:sesame")


def context(folder, demands=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "server.pem", folder / "server.key")
    made.load_verify_locations(folder / "authority.pem")
    made.verify_mode = ssl.CERT_REQUIRED if demands else ssl.CERT_NONE
    return made


@contextlib.contextmanager
def peers(folder):
    certificates(folder)
    with served() as plain, served(context(folder)) as secure, served(context(folder, demands=True)) as locked:
        yield json.dumps({
            "at": f"https://127.0.0.1:{secure}/", "plain": f"http://127.0.0.1:{plain}/", "named": f"http://localhost:{plain}/",
            "locked": f"https://127.0.0.1:{locked}/", "lockedName": f"https://localhost:{locked}/", "host": f"127.0.0.1:{plain}"})


def both(folder, name, address):
    """What each program's console said, k6's first."""
    options, body = SCRIPTS[name]
    file = f"{name.replace(' ', '-')}.js"
    (folder / file).write_text(SCRIPT.format(options=options, body=body))
    words = ["--env", f"PEERS={address}", *FLAGS.get(name, [])]
    theirs = subprocess.run(
        [k6_scripts.K6, "run", "--quiet", "--address", "", *words, file], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    ours = assay("load", file, *words, directory=folder)
    return (theirs.stdout, ours.output)


@check
def k6_https_and_connection_options_as_the_real_k6(folder):
    if not k6_scripts.K6.exists():
        raise Absent("the real k6 is not installed: scripts/setup --with bench")
    problems = []
    with peers(folder) as address:
        for name in SCRIPTS:
            outputs = both(folder, name, address)
            theirs, ours = (k6_scripts.logged(output) for output in outputs)
            if theirs != ours or not theirs[0]:
                problems.append(f"{name}: k6 said {theirs}\nassay said {ours}\n{outputs[1][-1500:]}")
    assert not problems, "\n".join(problems)


@check
def k6_https_certificates_are_chosen_by_their_domains(folder):
    # k6 1.1 does not look at domains, so this is Assay's alone: the stranger's certificate is for another server.
    (folder / "chosen.js").write_text(SCRIPT.format(
        options="{ insecureSkipTLSVerify: true, tlsAuth: [\n"
        "  { domains: ['nowhere.test'], cert: open('stranger.pem'), key: open('stranger.key') },\n"
        "  { domains: ['*.test', 'localhost'], cert: open('client.pem'), key: open('client.key') }] }",
        body="let r = http.get(lockedName); say(r.status, r.json('client'))"))
    with peers(folder) as address:
        ended = assay("load", "chosen.js", "--env", f"PEERS={address}", directory=folder)
    assert k6_scripts.logged(ended.output)[0] == ['info: [200,"ann"]'], ended.output


@check
def k6_http_requests_are_told_for_debugging(folder):
    (folder / "told.js").write_text(SCRIPT.format(options="{ httpDebug: __ENV.KIND }", body="http.get(plain)"))
    with peers(folder) as address:
        for kind, wanted in (("headers", 0), ("full", 1)):
            ended = assay("load", "told.js", "--env", f"PEERS={address}", "--env", f"KIND={kind}", directory=folder).expect(0)
            told = [line for line in ended.output.splitlines() if "source=http-debug" in line]
            assert len(told) == 2, ended.output
            assert "Request:" in told[0] and "Host: 127.0.0.1:" in told[0] and "HTTP/1.1 200" in told[1], told
            # The body is told with `full` alone.
            assert told[1].count("connection") == wanted, told


@check
def k6_http_certificates_that_cannot_be_used_are_told_before_the_run(folder):
    certificates(folder)
    for auth, code, said in (
            ("{ cert: open('client.pem'), key: open('stranger.key') }", "AS690", "does not belong to its certificate"),
            ("{ cert: 'no certificate', key: open('client.key') }", "AS690", "holds no certificate in PEM form"),
            ("{ cert: open('client.pem'), key: open('secret.key') }", "AS690", "is encrypted, and there is no password"),
            ("{ cert: open('client.pem') }", "AS635", "`key` is missing")):
        (folder / "wrong.js").write_text(SCRIPT.format(options=f"{{ tlsAuth: [{auth}] }}", body="say('ran')"))
        ended = assay("load", "wrong.js", "--k6-exit-codes", "--env", "PEERS={}", directory=folder)
        ended.expect(104, f"error[{code}]: ", said)
        assert "ran" not in ended.output, ended.output

"""Connections as a user opens them: TLS with nginx and openssl, a proxy with a password, names that lead elsewhere."""

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path

from support import Skipped, assay, check

NAME = "api.example.com"
PROJECT = "assay: 1\nproject: secure\nlevels: {integration: {scenarios: tests}}\nstand: {}\n"


def openssl(*words, folder):
    subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certify(folder, name, *extra, names=f"DNS:{NAME},IP:127.0.0.1"):
    """`name`.pem and `name`.key, signed by ca.pem, which is made when it is not there."""
    if not (folder / "ca.pem").exists():
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=Check authority", "-keyout", "ca.key", "-out", "ca.pem", folder=folder)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName={names}", "-keyout", f"{name}.key", "-out", f"{name}.csr", folder=folder)
    (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem", *(extra or ("-days", "2")), folder=folder)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def serving(words, port, folder):
    program = shutil.which(words[0]) or shutil.which(words[0], path="/usr/sbin")
    if not program:
        raise Skipped(f"{words[0]} is not installed")
    log = folder / f"{Path(words[0]).name}.log"
    with log.open("w") as output:
        process = subprocess.Popen([program, *words[1:]], cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None and time.monotonic() < end, f"{words[0]} does not serve: {log.read_text()}"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def nginx(folder, extra=""):
    port = free_port()
    (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key; {extra}
    location / {{ default_type application/json; return 200 '{{"host":"$host","verified":"$ssl_client_verify",'
      '"sni":"$ssl_server_name","version":"$ssl_protocol"}}'; }}
  }}
}}
""")
    with serving(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], port, folder):
        yield port


def project(folder, http, *steps):
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "assay.yml").write_text(PROJECT)
    lines = "".join(f"  - {step}\n" for step in steps)
    (folder / "tests/a.yml").write_text(f"assay: 1\nscenario: secure\nhttp: {http}\nsteps:\n{lines}")


@check
def https_with_an_own_authority_and_a_client_certificate(scratch):
    certify(scratch, "server")
    certify(scratch, "client")
    openssl("ec", "-aes256", "-passout", "pass:open-sesame", "-in", "client.key", "-out", "locked.key", folder=scratch)
    with nginx(scratch, f"ssl_client_certificate {scratch}/ca.pem; ssl_verify_client optional;") as port:
        project(
            scratch, f"{{hosts: {{{NAME}: '127.0.0.1:{port}'}}, tls: {{ca: ca.pem}}}}",
            f'http: {{get: "https://{NAME}/"}}\n'
            f'    expect: {{json: {{$.host: {NAME}, $.sni: {NAME}, $.verified: NONE, $.version: TLSv1.3}}}}',
            f'http: {{get: "https://{NAME}/", tls: {{certificate: client.pem, key: locked.key, '
            'password: "${env.KEY_PASSWORD}", versions: 1.2}}\n'
            "    expect: {json: {$.verified: SUCCESS, $.version: TLSv1.2}}",
            f'http: {{get: "https://127.0.0.1:{port}/", tls: {{insecure: true}}}}\n'
            "    expect: {json: {$.host: 127.0.0.1, $.sni: ''}}")
        assay("test", directory=scratch, environment={"KEY_PASSWORD": "open-sesame"}).expect(0, "1 passed")
        assay("test", directory=scratch, environment={"KEY_PASSWORD": "wrong"}).expect(
            1, "not-sent", "locked.key is encrypted, and the password is not its own")


@check
def https_certificates_that_cannot_be_trusted_are_refused_by_name(scratch):
    certify(scratch, "server", "-not_before", "20200101000000Z", "-not_after", "20200201000000Z") \
        if "-not_before" in subprocess.run(["openssl", "x509", "-help"], capture_output=True, text=True).stderr \
        else certify(scratch, "server", "-days", "-1")
    with nginx(scratch) as port:
        project(scratch, "{tls: {ca: ca.pem}}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
        assay("test", directory=scratch).expect(1, "tls-certificate", "expired: the certificate 'server' was valid until")
    certify(scratch, "server", names="DNS:other.example.com")
    with nginx(scratch) as port:
        project(scratch, "{tls: {ca: ca.pem}}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
        assay("test", directory=scratch).expect(
            1, "tls-certificate", "wrong name: expected 127.0.0.1, the certificate has other.example.com")
        project(scratch, "{}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
        assay("test", directory=scratch).expect(1, "tls-certificate", "unknown issuer:", "Check authority")


@check
def https_refusals_of_openssl_s_server_are_told_by_their_alert(scratch):
    certify(scratch, "server")
    port = free_port()
    words = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "server.pem", "-key", "server.key", "-www",
             "-CAfile", "ca.pem"]
    project(scratch, "{tls: {ca: ca.pem}}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
    with serving([*words, "-Verify", "1", "-tls1_3"], port, scratch):
        assay("test", directory=scratch).expect(1, "tls-failed", "the alert 'certificate required' (116)")
    with serving([*words, "-tls1_2"], port, scratch):
        assay("test", directory=scratch).expect(0, "1 passed")
        project(scratch, "{tls: {ca: ca.pem, versions: 1.3}}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
        assay("test", directory=scratch).expect(1, "tls-failed", "the alert 'protocol version' (70)")


@check
def https_sessions_are_resumed_as_openssl_s_server_sees_it(scratch):
    certify(scratch, "server")
    for version in ["1.2", "1.3"]:
        port = free_port()
        words = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "server.pem", "-key", "server.key", "-www",
                 "-tls" + version.replace(".", "_")]
        with serving(words, port, scratch):
            step = f'http: {{get: "https://127.0.0.1:{port}/"}}\n    expect: {{body: {{contains: "%s, TLSv{version}"}}}}'
            project(scratch, "{connections: none, tls: {ca: ca.pem, session-reuse: true}}", step % "New",
                    step % "Reused", step % "Reused")
            assay("test", directory=scratch).expect(0, "1 passed")
            project(scratch, "{connections: none, tls: {ca: ca.pem}}", step % "New", step % "New")
            assay("test", directory=scratch).expect(0, "1 passed")


@check
def https_load_measures_its_handshakes(scratch):
    certify(scratch, "server")
    with nginx(scratch) as port:
        project(scratch, "{tls: {ca: ca.pem}}", f'http: {{get: "https://127.0.0.1:{port}/"}}')
        (scratch / "load").mkdir()
        (scratch / "load/secure.yml").write_text(
            "assay: 1\nload: secure\nscenarios: [../tests/a.yml]\nusers: {start: 5, stages: [{for: 2s, to: 5}]}\n"
            "http: {connections: none}\n"
            "thresholds: [rate(http.failed) == 0, 'p99(http.tls) < 5s', 'count(http.requests) > 5']\n")
        assay("load", "load/secure.yml", directory=scratch).expect(0, "PASSED")
        (scratch / "tests/a.yml").write_text((scratch / "tests/a.yml").read_text().replace("ca.pem", "none.pem"))
        assay("load", "load/secure.yml", directory=scratch).expect(2, "AS518", "none.pem cannot be read", "tests/a.yml:3")


@check
def requests_go_through_squid_with_a_password(scratch):
    certify(scratch, "server")
    scratch.chmod(0o755)
    port = free_port()
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "open:sesame"], check=True, capture_output=True, text=True)
    (scratch / "passwords").write_text(f"ann:{hashed.stdout}")
    programs = [Path(folder) / "basic_ncsa_auth" for folder in ["/usr/lib/squid", "/usr/lib64/squid"]]
    program = next((path for path in programs if path.exists()), None)
    if not program:
        raise Skipped("squid is not installed")
    logs = scratch / "squid"
    logs.mkdir()
    logs.chmod(0o777)
    (scratch / "squid.conf").write_text(f"""
http_port 127.0.0.1:{port}
pid_filename {logs}/pid
cache_log {logs}/cache.log
access_log stdio:{logs}/access.log
coredump_dir {logs}
cache deny all
shutdown_lifetime 0 seconds
auth_param basic program {program} {scratch}/passwords
acl known proxy_auth REQUIRED
http_access allow known
""")
    with nginx(scratch) as secure, serving(["squid", "-N", "-f", str(scratch / "squid.conf")], port, scratch):
        plain = free_port()
        web = ["python3", "-m", "http.server", "--bind", "127.0.0.1", str(plain)]
        steps = [f'http: {{get: "https://127.0.0.1:{secure}/"}}', f'http: {{get: "http://127.0.0.1:{plain}/assay.yml"}}',
                 f'http: {{get: "http://127.0.0.1:{plain}/tests/a.yml"}}']
        with serving(web, plain, scratch):
            url = f"http://ann:open%3Asesame@127.0.0.1:{port}"
            project(scratch, f"{{proxy: '{url}', tls: {{ca: ca.pem}}}}", *[s + "\n    expect: {status: 200}" for s in steps])
            assay("test", directory=scratch).expect(0, "1 passed")
            seen = (logs / "access.log").read_text()
            assert f"CONNECT 127.0.0.1:{secure} ann" in seen and f"GET http://127.0.0.1:{plain}/assay.yml ann" in seen, seen
            project(scratch, f"{{proxy: 'http://127.0.0.1:{port}', tls: {{ca: ca.pem}}}}", steps[0])
            assay("test", directory=scratch).expect(
                1, "proxy-failed", "407 Proxy Authentication Required; its URL has no user and password")
            project(scratch, f"{{proxy: {{url: 'http://127.0.0.1:{port}', except: [127.0.0.1]}}, tls: {{ca: ca.pem}}}}", steps[0])
            assay("test", directory=scratch).expect(0, "1 passed")

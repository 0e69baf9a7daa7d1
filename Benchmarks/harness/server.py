"""The server every generator is pointed at: nginx with one worker and a fixed answer."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .process import Failed, tree

ANSWER = (
    '{"id":1,"items":[{"item_id":"a1","quantity":5},{"item_id":"b2","quantity":7}],'
    '"ok":true,"note":"one inventory"}')

CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile {open_files};
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=16384{listen};
        {more}
        location = /item {{ default_type application/json; return 200 '{answer}'; }}
    }}
}}
"""


def nginx_path():
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Failed("nginx is not installed: scripts/setup --with bench")
    return found


class Nginx:
    """A context manager; `url` is where it answers, on loopback and a free port."""

    scheme = "http"
    listen = ""  # behind `listen`
    more = ""  # in its server

    def __init__(self, folder, open_files):
        self.folder = Path(folder)
        self.open_files = open_files
        self.process = None

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        self.prepare()
        file = self.folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(
            # Started as root the worker would become nobody, who may not look into the folder.
            user="user root;" if os.geteuid() == 0 else "", open_files=self.open_files,
            connections=min(self.open_files - 64, 16384), folder=self.folder, port=self.port, answer=ANSWER,
            listen=self.listen, more=self.more))
        self.process = subprocess.Popen(
            [nginx_path(), "-e", f"{self.folder}/error.log", "-c", str(file)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(100):
            if self.process.poll() is not None:
                raise Failed(f"nginx did not start: {self.process.stderr.read()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        self.__exit__()
        raise Failed("nginx did not answer within 5 s")

    def prepare(self):
        """What must be there before it starts."""

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()

    def open_descriptors(self):
        """Of master and worker together: a little over the number of connections."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in tree(self.process.pid))


class TLSNginx(Nginx):
    """The same over TLS 1.3, with one cipher for everyone and a certificate that nobody vouches for."""

    scheme = "https"
    listen = " ssl"

    def prepare(self):
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
             certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
            capture_output=True, text=True, check=False)
        if made.returncode:
            raise Failed(f"openssl made no certificate: {made.stderr[-300:]}")
        self.more = (
            f"ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; "
            "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;")

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
        listen 127.0.0.1:{port} backlog=16384;
        listen 127.0.0.1:{http2_port} http2;
        listen 127.0.0.1:{secure_port} ssl http2;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        location = /item {{ default_type application/json; return 200 '{answer}'; }}
    }}
}}
"""


def nginx_path():
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Failed("nginx is not installed: scripts/setup --with bench")
    return found


def certify(folder):
    """A certificate that nobody but these runs trusts."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem"],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Nginx:
    """A context manager, on loopback and free ports: `url` answers in HTTP/1.1, `http2_url` in HTTP/2 in the clear,
    `secure_url` in either over TLS."""

    def __init__(self, folder, open_files):
        self.folder = Path(folder)
        self.open_files = open_files
        self.process = None

    def __enter__(self):
        self.port, http2_port, secure_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.http2_url = f"http://127.0.0.1:{http2_port}"
        self.secure_url = f"https://127.0.0.1:{secure_port}"
        certify(self.folder)
        file = self.folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(
            # Started as root the worker would become nobody, who may not look into the folder.
            user="user root;" if os.geteuid() == 0 else "", open_files=self.open_files,
            connections=min(self.open_files - 64, 16384), folder=self.folder, port=self.port,
            http2_port=http2_port, secure_port=secure_port, answer=ANSWER))
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

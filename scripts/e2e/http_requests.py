"""What requests say, against servers that are not ours: httpbin behind gunicorn, nginx, Python's own HTTP/1.0 server."""

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

from support import LIMIT_SECONDS, Skipped, assay, check, events, wait_for

PYTHON = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay/test-venv/bin/python"

HTTPBIN = r"""
assay: 1
scenario: httpbin
http: {redirects: 5, timeout: 20s}
vars: {base: "http://127.0.0.1:@PORT@"}
steps:
  - id: redirects
    http: {get: "${base}/redirect/3"}
    expect: {status: 200, json: {$.url: "${base}/get"}}
  - id: absolute
    http: {get: "${base}/absolute-redirect/2"}
    expect: {status: 200}
  - id: not followed
    http: {get: "${base}/redirect/1", redirects: 0}
    expect: {status: 302, headers: {location: /get}}
  - id: see other
    http: {post: "${base}/redirect-to", query: {url: "${base}/get", status_code: 303}, form: {a: 1}}
    expect: {status: 200, json: {$.url: "${base}/get", "$.headers['Content-Type']": {absent: true}}}
  - id: kept method
    http: {post: "${base}/redirect-to", query: {url: "${base}/post", status_code: 307}, json: {a: 1}}
    expect: {status: 200, json: {$.json.a: 1}}
  - id: set cookies
    http: {get: "${base}/cookies/set", query: {session: abc, theme: dark}}
    expect: {json: {$.cookies: {session: abc, theme: dark}}, cookies: {session: abc}}
    capture: {sid: {cookie: session}}
  - id: cookies
    http: {get: "${base}/cookies", cookies: {theme: light, own: "${sid}"}}
    expect: {json: {$.cookies: {session: abc, theme: light, own: abc}}}
  - id: delete cookies
    http: {get: "${base}/cookies/delete?session"}
    expect: {json: {$.cookies: {theme: dark}}}
  - id: basic
    http: {get: "${base}/basic-auth/ann/s3cret", auth: {basic: {user: ann, password: s3cret}}}
    expect: {json: {$.authenticated: true}}
  - id: basic in the address
    http: {get: "http://ann:s3%20cret@127.0.0.1:@PORT@/basic-auth/ann/s3%20cret"}
    expect: {json: {$.user: ann}}
  - id: wrong password
    http: {get: "${base}/basic-auth/ann/s3cret", auth: {basic: {user: ann, password: wrong}}}
    expect: {status: 401}
  - id: bearer
    http: {get: "${base}/bearer", auth: {bearer: t0ken}}
    expect: {json: {$.token: t0ken}}
@DIGESTS@
  - id: wrong digest
    http: {get: "${base}/digest-auth/auth/ann/s3cret", auth: {digest: {user: ann, password: wrong}}}
    expect: {status: 401}
  - id: gzip
    http: {get: "${base}/gzip", accept: gzip}
    expect: {json: {$.gzipped: true}}
  - id: deflate
    http: {get: "${base}/deflate", accept: deflate}
    expect: {json: {$.deflated: true}}
  - id: brotli
    http: {get: "${base}/brotli", accept: br}
    expect: {json: {$.brotli: true}}
  - id: form
    http: {post: "${base}/post", form: {a: "1 & 2", b: ü}, query: {q: "x y"}}
    expect: {json: {$.form: {a: "1 & 2", b: ü}, $.args.q: x y}}
  - id: multipart
    http:
      post: "${base}/post"
      multipart: {title: my lamp, small: {file: @SCRATCH@/small.json}, large: {file: @SCRATCH@/large.bin, type: text/plain}}
    expect:
      json:
        $.form.title: my lamp
        $.files.small: '{"a": 1}'
        $.files.large: {length: 700000}
  - id: streamed file
    http: {put: "${base}/put", file: @SCRATCH@/large.bin, headers: {Content-Type: text/plain}}
    expect: {json: {$.data: {length: 700000}}}
  - id: patch
    http: {patch: "${base}/patch", json: {a: [1, 2]}}
    expect: {json: {$.json.a: [1, 2]}}
  - id: status
    http: {delete: "${base}/status/418"}
    expect: {status: 418}
  - id: head
    http: {head: "${base}/get"}
    expect: {status: 200, body: ""}
"""

LATE = """
assay: 1
scenario: late
steps:
  - http: {get: "http://127.0.0.1:@PORT@/delay/5", @BOUND@: 300ms}
"""
ENDLESS = """
assay: 1
scenario: endless
steps:
  - http: {get: "http://127.0.0.1:@PORT@/redirect/9", redirects: 4}
"""
NGINX = """
daemon off; pid @DIR@/nginx.pid; error_log @DIR@/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path @DIR@; proxy_temp_path @DIR@; fastcgi_temp_path @DIR@;
  uwsgi_temp_path @DIR@; scgi_temp_path @DIR@;
  server {
    listen 127.0.0.1:@NGINX@;
    location / { client_max_body_size 64m; proxy_pass http://127.0.0.1:@PORT@; }
    location /small { client_max_body_size 1k; proxy_pass http://127.0.0.1:@PORT@; }
    location /closed { auth_basic shop; auth_basic_user_file @DIR@/users; alias @DIR@/small.json; }
    location /moved { return 301 /closed; }
  }
}
"""
BEHIND_NGINX = """
assay: 1
scenario: behind nginx
vars: {base: "http://127.0.0.1:@NGINX@"}
steps:
  - id: large
    http: {put: "${base}/put", file: large.bin, expect-continue: 5s, headers: {Content-Type: text/plain}}
    expect: {status: 200, json: {$.data: {length: 700000}}}
  - id: packed and in chunks
    http: {post: "${base}/post", file: large.bin, compress: gzip}
    expect: {status: 200, json: {"$.headers['Content-Encoding']": gzip}}
  - id: too large is said before the body goes
    http: {put: "${base}/small", file: large.bin, expect-continue: 5s}
    expect: {status: 413}
  - id: too large is said while it goes
    http: {put: "${base}/small", file: large.bin}
    expect: {status: 413}
  - id: closed
    http: {get: "${base}/closed"}
    expect: {status: 401}
  - id: open
    http: {get: "${base}/moved", redirects: 1, auth: {basic: {user: ann, password: s3cret}}}
    expect: {status: 200, json: {$.a: 1}}
"""
OLD = """
assay: 1
scenario: HTTP/1.0
steps:
  - repeat: {times: 3, steps: [{http: {get: "http://127.0.0.1:@PORT@/small.json"}, expect: {status: 200, json: {$.a: 1}}}]}
  - http: {get: "http://127.0.0.1:@PORT@/absent"}
    expect: {status: 404}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def process(port, *words, directory):
    """A server of its own, stopped at the end."""
    log = (directory / f"{port}.log").open("wb")
    running = subprocess.Popen([*map(str, words)], cwd=directory, stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(port) or running.poll() is not None, f"{words[0]} answering")
        assert running.poll() is None, (directory / f"{port}.log").read_text()
        yield port
    finally:
        running.terminate()
        running.wait(timeout=LIMIT_SECONDS)
        log.close()


def httpbin(scratch):
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import httpbin, gunicorn"], check=False,
                                             stderr=subprocess.DEVNULL).returncode != 0:
        raise Skipped("no httpbin in the test-venv (scripts/setup)")
    port = free_port()
    return process(port, PYTHON, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "4",
                   "--keep-alive", "30", "httpbin:app", directory=scratch)


def scenario(scratch, text, name="test.yml", **values):
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    (scratch / "assay.yml").write_text("assay: 1\nproject: peers\npolicy: {slow-test: off}\n")
    (scratch / "small.json").write_text('{"a": 1}')
    (scratch / "large.bin").write_bytes(b"x" * 700_000)
    (scratch / name).write_text(text.lstrip())
    return name


def exchanges(scratch):
    """Every exchange of the run's record, by the name of its step."""
    found = {}

    def walk(steps):
        for step in steps:
            if step.get("exchange"):
                found[step["name"]] = step["exchange"]
            walk(step.get("children", []))

    for event in events(max((scratch / ".assay/runs").iterdir())):
        walk(event.get("steps", []))
    return found


def digests():
    steps = []
    # The SHA-512 of httpbin is not the SHA-512-256 of RFC 7616.
    for algorithm in ("MD5", "SHA-256"):
        for quality in ("auth", "auth-int"):
            steps.append(f"""  - id: digest {algorithm} {quality}
    http: {{get: "${{base}}/digest-auth/{quality}/ann/s3cret/{algorithm}", auth: {{digest: {{user: ann, password: s3cret}}}}}}
    expect: {{json: {{$.user: ann}}}}""")
    return "\n".join(steps)


@check
def httpbin_answers_everything_a_request_can_say(scratch):
    with httpbin(scratch) as port:
        name = scenario(scratch, HTTPBIN, PORT=port, SCRATCH=scratch, DIGESTS=digests())
        assay("test", name, directory=scratch).expect(0)
        told = exchanges(scratch)
        hops = told["redirects"]["summary"]
        assert hops.count("→ 302, then GET") == 3 and "→ 200 in" in hops, hops
        # What a report tells curl comes to the same, with its redirects, cookies, passwords and parts.
        for step, wanted in {"redirects": "/get", "see other": "/get", "kept method": '"a": 1', "bearer": "t0ken",
                             "basic": "authenticated", "digest MD5 auth": "authenticated", "gzip": "gzipped",
                             "multipart": "my lamp", "set cookies": '"session": "abc"', "cookies": "light",
                             "form": "1 & 2"}.items():
            command = told[step]["curl"]
            done = subprocess.run(["sh", "-c", command + " -s"], capture_output=True, text=True, errors="replace",
                                  timeout=LIMIT_SECONDS, check=False)
            said = done.stdout.replace(" ", "")
            assert done.returncode == 0 and wanted.replace(" ", "") in said, f"{step}: {command}\n{done.stdout[-2000:]}{done.stderr}"


@check
def late_answers_and_endless_redirects_fail_by_name(scratch):
    with httpbin(scratch) as port:
        for bound, sentence in (("timeout", "no whole response in time"),
                                ("first-byte-timeout", "no first byte of the response in time")):
            name = scenario(scratch, LATE, PORT=port, BOUND=bound)
            assay("test", name, directory=scratch).expect(1, f"timeout: {sentence}")
        assay("test", scenario(scratch, ENDLESS, PORT=port), directory=scratch).expect(
            1, "too-many-redirects: more than 4")


@check
def nginx_takes_large_bodies_and_refuses_them(scratch):
    if not shutil.which("nginx"):
        raise Skipped("no nginx")
    with httpbin(scratch) as port:
        (scratch / "users").write_text("ann:{PLAIN}s3cret\n")
        own = free_port()
        configuration = NGINX.replace("@DIR@", str(scratch)).replace("@NGINX@", str(own)).replace("@PORT@", str(port))
        (scratch / "nginx.conf").write_text(configuration)
        with process(own, "nginx", "-p", scratch, "-c", scratch / "nginx.conf", directory=scratch):
            assay("test", scenario(scratch, BEHIND_NGINX, NGINX=own), directory=scratch).expect(0)


@check
def an_http_1_0_server_is_understood(scratch):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *words):
            super().__init__(*words, directory=str(scratch))

        def log_message(self, *words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name = scenario(scratch, OLD, PORT=server.server_address[1])
        assay("test", name, directory=scratch).expect(0)
        server.shutdown()

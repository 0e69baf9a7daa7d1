"""What the network guard and a production stand refuse."""

import xml.etree.ElementTree as ElementTree

from support import assay, check

# A service that, asked for it, reaches out; the name is reserved, so that it is nowhere (RFC 6761).
CALLER = """
import http.server, sys, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/pay':
            try:
                urllib.request.urlopen('http://api.payments.invalid/charges', timeout=5)
            except OSError:
                pass
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
"""


def reaching_out(folder, policy):
    (folder / "tests").mkdir()
    (folder / "caller.py").write_text(CALLER)
    (folder / "assay.yml").write_text(
        "assay: 1\nproject: shop\nstand:\n  services:\n    api: {run: 'exec python3 caller.py ${port}', ready: {http: /}}\n"
        f"levels:\n  e2e: {{scenarios: tests}}\npolicy: {{external-calls: {policy}}}\n")
    for name, path in (("paying", "/pay"), ("looking", "/")):
        (folder / "tests" / f"{name}.yml").write_text(
            f"assay: 1\nscenario: {name}\nsteps:\n  - http: {{get: '${{api.url}}{path}'}}\n    expect: {{status: 200}}\n")


@check
def d4_forbids_real_external_calls_by_each_mechanism(scratch):
    reaching_out(scratch, "deny")
    for mechanism in ("seccomp", "preload", "proxy"):
        how = {"directory": scratch, "environment": {"ASSAY_GUARD": mechanism}}
        assay("test", "--jobs", "1", "--junit", "junit.xml", **how).expect(
            1, "1 passed, 1 failed", "python3) tried to reach api.payments.invalid:80", "refuses external calls")
        properties = ElementTree.parse(scratch / "junit.xml").iter("property")
        held = {p.get("name"): p.get("value") for p in properties}["stand.network"]
        assert held.startswith("refuses external calls: "), held


@check
def d4_forbids_changing_production_data(scratch):
    (scratch / "assay.yml").write_text(
        "assay: 1\nproject: shop\nstand:\n  production: true\n  services: {api: {url: 'http://127.0.0.1:9'}}\n")
    (scratch / "buy.yml").write_text("assay: 1\nscenario: buying\nsteps:\n  - http: {post: '${api.url}/orders'}\n")
    (scratch / "load.yml").write_text("assay: 1\nload: browse\nscenarios: [buy.yml]\nusers: 1\nfor: 1s\n")
    assay("test", "buy.yml", directory=scratch).expect(2, "AS212", "sends POST", "buy.yml:4:5")
    assay("load", "load.yml", directory=scratch).expect(2, "AS213", "assay.yml:4:3")

"""Load profiles as teams keep them: plain JSON, tried out in a part of their time, rising until the service gives way,
kept in the history and pushed to a real Pushgateway."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from support import ROOT, assay, check, events, wait_for

PROJECT = """
assay: 1
project: shop
stand:
  services:
    api: {run: 'python3 -u app.py ${port}', ready: {http: /, within: 20s}}
levels: {load: {profile: load/normal.json}}
"""
# Answers at once up to eight requests at a time; each one more makes all of them 100 ms slower.
SERVICE = '''
import http.server, socketserver, sys, threading, time

lock, active = threading.Lock(), 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global active
        with lock:
            active += 1
            more = max(0, active - 8)
        time.sleep(0.02 + 0.1 * more)
        with lock:
            active -= 1
        self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size = True, 128


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
SCENARIO = """
assay: 1
scenario: look
steps:
  - id: look
    http: {get: "${api.url}/"}
    expect: {status: 200}
"""
NORMAL = {
    "name": "normal", "users": 4, "duration": "5m", "ramp_up": "1m", "scenarios": ["look.yml"],
    "thresholds": {"p95_ms": 2000, "error_rate": 0}, "lag_bound": "1s"}
STRESS = """
assay: 1
load: stress
scenarios: [look.yml]
users: {start: 4, step: {by: 4, every: 2s, to: 40}}
degrades: {beyond: [p95(http.duration) < 150ms, rate(http.failed) < 5%], at-least: AT_LEAST}
lag-bound: 1s
"""


def project(folder, at_least=4):
    (folder / "load").mkdir()
    (folder / "assay.yml").write_text(PROJECT.lstrip())
    (folder / "app.py").write_text(SERVICE.lstrip())
    (folder / "load/look.yml").write_text(SCENARIO.lstrip())
    (folder / "load/normal.json").write_text(json.dumps(NORMAL))
    (folder / "load/stress.yml").write_text(STRESS.lstrip().replace("AT_LEAST", str(at_least)))


@check
def plain_profile_is_tried_out_in_a_part_of_its_time_and_says_so(scratch):
    project(scratch)
    ended = assay("load", "normal", "--scale", "1%", "--out", "run", "--report", "report.md", directory=scratch)
    ended.expect(0, "scale 0.01", "PASSED", "p95(http.duration) < 2s")
    record = events(scratch / "run")
    plan = next(line for line in record if line["type"] == "plan")
    assert plan["scale"] == 0.01 and plan["corners"][-1] == [3_000_000_000, 4], plan
    report = (scratch / "report.md").read_text()
    assert report == (scratch / "run/report.md").read_text()
    for part in ("**PASS**", "| Scale | 0.01 |", "Not the whole run", "iterations/min", "| pass |", "Own lateness"):
        assert part in report, f"no {part!r} in\n{report}"
    assert "scale 0.01, not the whole run" in (scratch / "run/report.html").read_text()


@check
def plain_profile_becomes_one_of_its_own_that_drives_the_same(scratch):
    project(scratch)
    assay("import", "profile", "load/normal.json", directory=scratch).expect(0, "wrote load/normal.yml")
    assay("import", "profile", "load/normal.json", directory=scratch).expect(2, "'load/normal.yml' is there already")
    for file in ("load/normal.json", "load/normal.yml"):
        assay("load", file, "--scale", "0.01", "--out", file + ".run", directory=scratch).expect(0)
    plans = [
        next(line for line in events(scratch / (file + ".run")) if line["type"] == "plan")
        for file in ("load/normal.json", "load/normal.yml")]
    assert plans[0] == plans[1], plans
    assay("load", "normla", directory=scratch).expect(2, "did you mean 'normal'?")


@check
def stress_names_the_step_at_which_the_service_gives_way_and_ends_there(scratch):
    project(scratch)
    ended = assay("load", "stress", "--out", "run", directory=scratch).expect(0, "degrades at", "the last good step was")
    record = events(scratch / "run")
    steps = [line for line in record if line["type"] == "step"]
    broken = [step for step in steps if any(c["status"] != "held" for c in step["conditions"])]
    # Eight at a time are served at once: 8 users hold, 12 do not whatever the machine is busy with.
    assert steps[0]["load"] == 4 and 8 < broken[-1]["load"] <= 20, ended.output
    assert len(steps) < 10 and steps[-1] is broken[-1] and len(broken) >= 2, "one more step confirms it"
    assert sum(step["requests"] for step in steps) > 100
    reports = [(scratch / "run" / name).read_text() for name in ("report.md", "report.html")]
    for report in reports:
        assert re.search(r"degrades at \d+ users: p95\(http.duration\) was", report), report[:2000]


@check
def stress_that_holds_less_than_was_asked_for_fails(scratch):
    project(scratch, at_least=40)
    assay("load", "stress", directory=scratch).expect(1, "at least 40 users were wanted")


@check
def history_compares_runs_of_a_profile(scratch):
    project(scratch)
    for _ in range(2):
        assay("load", "normal", "--scale", "0.004", directory=scratch).expect(0)
    ended = assay("history", "--load", "normal", directory=scratch).expect(0, "p95", "0.004")
    assert len(re.findall(r"passed +0\.004", ended.output)) == 2, ended.output
    assert re.search(r"\((=|[+−]\d+ %)\)", ended.output), ended.output
    runs = json.loads(assay("history", "--load", "normal", "--json", directory=scratch).output)
    assert [run["load"]["scale"] for run in runs] == [0.004, 0.004] and all(run["load"]["p95"] > 0 for run in runs)
    assay("history", "--load", "normla", directory=scratch).expect(2, "did you mean 'normal'?")


# MARK: Prometheus


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetched(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.read().decode()
    except urllib.error.URLError:
        return None


@contextlib.contextmanager
def server(name, ready, *words):
    program = shutil.which(name)
    assert program, f"{name} is missing: run scripts/setup"
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: fetched(ready) is not None, f"{name} is ready")
        yield
    finally:
        process.kill()
        process.wait()


@check
def metrics_reach_a_pushgateway_and_prometheus_can_ask_for_them(scratch):
    project(scratch)
    gateway, prometheus = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with (scratch / "assay.yml").open("a") as file:
        file.write("outputs: {push-gateway: {url: '${env.PUSH_URL}', every: 1s, labels: {team: voice}}}\n")
    (scratch / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n"
        f"  - {{job_name: push, honor_labels: true, static_configs: [{{targets: ['{gateway[7:]}']}}]}}\n")
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            server("prometheus-pushgateway", gateway + "/-/ready", f"--web.listen-address={gateway[7:]}"))
        stack.enter_context(server(
            "prometheus", prometheus + "/-/ready", f"--config.file={scratch}/prometheus.yml",
            f"--storage.tsdb.path={scratch}/tsdb", f"--web.listen-address={prometheus[7:]}"))
        ended = assay("load", "normal", "--scale", "0.02", directory=scratch, environment={"PUSH_URL": gateway})
        ended.expect(0, "PASSED")
        assert "pushes" not in ended.output, ended.output
        metrics = fetched(gateway + "/metrics")
        assert 'assay_run_verdict{' in metrics and re.search(r'assay_run_verdict\{.*status="passed".*\} 1', metrics)
        for part in (
                'job="assay"', 'profile="normal"', 'project="shop"', 'team="voice"', "assay_run_active",
                'assay_http_duration_seconds{', 'quantile="0.95"', "assay_http_duration_seconds_count",
                'assay_threshold_held{', "assay_iterations_total{"):
            assert part in metrics, f"no {part!r} in\n{metrics[-6000:]}"

        def asked(query):
            url = prometheus + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
            return json.loads(fetched(url) or '{"data": {"result": []}}')["data"]["result"]

        found = wait_for(
            lambda: asked('assay_http_duration_seconds{name="",quantile="0.95",profile=~"normal"}'), "scraped")
        assert len(found) == 1 and 0.01 < float(found[0]["value"][1]) < 2, found
        assert asked('assay_http_duration_seconds{name="look",quantile="0.95"}')
        # Every query of the dashboard is one that Prometheus can read.
        dashboard = json.loads((ROOT / "Examples/voicebot/grafana/load-test.json").read_text())
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                query = re.sub(r"\$(project|profile|instance)", ".*", target["expr"])
                url = prometheus + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
                assert fetched(url), f"{panel['title']}: {query}"


@check
def pushgateway_that_is_not_there_is_a_warning(scratch):
    project(scratch)
    url = f"http://127.0.0.1:{free_port()}"
    words = ("load", "normal", "--scale", "0.004", "--push-gateway", url)
    assay(*words, directory=scratch).expect(0, f"pushes to {url} failed", "PASSED")
    secure = f"https://127.0.0.1:{free_port()}"
    assay(*words[:-1], secure, directory=scratch).expect(0, f"pushes to {secure} failed", "PASSED")

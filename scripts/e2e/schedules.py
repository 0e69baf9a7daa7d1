"""Schedules and feeds of a load, with the whole program: what a service was asked, when, and how the run ended."""

import json
import signal
import time

from support import Ended, assay, check, events, started, wait_for

PROJECT = """
assay: 1
project: shop
stand:
  services:
    api: {run: 'python3 -u app.py ${port} asked.txt', ready: {http: /ready, within: 20s}}
levels: {load: {profile: load/all.yml}}
"""
# Writes down when it was asked for what; a path may say how long the answer takes: /wait/500.
SERVICE = '''
import http.server, socketserver, sys, threading, time

lock, log = threading.Lock(), open(sys.argv[2], "a")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path != "/ready":
            with lock:
                log.write(f"{time.time()} {self.path}\\n")
                log.flush()
        if self.path.startswith("/wait/"):
            time.sleep(int(self.path.split("/")[2]) / 1000)
        self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size = True, 128


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''


def scenario(name, path):
    return f'assay: 1\nscenario: {name}\nsteps: [{{id: {name}, http: {{get: "${{api.url}}{path}"}}}}]\n'


def project(folder, profile, **scenarios):
    (folder / "load").mkdir()
    (folder / "assay.yml").write_text(PROJECT.lstrip())
    (folder / "app.py").write_text(SERVICE.lstrip())
    (folder / "load/all.yml").write_text("assay: 1\nload: all\nlag-bound: 5s\n" + profile)
    for name, path in scenarios.items():
        (folder / f"load/{name}.yml").write_text(scenario(name, path))


def load(folder, *words):
    return assay("load", "load/all.yml", "--out", "out", *words, directory=folder)


def asked(folder):
    """When the service was asked for what, in order."""
    lines = (folder / "asked.txt").read_text().splitlines()
    return [(float(line.split()[0]), line.split()[1]) for line in lines]


def counted(folder, metric):
    """All of a counter, or of the passes of a rate."""
    record = list(events(folder / "out"))
    of = [event["metric"] for event in record if event["type"] == "series"]
    return sum(
        point.get("counter", 0) for event in record if event["type"] == "interval" for point in event["points"]
        if of[point["series"]] == metric)


@check
def scenarios_have_schedules_of_their_own(scratch):
    project(
        scratch,
        "scenarios:\n"
        "  - {use: buy.yml, iterations: {users: 2, each: 5}, pace: 100ms}\n"
        "  - {use: browse.yml, arrivals: {count: 20, for: 1s, max-users: 20}, start: 1s}\n"
        "teardown: [{http: {get: \"${api.url}/bye\"}}]\n",
        buy="/buy/${load.user}/${load.iteration}", browse="/browse")
    load(scratch).expect(0, "PASSED")
    seen = asked(scratch)
    buys = sorted(path for _, path in seen if path.startswith("/buy"))
    assert buys == sorted(f"/buy/{user}/{turn}" for user in range(2) for turn in range(5)), buys
    browses = [at for at, path in seen if path == "/browse"]
    assert len(browses) == 20 and 0.8 < browses[-1] - browses[0] < 1.5, browses
    assert browses[0] - seen[0][0] > 0.8, "the second schedule did not wait for its start"
    assert seen[-1][1] == "/bye"
    plan = next(event for event in events(scratch / "out") if event["type"] == "plan")
    assert [own["scenario"] for own in plan["schedules"]] == ["buy", "browse"], plan


@check
def schedules_that_contradict_each_other_are_refused_with_a_fix(scratch):
    project(
        scratch, "scenarios:\n  - {use: buy.yml, users: 2, for: 1s}\n  - {use: browse.yml, weight: 2}\nusers: 5\nfor: 1s\n",
        buy="/buy", browse="/browse")
    ended = assay("check", directory=scratch).expect(2, "AS565", "AS566", "AS567", "all.yml:6", "fix:")
    assert "AS090" not in ended.output


@check
def unique_rows_are_used_once_and_end_the_run(scratch):
    project(
        scratch, "scenarios: [buy.yml]\nusers: 8\nfor: 1h\nfeed: {rows: users.csv, pick: unique}\n",
        buy="/${feed.name}/${feed.age}")
    (scratch / "load/users.csv").write_text("name,age\n" + "".join(f"user{n},{n}\n" for n in range(200)))
    load(scratch, "--reactors", "2").expect(0, "used up", "PASSED")
    paths = sorted(path for _, path in asked(scratch))
    assert paths == sorted(f"/user{n}/{n}" for n in range(200))


@check
def a_feed_that_must_not_run_out_fails_the_run(scratch):
    project(
        scratch, "scenarios: [buy.yml]\nusers: 2\nfor: 1h\nfeeds: {goods: {rows: goods.jsonl, at-end: fail}}\n",
        buy="/${goods.id}")
    (scratch / "load/goods.jsonl").write_text('{"id": 1}\n{"id": 2}\n{"id": 3}\n')
    load(scratch).expect(1, "the feed 'goods' was used up")
    assert sorted(path for _, path in asked(scratch)) == ["/1", "/2", "/3"]


@check
def bad_rows_of_a_feed_are_told_with_their_lines(scratch):
    project(scratch, "scenarios: [buy.yml]\nusers: 2\nfor: 1s\nfeed: {rows: users.csv, types: {age: int}}\n", buy="/a")
    (scratch / "load/users.csv").write_text("name,age\na,1\nb\nc,old\n")
    assay("check", directory=scratch).expect(2, "users.csv:3", "AS018", "users.csv:4", "AS573")


@check
def random_starts_are_the_same_on_one_reactor_and_on_two(scratch):
    project(
        scratch, "scenarios: [buy.yml]\narrivals: {at: 40/s, for: 1500ms, max-users: 100, spread: poisson}\n", buy="/a")
    counts = set()
    for reactors in ("1", "2"):
        assay("load", "load/all.yml", "--out", "out", "--seed", "A1", "--reactors", reactors, directory=scratch).expect(0)
        counts.add(counted(scratch, "iterations") + counted(scratch, "iterations.dropped"))
    assert len(counts) == 1 and 30 < counts.pop() < 95, counts


@check
def fixed_work_that_takes_too_long_is_dropped_and_counted(scratch):
    project(
        scratch, "scenarios: [slow.yml]\niterations: {users: 2, total: 100, within: 1s}\ngraceful-stop: 5s\n",
        slow="/wait/200")
    load(scratch).expect(0)
    passes = counted(scratch, "iterations")
    assert 4 <= passes <= 14 and passes + counted(scratch, "iterations.dropped") == 100


@check
def ctrl_c_ends_every_schedule_and_runs_the_teardown(scratch):
    project(
        scratch,
        "scenarios:\n  - {use: slow.yml, users: 3, for: 1h}\n  - {use: late.yml, users: 3, for: 1h, start: 30m}\n"
        "teardown: [{http: {get: \"${api.url}/bye\"}}]\n",
        slow="/wait/100", late="/late")
    with started("load", "load/all.yml", "--out", "out", directory=scratch) as process:
        wait_for(lambda: (scratch / "asked.txt").exists() and len(asked(scratch)) > 5, "asked six times")
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        Ended(("load",), process).expect(130)
    assert time.monotonic() - begun < 20
    paths = [path for _, path in asked(scratch)]
    assert paths[-1] == "/bye" and "/late" not in paths


@check
def a_set_up_that_takes_too_long_fails_the_run(scratch):
    project(
        scratch,
        "scenarios: [buy.yml]\nusers: 1\nfor: 1s\nsetup: [{id: login, http: {get: \"${api.url}/wait/60000\"}}]\n"
        "setup-timeout: 500ms\n", buy="/buy")
    summary = scratch / "summary.json"
    load(scratch, "--summary-json", str(summary)).expect(1, "the set-up failed", "login")
    assert json.loads(summary.read_text())["iterations"] == 0

"""What a scenario measures besides requests: its own metrics, tags, groups, and thresholds that choose among them."""

import json

from support import assay, check, events

PROJECT = """
assay: 1
project: shop
stand:
  services:
    api: {run: 'python3 -u app.py ${port}', ready: {http: /, within: 20s}}
"""
# Every fifth order is not created; every second comes from the cache.
SERVICE = '''
import http.server, itertools, json, socketserver, sys

count = itertools.count(1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = next(count) if self.path.startswith("/order") else 0
        body = json.dumps({"depth": 7, "total": 12.5, "hit": number % 2 == 0, "text": "x"}).encode()
        status = b"503 No" if number and number % 5 == 0 else b"200 OK"
        self.wfile.write(b"HTTP/1.1 " + status + b"\\r\\nContent-Length: " + str(len(body)).encode()
                         + b"\\r\\n\\r\\n" + body)

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size = True, 128


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
SCENARIO = """
assay: 1
scenario: buy
tags: [e2e, {tier: gold}]
steps:
  - group: checkout
    steps:
      - id: order
        tags: {item: "${feed.item}"}
        http: {get: "${api.url}/order"}
        capture: {hit: $.hit}
        metric:
          - {name: queue.depth, gauge: $.depth}
          - {name: orders.value, trend: $.total}
          - {name: orders.size, trend: {header: Content-Length}, unit: bytes}
          - {name: cache.hits, rate: "${hit}"}
      - group: pay
        steps: [{id: pay, http: {get: "${api.url}/pay"}}]
  - metric: {name: orders.created, counter: 1}
"""
PROFILE = """
assay: 1
load: buying
scenarios: [{use: buy.yml, tags: {role: buyer}}]
iterations: {users: 8, each: 25}
tags: {region: eu}
feed: {rows: items.csv, pick: in-order, per: user}
lag-bound: 10s
thresholds:
  - value(queue.depth) == 7
  - avg(orders.value) < 13
  - max(orders.size) < 1 KiB
  - rate(cache.hits) > 40%
  - count(orders.created{tier:gold,region:eu,role:buyer}) == 200
  - count(http.requests{status:503}) == 40
  - count(http.requests{status:500}) == 0
  - count(http.requests{group:checkout}) == 200
  - count(http.requests{group:checkout/pay}) == 200
  - count(group.duration) == 400
  - p99.9(http.duration{item:i3}) < 10s
"""


def project(folder, profile=PROFILE, scenario=SCENARIO):
    (folder / "load").mkdir()
    (folder / "assay.yml").write_text(PROJECT.lstrip())
    (folder / "app.py").write_text(SERVICE.lstrip())
    (folder / "load/buy.yml").write_text(scenario.lstrip())
    (folder / "load/items.csv").write_text("item\n" + "".join(f"i{number}\n" for number in range(8)))
    (folder / "load/buying.yml").write_text(profile.lstrip())


def total(record, metric, **tags):
    """The sum of a counter's points in the series that have these tags."""
    series = [line for line in record if line["type"] == "series"]
    sum_ = 0
    for line in record:
        for point in line.get("points", []) if line["type"] == "interval" else []:
            one = series[point["series"]]
            if one["metric"] == metric and tags.items() <= dict(one["tags"]).items():
                sum_ += point.get("counter", 0)
    return sum_


def told(ended):
    """The output without its line breaks: long notes have some."""
    return " ".join(ended.output.split())


@check
def own_metrics_groups_and_tags_are_measured_and_judged(scratch):
    project(scratch)
    for reactors in ("1", "2"):
        ended = assay(
            "load", "buying", "--reactors", reactors, "--out", "run" + reactors, "--summary-json", "summary.json",
            directory=scratch)
        ended.expect(0, "PASSED", "own metrics", "orders.value", "12.5", "cache.hits", "groups", "checkout/pay", "503 40")
        assert "✗" not in ended.output and "no series" not in ended.output, ended.output
        figures = json.loads((scratch / "summary.json").read_text())
        own = figures["metrics"]
        assert own["orders.value"]["count"] == 200 and abs(own["orders.value"]["p99"] / 12.5 - 1) < 0.008, own
        assert own["orders.created"]["count"] == 200 and own["queue.depth"]["value"] == 7, own
        assert own["orders.size"]["unit"] == "bytes" and own["cache.hits"]["total"] == 200, own
        assert len(own["queue.depth"]["series"]) == 8, "a series for each user's item"
        assert figures["statuses"] == {"200": 360, "503": 40}, figures["statuses"]
        assert {(group["group"], group["count"]) for group in figures["groups"]} == {
            ("checkout", 200), ("checkout/pay", 200)}
        record = events(scratch / ("run" + reactors))
        for item in range(8):
            assert total(record, "http.requests", item=f"i{item}") == 25, f"item {item} on {reactors} reactors"
        for name in ("report.html", "report.md"):
            report = (scratch / ("run" + reactors) / name).read_text()
            for part in ("orders.value", "checkout/pay", "Answers", "503"):
                assert part in report, f"no {part!r} in {name}"


@check
def more_values_of_a_tag_than_allowed_are_counted_as_other_with_one_warning(scratch):
    project(
        scratch, profile=PROFILE.split("thresholds:")[0] + "series-limit: 5\nthresholds: [count(orders.created) == 200]\n")
    ended = assay("load", "buying", "--reactors", "2", "--out", "run", directory=scratch).expect(0, "series-limit")
    assert told(ended).count("more than 5 series by the tag 'item'") == 1, ended.output
    assert "tag 'status'" not in told(ended) and "status     200 360   503 40" in ended.output, ended.output
    record = events(scratch / "run")
    assert total(record, "http.requests", name="order") == 200
    assert total(record, "http.requests", item="other") >= 25


@check
def values_that_cannot_be_recorded_and_tags_that_select_nothing_are_told(scratch):
    project(
        scratch, scenario=SCENARIO.replace("gauge: $.depth", "gauge: $.text"),
        profile=PROFILE.split("thresholds:")[0] + "thresholds: ['p95(http.duration{name:ordr}) < 1s']\n")
    ended = assay("load", "buying", directory=scratch).expect(
        5, "200 values of the metric 'queue.depth' could not be recorded", "metric 'queue.depth'", "a number",
        "no series matched")
    meant = "p95(http.duration{name:ordr}) < 1s: no http.duration has name 'ordr'; did you mean 'order'?"
    assert meant in told(ended), ended.output


@check
def threshold_ends_the_run_once_its_delay_is_over(scratch):
    project(
        scratch, profile=PROFILE.split("iterations:")[0] + """
users: {start: 2, stages: [{for: 30s, to: 2}]}
feed: {rows: items.csv}
lag-bound: 10s
thresholds: ["rate(http.failed) < 1%, abort from 3s"]
""", scenario=SCENARIO.replace("  - metric: {", "  - think: 20ms\n  - metric: {"))
    assay("load", "buying", "--out", "run", directory=scratch).expect(1, "stopped by the threshold", "ended the run")
    end = next(line for line in events(scratch / "run") if line["type"] == "end")
    assert 3e9 <= end["duration"] < 15e9, end


@check
def own_metric_of_two_kinds_is_refused_with_both_places(scratch):
    project(scratch, scenario=SCENARIO + "  - metric: {name: queue.depth, counter: 1}\n")
    assay("load", "buying", directory=scratch).expect(2, "AS581", "a counter here, and a gauge in load/buy.yml:12")

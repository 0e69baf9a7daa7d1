"""Scenarios and loads that ask the stand's Redis, as tests and under load, also when it dies."""

import os
import signal
from pathlib import Path

from support import Ended, assay, check, descendants, started, wait_for

PROJECT = """
assay: 1
project: shop
stand: {dependencies: {cache: {redis: {config: {requirepass: open-sesame}}}}}
levels:
  integration: {scenarios: tests, isolation: database-per-scenario}
"""
# Each scenario expects an empty cache and fills it: with one for all, the second would fail.
SCENARIO = """
assay: 1
scenario: {name}
steps:
  - redis: {{on: cache, do: [DBSIZE]}}
    expect: {{value: 0}}
  - redis: {{on: cache, do: [[SET, stock, 3], [DECR, stock]]}}
    expect: {{value: [OK, 2]}}
    capture: {{left: "$[1]"}}
  - redis: {{on: cache, do: [LPUSH, stock, "${{left}}"]}}
    expect: {{error: {{contains: WRONGTYPE}}}}
"""
LOAD = """
assay: 1
load: counting
scenarios: [count.yml]
users: {start: 4, stages: [{for: LENGTH, to: 4}]}
thresholds: [rate(redis.failed) < 1%, p99(redis.duration) < 1s]
"""
COUNT = """
assay: 1
scenario: count
steps:
  - {id: count, redis: {on: cache, do: [INCR, n]}, expect: {value: {greater: 0}}}
"""


def project(folder, length="1s"):
    (folder / "tests").mkdir()
    (folder / "load").mkdir()
    (folder / "assay.yml").write_text(PROJECT.lstrip())
    for name in "abc":
        (folder / f"tests/{name}.yml").write_text(SCENARIO.format(name=name).lstrip())
    (folder / "load/counting.yml").write_text(LOAD.replace("LENGTH", length).lstrip())
    (folder / "load/count.yml").write_text(COUNT.lstrip())


@check
def scenarios_have_a_cache_of_their_own(scratch):
    project(scratch)
    assay("test", "-j", "2", directory=scratch).expect(0, "3 passed")
    (scratch / "assay.yml").write_text(PROJECT.lstrip().replace(", isolation: database-per-scenario", ""))
    assay("test", "-j", "1", directory=scratch).expect(1, "2 failed", "expected value 0")


@check
def load_on_a_cache_is_measured_by_its_own_names(scratch):
    project(scratch)
    assay("load", "load/counting.yml", directory=scratch).expect(0, "count", "rate(redis.failed) < 1%", "PASSED")


@check
def cache_that_is_killed_under_load_is_told_and_fails_it(scratch):
    project(scratch, length="20s")
    with started("load", "load/counting.yml", directory=scratch) as process:
        def server():
            return next((pid for pid, words in descendants().items() if words.startswith("redis-server")
                         or Path(words.split(" ")[0]).name == "redis-server"), None)
        pid = wait_for(server, "redis-server running")
        wait_for(lambda: any('"interval"' in record.read_text() for record in scratch.glob(".assay/runs/*/record.jsonl")),
                 "the load running")
        os.kill(pid, signal.SIGKILL)
        Ended(("load",), process).expect(1, "redis 'cache'")

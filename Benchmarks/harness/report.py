"""Targets, tables and the kept form of the results."""

import datetime
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from . import contracts, doubles, encrypted, http2, k6scripts, scaling


@dataclass(frozen=True)
class Target:
    name: str
    table: str  # "ratios" or "figures" of Results
    key: str
    limit: float
    unit: str

    def value(self, results):
        found = getattr(results, self.table).get(self.key)
        return found["median"] if isinstance(found, dict) else found


TARGETS = [
    Target("plain GET, CPU against wrk", "ratios", "assay-get / wrk", 0.9, "×"),
    Target("with checks, CPU against wrk", "ratios", "assay-checked / wrk", 1.0, "×"),
    Target("with checks, CPU against k6", "ratios", "assay-checked / k6", 0.1, "×"),
    Target("10,000 connected users, memory", "figures", "connected10000PeakMiB", 80, "MiB"),
    Target("500 users, memory against k6", "ratios", "assay memory / k6, 500 users", 0.1, "×"),
    Target("20,000 starts/s, schedule lag p99", "figures", "openScheduleLagP99Milliseconds", 2, "ms"),
    *(Target(f"{case.name}, CPU against h2load", "ratios", http2.ratio_name(case), 1.2, "×")
      for case in (http2.Case(*case) for case in http2.CASES)),
    # 0.6 and 0.7 times the real servers' requests for a CPU second.
    Target("double of 100 routes, CPU against nginx", "ratios", doubles.HTTP, 1 / 0.6, "×"),
    *(Target(f"redis double, {test.upper()} × {count}, CPU", "ratios", doubles.redis_name(test, count), 1 / 0.7, "×")
      for test in doubles.REDIS_TESTS for count in doubles.PIPELINES),
    # 0.5 times the peer's validations for a CPU second.
    *(Target(f"validation of a {case} document, {form}, CPU", "ratios",
             contracts.ratio_name(case, form, "jsonschema-rs"), 2, "×") for case, form in contracts.CASES),
    Target("GET over TLS, CPU against wrk", "ratios", encrypted.ratio_name("wrk"), 1.0, "×"),
    Target("a WebSocket message, CPU against k6", "ratios", "assay-websocket / k6-websocket", 0.2, "×"),
    Target("a k6 script's iteration, CPU against k6", "ratios", k6scripts.ITERATION, 1 / 3, "×"),
    *(Target(f"{users:,} users of a k6 script, memory", "ratios", k6scripts.memory_name(users), 0.6, "×")
      for users in k6scripts.MEMORY_USERS),
    Target("a computing k6 script, CPU against k6", "ratios", k6scripts.COMPUTING, 0.5, "×"),
    # 1.8 times as much with twice the reactors.
    Target("a request's CPU with 2 reactors against 1", "ratios", scaling.COST, 2 / 1.8, "×"),
    Target("passes a second, 1 reactor against 2", "ratios", scaling.PASSES, 1 / 1.8, "×"),
    Target("assay --version", "figures", "startupMilliseconds", 10, "ms"),
]


def print_tables(results, baseline, versions):
    if results.generators:
        print(f"\n{'generator':<15}{'version':<12}{'CPU µs/request':>15}{'requests/s':>13}{'peak MiB':>11}")
        for name, row in sorted(
                results.generators.items(), key=lambda item: item[1]["cpuMicrosecondsPerRequest"]):
            print(f"{name:<15}{versions.get(name, ''):<12}{row['cpuMicrosecondsPerRequest']:>15.1f}"
                  f"{row['requestsPerSecond']:>13,.0f}{row['peakMiB']:>11.1f}")
        print("CPU is user + system time of the whole run, start-up included; requests/s are of the run's wall time.")
    if results.ratios:
        print(f"\n{'ratio, paired by round':<32}{'median':>8}{'min–max':>16}{'baseline':>11}")
        for name, row in results.ratios.items():
            before = baseline.get("ratios", {}).get(name)
            print(f"{name:<32}{row['median']:>8.3f}{row['min']:>9.3f}–{row['max']:.3f}"
                  f"{before['median'] if before else float('nan'):>12.3f}".replace("nan", "  –"))
    print(f"\n{'target':<38}{'limit':>12}{'measured':>14}")
    for target in TARGETS:
        print("{:<38}{:>12}{:>14}  {}".format(
            target.name, f"≤ {target.limit:.3g} {target.unit}", measured(target, results),
            judge(target, results)))


def measured(target, results):
    value = target.value(results)
    return "–" if value is None else f"{value:.3g} {target.unit}"


def judge(target, results):
    value = target.value(results)
    if value is None:
        return "not measured"
    return "held" if value <= target.limit else "MISSED"


def machine():
    """What the figures were taken on; no name and no path of the machine."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cpu": model, "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
        "memoryGiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)),
    }


def kept(results, bench, versions):
    """Medians and ratios; single runs are not kept."""
    return rounded({
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": machine(), "versions": versions,
        "rounds": bench.rounds, "seconds": bench.seconds, "connections": bench.users,
        **asdict(results),
        "targets": [
            {"name": t.name, "limit": t.limit, "unit": t.unit, "measured": t.value(results),
             "answer": judge(t, results)} for t in TARGETS],
    })


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

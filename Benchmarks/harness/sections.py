"""What is measured. Each section takes a `Bench`, prints as it goes, and fills `Results`."""

import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from . import contracts, doubles, encrypted, generators, http2, k6scripts, scaling, websocket
from .generators import Load
from .process import Failed
from .rounds import MIB, able, cpu_ratio, drawn, keep, side_by_side, spread

# Whose cost is divided by whose. Both sides of a ratio ran in the same round, minutes apart at most.
PAIRS = [
    ("assay-get", "wrk"),
    ("assay-get", "h2load"),
    ("assay-get", "hey"),
    ("assay-checked", "wrk"),
    ("assay-checked", "k6"),
    ("assay-checked", "locust"),
]


@dataclass
class Bench:
    """What all sections share."""
    server: object  # server.Nginx
    programs: dict  # name of the generator → path
    assay: str  # path, or None
    scratch: Path
    rounds: int
    seconds: float
    users: int
    seed: int

    def load(self, **changes):
        return replace(Load(self.server.url, self.users, self.seconds, self.scratch), **changes)


@dataclass
class Results:
    generators: dict = field(default_factory=dict)  # name → medians
    ratios: dict = field(default_factory=dict)  # "a / b" → median, min, max
    figures: dict = field(default_factory=dict)  # the other sections' medians


def compare(bench, results):
    """CPU per request of every generator, in rounds whose order is drawn anew; ratios within a round."""
    contenders = [(each, bench.programs[each.name]) for each in generators.COMPARED if each.name in bench.programs]
    print(f"cpu per request: {bench.rounds} rounds of {bench.seconds:g} s each, {bench.users} connections, "
          f"seed {bench.seed}")
    contenders, left_out = able(contenders, bench.load(seconds=1))
    runs = side_by_side(contenders, bench.load(), bench.rounds, drawn(bench))
    keep(runs, results)
    for ours, peer in PAIRS:
        if ratio := cpu_ratio(runs, ours, peer):
            results.ratios[f"{ours} / {peer}"] = ratio
    if left_out:
        raise Failed("left out, for they could not run:\n" + "\n".join(left_out))


def connected(bench, results):
    """Memory of 10,000 users who stay connected."""
    most = 0

    def watch():
        nonlocal most
        most = max(most, bench.server.open_descriptors())

    measured = generators.ASSAY_CONNECTED.measure(bench.assay, bench.load(seconds=10), watch)
    print(f"memory, 10,000 connected users: {measured.peak_bytes / MIB:.1f} MiB, "
          f"nginx held {most} descriptors, {measured.requests} requests")
    if most < 10_000:
        raise Failed(f"only about {most} connections were open at once, so this says nothing of 10,000 users "
                     f"(limit of open files: {bench.server.open_files})")
    results.figures["connected10000PeakMiB"] = measured.peak_bytes / MIB


def memory(bench, results, users=500, rounds=3):
    """Memory of 500 busy users, next to k6 with the same step."""
    load = bench.load(users=users)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(generators.ASSAY_CHECKED.measure(bench.assay, load).peak_bytes / MIB)
        if "k6" in bench.programs:
            theirs.append(generators.K6.measure(bench.programs["k6"], load).peak_bytes / MIB)
    results.figures["users500PeakMiB"] = median(ours)
    print(f"memory, {users} busy users: {median(ours):.1f} MiB" + (
        f", k6 {median(theirs):.1f} MiB" if theirs else ""))
    if theirs:
        results.figures["users500K6PeakMiB"] = median(theirs)
        results.ratios["assay memory / k6, 500 users"] = spread([a / b for a, b in zip(ours, theirs)])


def open_model(bench, results):
    """Schedule lag of Assay itself at 20,000 starts a second, which no answer may slow down."""
    measured = generators.ASSAY_OPEN.measure(bench.assay, bench.load(seconds=5))
    lag = measured.summary["scheduleLagP99Nanoseconds"] / 1e6
    print(f"open model, 20,000 starts/s for 5 s: schedule lag p99 {lag:.2f} ms, {measured.requests} requests, "
          f"verdict {measured.summary['verdict']}")
    results.figures["openScheduleLagP99Milliseconds"] = lag
    results.figures["openRequests"] = measured.requests


def startup(bench, results, times=20):
    """Wall time of `assay --version`, from fork to its end."""
    taken = []
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    for _ in range(times):
        began = time.perf_counter()
        pid = os.posix_spawn(bench.assay, [bench.assay, "--version"], os.environ, file_actions=quiet)
        _, status = os.waitpid(pid, 0)
        taken.append((time.perf_counter() - began) * 1e3)
        if status:
            raise Failed(f"assay --version ended with status {os.waitstatus_to_exitcode(status)}")
    print(f"start-up, assay --version, median of {times}: {median(taken):.2f} ms")
    results.figures["startupMilliseconds"] = median(taken)


# Name → (section, whether it measures Assay alone).
SECTIONS = {
    "compare": (compare, False),
    "connected": (connected, True),
    "memory": (memory, True),
    "http2": (http2.measure, True),
    "open": (open_model, True),
    "startup": (startup, True),
    "doubles": (doubles.measure, True),
    "contracts": (contracts.measure, True),
    "tls": (encrypted.measure, True),
    "scaling": (scaling.measure, True),
    "websocket": (websocket.measure, True),
    "k6scripts": (k6scripts.measure, True),
}

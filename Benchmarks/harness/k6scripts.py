"""The same k6 script by k6 and by Assay: CPU of an iteration, memory of many users, and a script that only computes."""

import json
import random
from dataclasses import replace
from statistics import median

from . import generators
from .doubles import spread
from .generators import Generator
from .process import Failed

MIB = 1 << 20
# Users who ask, look at the answer and think.
MEMORY_USERS = (100, 500, 1000)
COMPUTE_USERS = 4
ITERATION, COMPUTING = "assay / k6, script's iteration", "assay / k6, computing script"
# What each script must have made, or the runs did not do the same work.
SCRIPTS = {"checked": "peers/checked.js", "users": "peers/script-users.js", "compute": "peers/script-compute.js"}


def memory_name(users):
    return f"assay / k6, memory, {users} users"


def flags(load):
    return [
        "--vus", str(load.users), "--duration", load.length, "--env", f"TARGET={load.url}",
        "--summary-export", str(load.scratch / "summary.json")]


def by_k6(script):
    return lambda program, load: [program, "run", "--quiet", "--address", "", *flags(load), SCRIPTS[script]]


def by_assay(script):
    return lambda program, load: [
        program, "load", SCRIPTS[script], "--k6-exit-codes", "--out", str(load.scratch / "run"), *flags(load)]


def count(finished, load):
    """Iterations and failed checks; a script without a passed check did nothing that is known to be right."""
    metrics = json.loads((load.scratch / "summary.json").read_text())["metrics"]
    checks = metrics["checks"]
    return metrics["iterations"]["count"], checks["fails"] or not checks["passes"], metrics


def pair(script):
    """The generators for one script: Assay's and k6's."""
    return (Generator(f"assay-{script}.js", "assay", by_assay(script), count),
            Generator(f"k6-{script}.js", "k6", by_k6(script), count))


def measure(bench, results):
    if "k6" not in bench.programs:
        raise Failed("k6 is not installed: scripts/setup --with bench")
    cpu(bench, results, "checked", bench.load(), ITERATION, bench.rounds)
    cpu(bench, results, "compute", bench.load(users=COMPUTE_USERS), COMPUTING, max(3, bench.rounds // 2))
    for users in MEMORY_USERS:
        memory(bench, results, users)


def cpu(bench, results, script, load, ratio, rounds):
    """CPU of one iteration, in rounds whose order is drawn anew."""
    contenders = list(zip(pair(script), (bench.assay, bench.programs["k6"])))
    runs = {generator.name: [] for generator, _ in contenders}
    order = random.Random(bench.seed)
    print(f"{SCRIPTS[script]}: {rounds} rounds of {load.seconds:g} s, {load.users} users")
    for number in range(1, rounds + 1):
        order.shuffle(contenders)
        for generator, program in contenders:
            runs[generator.name].append(generator.measure(program, load))
        print(f"  round {number}, µs an iteration: " + "  ".join(
            f"{name} {measured[-1].cpu_microseconds:.1f}" for name, measured in runs.items()), flush=True)
    for name, measured in runs.items():
        results.generators[name] = {
            "cpuMicrosecondsPerRequest": median(run.cpu_microseconds for run in measured),
            "requestsPerSecond": median(run.rate for run in measured),
            "peakMiB": median(run.peak_bytes / MIB for run in measured),
        }
    ours, theirs = (runs[generator.name] for generator in pair(script))
    results.ratios[ratio] = spread([a.cpu_microseconds / b.cpu_microseconds for a, b in zip(ours, theirs)])


def memory(bench, results, users, rounds=3):
    load = replace(bench.load(users=users), seconds=max(6.0, bench.seconds))
    ours, theirs = pair("users")
    peaks = [
        (ours.measure(bench.assay, load).peak_bytes / MIB, theirs.measure(bench.programs["k6"], load).peak_bytes / MIB)
        for _ in range(rounds)]
    mine, other = (median(each[side] for each in peaks) for side in (0, 1))
    print(f"memory, {users} users of {SCRIPTS['users']}: {mine:.1f} MiB, k6 {other:.1f} MiB", flush=True)
    results.figures[f"script{users}UsersPeakMiB"] = mine
    results.figures[f"script{users}UsersK6PeakMiB"] = other
    results.ratios[memory_name(users)] = spread([a / b for a, b in peaks])

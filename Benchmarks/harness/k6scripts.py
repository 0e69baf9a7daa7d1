"""The same k6 script by k6 and by Assay: CPU of an iteration, memory of many users, and a script that only computes."""

import json
from dataclasses import replace
from statistics import median

from .generators import Generator
from .process import Failed
from .rounds import MIB, cpu_ratio, drawn, keep, side_by_side, spread

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
    """CPU of one iteration."""
    ours, theirs = pair(script)
    print(f"{SCRIPTS[script]}: {rounds} rounds of {load.seconds:g} s, {load.users} users")
    runs = side_by_side(
        [(ours, bench.assay), (theirs, bench.programs["k6"])], load, rounds, drawn(bench), "µs an iteration")
    keep(runs, results)
    results.ratios[ratio] = cpu_ratio(runs, ours.name, theirs.name)


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

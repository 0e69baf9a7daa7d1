"""Generators measured side by side: rounds whose order is drawn anew, medians of each, ratios within a round."""

import random
from statistics import median

from .process import Failed

MIB = 1 << 20


def spread(values):
    return {"median": median(values), "min": min(values), "max": max(values)}


def able(contenders, load):
    """(contenders that can run, why the others cannot). Its runs do not count: files are in memory afterwards, and a
    generator that cannot run is found early."""
    ready, left_out = [], []
    for generator, program in contenders:
        try:
            generator.measure(program, load)
            ready.append((generator, program))
        except Failed as problem:
            left_out.append(str(problem))
    return ready, left_out


def side_by_side(contenders, load, rounds, order, unit="µs a request"):
    """Generator's name → what it measured, a round each. `contenders` are (generator, its program)."""
    contenders = list(contenders)
    runs = {generator.name: [] for generator, _ in contenders}
    for number in range(1, rounds + 1):
        order.shuffle(contenders)
        for generator, program in contenders:
            runs[generator.name].append(generator.measure(program, load))
        print(f"  round {number}, {unit}: " + "  ".join(
            f"{name} {measured[-1].cpu_microseconds:.1f}" for name, measured in runs.items()), flush=True)
    return runs


def keep(runs, results):
    """The medians of each generator."""
    for name, measured in runs.items():
        results.generators[name] = {
            "cpuMicrosecondsPerRequest": median(run.cpu_microseconds for run in measured),
            "requestsPerSecond": median(run.rate for run in measured),
            "peakMiB": median(run.peak_bytes / MIB for run in measured),
        }


def cpu_ratio(runs, ours, theirs):
    """CPU of one divided by CPU of the other, within each round; `None` where one of them did not run."""
    if not runs.get(ours) or not runs.get(theirs):
        return None
    return spread([a.cpu_microseconds / b.cpu_microseconds for a, b in zip(runs[ours], runs[theirs])])


def drawn(bench):
    """The order of rounds, the same for the same seed."""
    return random.Random(bench.seed)

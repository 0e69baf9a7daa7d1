"""What a second reactor is worth.

On a machine of two cores a server under load needs one of them, so requests a second say nothing of scaling: the server is
the bottleneck. Two things can be measured all the same:

- what a request costs in CPU time with two reactors, beside one: whatever they take from each other (locks, shared counters,
  caches) is in it, and nothing of the server;
- how many passes a second two reactors make of a scenario that only computes, beside one: both cores are the generator's.
"""

import json
from dataclasses import replace
from statistics import median

from . import generators
from .rounds import spread

COST = "CPU per request, 2 reactors / 1"
PASSES = "passes a second, 1 reactor / 2"


def with_reactors(count, profile):
    def command(program, load):
        return generators.assay(profile)(program, load) + ["--reactors", str(count)]
    return command


def count_passes(_, load):
    summary = json.loads((load.scratch / "summary.json").read_text())
    return summary["iterations"], summary["iterationsBroken"], summary


def generator(count, profile, counting):
    # A closed load without pauses has no time of its own: what its few timers say of lag decides nothing here.
    return generators.Generator(f"assay-{profile}-{count}", "assay", with_reactors(count, profile), counting, accepted=(0, 5))


def measure(bench, results):
    rounds = max(3, bench.rounds // 2)
    costs, passes = {1: [], 2: []}, {1: [], 2: []}
    print(f"scaling: {rounds} rounds of {bench.seconds:g} s each")
    for number in range(1, rounds + 1):
        for count in (1, 2) if number % 2 else (2, 1):
            costs[count].append(generator(count, "get", generators.count_assay).measure(bench.assay, bench.load()))
            passes[count].append(
                generator(count, "compute", count_passes).measure(bench.assay, replace(bench.load(), users=64)))
        print(f"  round {number}: µs a request {costs[1][-1].cpu_microseconds:.2f} and {costs[2][-1].cpu_microseconds:.2f}, "
              f"passes a second {passes[1][-1].rate:,.0f} and {passes[2][-1].rate:,.0f}", flush=True)
    results.ratios[COST] = spread([b.cpu_microseconds / a.cpu_microseconds for a, b in zip(costs[1], costs[2])])
    results.ratios[PASSES] = spread([a.rate / b.rate for a, b in zip(passes[1], passes[2])])
    results.figures["passesPerSecondOneReactor"] = median(run.rate for run in passes[1])
    results.figures["passesPerSecondTwoReactors"] = median(run.rate for run in passes[2])

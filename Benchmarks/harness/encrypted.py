"""CPU per request over TLS: every generator that can, against nginx with kept connections."""

import random
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import generators, server
from .doubles import spread
from .process import Failed

ASSAY = generators.Generator("assay-tls", "assay", generators.assay("tls"), generators.count_assay)
PEERS = ["wrk", "h2load", "hey"]


def ratio_name(peer):
    return f"assay-tls / {peer}, TLS"


def measure(bench, results):
    """The same rounds as the comparison without TLS; handshakes are a part of it, 64 of them a run."""
    contenders = [(ASSAY, bench.assay)] + [
        (generator, bench.programs[generator.name]) for generator in generators.COMPARED
        if generator.name in PEERS and generator.name in bench.programs]
    with TemporaryDirectory(prefix="assay-bench-tls-") as folder:
        with server.TLSNginx(Path(folder), bench.server.open_files) as nginx:
            load = bench.load(url=nginx.url)
            print(f"TLS, cpu per request: {bench.rounds} rounds of {bench.seconds:g} s each")
            runs = {generator.name: [] for generator, _ in contenders}
            left_out = []
            for contender in list(contenders):
                try:
                    contender[0].measure(contender[1], bench.load(url=nginx.url, seconds=1))
                except Failed as problem:
                    left_out.append(str(problem))
                    contenders.remove(contender)
            order = random.Random(bench.seed)
            for number in range(1, bench.rounds + 1):
                order.shuffle(contenders)
                for generator, program in contenders:
                    runs[generator.name].append(generator.measure(program, load))
                print(f"  round {number}: " + "  ".join(
                    f"{name} {measured[-1].cpu_microseconds:.1f}" for name, measured in runs.items() if measured), flush=True)
    ours = runs.pop(ASSAY.name)
    if ours:
        results.figures["tlsMicrosecondsPerRequest"] = median(run.cpu_microseconds for run in ours)
    for name, theirs in runs.items():
        if ours and theirs:
            results.ratios[ratio_name(name)] = spread(
                [a.cpu_microseconds / b.cpu_microseconds for a, b in zip(ours, theirs)])
    if left_out:
        raise Failed("left out, for they could not run:\n" + "\n".join(left_out))

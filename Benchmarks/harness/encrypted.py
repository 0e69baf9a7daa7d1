"""CPU per request over TLS: every generator that can, against nginx with kept connections."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import generators, server
from .process import Failed
from .rounds import able, cpu_ratio, drawn, side_by_side

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
            contenders, left_out = able(contenders, bench.load(url=nginx.url, seconds=1))
            runs = side_by_side(contenders, load, bench.rounds, drawn(bench))
    if ASSAY.name in runs:
        results.figures["tlsMicrosecondsPerRequest"] = median(run.cpu_microseconds for run in runs[ASSAY.name])
    for peer in PEERS:
        if ratio := cpu_ratio(runs, ASSAY.name, peer):
            results.ratios[ratio_name(peer)] = ratio
    if left_out:
        raise Failed("left out, for they could not run:\n" + "\n".join(left_out))

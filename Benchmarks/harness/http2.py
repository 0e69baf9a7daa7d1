"""HTTP/2 next to h2load: CPU per request of both, with the same connections and streams against the same nginx."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import generators, server
from .generators import Generator
from .process import Failed
from .rounds import cpu_ratio, drawn, side_by_side

# Connections, streams on each, whether over TLS.
CASES = [(64, 1, False), (16, 10, False), (16, 10, True)]


@dataclass(frozen=True)
class Case:
    connections: int
    streams: int
    secure: bool

    @property
    def name(self):
        return f"http/2 {self.connections}×{self.streams}{' TLS' if self.secure else ''}"

    @property
    def ours(self):
        profile = f"http2-{self.connections}x{self.streams}"
        return Generator(f"assay {self.name}", "assay", generators.assay(profile), generators.count_assay)

    @property
    def peer(self):
        def command(program, load):
            return [
                program, "-t1", f"-c{self.connections}", f"-m{self.streams}", f"-D{max(1, round(load.seconds))}",
                load.item]
        return Generator(f"h2load {self.name}", "h2load", command, generators.count_h2load)

    @property
    def server(self):
        return server.HTTP2TLSNginx if self.secure else server.HTTP2Nginx


def ratio_name(case):
    return f"{case.name} / h2load"


def measure(bench, results):
    """CPU per request in rounds whose order is drawn anew; ratios within a round."""
    if "h2load" not in bench.programs:
        raise Failed("h2load is not installed: scripts/setup --with bench")
    order = drawn(bench)
    for case in (Case(*case) for case in CASES):
        with TemporaryDirectory(prefix="assay-bench-http2-") as folder:
            with case.server(Path(folder), bench.server.open_files) as nginx:
                load = bench.load(url=nginx.url, users=case.connections * case.streams)
                runs = side_by_side(
                    [(case.ours, bench.assay), (case.peer, bench.programs["h2load"])], load, bench.rounds, order)
        ours, theirs = (median(run.cpu_microseconds for run in runs[each.name]) for each in (case.ours, case.peer))
        ratio = cpu_ratio(runs, case.ours.name, case.peer.name)
        print(f"{case.name}: {ours:.2f} µs a request, h2load {theirs:.2f}, ratio {ratio['median']:.2f} "
              f"({ratio['min']:.2f}–{ratio['max']:.2f})", flush=True)
        results.figures[f"{case.name} CpuMicrosecondsPerRequest"] = ours
        results.ratios[ratio_name(case)] = ratio

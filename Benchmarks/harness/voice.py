"""Two-way calls at once that one core makes on time; each caller on one core, whoever is called on the other."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .doubles import cpu_seconds, free_port, serving
from .process import Failed, run

PEERS = Path(__file__).resolve().parent.parent / "peers"
# Own lateness (p99) beyond which a caller's figures say more about itself than about whom it calls.
BOUND_MS = 2.0
TARGET = 1000
RAMP_SECONDS = 4

BOT = """\
assay: 1
double: talker
bot:
  greeting: {{say: {{tone: 440, for: {seconds}s}}}}
  mode: deaf
  limits: {{calls: 100000}}
  turns: []
"""
PROJECT = "assay: 1\nproject: bench\n"
SCENARIO = """\
assay: 1
scenario: hold
steps:
  - call: {{to: "127.0.0.1:{port}", between: silence, strict: false, within: 10s}}
  - call: {{silence: {seconds}s}}
"""
PROFILE = """\
assay: 1
load: calls
scenarios: [hold.yml]
arrivals: {{start: {rate}/s, stages: [{{for: {ramp}s, to: {rate}/s}}], max-users: {calls}}}
graceful-stop: {patience}s
"""


@dataclass(frozen=True)
class Row:
    calls: int
    p99_ms: float
    most_ms: float
    cpu: float  # of one core, of the caller
    called_cpu: float
    scheduling: str

    @property
    def holds(self):
        return self.p99_ms <= BOUND_MS


@dataclass(frozen=True)
class Cores:
    """The caller's and the other one, as arguments of taskset; nobody is pinned where there is one only."""
    caller: list
    called: list

    @classmethod
    def here(cls):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2 or not shutil.which("taskset"):
            print("  one core, or no taskset: nobody is pinned, and callers share it with whom they call")
            return cls([], [])
        return cls(["taskset", "-c", str(cores[0])], ["taskset", "-c", str(cores[1])])


@contextlib.contextmanager
def talker(assay, folder, seconds, cores):
    """A bot that speaks all the time and listens all the time."""
    port = free_port()
    (folder / "bot.yml").write_text(BOT.format(seconds=round(seconds) + 60))
    with serving([*cores.called, assay, "double", "./bot.yml", "--port", str(port)], port, folder) as pid:
        yield port, pid


def with_assay(assay, folder, calls, seconds, cores):
    with talker(assay, folder, seconds, cores) as (port, pid):
        (folder / "assay.yml").write_text(PROJECT)
        (folder / "hold.yml").write_text(SCENARIO.format(port=port, seconds=round(seconds) + RAMP_SECONDS))
        (folder / "calls.yml").write_text(PROFILE.format(
            calls=calls, rate=calls / RAMP_SECONDS, ramp=RAMP_SECONDS, patience=round(seconds) + 30))
        before = cpu_seconds(pid)
        ended = run(
            [*cores.caller, assay, "load", "calls.yml", "--reactors", "1", "--out", f"run-{calls}",
             "--summary-json", "figures.json"], directory=folder, limit_seconds=seconds + 120)
        called = cpu_seconds(pid) - before
        # 5: late itself, which is what is looked for.
        if ended.status not in (0, 5):
            raise Failed(f"assay ended with {ended.status}: {ended.output[-800:]}{ended.errors[-800:]}")
        figures = json.loads((folder / "figures.json").read_text())
    if figures["calls"] < calls or figures["callsFailed"]:
        raise Failed(f"assay made {figures['calls']} calls of {calls}, {figures['callsFailed']} failed")
    return Row(
        calls, figures["callLatenessP99Nanoseconds"] / 1e6, figures["callLatenessMaximumNanoseconds"] / 1e6,
        ended.cpu_seconds / ended.wall_seconds, called / ended.wall_seconds, figures["scheduling"])


def with_python(assay, folder, calls, seconds, cores):
    with talker(assay, folder, seconds, cores) as (port, pid):
        before = cpu_seconds(pid)
        ended = run(
            [*cores.caller, sys.executable, str(PEERS / "audiosocket_client.py"), str(port), str(calls),
             str(seconds), str(RAMP_SECONDS)], limit_seconds=seconds + 120)
        called = cpu_seconds(pid) - before
    return finished("Python", calls, ended, ended.output, called)


def with_sipp(assay, folder, calls, seconds, cores):
    """SIPp does not say how late it was: whom it calls measures the gaps between packets, by the kernel's stamps."""
    sipp = shutil.which("sipp")
    if not sipp:
        raise Failed("sipp is not installed: scripts/setup --with bench")
    # µ-law silence, played over and over.
    (folder / "silence.ulaw").write_bytes(b"\xff" * 8000)
    answering = subprocess.Popen(
        [*cores.called, sys.executable, str(PEERS / "rtp_answerer.py"), str(calls)],
        stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        port = int(answering.stdout.readline())
        before = cpu_seconds(answering.pid)
        ended = run(
            [*cores.caller, sipp, "-sf", str(PEERS / "sipp_rtp.xml"), "-i", "127.0.0.1", "-m", str(calls),
             "-l", str(calls), "-r", str(max(1, round(calls / RAMP_SECONDS))), "-d", str(round(seconds * 1000)),
             "-mi", "127.0.0.1", "-nostdin", f"127.0.0.1:{port}"],
            directory=folder, limit_seconds=seconds + 120)
        called = cpu_seconds(answering.pid) - before
        answering.terminate()
        output, _ = answering.communicate(timeout=30)
    finally:
        if answering.poll() is None:
            answering.kill()
            answering.wait()
    return finished("SIPp", calls, ended, output, called)


def finished(name, calls, ended, output, called):
    if ended.status:
        raise Failed(f"{name} ended with {ended.status}: {ended.output[-500:]}{ended.errors[-500:]}")
    figures = json.loads(output)
    if figures["calls"] < calls:
        raise Failed(f"{name} made {figures['calls']} calls of {calls}")
    return Row(calls, figures["p99_ms"], figures["most_ms"], ended.cpu_seconds / ended.wall_seconds,
               called / ended.wall_seconds, "normal")


CALLERS = {"assay": with_assay, "python": with_python, "sipp": with_sipp}
HEADINGS = {"assay": "Assay", "python": "Python asyncio", "sipp": "SIPp RTP (gaps; one way)"}


def tell(name, row):
    print(f"  {HEADINGS[name]:<26}{row.calls:>6}{row.p99_ms:>10.2f}{row.most_ms:>10.2f}{row.cpu:>8.0%}"
          f"{row.called_cpu:>8.0%}  {row.scheduling}", flush=True)


def measure(assay, callers, step, most, seconds):
    """Steps up until Assay breaks, and its peers with as many calls each time.

    Returns the most calls that Assay held.
    """
    print(f"voice: calls at once on one core, each for {seconds:g} s and more, 50 frames a second both ways")
    cores = Cores.here()
    print(f"  {'':<26}{'calls':>6}{'p99 ms':>10}{'most ms':>10}{'CPU':>8}{'called':>8}")
    held = dict.fromkeys(callers, 0)
    going = list(callers)
    with tempfile.TemporaryDirectory(prefix="assay-bench-voice-") as folder:
        for calls in range(step, most + 1, step):
            for name in list(going):
                try:
                    row = CALLERS[name](assay, Path(folder), calls, seconds, cores)
                except Failed as problem:
                    if name == "assay":
                        raise
                    print(f"  {HEADINGS[name]:<26}{calls:>6}  {problem}"[:300], flush=True)
                    going.remove(name)
                    continue
                tell(name, row)
                if row.holds:
                    held[name] = calls
                elif name == "assay":
                    going.remove(name)
            if "assay" in callers and "assay" not in going or not going:
                break
    for name in callers:
        verdict = "held" if held[name] >= TARGET else "missed"
        print(f"  {HEADINGS[name]}: {held[name]} calls with p99 ≤ {BOUND_MS:g} ms"
              + (f"; target {TARGET}: {verdict}" if name == "assay" else ""))
    return held.get("assay", TARGET)

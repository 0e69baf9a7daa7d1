"""Starts the built `assay` and looks at its processes: what every end-to-end check uses."""

import contextlib
import ctypes
import json
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTS = ROOT / ".build/debug"
EXAMPLE = ROOT / "Examples/inventory"
SMOKE = "load/smoke.yml"
SERVICE = (PRODUCTS / "inventory-service").resolve()
# The switch with which the service loses an update in `reserve`.
DEFECT = {"INVENTORY_DEFECT": "lost-update"}
# Orphans of what is started here come to this process, so that nothing can hide from `descendants`.
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
# Far above what a run takes, so that only a hang reaches it.
LIMIT_SECONDS = 180

checks = []


class Skipped(Exception):
    """What a check needs is not on this machine; `scripts/setup` brings it."""


class Absent(Skipped):
    """The same, and `scripts/setup` cannot bring it: it is told and fails nothing."""


def check(function):
    checks.append(function)
    return function


class Ended:
    def __init__(self, words, process):
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
        self.words, self.status, self.output = words, process.returncode, output

    def expect(self, status, *parts):
        seen = f"assay {' '.join(self.words)} → status {self.status}\n{self.output[-4000:]}"
        assert self.status == status, f"expected status {status}\n{seen}"
        for part in parts:
            assert part in self.output, f"expected {part!r} in the output\n{seen}"
        return self


@contextlib.contextmanager
def started(*words, directory=EXAMPLE, environment=None, prefix=()):
    """`assay` with its output in one pipe; killed if the check leaves it running. What it is run by comes first."""
    process = subprocess.Popen(
        [*prefix, PRODUCTS / "assay", *words], cwd=directory, text=True, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env={**os.environ, "PATH": f"{PRODUCTS}:{os.environ['PATH']}", "NO_COLOR": "1", **(environment or {})})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def assay(*words, **how):
    with started(*words, **how) as process:
        return Ended(words, process)


def services():
    """The processes that run the example's service."""
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and Path(os.readlink(entry / "exe")) == SERVICE:
                found.add(int(entry.name))
    return found


def descendants():
    """Every process below this one that still runs: process id → command line."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    parents[int(entry.name)] = int(parent)
                    commands[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ").strip()
    below, grew = {os.getpid()}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in below} - below
        grew = bool(more)
        below |= more
    return {pid: commands[pid] for pid in below - {os.getpid()}}


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s: not {what}")


def until_serving(words, process):
    """Waits for the example's service; an `assay` that ended before is the failure, with what it said."""
    pids = wait_for(lambda: services() or process.poll() is not None, "serving")
    if process.poll() is not None:
        Ended(words, process).expect("'still running'")
    return pids


def events(folder):
    """The lines of a run's record, each of which must be JSON; the last one ends it."""
    lines = [json.loads(line) for line in (folder / "record.jsonl").read_text().splitlines()]
    assert lines and lines[-1]["type"] == "end", f"the record's last line is {lines[-1:]}"
    return lines

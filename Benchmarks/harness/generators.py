"""The load generators: how each is told the same load, and how each says what it did.

Everyone runs as one process. wrk, h2load and Assay use one thread for it; hey and k6 use Go's default of one per
core, locust is Python's one. wrk, h2load and hey only count; Assay's `assay-checked`, k6 and locust read each answer:
its status, one JSON field, and another that they keep.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .process import Failed, run

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Load:
    url: str  # scheme, host and port; the answer is at /item
    users: int
    seconds: float
    scratch: Path

    @property
    def item(self):
        return f"{self.url}/item"

    @property
    def length(self):
        return f"{round(self.seconds * 1000)}ms"


@dataclass(frozen=True)
class Measured:
    requests: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    summary: dict  # the generator's own, where it writes one

    @property
    def cpu_microseconds(self):
        return self.cpu_seconds * 1e6 / self.requests

    @property
    def rate(self):
        return self.requests / self.wall_seconds


@dataclass(frozen=True)
class Generator:
    name: str
    program: str
    command: Callable  # (path of the program, Load) → words
    count: Callable  # (Finished, Load) → (requests, failures, summary)
    version: tuple = ("--version",)
    accepted: tuple = (0,)  # exit statuses of a run that can be used

    def measure(self, program, load, watch=None, allowance=60):
        """One run. Raises `Failed` when the generator fails or any of its requests did."""
        for old in load.scratch.glob("summary.*"):
            old.unlink()
        finished = run(
            self.command(program, load), environment={**QUIET, "TARGET": load.url}, directory=HERE,
            limit_seconds=load.seconds + allowance, watch=watch)
        said = "\n".join((finished.output + finished.errors).splitlines()[-15:])
        try:
            requests, failures, summary = self.count(finished, load)
        except (LookupError, ValueError, OSError, AttributeError) as problem:
            raise Failed(f"{self.name} (status {finished.status}) did not say what it did: {problem}\n{said}")
        if finished.status not in self.accepted or failures or not requests:
            raise Failed(
                f"{self.name} (status {finished.status}): {requests} requests, {failures} failed\n{said}")
        return Measured(requests, finished.cpu_seconds, finished.wall_seconds, finished.peak_bytes, summary)


# Nobody is told of these runs, and nothing of the user's own settings changes them.
QUIET = {"K6_NO_USAGE_REPORT": "true", "NO_COLOR": "1", "LOCUST_CONFIG": os.devnull}


def number(pattern, text):
    return float(re.search(pattern, text, re.MULTILINE).group(1))


def assay(profile):
    def command(program, load):
        return [
            program, "load", f"profiles/{profile}.yml", "--users", str(load.users), "--for", load.length,
            "--out", str(load.scratch / "run"), "--summary-json", str(load.scratch / "summary.json")]
    return command


def assay_as_written(profile):
    """The profile's own users, arrivals and stages."""
    def command(program, load):
        return [
            program, "load", f"profiles/{profile}.yml", "--out", str(load.scratch / "run"),
            "--summary-json", str(load.scratch / "summary.json")]
    return command


def count_assay(finished, load):
    summary = json.loads((load.scratch / "summary.json").read_text())
    return summary["requests"], "verdict failed" if summary["verdict"] == "failed" else 0, summary


def wrk(program, load):
    return [program, "-t1", f"-c{load.users}", f"-d{max(1, round(load.seconds))}s", load.item]


def count_wrk(finished, load):
    failures = re.search(r"^ +(?:Non-2xx or 3xx responses|Socket errors): (.*)$", finished.output, re.MULTILINE)
    return int(number(r"^ +(\d+) requests in", finished.output)), failures and failures.group(1), {}


def h2load(program, load):
    return [program, "--h1", "-t1", f"-c{load.users}", f"-D{max(1, round(load.seconds))}", load.item]


def count_h2load(finished, load):
    done, good = re.search(r"^requests: .* (\d+) done, (\d+) succeeded", finished.output, re.MULTILINE).groups()
    return int(done), int(done) - int(good), {}


def hey(program, load):
    return [program, "-z", load.length, "-c", str(load.users), load.item]


def count_hey(finished, load):
    # Its table of statuses ends at a million, its rate does not.
    rate, seconds = (number(rf"{name}:\s+([\d.]+)", finished.output) for name in ("Requests/sec", "Total"))
    requests = round(rate * seconds)
    statuses = dict(re.findall(r"^ +\[(\d+)\]\s+(\d+) responses", finished.output, re.MULTILINE))
    others = sum(int(count) for status, count in statuses.items() if status != "200")
    return requests, others + ("Error distribution" in finished.output), {}


def k6(program, load):
    return [
        program, "run", "--quiet", "--vus", str(load.users), "--duration", load.length, "--address", "",
        "--summary-export", str(load.scratch / "summary.json"), "peers/checked.js"]


def count_k6(finished, load):
    metrics = json.loads((load.scratch / "summary.json").read_text())["metrics"]
    return metrics["http_reqs"]["count"], metrics["checks"]["fails"], {}


def locust(program, load):
    return [
        program, "-f", "peers/checked.py", "--headless", "--skip-log-setup", "--only-summary", "--json", "-u",
        str(load.users), "-r", str(load.users), "-t", f"{max(1, round(load.seconds))}s", "--host", load.url]


def count_locust(finished, load):
    rows = json.loads(finished.output)
    return sum(row["num_requests"] for row in rows), sum(row["num_failures"] for row in rows), {}


ASSAY_GET = Generator("assay-get", "assay", assay("get"), count_assay)
ASSAY_CHECKED = Generator("assay-checked", "assay", assay("checked"), count_assay)
ASSAY_CONNECTED = Generator("assay-connected", "assay", assay_as_written("connected"), count_assay)
# Inconclusive (5) is its own word for a schedule lag past the bound; the figure is shown all the same.
ASSAY_OPEN = Generator("assay-open", "assay", assay_as_written("open"), count_assay, accepted=(0, 5))
K6 = Generator("k6", "k6", k6, count_k6, ("version",))
COMPARED = [
    ASSAY_GET,
    ASSAY_CHECKED,
    Generator("wrk", "wrk", wrk, count_wrk, ("-v",)),
    Generator("h2load", "h2load", h2load, count_h2load),
    Generator("hey", "hey", hey, count_hey, ()),
    K6,
    Generator("locust", "locust", locust, count_locust),
]


def find(generator, assay_path):
    """The program of a generator, or None."""
    if generator.program == "assay":
        return str(assay_path) if os.access(assay_path, os.X_OK) else None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    installed = cache / "assay/bench-venv/bin" / generator.program
    return str(installed) if installed.exists() else shutil.which(generator.program)


def version(generator, program):
    """The first word with figures and dots in what the program says of itself; hey says nothing, so its package."""
    command = [program, *generator.version] if generator.version else ["dpkg-query", "--show", generator.program]
    try:
        finished = run(command, limit_seconds=30)
    except OSError:  # no such program
        return "–"
    found = re.search(r"\d+(?:\.\d+)+", finished.output + finished.errors)
    return found.group() if found else "–"

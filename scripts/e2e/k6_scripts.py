"""The scripts in Tests/K6Scripts: what each says of itself in its first lines, and what a run of one left behind.

    // flags: --vus 2 --iterations 4     given to both programs
    // exit: 99                          how k6 ends; 0 unless said
    // order: any                        users run side by side, so lines and requests have no order of their own; `lines`: these have; `once`: nor is it said how often the
                                      code outside of functions is run
    // near: 15%                         the clock decides how often: counts may differ by so much
    // stdout: summary                   the summary's text is compared, its figures apart
    // stdin: yes                        the program is given the script on standard input
    // interrupt: 1.5                    it gets Ctrl-C after so many seconds
    // only: assay, REASON               not for k6, and why
    // covers: k6.check …                parts of the API, see k6_coverage.py
"""

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from k6_peer import Peer
from support import PRODUCTS, ROOT

FOLDER = ROOT / "Tests/K6Scripts"
LIMIT_SECONDS = 60
K6 = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay/bench-venv/bin/k6"


@dataclass(frozen=True)
class Script:
    name: str
    flags: tuple = ()
    exit: int = 0
    order: str = "all"
    near: float = 0.0
    only: str = ""
    stdout: str = ""
    interrupt: float = 0
    stdin: bool = False
    covers: tuple = ()
    ending: str = ".js"

    @property
    def path(self):
        return FOLDER / f"{self.name}{self.ending}"


def read(path):
    said = {}
    for line in path.read_text().splitlines():
        if not (found := re.match(r"// (flags|exit|order|near|stdout|stdin|interrupt|only|covers): (.*)$", line)):
            if line and not line.startswith("//"):
                break
            continue
        assert found[1] not in said, f"{path.name} says '{found[1]}' twice"
        said[found[1]] = found[2]
    return Script(
        path.stem, tuple(said.get("flags", "").split()), int(said.get("exit", 0)), said.get("order", "all"),
        float(said.get("near", "0%").rstrip("%")) / 100, said.get("only", ""), said.get("stdout", ""),
        float(said.get("interrupt", 0)), "stdin" in said, tuple(said.get("covers", "").split()), path.suffix)


def scripts():
    return [read(path) for path in sorted([*FOLDER.glob("*.js"), *FOLDER.glob("*.ts")])]


@dataclass
class Run:
    """What is compared of one run, after what is each program's own was taken off."""
    exit: int
    requests: list  # as the server saw them
    console: list  # "info: text", as the script's console calls wrote them
    exceptions: list  # "Error: message @ function file:line", innermost frame of the user's first
    printed: list  # lines that begin with SUMMARY, and the summary's text without its figures
    files: dict = field(default_factory=dict)  # name → text, of those the run wrote
    seconds: float = 0
    output: str = ""

    def document(self, name):
        return json.loads(self.files[name]) if name in self.files else None


def k6_words(script, address):
    return [
        K6, "run", "--quiet", "--address", "", "--summary-export", "export.json", "--env", f"BASE={address}",
        *script.flags, "-" if script.stdin else script.path]


def assay_words(script, address):
    summary = ["--k6-summary"] if script.stdout == "summary" else []
    return [
        PRODUCTS / "assay", "load", "-" if script.stdin else script.path, "--quiet", "--k6-exit-codes", *summary, "--summary-export", "export.json", "--env", f"BASE={address}",
        *script.flags]


def run(script, program, scratch):
    """Runs a script against a server of its own, in a folder of its own."""
    words = {"k6": k6_words, "assay": assay_words}[program]
    folder = scratch / f"{script.name}-{program}"
    folder.mkdir()
    environment = {**os.environ, "K6_NO_USAGE_REPORT": "true", "NO_COLOR": "1", "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    if "XDG_CACHE_HOME" not in environment:
        environment["XDG_CACHE_HOME"] = str(Path.home() / ".cache")
    with (Peer() as peer, open(script.path if script.stdin else os.devnull) as given, open(folder / ".stdout", "w+") as output,
          open(folder / ".stderr", "w+") as errors):
        began = time.monotonic()
        process = subprocess.Popen(
            words(script, peer.url), cwd=folder, env=environment, stdin=given, stdout=output, stderr=errors)
        try:
            if script.interrupt:
                time.sleep(script.interrupt)
                process.send_signal(signal.SIGINT)
            status = process.wait(LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = "hung"
        took = time.monotonic() - began
        output.seek(0)
        errors.seek(0)
        told, failed = output.read(), errors.read()
        requests = [str(request) for request in peer.requests]

    def stable(text):
        return text.replace(peer.host, "HOST")
    console, exceptions = logged(failed)
    files = {
        path.name: stable(path.read_text(errors="backslashreplace")) for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")}
    return Run(
        status, requests, [stable(line) for line in console], [stable(line) for line in exceptions],
        [stable(line) for line in (told + failed).splitlines() if line.startswith("SUMMARY")]
        + (summary(told) if script.stdout == "summary" else []), files, took, stable(told + failed))


def summary(text):
    """The lines of the summary from its first heading on; figures read #, and blanks and dots are as many as figures need.
    Users are sampled once a second, so a short run may have none."""
    lines = text[max(0, text.find("█")):].splitlines() if "█" in text else []
    bare = [re.sub(r"(?<![\w{(:])\d[\d.,]*(?: ?(?:[kMG]?B|ns|µs|ms|s|m|%)(?![a-z]))?(?:/s)?", "#", line) for line in lines]
    return [re.sub(r"(?<=\S)\s{2,}", " ", re.sub(r"\.{2,}:", ":", line)).rstrip()
            for line in bare if line.strip() and not line.lstrip().startswith("vus")]


def exception(text):
    """The message, and where in the user's files it was thrown: the innermost frame that has a place."""
    message, *frames = text.strip().split("\n")
    for frame in frames:
        if found := re.search(r"at (?:(\S+) )?\(?(?:file://)?[^()]*?([\w.-]+\.[jt]s):(\d+)", frame):
            return f"{message} @ {found[2]}:{found[3]}"
    return message


# A line of the log: time, level, message and further fields, whose values are quoted as Go quotes where they need it.
PROMISE = "Uncaught (in promise)"
FIELD = re.compile(r'([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)')


def logged(text):
    """(what the script's console wrote, the exceptions that were told) of the log on standard error.

    What goes wrong before the run begins, Assay tells as it tells all bad input: a diagnostic, and the place below it. Those of
    options (AS635 to AS649) are no exceptions in k6 either.
    """
    console, exceptions, lines = [], [], text.split("\n")
    for at, line in enumerate(lines):
        if found := re.match(r"error(?:\[AS6(?!3[5-9]|4)\d\d\])?: (?:the script cannot be loaded: |handleSummary\(\) failed: )?(.*)", line):
            exceptions.append(exception(f"{found[1]}\n at {lines[at + 1].strip()}"))
        if not line.startswith("time="):
            continue
        entry = {name: unquoted(value) for name, value in FIELD.findall(line)}
        if entry.get("source") == "console":
            console.append(f"{entry['level']}: {entry.get('msg', '')}")
        elif entry.get("source") == "stacktrace" or "script exception" in entry.get("hint", "") or PROMISE in entry.get("msg", ""):
            exceptions.append(exception(entry["msg"]))
    return console, exceptions


def unquoted(value):
    if not value.startswith('"'):
        return value
    plain = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
    return re.sub(
        r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)",
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1 else plain.get(found[1], found[1]), value[1:-1])

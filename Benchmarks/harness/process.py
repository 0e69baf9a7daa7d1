"""Runs one program and says what it used."""

import os
import resource
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass


class Failed(Exception):
    """A measurement that could not be made; the message is for a person."""


@dataclass(frozen=True)
class Finished:
    command: list
    status: int
    output: str
    errors: str
    wall_seconds: float
    cpu_seconds: float  # user and system time of the program and of all children it waited for
    peak_bytes: int  # highest resident set of the program and its children, as sampled


SAMPLE_SECONDS = 0.05


def run(command, *, environment=None, directory=None, limit_seconds, watch=None):
    """Runs a command to its end.

    `watch` is called at each memory sample. A command that outlives `limit_seconds` is killed with its children.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=directory,
            env={**os.environ, **(environment or {})}, start_new_session=True)
        peak = 0
        try:
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() - began > limit_seconds:
                    raise Failed(f"{command[0]} was still running after {limit_seconds:.0f} s")
                peak = max(peak, sum(map(peak_of, tree(process.pid))))
                if watch:
                    watch()
                time.sleep(SAMPLE_SECONDS)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        wall = time.monotonic() - began
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read())
    return Finished(
        command=command, status=process.returncode, output=texts[0], errors=texts[1], wall_seconds=wall,
        cpu_seconds=usage.ru_utime + usage.ru_stime, peak_bytes=peak)


def tree(pid):
    """A process and its living descendants."""
    yield pid
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as children:
                for child in children.read().split():
                    yield from tree(int(child))
    except OSError:
        return


def peak_of(pid):
    """Highest resident set of a process in bytes.

    Not rusage's maxrss: that one starts from the size of the process that forked, here a Python.
    """
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def raise_open_files():
    """Lifts the soft limit of open files to the hard one; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard

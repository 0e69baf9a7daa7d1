"""The program as a user runs it: the built `assay`, and its processes after every end.

    scripts/end-to-end [part of a check's name]…

Uses the debug build. Prints one line a check that fails, with what was seen, and closes with the counts.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import apis  # noqa: F401
import artillery  # noqa: F401
import artillery_options  # noqa: F401
import caches  # noqa: F401
import changes  # noqa: F401
import compare  # noqa: F401
import containers  # noqa: F401
import contracts  # noqa: F401
import doubles  # noqa: F401
import example  # noqa: F401
import export  # noqa: F401
import fleet  # noqa: F401
import golden  # noqa: F401
import guard  # noqa: F401
import http2  # noqa: F401
import http_requests  # noqa: F401
import identity  # noqa: F401
import imports  # noqa: F401
import inventory  # noqa: F401
import k6_async  # noqa: F401
import k6_comparison_checks  # noqa: F401
import k6_compat  # noqa: F401
import k6_http  # noqa: F401
import k6_https  # noqa: F401
import k6_reactors  # noqa: F401
import k6_stands  # noqa: F401
import levels  # noqa: F401
import matrix  # noqa: F401
import metrics  # noqa: F401
import openapi  # noqa: F401
import pacts  # noqa: F401
import probe  # noqa: F401
import profiles  # noqa: F401
import proxy  # noqa: F401
import rules  # noqa: F401
import schedules  # noqa: F401
import stands  # noqa: F401
import streams  # noqa: F401
import tls  # noqa: F401
import user_files  # noqa: F401
import voicebot  # noqa: F401
import voice  # noqa: F401
import websocket  # noqa: F401
import wiremock  # noqa: F401
from support import LIMIT_SECONDS, Absent, Skipped, checks, descendants


def passes(function):
    """Runs one check in a folder of its own; what it leaves running is a failure as well. None when it was skipped."""
    name = function.__name__.replace("_", " ")
    try:
        with tempfile.TemporaryDirectory(prefix="assay-end-to-end-") as scratch:
            function(Path(scratch))
        assert not descendants(), f"still running: {descendants()}"
        return True
    except Skipped as why:
        print(f"skipped  {name}: {why}")
        return "absent" if isinstance(why, Absent) else None
    except subprocess.TimeoutExpired:
        print(f"FAILED  {name}\n  hung for {LIMIT_SECONDS} s")
    except AssertionError as problem:
        print(f"FAILED  {name}\n  " + (str(problem) or traceback.format_exc()).replace("\n", "\n  "))
    except (OSError, ValueError, LookupError, ElementTree.ParseError):
        print(f"FAILED  {name}\n  " + traceback.format_exc().replace("\n", "\n  "))
    for pid in descendants():
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    return False


def main(wanted):
    chosen = [c for c in checks if not wanted or any(part in c.__name__.replace("_", " ") for part in wanted)]
    results = [passes(function) for function in chosen]
    passed, failed, skipped = (results.count(end) for end in (True, False, None))
    print(f"end-to-end: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    # After scripts/setup nothing is missing, so a skipped check is one that nobody would ever see fail.
    return 1 if failed or not passed or skipped and os.environ.get("ASSAY_NO_SKIPS") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

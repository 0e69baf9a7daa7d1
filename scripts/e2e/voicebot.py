"""The voice bot example: its calls pass, side by side too and leave nothing; planted mistakes and its load's gates are found.

Calls take as long as people talk, so runs that do not disturb each other are started together.
"""

import contextlib
import xml.etree.ElementTree as ElementTree

from support import ROOT, Ended, assay, check, events, started

EXAMPLE = ROOT / "Examples/voicebot"
CALLS, STAND = "tests/e2e/calls", "tests/e2e/stand"
SLOW = "{double: {of: speech, switches: {slow: 600ms}}}"
# Planted mistake → where it is looked for, and the one scenario that finds it.
DEFECTS = {
    "no-transfer": (STAND, "a call that ends at an operator"),
    "lost-booking": (STAND, "a fitting is booked, and gone with its call"),
    "no-breaker": (STAND, "a back end that fails is left alone for a while"),
    "slow-to-stop": (CALLS, "the bot falls silent when it is interrupted"),
}


def together(runs):
    """Runs `assay` with several lists of words at a time; gives what each ended with, in their order."""
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(started(*words, directory=EXAMPLE, environment=environment))
            for words, environment in runs]
        return [Ended(words, process) for (words, _), process in zip(runs, processes)]


def failures(junit):
    return [case.get("name") for case in ElementTree.parse(junit).iter("testcase") if case.find("failure") is not None]


@check
def voice_example_is_valid(_):
    for project in ("assay.yml", "staging.yml", "production.yml"):
        assay("check", "--project", project, directory=EXAMPLE).expect(0)


@check
def voice_calls_pass_side_by_side_and_planted_mistakes_are_found(scratch):
    runs = [(("test", where, "--out", str(scratch / f"{number}")), {}) for number, where in enumerate(
        (CALLS, CALLS, STAND, STAND))]
    # Once more on the same stand: nothing of the first time may be in the way.
    runs.append((("test", f"{STAND}/fitting-booking.yml", "--repeat", "2", "--out", str(scratch / "again")), {}))
    for defect, (where, _) in DEFECTS.items():
        words = ("test", where, "--out", str(scratch / defect), "--junit", str(scratch / f"{defect}.xml"))
        runs.append((words, {"VOICEBOT_DEFECT": defect}))
    ended = together(runs)
    for run in ended[:5]:
        run.expect(0, "PASSED")
    for run, (defect, (_, scenario)) in zip(ended[5:], DEFECTS.items()):
        run.expect(1)
        found = failures(scratch / f"{defect}.xml")
        assert found == [scenario], f"{defect}: red are {found}\n{run.output[-4000:]}"


def profile(scratch, name, **replaced):
    """A profile that forgives lateness of Assay's own: much runs here at a time, in debug builds."""
    text = (EXAMPLE / f"tests/load/{name}.yml").read_text()
    for old, new in {"caller.yml": str(EXAMPLE / "tests/load/caller.yml"), **replaced}.items():
        assert old in text, f"{old} is not in {name}.yml"
        text = text.replace(old, new)
    path = scratch / f"{name}.yml"
    path.write_text(text + "lateness-bound: 200ms\n")
    return str(path)


@check
def voice_profiles_hold_their_gates_and_stress_names_where_the_bot_degrades(scratch):
    # A bot with one place for transcriptions, each of which takes 700 ms: two callers are well served, eight are too many.
    stress = profile(scratch, "stress", **{
        "start: 20, step: {by: 20, every: 1m, to: 200}": "start: 2, step: {by: 6, every: 2m, to: 38}",
        "at-least: 50": "at-least: 2", "load: stress": f"load: stress\nsetup: [{SLOW}]"})
    normal = profile(scratch, "normal")
    held, late, peak, degraded = together([
        (("load", normal, "--scale", "0.006", "--out", str(scratch / "held")), {}),
        (("load", normal, "--scale", "0.006", "--out", str(scratch / "late")), {"VOICEBOT_DEFECT": "late-answers"}),
        (("load", profile(scratch, "peak"), "--scale", "0.012", "--out", str(scratch / "peak")), {}),
        (("load", stress, "--scale", "0.1", "--out", str(scratch / "stress")), {"BOT_WORKERS": "1"}),
    ])
    held.expect(0, "PASSED", "p95(call.response) < 2s")
    late.expect(1, "FAILED", "p95(call.response) < 2s")
    peak.expect(0, "PASSED", "p95(call.response) < 3s")
    degraded.expect(0, "PASSED", "degrades at")


@check
def plain_json_profiles_are_those_in_yaml(scratch):
    folders = {"profiles/normal.json": scratch / "json", "tests/load/normal.yml": scratch / "yaml"}
    together([(("load", path, "--scale", "0.0005", "--out", str(folder)), {}) for path, folder in folders.items()])
    plans = [next(event for event in events(folder) if event["type"] == "plan") for folder in folders.values()]
    assert plans[0]["corners"] and plans[0] == plans[1], plans


@check
def no_load_is_put_on_production(_):
    assay("load", "tests/load/normal.yml", "--project", "production.yml", directory=EXAMPLE).expect(2, "AS213")

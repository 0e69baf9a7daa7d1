"""Voice calls against the bot double: as tests, as load, and what is left of those that fail."""

import json
import wave

from support import ROOT, assay, check, events

AUDIO = ROOT / "Examples/voicebot/audio"
PROJECT = """
assay: 1
project: hotline
stand:
  doubles:
    bot:
      bot:
        greeting: {say: AUDIO/greeting.wav, after: 100ms}
        end-of-speech: 300ms
        turns:
          - {heard: {dtmf: "0"}, say: AUDIO/goodbye.wav, then: hangup}
          - {heard: any, say: [{marker: "1"}, AUDIO/results.wav]}
policy: {slow-test: "off"}
levels:
  e2e: {scenarios: tests}
"""
SCENARIO = """
assay: 1
scenario: tyres are found
steps:
  - call: {to: "${bot.audiosocket}", as: c1}
  - call: {on: c1, expect-greeting: {within: 1s}}
  - call: {on: c1, say: AUDIO/season-question.wav}
  - id: search
    call: {on: c1, expect-response: {within: 2s, marker: "1", like: AUDIO/results.wav}}
    expect: {latency: {between: [200ms, 900ms]}}
  - call: {on: c1, dtmf: "0"}
  - call: {on: c1, expect-response: {within: 2s, like: AUDIO/goodbye.wav}}
  - call: {on: c1, expect-hangup: {within: 5s}}
"""
BARGE_IN = """
assay: 1
scenario: a caller interrupts
steps:
  - call: {to: "${bot.audiosocket}"}
  - call: {expect-greeting: {within: 1s}}
  - call: {barge-in: {after: 300ms, say: AUDIO/stop.wav}, expect-stop: {within: 400ms}}
  - call: {hangup: fin}
"""
LOAD = """
assay: 1
load: peak
scenarios: [ask.yml]
users: {start: 8, stages: [{for: 5s, to: 8}]}
graceful-stop: 20s
lateness-bound: 100ms
thresholds: [p95(call.response) < 3s, rate(call.failed) < 5%, "p95(call.response{name:ask}) < 3s"]
"""
ASK = """
assay: 1
scenario: ask
steps:
  - call: {to: "${bot.audiosocket}"}
  - call: {expect-greeting: {within: 2s}}
  - call: {say: AUDIO/stop.wav}
  - {id: ask, call: {expect-response: {within: 3s}}}
  - call: {hangup: fin}
"""


def project(folder, **scenarios):
    (folder / "tests").mkdir()
    (folder / "load").mkdir()
    (folder / "assay.yml").write_text(PROJECT.lstrip().replace("AUDIO", str(AUDIO)))
    for name, text in scenarios.items():
        (folder / f"tests/{name}.yml").write_text(text.lstrip().replace("AUDIO", str(AUDIO)))
    (folder / "load/peak.yml").write_text(LOAD.lstrip())
    (folder / "load/ask.yml").write_text(ASK.lstrip().replace("AUDIO", str(AUDIO)))


@check
def calls_are_tests(scratch):
    project(scratch, search=SCENARIO, interrupt=BARGE_IN)
    assay("check", directory=scratch).expect(0)
    assay("test", "--out", "run", directory=scratch).expect(0, "2 passed")
    assert not (scratch / "run/calls").exists(), "calls of tests that passed were kept"
    tests = [event for event in events(scratch / "run") if event["type"] == "test"]
    search = next(test for test in tests if test["scenario"] == "tyres are found")
    answer = next(step for step in search["steps"] if step["name"] == "search")
    assert "like results.wav" in answer["exchange"]["response"], answer


@check
def failed_calls_can_be_heard(scratch):
    project(scratch, search=SCENARIO.replace('marker: "1"', 'marker: "2"'))
    ended = assay("test", "--out", "run", directory=scratch).expect(
        1, "the tone of 2", "the tone of 1;", "recording of c1", "run/calls/tyres-are-found-c1.wav")
    with wave.open(str(scratch / "run/calls/tyres-are-found-c1.wav")) as sound:
        assert sound.getnchannels() == 2 and sound.getframerate() == 8000
        assert sound.getnframes() > 8000, ended.output
    for page in ("report.html", "report.md"):
        assert "run/calls/tyres-are-found-c1.wav" in (scratch / "run" / page).read_text(), page
    (scratch / "assay.yml").write_text(
        (scratch / "assay.yml").read_text().replace("policy: {", "policy: {keep-recordings: never, "))
    assay("test", "--out", "silent", directory=scratch).expect(1)
    assert not (scratch / "silent/calls").exists()


@check
def the_faults_of_a_bot_are_found(scratch):
    """Each mode of the double fails the step that is made to find it."""
    greeted = "assay: 1\nscenario: s\nsteps:\n  - double: {of: bot, switches: {SWITCHES}}\n" \
        "  - call: {to: \"${bot.audiosocket}\"}\n  - call: {expect-greeting: {within: 2s}}\n"
    stops = "  - call: {barge-in: {after: 300ms, say: AUDIO/stop.wav}, expect-stop: {within: 400ms}}\n"
    faults = {
        "deaf": ("mode: deaf", stops, "to stop within 400 ms"),
        "silent": ("mode: silent", "", "a voice within 2.00 s of the connection"),
        "closing": ("mode: no-close", "  - call: {hangup: fin}\n", "to close within 1.00 s"),
        "dying": ("mode: dies-on-dtmf",
                  "  - call: {dtmf: \"5\"}\n  - call: {expect-hangup: {within: 2s}}\n", "reset the connection (rst)"),
        "early": ("mode: early, early-after: 200ms",
                  "  - call: {say: AUDIO/tire-search.wav}\n"
                  "  - call: {expect-response: {within: 2s, not-early: true}}\n", "before the end of speech"),
    }
    project(scratch, **{
        name: (greeted + steps).replace("{SWITCHES}", "{" + switches + "}").replace("scenario: s", f"scenario: {name}")
        for name, (switches, steps, _) in faults.items()})
    assay("test", "-j", "1", directory=scratch).expect(
        1, f"{len(faults)} failed", *(told for _, _, told in faults.values()))


@check
def calls_are_load(scratch):
    project(scratch)
    ended = assay(
        "load", "load/peak.yml", "--out", "run", "--summary-json", "figures.json", directory=scratch)
    figures = json.loads((scratch / "figures.json").read_text())
    ended.expect(0, "calls ", "response ", "lateness ", "PASSED")
    assert figures["calls"] >= 8 and figures["callsFailed"] == 0, figures
    assert 0.3e9 < figures["callResponseP50Nanoseconds"] < 3e9, figures
    assert figures["scheduling"] in ("SCHED_FIFO", "nice", "normal"), figures
    assert "## Calls" in (scratch / "run/report.md").read_text()
    assert "<h2>Calls</h2>" in (scratch / "run/report.html").read_text()
    (scratch / "load/peak.yml").write_text(LOAD.lstrip().replace("lateness-bound: 100ms", "lateness-bound: 1ns"))
    assay("load", "load/peak.yml", directory=scratch).expect(5, "INCONCLUSIVE", "own frames of audio were late")


@check
def sounds_are_checked_before_anything_runs(scratch):
    project(scratch, search=SCENARIO)
    (scratch / "tests/noise.wav").write_bytes(b"ID3 and so on")
    (scratch / "tests/search.yml").write_text(
        SCENARIO.lstrip().replace("AUDIO/season-question.wav", "noise.wav").replace("AUDIO/goodbye.wav", "bye.wav")
        .replace("AUDIO", str(AUDIO)))
    assay("check", directory=scratch).expect(
        2, "AS365", "'noise.wav' is no sound that can be said: byte 0:", "AS034", "there is no file 'bye.wav'")

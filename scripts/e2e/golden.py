"""Golden files as a user keeps them: made, compared, updated, and refused in CI."""

import contextlib
import json
import os

from support import assay, check

PROJECT = "assay: 1\nproject: golden\nlevels: {e2e: {scenarios: tests}}\n"
SCENARIO = """assay: 1
scenario: answers
steps:
  - run: {command: [cat, answer.json]}
    expect:
      json:
        $:
          golden: {file: golden/answer.json, masks: [$.took], match: {$.total: {greater: 0}}}
"""


@contextlib.contextmanager
def outside_ci():
    kept = os.environ.pop("CI", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["CI"] = kept


def answer(folder, **members):
    (folder / "answer.json").write_text(json.dumps({"id": 1, "took": "5 ms", "total": 3, **members}))


@check
def golden_files_are_made_compared_and_updated(scratch):
    (scratch / "tests").mkdir()
    (scratch / "assay.yml").write_text(PROJECT)
    (scratch / "tests/answers.yml").write_text(SCENARIO)
    answer(scratch)
    kept = scratch / "golden/answer.json"
    with outside_ci():
        assay("test", directory=scratch).expect(1, "there is none; make it with --update-golden")
        assay("test", "--update-golden", directory=scratch).expect(0, "golden file written  golden/answer.json")
        assert json.loads(kept.read_text()) == {"id": 1, "took": "‹masked›", "total": "‹masked›"}, kept.read_text()
        answer(scratch, took="9 ms", total=12)
        assay("test", directory=scratch).expect(0, "1 passed")
        answer(scratch, total=0)
        assay("test", directory=scratch).expect(1, "$.total", "greater than 0")
        answer(scratch, id=2)
        assay("test", directory=scratch).expect(1, "as kept in golden/answer.json:2:3", '-   "id": 1', '+   "id": 2')
        # An example put in by hand stays.
        kept.write_text(kept.read_text().replace('"took": "‹masked›"', '"took": "1 ms"'))
        assay("test", "--update-golden", directory=scratch).expect(0, "golden file changed  golden/answer.json")
        assert json.loads(kept.read_text()) == {"id": 2, "took": "1 ms", "total": "‹masked›"}, kept.read_text()
        assay("test", "--update-golden", directory=scratch).expect(0, "golden files as they were: 1")
    before = kept.read_text()
    assay("test", "--update-golden", directory=scratch, environment={"CI": "1"}).expect(2, "AS160")
    assert kept.read_text() == before


@check
def a_schema_says_line_and_column(scratch):
    (scratch / "tests").mkdir()
    (scratch / "assay.yml").write_text(PROJECT)
    (scratch / "tests/answers.yml").write_text(
        "assay: 1\nscenario: answers\nsteps:\n  - run: {command: [cat, answer.json]}\n"
        "    expect: {json: {$: {schema: contracts/answer.schema.json}}}\n")
    answer(scratch)
    (scratch / "contracts").mkdir()
    schema = scratch / "contracts/answer.schema.json"
    schema.write_text('{\n  "required": ["id"],\n  "properties": {\n    "total": {"maximum": 2}\n  }\n}\n')
    assay("test", directory=scratch).expect(1, "at most 2", "contracts/answer.schema.json:4:15")
    schema.write_text('{\n  "properties": {\n    "total": {"type": "nmber"}\n  }\n}\n')
    assay("test", directory=scratch).expect(1, "contracts/answer.schema.json:3:15")
    schema.write_text('{\n  "properties": \n}\n')
    assay("test", directory=scratch).expect(1, "contracts/answer.schema.json:3:1", "expected a value")
